"""Roll entries: the writes not yet seen by another write, the values that show, and what was only proposed.

All of it follows from the writes of an entry that the journal holds, and is worked out anew from them
whenever one more has come: so the order in which they came leaves no trace.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, bindparam, delete, not_, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply import merging
from ohdesk.db.apply.applied import Applied, decode, speaks_against
from ohdesk.db.apply.certificates import origin_problem
from ohdesk.db.apply.last_inspection import write_back
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import ContestedField, Establishment, EstablishmentHead, OperationRow, Proposal
from ohdesk.db.queries.among import among
from ohdesk.domain.authority import Standing, standings
from ohdesk.domain.calendar import parse_day
from ohdesk.domain.establishment import FIELDS, MERGED_INTO, WITHDRAWN, WRITTEN_BY_KEY, Value, found_by
from ohdesk.domain.kept_columns import as_pairs
from ohdesk.domain.merge import Write, Written, heads, is_contested, shown
from ohdesk.domain.operations import EstablishmentWritten, ProposalSettled
from ohdesk.domain.proposal import ProposalState
from ohdesk.domain.roll.values import name_key
from ohdesk.i18n import tr
from ohdesk.search import search_text

KINDS = (EstablishmentWritten.kind, ProposalSettled.kind)
_NOTHING: dict[str, Value] = {key: field.unknown for key, field in WRITTEN_BY_KEY.items()}
_DAYS = tuple(field.key for field in FIELDS if field.kind == "day")

Row = dict[str, Any]


class _Kept(msgspec.Struct, rename={"division": "d", "values": "v"}):
    """What is needed again of an operation that was understood when it came."""

    division: str
    base: tuple[str, ...]
    values: dict[str, Any]


class _Said(NamedTuple):
    """An operation that is understood; `again` when it was issued again by a replica that took over."""

    again: bool
    name: str
    kind: str
    kept: _Kept


@dataclass(slots=True)
class _Entry:
    """What the journal holds of one entry.

    said: by the hash each had first · faults: by name, why those that are not understood are not
    before: by name, what each was set aside for until now, of those that have just come or were
    """

    said: dict[str, list[_Said]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)

    def writes(self) -> dict[str, Written]:
        """Return the writes by name: one that was issued again is one, by its first name where that is held."""
        same = {each.name: twins[0].name for twins in self._twins() for each in twins[1:]}
        found: dict[str, Written] = {}
        for first_hash, twins in self.said.items():
            one = min(twins)
            if one.kind == EstablishmentWritten.kind:
                base = [same.get(each, each) for each in one.kept.base] if same else one.kept.base
                found[one.name] = Written(one.name, one.kept.division, first_hash, base, one.kept.values["fields"])
        return found

    def settled(self) -> dict[str, list[tuple[str, bool, str]]]:
        """Return the county's words on each proposal, by its name."""
        found: dict[str, list[tuple[str, bool, str]]] = defaultdict(list)
        for first_hash, twins in self.said.items():
            if twins[0].kind == ProposalSettled.kind:
                values = twins[0].kept.values
                found[values["proposal"]].append((first_hash, values["accepted"], values["reason"]))
        for twins in self._twins():
            found[twins[0].name] += [word for each in twins[1:] for word in found[each.name]]
        return found

    def _twins(self) -> list[list[_Said]]:
        return [sorted(twins) for twins in self.said.values() if len(twins) > 1]


def written_many(session: Session, many: Sequence[Applied], refused: Mapping[str, str]) -> dict[str, str]:
    """Work out anew the entries of these operations, consecutive ones of one replica that the journal holds.

    refused: by name, why those are set aside already that are
    Returns by name why operations on these entries are set aside.  What was said of earlier ones is corrected.
    """
    ids = list(dict.fromkeys(applied.record for applied in many))
    ours = and_(OperationRow.replica == many[0].replica, OperationRow.seq >= many[0].seq)
    entries = _held(session, ids, not_(ours))
    for applied in many:
        _take(entries[applied.record], applied, refused.get(applied.name, ""), refused.get(applied.name, ""))
    return _rewrite(session, entries)


