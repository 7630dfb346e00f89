"""The pool of a draw, taken from the roll and the office's people: who takes part, who is left out and why."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from itertools import chain, islice
from operator import eq
from typing import Any, NamedTuple, overload

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Record
from ohdesk.db.prepared import rows_of
from ohdesk.db.queries.roll import on_roll
from ohdesk.domain.calendar import day_text, legal_day
from ohdesk.domain.draw.checks import as_id, seatings_problem
from ohdesk.domain.draw.drawing import Stratum, share_out
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, is_uscc
from ohdesk.domain.people import PersonRole, number_key
from ohdesk.errors import Problem
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.plan import DrawPlan, Recusal, StratumPlan
from ohdesk.services.draw.rules import draw_rules

INSPECTORS = "inspectors"  # key of the problems that concern who may be drawn
TIME_OF_UUID7 = 13  # characters that hold the instant, RFC 9562
_BETWEEN = "\x1f"  # what stands in the roll has no control characters
_TAGS = re.compile(r"[\s,，、;；]+")


class PoolFirm(NamedTuple):
    """A roll entry as it enters the pool. `reason` is the code for leaving it out, empty when it takes part.

    id: as it stands in the sheet · local_id: the number the office gave it
    """

    id: str
    local_id: str
    establishment: str
    name: str
    stratum: str
    reason: str
    publishable: bool


class PoolFirms(Sequence[PoolFirm]):
    """Firms in the order of their ids, each as one text: as objects a million of them would take half a gigabyte."""

    def __init__(self, packed: list[bytes]) -> None:
        self.packed = packed

    def __len__(self) -> int:
        return len(self.packed)

    def __iter__(self) -> Iterator[PoolFirm]:
        for packed in self.packed:
            id_, shown, stratum, reason, entry, local_id, banned, withheld = packed.decode().split(_BETWEEN)
            yield PoolFirm(id_, local_id, entry, withheld if banned else shown, stratum, reason, not banned)

    def public(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield id, name, stratum, reason and entry of each; a firm that may not be published without its name."""
        for packed in self.packed:
            id_, shown, stratum, reason, rest = packed.decode().split(_BETWEEN, 4)
            yield id_, shown, stratum, reason, rest[: rest.index(_BETWEEN)]

    @overload
    def __getitem__(self, place: int) -> PoolFirm: ...

    @overload
    def __getitem__(self, place: slice) -> "PoolFirms": ...

    def __getitem__(self, place: int | slice) -> "PoolFirm | PoolFirms":
        if isinstance(place, slice):
            return PoolFirms(self.packed[place])
        return next(iter(PoolFirms([self.packed[place]])))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def without(self, others: "PoolFirms") -> "PoolFirms":
        """Return these firms without some of them."""
        left_out = {*others.packed}
        return PoolFirms([packed for packed in self.packed if packed not in left_out])


@dataclass(frozen=True, slots=True)
class PoolInspector:
    """A person of the office as a candidate. `reason` is the code for leaving the person out, or empty.

    id: number of the certificate as it stands in a sheet · until: its last day, "" while none is known
    """

    id: str
    person: str
    name: str
    until: str
    leads: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ListedRecusal:
    """An inspector and a firm that may not meet, in words."""

    recusal: Recusal
    inspector: str
    firm: str
    reason: str


