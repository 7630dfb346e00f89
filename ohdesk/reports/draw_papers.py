"""The papers of a draw as PDF: the announcement of its freeze, its record, its public notice, the seed's minutes."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from ohdesk.domain.calendar import printed_minute
from ohdesk.domain.canonical import plain as plain_value
from ohdesk.domain.draw.drawing import UNASSIGNED, VERSION, Sheet, Stratum, grouped
from ohdesk.paths import resources
from ohdesk.reports import flowables, fonts
from ohdesk.reports.flowables import STRIP_HEIGHT, Column, Strip, Table, heading, plain, signature_strips
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.styles import (
    AUTHORITY,
    BODY,
    CELL,
    CELL_CENTRE,
    CELL_SMALL,
    FINGERPRINT_DIGITS,
    NUMBER,
    TITLE,
)

LONGEST_LIST = 300  # firms left out that are still printed; longer lists stand in pool.csv
TICKET_DIGITS = 16  # of 64: enough for the eye; result.csv has them whole
FIRST_ROWS = 90.0  # points: the heading of the result stays with the first rows of its table
SPARE = 6.0  # points kept below a heading beyond what must follow it


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
    """Return the words of a draw's papers, always Chinese, as `resources/draw/record.toml` states them."""
    return tomllib.loads((resources() / "draw" / "record.toml").read_text(encoding="utf-8"))


def render_commitment(paper: CommitmentPaper) -> bytes:
    """Return the PDF that announces a frozen draw's fingerprint, for two people to sign."""
    plan, seed_source = paper.sheet.plan, paper.particular("seed_source")
    fonts.refuse_missing_glyphs((plan, text) for text in (paper.office, plan, seed_source))
    pages = _opened(paper, "commitment_title")
    _labelled(
        pages,
        [
            ("frozen_at", printed_minute(paper.frozen_at)),
            ("taking_part", _counted("firms", paper.taking_part)),
            ("excluded", _counted("firms", len(paper.sheet.more.get("exclusions", [])))),
            ("people", _counted("people", len(paper.sheet.inspectors))),
            ("seed_source", seed_source),
            ("commit", _in_groups(paper.commit)),
            ("pool_sha256", _in_groups(paper.pool_sha256)),
            ("version", VERSION),
        ],
    )
    pages.skip(6)
    pages.paragraph(wording()["words"]["announced"], BODY)
    _signatures(pages, ("operator", "witness"))
    return _painted(pages, paper, "commitment_title")


def render_record(paper: DrawPaper) -> bytes:
    """Return the PDF of a draw's record, with lines to sign on. Raises ProblemsError when a character has no glyph."""
    pages = _started(paper, "title")
    _body(pages, paper)
    _signatures(pages, ("operator", "witness", "head"))
    return _painted(pages, paper, "title")


def render_notice(paper: DrawPaper) -> bytes:
    """Return the PDF of a draw's public notice. Raises ProblemsError when a character has no glyph."""
    pages = _started(paper, "notice_title")
    _body(pages, paper)
    return _painted(pages, paper, "notice_title")


def render_minutes(paper: DrawPaper) -> bytes:
    """Return the PDF of the minutes of the seed. Raises ProblemsError when a character has no glyph."""
    pages = _started(paper, "minutes_title")
    _labelled(
        pages,
        [
            *_origin(paper),
            ("place", paper.minutes.get("place", "")),
            ("seed", paper.seed),
            ("typed_by", _typed_by(paper.minutes)),
            ("commit", _in_groups(paper.commit)),
            ("announced", announced_text(paper.receipt)),
            ("note", paper.minutes.get("note", "")),
        ],
    )
    _signatures(pages, ("operator", "witness", "witness"))
    return _painted(pages, paper, "minutes_title")


def announced_text(receipt: str | None) -> str:
    """Return what is said of the county's receipt before the seed; "" where there is nobody to announce to."""
    words = wording()["words"]
    if receipt is None:
        return ""
    return str(words["announced_before"].format(receipt=receipt) if receipt else words["unannounced"])