def work_out(session: Session, ids: Collection[str]) -> None:
    """Work out these entries anew: what was not understood, or not allowed, may be so now."""
    if ids:
        _rewrite(session, _held(session, ids))


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


def _held(session: Session, ids: Collection[str], *which: Any) -> dict[str, _Entry]:
    """Return what the journal holds of these entries, of operations of `which`."""
    entries = {each: _Entry() for each in ids}
    hashes = (OperationRow.hash, OperationRow.first_hash)
    columns = (OperationRow.replica, OperationRow.seq, *hashes, OperationRow.set_aside, OperationRow.body)
    wanted = select(OperationRow.record, OperationRow.kind, *columns).where(
        among(OperationRow.record, ids), OperationRow.kind.in_(KINDS), *which
    )
    no_successor = origin_problem(session)
    for record, kind, replica, seq, digest, first_hash, set_aside, body in session.execute(wanted):
        if set_aside:
            # Read as if it had just come: this program may understand what an older one did not.
            applied = decode(body)
            fault = speaks_against(applied) or no_successor(applied)
            _take(entries[record], applied, set_aside, fault and set_aside)
        else:
            said = _Said(bool(first_hash), f"{replica}:{seq}", kind, msgspec.json.decode(body, type=_Kept))
            entries[record].said.setdefault(first_hash or digest, []).append(said)
    return entries


def _take(entry: _Entry, applied: Applied, set_aside: str, fault: str) -> None:
    entry.before[applied.name] = set_aside
    if fault:
        entry.faults[applied.name] = fault
    else:
        kept = _Kept(applied.division, applied.base, applied.values)
        said = _Said(applied.origin is not None, applied.name, applied.kind, kept)
        entry.said.setdefault(applied.first_hash, []).append(said)


def _rewrite(session: Session, entries: Mapping[str, _Entry]) -> dict[str, str]:
    """Write what follows from the operations; return, by name, why those are set aside that are."""
    writes = {record: entry.writes() for record, entry in entries.items()}
    standing = {record: standings(record, writes[record], entry.faults) for record, entry in entries.items()}
    _write_values(session, {record: _heads(record, writes[record], standing[record]) for record in entries})
    proposals = [
        row for record, entry in entries.items() for row in _proposals(record, entry, writes[record], standing[record])
    ]
    _write_proposals(session, proposals, entries)
    aside: dict[str, str] = {}
    for record, entry in entries.items():
        waiting = [name for name, each in standing[record].items() if each is Standing.WAITING]
        aside |= entry.faults | dict.fromkeys(waiting, tr("这一条所依据的内容还没有收到，收到后自动处理"))
    before = {name: said for entry in entries.values() for name, said in entry.before.items()}
    changed = {name: aside.get(name, "") for name in before.keys() | aside.keys()}
    _set_aside(session, {name: said for name, said in changed.items() if said != before.get(name, "")})
    return aside


def _heads(record: str, writes: Mapping[str, Written], standing: Mapping[str, Standing]) -> list[Row]:
    direct = [write for name, write in writes.items() if standing[name] is Standing.DIRECT]
    return [
        {
            "establishment": record,
            "replica": write.replica,
            "seq": write.seq,
            "hash": write.hash,
            "division": write.division,
            "fields": fields,
        }
        for write, fields in heads(direct)
    ]


