"""The editions of checklists that visits here are filled with, each kept by its SHA-256."""

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ohdesk.db.models import FormEdition, Visit
from ohdesk.db.prepared import Cursor, Prepared, cursor_of
from ohdesk.errors import MachineError
from ohdesk.forms.definition import Form
from ohdesk.i18n import tr

_CONTENT = Prepared(select(FormEdition.content).where(FormEdition.sha256 == bindparam("sha256")))
# An edition never changes under its hash, so what was read once need not be read with every answer.
_read: dict[str, Form] = {}


def keep_edition(session: Session, form: Form) -> str:
    """Keep a form for the visits filled with it; return its SHA-256."""
    if session.get(FormEdition, form.sha256) is None:
        session.add(FormEdition(sha256=form.sha256, content=form.content.decode()))
        session.flush()
    return form.sha256


def form_of(session: Session, visit: Visit) -> Form:
    """Return the checklist a visit is filled with, in the edition it was planned with. Raises as `edition`."""
    return edition(cursor_of(session), visit.form_sha256)


def edition(cursor: Cursor, sha256: str) -> Form:
    """Return the form of that hash. Raises MachineError when it is not there, or is another than it says."""
    form = _read.get(sha256)
    if form is None:
        row = _CONTENT(cursor, sha256=sha256).fetchone()
        form = _decoded(row[0] if row else "", sha256)
        _read[sha256] = form
    return form


def _decoded(content: str, sha256: str) -> Form:
    try:
        form = msgspec.json.decode(content, type=Form)
        if form.sha256 == sha256:
            return form
    except msgspec.MsgspecError:
        pass  # told below: nothing of it is used
    raise MachineError(
        tr("这次检查的检查表（{hash}）不在，或者已损坏。", hash=sha256[:12]),
        tr("请先自检（“设置”的“关于与诊断”，或 ohdesk doctor），再从备份恢复。"),
    )
