"""Which row of a sheet is the heading, and which column holds what; the wordings come from `resources/roll`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ohdesk.domain.kept_columns import MARK
from ohdesk.domain.roll.headings import HEADING_ROWS, WORD_FOR_WORD, Headings, match, outside_brackets
from ohdesk.domain.roll.table import Merge, Table, column_index, column_letters
from ohdesk.domain.roll.values import clean_code, clean_text, folded_name, heading_of, looks_like_code, text_of
from ohdesk.domain.roll.words import RollWords

HEADING_SEARCH = 200  # rows from the top in which the heading is looked for
LONGEST_GROUP = 16
WIDEST_SOUGHT = 100  # columns looked at for what they hold
SAMPLE = 300  # rows looked at to judge what a column holds
ENOUGH = 0.5
MOST = 0.8
NEXT_ROWS = 6  # a heading of one column only gives way to a fuller one so many rows below
UNDIVIDED = frozenset({"name", "uscc", "address"})  # fields whose heading is never a group of others


@dataclass(frozen=True, slots=True)
class Layout:
    """A heading found: its rows (from `top` to `bottom`, from 0) and what its columns hold.

    columns:  field → columns, from 0; all but hazards have one
    serial:   column of running numbers, or -1
    left:     columns of the sheet that stand left of the table
    said:     name that a person gave → column that it means
    headings: column → heading as printed, groups above it in front
    """

    top: int
    bottom: int
    columns: Mapping[str, tuple[int, ...]]
    serial: int
    headings: Mapping[int, str]
    left: int = 0
    said: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> int:
        return self.columns["name"][0]

    @property
    def uscc(self) -> int:
        """The column of the credit code, or -1."""
        return self.columns.get("uscc", (-1,))[0]

    def mapping(self) -> dict[str, str]:
        """Return field → heading of its column."""
        return {
            key: self.headings.get(columns[0]) or column_letters(columns[0] + self.left)
            for key, columns in sorted(self.columns.items(), key=lambda item: item[1])
        }

    def place(self, column: int) -> str:
        """Return how a column is called to the user: heading and letters."""
        heading = self.headings.get(column, "")
        letters = column_letters(column + self.left)
        return f"{heading}（{letters}列）" if heading else f"{letters}列"


def assign(headings: Mapping[int, Sequence[str]], words: RollWords) -> dict[str, tuple[int, ...]]:
    """Return field → columns for a heading; each column serves one field, each field its best column."""
    scores = sorted(
        (
            (-score, column, place)
            for column, pieces in headings.items()
            for place, field in enumerate(words.fields)
            if (score := match(field, pieces, words.foreign))
        ),
    )
    taken: set[int] = set()
    columns: dict[str, tuple[int, ...]] = {}
    for _, column, place in scores:
        field = words.fields[place]
        # From the best fit down, so that a column goes to the field it names best even if another field also knows the
        # word.
        if column in taken or (field.key in columns and not field.many):
            continue
        taken.add(column)
        columns[field.key] = (*columns.get(field.key, ()), column)
    return {key: tuple(sorted(found)) for key, found in columns.items()}


def find_layout(table: Table, words: RollWords, chosen: Mapping[str, str]) -> Layout | None:
    """Return the first heading that names a column of inspected bodies, or None.

    chosen: heading or column letters → field, "" for none, as the user said; goes before the wordings
    """
    headings = Headings(table)
    narrow: Layout | None = None
    for row in range(min(len(table.rows), HEADING_SEARCH)):
        # A title such as 企业名单 can pass for a heading of one column; the true one follows closely if there is one.
        if narrow and row > narrow.bottom + NEXT_ROWS:
            break
        if layout := layout_at(table, headings, row, words, chosen):
            if len(layout.columns) > 1:
                return layout
            narrow = narrow or layout
    return narrow


def layout_at(table: Table, headings: Headings, row: int, words: RollWords, chosen: Mapping[str, str]) -> Layout | None:
    """Return the heading whose name column is labelled in `row`, or None."""
    if not _labels_a_name(headings, row, words, chosen):
        return None
    # A year, a day or a number may head a column, but not among the only heading.
    if not headings.all_text(row) and not headings.are_headings(row, words):
        return None
    best: Layout | None = None
    for top in _tops(
        headings, row, words
    ):  # groups above say whose name or telephone it is: with them, even if less is left
        layouts = [_layout(table, headings, (top, bottom), words, chosen) for bottom in _bottoms(headings, row, words)]
        best = max((layout for layout in layouts if layout), key=_worth, default=best)
    return best if best and _is_list(table, best, words, chosen) else None


def _labels_a_name(headings: Headings, row: int, words: RollWords, chosen: Mapping[str, str]) -> bool:
    """True when some cell of the row may be the heading of names; alone in its row it must say so word for word."""
    name = words.fields[0]
    own = headings.own_texts(row)
    said = {key.upper() for key, field in chosen.items() if field == "name"}
    if own and said & {column_letters(column) for column in own}:
        return len(own) > 1
    if any(heading_of(text) in set(map(heading_of, said)) for text in own.values()):
        return True
    if len(own) == 1:
        return any(match(name, (text,), ()) >= WORD_FOR_WORD for text in own.values())
    return any(
        match(name, (text,), ()) or (row and match(name, headings.pieces(row - 1, row, column), ()))
        for column, text in own.items()
    )


def _worth(layout: Layout) -> tuple[int, int]:
    told_apart = {(key, layout.headings.get(each, "")) for key, found in layout.columns.items() for each in found}
    return len(told_apart), -layout.bottom


def _tops(headings: Headings, row: int, words: RollWords) -> Iterator[int]:
    """Yield first rows of the heading: rows above belong to it while they group columns and are no title."""
    yield row
    first = min(headings.own_texts(row), default=0)
    for top in range(row - 1, max(row - HEADING_ROWS, -1), -1):
        texts = headings.own_texts(top).values()
        if headings.is_title(top, first) or not headings.all_text(top):
            return
        if any(len(text) > LONGEST_GROUP or text.endswith(words.title) for text in texts):
            return
        yield top


def _bottoms(headings: Headings, row: int, words: RollWords) -> Iterator[int]:
    """Yield last rows of the heading: rows below belong to it while they label only what it has left open."""
    yield row
    own = headings.own_texts(row)
    for bottom in range(row + 1, row + HEADING_ROWS):
        below = headings.own_texts(bottom)
        if not below or not headings.all_text(bottom):
            return
        if any(
            column in own and outside_brackets(text) and not _is_group(headings, row, column, below, words)
            for column, text in below.items()
        ):
            return
        yield bottom


def _is_group(headings: Headings, row: int, column: int, below: Mapping[int, str], words: RollWords) -> bool:
    """True when the heading at a place also stands over the column to its right, which is labelled below."""
    text, anchor = headings.filled(row, column)
    right, right_anchor = headings.filled(row, column + 1)
    if any(field.key in UNDIVIDED and heading_of(text) in field.exact for field in words.fields):
        return False
    return right_anchor == anchor or (not right and column + 1 in below)


def _layout(
    table: Table, headings: Headings, rows: tuple[int, int], words: RollWords, chosen: Mapping[str, str]
) -> Layout | None:
    top, bottom = rows
    width = max((len(table.rows[row]) for row in range(top, bottom + 1)), default=0)
    pieces = {column: found for column in range(width) if (found := headings.pieces(top, bottom, column))}
    for column in list(pieces):
        pieces[column] = _with_group_to_the_left(headings, rows, column, pieces[column])
    # What an export of ours kept is kept again, whatever it is headed.
    columns = assign({each: found for each, found in pieces.items() if not found[-1].endswith(MARK)}, words)
    if "uscc" not in columns and "registration" in columns:
        # Nearly every list writes the credit code under the heading of the number it has taken the place of.
        columns["uscc"] = columns.pop("registration")
    said = {name: place for name in chosen if (place := _said_column(name, pieces, table.left)) is not None}
    columns = _as_said(columns, {place: chosen[name] for name, place in said.items()}, words)
    if "name" not in columns:
        return None
    serial = next((column for column, found in pieces.items() if heading_of(found[-1]) in words.serial), -1)
    fields = {column: key for key, found in columns.items() for column in found}
    shown = {column: _shown(fields.get(column, ""), found, words) for column, found in pieces.items()}
    return Layout(top, bottom, columns, serial, shown, table.left, said)


def _as_said(
    columns: Mapping[str, tuple[int, ...]], said: Mapping[int, str], words: RollWords
) -> dict[str, tuple[int, ...]]:
    """Return field → columns with what a person said of some columns: a field, or "" for none."""
    left = {key: tuple(each for each in found if each not in said) for key, found in columns.items()}
    many = {each.key for each in words.fields if each.many}
    for place, key in sorted(said.items()):
        if key:
            left[key] = (*left.get(key, ()), place) if key in many else (place,)
    return {key: tuple(sorted(found)) for key, found in left.items() if found}


def _shown(key: str, pieces: Sequence[str], words: RollWords) -> str:
    """Return a heading as told to the user: without its group where it says enough by itself."""
    if any(field.key == key and heading_of(pieces[-1]) in field.exact for field in words.fields):
        return pieces[-1]
    return "".join(pieces)


def _with_group_to_the_left(
    headings: Headings, rows: tuple[int, int], column: int, pieces: tuple[str, ...]
) -> tuple[str, ...]:
    """Give a sub-heading the group it belongs to where the group's cells are not really merged."""
    top, bottom = rows
    if top == bottom or len(pieces) != 1 or headings.filled(top, column)[0]:
        return pieces
    for left in range(column - 1, -1, -1):
        group, anchor = headings.filled(top, left)
        if group:
            merged = headings.filled(top, left + 1)[1] != (top, left + 1) or anchor != (top, left)
            below = headings.filled(bottom, left)[0]
            return pieces if merged or not below or below == group else (group, *pieces)
    return pieces


