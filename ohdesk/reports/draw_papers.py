"""What stands on the papers of a draw: the announcement of its freeze, its record, its public notice, the minutes."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from ohdesk.domain.calendar import printed_minute
from ohdesk.domain.draw.drawing import UNASSIGNED, VERSION, Sheet, Stratum, grouped
from ohdesk.forms.papers import PaperForm
from ohdesk.paths import resources
from ohdesk.reports.papers import Filling, Values, render_paper

LONGEST_LIST = 300  # firms left out that are still printed; longer lists stand in pool.csv
TICKET_DIGITS = 16  # of 64: enough for the eye; result.csv has them whole


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentPaper:
    """What is printed and signed when a draw is frozen, before there is a seed."""

    office: str
    sheet: Sheet
    commit: str
    pool_sha256: str
    frozen_at: datetime

    @property
    def taking_part(self) -> int:
        """How many firms the draw is over."""
        return sum(len(stratum.ids) for stratum in self.sheet.strata)

    def particular(self, key: str) -> str:
        """Return a public particular of the sheet as text, empty when it is not there."""
        value = self.sheet.more.get(key, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmLine:
    """A drawn firm as printed. seats: "name (number)" or number, the lead first; name empty when not published."""

    stratum: str
    id: str
    name: str
    address: str
    ticket: str
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPaper(CommitmentPaper):
    """What is printed of one draw; texts empty where there is nothing.

    scope: per stratum its code and the conditions (heading of a roll field, allowed values)
    left_out: (id, name, reason) · people: (number, name, may lead)
    absent: (number, reason) · voided: (number of the draw, reason) · roll_size: firms on the roll
    receipt: the county's of the commit, had before the seed; "" when it was not announced, None for a county's draw
    """

    kind: str
    void_reason: str
    computed_at: datetime
    seed: str
    minutes: Mapping[str, str]
    receipt: str | None
    roll_size: int
    scope: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]
    left_out: tuple[tuple[str, str, str], ...]
    firms: tuple[FirmLine, ...]
    people: tuple[tuple[str, str, bool], ...]
    absent: tuple[tuple[str, str], ...]
    voided: tuple[tuple[int, str], ...]


@cache
def wording() -> Mapping[str, Any]:
    """Return the labels and words of a draw's papers, always Chinese, as `resources/draw/record.toml` states them."""
    return tomllib.loads((resources() / "draw" / "record.toml").read_text(encoding="utf-8"))


def render_commitment(form: PaperForm, paper: CommitmentPaper) -> bytes:
    """Return the PDF that announces a frozen draw's fingerprint, for two people to sign."""
    particulars = [
        ("frozen_at", printed_minute(paper.frozen_at)),
        ("taking_part", _counted("firms", paper.taking_part)),
        ("excluded", _counted("firms", len(paper.sheet.more.get("exclusions", [])))),
        ("people", _counted("people", len(paper.sheet.inspectors))),
        ("seed_source", paper.particular("seed_source")),
        ("commit", _in_groups(paper.commit)),
        ("pool_sha256", _in_groups(paper.pool_sha256)),
        ("version", VERSION),
    ]
    return _drawn(form, paper, {"particulars": _labelled(particulars)})


def render_draw(form: PaperForm, paper: DrawPaper) -> bytes:
    """Return the PDF of a draw's record or public notice. Raises ProblemsError when a character has no glyph."""
    return _drawn(form, paper, _values(paper))


def render_minutes(form: PaperForm, paper: DrawPaper) -> bytes:
    """Return the PDF of the minutes of the seed. Raises ProblemsError when a character has no glyph."""
    particulars = [
        *_origin(paper),
        ("place", paper.minutes.get("place", "")),
        ("seed", paper.seed),
        ("typed_by", _typed_by(paper.minutes)),
        ("commit", _in_groups(paper.commit)),
        ("announced", announced_text(paper.receipt)),
        ("note", paper.minutes.get("note", "")),
    ]
    return _drawn(form, paper, {"draw_void": _void(paper), "particulars": _labelled(particulars)})


def announced_text(receipt: str | None) -> str:
    """Return what is said of the county's receipt before the seed; "" where there is nobody to announce to."""
    words = wording()["words"]
    if receipt is None:
        return ""
    return str(words["announced_before"].format(receipt=receipt) if receipt else words["unannounced"])


def _typed_by(minutes: Mapping[str, str]) -> str:
    words, first, second = wording()["words"], minutes.get("typed_by", ""), minutes.get("typed_again_by", "")
    return str(words["typed_by_two" if second else "typed_by_one"].format(first=first, second=second))


def _drawn(form: PaperForm, paper: CommitmentPaper, values: Values) -> bytes:
    said = {"plan": paper.sheet.plan, "draw_number": str(paper.sheet.draw), "authority": paper.office, "name": ""}
    return render_paper(form, Filling(values={**said, **values}, sha256=paper.commit)).pdf


def _void(paper: DrawPaper) -> str:
    return str(wording()["void"].format(reason=paper.void_reason)) if paper.void_reason else ""