@dataclass(frozen=True)
class Pool:
    """The pool of a plan as a freeze would fix it now; everything in the order of the ids and codes.

    left_out: those of the firms that cannot be drawn · banned: those that may not be published
    """

    plan: DrawPlan
    firms: PoolFirms
    left_out: PoolFirms
    banned: PoolFirms
    inspectors: tuple[PoolInspector, ...]
    strata: tuple[Stratum, ...]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that stands in the way of a freeze."""
        return (*_inspector_problems(self), *_reference_problems(self), *_pool_problems(self))

    @cached_property
    def taking_part(self) -> PoolFirms:
        """The firms that can be drawn."""
        return self.firms.without(self.left_out)

    @cached_property
    def named(self) -> dict[str, PoolFirm]:
        """The firms that the plan names, by roll entry."""
        names = set(_named(self.plan))
        return {firm.establishment: firm for firm in self.firms if firm.establishment in names} if names else {}

    def forget_firms(self) -> None:
        """Let the firms go, all but those that the plan names: of a long roll they take most of the memory."""
        _ = self.named
        for each in (self.firms, self.left_out, self.banned):
            each.packed.clear()

    @property
    def eligible(self) -> tuple[PoolInspector, ...]:
        """The inspectors who can be drawn."""
        return tuple(each for each in self.inspectors if not each.reason)

    @cached_property
    def recusals(self) -> tuple[ListedRecusal, ...]:
        """Who may not meet whom."""
        firms = {entry: firm.name for entry, firm in self.named.items()}
        people = {each.person: each.name for each in self.inspectors}
        words = draw_rules().recusal_reasons
        return tuple(
            ListedRecusal(
                each, people.get(each.person, ""), firms.get(each.establishment, ""), words.get(each.code, each.code)
            )
            for each in self.plan.recusals
        )

    @property
    def quotas(self) -> dict[str, tuple[int, int]]:
        """Stratum → (drawn, of)."""
        return quotas(self.strata)

    @property
    def drawn(self) -> int:
        """How many firms the draw will give."""
        return sum(stratum.quota for stratum in self.strata)

    @property
    def seats_short(self) -> int:
        """How many visits the inspectors cannot take between them under the cap; 0 when all can be filled."""
        return max(0, self.drawn * self.plan.team - len(self.eligible) * self.plan.cap)

    @property
    def too_small(self) -> tuple[str, ...]:
        """Return the strata that hold fewer firms than the plan wants from them."""
        if self.plan.total is not None:
            return ()
        return tuple(each.code for each in self.strata if each.min > len(each.ids))


def settle(ctx: Context, session: Session, plan: DrawPlan) -> Pool:
    """Return who takes part and who is left out, as a freeze would fix it now. Reads the whole roll."""
    day = plan.day or legal_day(ctx.now())
    packed = _firms(session, plan, day, ctx.office.division)
    inspectors = _inspectors(session, plan, day, ctx.office.division)
    firms, left_out, banned = map(PoolFirms, (packed.firms, packed.left_out, packed.banned))
    return Pool(plan, firms, left_out, banned, inspectors, _strata(plan, packed.ids))


def pool_lines(firms: PoolFirms, entries: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the lines of pool.csv, as `PoolEntry`, and name in `entries` which roll entry each is.

    A firm that may not be published stands without its name, so that the pool stays complete and countable.
    """
    words = {"": "", **draw_rules().exclusion_reasons}
    for id_, name, stratum, reason, entry in firms.public():
        entries.append(entry)
        yield id_, name, stratum, words[reason]


def quotas(strata: Iterable[Stratum]) -> dict[str, tuple[int, int]]:
    """Return of each stratum, by code, how many are drawn and of how many."""
    return {stratum.code: (stratum.quota, len(stratum.ids)) for stratum in strata}


def plan_problems(plan: DrawPlan) -> list[Problem]:
    """Return everything wrong with a plan that shows without looking at the roll."""
    rules, problems = draw_rules(), []
    if not plan.plan.strip() or len(plan.plan) > rules.plan_length or not plan.plan.isprintable():
        expected = tr("1 到 {count} 个字的计划编号", count=rules.plan_length)
        problems.append(Problem(tr("计划编号"), expected, plan.plan or tr("空白"), field="plan"))
    if not plan.seed_source.strip():
        expected = tr("冻结之前写明用什么掷、由谁掷")
        problems.append(Problem(tr("种子来源"), expected, tr("空白"), field="seed_source"))
    if plan.team < rules.team_least:
        expected = tr("至少 {count} 人", count=rules.team_least)
        problems.append(Problem(tr("每组人数"), expected, str(plan.team), field="team"))
    if plan.cap < 1 or plan.slack < 0:
        found = f"{plan.cap}, {plan.slack}"
        problems.append(Problem(tr("每人上限、均衡余量"), tr("上限至少 1，余量不小于 0"), found, field="cap"))
    if plan.total is not None and plan.total < 0:
        problems.append(Problem(tr("总家数"), tr("不小于 0 的整数"), str(plan.total), field="total"))
    problems += _strata_problems(plan)
    coded = [
        *((tr("剔除"), each.code, rules.exclusion_reasons) for each in plan.exclusions),
        *((tr("不参加的人员"), each.code, rules.absence_reasons) for each in plan.absences),
        *((tr("回避"), each.code, rules.recusal_reasons) for each in plan.recusals),
    ]
    problems += [Problem(place, "、".join(codes), code) for place, code, codes in coded if code not in codes]
    return problems


