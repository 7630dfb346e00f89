"""Whether the inspectors who signed a record are those of the town that made it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import Signing
from ohdesk.i18n import tr
from ohdesk.services.trust import certified


def division_of(record: Mapping[str, Any] | None) -> str:
    """Return the division of the office that a record says made it; "" where it says none."""
    office = None if record is None else record.get("office")
    return str(office.get("division", "")) if isinstance(office, Mapping) else ""


def division_fact(signings: Sequence[Signing], division: str, not_lent: Callable[[Signing], str]) -> Fact:
    """Return whether the inspectors who signed are those of the town that the record is of.

    not_lent: why the county has not certified somebody of another town for this one; "" when it has
    """
    key, sentence = "division", tr("签名人是制作文书的单位的执法人员")
    if not signings or not division:
        return Fact(key, sentence, Verdict.UNCHECKED)
    elsewhere = [each for each in signings if each.division != division]
    problems = dict.fromkeys(filter(None, map(not_lent, elsewhere)))
    if problems:
        return Fact(key, sentence, Verdict.FAILS, "；".join(problems))
    return Fact(key, sentence, Verdict.HOLDS, "、".join(tr("{name}（借调）", name=each.name) for each in elsewhere))


def not_lent(session: Session, division: str, signing: Signing) -> str:
    """Return why the county had not certified a signer for another division at that time; "" when it had."""
    return certified.certificate_problem(session, signing.key, signing.person, division, signing.at)
