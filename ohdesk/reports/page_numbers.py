"""Running numbers for pages that are bound together, each in the upper right corner of an empty page (页号)."""

from ohdesk.reports.pages import Page, Properties, paint
from ohdesk.reports.styles import MM, PAGE_HEIGHT, PAGE_WIDTH, PLAIN
from ohdesk.reports.typesetting import text_width

_FROM_TOP, _FROM_RIGHT = 8 * MM, 12 * MM


def numbered_pages(count: int) -> bytes:
    """Return a PDF of so many pages, on each nothing but its number."""
    return paint([Page() for _ in range(count)], _number, {}, Properties("", "", ""))


def _number(page: Page, number: int, _total: int) -> None:
    text = str(number)
    page.write(PAGE_WIDTH - _FROM_RIGHT - text_width(text, PLAIN), PAGE_HEIGHT - _FROM_TOP, text, PLAIN)
