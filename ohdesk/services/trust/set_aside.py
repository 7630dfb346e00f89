"""What is set aside for want of a certificate, and tried again as soon as one has come."""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import accepting
from ohdesk.db.accepting import Check
from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Certificate, Setting
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import fingerprint
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
        accepting.try_again(session, partial(problems, session, roots))
        session.merge(Setting(key=_TRIED_WITH, value=now))


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
