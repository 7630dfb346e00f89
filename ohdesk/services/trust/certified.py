"""What the county has said of keys: whose they are, for which division, from when until when, and which it took back.

Asked of the shared tables, so every office gives the same answer once it has the county's operations.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import takewhile

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Certificate, KeyReset, LiftedRevocation, Peer, Revocation
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import instant_text, legal_day, parse_instant
from ohdesk.domain.operations import CertificateIssued, Operation
from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.security import certificates, signing_keys
from ohdesk.security.certificates import CertificateError, DeviceSubject, PersonSubject
from ohdesk.services.context import Context


def key_of(public_der: bytes) -> str:
    """Return what a public key (DER) is called in tables and operations: its SHA-256, 64 hexadecimal digits."""
    return sha256(public_der).hexdigest()


def certificate_problem(session: Session, key: str, person: str, division: str, at: datetime) -> str:
    """Return why no certificate of the county makes this key (SHA-256) this person's in this division at this instant.

    "" when one does.  Revocations are not asked: what is applied must not depend on when the word of one came; whoever
    shows or counts asks `signer_problem`.
    """
    return term_problem(certificates_of(session, key), person, division, at)


def certificates_of(session: Session, key: str) -> list[Certificate]:
    """Return the certificates that make a key (SHA-256) a person's."""
    return list(session.scalars(select(Certificate).where(Certificate.key == key, Certificate.person != "")))


def term_problem(held: Sequence[Certificate], person: str, division: str, at: datetime) -> str:
    """Return what `certificate_problem` does, of the certificates of a key."""
    if not held:
        return tr("这把密钥没有县级签发的证书")
    theirs = [row for row in held if row.person == person]
    if not theirs:
        return tr("这把密钥是{name}的，不是签名人本人的", name=held[0].name)
    there = [row for row in theirs if row.division == division]
    if not there:
        divisions = "、".join(sorted({row.division for row in theirs}))
        return tr(
            "{name}的证书是给 {divisions} 的，不能用于 {division}",
            name=theirs[0].name,
            divisions=divisions,
            division=division,
        )
    if not any(row.since <= at <= row.until for row in there):
        return tr("{name}的证书有效期不含 {day}", name=there[0].name, day=legal_day(at))
    return ""


def signer_problem(session: Session, key: str, person: str, division: str, at: datetime) -> str:
    """As `certificate_problem`; also why what the key signed at this instant counts no more: the county took it back.

    Asked when shown: a revocation that comes late flags what it concerns and deletes nothing.
    """
    return certificate_problem(session, key, person, division, at) or revocation_problem(session, key, legal_day(at))


def revocation_problem(session: Session, key: str, day: date) -> str:
    """Return since when and why the county has taken a key (SHA-256) back; "" when it counts on that day."""
    # The earliest: two reports of one loss may name two days.
    rows = _standing().where(Revocation.key == key, Revocation.since <= day)
    row = session.scalars(rows.order_by(Revocation.since, Revocation.operation).limit(1)).first()
    return "" if row is None else _taken_back(row)


def revoked(session: Session) -> tuple[tuple[str, date, str], ...]:
    """Return which keys (SHA-256) count no more since which day, and that in words; the earliest word of each first."""
    rows = session.scalars(_standing().order_by(Revocation.since, Revocation.operation))
    return tuple((row.key, row.since, _taken_back(row)) for row in rows)


def _taken_back(row: Revocation) -> str:
    return tr("县级自 {day} 起吊销了这把密钥：{reason}", day=row.since, reason=row.reason)


def revoked_since(session: Session, key: str) -> date | None:
    """Return from which day on nothing counts any more that a key (SHA-256) signed; None while it stands."""
    return session.scalar(_standing().where(Revocation.key == key).with_only_columns(func.min(Revocation.since)))


def is_certified(session: Session, key: str) -> bool:
    """True when the county has ever certified a key (SHA-256), as far as its operations have come."""
    return session.scalars(select(Certificate.fingerprint).where(Certificate.key == key).limit(1)).first() is not None


def revocations(session: Session, key: str) -> list[str]:
    """Return the ids of a key's revocations that were not lifted."""
    return [row.operation for row in session.scalars(_standing().where(Revocation.key == key))]


