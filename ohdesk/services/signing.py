"""Who signs a document with a certificate, and the signing itself: each person with the own key only."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ohdesk.db.models import Account, Person, SigningKey
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import team_problems
from ohdesk.domain.record import Signatory, SignatureBox
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates, keyfile
from ohdesk.security.pdf_signing import PersonSigner, prepare, sign
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.visits import office_person
from ohdesk.services.workspace import KEY_FILE


@dataclass(frozen=True, slots=True)
class SecondSigner:
    """A colleague signing on the same laptop with the own password, without the first one logging out."""

    account: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signer:
    """A signatory whose key is open for this one act, with the certificate that goes with it."""

    signatory: Signatory
    opened: PersonSigner


def field_name(seat: int) -> str:
    """Return the name of the signature field of the inspector in seat 1, 2, …"""
    return f"inspector{seat}"


def is_confirmed(session: Session, people: Sequence[Signatory]) -> bool:
    """True when the county has certified the keys of all these people."""
    keys = [session.get(SigningKey, person.person) for person in people]
    return all(key is not None and key.confirmed for key in keys)


def open_signers(ctx: Context, signatories: Sequence[Signatory], colleagues: Sequence[SecondSigner]) -> list[Signer]:
    """Return the signatories in their order, each with the key opened by the own password.

    The person logged in has the key open already; every other one must be among the colleagues.  Raises UserError
    or ProblemsError when somebody is missing, may not sign today, or has no certificate that fits.
    """
    with ctx.reading() as session:
        _check_may_sign(ctx, session, signatories)
        opened = {ctx.actor.person: ctx.keys.personal} if ctx.actor.person else {}
        for colleague in colleagues:
            person, personal = _unlock(ctx, session, colleague)
            opened[person] = personal
        missing = [one.name for one in signatories if one.person not in opened]
        if missing:
            raise UserError(
                tr("还缺 {names} 的签名。").format(names="、".join(missing)),
                tr("请由其中一名检查人员登录，其他人员用自己的账户和密码在本机签名。"),
            )
        return [_signer(ctx, session, signatory, opened[signatory.person]) for signatory in signatories]


def sign_document(
    ctx: Context,
    pdf: bytes,
    boxes: Sequence[SignatureBox],
    attachment: bytes,
    signers: Sequence[Signer],
    reason: str,
) -> bytes:
    """Return the PDF with its attachment, certified by the first signer and signed by the others."""
    at = ctx.now()
    document = prepare(pdf, boxes, attachment)
    for seat, (box, signer) in enumerate(zip(boxes, signers, strict=True)):
        document = sign(document, box.field, signer.opened, at, certify=seat == 0, reason=reason)
    return document


def _check_may_sign(ctx: Context, session: Session, signatories: Sequence[Signatory]) -> None:
    team = [office_person(session.get_one(Person, signatory.person)) for signatory in signatories]
    problems = team_problems(team, legal_day(ctx.now()))
    if problems:
        raise ProblemsError(tr("不能签名。"), tuple(problems), tr("请先核对人员的执法证登记。"))


def _unlock(ctx: Context, session: Session, colleague: SecondSigner) -> tuple[str, bytes]:
    unlocked = keyfile.unlock(ctx.folder / KEY_FILE, colleague.account, colleague.password)
    account = session.get(Account, colleague.account)
    if account is None or not account.person:
        raise UserError(
            tr("账户 {account} 没有对应的执法人员，不能签名。").format(account=colleague.account),
            tr("请由检查人员本人用自己的账户签名。"),
        )
    return account.person, unlocked.personal_key


def _signer(ctx: Context, session: Session, signatory: Signatory, personal: bytes) -> Signer:
    row = session.get(SigningKey, signatory.person)
    if row is None:
        raise UserError(tr("{name}还没有签名密钥。").format(name=signatory.name), tr("请管理员为其建立账户后再签名。"))
    _check_certificate(ctx, row.certificate_der, signatory)
    key = PersonKey.unwrap(row.wrapped, personal, signatory.person)
    return Signer(signatory, PersonSigner(key, row.certificate_der))


def _check_certificate(ctx: Context, certificate: bytes, signatory: Signatory) -> None:
    try:
        certificates.check_valid_at(certificate, ctx.now())
        subject = certificates.person_of(certificate)
    except certificates.CertificateError as error:
        raise UserError(
            tr("{name}的签名证书不能使用：{reason}。").format(name=signatory.name, reason=error),
            tr("请核对本机日期；证书到期的，请向县级申请新证书。"),
        ) from error
    if (subject.person, subject.name, subject.number) != (signatory.person, signatory.name, signatory.certificate_no):
        raise UserError(
            tr("{name}的签名证书写的是“{found}”，与人员登记不一致。").format(
                name=signatory.name, found=f"{subject.name} {subject.number}"
            ),
            tr("姓名或执法证号改过的，请重新申请证书。"),
        )