def _write_values(session: Session, found: Mapping[str, list[Row]]) -> None:
    known = set(session.scalars(select(Establishment.id).where(among(Establishment.id, found))))
    if known:
        session.execute(delete(EstablishmentHead).where(among(EstablishmentHead.establishment, known)))
        session.execute(delete(ContestedField).where(among(ContestedField.establishment, known)))
    shown_now = {entry: _shown(rows) for entry, rows in found.items() if rows}
    if gone := known - shown_now.keys():
        session.execute(delete(Establishment).where(among(Establishment.id, gone)))
    values = {entry: _columns(fields) for entry, (fields, _) in shown_now.items()}
    fresh = [{"id": entry, **row} for entry, row in values.items() if entry not in known]
    if fresh:
        write_rows(session, Establishment, fresh)
    changed = [{"id": entry, **row} for entry, row in values.items() if entry in known]
    if changed:
        session.execute(update(Establishment), changed)
    rows = [row for each in found.values() for row in each]
    if rows:
        write_rows(session, EstablishmentHead, rows)
    # Those that are off the roll say nothing any more.
    said = {entry: str(fields[MERGED_INTO.key]) for entry, (fields, _) in shown_now.items()}
    merging.work_out(session, dict.fromkeys(found, "") | said)
    write_back(session, shown_now)
    contested = [{"establishment": entry, "field": key} for entry, (_, keys) in shown_now.items() for key in keys]
    if contested:
        write_rows(session, ContestedField, contested)


def _proposals(
    record: str, entry: _Entry, writes: Mapping[str, Written], standing: Mapping[str, Standing]
) -> list[Row]:
    proposed = [writes[name] for name, each in standing.items() if each is Standing.PROPOSAL]
    words = entry.settled() if proposed else {}
    return [
        {
            "establishment": record,
            "replica": write.replica,
            "seq": write.seq,
            "division": write.division,
            **_settled(words.get(write.name, ())),
        }
        for write in proposed
    ]


def _write_proposals(session: Session, rows: list[Row], entries: Collection[str]) -> None:
    session.execute(delete(Proposal).where(among(Proposal.establishment, entries)))
    if rows:
        write_rows(session, Proposal, rows)


def _settled(words: Collection[tuple[str, bool, str]]) -> Row:
    if not words:
        return {"state": ProposalState.OPEN, "reason": ""}
    # Two machines of the county may have settled it; which of them counts must be the same everywhere.
    _, accepted, reason = min(words)
    return {"state": ProposalState.ACCEPTED if accepted else ProposalState.DECLINED, "reason": reason}


def _set_aside(session: Session, said: Mapping[str, str]) -> None:
    rows = [
        {"of": replica, "number": int(seq), "set_aside": why}
        for name, why in said.items()
        for replica, _, seq in [name.partition(":")]
    ]
    if rows:
        table = OperationRow.metadata.tables[OperationRow.__tablename__]
        this = and_(table.c.replica == bindparam("of"), table.c.seq == bindparam("number"))
        session.connection().execute(update(table).where(this).values(set_aside=bindparam("set_aside")), rows)


def _columns(fields: Mapping[str, Value]) -> dict[str, Any]:
    """Return the columns of an entry that shows these values."""
    columns: dict[str, Any] = {key: value for key, value in fields.items() if key != MERGED_INTO.key}
    for key in _DAYS:
        if columns[key]:
            columns[key] = parse_day(columns[key])
    search = search_text(columns["name"], *found_by(columns))
    withdrawn = bool(columns[WITHDRAWN.key])
    return {**columns, WITHDRAWN.key: withdrawn, "search": search, "name_key": name_key(columns["name"])}


def _shown(heads: Sequence[Row]) -> tuple[dict[str, Value], list[str]]:
    """Return the values that show, and the keys of those in dispute."""
    if len(heads) == 1:  # a single write stands: nearly every entry of nearly every roll
        return {**_NOTHING, **heads[0]["fields"]}, []
    values = dict(_NOTHING)
    by: dict[str, Row] = {}
    several: dict[str, list[Write[Value]]] = {}
    for head in heads:
        for key, value in head["fields"].items():
            # Mostly the heads of an entry are of different fields: a name of then, a telephone of now.
            if (first := by.setdefault(key, head)) is head:
                values[key] = value
            else:
                several.setdefault(key, [_write(first, key)]).append(_write(head, key))
    values |= {key: shown(writes) for key, writes in several.items()}
    return values, sorted(key for key, writes in several.items() if is_contested(writes))


def _write(head: Row, key: str) -> Write[Value]:
    return Write(as_pairs(head["fields"][key]), head["division"], head["hash"])