def _said_column(said: str, pieces: Mapping[int, Sequence[str]], left: int) -> int | None:
    wanted = heading_of(said)
    for column, found in pieces.items():
        if (
            wanted in {heading_of("".join(found)), heading_of(found[-1])}
            or wanted == column_letters(column + left).lower()
        ):
            return column
    return None


def _is_list(table: Table, layout: Layout, words: RollWords, chosen: Mapping[str, str]) -> bool:
    """True when what stands below the heading can be names of inspected bodies."""
    if "name" in chosen.values():
        return True
    names = column_texts(table, layout.bottom + 1, layout.name)
    known = {heading for field in words.fields[1:] for heading in field.exact} | words.serial
    if sum(heading_of(name) in known for name in names) > len(names) * ENOUGH:
        return False
    if names and sum(name.endswith(words.places) for name in names) > len(names) * ENOUGH:
        return False
    vague = heading_of(layout.headings.get(layout.name, "")) in words.vague_names
    if vague and (len(layout.columns) == 1 or "uscc" not in layout.columns):
        organisations = sum(name.endswith(words.organisation) for name in names)
        return bool(names) and organisations >= len(names) * ENOUGH
    return True


def column_texts(table: Table, start: int, column: int) -> list[str]:
    """Return the first texts of a column from row `start`, empty cells left out."""
    texts = (
        clean_text(cell)
        for row in table.rows[start : start + SAMPLE]
        if column < len(row) and isinstance(cell := row[column], str) and cell.strip()
    )
    return list(texts)