def _typed_by(minutes: Mapping[str, str]) -> str:
    words, first, second = wording()["words"], minutes.get("typed_by", ""), minutes.get("typed_again_by", "")
    return str(words["typed_by_two" if second else "typed_by_one"].format(first=first, second=second))


def _started(paper: DrawPaper, title: str) -> Pages:
    fonts.refuse_missing_glyphs(_texts(paper))
    pages = _opened(paper, title)
    if paper.void_reason:
        pages.paragraph(wording()["void"].format(reason=paper.void_reason), BODY)
        pages.skip(3)
    return pages


def _opened(paper: CommitmentPaper, title: str) -> Pages:
    """Return the first page with office, title and number; `title` by its key in the wording."""
    pages = Pages()
    pages.paragraph(paper.office, AUTHORITY)
    pages.paragraph(wording()[title], TITLE)
    pages.paragraph(_number(paper.sheet.plan, paper.sheet.draw), NUMBER)
    pages.skip(3)
    return pages


def _painted(pages: Pages, paper: CommitmentPaper, title: str) -> bytes:
    """Return the PDF: every page with number, page count and the beginning of the fingerprint at its foot."""
    words, plan = wording(), paper.sheet.plan
    fingerprint = words["fingerprint"].format(digits=paper.commit[:FINGERPRINT_DIGITS])

    def furniture(page: Page, number: int, total: int) -> None:
        whole = words["page"].format(number=number, total=total)
        flowables.foot(page, _number(plan, paper.sheet.draw), whole, fingerprint)

    return paint(pages.pages, furniture, {}, Properties(f"{words[title]} {plan}", paper.office, paper.commit))


def _number(plan: str, number: int) -> str:
    text: str = wording()["number"]
    return text.format(plan=plan, number=number)


def _texts(paper: DrawPaper) -> Iterator[tuple[str, str]]:
    headings = wording()["headings"]
    places = {"firms": headings["result"], "people": headings["people"], "left_out": headings["pool"]}
    for each in fields(paper):
        value = getattr(paper, each.name)
        place = places.get(each.name, paper.sheet.plan)
        yield from ((place, text) for text in _flat(plain_value(value)))


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.replace("\n", "")
    elif isinstance(value, dict):
        for item in value.values():
            yield from _flat(item)
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item)


def _body(pages: Pages, paper: DrawPaper) -> None:
    _particulars(pages, paper)
    _pool(pages, paper)
    _quotas(pages, paper)
    _result(pages, paper)
    _people(pages, paper)
    _proof(pages, paper)
    _voided(pages, paper)


def _particulars(pages: Pages, paper: DrawPaper) -> None:
    _labelled(
        pages,
        [
            ("title", paper.particular("title")),
            ("matter", paper.particular("matter")),
            ("basis", paper.particular("basis")),
            ("kind", paper.kind),
            ("place", paper.minutes.get("place", "") or paper.particular("place")),
            ("frozen_at", printed_minute(paper.frozen_at)),
            ("announced", announced_text(paper.receipt)),
            ("computed_at", printed_minute(paper.computed_at)),
            ("way", wording()["words"]["way"]),
        ],
    )


def _pool(pages: Pages, paper: DrawPaper) -> None:
    words = wording()
    heading(pages, words["headings"]["pool"])
    _labelled(
        pages,
        [
            ("total", _counted("firms", paper.roll_size)),
            ("taking_part", _counted("firms", paper.taking_part)),
            ("scope", "\n".join(_scope(paper))),
            ("day", paper.particular("day")),
            ("excluded", _counted("firms", len(paper.left_out))),
        ],
    )
    reasons = Counter(reason for _, _, reason in paper.left_out)
    if reasons:
        pages.skip(4)
        table = Table(pages, _columns(("reason", 120), ("count", 36)))
        for reason, count in sorted(reasons.items()):
            table.row([plain(reason), plain(str(count), CELL_CENTRE)])
    if len(paper.left_out) > LONGEST_LIST:
        pages.paragraph(words["words"]["many"].format(count=len(paper.left_out)), BODY)
    elif paper.left_out:
        pages.skip(4)
        table = Table(pages, _columns(("id", 50), ("name", 62), ("reason", 44)))
        for firm, name, reason in paper.left_out:
            table.row([plain(firm, CELL_SMALL), plain(name), plain(reason)])