def _strata_problems(plan: DrawPlan) -> list[Problem]:
    problems = []
    if not plan.strata:
        problems.append(Problem(tr("分层"), tr("至少一层"), tr("空白"), field="by"))
    codes = [each.code for each in plan.strata]
    if len(set(codes)) != len(codes) or any(not code.strip() or not code.isprintable() for code in codes):
        problems.append(Problem(tr("分层"), tr("每层一个不同的代码"), "、".join(codes), field="by"))
    for each in plan.strata:
        if min(each.num, each.least) < 0 or each.den < 1:
            ratio = f"{each.num}/{each.den}, {each.least}"
            problems.append(Problem(each.code, tr("比例和最少家数为非负整数，分母大于 0"), ratio))
        unknown = [key for key in each.where if key not in FIELD_BY_KEY]
        if unknown:
            problems.append(Problem(each.code, tr("名录中的字段"), "、".join(unknown)))
    return problems


class _Packed(NamedTuple):
    """Firms as `PoolFirms` keeps them, sorted by id; all, some of them, and the ids of each stratum."""

    firms: list[bytes]
    left_out: list[bytes]
    banned: list[bytes]
    ids: dict[str, list[str]]


def _firms(session: Session, plan: DrawPlan, day: date, division: str) -> _Packed:
    """Return every entry on the roll of the office (`division`) as it enters the pool.

    The id is the 统一社会信用代码 where there is one and the firm may be published, else the local
    number, else the roll entry's own id.  Of several firms with one code the first set down takes part.
    """
    # Nobody is inspected twice in a year by chance (each year's plan counts anew), unless the plan says another day.
    first = plan.inspected_since or date(day.year, 1, 1)
    since = first.isoformat()
    visited, other = _inspected(session, first)
    by_hand = {each.establishment: each.code for each in plan.exclusions}
    stratum_of, is_publishable = cache(partial(_stratum, plan.strata, _sorted_by(plan))), cache(_is_publishable)

    def listed(rows: Iterable[Sequence[Any]]) -> Iterator[_Listed]:
        for entry, code, local_id, name, status, inspected_on, tags, guarded, *sorted_by in rows:
            stratum = stratum_of(*sorted_by)
            # What a person decided goes before what the program finds: the record then names the decision.
            reason = by_hand.get(entry, "")
            if not reason:
                if status in CLOSED_STATES:
                    reason = "closed"
                elif not stratum:
                    reason = "out_of_scope"
                elif entry in visited or (inspected_on and inspected_on >= since and inspected_on != other.get(entry)):
                    reason = "inspected"
            yield code, local_id, entry, name, stratum, reason, not guarded and is_publishable(tags)

    # One by one: what is only looked at would take more room than what is kept.
    wanted = _listed(plan, division)
    others: list[str] = []
    packed = _packed(plan, _as_they_come(listed(rows_of(session, wanted)), others))
    left_out = (firm.decode().partition(_BETWEEN)[0] for firm in packed.left_out)
    numbers = sorted(chain(others, left_out, *packed.ids.values()))
    if any(map(eq, numbers, islice(numbers, 1, None))):
        # Sorted here and not there, where it would be done on the disk. Those that take part go first: they keep the
        # code when a firm left out carries the same one.
        in_order = sorted(listed(sorted(rows_of(session, wanted), key=_set_down)), key=_is_left_out)
        packed = _packed(plan, _in_order(in_order))
    return packed


