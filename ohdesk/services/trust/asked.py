"""What a town's request asks for, beside what the county has certified already: looked at before it is answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Certificate, KeyReset, OwnKey, SigningKey
from ohdesk.domain.calendar import day_text, legal_day
from ohdesk.domain.ids import made_by
from ohdesk.domain.people import number_key
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import mark, tr
from ohdesk.security import certificates
from ohdesk.security.trust_files import Request, RequestedPerson
from ohdesk.services.context import Context
from ohdesk.services.office.divisions import COUNTY_CODE_LENGTH, TOWN_CODE_LENGTH, find_division
from ohdesk.services.trust import certified

_JUST_MADE = timedelta(days=2)  # before that there was something to sign
_OF_THE_COUNTY = "000"  # the end of nine digits that stand for a county, not for a town


class Asking(Worded):
    """What is asked for a key, beside what was issued before."""

    NEW = "new", mark("新登记")
    RENEWAL = "renewal", mark("续期")  # the same key of the same person or laptop: a new term and nothing else
    CHANGED = "changed", mark("与以前不同")


@dataclass(frozen=True, slots=True)
class Laptop:
    """A laptop of the town that the county has certified; mark: its letter."""

    replica: str
    name: str
    mark: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """A person whose key is to be certified; remark: what the clerk has to know before, "" when there is nothing.

    has_other_key: another key was certified for this person before
    """

    id: str
    name: str
    number: str
    asking: Asking
    remark: str
    has_other_key: bool

    @property
    def line(self) -> str:
        """The person in one line: name, certificate number, what is asked, what to know."""
        said = f"{self.name} {self.number}（{self.asking.word}）"
        return tr("{person}：{remark}", person=said, remark=self.remark) if self.remark else said


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be answered: from which town, which laptops that has already, and what is asked for whom.

    place: the division in words, "" when the list does not know it · device: what is asked for the laptop itself
    """

    request: Request
    place: str
    device: Asking
    laptops: tuple[Laptop, ...]
    people: tuple[AskedPerson, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in words, a line each."""
        place = self.place or tr("区划代码表里没有这个代码")
        said = tr("{town}（{division}，{place}）", town=self.request.name, division=self.request.division, place=place)
        device = tr("这台电脑 {replica}：{asking}", replica=self.request.replica, asking=self.device.word)
        if self.request.takes_over:
            device = tr(
                "{device}，接替电脑 {old}。那台电脑丢失或不再使用的，请吊销它的密钥",
                device=device,
                old=self.request.takes_over,
            )
        held = "、".join(f"{each.mark} {each.name}（{each.issued_on}）" for each in self.laptops)
        before = tr("这个镇街已登记的电脑：{laptops}", laptops=held or tr("还没有"))
        nobody = (tr("没有签名人员，只有本机设备"),)
        return said, device, before, *([person.line for person in self.people] or nobody)

    @property
    def has_other_keys(self) -> bool:
        """True when somebody is to get a certificate for another key than was certified before."""
        return any(person.has_other_key for person in self.people)


def asked(ctx: Context, session: Session, request: Request) -> Asked:
    """Return what a request of a town of this county asks for. Raises ProblemsError naming all that forbids it."""
    # Each once: a key with five certificates is wrong for one reason.
    if problems := tuple(dict.fromkeys(_problems(ctx, session, request))):
        raise ProblemsError(tr("这份登记申请不能签发。"), problems, tr("没有签发任何证书。"))
    devices = certified.devices(session, request.division, legal_day(ctx.now()))
    division = find_division(request.division)
    return Asked(
        request=request,
        place="" if division is None else division.place,
        device=_device(devices, request),
        laptops=tuple(Laptop(row.replica, row.name, row.mark, legal_day(row.issued_at)) for row in devices),
        people=tuple(
            asked_person(session, person, own, ctx.now())
            for person, own in zip(request.people, request.own_certificates, strict=True)
        ),
    )


def counts_from(session: Session, person: RequestedPerson, own: bytes, at: datetime, *, earlier: bool) -> datetime:
    """Return from when a person's key counts under a certificate issued at this instant.

    The first key of a person counts since it was made, by its self-made certificate `own` (DER): towns work before they
    join.  Another key than was certified before counts from now on, unless the county says that what it signed
    `earlier` counts too: whoever resets a colleague's password could else sign in that name and have it confirmed.
    """
    # A key made while the laptop's clock was ahead counts from now on, not from then.
    return at if _other_keys(session, person) and not earlier else min(at, certificates.term(own)[0])


def next_mark(session: Session, request: Request) -> str:
    """Return the letter of a laptop among those of its town: as before, or the first that none has ever had."""
    rows = select(Certificate.replica, Certificate.mark).where(
        Certificate.division == request.division, Certificate.replica != ""
    )
    marks = dict(session.execute(rows).all())
    return marks.get(request.replica) or next(each for each in certificates.marks() if each not in marks.values())


def _problems(ctx: Context, session: Session, request: Request) -> Iterator[Problem]:
    if not is_town_of(ctx.office.division, request.division):
        expected = tr("本县镇街的 9 位代码，以 {county} 开头", county=ctx.office.division)
        remedy = tr("请让镇街核对新建工作区时填写的代码。")
        yield Problem(tr("行政区划代码"), expected, request.division, remedy, "division")
    device = certified.key_of(request.device)
    held = select(Certificate.name).where(Certificate.replica == request.replica, Certificate.key != device).limit(1)
    if (name := session.scalar(held)) is not None:
        remedy = tr("编号 {replica} 已登记给{name}的另一把设备密钥。", replica=request.replica, name=name)
        yield Problem(tr("电脑"), "", "", remedy, "replica")
    if request.takes_over == request.replica:
        yield Problem(tr("电脑"), "", "", tr("申请说这台电脑接替它自己。"), "takes_over")
    taken_over = select(Certificate.replica).where(
        Certificate.replica == request.takes_over, Certificate.division == request.division
    )
    if request.takes_over and session.scalars(taken_over).first() is None:
        remedy = tr("申请说要接替的电脑 {replica} 不是这个镇街登记过的。", replica=request.takes_over)
        yield Problem(tr("电脑"), "", "", remedy, "takes_over")
    own = {certified.key_of(public) for public in session.scalars(select(OwnKey.public))}
    own |= {certified.key_of(public) for public in session.scalars(select(SigningKey.public_der))}
    whose = [(device, "", tr("这台电脑"))]
    whose += [(certified.key_of(each.public_der), each.subject.person, each.subject.name) for each in request.people]
    for key, person, name in whose:
        if key in own:
            yield Problem(tr("密钥"), "", "", tr("{name}用的是县级自己的密钥。", name=name), "key")
        yield from _key_problems(session, request.division, key, person, name)
        if problem := certified.revocation_problem(session, key, date.max):
            yield Problem(name, "", "", tr("{problem}。要另用新的密钥。", problem=problem), "key")
    for subject in (each.subject for each in request.people):
        # A person's id tells which office set the person down: nobody is certified as an inspector of another town.
        if not made_by(subject.person, request.division):
            remedy = tr("{name}不是这个镇街登记的人员。", name=subject.name)
            yield Problem(tr("人员"), "", "", remedy, "people")


def is_town_of(county: str, division: str) -> bool:
    """True for the nine digits of a town in a county of six."""
    digits = division.isascii() and division.isdecimal() and len(division) == TOWN_CODE_LENGTH
    return (
        len(county) == COUNTY_CODE_LENGTH
        and digits
        and division.startswith(county)
        and not division.endswith(_OF_THE_COUNTY)
    )


def _key_problems(session: Session, division: str, key: str, person: str, name: str) -> Iterator[Problem]:
    """One key of two persons could sign for both, one of two laptops send in the name of both."""
    for row in session.scalars(select(Certificate).where(Certificate.key == key)):
        if row.person != person:
            yield Problem(tr("密钥"), "", "", tr("{name}的密钥已登记给{other}。", name=name, other=row.name), "key")
        elif not person and row.division != division:
            remedy = tr("{name}已登记在 {division}（{other}）。", name=name, division=row.division, other=row.name)
            yield Problem(tr("电脑"), "", "", remedy, "replica")


def _device(devices: Sequence[Certificate], request: Request) -> Asking:
    before = [row.name for row in devices if row.replica == request.replica]
    if not before:
        return Asking.NEW
    return Asking.RENEWAL if before == [request.name] else Asking.CHANGED


def asked_person(session: Session, person: RequestedPerson, own: bytes, at: datetime) -> AskedPerson:
    """Return what is asked at this instant for a person, beside what was issued before; own: the self-made certificate.

    The first key of a person counts since it was made: the clerk is told, since the laptop says when that was.
    """
    subject, key = person.subject, certified.key_of(person.public_der)
    # Here alone: for another town the same key may be lent, with another office in its certificate.
    here = Certificate.division == subject.division
    rows = select(Certificate).where(Certificate.key == key, Certificate.person == subject.person, here)
    same = session.scalars(rows.order_by(Certificate.until.desc())).first()
    others = _other_keys(session, person)
    asking, remark = Asking.NEW, ""
    if others:
        asking, last = Asking.CHANGED, max(others, key=lambda row: row.issued_at)
        remark = tr(
            "{day} 已给{name}的另一把密钥签发过证书（{division}）。请向本人核实是否换了密钥；新密钥此前签的不算数",
            day=day_text(legal_day(last.issued_at)),
            name=last.name,
            division=last.division,
        )
    elif same is not None:
        before = certificates.person_of(same.der)
        asking = Asking.RENEWAL if before == subject else Asking.CHANGED
        remark = "" if before == subject else tr("以前的证书写的是 {before}", before=f"{before.name} {before.number}")
    elif (since := counts_from(session, person, own, at, earlier=False)) < at - _JUST_MADE:
        remark = tr("{day} 起签的都算数", day=day_text(legal_day(since)))
    if not others and (namesake := _namesake(session, person)):
        remark = "；".join(filter(None, (remark, namesake)))
    if reset := _reset_remark(session, subject.person):
        remark = tr("{remark}。{reset}", remark=remark, reset=reset) if remark else reset
    return AskedPerson(subject.person, subject.name, subject.number, asking, remark, bool(others))


def _reset_remark(session: Session, person: str) -> str:
    """Return when a password was last reset, so that whoever did it could make a key in this name; "" when never."""
    at = session.scalar(select(KeyReset.at).where(KeyReset.person == person).order_by(KeyReset.at.desc()).limit(1))
    return "" if at is None else tr("该人员的密码于 {day} 被管理员重置过", day=day_text(legal_day(at)))


def _other_keys(session: Session, person: RequestedPerson) -> list[Certificate]:
    """Return the certificates of this person's other keys; who has the same certificate number is the same person."""
    key, number = certified.key_of(person.public_der), number_key(person.subject.number)
    rows = session.scalars(select(Certificate).where(Certificate.person != "", Certificate.key != key))
    return [row for row in rows if row.person == person.subject.person or number_key(row.number) == number]


def _namesake(session: Session, person: RequestedPerson) -> str:
    """Return that somebody else of this name is certified in the town: perhaps the same person, entered once more."""
    subject = person.subject
    rows = select(Certificate.number).where(
        Certificate.name == subject.name, Certificate.division == subject.division, Certificate.person != subject.person
    )
    number = session.scalars(rows.where(Certificate.person != "").order_by(Certificate.number).limit(1)).first()
    return "" if number is None else tr("这个镇街已有一位同名人员（证号 {number}），请核对是否同一人", number=number)
