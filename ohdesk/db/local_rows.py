"""A keyed sum over the rows of this laptop alone, which no journal holds: drafts, answers, settings, accounts.

Triggers keep, for each group of rows, how many there are and the sum of their codes (HMAC-SHA-256 under a key that
follows from the database's), in the same commit as the row: whoever changes, adds or takes away a row with another
program is found when the sum is made anew, and mostly stopped before, as other programs lack the functions.  It finds
damage and casual edits.  Whoever has a password of the workspace has the key as well and can make both fit.
"""

# ruff: noqa: S608 - what is put into SQL here are names of tables and columns

import hmac
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, LargeBinary, Table, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Base, LocalHead, ReplicaHead
from ohdesk.db.models.base import Shared
from ohdesk.db.search_index import INDEXES

# By the column that names it: each visit is a group with all that stands about it, and so is what is kept of each draw;
# any other table is one as a whole.
_GROUP_OF = {
    "visit": "id",
    "visit_member": "visit",
    "answer": "visit",
    "photo": "visit",
    "visit_file": "visit",
    "re_inspection": "visit",
    "self_check": "visit",
    "draft": "of",
    "draw_sheet": "draw",
    "frozen_piece": "draw",
}
# What of the journal is this laptop's own: which operations it set aside, and why. To mark one so would hide it.
SET_ASIDE = "set_aside"
_SET_ASIDE_CODE = "local_code('set_aside', {row}replica, {row}seq, {row}set_aside, {row}outdone)"
_ASIDE = f"SELECT '{SET_ASIDE}', {_SET_ASIDE_CODE.format(row='')} FROM operation WHERE set_aside <> ''"
GROUPS = "*"  # the group of the names of all groups, so that none goes away as a whole
# A group that is new becomes part of the group of names; none is taken out again, it only comes to hold nothing.
_NOTE_GROUP = (
    f"CREATE TRIGGER local_groups AFTER INSERT ON local_head WHEN NEW.name <> '{GROUPS}' BEGIN UPDATE local_head "
    f"SET rows = rows + 1, sum = local_sum(sum, local_code(NEW.name), 1) WHERE name = '{GROUPS}'; END"
)
_NAMES = f"SELECT '{GROUPS}', local_code(name) FROM local_head WHERE name <> '{GROUPS}'"
_HEADS = select(LocalHead.name, LocalHead.rows, LocalHead.sum)
_SIZE = 16  # bytes of a code and of a sum
_MODULUS = 1 << 8 * _SIZE
_NOTHING = bytes(_SIZE)

_Sum = tuple[int, bytes]


def local_tables() -> list[Table]:
    """Return the tables under the sum: all but the shared ones, and the heads, which stand under their own chains."""
    shared = {model.__tablename__ for model in Shared.__subclasses__()}
    apart = {*shared, ReplicaHead.__tablename__, LocalHead.__tablename__}
    return [table for name, table in sorted(Base.metadata.tables.items()) if name not in apart]


def teach(connection: sqlcipher.Connection, database_key: bytes) -> None:
    """Give a connection the functions that the triggers call."""
    keyed = hmac.new(hmac.digest(database_key, b"ohdesk local rows", "sha256"), digestmod="sha256")

    def code(table: str, *values: object) -> bytes:
        made = keyed.copy()  # with its key worked in already: an answer is waited for
        if len(values) == 1 and isinstance(values[0], bytes):
            made.update(table.encode() + b"\0")
            made.update(values[0])
        else:
            # ASCII with escapes: one spelling of each value, which begins with a bracket, as no table's name does.
            # Bytes stand behind, as they are, and their length in their place: a piece of a roll is long.
            blobs = [value for value in values if isinstance(value, bytes)]
            named = ((len(value),) if isinstance(value, bytes) else value for value in values)
            made.update(ascii((table, *named)).encode("ascii") + b"".join(blobs))
        return made.digest()[:_SIZE]

    connection.create_function("local_code", -1, code, deterministic=True)
    connection.create_function("local_sum", 3, _added, deterministic=True)


def seal(connection: Connection) -> None:
    """Make triggers and sums for the rows as they stand: of a new schema, or when somebody answers for the rows."""
    for name in _triggers(connection):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    changes = connection.scalar(select(func.sum(LocalHead.changes))) or 0
    connection.exec_driver_sql("DELETE FROM local_head")
    found = _found(connection)
    for statement in expected_triggers().values():
        connection.exec_driver_sql(statement)
    # The group of names first: the others enter themselves into it.
    for group, (count, total) in sorted({GROUPS: (0, _NOTHING), **found}.items()):
        so_far = changes if group == GROUPS else 1
        connection.exec_driver_sql("INSERT INTO local_head VALUES (?, ?, ?, ?)", (group, count, total, so_far))


