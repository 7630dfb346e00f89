"""Whether the inspectors who signed a record are those of the town that made it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import Signing
from ohdesk.i18n import tr


def division_of(record: Mapping[str, Any] | None) -> str:
    """Return the division of the office that a record says made it; "" where it says none."""
    office = None if record is None else record.get("office")
    return str(office.get("division", "")) if isinstance(office, Mapping) else ""


def division_fact(signings: Sequence[Signing], division: str, problem: Callable[[Signing], str]) -> Fact:
    """Return whether the inspectors who signed are those of the town that the record is of.

    problem: why somebody's signature counts for nothing in this division; "" when nothing is known against it
    """
    key, sentence = "division", tr("签名人是制作文书的单位的执法人员")
    if not signings or not division:
        return Fact(key, sentence, Verdict.UNCHECKED)
    problems = dict.fromkeys(filter(None, map(problem, signings)))
    if problems:
        return Fact(key, sentence, Verdict.FAILS, "；".join(problems))
    lent = [each.name for each in signings if each.division != division]
    return Fact(key, sentence, Verdict.HOLDS, "、".join(tr("{name}（借调）", name=name) for name in lent))
