"""Roll entries: the writes not yet seen by another write, and the values that show."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import ContestedField, Establishment, EstablishmentHead
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import parse_day
from ohdesk.domain.establishment import FIELDS, WITHDRAWN, Value
from ohdesk.domain.merge import Write, is_contested, shown
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.search import search_text

_NOTHING: dict[str, Value] = {field.key: field.unknown for field in (*FIELDS, WITHDRAWN)}
_DAYS = tuple(field.key for field in FIELDS if field.kind == "day")

Head = dict[str, Any]


def written(session: Session, applied: Applied, _operation: EstablishmentWritten) -> None:
    """Set fields of one roll entry."""
    written_many(session, [applied])


def written_many(session: Session, many: Sequence[Applied]) -> None:
    """Set fields of many roll entries, in order; the tables are read and written once each."""
    ids = list(dict.fromkeys(applied.record for applied in many))
    heads = _heads(session, ids)
    known = set(session.scalars(select(Establishment.id).where(among(Establishment.id, ids))))
    for applied in many:
        heads[applied.record] = _after(heads[applied.record], applied)
    shown_now = {entry: _shown(heads[entry]) for entry in ids}
    values = {entry: _columns(fields) for entry, (fields, _) in shown_now.items()}
    fresh = [{"id": entry, **values[entry]} for entry in ids if entry not in known]
    if fresh:
        session.execute(insert(Establishment), fresh)
    changed = [{"id": entry, **values[entry]} for entry in ids if entry in known]
    if changed:
        session.execute(update(Establishment), changed)
    # Rewritten as a whole: which heads an operation removes is decided in `_after` alone, not once more in SQL.
    session.execute(delete(EstablishmentHead).where(among(EstablishmentHead.establishment, known)))
    session.execute(delete(ContestedField).where(among(ContestedField.establishment, known)))
    session.execute(insert(EstablishmentHead), [head for entry in ids for head in heads[entry]])
    contested = [{"establishment": entry, "field": key} for entry in ids for key in shown_now[entry][1]]
    if contested:
        session.execute(insert(ContestedField), contested)


def heads_of(session: Session, entries: Collection[str]) -> dict[str, list[str]]:
    """Return, for each entry that has any, the names of all its heads, in a fixed order."""
    if not entries:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    rows = select(EstablishmentHead.establishment, EstablishmentHead.replica, EstablishmentHead.seq)
    for entry, replica, seq in session.execute(rows.where(among(EstablishmentHead.establishment, entries))):
        found[entry].append(f"{replica}:{seq}")
    # Sorted, because the names go into the operation's bytes and so into its hash.
    return {entry: sorted(names) for entry, names in found.items()}


def _after(heads: list[Head], applied: Applied) -> list[Head]:
    """Return the heads after an operation: the fields it writes leave the heads it has seen."""
    operation = applied.operation
    assert isinstance(operation, EstablishmentWritten)  # noqa: S101 - decoded by kind
    seen = set(applied.base)
    kept: list[Head] = []
    for head in heads:
        fields = head["fields"]
        # Field by field: a write to the phone number must not settle a dispute about the name.
        if f"{head['replica']}:{head['seq']}" in seen:
            fields = {key: value for key, value in fields.items() if key not in operation.fields}
        if fields:
            kept.append({**head, "fields": fields})
    return [
        *kept,
        {
            "establishment": applied.record,
            "replica": applied.replica,
            "seq": applied.seq,
            "hash": applied.first_hash,
            "division": applied.division,
            "fields": operation.fields,
        },
    ]


def _columns(fields: Mapping[str, Value]) -> dict[str, Any]:
    """Return the columns of an entry that shows these values."""
    columns: dict[str, Any] = dict(fields)
    for key in _DAYS:
        if columns[key]:
            columns[key] = parse_day(columns[key])
    search = search_text(columns["name"], columns["uscc"], columns["local_id"])
    return {**columns, WITHDRAWN.key: bool(columns[WITHDRAWN.key]), "search": search}


def _shown(heads: Sequence[Head]) -> tuple[dict[str, Value], list[str]]:
    """Return the values that show, and the keys of those in dispute."""
    if len(heads) == 1:  # a single write stands: nearly every entry of nearly every roll
        return {**_NOTHING, **heads[0]["fields"]}, []
    writes: dict[str, list[Write]] = defaultdict(list)
    for head in heads:
        for key, value in head["fields"].items():
            writes[key].append(Write(value, head["division"], head["hash"]))
    values = {**_NOTHING, **{key: shown(found) for key, found in writes.items()}}
    return values, sorted(key for key, found in writes.items() if is_contested(found))


def _heads(session: Session, entries: Sequence[str]) -> dict[str, list[Head]]:
    heads: dict[str, list[Head]] = {entry: [] for entry in entries}
    columns = EstablishmentHead.__table__.columns
    wanted = select(*columns).where(among(EstablishmentHead.establishment, entries))
    for row in session.execute(wanted).mappings():
        heads[row["establishment"]].append(dict(row))
    return heads
