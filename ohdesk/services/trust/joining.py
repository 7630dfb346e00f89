"""Joining a town to its county: the county's card, the town's request, the county's answer.

Files only carry public keys and certificates.  Both sides show a fingerprint to read out, because
whoever carries the files could exchange them.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import (
    Certificate,
    CountyRecipient,
    Enrolment,
    KeyPurpose,
    OwnKey,
    OwnOffice,
    Peer,
    SigningKey,
)
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.operations import CertificateIssued
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.errors import UserError
from ohdesk.files import hand_out, handed_in
from ohdesk.i18n import tr
from ohdesk.security import certificates, trust_files
from ohdesk.security.certificates import DeviceSubject
from ohdesk.security.signing_keys import PersonKey
from ohdesk.security.trust_files import Answer, CountyCard, Request, RequestedPerson
from ohdesk.services.context import Context
from ohdesk.services.office.own_keys import ROOT_OWNER, at_rest
from ohdesk.services.trust import certified, set_aside
from ohdesk.services.trust.asked import Asked, asked, counts_from, is_town_of, next_mark
from ohdesk.services.trust.ending import ending, own_end, uncertified
from ohdesk.services.trust.keys import county_peer, county_root, county_roots, own_key, own_signer

_ONLY = 1  # the key of the only enrolment that can wait


@dataclass(frozen=True, slots=True)
class RequestShown:
    """What a town asks its county: the fingerprints of request and card, and whose keys are to be certified."""

    fingerprint: str
    card_fingerprint: str
    county: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a town has come.

    county:      the county it belongs to; empty while it belongs to none
    waiting:     the request that the county has not answered yet
    unconfirmed: people whose signing keys the county has not certified
    until:       the last day of the first of our certificates to end; None without any
    ending:      it is time to ask for new ones
    takes_over:  this laptop goes on for another one and has no certificate of its own yet
    """

    county: str
    waiting: RequestShown | None
    unconfirmed: tuple[str, ...]
    until: date | None = None
    ending: bool = False
    takes_over: bool = False


@dataclass(frozen=True, slots=True)
class TownIn:
    """A town's laptop (replica) that the county has certified: how many people of its town, and when."""

    id: str
    division: str
    name: str
    people: int
    issued_at: datetime | None


def write_card(ctx: Context, path: Path) -> CountyCard:
    """Write the county's card. Raises UserError outside a county's workspace."""
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    with ctx.transaction() as session:
        _renew_own(ctx, session)
        card = _own_card(ctx, session)
    hand_out(path, card.data)
    return card


def card(ctx: Context) -> CountyCard | None:
    """Return this county's card as it would be written; None before it was written for the first time."""
    with ctx.reading() as session:
        return _own_card(ctx, session) if own_key(session, KeyPurpose.DEVICE).certificate_der else None


def write_root(ctx: Context, path: Path) -> str:
    """Write the county's root certificate as PEM, at the county or in a town that has joined; return its SHA-256."""
    if ctx.office.role == OfficeRole.COUNTY:
        ctx.require(Right.CERTIFY)
        with ctx.transaction() as session:
            root = _own_card(ctx, session).root
    else:
        with ctx.reading() as session:
            root = county_root(session)
        if not root:
            raise UserError(tr("本机还没有加入县级，没有县级根证书。"), tr("请先在“上报同步”里用县级名片登记。"))
    hand_out(path, certificates.pem(root))
    return certificates.fingerprint(root)


def look_at_request(ctx: Context, path: Path) -> Asked:
    """Return what a town asks for beside what it has already, with the fingerprint to compare.

    Raises UserError for any other file, and for a request made with another county's card; ProblemsError naming all
    that forbids an answer.
    """
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    request = trust_files.read_request(_read(path))
    with ctx.transaction() as session:
        _require_our_card(_own_card(ctx, session), request)
        _require_both_practice_or_neither(ctx, request)
        return asked(ctx, session, request)


