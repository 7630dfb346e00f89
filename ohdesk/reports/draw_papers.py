"""The papers of a draw as PDF: the announcement of its freeze, its record, its public notice, the seed's minutes."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

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
    FOOT,
    FOOT_CENTRE,
    FOOT_RIGHT,
    FOOTER_RULE,
    LEFT,
    MM,
    NUMBER,
    RIGHT,
    TITLE,
)

LONGEST_LIST = 300  # firms left out that are still printed; longer lists stand in pool.csv
TICKET_DIGITS = 16  # of 64: enough for the eye; result.csv has them whole
FIRST_ROWS = 90.0  # points: the heading of the result stays with the first rows of its table
SPARE = 6.0  # points kept below a heading beyond what must follow it


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentPaper:
    """What is printed and signed when a draw is frozen, before there is a seed; counts of firms and persons."""

    office: str
    plan: str
    number: int
    commit: str
    pool_sha256: str
    frozen_at: datetime
    seed_source: str
    taking_part: int
    left_out: int
    inspectors: int


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
class DrawPaper:
    """What is printed of one draw; texts empty where there is nothing.

    scope: per stratum its code and the conditions (heading of a roll field, allowed values)
    left_out: (id, name, reason) · people: (number, name, may lead)
    absent: (number, reason) · voided: (number of the draw, reason) · roll_size: firms on the roll
    """

    office: str
    kind: str
    void_reason: str
    sheet: Sheet
    commit: str
    pool_sha256: str
    frozen_at: datetime
    computed_at: datetime
    seed: str
    minutes: Mapping[str, str]
    roll_size: int
    scope: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]
    left_out: tuple[tuple[str, str, str], ...]
    firms: tuple[FirmLine, ...]
    people: tuple[tuple[str, str, bool], ...]
    absent: tuple[tuple[str, str], ...]
    voided: tuple[tuple[int, str], ...]

    def particular(self, key: str) -> str:
        """Return a public particular of the sheet as text, empty when it is not there."""
        value = self.sheet.more.get(key, "")
        return value if isinstance(value, str) else ""


class _Head(NamedTuple):
    """What names a paper at its top, at the foot of its pages and in the file; title: its key in the wording."""

    office: str
    title: str
    plan: str
    number: int
    commit: str


@cache
def wording() -> Mapping[str, Any]:
    """Return the words of a draw's papers, always Chinese, as `resources/draw/record.toml` states them."""
    return tomllib.loads((resources() / "draw" / "record.toml").read_text(encoding="utf-8"))


def render_commitment(paper: CommitmentPaper) -> bytes:
    """Return the PDF that announces a frozen draw's fingerprint, for two people to sign."""
    fonts.refuse_missing_glyphs((paper.plan, text) for text in (paper.office, paper.plan, paper.seed_source))
    head = _Head(paper.office, "commitment_title", paper.plan, paper.number, paper.commit)
    pages = _opened(head)
    _labelled(
        pages,
        [
            ("frozen_at", printed_minute(paper.frozen_at)),
            ("taking_part", _counted("firms", paper.taking_part)),
            ("excluded", _counted("firms", paper.left_out)),
            ("people", _counted("people", paper.inspectors)),
            ("seed_source", paper.seed_source),
            ("commit", _in_groups(paper.commit)),
            ("pool_sha256", _in_groups(paper.pool_sha256)),
            ("version", VERSION),
        ],
    )
    pages.skip(6)
    pages.paragraph(wording()["words"]["announced"], BODY)
    _signatures(pages, ("operator", "witness"))
    return _painted(pages, head)


def render_record(paper: DrawPaper) -> bytes:
    """Return the PDF of a draw's record, with lines to sign on. Raises ProblemsError when a character has no glyph."""
    pages, head = _started(paper, "title")
    _body(pages, paper)
    _signatures(pages, ("operator", "witness", "head"))
    return _painted(pages, head)


def render_notice(paper: DrawPaper) -> bytes:
    """Return the PDF of a draw's public notice. Raises ProblemsError when a character has no glyph."""
    pages, head = _started(paper, "notice_title")
    _body(pages, paper)
    return _painted(pages, head)


