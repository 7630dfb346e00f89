"""The sheet with the recovery code of a workspace: one A4 page, to be typed in by somebody who has nothing else."""

import tomllib

from ohdesk.domain.recovery_code import in_groups
from ohdesk.paths import resources
from ohdesk.reports import fonts
from ohdesk.reports.fonts import REGULAR, SANS
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.styles import AUTHORITY, LEFT, MM, TEXT_WIDTH, TITLE, TextStyle

GROUPS_A_LINE = 4
CODE = TextStyle(SANS, 24, 40)  # points: to be read at arm's length, and off a faint print
WORDS = TextStyle(REGULAR, 12, 21)
KEPT_APART = 14 * MM


def render_recovery_sheet(office: str, code: str) -> bytes:
    """Return the PDF of the sheet. Raises UserError for a name with characters that no face can print."""
    words = tomllib.loads((resources() / "workspace" / "recovery.toml").read_text(encoding="utf-8"))
    fonts.refuse_missing_glyphs([(office, office)])
    taken = in_groups(code)
    pages = Pages()
    pages.paragraph(office, AUTHORITY)
    pages.paragraph(words["title"], TITLE)
    pages.skip(6 * MM)
    pages.paragraph(words["use"], WORDS)
    pages.skip(6 * MM)
    page, column = pages.page, TEXT_WIDTH / GROUPS_A_LINE
    # The beginning ends in a hyphen: at the end of a line, viewers would take it for a broken word when it is copied.
    top = page.write(LEFT, pages.y, taken.start + taken.groups[0], CODE)
    for line in taken._replace(groups=taken.groups[1:]).lines(GROUPS_A_LINE):
        for place, group in enumerate(line):
            page.write(LEFT + place * column, top, group, CODE, column)
        top -= CODE.leading
    page.frame(LEFT - 3 * MM, top - 2 * MM, TEXT_WIDTH + 6 * MM, pages.y - top + 4 * MM)
    pages.y = top - 8 * MM
    for key in ("letters", "keep"):
        pages.paragraph(words[key].format(start=taken.start), WORDS)
        pages.skip(2 * MM)
    pages.skip(KEPT_APART)
    for place, kept in enumerate(words["kept"]):
        page.write(LEFT + place * TEXT_WIDTH / 3, pages.y, kept, WORDS)
    return paint(pages.pages, _bare, {}, Properties(words["title"], office, ""))


def _bare(_page: Page, _number: int, _total: int) -> None:
    """Neither head nor foot: it is one page, and no document of the office."""
