"""What is set aside for want of a certificate, and tried again as soon as one has come."""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.apply.applied import Applied
from ohdesk.db.journal import signed_part
from ohdesk.db.models import Certificate, Setting
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import fingerprint, parse
from ohdesk.domain.operations import KINDS, VisitFinalized
from ohdesk.domain.record import inspected
from ohdesk.i18n import tr
from ohdesk.security.certificates import has_signed
from ohdesk.services.trust import certified

_TRIED_WITH = "set_aside/tried_with"


def try_again(session: Session, roots: Sequence[bytes]) -> None:
    """Try again what was set aside, unless neither certificates nor program have changed since it was tried last."""
    certificates = session.scalar(select(func.count()).select_from(Certificate))
    now = {"certificates": certificates, "kinds": fingerprint(sorted(KINDS))}
    row = session.get(Setting, _TRIED_WITH)
    if row is None or row.value != now:
        journal.try_again(session, partial(problem, session, roots))
        session.merge(Setting(key=_TRIED_WITH, value=now))


def problem(session: Session, roots: Sequence[bytes], applied: Applied) -> str:
    """Return why an operation is set aside without being tried; "" when nothing speaks against it."""
    return certified.operation_problem(roots, applied.operation) or _binding_problem(session, applied)


def _binding_problem(session: Session, applied: Applied) -> str:
    """Return why a binding operation does not count as an act of the person it names; "" when it does, or binds nobody.

    Signed by the person, with a key that the county has certified for that person and the operation's division.
    The answer may be another one once more certificates are here.
    """
    if applied.operation is None or not applied.operation.binding:
        return ""
    signature = parse(applied.body).get("sig")
    if signature is None:
        return tr("没有办理人的个人签名")
    try:
        value, key = base64.b64decode(signature["value"], validate=True), str(signature["key"])
    except (KeyError, TypeError, ValueError):
        return tr("个人签名的格式不对")
    for at in _moments(applied):
        if problem := certified.certificate_problem(session, key, applied.by, applied.division, at):
            return problem
    # Any of the key's certificates: they all carry the same public half.
    der = session.scalars(select(Certificate.der).where(Certificate.key == key)).first()
    return "" if der is not None and has_signed(der, value, signed_part(applied.body)) else tr("个人签名核验不通过")


def _moments(applied: Applied) -> Iterator[datetime]:
    """Yield the instants at which who acts must have been certified: now, and when who is lent inspected."""
    yield parse_instant(applied.at)
    if isinstance(applied.operation, VisitFinalized):
        record = applied.operation.content.record
        times = {"started_at": record.started_at, "ended_at": record.ended_at}
        yield from inspected(times, applied.by, applied.division)
