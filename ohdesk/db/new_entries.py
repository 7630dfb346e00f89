"""Entries that a list brings new to the roll, written past all that an entry with a history needs.

An employer under an id that was made this moment has one write, which has seen nothing and which nobody disputes: its
operation, its head and its row say the same.  So each value is looked at once and each text made once, and the rows go
into the database as they are.  What comes out is what `journal.record_many` writes (a test holds the two together), in
a quarter of the time.
"""

import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from operator import le
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import chain, journal
from ohdesk.db.journal import Stamp
from ohdesk.db.many_rows import write_raw
from ohdesk.db.models import Base, Establishment, EstablishmentHead, OperationRow
from ohdesk.domain.authority import owns
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.canonical import canonical
from ohdesk.domain.establishment import (
    FIELDS,
    KEPT,
    STATUS_FILE,
    TRANSFER_TO,
    WITHDRAWN,
    Field,
    Value,
    found_by,
    read_value,
)
from ohdesk.domain.kept_columns import Pairs
from ohdesk.domain.merge import is_county
from ohdesk.domain.operations import EstablishmentWritten, Source
from ohdesk.domain.roll.values import name_key
from ohdesk.search import search_text

_KEYS = tuple(field.key for field in FIELDS)
_UNKNOWN: dict[str, Value] = {field.key: field.unknown for field in FIELDS}
_LONGEST = {field.key: field.most if field.kind == "text" else sys.maxsize for field in FIELDS}
_SHORTEST = min(_LONGEST.values())
_SORTED = msgspec.json.Encoder(order="sorted")
_FEWER = 4  # times as many entries as a list brings new are on the roll at most where its indexes are made afterwards
_MANY = 2000


class NewEntries:
    """Appends an operation for each new entry of a list, and shows it on the roll."""

    def __init__(self, session: Session, stamp: Stamp, source: Source, reason: str, batch: str) -> None:
        """Take what all of them have in common; raises UserError where this computer's clock stands wrong."""
        journal.check_time(stamp)
        self._session, self._stamp, self._source, self._reason, self._batch = session, stamp, source, reason, batch
        self._known = {field.key: _Known(field) for field in FIELDS if field.kind != "text"}
        # The canonical form has its keys in order, so that what differs stands between pieces that are the same.
        envelope = {"at": instant_text(stamp.at), "base": [], "blobs": [], "by": stamp.by, "d": stamp.division}
        self._pieces = (
            f'{{{_inner(envelope)},"id":"',
            '","p":"',
            f'",{_inner({"r": stamp.replica})},"s":',
            f',{_inner({"t": EstablishmentWritten.kind})},"v":{{"fields":',
            f",{_inner({'reason': reason, 'source': source})}}}}}",
        )

    def write(self, entries: Sequence[tuple[str, Mapping[str, str], Pairs]]) -> None:
        """Write entries, each an id that was made now, its values as checked texts, and what is kept of its row.

        Raises ProblemsError or NotCanonicalError for values that may not be written, ValueError for an entry that is
        not the writer's own; nothing must be committed then.
        """
        stamp = self._stamp
        replica, division = stamp.replica, stamp.division
        head = chain.head_of(self._session, replica, division)
        seq, previous = head.seq, head.hash
        before, then_previous, then_seq, then_fields, end = self._pieces
        operations, heads, rows = list[tuple[Any, ...]](), list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        for record, texts, kept in entries:
            values = self._values(record, texts)
            seq += 1
            held = "[]"
            if kept:
                values[KEPT.key] = kept
                journal.check(self._operation(record, values))
                fields, held = canonical(values).decode(), canonical(kept).decode()
            else:
                fields = _canonical(values, texts)
            # Fields as long as they may be make a tenth of the largest operation.
            body = f"{before}{record}{then_previous}{previous}{then_seq}{seq}{then_fields}{fields}{end}".encode()
            previous = sha256(body).hexdigest()
            operations.append((seq, previous, record, body))
            heads.append((record, seq, previous, fields))
            shown = {**_UNKNOWN, **values}
            name = str(shown["name"])
            search = search_text(name, *found_by(shown))
            rows.append((record, search, name_key(name), held, *map(shown.__getitem__, _KEYS)))
        head.seq, head.hash = seq, previous
        self._session.flush()
        said = {"replica": replica, "kind": EstablishmentWritten.kind, "batch": self._batch}
        unsaid: dict[str, str | bool] = {"first_hash": "", "set_aside": "", "outdone": False, "base": "", "blobs": ""}
        write_raw(self._session, OperationRow, ("seq", "hash", "record", "body"), operations, unsaid | said)
        write_raw(
            self._session,
            Establishment,
            ("id", "search", "name_key", KEPT.key, *_KEYS),
            rows,
            {WITHDRAWN.key: False, TRANSFER_TO.key: "", STATUS_FILE.key: ""},
        )
        named, same = ("establishment", "seq", "hash", "fields"), {"replica": replica, "division": division}
        write_raw(self._session, EstablishmentHead, named, heads, same)

    def _values(self, record: str, texts: Mapping[str, str]) -> dict[str, Value]:
        values: dict[str, Value] = dict(texts)
        lengths = list(map(len, texts.values()))
        # Only of the few with a long text it is asked how long each may be.
        if lengths and max(lengths) > _SHORTEST and not all(map(le, lengths, map(_LONGEST.__getitem__, texts))):
            journal.check(self._operation(record, values))
        for key, known in self._known.items():
            if key in values:
                values[key] = known[texts[key]]
        if not values:
            journal.check(self._operation(record, values))
        division = self._stamp.division
        town = values.get("town", "")
        if town != division and not is_county(division) and not owns(record, division, town):
            raise ValueError(f"{record} is not of {division}")
        return values

    def _operation(self, record: str, values: dict[str, Value]) -> EstablishmentWritten:
        return EstablishmentWritten(record=record, fields=values, reason=self._reason, source=self._source)


class _Known(dict[str, Value]):
    """What texts mean in a field of counts, days or flags: of each a few thousand in a list of a million."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._field = field

    def __missing__(self, text: str) -> Value:
        value = self[text] = read_value(self._field, text)
        return value


@contextmanager
def indexed_afterwards(session: Session, new: int) -> Iterator[None]:
    """Make the indexes of the roll anew when the block ends, where it brings `new` entries to a roll of few.

    In the order of an index its entries are written once; one by one, each is a page read and written.  All of it is
    part of the transaction: if that ends early, the indexes are there as before.
    """
    held = session.scalar(select(func.count()).select_from(Establishment)) or 0
    if new < max(_MANY, held * _FEWER):
        yield
        return
    # Not the one of local numbers, which are few, and of which the next is asked for meanwhile.
    whole = [
        index
        for index in Base.metadata.tables[Establishment.__tablename__].indexes
        if index.dialect_options["sqlite"]["where"] is None
    ]
    for index in whole:
        index.drop(session.connection())
    yield
    for index in whole:
        index.create(session.connection())


def _canonical(values: Mapping[str, Value], texts: Mapping[str, str]) -> str:
    """Return the canonical text of an object with plain values, most of them printable text; `texts` say the same."""
    text = _SORTED.encode(values).decode()
    said = "|".join(texts.values())
    # Escapes are of quotes, of line feeds, or of what only the long way can judge; so is what is no printable text.
    if said.replace("\u3000", "").isprintable() and "\\" not in text and unicodedata.is_normalized("NFC", said):
        return text
    return canonical(dict(values)).decode()


def _inner(value: Mapping[str, object]) -> str:
    """Return what stands between the brackets of an object in canonical form."""
    return canonical(value).decode()[1:-1]