def issue(ctx: Context, request_path: Path, path: Path, compared: str = "", *, confirm_earlier: bool = False) -> Asked:
    """Certify the keys of a town's request and write the answer; set the town down as a peer.

    confirm_earlier: what a person's new key signed before counts too, though another key was certified then
    Raises as `look_at_request`; UserError when the request is another than the one whose fingerprint was `compared`.
    """
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    request = trust_files.read_request(_read(request_path))
    _require_same(compared, request.fingerprint)
    with ctx.transaction() as session:
        card = _own_card(ctx, session)
        _require_our_card(card, request)
        _require_both_practice_or_neither(ctx, request)
        # Asked again inside: between the look and the answer another request may have come.
        shown = asked(ctx, session, request)
        root, at = root_of(ctx, session), ctx.now()
        office = dataclasses.replace(request.office, mark=next_mark(session, request))
        device = certificates.issue(*root, request.device, office, at)
        told = [certified.issued(device, certificates.term(device)[0], request.recipient, request.takes_over)]
        people = {}
        for each, own in zip(request.people, request.own_certificates, strict=True):
            told.append(certify_person(session, root, each, own, at, earlier=confirm_earlier))
            people[each.subject.person] = told[-1].der
        # In the journal: the other towns, and the other laptops of this one, learn of it by the county's next bundle.
        journal.record_many(session, told, ctx.stamp(), batch="")
        # What came before its certificate need not wait for the next bundle.
        set_aside.try_again(session, county_roots(ctx, session))
        certified.set_down_peer(session, OfficeRole.TOWN, office, request.recipient)
        unsigned = Answer(card=card.digest, request=request.digest, device=device, people=people)
        answer = trust_files.signed(unsigned, root[0]).data
        # Read as the town will read it: an answer that it would refuse must not leave the house.
        trust_files.read_answer(answer, card, request)
    hand_out(path, answer)
    return shown


def towns(ctx: Context) -> list[TownIn]:
    """Return the towns' laptops this county has certified, by division."""
    with ctx.reading() as session:
        people = select(Certificate.division, func.count(Certificate.person.distinct())).where(Certificate.person != "")
        counted = dict(session.execute(people.group_by(Certificate.division)).all())
        newest = select(func.max(Certificate.issued_at)).where(Certificate.replica == Peer.replica).scalar_subquery()
        peers = select(Peer, newest).where(Peer.role == OfficeRole.TOWN).order_by(Peer.division, Peer.replica)
        return [
            TownIn(
                id=peer.replica,
                division=peer.division,
                name=peer.name,
                people=counted.get(peer.division, 0),
                issued_at=issued_at,
            )
            for peer, issued_at in session.execute(peers)
        ]


def look_at_card(path: Path) -> CountyCard:
    """Return whose card a file is, with the fingerprint to compare. Raises UserError for any other file."""
    return trust_files.read_card(_read(path))


def write_request(ctx: Context, card_path: Path, path: Path, compared: str = "") -> RequestShown:
    """Write a request to the county of this card, for the device and every signing key of this workspace.

    Raises UserError for a card that cannot be used, for another than the one whose fingerprint was `compared`,
    and when the workspace belongs to another county.
    """
    ctx.require(Right.TRUST)
    _require_town(ctx)
    card = look_at_card(card_path)
    # Compared over the telephone, then read again: between the two somebody may have exchanged the file on the stick.
    _require_same(compared, card.fingerprint)
    _require_own_county(ctx, card)
    _require_both_practice_or_neither(ctx, card)
    with ctx.transaction() as session:
        # Records are signed under one county's root; a second one would leave the earlier without anybody who vouches
        # for them.
        held = county_root(session)
        if held and not certificates.is_same_root(held, card.root):
            raise UserError(tr("本机已经加入另一个县级，不能再用这张名片。"), tr("请核对名片，或另建工作区。"))
        own_certificates = session.scalars(select(SigningKey.own_certificate_der).order_by(SigningKey.person))
        key = own_signer(ctx, session).key
        unsigned = Request(
            card=card.digest,
            replica=ctx.office.replica,
            division=ctx.office.division,
            name=ctx.office.name,
            device=key.public_der,
            recipient=_recipient(session),
            practice=ctx.keys.practice,
            own_certificates=tuple(own_certificates),
            takes_over=session.get_one(OwnOffice, ctx.office.replica).takes_over,
        )
        # Read as the county will read it: a request that it would refuse must not leave the house.
        request = trust_files.read_request(trust_files.signed(unsigned, key).data)
        session.merge(Enrolment(id=_ONLY, card=card.data, request=request.data))
    hand_out(path, request.data)
    return _shown(card, request)


def write_again(ctx: Context, path: Path) -> RequestShown:
    """Write the request that waits for its answer once more, byte for byte. Raises UserError when none waits."""
    ctx.require(Right.TRUST)
    with ctx.reading() as session:
        card, request = _pending(session)
    hand_out(path, request.data)
    return _shown(card, request)


