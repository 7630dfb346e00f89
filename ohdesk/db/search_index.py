"""An index of the pieces of a text: in a large register a search looks at what it finds, not at every row.

A piece is each character of a text, each two that follow each other, and of ASCII each three: of codes two are in every
row.  Rows are entered in the order in which lists show them, under the place each has in it (1, 2, …).  SQLite's full
text (FTS5) gives places in rising order and only as many as it is asked for: so the first page of a rare word, of one
that stands everywhere, and of one that only stands far down the list takes a few milliseconds of a million rows, where
a walk over all takes half a second.

What is written after the index was made is set down by triggers and looked through at each search; when it has grown,
the index is made anew.  Nothing depends on it: it is in no digest and no bundle, may be dropped at any time, and does
not count in a copy of the database, which may number its rows anew.
"""

# ruff: noqa: S608 - what is put into SQL here are names of tables and columns

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    column,
    select,
    table,
    union_all,
)

Cursor: TypeAlias = sqlcipher.Cursor

LEAST = 10_000  # rows; a walk over fewer takes no longer than somebody notices
MOST_CHANGED = 20_000  # rows; looked through in 6 ms
_MOST_PIECES = 24  # of what is searched for: more of them find nothing less
_UNIT = 4  # hexadecimal digits of a code unit
_ASCII = re.compile(r"[!-~]{3,}")