def side_by_side(table: Table, layout: Layout, words: RollWords) -> list[Table]:
    """Return the lists that stand beside each other under one row of headings, from left to right; mostly one."""
    if layout.bottom < 0:
        return [table]
    heading = heading_of(layout.headings.get(layout.name, ""))
    again = [column for column, text in sorted(layout.headings.items()) if heading_of(text) == heading]
    if len(again) < 2 or heading not in words.name_headings:
        return [table]
    lead = again[0] - min(layout.headings)
    starts = [column - lead for column in again]
    ends = [*starts[1:], max(layout.headings) + 1]
    said = [_said_between(layout, start, end) for start, end in zip(starts, ends, strict=True)]
    alike = all(each == said[0] for each in said[1:])
    numbered = layout.serial >= 0 and all(each[0] in words.serial for each in said)
    # One employer may have its name in two columns, as of the licence and of the last inspection.
    if not (alike or numbered) or _say_the_same(table, layout, starts, numbered=not alike):
        return [table]
    return [table.part(start, end) for start, end in zip(starts, ends, strict=True)]


def _said_between(layout: Layout, start: int, end: int) -> list[str]:
    return [heading_of(text) for column, text in sorted(layout.headings.items()) if start <= column < end]


def _say_the_same(table: Table, layout: Layout, starts: Sequence[int], *, numbered: bool) -> bool:
    """True where most rows name an employer twice: of two lists beside each other hardly one does.

    starts: where the lists would begin · numbered: they would, each with its own running numbers, not end alike
    """
    columns = [layout.columns[key][0] for key in ("name", "address", "phone") if key in layout.columns]
    columns += [layout.serial] if numbered else []
    codes = [layout.uscc - starts[0] + start for start in starts] if layout.uscc >= 0 else None
    alike = rows = 0
    for row in table.rows[layout.bottom + 1 : layout.bottom + 1 + SAMPLE]:
        places = ([column - starts[0] + start for start in starts] for column in columns)
        said = [[folded_name(text_of(row[each])) for each in found if each < len(row)] for found in places]
        said = [filled for texts in said if len(filled := [text for text in texts if text]) > 1]
        if codes is not None and len(coded := [text_of(row[each]) for each in codes if each < len(row)]) > 1:
            # Two codes are two employers, wherever they are.
            said = [coded] if all(coded) else said
        rows += bool(said)
        alike += any(len(set(texts)) < len(texts) for texts in said)
    return alike > rows * ENOUGH


