"""The keys of this workspace: who may open a bundle, who signs it, and whose signature counts."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import (
    BundleIn,
    BundleState,
    Certificate,
    CountyRecipient,
    KeyPurpose,
    OwnKey,
    OwnOffice,
    Peer,
    SigningKey,
)
from ohdesk.domain.people import OfficeRole
from ohdesk.errors import MachineError, UserError
from ohdesk.files import way_back
from ohdesk.i18n import tr
from ohdesk.security import vault
from ohdesk.security.sealing import AgeOpener, DeviceSigner
from ohdesk.security.signing_keys import DeviceKey, age_recipient, tidy_age_identity
from ohdesk.services.context import Context
from ohdesk.services.office.own_keys import at_rest
from ohdesk.services.office.person_keys import retired_certificates
from ohdesk.services.trust import certified


@dataclass(frozen=True, slots=True)
class Anchors:
    """What this workspace believes about signatures on records, DER.

    roots:     the county root; without a county the self-made certificates of this office's own people
    confirmed: certificates of people issued under the root, for records signed before with the same keys
    """

    roots: tuple[bytes, ...]
    confirmed: tuple[bytes, ...]


def opener(ctx: Context, session: Session, recovery_code: str = "") -> AgeOpener:
    """Return what decrypts bundles addressed to this workspace, or to whoever holds a recovery code.

    Raises UserError when `recovery_code` is none.
    """
    row = own_key(session, KeyPurpose.AGE)
    own = vault.unseal(at_rest(ctx.keys.database), row.secret, b"age").decode("ascii")
    if not recovery_code:
        return AgeOpener((own,))
    age_recipient(recovery_code)  # said here, in words, before a whole bundle is read
    return AgeOpener((own, tidy_age_identity(recovery_code)))


def signer(ctx: Context, session: Session) -> DeviceSigner:
    """Return what signs in the name of this workspace. Raises UserError while no county has certified it."""
    own = own_signer(ctx, session)
    if not own.certificate:
        raise not_joined(ctx)
    return own


def own_signer(ctx: Context, session: Session) -> DeviceSigner:
    """Return what signs in the name of this workspace, certified or not; the certificate is empty until it is."""
    row = own_key(session, KeyPurpose.DEVICE)
    return DeviceSigner(
        DeviceKey.unwrap(row.secret, at_rest(ctx.keys.database), ctx.office.replica), row.certificate_der
    )


def county_roots(ctx: Context, session: Session) -> tuple[bytes, ...]:
    """Return the root certificates (DER) under which senders are believed. Raises UserError without a county."""
    root = county_root(session)
    if not root:
        raise not_joined(ctx)
    return (root,)


def county_root(session: Session) -> bytes:
    """Return the county's root certificate, DER; b"" before the first card, and in a town that has not joined."""
    row = session.get(OwnKey, KeyPurpose.ROOT)
    return b"" if row is None else row.certificate_der


def county_peer(session: Session) -> Peer | None:
    """Return the county this town belongs to; None at a county, and before the answer was taken in."""
    # The one that is written to; of a machine that was succeeded only what it sent before is still heard.
    rows = select(Peer).where(Peer.role == OfficeRole.COUNTY).order_by(Peer.age_recipient == "", Peer.replica)
    return session.scalars(rows).first()


def last_county_time(session: Session) -> str:
    """Return when the county's newest bundle was made, by the county's clock; "" at a county and before the first.

    Of several machines of the county the later time, but not of one that another has taken over from.
    """
    made = (
        select(BundleIn.replica, BundleIn.made_at)
        .join(Peer, Peer.replica == BundleIn.replica)
        .where(Peer.role == OfficeRole.COUNTY, BundleIn.outcome == BundleState.APPLIED)
    )
    # Of one machine by number, not the latest time: where its clock was once wrong it has been put right since.
    newest = dict(session.execute(made.order_by(BundleIn.bundle_seq)).all())
    succeeded = set(session.scalars(select(Certificate.takes_over).where(Certificate.replica.in_(newest))))
    return max((at for replica, at in newest.items() if replica not in succeeded), default="")


def standing_recipients(session: Session) -> tuple[str, ...]:
    """Return the age recipients of every bundle: our recovery code's, and the keys on the county's card."""
    recovery = session.scalar(select(OwnOffice.recovery_recipient))
    if recovery is None:
        raise _incomplete()
    # The recovery code's key among them: a town whose laptop is gone can still open its own bundles.
    return (recovery, *session.scalars(select(CountyRecipient.recipient).order_by(CountyRecipient.recipient)))


def anchors(ctx: Context) -> Anchors:
    """Return what this workspace believes about signatures on records."""
    with ctx.reading() as session:
        keys = list(session.scalars(select(SigningKey)))
        root = county_root(session)
        # Not of a key made after a reset: whoever reset the password could else sign in that name and have it confirmed
        # by the next routine answer.  The county's word for what it signed before comes with the county's bundle.
        confirmed = [key.certificate_der for key in keys if key.confirmed and not _after_a_reset(session, key)]
        # Those of other offices too: their early records carry self-made certificates.  Also of keys taken back since:
        # what they signed before stays good.
        counts_before = (Certificate.person != "", Certificate.since < Certificate.issued_at)
        confirmed += session.scalars(select(Certificate.der).where(*counts_before))
        if not root:
            # Lost keys as well, or records signed before a reset would stop verifying.
            return Anchors((*(key.own_certificate_der for key in keys), *retired_certificates(session)), ())
        return Anchors((root,), tuple(confirmed))


def _after_a_reset(session: Session, key: SigningKey) -> bool:
    return bool(certified.reset_note(session, certified.key_of(key.public_der), key.person))


def own_key(session: Session, purpose: KeyPurpose) -> OwnKey:
    """Return the key of this workspace for a purpose, made with the workspace itself."""
    row = session.get(OwnKey, purpose)
    if row is None:
        raise _incomplete()
    return row


def not_joined(ctx: Context) -> UserError:
    """Return what to say before a county's card exists (at the county) or was accepted (in a town)."""
    with ctx.reading() as session:
        before = session.scalar(select(OwnOffice.takes_over))
    if before and ctx.office.role == OfficeRole.TOWN:
        return UserError(
            tr("本机接替电脑 {before}，县级还没有登记本机，暂时不能收发上报包。", before=before[:8]),
            tr(
                "请在“上报同步”里用县级名片重新写出申请，再收下县级的答复"
                "（命令：ohdesk enrol request 和 ohdesk enrol accept）。"
            ),
        )
    if before and ctx.office.role == OfficeRole.COUNTY:
        return UserError(
            tr("本机接替县级电脑 {before}，还没有写出名片，暂时不能收发上报包。", before=before[:8]),
            tr("请在“镇街登记”里写出一次县级名片（命令：ohdesk county card）；各镇街不用重新登记。"),
        )
    if ctx.office.role == OfficeRole.COUNTY:
        return UserError(
            tr("本县还没有生成名片，不能收发上报包。"),
            tr("请先在“县级汇总”的“镇街登记”里写出名片（命令：ohdesk county card），再给镇街办理登记。"),
        )
    return UserError(
        tr("本机还没有加入县级，不能收发上报包。"),
        tr("请先在“上报同步”里读取县级名片、写出申请、收下答复（命令：ohdesk enrol request 和 ohdesk enrol accept）。"),
    )


def _incomplete() -> MachineError:
    return MachineError(tr("工作区不完整：缺少本机密钥。"), way_back())
