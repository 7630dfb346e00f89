"""The words and rules of a visit that are data: kinds, sources, modes, arrival, outcomes, disposals, phrases."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Protocol, TypeVar

import msgspec

from ohdesk.domain.findings import Disposal, Proposal
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import Gap
from ohdesk.domain.worded import Named
from ohdesk.errors import UserError
from ohdesk.forms.definition import Question
from ohdesk.i18n import said, tr
from ohdesk.paths import resources


@dataclass(frozen=True, slots=True)
class TaskKind(Named):
    """日常检查, 专项检查 or 个案检查; `capped` kinds count towards the yearly number of inspections."""

    id: str
    name: str
    capped: bool
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class TaskSource(Named):
    """Where a task comes from (双随机抽查, 投诉举报 …), and the kinds it can belong to.

    exempt: it may be made at the yearly cap, once it names what it comes from · book: whose entry that is
    kinds_of: the kinds under another scheme than the usual one
    """

    id: str
    name: str
    kinds: tuple[str, ...]
    name_en: str = ""
    exempt: bool = False
    book: str = ""
    kinds_of: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def kinds_in(self, scheme: str) -> tuple[str, ...]:
        """Return the kinds it can belong to under a scheme."""
        return self.kinds_of.get(scheme, self.kinds)


@dataclass(frozen=True, slots=True)
class ModeRule(Named):
    """A mode, and what it may produce: record, verdict, order, or patrol_note.

    powers: the modes of power under which it acts, none where it needs none
    on_site: False where one looks from the office · means: the ways of doing so
    """

    id: str
    name: str
    powers: tuple[str, ...]
    may_produce: frozenset[str]
    name_en: str = ""
    on_site: bool = True
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrivalItem(Named):
    """Something shown or told on arrival, with the usual answers.

    field: of `Arrival` · on_site: only where one goes there
    not_done: what stands there when it was not done · gap: the words for what is missing
    """

    id: str
    name: str
    field: str
    answers: tuple[str, ...]
    not_done: str
    gap: str
    name_en: str = ""
    gap_en: str = ""
    on_site: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeRule(Named):
    """How a visit may end. `proofs` is empty for those that follow from the checklist.

    state: of an employer on the roll, that such an end suggests; "" where it suggests none
    nobody_met: there was nobody to whom anything could be shown or told
    shown: whether code and certificates have to have been shown; None where it is no matter
    """

    id: str
    code: str
    name: str
    name_en: str = ""
    proofs: tuple[str, ...] = ()
    state: str = ""
    nobody_met: bool = False
    shown: bool | None = None


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A book whose entries are open at an establishment without a term: in these states, or until a field is filled.

    about: the field that says in a line what an entry is about
    """

    id: str
    about: str
    states: tuple[str, ...] = ()
    until: tuple[str, ...] = ()

    def is_open(self, state: str, values: Mapping[str, object]) -> bool:
        """True for an entry that still has to be seen to."""
        done = any(values.get(key) not in {None, ""} for key in self.until)
        return not done and (not self.states or state in self.states)


