"""Roll entries: the writes not yet seen by another write, and the values that show."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Establishment, EstablishmentHead
from ohdesk.db.search import search_text
from ohdesk.domain.establishment import FIELD_BY_KEY, FIELD_KEYS
from ohdesk.domain.merge import Write, is_contested, shown
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.i18n import tr

WITHDRAWN = "withdrawn"
YES = "是"
_AT_ONCE = 500  # rows looked up by one SELECT … IN

NOTHING = dict.fromkeys(FIELD_KEYS, "")
COUNT_KEYS = tuple(key for key in FIELD_KEYS if FIELD_BY_KEY[key].kind == "count")

Head = dict[str, Any]


def written(session: Session, applied: Applied) -> None:
    """Set fields of one roll entry."""
    written_many(session, [applied])


def written_many(session: Session, many: Sequence[Applied]) -> None:
    """Set fields of many roll entries, in order; the tables are read and written once each."""
    ids = list(dict.fromkeys(applied.record for applied in many))
    heads = _heads(session, ids)
    known = _known(session, ids)
    for applied in many:
        heads[applied.record] = _after(heads[applied.record], applied)
    values = {entry: _visible(heads[entry]) for entry in ids}
    fresh = [{"id": entry, **values[entry]} for entry in ids if entry not in known]
    if fresh:
        session.execute(insert(Establishment), fresh)
    changed = [{"id": entry, **values[entry]} for entry in ids if entry in known]
    if changed:
        session.execute(update(Establishment), changed)
    for part in _parts(sorted(known)):
        session.execute(delete(EstablishmentHead).where(EstablishmentHead.establishment.in_(part)))
    session.execute(insert(EstablishmentHead), [head for entry in ids for head in heads[entry]])


def heads_of(session: Session, entries: Collection[str]) -> dict[str, list[str]]:
    """Return, for each entry that has any, the names of all its heads, in a fixed order."""
    if not entries:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for part in _parts(sorted(entries)):
        rows = select(EstablishmentHead.establishment, EstablishmentHead.replica, EstablishmentHead.seq).where(
            EstablishmentHead.establishment.in_(part)
        )
        for entry, replica, seq in session.execute(rows):
            found[entry].append(f"{replica}:{seq}")
    return {entry: sorted(names) for entry, names in found.items()}


def _after(heads: list[Head], applied: Applied) -> list[Head]:
    """Return the heads after an operation: the fields it writes leave the heads it has seen."""
    operation = applied.operation
    assert isinstance(operation, EstablishmentWritten)  # noqa: S101 - decoded by kind
    for key, value in operation.fields.items():
        _check(key, value)
    seen = set(applied.base)
    kept: list[Head] = []
    for head in heads:
        fields = head["fields"]
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
            "hash": applied.hash,
            "division": applied.division,
            "fields": operation.fields,
        },
    ]


def _check(key: str, value: str) -> None:
    if key != WITHDRAWN and key not in FIELD_BY_KEY:
        raise RefusedError(tr("本版本不认识名录的字段“{field}”", field=key))
    if key in FIELD_BY_KEY and FIELD_BY_KEY[key].kind == "count" and value and not value.isdecimal():
        raise RefusedError(tr("“{field}”应为整数，现为“{value}”", field=tr(FIELD_BY_KEY[key].heading), value=value))


def _visible(heads: Sequence[Head]) -> dict[str, Any]:
    values, contested = _one_write(heads[0]["fields"]) if len(heads) == 1 else _many_writes(heads)
    search = search_text(values["name"], values["uscc"], values["local_id"])
    for key in COUNT_KEYS:
        values[key] = int(values[key]) if values[key] else None
    withdrawn = values.pop(WITHDRAWN, "") == YES
    return {**values, "withdrawn": withdrawn, "contested": ",".join(contested), "search": search}


def _one_write(fields: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return what shows when a single write stands: nearly every entry of nearly every roll."""
    return {**NOTHING, **fields}, []


def _many_writes(heads: Sequence[Head]) -> tuple[dict[str, Any], list[str]]:
    writes: dict[str, list[Write]] = defaultdict(list)
    for head in heads:
        for key, value in head["fields"].items():
            writes[key].append(Write(value, head["division"], head["hash"]))
    values = {**NOTHING, **{key: shown(found) for key, found in writes.items()}}
    return values, sorted(key for key, found in writes.items() if is_contested(found))


def _heads(session: Session, entries: Sequence[str]) -> dict[str, list[Head]]:
    heads: dict[str, list[Head]] = {entry: [] for entry in entries}
    columns = EstablishmentHead.__table__.columns
    for part in _parts(entries):
        for row in session.execute(select(*columns).where(EstablishmentHead.establishment.in_(part))).mappings():
            heads[row["establishment"]].append(dict(row))
    return heads


def _known(session: Session, entries: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for part in _parts(entries):
        known.update(session.scalars(select(Establishment.id).where(Establishment.id.in_(part))))
    return known


def _parts(entries: Sequence[str]) -> Iterable[Sequence[str]]:
    return (entries[start : start + _AT_ONCE] for start in range(0, len(entries), _AT_ONCE))
