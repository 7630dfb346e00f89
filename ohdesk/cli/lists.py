"""What `roll` and `register` have in common where a list is read: its columns said and kept, changes declined."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.domain.list_columns import Choices, Column

Place = tuple[str, int, str]  # sheet, row and key of the field


def ask_columns(command: argparse.ArgumentParser, example: str) -> None:
    """Add the options that say what the columns of a list are; example: of one that is assigned."""
    columns = command.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
    columns.help = tr("指明一列是什么，如 {example}；等号后不写为不导入这一列；可重复", example=tr(example))
    kept = command.add_argument("--keep", action="append", default=[], metavar="COLUMN")
    kept.help = tr("没有对应字段的列，按原样保留；all 为全部；可重复")


def ask_declined(command: argparse.ArgumentParser) -> None:
    """Add the option that declines changes."""
    declined = command.add_argument("--decline", action="append", default=[], metavar="[SHEET!]ROW:FIELD")
    declined.help = tr("不改这一处，如 5:地址；其余照常导入；可重复")


def said(columns: Mapping[str, str], keep: Sequence[str]) -> "Choices | None":
    """Return what is said of the columns; None for nothing, where what was said of a list of this shape holds."""
    from ohdesk.domain.list_columns import Choices

    return Choices(columns, tuple(keep)) if columns or keep else None


def left(column: "Column", choices: "Choices") -> dict[str, Any]:
    """Return a column that goes into no field, for a program."""
    return {"column": column.letters, "heading": column.heading, "kept": choices.keeps(column)}


def declined(texts: Sequence[str], changes: Iterable[Place], by_name: Mapping[str, str]) -> set[Place]:
    """Return the changes that are declined; by_name: what a field is called, folded as headings are → its key.

    Raises UserError for a text that means none of the changes: a slip must not pass unseen.
    """
    from ohdesk.domain.roll.values import heading_of

    found: set[Place] = set()
    there = list(changes) if texts else []
    for text in texts:
        place, _, field = text.replace("：", ":").rpartition(":")
        sheet, _, row = place.rpartition("!")
        key = by_name.get(heading_of(field), field.strip())
        meant = {each for each in there if str(each[1]) == row.strip() and each[2] == key and sheet in {"", each[0]}}
        if not meant:
            changed = "、".join(f"{each[0]}!{each[1]}:{each[2]}" for each in there)
            raise UserError(
                tr("“{text}”不是预览里的一处变更。", text=text[:60]),
                tr("写成“行:字段”，变更有：{changed}。", changed=changed[:500] or tr("没有")),
            )
        found |= meant
    return found
