"""What all papers of a draw share: their words, head and foot, tables of particulars, lines to sign on."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ohdesk.domain.draw.drawing import grouped
from ohdesk.paths import resources
from ohdesk.reports.flowables import STRIP_HEIGHT, Strip, fields, heading, signature_strips
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.styles import AUTHORITY, FOOT, FOOTER_RULE, LEFT, NUMBER, RIGHT, TITLE, TextStyle

FINGERPRINT_DIGITS = 16
SPARE = 6.0  # points kept below a heading beyond what must follow it
FOOT_CENTRE = TextStyle(FOOT.font, FOOT.size, FOOT.leading, "centre", FOOT.gray)
FOOT_RIGHT = TextStyle(FOOT.font, FOOT.size, FOOT.leading, "right", FOOT.gray)


class Running(NamedTuple):
    """What stands at the foot of every page."""

    office: str
    plan: str
    number: int
    commit: str


@cache
def wording() -> Mapping[str, Any]:
    """Return the words of a draw's papers, always Chinese, as `resources/draw/record.toml` states them."""
    return tomllib.loads((resources() / "draw" / "record.toml").read_text(encoding="utf-8"))


def opened(office: str, title: str, plan: str, number: int) -> Pages:
    """Start a paper: the office, the title, the number of the draw."""
    pages = Pages()
    pages.paragraph(office, AUTHORITY)
    pages.paragraph(title, TITLE)
    pages.paragraph(wording()["number"].format(plan=plan, number=number), NUMBER)
    pages.skip(3)
    return pages


def labelled(pages: Pages, rows: Iterable[tuple[str, str]]) -> None:
    """Draw a table of (label key, text); rows without a text are left out."""
    labels = wording()["labels"]
    fields(pages, [[(labels[key], text)] for key, text in rows if text])


def in_groups(fingerprint: str) -> str:
    """Return a SHA-256 in eight groups on two lines."""
    groups = grouped(fingerprint).split()
    return " ".join(groups[:4]) + "\n" + " ".join(groups[4:])


def counted(word: str, count: int) -> str:
    """Return a count with its word: "firms", "people" or "pairs"."""
    text: str = wording()["words"][word]
    return text.format(count=count)


def signatures(pages: Pages, roles: Sequence[str]) -> None:
    """Draw a line to sign on for each role, all on one page."""
    words = wording()
    heading(pages, words["headings"]["signatures"], STRIP_HEIGHT * len(roles) + SPARE)
    roles_in_words = words["signatures"]
    signature_strips(pages, [Strip(roles_in_words[role], None, "", (roles_in_words["date"],)) for role in roles])


def painted(pages: Pages, running: Running, title: str) -> bytes:
    """Return the PDF: every page with number, page count and the beginning of the fingerprint at its foot."""
    words = wording()

    def furniture(page: Page, number: int, total: int) -> None:
        page.rules.append((LEFT, FOOTER_RULE, RIGHT, FOOTER_RULE))
        top = FOOTER_RULE - 3
        page.write(LEFT, top, words["number"].format(plan=running.plan, number=running.number), FOOT)
        page.write(LEFT, top, words["page"].format(number=number, total=total), FOOT_CENTRE)
        page.write(LEFT, top, words["fingerprint"].format(digits=running.commit[:FINGERPRINT_DIGITS]), FOOT_RIGHT)

    properties = Properties(f"{title} {running.plan}", running.office, running.commit)
    return paint(pages.pages, furniture, {}, properties)