def accept(ctx: Context, path: Path) -> RequestShown:
    """Take in the county's answer to the request returned: now records count as confirmed and bundles can be sent.

    Raises UserError, changing nothing, unless it is the card's county's answer to the last request,
    for the very keys of this workspace.
    """
    ctx.require(Right.TRUST)
    _require_town(ctx)
    data = _read(path)
    with ctx.transaction() as session:
        card, request = _pending(session)
        answer = trust_files.read_answer(data, card, request)
        device = own_key(session, KeyPurpose.DEVICE)
        # The workspace was restored or made anew since the request: the certificate would fit no key here.
        if device.public != request.device:
            raise UserError(tr("这份答复是给另一把设备密钥的。"), tr("请用县级名片重新写出申请，再请县级答复。"))
        _require_holds_today(ctx, answer.device)
        device.certificate_der = answer.device
        session.get_one(OwnOffice, ctx.office.replica).takes_over = ""  # the county knows it now
        for person in request.people:
            _confirm(session, person, answer.people[person.subject.person])
        root_public = certificates.public_der(card.root)
        session.merge(OwnKey(purpose=KeyPurpose.ROOT, public=root_public, secret=b"", certificate_der=card.root))
        certified.set_down_peer(session, OfficeRole.COUNTY, card.office, card.recipients[0])
        # Replaced, not added to: a key that is not on the card any more must not open the next bundle.
        session.execute(delete(CountyRecipient))
        session.add_all(CountyRecipient(recipient=each) for each in dict.fromkeys(card.recipients))
        session.delete(session.get_one(Enrolment, _ONLY))
    return _shown(card, request)


def standing(ctx: Context) -> Standing:
    """Return how far this town has come with its county."""
    with ctx.reading() as session:
        county = county_peer(session)
        waiting = None if session.get(Enrolment, _ONLY) is None else _shown(*_pending(session))
        name = "" if county is None else county.name
        device = own_key(session, KeyPurpose.DEVICE)
        return Standing(
            county=name,
            waiting=waiting,
            unconfirmed=uncertified(session),
            until=own_end(session),
            ending=bool(ending(ctx, session)),
            takes_over=bool(name) and not device.certificate_der,
        )


def _renew_own(ctx: Context, session: Session) -> None:
    """Let the next card have a new certificate of this county's own device, and of its root, that is about to end.

    The keys stay: what was issued before holds under the new root, in a town that has not heard of it, too.
    """
    device, root, soon = own_key(session, KeyPurpose.DEVICE), county_root(session), ctx.now() + certificates.warning()
    if device.certificate_der and certificates.term(device.certificate_der)[1] < soon:
        device.certificate_der = b""
    if root and certificates.term(root)[1] < soon:
        renewed = certificates.renew_root(_root_key(ctx, session), root, ctx.now())
        own_key(session, KeyPurpose.ROOT).certificate_der = renewed


def _own_card(ctx: Context, session: Session) -> CountyCard:
    """Return this county's card; root and device certificate are made at the first call."""
    root_key = _root_key(ctx, session)
    root, device = county_root(session), own_key(session, KeyPurpose.DEVICE)
    # Made at the first card: a county that never has towns needs neither root nor certificate.
    if not device.certificate_der:
        before = session.get_one(OwnOffice, ctx.office.replica).takes_over
        subject = dataclasses.replace(_own_device(ctx), takes_over=before)
        device.certificate_der = certificates.issue(root_key, root, device.public, subject, ctx.now())
        former = session.get(OwnKey, KeyPurpose.BEFORE)
        if before:
            # The root says it in the certificate, to whoever hears this machine first; and the journal to everybody.
            # The certificate of the old one with it, which was on the card only: who has none cannot be taken back.
            for der, over in ((former.certificate_der if former else b"", ""), (device.certificate_der, before)):
                if der:
                    told = certified.issued(der, certificates.term(der)[0], "", over)
                    journal.record(session, told, ctx.stamp())
    recipients = (_recipient(session), session.get_one(OwnOffice, ctx.office.replica).recovery_recipient)
    unsigned = CountyCard(root=root, device=device.certificate_der, recipients=recipients, practice=ctx.keys.practice)
    return trust_files.signed(unsigned, root_key)


def root_of(ctx: Context, session: Session) -> tuple[PersonKey, bytes]:
    """Return the county's root key and certificate (DER) to issue with, made at the first call.

    Raises UserError when today is outside its term.
    """
    key, root = _root_key(ctx, session), county_root(session)
    first, last = map(legal_day, certificates.term(root))
    today = legal_day(ctx.now())
    if not first <= today <= last:
        raise UserError(
            tr(
                "本机今天是 {today}，不在县级根证书的有效期（{first} 至 {last}）内。",
                today=today,
                first=first,
                last=last,
            ),
            tr("请核对本机的日期；确实到期的，请重新写出县级名片，镇街用新名片写申请。"),
        )
    return key, root


def certify_person(
    session: Session, root: tuple[PersonKey, bytes], person: RequestedPerson, own: bytes, at: datetime, *, earlier: bool
) -> CertificateIssued:
    """Return what announces a new certificate of a person, the certificate in it; own, earlier: as of `counts_from`."""
    since = counts_from(session, person, own, at, earlier=earlier)
    # Said in the certificate too: whoever has only that and the record must see the same.
    der = certificates.issue(*root, person.public_der, person.subject, at, from_now=since >= at)
    return certified.issued(der, since)