def changed_groups(session: Session, group: str | None = None) -> list[str]:
    """Return the groups (a table's name, the id of a visit or a draw) whose rows do not fit their sum.

    group: the only one to look at
    """
    connection = session.connection()
    found = _found(connection, group)
    held = _held(connection, group)
    names = found.keys() | held.keys()
    return sorted(name for name in names if found.get(name, (0, _NOTHING)) != held.get(name, (0, _NOTHING)))


def has_its_triggers(session: Session) -> bool:
    """True when the triggers are those of this program."""
    return _triggers(session.connection()) == expected_triggers()


def expected_triggers() -> dict[str, str]:
    """Return the SQL of all triggers by name."""
    named = {f"local_{table.name}_{event}": sql for table in local_tables() for event, sql in _statements(table)}
    return {**named, **dict(_set_aside_statements()), "local_groups": _NOTE_GROUP}


def _statements(table: Table) -> Iterator[tuple[str, str]]:
    gone, come = (_code(table, row) for row in ("OLD", "NEW"))
    less, more = _less(_group(table, "OLD"), gone), _more(_group(table, "NEW"), come)
    for event, body in (("insert", more), ("update", less + more), ("delete", less)):
        yield event, f"CREATE TRIGGER local_{table.name}_{event} AFTER {event} ON {table.name} BEGIN {body} END"


def _set_aside_statements() -> Iterator[tuple[str, str]]:
    """Yield triggers for what is set aside alone: every other operation is written without them."""
    less = _less(f"'{SET_ASIDE}'", _SET_ASIDE_CODE.format(row="OLD."))
    more = _more(f"'{SET_ASIDE}'", _SET_ASIDE_CODE.format(row="NEW."))
    for name, event, row, body in (
        ("set", "INSERT", "NEW", more),
        ("was", "UPDATE OF set_aside, outdone", "OLD", less),
        ("is", "UPDATE OF set_aside, outdone", "NEW", more),
        ("gone", "DELETE", "OLD", less),
    ):
        when = f"AFTER {event} ON operation WHEN {row}.set_aside <> ''"
        yield f"local_operation_{name}", f"CREATE TRIGGER local_operation_{name} {when} BEGIN {body} END"


def _less(group: str, code: str) -> str:
    less = f"rows = rows - 1, sum = local_sum(sum, {code}, -1), changes = changes + 1"
    return f"UPDATE local_head SET {less} WHERE name = {group};"


def _more(group: str, code: str) -> str:
    return (
        f"INSERT INTO local_head (name, rows, sum, changes) VALUES ({group}, 1, {code}, 1) ON CONFLICT (name) "
        "DO UPDATE SET rows = rows + 1, sum = local_sum(sum, excluded.sum, 1), changes = changes + 1;"
    )


def _group(table: Table, row: str = "") -> str:
    column = _GROUP_OF.get(table.name)
    return f"'{table.name}'" if column is None else _quoted(column, row)


def _code(table: Table, row: str = "") -> str:
    columns = ", ".join(_quoted(column.name, row) for column in table.columns)
    # As the bytes of one text where SQLite can write it: handing over twelve values one by one takes it twice as long.
    is_plain = not any(isinstance(column.type, LargeBinary) for column in table.columns)
    whole = f"CAST(json_array({columns}) AS BLOB)" if is_plain else columns
    return f"local_code('{table.name}', {whole})"


def _quoted(column: str, row: str) -> str:
    return f'{row}."{column}"' if row else f'"{column}"'


def _found(connection: Connection, group: str | None = None) -> dict[str, _Sum]:
    """Return the sums of the rows as they stand."""
    found: dict[str, _Sum] = defaultdict(lambda: (0, _NOTHING))
    for name, code in _coded(connection, group):
        count, total = found[name]
        found[name] = (count + 1, _added(total, code, 1))
    return found


def _coded(connection: Connection, group: str | None) -> Iterator[Sequence[Any]]:
    """Yield each row's group and code."""
    for table in local_tables():
        sql = f"SELECT {_group(table)}, {_code(table)} FROM {table.name}"
        if group is None:
            yield from connection.exec_driver_sql(sql)
        elif table.name in {*_GROUP_OF, group}:
            yield from connection.exec_driver_sql(f"{sql} WHERE {_group(table)} = ?", (group,))
    if group is None:
        yield from connection.exec_driver_sql(_ASIDE)
        yield from connection.exec_driver_sql(_NAMES)


def _held(connection: Connection, group: str | None) -> dict[str, _Sum]:
    rows = connection.execute(_HEADS if group is None else _HEADS.where(LocalHead.name == group))
    return {name: (count, total) for name, count, total in rows}


def _triggers(connection: Connection) -> dict[str, str]:
    """Return all triggers by name but those of an index, which are another's and come and go."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    of_indexes = {each for index in INDEXES for each in index.triggers().items()}
    return dict(set(map(tuple, rows)) - of_indexes)


def _added(total: bytes, code: bytes, sign: int) -> bytes:
    number = int.from_bytes(total, "big") + sign * int.from_bytes(code, "big")
    return (number % _MODULUS).to_bytes(_SIZE, "big")
