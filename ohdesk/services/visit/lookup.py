"""Find a visit: for a person who names it, and within an open transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Record, Visit
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.canonical import clean_text, fingerprint
from ohdesk.domain.visit import UNFINISHED, Act, Start, check_allowed
from ohdesk.errors import MachineError, UserError
from ohdesk.forms.definition import Form, Question
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.local_rows import refuse_changed

_SHOWN = 40  # characters of what was typed


def find(ctx: Context, text: str) -> str:
    """Return the id of a visit: by itself, or as the one unfinished visit of an establishment (name or code).

    Raises UserError when there is none, or several.
    """
    text = clean_text(text).strip()
    with ctx.reading() as session:
        if session.get(Visit, text) is not None:
            return text
        wanted = select(Visit.id).join(Establishment, Establishment.id == Visit.establishment)
        # What is over is left out: at the gate one means the visit under way, and there is just one of those.
        found = session.scalars(
            # Nothing at all would fit whoever has no code.
            wanted.where(
                or_(false(), *(column == text for column in (Establishment.name, Establishment.uscc) if text)),
                Visit.state.in_(UNFINISHED),
            )
        ).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            tr("“{text}”有 {count} 次未结束的检查。", text=text, count=len(found)), tr("请写明检查的编号。")
        )
    raise UserError(tr("找不到检查“{text}”。", text=text), tr("请从检查列表中选择（命令行为 visit list）。"))


def find_visit(session: Session, visit_id: str, act: Act | None = None) -> Visit:
    """Return the visit within an open session.

    Raises UserError when there is none, or its state forbids the act; MachineError when it was changed elsewhere.
    """
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise UserError(tr("找不到这次检查。"), tr("请从检查列表中选择（命令行为 visit list）。"))
    refuse_changed(session, visit_id)
    if act is not None:
        check_allowed(visit.state, act)
    return visit


def find_question(form: Form, question_id: str) -> Question:
    """Return a question of a visit's checklist by its id. Raises UserError when there is none."""
    question = form.by_id.get(question_id)
    if question is None:
        raise UserError(
            tr("检查表中没有“{question}”这一项。", question=question_id[:_SHOWN]), tr("请写检查项的编号，例如 A01。")
        )
    return question


def begun(visit: Visit) -> tuple[datetime, Start]:
    """Return when and how a visit was started. Raises UserError before the start."""
    if visit.started_at is None or visit.start is None:
        raise UserError(tr("这次检查还没有开始。"), tr("请先批准并开始检查。"))
    return visit.started_at, visit.start


def find_record(session: Session, visit_id: str) -> Record:
    """Return the final record's row within an open session. Raises UserError when there is none."""
    row = session.get(Record, visit_id)
    if row is None:
        raise UserError(tr("这次检查没有定稿的笔录。"), tr("请从文书列表中选择（命令行为 record list）。"))
    return row


def record_content(session: Session, row: Record) -> dict[str, Any]:
    """Return what a final record says, {"record": …, "strokes": […]}, within an open session.

    Raises MachineError when it is not what was written, or does not have the fingerprint that was signed.
    """
    content = content_of(session, row)
    if fingerprint(content["record"]) != row.record_sha256:
        raise MachineError(
            tr("笔录 {number} 的内容与登记的文档指纹不符，没有采用。", number=row.number),
            tr("请不要删除任何文件；先自检（“设置”的“关于与诊断”，或 ohdesk doctor），再从备份恢复或联系县级管理员。"),
        )
    return content
