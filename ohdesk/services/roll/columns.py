"""What the columns of a list may go into on the roll, and what was said of them before."""

from collections.abc import Iterator, Sequence

from ohdesk.domain.establishment import FIELD_BY_KEY, FIELDS
from ohdesk.domain.list_columns import Column, Shape, assigned
from ohdesk.domain.roll.values import heading_of
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.workbook.remembered import ROLL, remembered


def chosen_columns(assignments: Sequence[str]) -> dict[str, str]:
    """Return heading or column letters → field for texts like "B=单位名称"; nothing behind the sign means no field.

    Raises UserError for a text that is no assignment, or a field that does not exist.
    """
    return assigned(assignments, key_by_name(), field_choices())


def key_by_name() -> dict[str, str]:
    """Return what a field is called, folded as headings are → its key."""
    return {heading_of(name): key for key, title in field_choices() for name in (key, title, FIELD_BY_KEY[key].heading)}


def field_choices() -> list[tuple[str, str]]:
    """Return what a column may go into: keys, and what they are called."""
    return [(field.key, tr(field.heading)) for field in FIELDS]


def called(key: str) -> str:
    """Return what a column goes into, in words; those that answer whether an employer is closed are of its state."""
    field = FIELD_BY_KEY.get(key, FIELD_BY_KEY["status"])
    return tr(field.heading)


def remembered_here(ctx: Context) -> list[Shape]:
    """Return what was said of the columns of earlier lists."""
    with ctx.reading() as session:
        return remembered(session, ROLL)


def left_text(columns: Sequence[Column]) -> str:
    """Say which columns of a list go into no field and are not kept, by heading and letters."""
    return tr("没有收入名录的列：{columns}。", columns="、".join(_named(columns)))


def _named(columns: Sequence[Column]) -> Iterator[str]:
    for each in columns:
        if each.heading:
            yield tr("{heading}（{column}列）", heading=each.heading, column=each.letters)
        else:
            yield tr("没有表头的{column}列", column=each.letters)
