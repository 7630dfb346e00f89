"""In whose name a paper may be issued: by its form, the mode one acts in, and the powers valid that day.

What no town may order (`resources/offices/powers.toml`) is a paper of nobody, whatever a form says.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

from ohdesk.domain.visit import Mode, Power
from ohdesk.forms.papers import Issue, PaperForm
from ohdesk.forms.visiting import visit_rules
from ohdesk.paths import resources


class WhyNot(StrEnum):
    """Why a paper is not issued."""

    NEVER = "never"  # no town may order what it says
    NOT_IN_MODE = "not_in_mode"  # the mode does not have it, or may not produce it
    OFF = "off"  # the county has not confirmed it
    NO_POWER = "no_power"  # none is valid that day
    SEVERAL = "several"  # powers of several bodies are, and none was chosen


class Refused(NamedTuple):
    """Why a paper is not issued; said: what of, the words of the form, or the bodies there are."""

    why: WhyNot
    said: tuple[str, ...] = ()


class Issued(NamedTuple):
    """In whose name a paper is issued.

    body: "town" or "entrusting", whose number, seal, review body and court they are
    authority: its name · basis: of the power, "" where it needs none
    review: the review body, "" where it is that of the settings
    """

    mode: str
    body: Literal["town", "entrusting"]
    authority: str
    basis: str
    review: str


class Office(NamedTuple):
    """What an office can show on a day: its name, its powers, and which issues the county confirmed."""

    name: str
    day: date
    powers: Sequence[Power]
    confirmed: Mapping[str, bool]  # by mode


def issuing(form: PaperForm, mode: str, office: Office, authority: str = "") -> Issued | Refused:
    """Return in whose name a paper is issued in a mode, or why it is not; authority: of several, the one chosen."""
    if words := never_ordered(form.title):
        return Refused(WhyNot.NEVER, (words,))
    rule, issue = visit_rules().mode(mode), form.issue.get(mode)
    if issue is None or not set(form.needs) <= rule.may_produce:
        return Refused(WhyNot.NOT_IN_MODE, (rule.name,))
    power = None
    if rule.powers:
        named: dict[str, Power] = {}
        for each in office.powers:
            if each.mode in rule.powers and each.inspects_on(office.day) and authority in {"", each.authority}:
                named.setdefault(each.authority, each)
        if len(named) != 1:
            return Refused(WhyNot.SEVERAL, tuple(named)) if named else Refused(WhyNot.NO_POWER)
        (power,) = named.values()
    issue, under = _under(form, issue, mode, power)
    if issue.off and not office.confirmed.get(under):
        return Refused(WhyNot.OFF, (issue.off,))
    lent = power is not None and power.mode == Mode.ENTRUSTED and issue.body == "town"
    named_as = office.name if power is None or lent else power.authority
    return Issued(mode, issue.body, named_as, power.basis if power else "", issue.review)


def never_ordered(title: str) -> str:
    """Return the words of what no town may order that a title says, "" for none."""
    return next((words for words in _never() if words in title), "")


def _under(form: PaperForm, issue: Issue, mode: str, power: Power | None) -> tuple[Issue, str]:
    """Return the rule of a paper, and the mode that it is of: from the office, that of the letter one looks under."""
    if mode == Mode.OFF_SITE and power is not None and power.mode == Mode.ENTRUSTED:
        return form.issue.get(Mode.ENTRUSTED, issue), Mode.ENTRUSTED
    return issue, mode


@cache
def _never() -> tuple[str, ...]:
    raw = tomllib.loads((resources() / "offices" / "powers.toml").read_text(encoding="utf-8"))
    return tuple(each["words"] for each in raw["never"])