def _quotas(pages: Pages, paper: DrawPaper) -> None:
    words = wording()
    heading(pages, words["headings"]["quotas"])
    table = Table(pages, _columns(("stratum", 46), ("size", 30), ("quota", 50), ("drawn", 30)))
    for stratum in paper.sheet.strata:
        cells = (stratum.code, str(len(stratum.ids)), _ratio(stratum), str(stratum.quota))
        table.row([plain(cell, CELL_CENTRE) for cell in cells])


def _result(pages: Pages, paper: DrawPaper) -> None:
    heading(pages, wording()["headings"]["result"], FIRST_ROWS)
    widths = (
        ("order", 9),
        ("stratum", 13),
        ("name", 44),
        ("address", 30),
        ("lead", 22),
        ("others", 22),
        ("ticket", 16),
    )
    table = Table(pages, _columns(*widths))
    for order, firm in enumerate(paper.firms, 1):
        lead, *others = (_seat(seat) for seat in firm.seats)
        table.row(
            [
                plain(str(order), CELL_CENTRE),
                plain(firm.stratum, CELL_CENTRE),
                ((firm.name, CELL), (firm.id, CELL_SMALL)),
                plain(firm.address),
                plain(lead, CELL_CENTRE),
                plain("\n".join(others), CELL_CENTRE),
                plain(firm.ticket[:TICKET_DIGITS], CELL_SMALL),
            ]
        )


def _people(pages: Pages, paper: DrawPaper) -> None:
    words = wording()
    heading(pages, words["headings"]["people"])
    sheet = paper.sheet
    _labelled(
        pages,
        [
            ("team", _counted("people", sheet.team)),
            ("cap", _counted("firms", sheet.cap)),
            ("slack", str(sheet.slack)),
            ("recusals", _counted("pairs", len(sheet.recusals))),
        ],
    )
    pages.skip(4)
    table = Table(pages, _columns(("number", 50), ("person", 66), ("reason", 40)))
    for number, name, leads in paper.people:
        table.row([plain(number, CELL_CENTRE), plain(name), plain(words["columns"]["may_lead"] if leads else "")])
    for number, reason in paper.absent:
        table.row([plain(number, CELL_CENTRE), plain(""), plain(reason)])


def _proof(pages: Pages, paper: DrawPaper) -> None:
    words = wording()
    heading(pages, words["headings"]["proof"])
    _labelled(
        pages,
        [
            *_origin(paper),
            ("seed", paper.seed),
            ("commit", _in_groups(paper.commit)),
            ("pool_sha256", _in_groups(paper.pool_sha256)),
            ("version", VERSION),
        ],
    )
    pages.skip(4)
    pages.paragraph(words["words"]["check"], BODY)


def _origin(paper: DrawPaper) -> list[tuple[str, str]]:
    """Return where the seed came from, and before whom."""
    told = [(key, paper.minutes.get(key, "")) for key in ("source", "thrown_by", "witnesses")]
    return [("seed_source", paper.particular("seed_source")), *told]


def _voided(pages: Pages, paper: DrawPaper) -> None:
    if not paper.voided:
        return
    words = wording()
    heading(pages, words["headings"]["voided"])
    for number, reason in paper.voided:
        pages.paragraph(f"{_number(paper.sheet.plan, number)}　{words['void'].format(reason=reason)}", BODY)


def _columns(*columns: tuple[str, int]) -> list[Column]:
    return [(wording()["columns"][key], width) for key, width in columns]


def _labelled(pages: Pages, rows: Iterable[tuple[str, str]]) -> None:
    """Draw a table of (label key, text); rows without a text are left out."""
    labels = wording()["labels"]
    flowables.fields(pages, [[(labels[key], text)] for key, text in rows if text])


def _signatures(pages: Pages, roles: Sequence[str]) -> None:
    """Draw a line to sign on for each role, all on one page."""
    words = wording()
    heading(pages, words["headings"]["signatures"], STRIP_HEIGHT * len(roles) + SPARE)
    said = words["signatures"]
    signature_strips(pages, [Strip(said[role], None, "", (said["date"],)) for role in roles])


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