def _inspected(session: Session, first: date) -> tuple[frozenset[str], dict[str, str]]:
    """Return which entries were inspected since a day, and of the others the last day of an inspection that is none.

    A closed gate inspects nobody, and a single case (a complaint, a re-inspection) is not what a draw is to spread.
    """
    capped = [kind.id for kind in visit_rules().kinds if kind.capped]
    since = select(Record.listed_under).where(Record.inspected_on >= first)
    visited = frozenset(session.scalars(since.where(Record.answers > 0, Record.kind.in_(capped)).distinct()))
    # The roll takes its last inspection from every record with a checklist: such a day says nothing of another one.
    cases = since.where(Record.answers > 0, Record.kind.not_in(capped)).group_by(Record.listed_under)
    last = cases.add_columns(cast(func.max(Record.inspected_on), Text))
    return visited, {entry: day for entry, day in session.execute(last) if entry not in visited}


_Listed = tuple[str, str, str, str, str, str, bool]  # a firm as `PoolFirm`, with its code or its id in front


def _packed(plan: DrawPlan, firms: Iterable[_Listed]) -> _Packed:
    all_, left_out, banned, ids = packed = _Packed([], [], [], {each.code: [] for each in plan.strata})
    for number, local_id, entry, name, stratum, reason, publishable in firms:
        shown, ban = (name, _BETWEEN) if publishable else ("", f"1{_BETWEEN}{name}")
        firm = _BETWEEN.join((number, shown, stratum, reason, entry, local_id, ban)).encode()
        all_.append(firm)
        if not publishable:
            banned.append(firm)
    # What stands between is less than any character of an id.
    all_.sort()
    banned.sort()
    # The ids are made behind all firms and not between them: only then does the system get the memory of those back.
    between, of_stratum = _BETWEEN.encode(), {code.encode(): names for code, names in ids.items()}
    for firm in all_:
        id_, _, code, is_left_out, _ = firm.split(between, 4)
        if is_left_out:
            left_out.append(firm)
        else:
            of_stratum[code].append(id_.decode())
    return packed


def _listed(plan: DrawPlan, division: str) -> Select[Any]:
    """Ask for what a pool needs of the roll: of a million entries nothing else can be held."""
    columns = Establishment.__table__.c
    needed = ("id", "uscc", "local_id", "name", "status", "inspected_on", "tags", "state_secrets", *_sorted_by(plan))
    # Dates as they are kept: to make one of each text takes half as long as all the rest.
    kept = (cast(columns[name], Text) if name == "inspected_on" else columns[name] for name in needed)
    return select(*(each.label(f"{place}") for place, each in enumerate(kept))).where(on_roll(division))


def _set_down(row: Sequence[Any]) -> tuple[str, str, str]:
    """Order entries by age; those of one import share the instant, their numbers tell."""
    entry, _, local_id = row[:3]
    return entry[:TIME_OF_UUID7], local_id, entry


def _is_left_out(firm: _Listed) -> bool:
    return bool(firm[5])  # its reason


def _sorted_by(plan: DrawPlan) -> tuple[str, ...]:
    """Return the fields of the roll by which a plan's strata tell firms apart."""
    # Of a plan's file any name may come; that it is none of the roll's fields is said by `plan_problems`.
    return tuple(sorted({key for each in plan.strata for key in each.where if key in FIELD_BY_KEY}))


def _stratum(strata: Iterable[StratumPlan], keys: Sequence[str], *values: Any) -> str:
    fields = dict(zip(keys, values, strict=True))
    return next((each.code for each in strata if each.takes(fields)), "")


def _is_publishable(tags: str) -> bool:
    return draw_rules().ban_tag not in _TAGS.split(tags)


def _as_they_come(firms: Iterable[_Listed], others: list[str]) -> Iterator[_Listed]:
    """Give each firm the id that it has where no two want the same: nearly always nobody does.

    others: is given the codes of those that stand under another number
    """
    for code, local_id, entry, name, stratum, reason, publishable in firms:
        # A code can be looked up by anybody: who may not be published stands under a local number.
        if publishable and is_uscc(code):
            number = code
        else:
            number = as_id(local_id) or as_id(entry)
            if code:
                others.append(code)
        yield number, local_id, entry, name, stratum, reason, publishable