def render_minutes(paper: DrawPaper) -> bytes:
    """Return the PDF of the minutes of the seed. Raises ProblemsError when a character has no glyph."""
    pages, head = _started(paper, "minutes_title")
    _labelled(
        pages,
        [
            ("seed_source", paper.particular("seed_source")),
            ("source", paper.minutes.get("source", "")),
            ("thrown_by", paper.minutes.get("thrown_by", "")),
            ("witnesses", paper.minutes.get("witnesses", "")),
            ("place", paper.minutes.get("place", "")),
            ("seed", paper.seed),
            ("commit", _in_groups(paper.commit)),
            ("note", paper.minutes.get("note", "")),
            ("photo", paper.minutes.get("photo_sha256", "")),
        ],
    )
    _signatures(pages, ("operator", "witness", "witness"))
    return _painted(pages, head)


def _started(paper: DrawPaper, title: str) -> tuple[Pages, _Head]:
    fonts.refuse_missing_glyphs(_texts(paper))
    head = _Head(paper.office, title, paper.sheet.plan, paper.sheet.draw, paper.commit)
    pages = _opened(head)
    if paper.void_reason:
        pages.paragraph(wording()["void"].format(reason=paper.void_reason), BODY)
        pages.skip(3)
    return pages, head


def _opened(head: _Head) -> Pages:
    pages = Pages()
    pages.paragraph(head.office, AUTHORITY)
    pages.paragraph(wording()[head.title], TITLE)
    pages.paragraph(wording()["number"].format(plan=head.plan, number=head.number), NUMBER)
    pages.skip(3)
    return pages


def _painted(pages: Pages, head: _Head) -> bytes:
    """Return the PDF: every page with number, page count and the beginning of the fingerprint at its foot."""
    words = wording()

    def furniture(page: Page, number: int, total: int) -> None:
        page.rules.append((LEFT, FOOTER_RULE, RIGHT, FOOTER_RULE))
        top = FOOTER_RULE - 3
        page.write(LEFT, top, words["number"].format(plan=head.plan, number=head.number), FOOT)
        page.write(LEFT, top, words["page"].format(number=number, total=total), FOOT_CENTRE)
        page.write(LEFT, top, words["fingerprint"].format(digits=head.commit[:FINGERPRINT_DIGITS]), FOOT_RIGHT)

    properties = Properties(f"{words[head.title]} {head.plan}", head.office, head.commit)
    return paint(pages.pages, furniture, {}, properties)


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
            ("computed_at", printed_minute(paper.computed_at)),
            ("way", wording()["words"]["way"]),
        ],
    )


def _pool(pages: Pages, paper: DrawPaper) -> None:
    words = wording()
    heading(pages, words["headings"]["pool"])
    taking_part = sum(len(stratum.ids) for stratum in paper.sheet.strata)
    _labelled(
        pages,
        [
            ("total", _counted("firms", paper.roll_size)),
            ("taking_part", _counted("firms", taking_part)),
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
            ("seed_source", paper.particular("seed_source")),
            ("source", paper.minutes.get("source", "")),
            ("thrown_by", paper.minutes.get("thrown_by", "")),
            ("witnesses", paper.minutes.get("witnesses", "")),
            ("seed", paper.seed),
            ("commit", _in_groups(paper.commit)),
            ("pool_sha256", _in_groups(paper.pool_sha256)),
            ("version", VERSION),
        ],
    )
    pages.skip(4)
    pages.paragraph(words["words"]["check"], BODY)


def _voided(pages: Pages, paper: DrawPaper) -> None:
    if not paper.voided:
        return
    words = wording()
    heading(pages, words["headings"]["voided"])
    for number, reason in paper.voided:
        line = words["number"].format(plan=paper.sheet.plan, number=number)
        pages.paragraph(f"{line}　{words['void'].format(reason=reason)}", BODY)


def _columns(*columns: tuple[str, int]) -> list[Column]:
    return [Column(wording()["columns"][key], width * MM) for key, width in columns]


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
