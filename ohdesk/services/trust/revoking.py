"""Taking keys back at the county, and the keys it has certified, to be chosen from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Certificate
from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.operations import CertificateReinstated, CertificateRevoked
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import mark, tr
from ohdesk.security import certificates
from ohdesk.services.context import Context
from ohdesk.services.trust import certified
from ohdesk.services.trust.joining import require_county

_SHORTEST = 8  # characters of a replica that name a laptop


class Standing(Worded):
    """How a key stands on a day."""

    VALID = "valid", mark("有效")
    ENDING = "ending", mark("即将到期")
    ENDED = "ended", mark("已到期")
    REVOKED = "revoked", mark("已吊销")


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A key the county has certified for a division, by its newest certificate there.

    id: of that certificate · key: SHA-256 of the public key · number: 执法证号; of a laptop its letter and its replica
    person, replica: ids, one of them empty
    since, until: first and last day · revoked: since when and why it was taken back, "" while it stands
    revoked_since: the first day on which nothing counts, which may be to come; None while it stands
    """

    id: str
    key: str
    name: str
    number: str
    person: str
    replica: str
    division: str
    since: date
    until: date
    revoked: str
    revoked_since: date | None

    def standing(self, day: date) -> Standing:
        """Return how the key stands on a day."""
        if self.revoked_since is not None and self.revoked_since <= day:
            return Standing.REVOKED
        if self.until < day:
            return Standing.ENDED
        return Standing.ENDING if self.until <= day + certificates.warning() else Standing.VALID


def certified_keys(ctx: Context) -> list[CertifiedKey]:
    """Return the keys of people and laptops that the county has certified, by division and name."""
    require_county(ctx)
    with ctx.reading() as session:
        return _keys(session)


def revoke(ctx: Context, who: str, since: str, reason: str) -> CertifiedKey:
    """Take a key back from a day ("2026-03-02") on: a person's, by name, 执法证号 or id; a laptop's, by its replica.

    Travels with the county's next bundle.  What the key signed before that day stays good.
    Raises UserError when none or several fit, ProblemsError naming all that is missing.
    """
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    why = clean_text(reason).strip()
    day = day_in(since)
    with ctx.transaction() as session:
        found = named_key(session, who)
        if found.replica == ctx.office.replica:
            # No town would hear this county any more, nor that it was a slip.
            raise UserError(
                tr("这是本机自己的密钥，不能由本机吊销。"), tr("本机丢失的，在另一台电脑上从备份恢复，再在那里吊销。")
            )
        if problems := tuple(_problems(day, since, why)):
            raise ProblemsError(tr("没有吊销。"), problems)
        said = CertificateRevoked(record=found.key, since=since, reason=why)
        journal.record(session, said, ctx.stamp())
        return _again(session, found)


def reinstate(ctx: Context, who: str, reason: str) -> CertifiedKey:
    """Lift every revocation of a key: it was another's, or the laptop was found. As `revoke`."""
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    why = clean_text(reason).strip()
    with ctx.transaction() as session:
        found = named_key(session, who)
        if not why:
            raise ProblemsError(tr("没有恢复。"), (blank(tr("理由"), "reason"),))
        standing = certified.revocations(session, found.key)
        if not standing:
            raise UserError(tr("{name}的密钥没有被吊销。", name=found.name), tr("请核对姓名或电脑编号。"))
        said = CertificateReinstated(record=found.key, revocations=tuple(standing), reason=why)
        journal.record(session, said, ctx.stamp())
        return _again(session, found)


def _problems(day: date | None, since: str, reason: str) -> Iterator[Problem]:
    if day is None:
        yield Problem(tr("吊销起始日"), tr("日期"), since, field="since", example="2026-03-02")
    if not reason:
        yield blank(tr("理由"), "reason", tr("请写明理由，例如电脑被盗、本人调离。"))


def _keys(session: Session) -> list[CertifiedKey]:
    rows = session.scalars(select(Certificate).order_by(Certificate.until, Certificate.fingerprint))
    newest = {(row.key, row.division): row for row in rows}
    keys = (shown_key(session, row) for row in newest.values())
    return sorted(keys, key=lambda each: (each.division, each.replica != "", each.name, each.id))


def shown_key(session: Session, row: Certificate) -> CertifiedKey:
    """Return a certificate as it is shown."""
    return CertifiedKey(
        id=row.fingerprint,
        key=row.key,
        name=row.name,
        number=row.number or f"{row.mark} {row.replica}",
        person=row.person,
        replica=row.replica,
        division=row.division,
        since=legal_day(row.since),
        until=legal_day(row.until),
        revoked=certified.revocation_problem(session, row.key, date.max),
        revoked_since=certified.revoked_since(session, row.key),
    )


def named_key(session: Session, who: str) -> CertifiedKey:
    """Return the key of whom or what a text names. Raises UserError when none or several fit."""
    text = who.strip()
    fits = [
        row
        for row in session.scalars(select(Certificate).order_by(Certificate.until, Certificate.fingerprint))
        if text and (text in {row.key, row.person, row.number, row.fingerprint} or _is_name(row, text))
    ]
    # Of one key there are several certificates after a renewal: any of them names it.
    if len({row.key for row in fits}) != 1:
        said = tr("本县没有给“{who}”签发过证书。") if not fits else tr("有多把密钥符合“{who}”。")
        raise UserError(said.format(who=text), tr("请用执法证号或电脑编号指明（命令：ohdesk county certificates）。"))
    return shown_key(session, fits[-1])


def _is_name(row: Certificate, text: str) -> bool:
    if row.person:
        return row.name == text
    return len(text) >= _SHORTEST and row.replica.startswith(text)


def _again(session: Session, found: CertifiedKey) -> CertifiedKey:
    return shown_key(session, session.get_one(Certificate, found.id))
