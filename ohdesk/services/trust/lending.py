"""Lending an inspector: a further certificate of the same key, for another town and for a time of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Certificate
from ohdesk.domain.calendar import BEIJING, day_in, day_text, legal_day
from ohdesk.domain.ids import made_by
from ohdesk.domain.people import Right
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.services.context import Context
from ohdesk.services.office.divisions import find_division
from ohdesk.services.trust import certified, set_aside
from ohdesk.services.trust.asked import is_town_of
from ohdesk.services.trust.joining import require_county, root_of
from ohdesk.services.trust.keys import county_roots
from ohdesk.services.trust.revoking import CertifiedKey, named_key, shown_key


def lend(ctx: Context, who: str, division: str, since: str, until: str) -> CertifiedKey:
    """Certify an inspector's key for another town from one day to another (借调, 交叉检查, 联合检查), both included.

    who: name, 执法证号 or id.  Travels with the county's next bundle; the inspector's own certificate stays as it is.
    Raises UserError when none or several fit, ProblemsError naming all that is wrong.
    """
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    first, last = day_in(since), day_in(until)
    with ctx.transaction() as session:
        lent = named_key(session, who)
        problems = (
            *_problems(ctx, lent, division, (since, first), (until, last)),
            *_beyond(session, lent, last),
        )
        if problems or first is None or last is None:
            raise ProblemsError(tr("没有借调。"), problems)
        row = session.get_one(Certificate, lent.id)
        named = certificates.person_of(row.der)
        subject = replace(named, division=division, office=_office(session, division))
        key, root = root_of(ctx, session)
        term = _midnight(first), _midnight(last + timedelta(days=1)) - timedelta(seconds=1)
        der = certificates.issue_between(key, root, certificates.public_der(row.der), subject, *term)
        told = certified.issued(der, term[0])
        journal.record(session, told, ctx.stamp())
        set_aside.try_again(session, county_roots(ctx, session))
        return shown_key(session, session.get_one(Certificate, told.record))


def _problems(
    ctx: Context, lent: CertifiedKey, division: str, since: tuple[str, date | None], until: tuple[str, date | None]
) -> Iterator[Problem]:
    if lent.replica:
        yield Problem(tr("人员"), "", "", tr("电脑不能借调，请写姓名或执法证号。"), "who")
    if lent.revoked:
        yield Problem(tr("人员"), "", "", tr("{name}的密钥已被吊销。", name=lent.name), "who")
    if not is_town_of(ctx.office.division, division):
        expected = tr("本县镇街的 9 位代码，以 {county} 开头", county=ctx.office.division)
        yield Problem(tr("行政区划代码"), expected, division, field="division")
    elif made_by(lent.person, division):
        yield Problem(tr("行政区划代码"), "", "", tr("{name}本来就在这个镇街。", name=lent.name), "division")
    for place, (typed, day), field in ((tr("起始日"), since, "since"), (tr("截止日"), until, "until")):
        if day is None:
            yield Problem(place, tr("日期"), typed, field=field, example="2026-03-02")
    if since[1] and until[1] and until[1] < since[1]:
        yield Problem(tr("截止日"), "", "", tr("截止日不能早于起始日。"), "until")


def _beyond(session: Session, lent: CertifiedKey, last: date | None) -> Iterator[Problem]:
    """Yield that a loan would outlast the own certificates: whoever is certified no more would go on counting there."""
    own = select(Certificate).where(Certificate.key == lent.key, Certificate.person != "")
    ends = [row.until for row in session.scalars(own) if made_by(row.person, row.division)]
    if last is not None and ends and last > legal_day(max(ends)):
        end = day_text(legal_day(max(ends)))
        yield Problem(tr("截止日"), "", "", tr("本人的证书到 {day} 为止，请先续期，或者提前截止日。", day=end), "until")


def _office(session: Session, division: str) -> str:
    """Return what the office of a division calls itself, or is usually called."""
    own = session.scalar(select(Certificate.name).where(Certificate.division == division, Certificate.replica != ""))
    known = find_division(division)
    return own or (known.office if known is not None else "") or division


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)
