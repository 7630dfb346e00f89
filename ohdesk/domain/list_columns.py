"""The columns of a list from elsewhere: what each goes into, what a person said of them, and what is remembered."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.kept_columns import MARK
from ohdesk.domain.roll.table import column_letters
from ohdesk.domain.roll.values import heading_of
from ohdesk.errors import UserError
from ohdesk.i18n import tr

KEEP_ALL = "all"
PERSONS = "persons"  # why a column is never kept: it tells of one person, and the book holds counts
SHAPES = 30  # shapes of list remembered of a book
LETTERS = re.compile(r"[A-Z]{1,3}")
_SHAPE = 32  # hexadecimal digits
_NEVER = frozenset({"computed", "files", PERSONS})  # columns that are not kept with the others
_SHOWN = 60  # characters of what is not understood


class Column(NamedTuple):
    """A column of a sheet. at: from 0 · key: of the field, or of every entry, that it goes into; "" for none

    why: of one that goes into no field: "" for unknown, "twice" where another column holds that field, "computed" for
    what the program works out, "files" for what no cell can hold, "serial" for running numbers, `PERSONS`
    """

    at: int
    heading: str
    key: str = ""
    why: str = ""

    @property
    def letters(self) -> str:
        """Its name in a spreadsheet program."""
        return column_letters(self.at)

    @property
    def title(self) -> str:
        """Its heading, or its letters where it has none."""
        return self.heading or self.letters

    def is_called(self, name: str) -> bool:
        """True where a person means it by its letters or its heading."""
        if LETTERS.fullmatch(name):
            return name == self.letters or name == self.heading
        return bool(self.heading) and heading_of(name) == heading_of(self.heading)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said of the columns of a list.

    columns: heading or letters → key, "" for a column that is to go into no field
    keep: headings or letters of the columns to be kept as they are, or `KEEP_ALL`
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def keeps(self, column: Column) -> bool:
        """True for a column that is kept as it is, where it goes into no field."""
        if column.why == PERSONS:
            return False
        if (KEEP_ALL in self.keep and column.why not in _NEVER) or any(map(column.is_called, self.keep)):
            return True
        # What an export of ours says it kept is kept by whoever reads it, unless somebody says otherwise.
        return column.heading.endswith(MARK) and not any(map(column.is_called, self.columns))

    def kept(self, columns: Sequence[Column]) -> dict[str, int]:
        """Return under which heading each column is kept that is: two of one heading are two."""
        called = Counter(column.title for column in columns)
        return {
            clean_text(
                each.title.removesuffix(MARK) if called[each.title] == 1 else f"{each.title} {each.letters}"
            ): each.at
            for each in columns
            if not each.key and self.keeps(each)
        }

    def keeping_all(self, sheets: Sequence[Sequence[Column]]) -> "Choices":
        """Return the choices with all columns kept that go into no field; sheets: the columns of each sheet."""
        left = [(each, several) for several in sheets for each in several if not each.key and each.why not in _NEVER]
        return Choices(self.columns, tuple(dict.fromkeys((*self.keep, *(_name(*each) for each in left)))))

    def turned(self, column: Column, key: str, sheets: Sequence[Sequence[Column]], *, kept: bool = False) -> "Choices":
        """Return the choices with another one for a column: the key it goes into, "" for none; kept: as it is.

        sheets: the columns of each sheet of the list
        """
        name = column.heading if all(_is_alone(column, columns) for columns in sheets) else column.letters
        columns = {
            each: into for each, into in self.columns.items() if not column.is_called(each) and (not key or into != key)
        }
        keep = [
            each.title
            for several in sheets
            for each in several
            if not each.key and self.keeps(each) and not column.is_called(each.title)
        ]
        return Choices({**columns, name: key}, (*dict.fromkeys(keep), name) if kept else tuple(dict.fromkeys(keep)))


def _name(column: Column, columns: Sequence[Column]) -> str:
    """Return by what a column of a sheet is named: its heading where no other has that."""
    return column.heading if _is_alone(column, columns) else column.letters


def _is_alone(column: Column, columns: Sequence[Column]) -> bool:
    """True for a column whose heading no other of the sheet has."""
    return bool(column.heading) and sum(each.is_called(column.heading) for each in columns) <= 1


# heading: by `shape_of` · columns, keep: as of `Choices`
Shape = dict[str, Any]


def shape_of(row: Iterable[object]) -> str:
    """Return the same for each list with the headings of this row, in this order; "" for a row without any."""
    headings = [text for cell in row if cell and (text := heading_of(str(cell)))]
    return sha256("\n".join(headings).encode("utf-8", "surrogatepass")).hexdigest()[:_SHAPE] if headings else ""


def with_remembered(choices: Choices, rows: Iterable[Sequence[object]], shapes: Sequence[Shape]) -> Choices:
    """Return the choices with those that were made when a sheet with such a heading was imported last.

    rows: the first rows of the sheet
    """
    if not shapes:
        return choices
    by_heading = {shape["heading"]: shape for shape in shapes}
    for row in rows:
        if (shape := by_heading.get(shape_of(row))) is not None:
            return Choices({**choices.columns, **shape["columns"]}, (*choices.keep, *shape["keep"]))
    return choices


def remembering(
    shapes: Sequence[Shape], sheets: Iterable[tuple[str, Sequence[Column]]], choices: Choices
) -> list[Shape]:
    """Return what is remembered once a list was imported with these choices; nothing where they say nothing.

    sheets: of each its shape, "" for one without a heading, and its columns
    """
    found = list(shapes)
    for heading, columns in sheets:
        if not heading:
            continue
        named = [(each, _name(each, columns)) for each in columns]
        said = {own: key for each, own in named for name, key in choices.columns.items() if each.is_called(name)}
        keep = [own for each, own in named if not each.key and choices.keeps(each) and not own.endswith(MARK)]
        found = [each for each in found if each["heading"] != heading]
        if said or keep:
            found.append({"heading": heading, "columns": said, "keep": keep})
    return found[-SHAPES:]


def assigned(
    assignments: Sequence[str], by_name: Mapping[str, str], known: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return heading or column letters → key for texts like "B=收到日期"; nothing behind the sign leaves a column out.

    by_name: what a field is called, folded as headings are → its key · known: the keys, and what they are called
    Raises UserError for a text that is no assignment, or a field that does not exist.
    """
    chosen: dict[str, str] = {}
    for assignment in assignments:
        column, sign, field = assignment.replace("＝", "=").partition("=")
        key = by_name.get(heading_of(field), "")
        if not sign or not column.strip() or (field.strip() and not key):
            fields = "、".join(f"{title}（{key}）" for key, title in known)
            raise UserError(
                tr("看不懂对应关系“{text}”。", text=assignment[:_SHOWN]),
                tr("写成“列=字段”，字段可用：{fields}。", fields=fields),
            )
        chosen[column.strip()] = key
    return chosen


def unknown_columns(names: Sequence[str], columns: Sequence[Column]) -> UserError:
    """Return what is wrong where a person named columns that a list has not: a slip must not pass unseen."""
    there = "、".join(f"{each.letters} {each.heading}" for each in columns)
    message = tr("表里没有这些列：{columns}。", columns="、".join(names))
    return UserError(message, tr("表里有：{columns}。", columns=there or tr("没有认得出的表头")))
