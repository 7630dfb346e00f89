"""Who signs a document with a certificate, and the signing itself: each person with their own key only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.journal import Stamp
from ohdesk.db.models import Account, Person, SigningKey
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import why_not_inspect
from ohdesk.domain.record import (
    HARDEST,
    LARGEST_PAD,
    MOST_POINTS,
    Hand,
    InspectionRecord,
    PartyStatement,
    Signatory,
    SignatureBox,
    Signer,
    StrokeSet,
)
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.pkcs12 import Pkcs12Error
from ohdesk.security.signing_keys import PersonSigner
from ohdesk.services.context import Context
from ohdesk.services.office.accounts import Inspector, signing_inspector, unlock_inspector
from ohdesk.services.office.people import office_person, team_gaps
from ohdesk.services.office.person_keys import signer_of
from ohdesk.services.record.certificate_files import open_file
from ohdesk.services.trust import certified, keys
from ohdesk.services.visit.lookup import find_visit


@dataclass(frozen=True, slots=True)
class SecondSigner:
    """Somebody signing on the same laptop with their own password, without the first one logging out.

    account: whose key the password opens, "" where that lies in a file
    file:    a certificate file (PKCS#12) with that password · person: whose it has to be, "" for any of the signatories
    """

    account: str
    password: str = field(repr=False)
    file: Path | None = None
    person: str = ""


class SignerError(UserError):
    """A colleague's signature was refused.

    signer: whose, so that the screen can say it in the right place · field: what is wrong there, "password" or "file"
    """

    def __init__(self, signer: SecondSigner, cause: UserError) -> None:
        super().__init__(cause.message, cause.remedy)
        self.signer = signer
        by_account = "password" if signer.file is None else "file"
        self.field = cause.field if isinstance(cause, Pkcs12Error) else by_account


@dataclass(frozen=True, slots=True)
class Seat:
    """An inspector of a visit who has to sign.

    account:    with which, empty when there is none and only a certificate file signs
    is_actor:   logged in, so that no password is asked for
    hindrance:  why this person cannot sign today, and what to do; empty when nothing stands against it
    by_account: why the key of the account cannot sign, and what to do; empty when it can
    """

    person: str
    name: str
    certificate_no: str
    account: str
    is_actor: bool
    hindrance: str
    by_account: str


def seats(ctx: Context, visit_id: str) -> tuple[Seat, ...]:
    """Return who has to sign the documents of a visit, in the order of the record."""
    with ctx.reading() as session:
        return tuple(_seat(ctx, session, person) for person in find_visit(session, visit_id).inspectors)


def is_confirmed(session: Session, people: Sequence[Signatory]) -> bool:
    """True when the county has certified the keys of all these people."""
    held = [session.get(SigningKey, person.person) for person in people]
    # Whoever has no key here signs with a file, and of those only one that the county issued counts.
    by_file = bool(keys.county_root(session))
    return all(by_file if key is None else key.confirmed for key in held)


def open_signers(
    ctx: Context, signatories: Sequence[Signatory], colleagues: Sequence[SecondSigner]
) -> list[PersonSigner]:
    """Return what each signatory signs with, in their order, each key opened by its owner's password.

    The person logged in has the key open already; every other one must be among the colleagues.  Raises UserError
    or ProblemsError when somebody is missing, may not sign today, or has no certificate that fits.
    """
    with ctx.reading() as session:
        _check_may_sign(ctx, session, signatories)
    opened: dict[str, PersonSigner] = {}
    # Whoever is logged in has proved it with the password; everybody else proves it now. Nobody signs for a colleague.
    for colleague in colleagues:
        inspector = _unlocked(ctx, colleague, signatories)
        opened[inspector.person] = inspector.signer
    if ctx.actor.person not in opened and any(one.person == ctx.actor.person for one in signatories):
        opened[ctx.actor.person] = signing_inspector(ctx).signer
    missing = [one.name for one in signatories if one.person not in opened]
    if missing:
        raise UserError(
            tr("还缺 {names} 的签名。", names="、".join(missing)),
            tr("请由其中一名检查人员登录，其他人员用自己的账户和密码、或自己的证书文件在本机签名。"),
        )
    for one in signatories:
        _check_certificate(ctx, opened[one.person].certificate, one)
    return [opened[one.person] for one in signatories]


def acting(ctx: Context, signatories: Sequence[Signatory], signers: Sequence[PersonSigner]) -> Stamp:
    """Return who makes a document final: whoever is logged in, or where that is none of its signatories the first."""
    stamp = ctx.stamp()
    if any(one.person == ctx.actor.person for one in signatories):
        return stamp
    # Somebody else lent the laptop: the act is that of the people who sign, and only their signature counts.
    return replace(stamp, by=signatories[0].person, sign=signer_of(signers[0]))


def signed_at(ctx: Context, signers: Sequence[PersonSigner]) -> dict[str, datetime]:
    """Return by its SHA-256 each key that signs a document now."""
    return {certified.key_of(signer.public_der): ctx.now() for signer in signers}


def sign_document(
    ctx: Context,
    pdf: bytes,
    boxes: Sequence[SignatureBox],
    attachment: bytes,
    signers: Sequence[PersonSigner],
    reason: str,
) -> bytes:
    """Return the PDF with its attachment, certified by the first signer and signed by the others."""
    from ohdesk.security.pdf_signing import prepare, sign  # late: pyHanko takes 20 MB, and only here

    at = ctx.now()
    document = prepare(pdf, boxes, attachment)
    for seat, (box, signer) in enumerate(zip(boxes, signers, strict=True)):
        document = sign(document, box.field, signer, at, certify=seat == 0, reason=reason)
    return document


def _unlocked(ctx: Context, colleague: SecondSigner, signatories: Sequence[Signatory]) -> Inspector:
    try:
        if colleague.file is None:
            return unlock_inspector(ctx, colleague.account, colleague.password)
        meant = [one for one in signatories if colleague.person in {"", one.person}]
        return open_file(ctx, colleague.file, colleague.password, meant)
    except MachineError:
        raise
    except UserError as error:
        raise SignerError(colleague, error) from error


def _seat(ctx: Context, session: Session, person_id: str) -> Seat:
    person = office_person(session.get_one(Person, person_id))
    account = session.scalars(select(Account.name).where(Account.person == person_id)).first() or ""
    hindrance = why_not_inspect(person, legal_day(ctx.now()))
    if hindrance:
        hindrance = tr("{reason}，请先核对人员的执法证登记", reason=hindrance)
    key, by_account = session.get(SigningKey, person_id), ""
    if not account or key is None:
        by_account = tr("没有可以签名的账户，请管理员在“设置”中建立，或用本人的证书文件")
    else:
        signatory = Signatory(person=person_id, name=person.name, certificate_no=person.certificate_no, unit="")
        try:
            _check_certificate(ctx, key.certificate_der, signatory)
        except UserError as error:
            by_account = error.whole.rstrip("。")
    is_actor = person_id == ctx.actor.person
    return Seat(person_id, person.name, person.certificate_no, account, is_actor, hindrance, by_account)


def _check_may_sign(ctx: Context, session: Session, signatories: Sequence[Signatory]) -> None:
    problems = team_gaps(session, [signatory.person for signatory in signatories], legal_day(ctx.now()))
    if problems:
        raise ProblemsError(tr("不能签名。"), tuple(problems), tr("请先核对人员的执法证登记。"))


def _check_certificate(ctx: Context, certificate: bytes, signatory: Signatory) -> None:
    try:
        certificates.check_valid_at(certificate, ctx.now())
        subject = certificates.person_of(certificate)
    except certificates.CertificateError as error:
        raise UserError(
            tr("{name}的签名证书不能使用：{reason}。", name=signatory.name, reason=error),
            tr("请核对本机日期；证书到期的，请向县级申请新证书。"),
        ) from error
    # A certificate says name and number for good: after a correction of either the old one would put another name under
    # the record.
    if (subject.person, subject.name, subject.number) != (signatory.person, signatory.name, signatory.certificate_no):
        raise UserError(
            tr(
                "{name}的签名证书写的是“{found}”，与人员登记不一致。",
                name=signatory.name,
                found=f"{subject.name} {subject.number}",
            ),
            tr("姓名或执法证号改过的，请重新申请证书。"),
        )


def stroke_problems(party: PartyStatement, strokes: Sequence[StrokeSet]) -> tuple[Problem, ...]:
    """Return what is wrong with the signatures: the party's is there exactly when the party signs."""
    problems = [problem for one in strokes for problem in _problems(one)]
    signed = [one for one in strokes if one.role is Signer.PARTY]
    if len(signed) != party.way.signs:
        expected = tr("一份手写签名") if party.way.signs else tr("没有签名（拒签或不在场）")
        problems.append(Problem(tr("当事人签名"), expected, tr("{count} 份", count=len(signed))))
    elif signed and clean_text(signed[0].name).strip() != party.name:
        problems.append(Problem(tr("当事人签名"), party.name, signed[0].name or tr("没有姓名")))
    return tuple(problems)


def hand_problems(record: InspectionRecord, strokes: Sequence[StrokeSet]) -> tuple[Problem, ...]:
    """Return which signatures are of nobody who was there, and which are there twice; one at most is the recorder's."""
    of_party = {Signer.PARTY, Signer.WITNESS}
    given = Counter(Hand(one.role, clean_text(one.name).strip()) for one in strokes if one.role not in of_party)
    there = dict.fromkeys(record.hands)
    problems = [
        Problem(_place(hand), tr("参加本次检查的人，每人一份"), tr("{count} 份", count=count))
        for hand, count in given.items()
        if hand not in there or count > 1
    ]
    recorders = [hand for hand in given if hand.role is Signer.RECORDER]
    if len(recorders) > 1:
        problems.append(Problem(Signer.RECORDER.word, tr("一个人"), "、".join(hand.name for hand in recorders)))
    return tuple(problems)


def _place(hand: Hand) -> str:
    return tr("手写签名（{role}{name}）", role=hand.role.word, name=hand.name)


def _problems(one: StrokeSet) -> list[Problem]:
    place = _place(Hand(one.role, one.name))
    if not one.name.strip():
        return [Problem(place, tr("签名人姓名"), "")]
    if not one.strokes or not all(one.strokes):
        return [Problem(place, tr("笔迹"), tr("没有笔迹"), tr("请重新签名。"))]
    if not (0 < one.width <= LARGEST_PAD and 0 < one.height <= LARGEST_PAD):
        return [Problem(place, tr("手写板尺寸"), f"{one.width} × {one.height}")]
    count = sum(map(len, one.strokes))
    if count > MOST_POINTS:
        return [Problem(place, tr("不超过 {limit} 个点", limit=MOST_POINTS), str(count), tr("请重新签名。"))]
    # Strokes come from files too: points outside the pad would be drawn over the text of the record.
    inside = all(
        0 <= x <= one.width and 0 <= y <= one.height and 0 <= pressure <= HARDEST
        for stroke in one.strokes
        for x, y, pressure in stroke
    )
    return [] if inside else [Problem(place, tr("手写板范围内的笔迹"), tr("有超出范围的点"), tr("请重新签名。"))]
