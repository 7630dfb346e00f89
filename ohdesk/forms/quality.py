"""What is looked at in the data of the roll (资料质量): `resources/roll/quality.toml`."""

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import msgspec

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.register.definition import Words
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import mark, tr
from ohdesk.paths import resources
from ohdesk.shape import understood

FILE = "quality.toml"


class FaultKind(Worded):
    """What is wrong with a piece of data."""

    MISSING = "missing", mark("缺项")
    CONTRADICTORY = "contradictory", mark("矛盾")
    OVERDUE = "overdue", mark("过期")
    DOUBTFUL = "doubtful", mark("存疑")


class Months(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An age."""

    months: int


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_not": "not"}):
    """What is asked of one field; the file says what each test means. is_not: and it is not so."""

    field: str
    empty: bool | None = None
    equals: str | int | bool | None = None
    among: tuple[str, ...] | None = None
    has: str | None = None
    least: int | None = None
    over: str | None = None
    before: str | None = None
    older: Months | None = None
    future: Literal[True] | None = None
    closed: bool | None = None
    is_not: bool = False

    @property
    def asked(self) -> list[tuple[str, Any]]:
        """What is asked: the name of the test and what it compares with; just one in a file that is right."""
        names = (each for each in self.__struct_fields__ if each not in {"field", "is_not"})
        return [(name, value) for name in names if (value := getattr(self, name)) is not None]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is looked at; the file says what each part means."""

    key: str
    kind: FaultKind
    field: str
    says: Words
    when: tuple[Test, ...]
    closed: bool = False
    institutions: bool = False
    basis: str = ""
    unconfirmed: bool = False


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"rules": "rule"}):
    """The rules in the order in which faults are listed, and the kinds of bodies that most do not ask of."""

    institutions: tuple[str, ...]
    rules: tuple[Rule, ...]


@cache
def quality_rules() -> Rules:
    """Return the rules shipped."""
    return read_rules((resources() / "roll" / FILE).read_text("utf-8"))


def read_rules(text: str) -> Rules:
    """Return the rules that a file says. Raises ProblemsError with every fault."""
    problems: list[Problem] = []
    rules = understood(tomllib.loads(text), Rules, FILE, problems)
    problems += list(_faults(rules)) if rules else []
    if rules is None or problems:
        raise ProblemsError(tr("资料质量的规则有 {count} 处不符合格式。", count=len(problems)), tuple(problems))
    return rules


def _faults(rules: Rules) -> Iterator[Problem]:
    keys = [rule.key for rule in rules.rules]
    for rule in rules.rules:
        place = f"{FILE} rule {rule.key}"
        if keys.count(rule.key) > 1:
            yield Problem(f"{place} key", tr("不重复"), rule.key)
        for test in rule.when:
            asked = test.asked
            others = [value for name, value in asked if name in {"over", "before"}]
            for key in (rule.field, test.field, *others):
                if key not in FIELD_BY_KEY:
                    yield Problem(f"{place} field", tr("名录的字段"), key)
            if len(asked) != 1:
                names = " ".join(name for name, _value in asked)
                yield Problem(f"{place} when {test.field}", tr("正好一项判断"), names or tr("没有"))
        if not rule.when:
            yield Problem(f"{place} when", tr("正好一项判断"), tr("没有"))