class SearchIndex:
    """The index of one text column of a table, in the order of its lists."""

    def __init__(self, of: str, text: str, *, by_text: bool = True) -> None:
        """Take the names of the table and of its column; by_text: lists are in the order of the text, else of the id.

        grams: of each place the pieces of its text · places: of each place the number of its row
        changed: the rows written since, by number, with their text and id
        """
        self.table, self.text, self._by_text = of, text, by_text
        self.grams = table(f"{of}_grams", column("rowid", Integer), column(f"{of}_grams", Text))
        self.places = table(f"{of}_places", column("place", Integer), column("row", Integer))
        self.changed = table(f"{of}_changed", column("row", Integer), column("text", Text), column("id", Text))

    def has(self, pieces: BindParameter[str]) -> ColumnElement[bool]:
        """True for the places whose text has all these pieces."""
        return self.grams.c[f"{self.table}_grams"].op("MATCH", return_type=Boolean())(pieces)

    def rows(self) -> Select[int]:
        """Select the numbers of all rows that may hold a text, of which `pieces` names the pieces, in no order."""
        found = select(self.places.c.row).join(self.grams, self.grams.c.rowid == self.places.c.place)
        both = union_all(found.where(self.has(bindparam("pieces"))), select(self.changed.c.row))
        return select(both.subquery().c.row)

    def is_ready(self, cursor: Cursor) -> bool:
        """True when the index is whole, of this file, and knows of all that was written since."""
        return self._stands(cursor) and bool(cursor.execute(f"SELECT whole FROM {self.table}_made").fetchone()[0])

    def are_few(self, cursor: Cursor, pieces: str, share: int, always: int = 0) -> bool:
        """True when fewer than one row in `share`, or fewer than `always`, have all these pieces."""
        rows = int(cursor.execute(f"SELECT max(place) FROM {self.table}_places").fetchone()[0] or 0)
        most = max(rows // share, always)
        found = f"SELECT rowid FROM {self.table}_grams WHERE {self.table}_grams MATCH ? LIMIT ?"
        count = cursor.execute(f"SELECT count(*) FROM ({found})", (pieces, most)).fetchone()[0]
        return bool(count < most)

    def is_due(self, cursor: Cursor) -> bool:
        """True when there is something to make, or the index to be dropped."""
        enough = self._has_enough(cursor)
        if not self._stands(cursor):
            return enough or bool(self._parts(cursor))
        return not enough or not self.is_ready(cursor) or self._has_grown(cursor)

    def make_further(self, cursor: Cursor, rows: int) -> bool:
        """Enter the next rows, as many as said; drop what does not count. True when nothing is left to be done."""
        if not self._has_enough(cursor):
            self.drop(cursor)
            return True
        if not self._stands(cursor) or (self.is_ready(cursor) and self._has_grown(cursor)):
            self.drop(cursor)
            for statement in self._statements():
                cursor.execute(statement)
            cursor.execute(f"INSERT INTO {self.table}_made VALUES (?, '', '', 0, 0)", (_salt(cursor),))
        return self.is_ready(cursor) or self._enter(cursor, rows)

    def drop(self, cursor: Cursor) -> None:
        """Take the index away with all that belongs to it."""
        for kind, name in self._parts(cursor):
            cursor.execute(f"DROP {kind} IF EXISTS {name}")

    def triggers(self) -> dict[str, str]:
        """Return the SQL of the triggers by name."""
        values = f"NEW.rowid, NEW.{self.text}, NEW.id"
        for_row = f"BEGIN INSERT OR REPLACE INTO {self.table}_changed VALUES ({values}); END"
        when = f"WHEN OLD.{self.text} <> NEW.{self.text}"
        insert, update = f"{self.table}_changed_insert", f"{self.table}_changed_update"
        return {
            insert: f"CREATE TRIGGER {insert} AFTER INSERT ON {self.table} {for_row}",
            update: f"CREATE TRIGGER {update} AFTER UPDATE OF {self.text} ON {self.table} {when} {for_row}",
        }

    def _statements(self) -> Iterator[str]:
        # `contentless` and `detail=none`: where in which text a piece stands is never asked, only whether.
        options = "content='', detail='none', columnsize=0, tokenize='ascii'"
        yield f"CREATE VIRTUAL TABLE {self.table}_grams USING fts5(grams, {options})"
        yield f"CREATE TABLE {self.table}_places (place INTEGER PRIMARY KEY, row INTEGER NOT NULL)"
        yield f"CREATE TABLE {self.table}_changed (row INTEGER PRIMARY KEY, text TEXT, id TEXT)"
        yield f"CREATE INDEX {self.table}_changed_text ON {self.table}_changed (text, id)"
        yield f"CREATE TABLE {self.table}_made (salt TEXT, text TEXT, id TEXT, place INTEGER, whole INTEGER)"
        yield from self.triggers().values()

    def _parts(self, cursor: Cursor) -> list[tuple[str, str]]:
        """Return kind and name of what there is of the index, the triggers first."""
        tables = [f"{self.table}_{part}" for part in ("grams", "places", "changed", "made")]
        names = [*self.triggers(), f"{self.table}_changed_text", *tables]
        marks = ", ".join("?" * len(names))
        wanted = f"SELECT upper(type), name FROM sqlite_schema WHERE name IN ({marks}) ORDER BY type DESC, name"
        return cursor.execute(wanted, names).fetchall()  # type: ignore[no-any-return]

    def _stands(self, cursor: Cursor) -> bool:
        """True when every part is there, and was made in this file."""
        if len(self._parts(cursor)) < len(list(self._statements())):
            return False
        made = cursor.execute(f"SELECT salt FROM {self.table}_made").fetchone()
        return made is not None and made[0] == _salt(cursor)

    def _has_enough(self, cursor: Cursor) -> bool:
        # Rows are numbered from 1, and hardly any ever goes: to count them would take a walk over all.
        return bool((cursor.execute(f"SELECT max(rowid) FROM {self.table}").fetchone()[0] or 0) >= LEAST)

    def _has_grown(self, cursor: Cursor) -> bool:
        return bool(cursor.execute(f"SELECT count(*) FROM {self.table}_changed").fetchone()[0] > MOST_CHANGED)

    def _enter(self, cursor: Cursor, rows: int) -> bool:
        text, own_id, place = cursor.execute(f"SELECT text, id, place FROM {self.table}_made").fetchone()
        order, last = (f"{self.text}, id", (text, own_id)) if self._by_text else ("id", (own_id,))
        places = ", ".join("?" * len(last))
        following = (
            f"SELECT rowid, {self.text}, id FROM {self.table} WHERE ({order}) > ({places}) ORDER BY {order} LIMIT ?"
        )
        found = cursor.execute(following, (*last, rows)).fetchall()
        entered = [(place + step, row, pieces(held)) for step, (row, held, _) in enumerate(found, 1)]
        cursor.executemany(
            f"INSERT INTO {self.table}_grams (rowid, grams) VALUES (?, ?)", [(at, held) for at, _, held in entered]
        )
        cursor.executemany(f"INSERT INTO {self.table}_places VALUES (?, ?)", [(at, row) for at, row, _ in entered])
        if found:
            text, own_id = found[-1][1:]
        is_whole = len(found) < rows
        cursor.execute(
            f"UPDATE {self.table}_made SET text = ?, id = ?, place = ?, whole = ?",
            (text, own_id, place + len(found), is_whole),
        )
        return is_whole


def pieces(text: str) -> str:
    """Return all pieces of a text, for the index: hexadecimal, so that none is taken apart or for another."""
    found: set[str] = set()
    for word in text.split(" "):
        units = _hexadecimal(word)
        found.update(units[at : at + _UNIT] for at in range(0, len(units), _UNIT))
        found.update(_runs(units, 2))
        for run in _ASCII.findall(word):
            found.update(_runs(_hexadecimal(run), 3))
    return " ".join(found)


def pieces_sought(sought: str) -> str:
    """Return the pieces that a text has in which this folded one stands; others may have them all as well."""
    units = _hexadecimal(sought)
    if len(units) == _UNIT:
        return units
    threes = [piece for run in _ASCII.findall(sought) for piece in _runs(_hexadecimal(run), 3)]
    within = {piece for three in threes for piece in _runs(three, 2)}
    twos = [piece for piece in _runs(units, 2) if piece not in within]
    return " ".join(dict.fromkeys([*threes, *twos][:_MOST_PIECES]))


def _hexadecimal(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex()


def _runs(units: str, length: int) -> Iterator[str]:
    return (units[at : at + length * _UNIT] for at in range(0, len(units) - (length - 1) * _UNIT, _UNIT))


def _salt(cursor: Cursor) -> Any:
    """Return what tells this file from a copy of it that was made row by row."""
    return cursor.execute("PRAGMA cipher_salt").fetchone()[0]


ROLL = SearchIndex("establishment", "search")
BOOKS = {name: SearchIndex(name, "search", by_text=False) for name in ("entry", "local_entry")}
INDEXES = (ROLL, *BOOKS.values())
