"""What is set aside for want of a certificate, and tried again as soon as one has come."""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select
from sqlalchemy.orm import Session

from ohdesk.db import accepting
from ohdesk.db.accepting import Check
from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Certificate, OperationRow, Setting
from ohdesk.db.queries.among import among
from ohdesk.db.row_numbers import is_numbered, number
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.operations import KINDS, VisitFinalized
from ohdesk.domain.record import inspected
from ohdesk.i18n import tr
from ohdesk.security.certificates import has_signed
from ohdesk.services.trust import certified

_TRIED_WITH = "set_aside/tried_with"


def try_again(session: Session, roots: Sequence[bytes]) -> None:
    """Try again what waits for a certificate that has come since it was tried last; with another program everything."""
    kinds, held = fingerprint(sorted(KINDS)), _certificates(session)
    row = session.get(Setting, _TRIED_WITH)
    known = None if row is None or row.value["kinds"] != kinds else int(row.value["certificates"])
    if known is not None and known > held:  # of what was salvaged nobody knows what it was tried with
        known = None
    # Which certificates are the newest, and what bodies say, is asked in SQLite's words: elsewhere all is tried.
    can_choose = is_numbered(session.get_bind())
    # What is applied may be a certificate itself, for which others wait.
    while known is None or known < held:
        which = _waits_for_newest(session, held - known) if known is not None and can_choose else None
        accepting.try_again(session, partial(problems, session, roots), which)
        known, held = held, _certificates(session)
    session.merge(Setting(key=_TRIED_WITH, value={"certificates": held, "kinds": kinds}))


def _certificates(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Certificate)) or 0


def _waits_for_newest(session: Session, count: int) -> ColumnElement[bool]:
    """True for what is signed with a key of the newest certificates, or goes on for a replica that one is named for.

    Nothing else depends on a certificate: `problems` asks those of the key, and `origin_problem` who goes on for whom.
    """
    newest = session.scalars(select(Certificate).order_by(number(Certificate).desc()).limit(count)).all()
    body = cast(OperationRow.body, Text)
    key = func.json_extract(body, "$.sig.key", type_=Text())
    signed = among(key, {each.key for each in newest if each.person})
    # What the database cannot read is asked as well.
    waits = case((func.json_valid(body) == 1, func.coalesce(signed, False)), else_=True)
    return or_(waits, OperationRow.first_hash != "") if any(each.takes_over for each in newest) else waits


def problems(session: Session, roots: Sequence[bytes]) -> Check:
    """Return what says why an operation is set aside without being tried; "" when nothing speaks against it.

    Asked of many it reads the certificates of a key once: not to be kept until others have come.
    """
    held = cache(partial(certified.certificates_of, session))

    def problem(applied: Applied) -> str:
        """Say whether a binding one is an act of the person it names.

        Signed by the person, with a key that the county has certified for that person and the operation's division.
        The answer may be another one once more certificates are here.
        """
        if found := certified.operation_problem(roots, applied.operation):
            return found
        if applied.operation is None or not applied.operation.binding:
            return ""
        signature = applied.signature
        if signature is None:
            return tr("没有办理人的个人签名")
        try:
            value, key = base64.b64decode(signature["value"], validate=True), str(signature["key"])
        except (KeyError, TypeError, ValueError):
            return tr("个人签名的格式不对")
        for at in _moments(applied):
            if found := certified.term_problem(held(key), applied.by, applied.division, at):
                return found
        # Any of the key's certificates: they all carry the same public half.
        return "" if has_signed(held(key)[0].der, value, applied.signed) else tr("个人签名核验不通过")

    return problem


def _moments(applied: Applied) -> Iterator[datetime]:
    """Yield the instants at which who acts must have been certified: now, and when who is lent inspected."""
    yield parse_instant(applied.at)
    if isinstance(applied.operation, VisitFinalized):
        record = applied.operation.content.record
        times = {"started_at": record.started_at, "ended_at": record.ended_at}
        yield from inspected(times, applied.by, applied.division)