def _values(paper: DrawPaper) -> dict[str, Any]:
    words, reasons = wording(), Counter(reason for _, _, reason in paper.left_out)
    is_long = len(paper.left_out) > LONGEST_LIST
    return {
        "draw_void": _void(paper),
        "particulars": _labelled(_particulars(paper)),
        "pool": _labelled(_pool(paper)),
        "left_out_reasons": [{"reason": reason, "count": str(count)} for reason, count in sorted(reasons.items())],
        "many": words["words"]["many"].format(count=len(paper.left_out)) if is_long else "",
        "left_out": []
        if is_long
        else [{"id": firm, "name": name, "reason": reason} for firm, name, reason in paper.left_out],
        "quotas": [_quota(stratum) for stratum in paper.sheet.strata],
        "firms": [_firm(firm) for firm in paper.firms],
        "team": _labelled(_team(paper)),
        "people": list(_people(paper)),
        "proof": _labelled(_proof(paper)),
        "voided": [{"text": _voided(paper, number, reason)} for number, reason in paper.voided],
    }


def _particulars(paper: DrawPaper) -> list[tuple[str, str]]:
    return [
        ("title", paper.particular("title")),
        ("matter", paper.particular("matter")),
        ("basis", paper.particular("basis")),
        ("kind", paper.kind),
        ("place", paper.minutes.get("place", "") or paper.particular("place")),
        ("frozen_at", printed_minute(paper.frozen_at)),
        ("announced", announced_text(paper.receipt)),
        ("computed_at", printed_minute(paper.computed_at)),
        ("way", wording()["words"]["way"]),
    ]


def _pool(paper: DrawPaper) -> list[tuple[str, str]]:
    return [
        ("total", _counted("firms", paper.roll_size)),
        ("taking_part", _counted("firms", paper.taking_part)),
        ("scope", "\n".join(_scope(paper))),
        ("day", paper.particular("day")),
        ("excluded", _counted("firms", len(paper.left_out))),
    ]


def _quota(stratum: Stratum) -> dict[str, str]:
    return {
        "stratum": stratum.code,
        "size": str(len(stratum.ids)),
        "quota": _ratio(stratum),
        "drawn": str(stratum.quota),
    }


def _firm(firm: FirmLine) -> dict[str, str]:
    lead, *others = (_seat(seat) for seat in firm.seats)
    return {
        **{key: getattr(firm, key) for key in ("stratum", "name", "id", "address")},
        "lead": lead,
        "others": "\n".join(others),
        "ticket": firm.ticket[:TICKET_DIGITS],
    }


def _team(paper: DrawPaper) -> list[tuple[str, str]]:
    sheet = paper.sheet
    return [
        ("team", _counted("people", sheet.team)),
        ("cap", _counted("firms", sheet.cap)),
        ("slack", str(sheet.slack)),
        ("recusals", _counted("pairs", len(sheet.recusals))),
    ]


def _people(paper: DrawPaper) -> Iterator[dict[str, str]]:
    may_lead = wording()["words"]["may_lead"]
    for number, name, leads in paper.people:
        yield {"number": number, "person": name, "reason": may_lead if leads else ""}
    for number, reason in paper.absent:
        yield {"number": number, "person": "", "reason": reason}


def _proof(paper: DrawPaper) -> list[tuple[str, str]]:
    return [
        *_origin(paper),
        ("seed", paper.seed),
        ("commit", _in_groups(paper.commit)),
        ("pool_sha256", _in_groups(paper.pool_sha256)),
        ("version", VERSION),
    ]


def _origin(paper: DrawPaper) -> list[tuple[str, str]]:
    """Return where the seed came from, and before whom."""
    told = [(key, paper.minutes.get(key, "")) for key in ("source", "thrown_by", "witnesses")]
    return [("seed_source", paper.particular("seed_source")), *told]


def _voided(paper: DrawPaper, number: int, reason: str) -> str:
    words = wording()
    return f"{words['number'].format(plan=paper.sheet.plan, number=number)}　{words['void'].format(reason=reason)}"


def _labelled(rows: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return (label key, text) as they are printed; rows without a text are left out."""
    labels = wording()["labels"]
    return [{"label": labels[key], "text": text} for key, text in rows if text]


def _in_groups(fingerprint: str) -> str:
    """Return a SHA-256 in eight groups on two lines."""
    groups = grouped(fingerprint).split()
    return " ".join(groups[:4]) + "\n" + " ".join(groups[4:])


def _counted(word: str, count: int) -> str:
    """Return a count with its word: "firms", "people" or "pairs"."""
    text: str = wording()["words"][word]
    return text.format(count=count)


def _scope(paper: DrawPaper) -> Iterator[str]:
    words = wording()["words"]
    for stratum, conditions in paper.scope:
        told = [words["condition"].format(heading=heading, values="、".join(values)) for heading, values in conditions]
        joined = words["between_conditions"].join(told) or words["no_condition"]
        yield words["scope"].format(stratum=stratum, conditions=joined)


def _ratio(stratum: Stratum) -> str:
    text: str = wording()["words"]["ratio" if stratum.num else "fixed"]
    return text.format(num=stratum.num, den=stratum.den, least=stratum.min)


def _seat(seat: str) -> str:
    empty: str = wording()["words"]["unassigned"]
    return empty if seat == UNASSIGNED else seat
