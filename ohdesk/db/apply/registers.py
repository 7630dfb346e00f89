"""Entries of books: the values that show, and the fields on which writes that have not seen each other differ.

All of it follows from the writes of an entry that the journal holds, as with the roll; what a definition says of them
is asked where they are written, for another office may hold a newer one or none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.apply.history import marked
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import ContestedEntryField, Entry, LocalEntry
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import day_in
from ohdesk.domain.kept_columns import as_pairs
from ohdesk.domain.merge import Write, Written, heads, is_contested, shown
from ohdesk.domain.operations import EntryWritten
from ohdesk.domain.register.values import OF_EVERY_ENTRY, PAIRS_OF_TEXT, Value
from ohdesk.i18n import tr
from ohdesk.search import search_text

KINDS = (EntryWritten.kind,)
_NOTHING = (None, "", ())
_LONGEST_SEARCH = 400  # characters of what an entry is found by

Row = dict[str, Any]


def work_out(session: Session, record: str, operations: Sequence[Applied], on_top: bool) -> dict[str, str]:
    """Set down an entry with all fields that show; return by name why operations of another book are outdone."""
    held = session.get(Entry, record)
    register = held.register if on_top and held is not None else _register(operations)
    good = [each for each in operations if each.values["register"] == register]
    other = tr("这一条登记在另一本登记簿里")
    outdone = dict.fromkeys((each.name for each in operations if each.values["register"] != register), other)
    if on_top and held is not None:
        # One laptop wrote all of it, each with what was before in sight: the last word on each field is what shows.
        fields = fields_of(held)
        for each in good:
            fields |= each.values["fields"]
        contested: list[str] = []
    else:
        fields, contested = _shown(good)
        session.execute(delete(ContestedEntryField).where(ContestedEntryField.entry == record))
    if held is None:
        if good:
            write_rows(session, Entry, [_row(record, good[0], fields)])
    else:
        division = held.division if on_top else good[0].division
        session.execute(
            update(Entry)
            .where(Entry.id == record)
            .values(register=register, division=division, **columns_of(fields))
            .execution_options(synchronize_session=False)
        )
        session.expire(held)
    write_rows(session, ContestedEntryField, [{"entry": record, "field": key} for key in contested])
    return outdone


def write_further(session: Session, fresh: Mapping[str, Sequence[Applied]]) -> dict[str, str]:
    """Set down what many entries show after these operations, by record, which follow all others on them.

    The result is that of `work_out` for each, on top; returns by name why operations of another book are outdone.
    """
    if not fresh:
        return {}
    outdone: dict[str, str] = {}
    for entry in session.scalars(select(Entry).where(among(Entry.id, fresh))).all():
        fields = fields_of(entry)
        for each in fresh[entry.id]:
            if each.values["register"] == entry.register:
                fields |= each.values["fields"]
            else:
                outdone[each.name] = tr("这一条登记在另一本登记簿里")
        for name, value in columns_of(fields).items():
            setattr(entry, name, value)
    session.flush()
    return marked(session, [each for several in fresh.values() for each in several], outdone)


def set_down_many(session: Session, first: Sequence[Applied]) -> None:
    """Set down entries of which nothing else is held, all at once; the result is that of `work_out` for each."""
    write_rows(session, Entry, [_row(each.record, each, each.values["fields"]) for each in first])


def is_first(operations: Sequence[Applied]) -> bool:
    """True of the one operation that there is of an entry."""
    return len(operations) == 1 and operations[0].kind == EntryWritten.kind


def columns_of(fields: Mapping[str, Value]) -> Row:
    """Return the columns of an entry, those of travelling and of local ones alike, that shows these fields."""
    shown = {key: as_pairs(value) for key, value in fields.items() if key not in OF_EVERY_ENTRY}
    values: dict[str, Value] = {key: value for key, value in shown.items() if value not in _NOTHING}
    opened_on = fields.get("opened_on")
    said = {key: str(fields.get(key) or "") for key in ("number", "state", "establishment", "person")}
    for key in sorted(PAIRS_OF_TEXT):
        if pairs := fields.get(key):
            values[key] = as_pairs(pairs)
    return {
        **said,
        "opened_on": day_in(opened_on) if isinstance(opened_on, str) else None,
        "withdrawn": fields.get("withdrawn") is True,
        "search": _search(said["number"], values),
        "values": values,
        # By whoever knows the definition.
        "next_due": None,
        "counted": False,
    }


def fields_of(entry: Entry | LocalEntry, *, own: bool = True) -> dict[str, Value]:
    """Return the fields that an entry shows, as `columns_of` takes them; own: those of every entry as well."""
    values = {key: as_pairs(value) for key, value in entry.values.items()}
    if not own:
        return values
    opened_on = "" if entry.opened_on is None else entry.opened_on.isoformat()
    keys = ("number", "state", "establishment", "person", "withdrawn")
    return {**values, **{key: getattr(entry, key) for key in keys}, "opened_on": opened_on}


def _register(operations: Sequence[Applied]) -> str:
    """Return the book of an entry: that of its first write, in the order that is the same everywhere."""
    return str(operations[0].values["register"]) if operations else ""


def _row(record: str, first: Applied, fields: Mapping[str, Value]) -> Row:
    return {
        "id": record,
        "register": first.values["register"],
        "division": first.division,
        **columns_of(fields),
    }


def _shown(operations: Sequence[Applied]) -> tuple[dict[str, Value], list[str]]:
    """Return the values that show, and the keys of those in dispute."""
    writes = [
        Written(each.name, each.division, each.first_hash, each.base, each.values["fields"]) for each in operations
    ]
    by_field: dict[str, list[Write[Any]]] = defaultdict(list)
    for write, fields in heads(writes):
        for key, value in fields.items():
            by_field[key].append(Write(as_pairs(value), write.division, write.hash))
    values = {key: shown(several) for key, several in by_field.items()}
    return values, sorted(key for key, several in by_field.items() if is_contested(several))


def _search(number: str, values: Mapping[str, Value]) -> str:
    """Return what an entry is found by: each text by itself, so that nothing is found across two."""
    texts = [number, *(value for value in values.values() if isinstance(value, str))]
    return " ".join(search_text(each[:_LONGEST_SEARCH]) for each in texts if each)[:_LONGEST_SEARCH]