def _standing() -> Select[Revocation]:
    return select(Revocation).where(Revocation.operation.not_in(select(LiftedRevocation.revocation)))


def trusted_until(session: Session, public_der: bytes) -> datetime:
    """Return the last instant of the newest certificate of a key (DER); the earliest there is when none is held."""
    newest = select(func.max(Certificate.until)).where(Certificate.key == key_of(public_der))
    return session.scalar(newest) or datetime.min.replace(tzinfo=UTC)


def reset_note(session: Session, key: str, person: str) -> str:
    """Return that a person's key (SHA-256) was made after an administrator had reset the password; "" when it was not.

    It may count by the county's word all the same; whoever looks at what it signed is told.
    """
    rows = session.execute(select(KeyReset.key, KeyReset.at).where(KeyReset.person == person).order_by(KeyReset.at))
    # Up to the reset by which this key itself was lost: what came later is no concern of it.
    before = next(takewhile(lambda row: row[0] != key, rows), None)
    if before is None:
        return ""
    return tr("{day} 有管理员重置过签名人的密码，这是之后换的密钥", day=legal_day(before[1]))


def issued(der: bytes, since: datetime, recipient: str = "", takes_over: str = "") -> CertificateIssued:
    """Return the operation that announces a certificate, with what it says in words. Raises CertificateError."""
    subject = certificates.subject_of(der)
    device = subject if isinstance(subject, DeviceSubject) else None
    person = subject if isinstance(subject, PersonSubject) else None
    return CertificateIssued(
        record=certificates.fingerprint(der),
        der=der,
        key=key_of(certificates.public_der(der)),
        person=person.person if person else "",
        replica=device.replica if device else "",
        division=subject.division,
        name=person.name if person else subject.office,
        number=person.number if person else "",
        since=instant_text(since),
        until=instant_text(certificates.term(der)[1]),
        recipient=recipient,
        mark=device.mark if device else "",
        takes_over=takes_over,
    )


def operation_problem(roots: Sequence[bytes], operation: Operation | None) -> str:
    """Return why an operation announces no certificate under one of these roots (DER); "" for any other kind."""
    if not isinstance(operation, CertificateIssued):
        return ""
    try:
        certificates.issuer(operation.der, roots)
        stands = issued(operation.der, parse_instant(operation.since), operation.recipient, operation.takes_over)
    except CertificateError as error:
        return str(error)
    except ValueError:
        return tr("证书的起始时间写得不对")
    if operation.recipient and not signing_keys.is_age_recipient(operation.recipient):
        return tr("收件密钥不正确")
    # The tables are asked by what the operation says, the signatures are checked by the certificate: one thing only.
    return "" if stands == operation else tr("这一条写的与证书本身不一致")


def devices(session: Session, division: str, day: date) -> list[Certificate]:
    """Return the laptops announced for a division and not taken back on that day, each by its newest certificate."""
    rows = select(Certificate).where(Certificate.division == division, Certificate.replica != "")
    newest = {row.replica: row for row in session.scalars(rows.order_by(Certificate.until, Certificate.fingerprint))}
    gone = revoked_replicas(session, day)
    return [row for replica, row in sorted(newest.items()) if replica not in gone]


def revoked_replicas(session: Session, day: date) -> set[str]:
    """Return the workspaces whose device key the county has taken back by that day."""
    taken_back = {row.key for row in session.scalars(_standing().where(Revocation.since <= day))}
    laptops = select(Certificate.replica).where(Certificate.replica != "", among(Certificate.key, taken_back))
    return set(session.scalars(laptops))


def introduce(ctx: Context, session: Session) -> None:
    """Set down as peers the other laptops the county has announced for this town, so that each opens what they send."""
    if ctx.office.role == OfficeRole.TOWN:
        for row in devices(session, ctx.office.division, legal_day(ctx.now())):
            if row.replica != ctx.office.replica:
                set_down_peer(session, OfficeRole.TOWN, certificates.device_of(row.der), row.recipient)


def set_down_peer(session: Session, role: OfficeRole, device: DeviceSubject, recipient: str) -> None:
    """Set down a workspace as a peer, or what is new about one; how far it holds our operations stays."""
    session.merge(
        Peer(replica=device.replica, role=role, division=device.division, name=device.office, age_recipient=recipient)
    )