def _root_key(ctx: Context, session: Session) -> PersonKey:
    row = session.get(OwnKey, KeyPurpose.ROOT)
    if row is not None:
        return PersonKey.unwrap(row.secret, at_rest(ctx.keys.database), ROOT_OWNER)
    key = PersonKey.create()
    session.add(
        OwnKey(
            purpose=KeyPurpose.ROOT,
            public=key.public_der,
            secret=key.wrap(at_rest(ctx.keys.database), ROOT_OWNER),
            certificate_der=certificates.make_root(key, ctx.office.name, ctx.office.division, ctx.now()),
        )
    )
    session.flush()
    return key


def _require_holds_today(ctx: Context, device: bytes) -> None:
    """Raise UserError for a certificate that bundles could not be sent under: one of the two clocks is wrong."""
    first, last = map(legal_day, certificates.term(device))
    today = legal_day(ctx.now())
    if not first <= today <= last:
        raise UserError(
            tr("答复里的证书有效期是 {first} 至 {last}，本机今天是 {today}。", first=first, last=last, today=today),
            tr("请核对两台电脑的日期；改正后请县级再签发一次。没有收下，原来的证书仍然可用。"),
        )


def _confirm(session: Session, person: RequestedPerson, certificate: bytes) -> None:
    key = session.get(SigningKey, person.subject.person)
    # A key made anew since the request (a reset password) is another person's as far as the certificate can tell.
    if key is None or key.public_der != person.public_der:
        raise UserError(
            tr("{name}的签名密钥在申请之后换过，这份答复不适用。", name=person.subject.name),
            tr("请用县级名片重新写出申请，再请县级答复。"),
        )
    key.certificate_der, key.confirmed = certificate, True


def _pending(session: Session) -> tuple[CountyCard, Request]:
    """Return the card and the request that wait for the county's answer. Raises UserError when there are none."""
    row = session.get(Enrolment, _ONLY)
    if row is None:
        raise UserError(tr("本机没有等待答复的申请。"), tr("请先用县级名片写出申请。"))
    return trust_files.read_card(row.card), trust_files.read_request(row.request)


def _recipient(session: Session) -> str:
    return own_key(session, KeyPurpose.AGE).public.decode("ascii")


def _own_device(ctx: Context) -> DeviceSubject:
    return DeviceSubject(replica=ctx.office.replica, office=ctx.office.name, division=ctx.office.division)


def _shown(card: CountyCard, request: Request) -> RequestShown:
    return RequestShown(request.fingerprint, card.fingerprint, card.office.office, request.names)


def _read(path: Path) -> bytes:
    return handed_in(path, trust_files.LARGEST_FILE + 1)


def _require_same(compared: str, found: str) -> None:
    if compared and compared != found:
        raise UserError(
            tr("文件在核对之后换过：现在的指纹是 {found}。", found=found), tr("请重新读取文件，再逐组核对。")
        )


def _require_our_card(card: CountyCard, request: Request) -> None:
    if request.card != card.digest:
        raise UserError(tr("这份申请是用另一张县级名片做的。"), tr("请让镇街在“上报同步”里用本县的名片重新写出申请。"))


def _require_own_county(ctx: Context, card: CountyCard) -> None:
    """Raise UserError for a card of another county than this town's code begins with: it would refuse the request."""
    if not is_town_of(card.office.division, ctx.office.division):
        said = tr("这张名片是{county}（{code}）的。", county=card.office.office, code=card.office.division)
        raise UserError(said, tr("本机的代码是 {code}，请向本县索取名片。", code=ctx.office.division))


def _require_both_practice_or_neither(ctx: Context, file: CountyCard | Request) -> None:
    """Raise UserError where one is real and the other is practice: without certificates no bundle passes between them.

    The county checks too: practice has keys that anybody may hold, whatever program wrote the request.
    """
    if file.practice != ctx.keys.practice:
        raise UserError(
            tr("练习库和正式的工作区不能互相登记。"),
            tr("这个文件是练习库写出的，请向对方索取正式工作区写出的文件。")
            if file.practice
            else tr("本工作区是练习库，请到正式的工作区里办理。"),
        )


def require_county(ctx: Context) -> None:
    """Raise UserError in a town's workspace."""
    if ctx.office.role != OfficeRole.COUNTY:
        raise UserError(tr("这一步只能在县级的工作区里做。"), tr("请换到县级的工作区，或请县级办理。"))


def _require_town(ctx: Context) -> None:
    if ctx.office.role != OfficeRole.TOWN:
        raise UserError(tr("这一步只能在镇街的工作区里做。"), tr("请换到镇街的工作区，或请镇街办理。"))