@dataclass(frozen=True, slots=True)
class VisitRules:
    """All of it; `paths` maps an article of the 职业病防治法 to 先改后罚, 可并处 or 并处.

    warnings: those of its articles that join an order to correct with a warning (警告)

    open_ahead_days: how long before its last day anything of a book is open at an establishment
    deadlines_unconfirmed: the periods proposed for a deadline are confirmed by nobody yet
    """

    kinds: tuple[TaskKind, ...]
    sources: tuple[TaskSource, ...]
    modes: tuple[ModeRule, ...]
    arrival: tuple[ArrivalItem, ...]
    outcomes: tuple[OutcomeRule, ...]
    disposals: tuple[Disposal, ...]
    proposals: tuple[Proposal, ...]
    deadlines_unconfirmed: bool
    paths: dict[str, str]
    warnings: frozenset[str]
    path_law: str
    phrases: dict[str, tuple[str, ...]]
    open_books: tuple[OpenBook, ...]
    open_ahead_days: int

    def arrival_in(self, mode: str) -> tuple[ArrivalItem, ...]:
        """Return what is shown and told in a mode."""
        there = self.mode(mode).on_site
        return tuple(item for item in self.arrival if there or not item.on_site)

    def disposals_in(self, mode: str) -> tuple[Disposal, ...]:
        """Return what may be done about a finding in a mode."""
        there = self.mode(mode).on_site
        return tuple(disposal for disposal in self.disposals if there or not disposal.on_site)

    def arrival_gaps(self, mode: str) -> tuple[Gap, ...]:
        """Return the words for what is missing on arrival."""
        return tuple(Gap(item.id, said(item.gap, item.gap_en)) for item in self.arrival_in(mode))

    def done(self, arrival: Arrival) -> Arrival:
        """Return what was shown and told without what is expressly said not to have been."""
        given = {item.field: getattr(arrival, item.field) for item in self.arrival}
        left = {item.field: "" for item in self.arrival if given[item.field] == item.not_done}
        return replace(arrival, **left)

    def all_said(self, arrival: Arrival) -> Arrival:
        """Return what was shown and told, where nothing is said with the words that it was not done."""
        return replace(
            arrival, **{item.field: item.not_done for item in self.arrival if not getattr(arrival, item.field)}
        )

    def unsaid(self, mode: str, arrival: Arrival) -> tuple[ArrivalItem, ...]:
        """Return the items of which nothing is said, neither that they were done nor that they were not."""
        return tuple(item for item in self.arrival_in(mode) if not getattr(arrival, item.field))

    def kind(self, key: str) -> TaskKind:
        """Return the kind of task; raises UserError for an unknown one."""
        return _found(self.kinds, key, tr("检查类别"))

    def source(self, key: str) -> TaskSource:
        """Return the source of a task; raises UserError for an unknown one."""
        return _found(self.sources, key, tr("任务来源"))

    def mode(self, key: str) -> ModeRule:
        """Return the mode; raises UserError for an unknown one."""
        return _found(self.modes, key, tr("检查方式"))

    def outcome(self, key: str) -> OutcomeRule:
        """Return the outcome; raises UserError for an unknown one."""
        return _found(self.outcomes, key, tr("检查结果"))

    def disposal(self, key: str) -> Disposal:
        """Return the disposal; raises UserError for an unknown one."""
        return _found(self.disposals, key, tr("处置方式"))

    def path(self, question: Question) -> str:
        """Return whether a fine may come at once (internal); empty where the penalty is not in the table."""
        return next((self.paths[article] for article in self._punishing(question)), "")

    def joins_warning(self, question: Question) -> bool:
        """True where the article that punishes a breach joins the order with a warning (internal)."""
        return not self.warnings.isdisjoint(self._punishing(question))

    def _punishing(self, question: Question) -> Iterator[str]:
        """Yield the articles in the table that punish a breach.

        By the beginning: "第七十条" stands for each of its items, "第七十条（一）" and so on.
        """
        for basis in question.penalty:
            if basis.law == self.path_law:
                yield from (article for article in self.paths if basis.article.startswith(article))


@cache
def visit_rules() -> VisitRules:
    """Return the rules shipped in `resources/visits`."""
    task, modes, arrival = _toml("task"), _toml("modes"), _toml("arrival")
    opened = _toml("open_tasks")
    outcomes, disposals, paths, phrases = _toml("outcomes"), _toml("disposals"), _toml("paths"), _toml("phrases")
    rules = {
        "kinds": task["kind"],
        "sources": task["source"],
        "modes": modes["mode"],
        "arrival": arrival["item"],
        "outcomes": outcomes["outcome"],
        "disposals": disposals["disposal"],
        "proposals": disposals["proposal"],
        "deadlines_unconfirmed": disposals.get("unconfirmed", False),
        "paths": {raw["article"]: raw["name"] for raw in paths["path"]},
        "warnings": [raw["article"] for raw in paths["path"] if raw.get("warning")],
        "path_law": paths["law"],
        "open_books": opened["book"],
        "open_ahead_days": opened["ahead_days"],
        "phrases": {key: value for key, value in phrases.items() if key != "valid_from"},
    }
    return msgspec.convert(rules, VisitRules)


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


Rule = TypeVar("Rule", bound=_Named)


def _found(rules: Iterable[Rule], key: str, what: str) -> Rule:
    known = list(rules)
    for rule in known:
        # Command lines and answer files of inspectors name things as they say them.
        if key in {rule.id, rule.name}:
            return rule
    choices = "、".join(f"{rule.id}（{rule.name}）" for rule in known)
    raise UserError(tr("{what}“{found}”不在列表中。", what=what, found=key), tr("可用：{choices}", choices=choices))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((resources() / "visits" / f"{name}.toml").read_text(encoding="utf-8"))
