"""Which column of a sheet is which field of a book: by the heading, by what stands below it, or as a person said.

A column that goes into no field keeps its heading and the reason, so that it can be named and kept.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ohdesk.domain.book_list.cells import cell_value
from ohdesk.domain.kept_columns import MARK
from ohdesk.domain.list_columns import LETTERS, Column
from ohdesk.domain.register.definition import Definition, Field, Kind, Said
from ohdesk.domain.roll.headings import HEADING_ROWS, Headings, outside_brackets
from ohdesk.domain.roll.table import Cell, Table, column_index
from ohdesk.domain.roll.values import heading_of, looks_like_code

CODE = "code"  # the column that says by credit code whom an entry is about
ID = "id"
ABOUT = ("establishment", "person")

_SOUGHT_IN = 40  # rows: above a list stand its title, who made it and when
_SAMPLE = 300  # rows below the heading that say what a column holds
_MOSTLY = 0.8  # of the cells of a column
_DATA = re.compile(r"[\d.,:%/\-+年月日时分 ()（）]+")
_ENDS = {  # what a heading may say besides, which makes no other field of it
    Kind.DAY: re.compile(r"(的)?(日期|时间|年月日|日)$"),
    Kind.TIME: re.compile(r"(的)?(日期|时间|日)$"),
    Kind.COUNT: re.compile(r"(的)?(人数|数量|总数|数|数目)$"),
    Kind.YES_NO: re.compile(r"^(是否|有无|是不是)|(与否)$"),
}
_OTHER_ENDS = re.compile(r"(的)?(名称|情况|内容|名)$")
_DISTINCT = frozenset({Kind.CHOICE, Kind.CHOICES})  # whose words tell the field even under another heading
_TYPED = frozenset({Kind.DAY, Kind.TIME, Kind.YES_NO, Kind.COUNT, Kind.AMOUNT})


class Layout(NamedTuple):
    """How a sheet is laid out. top, bottom: rows of the heading, from 0, -1 for none; columns: all that are filled."""

    top: int
    bottom: int
    columns: tuple[Column, ...]

    @property
    def taken(self) -> tuple[Column, ...]:
        """The columns that go into a field."""
        return tuple(each for each in self.columns if each.key)

    @property
    def left(self) -> tuple[Column, ...]:
        """The columns that go into none."""
        return tuple(each for each in self.columns if not each.key)


class Target(NamedTuple):
    """What a column may go into: a field or what every entry has, and how headings name it.

    also: how lists from elsewhere name it, where no field of the book is called so
    why: as of `Column`, where it is known and not taken
    """

    key: str
    spellings: tuple[str, ...]
    field: Field | None = None
    why: str = ""
    also: tuple[str, ...] = ()


def targets(
    definition: Definition, of_entry: Mapping[str, Sequence[str]], elsewhere: Mapping[str, Sequence[str]]
) -> list[Target]:
    """Return what the columns of a book may go into.

    of_entry: how the book names what every entry has (number, state, establishment, …)
    elsewhere: how lists from elsewhere name it, the credit code of an employer, and the fields of the book
    """
    of_all: dict[str, str] = {
        ID: "",
        "opened_on": "",
        **({"number": ""} if definition.number else {}),
        **({"state": ""} if definition.states else {}),
        **({"due_on": "computed"} if definition.dues else {}),
        **({definition.about: ""} if definition.about != "nothing" else {}),
        **({CODE: ""} if definition.about == "establishment" else {}),
    }
    headings = definition.workbook.headings
    found = [
        Target(
            key,
            (key, *([headings[key]] if key in headings else ()), *of_entry.get(key, ())),
            why=why,
            also=tuple(elsewhere.get(key, ())),
        )
        for key, why in of_all.items()
    ]
    for field in definition.fields:
        why = "computed" if field.computed else "files" if field.kind is Kind.FILES else ""
        named = [headings[field.key]] if field.key in headings else []
        spellings = (field.key, *named, *_spellings(field.label))
        found.append(Target(field.key, spellings, field, why, tuple(elsewhere.get(field.key, ()))))
    return found


def find_layout(table: Table, wanted: Sequence[Target], chosen: Mapping[str, str]) -> Layout | None:
    """Return how the first rows of a sheet are laid out; None where nothing tells which column is which.

    chosen: heading or column letters → key, or "" for a column that is to go into no field; goes before the rest
    """
    headings = Headings(table)
    by_name = key_by_name(wanted)
    top, bottom = _heading_rows(table, headings, by_name, chosen)
    columns = [Column(at, _heading(headings, top, bottom, at)) for at in _filled(table, bottom)]
    columns = _assigned(columns, headings, (top, bottom), table, wanted, chosen)
    return Layout(top, bottom, tuple(columns)) if any(each.key for each in columns) else None


def _heading_rows(
    table: Table, headings: Headings, by_name: Mapping[str, str], chosen: Mapping[str, str]
) -> tuple[int, int]:
    """Return the rows of the heading: those in which most columns are known, the first of them; -1, -1 for none."""
    said = {heading_of(name) for name in chosen}
    best, where = 0, (-1, -1)
    for bottom in range(min(len(table.rows), _SOUGHT_IN)):
        if not _may_head(table, bottom):
            continue
        width = sum(map(bool, table.rows[bottom]))
        for top in range(bottom, max(bottom - HEADING_ROWS, -1), -1):
            if top < bottom and not _belongs(table, top, bottom):
                break
            known = {
                key
                for at in range(max(map(len, table.rows[top : bottom + 1])))
                for name in _names(headings.pieces(top, bottom, at))
                if (key := by_name.get(name) or (name if name in said else ""))
            }
            # A cell of data may be worded like a heading; a third of a row of them is none.
            if len(known) > best and (len(known) >= max(2, (width + 2) // 3) or len(known) == width):
                best, where = len(known), (top, bottom)
    return where if best else _some_heading(table, by_name, headings)


def _some_heading(table: Table, by_name: Mapping[str, str], headings: Headings) -> tuple[int, int]:
    """Return the row that looks like a heading though it names few fields: words over columns of something else."""
    widest = max((sum(map(bool, row)) for row in table.rows), default=0)
    for at, row in enumerate(table.rows[:_SOUGHT_IN]):
        filled = [cell for cell in row if cell]
        if 2 * len(filled) < widest or len(filled) < 2:
            continue
        if not _may_head(table, at) or len(set(filled)) < _MOSTLY * len(filled):
            return (-1, -1)  # the list begins here
        below = [line for line in table.rows[at + 1 : at + 1 + _SAMPLE] if any(line)]
        known = any(by_name.get(name) for column in range(len(row)) for name in _names(headings.pieces(at, at, column)))
        if known or any(_is_data(_column(below, column)) and row[column] for column in range(len(row))):
            return (at, at)
        return (-1, -1)
    return (-1, -1)


def _is_data(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    data = sum(bool(_DATA.fullmatch(cell)) or looks_like_code(cell) for cell in filled)
    return bool(filled) and data >= _MOSTLY * len(filled)


def _may_head(table: Table, at: int) -> bool:
    """True for a row in which no cell is a number, a day or a code."""
    filled = [str(cell) for cell in table.rows[at] if cell]
    return bool(filled) and not any(_DATA.fullmatch(cell) or looks_like_code(cell) for cell in filled)


def _belongs(table: Table, top: int, bottom: int) -> bool:
    """True for rows of which an upper one groups the columns of a lower one, by merged cells."""
    return (
        all(_may_head(table, row) for row in range(top, bottom))
        and any(
            top <= merge.top < bottom
            and (merge.bottom >= bottom or merge.right > merge.left)
            # A title is merged over all of the sheet and groups nothing.
            and merge.right - merge.left + 1 < max(map(len, table.rows[top : bottom + 1]))
            for merge in table.merges
        )
    )


def _filled(table: Table, bottom: int) -> list[int]:
    """Return the columns in which something stands, in the heading or below it."""
    rows = table.rows[max(bottom, 0) :]
    return [at for at in range(max(map(len, rows), default=0)) if any(at < len(row) and row[at] for row in rows)]


def _heading(headings: Headings, top: int, bottom: int, at: int) -> str:
    """Return what stands over a column, the group before the column itself."""
    return " ".join(headings.pieces(top, bottom, at)) if bottom >= 0 else ""


def _assigned(
    columns: Sequence[Column],
    headings: Headings,
    rows: tuple[int, int],
    table: Table,
    wanted: Sequence[Target],
    chosen: Mapping[str, str],
) -> list[Column]:
    """Give each column its field, the surest first, and each field one column."""
    top, bottom = rows
    below = [row for row in table.rows[bottom + 1 : bottom + 1 + _SAMPLE] if any(row)]
    found: dict[int, Column] = {}
    used: set[str] = set()

    def take(column: Column, key: str, why: str = "") -> None:
        found[column.at] = column._replace(key="" if why else key, why=why)
        if not why:
            used.add(key)

    by_key = {each.key: each for each in wanted}
    names = {each.at: _names(headings.pieces(top, bottom, each.at)) if bottom >= 0 else [] for each in columns}
    for column in columns:
        if (key := _said(column, names[column.at], chosen)) is not None:
            take(column, key, "twice" if key and key in used else "")
    # What an export of ours kept is kept again, whatever it is headed.
    found |= {each.at: each for each in columns if each.heading.endswith(MARK) and each.at not in found}
    for by_name in _tables(wanted):
        for column in columns:
            # From the whole heading to its last part: 检测日期 under 噪声 is not that under 粉尘.
            key = next((by_name[name] for name in names[column.at] if name in by_name), "")
            if column.at not in found and key:
                twice = key in used and not by_key[key].why
                take(column, key, "twice" if twice else by_key[key].why)
    for column in columns:
        if column.at not in found and (key := _by_stem(names[column.at], _column(below, column.at), wanted, used)):
            take(column, key)
    rest = [each for each in columns if each.at not in found]
    for column, key in _by_content(rest, below, [each for each in wanted if each.key not in used and not each.why]):
        take(column, key)
    return [found.get(each.at, each) for each in columns]


def _said(column: Column, names: Sequence[str], chosen: Mapping[str, str]) -> str | None:
    """Return the key that a person chose for a column; None where they said nothing of it."""
    for name, key in chosen.items():
        if name == column.letters or (not LETTERS.fullmatch(name) and heading_of(name) in names):
            return key
    return None


def is_named(layouts: Sequence[Layout], name: str) -> bool:
    """True where what a person named, by letters or heading, is a column of one of the sheets."""
    columns = [column for layout in layouts for column in layout.columns]
    if LETTERS.fullmatch(name):
        return any(column.at == column_index(name) for column in columns)
    return any(heading_of(name) in _names(tuple(column.heading.split(" "))) for column in columns)


def _names(pieces: Sequence[str]) -> list[str]:
    """Return what a column may be called, the whole before its parts, folded for comparison."""
    joined = ["".join(pieces), *("".join(pieces[start:]) for start in range(1, len(pieces)))] if pieces else []
    if len(pieces) > 1:
        joined.append(" ".join(pieces))
    return list(dict.fromkeys(heading_of(each) for each in joined if each))


def key_by_name(wanted: Sequence[Target]) -> dict[str, str]:
    """Return folded heading → key, as far as headings tell it."""
    return {name: key for table in reversed(_tables(wanted)) for name, key in table.items()}


def _tables(wanted: Sequence[Target]) -> list[dict[str, str]]:
    """Return folded heading → key, the surest first: as the book says it, as others do, without what is in brackets."""
    own = [(heading_of(spelling), each.key) for each in wanted for spelling in each.spellings]
    also = [(heading_of(spelling), each.key) for each in wanted for spelling in each.also]
    bare = [(_bare(spelling), each.key) for each in wanted for spelling in (*each.spellings, *each.also)]
    found: dict[str, set[str]] = {}
    for name, key in bare:
        found.setdefault(name, set()).add(key)
    alone = {name: keys.pop() for name, keys in found.items() if name and len(keys) == 1}
    # Of two fields called the same the first: the columns come in the same order.
    return [dict(reversed(own)), dict(reversed(also)), alone]


def _bare(text: str) -> str:
    return heading_of(outside_brackets(unicodedata.normalize("NFKC", text)))


def _by_stem(names: Sequence[str], cells: Sequence[str], wanted: Sequence[Target], used: set[str]) -> str:
    """Return the one field whose heading says the same but for 日期, 人数, 名称 …, and whose cells can be read."""
    fits = {
        target.key
        for target in wanted
        if target.field is not None and target.key not in used and not target.why
        for spelling in target.spellings
        for name in names
        if _stem(name, target.field.kind) == _stem(heading_of(spelling), target.field.kind)
        and _readable(target.field, cells) >= _MOSTLY
    }
    return fits.pop() if len(fits) == 1 else ""


def _stem(name: str, kind: Kind) -> str:
    bare = heading_of(outside_brackets(name))
    return _ENDS.get(kind, _OTHER_ENDS).sub("", bare) or bare


def _by_content(
    columns: Sequence[Column], below: Sequence[Sequence[Cell]], wanted: Sequence[Target]
) -> Iterator[tuple[Column, str]]:
    """Yield columns whose cells alone tell the field: no other column could be it, and no other field this column."""
    free = {each.key: each for each in wanted}
    fits: dict[int, set[str]] = {}
    for column in columns:
        cells = [cell for cell in _column(below, column.at) if cell]
        if not cells:
            continue
        if CODE in free and sum(map(looks_like_code, cells)) >= _MOSTLY * len(cells):
            fits[column.at] = {CODE}
            continue
        fits[column.at] = {
            key
            for key, each in free.items()
            if each.field is not None
            # Words of a choice are nobody else's; a number or a day under a heading of its own says what it is not.
            and (each.field.kind in _DISTINCT or (each.field.kind in _TYPED and not column.heading))
            and _readable(each.field, cells) == 1
        }
    for column in columns:
        keys = fits.get(column.at, set())
        if len(keys) == 1 and sum(keys == other for other in fits.values()) == 1:
            (key,) = keys
            if not any(key in other for at, other in fits.items() if at != column.at):
                yield column, key


def _readable(field: Field, cells: Sequence[str]) -> float:
    """Return the share of the filled cells that mean a value of a field; 1 where none is filled."""
    filled = [cell for cell in cells if cell]
    good = 0
    for cell in filled:
        try:
            good += cell_value(field, cell) is not None
        except ValueError:
            continue
    return good / len(filled) if filled else 1


def _column(rows: Sequence[Sequence[Cell]], at: int) -> list[str]:
    return [str(row[at]) if at < len(row) else "" for row in rows]


def _spellings(said: Said) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(filter(None, (said.zh, said.en)))