def _in_order(firms: Iterable[_Listed]) -> Iterator[_Listed]:
    """Give each firm its id; a code or a local number that was given already is not given again."""
    taken: set[str] = set()
    for code, local_id, entry, name, stratum, reason, publishable in firms:
        # Two entries with one code are one employer entered twice: it must not have two lots.
        twice = code in taken
        if not twice and publishable and is_uscc(code):
            number = code
        else:
            number = next(each for each in (as_id(local_id), as_id(entry)) if each and each not in taken)
            taken.add(number)
        if code:
            taken.add(code)
        yield number, local_id, entry, name, stratum, reason or ("duplicate" if twice else ""), publishable


def _strata(plan: DrawPlan, ids: Mapping[str, Sequence[str]]) -> tuple[Stratum, ...]:
    """Return the strata of the sheet, by code; a fixed total is shared out by largest remainder."""
    drawn = {each.code: (each.num, each.den, each.least) for each in plan.strata}
    if plan.total is not None:
        sizes = {code: len(names) for code, names in ids.items()}
        shares = share_out(min(plan.total, sum(sizes.values())), sizes)
        drawn = {code: (0, 1, share) for code, share in shares.items()}
    return tuple(Stratum(code, tuple(ids[code]), *drawn[code]) for code in sorted(ids))


def _inspectors(session: Session, plan: DrawPlan, day: date, division: str) -> tuple[PoolInspector, ...]:
    """Return the inspectors of this office, by number; whoever cannot be drawn on that day carries the reason."""
    absent = {each.person: each.code for each in plan.absences}
    people = session.scalars(select(Person).where(Person.division == division, Person.role == PersonRole.INSPECTOR))
    inspectors = []
    for person in people:
        # The sheet is published: inspectors stand in it by the number on their certificate, not by name.
        number = as_id(person.certificate_no)
        valid = bool(number) and person.certificate_until is not None and person.certificate_until >= day
        reason = absent.get(person.id, "") or ("" if valid else "certificate")
        until = day_text(person.certificate_until)
        inspectors.append(PoolInspector(number, person.id, person.name, until, person.leads, reason))
    return tuple(sorted(inspectors, key=lambda each: (each.id, each.person)))


def _inspector_problems(pool: Pool) -> Iterator[Problem]:
    """Yield why these inspectors cannot be drawn from: too few, nobody to lead, two with one number."""
    if len(pool.eligible) < pool.plan.team:
        found = tr("{count} 人", count=len(pool.eligible))
        remedy = tr("请在“人员”中登记执法证和有效期，或请县级派员。")
        expected = tr("至少 {count} 人持有效执法证", count=pool.plan.team)
        yield Problem(tr("执法人员"), expected, found, remedy, field=INSPECTORS)
    if pool.eligible and not any(each.leads for each in pool.eligible):
        yield Problem(tr("执法人员"), tr("至少 1 人可任主检"), tr("没有"), field=INSPECTORS)
    for number, count in sorted(Counter(number_key(each.id) for each in pool.eligible).items()):
        if count > 1:
            held = tr("、").join(each.id for each in pool.eligible if number_key(each.id) == number)
            yield Problem(tr("执法证号"), tr("每人一个不同的证号"), held, tr("请核对证号。"), field=INSPECTORS)


def _reference_problems(pool: Pool) -> Iterator[Problem]:
    """Yield which firms and inspectors the plan names that are not in the roll or not inspectors of this office."""
    plan = pool.plan
    for firm in _named(plan):
        if firm not in pool.named:
            yield Problem(tr("剔除、回避"), tr("名录中的单位"), firm)
    known = {each.person for each in pool.inspectors}
    for named in [each.person for each in plan.absences] + [each.person for each in plan.recusals]:
        if named not in known:
            yield Problem(tr("不参加、回避"), tr("本单位的执法人员"), named)


def _named(plan: DrawPlan) -> list[str]:
    return [*(each.establishment for each in plan.exclusions), *(each.establishment for each in plan.recusals)]


def _pool_problems(pool: Pool) -> Iterator[Problem]:
    if not pool.drawn:
        found = tr("在册 {count} 家，没有一家可抽", count=len(pool.firms))
        yield Problem(tr("抽取池"), tr("至少抽中一家"), found, tr("请检查分层条件、比例和剔除名单。"))
    if too_many := seatings_problem(pool.drawn, pool.plan.team, len(pool.eligible)):
        yield too_many