def with_code_by_content(table: Table, layout: Layout, words: RollWords, chosen: Mapping[str, str]) -> Layout:
    """Return a layout that lacks the credit code with the one column, oddly headed, that is full of right ones.

    Not where it is headed as somebody else's, or says the same of many rows.
    """
    if "uscc" in layout.columns or "uscc" in chosen.values():
        return layout
    start = layout.bottom + 1
    width = max(map(len, table.rows[start : start + SAMPLE]), default=0)
    taken = {*layout.said.values(), *(column for columns in layout.columns.values() for column in columns)}
    full = [
        column
        for column in range(min(width, WIDEST_SOUGHT))
        if column not in taken
        and not any(word in layout.headings.get(column, "") for word in words.foreign)
        and _are_codes(column_texts(table, start, column))
    ]
    return replace(layout, columns={**layout.columns, "uscc": (full[0],)}) if len(full) == 1 else layout


def _are_codes(texts: Sequence[str]) -> bool:
    """True for texts that are nearly all credit codes, each another."""
    codes = {code.text for text in texts if (code := clean_code(text, frozenset())).identifies}
    return len(codes) >= len(texts) * MOST > 0


def layout_without_heading(table: Table, words: RollWords, chosen: Mapping[str, str]) -> Layout | None:
    """Return the layout of a table that begins with its first employer, or None.

    Taken only where the user has said which columns hold what, or where one column is full of right credit codes
    and exactly one other full of names of organisations.
    """
    width = max(map(len, table.rows[:SAMPLE]), default=0)
    said = {
        name: at
        for name in chosen
        if name.isascii() and name.isalpha() and (at := column_index(name.upper()) - table.left) in range(width)
    }
    columns = _as_said({}, {at: chosen[name] for name, at in said.items()}, words)
    if "name" not in columns:
        texts = {
            column: found for column in range(min(width, WIDEST_SOUGHT)) if (found := column_texts(table, 0, column))
        }
        codes = [column for column, found in texts.items() if sum(map(looks_like_code, found)) >= len(found) * MOST]
        names = [
            column
            for column, found in texts.items()
            if sum(text.endswith(words.organisation) for text in found) >= len(found) * MOST
        ]
        if len(codes) != 1 or len(names) != 1:
            return None
        columns |= {"name": (names[0],), "uscc": (codes[0],)}
    return Layout(-1, -1, columns, -1, {}, table.left, said)


def vertical_merges(table: Table) -> dict[int, dict[int, int]]:
    """Return row → column → row of the cell whose value is shown there, for cells merged downwards."""
    shown: dict[int, dict[int, int]] = {}
    for merge in table.merges:
        bottom = min(merge.bottom, len(table.rows) - 1)
        for row in range(merge.top + 1, bottom + 1):
            shown.setdefault(row, {})[merge.left] = merge.top
    return shown


def wide_merges(table: Table) -> dict[int, Merge]:
    """Return row → the merged range over three columns or more that begins in it."""
    return {merge.top: merge for merge in table.merges if merge.right - merge.left >= 2}
