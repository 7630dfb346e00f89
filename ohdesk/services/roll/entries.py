"""The roll (名录库): list, look up, add, correct."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import ContestedField, Establishment, Merged, OperationRow, Proposal
from ohdesk.db.prepared import let_pages_go
from ohdesk.db.queries import roll, roll_found
from ohdesk.db.queries.operations import true_bodies
from ohdesk.db.queries.roll import few_by_name, on_roll
from ohdesk.db.row_numbers import Names, is_numbered, place
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import FIELD_BY_KEY, FIELDS, value_text
from ohdesk.domain.kept_columns import Pairs, as_pairs
from ohdesk.domain.merge import is_county
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.roll.values import name_key
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.roll import roll_definition
from ohdesk.i18n import tr
from ohdesk.search import folded
from ohdesk.security.memory import give_back
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register.conditions import EVERYTHING, EntryQuery
from ohdesk.services.register.indexes import index_large
from ohdesk.services.roll.conditions import clauses
from ohdesk.services.roll.values import (
    along,
    by_who_decides,
    checked,
    entry_written,
    is_proposal,
    local_numbers,
    refuse_same_code,
    usual_fields,
    values_of,
    with_code_tag,
    with_state,
)

CONTESTED = "contested"  # the state of entries with a field in dispute, as a list asks for them
PAGE = 60  # rows of the first page: more than the tallest screen shows, few enough to be there at once


class EstablishmentRow(msgspec.Struct, frozen=True):
    """One line of the roll as listed. Counts are persons; days "2026-03-02" or empty."""

    id: str
    name: str
    uscc: str
    local_id: str
    town: str
    industry_code: str
    industry: str
    exposed_workers: int | None
    risk_class: str
    risk_scheme: str
    inspected_on: str
    status: str
    contested: bool


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One write of one field: when, by whom, what, and why."""

    at: str
    by: str
    division: str
    field: str
    value: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class MergedEntry:
    """An entry that was merged into another, as it was called."""

    id: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class EstablishmentDetail:
    """One entry in full: `fields` by key as text, the fields in dispute, and every change, newest first.

    kept: columns of lists that are none of the fields, each heading with what stood under it
    merged: the entries that were merged into it · transfer_to: the town it is offered to, "" for none
    status_file: the SHA-256 of the file behind the proof of its state, "" for none
    """

    id: str
    fields: dict[str, str]
    contested: tuple[str, ...]
    history: tuple[FieldChange, ...]
    merged: tuple[MergedEntry, ...]
    transfer_to: str
    status_file: str
    kept: Pairs = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What a query finds, in the order of the list, and how many entries there are without the query.

    names: by which `rows_of` knows them · place: of the one asked for, -1 when it is not among them
    """

    names: Names
    everything: int
    place: int = -1


def list_rows(ctx: Context, query: EntryQuery = EVERYTHING, limit: int = PAGE) -> list[EstablishmentRow]:
    """Return the first entries that match, by the pinyin initials of the name; of no fields and in no other order.

    query: its state is "", or `CONTESTED` for those with a field in dispute
    """
    ctx.require(Right.READ)
    return _rows(roll.first_lines(ctx.engine, limit=limit, **_which(ctx, query)))


def first_rows(ctx: Context, query: EntryQuery, limit: int = PAGE) -> list[EstablishmentRow] | None:
    """Return the first entries that match in the order asked for; None where only a look at the whole roll tells.

    Raises as `listed` does.
    """
    if not (query.order or query.conditions):
        return list_rows(ctx, query, limit)
    asked_for = asked(ctx, query)
    if not is_numbered(ctx.engine):
        return None
    with ctx.reading() as session:
        names = roll_found.first_names(session, limit=limit, **asked_for)
    return None if names is None else rows_of(ctx, names)


def listed(ctx: Context, query: EntryQuery = EVERYTHING, wanted: str = "", everything: int | None = None) -> Listed:
    """Return all that matches in the order asked for; looks at the whole roll, so not while a screen waits.

    wanted: the id of an entry whose place is asked for · everything: how many entries there are, where it is known
    Raises UserError for an order by what is no field of the roll, ProblemsError for conditions that mean nothing.
    """
    asked_for, numbered = asked(ctx, query), is_numbered(ctx.engine)
    with ctx.reading() as session:
        names = roll_found.all_names(session, **asked_for, numbered=numbered)
        if (query.sought.strip(), query.state, query.conditions) == ("", "", ()):
            everything = len(names)
        elif everything is None:
            everything = _count(ctx, session)
        sought = roll.name_of(session, wanted, numbered=numbered) if wanted else None
    if query.order:
        give_back()  # what sorting took in memory, where it stays unencrypted: 100 bytes an entry
    index_large(ctx, map(roll_found.index_of, _indexed(query.order, asked_for["clauses"])), everything)
    return Listed(names, everything, place(names, sought))


def rows_of(ctx: Context, names: Names) -> list[EstablishmentRow]:
    """Return these entries in this order; one that was taken off the roll meanwhile is left out."""
    ctx.require(Right.READ)
    return _rows(roll.lines_of(ctx.engine, names))


def rest(ctx: Context) -> None:
    """Give back what was kept for the next rows, once a list rests: of a long one that is 8 MB."""
    let_pages_go(ctx.engine)
    give_back()


def all_rows(ctx: Context, query: EntryQuery = EVERYTHING) -> list[EstablishmentRow]:
    """Return every entry that matches, in the order asked for. Raises as `listed` does."""
    if query.conditions or query.order:
        return rows_of(ctx, listed(ctx, query).names)
    return list_rows(ctx, query, limit=-1)


def count_rows(ctx: Context) -> int:
    """Return how many entries the roll has."""
    with ctx.reading() as session:
        return _count(ctx, session)


def detail(ctx: Context, establishment: str) -> EstablishmentDetail:
    """Return one entry in full. Raises UserError when there is none."""
    with ctx.reading() as session:
        row = entry_of(session, establishment)
        return EstablishmentDetail(
            id=establishment,
            fields={field.key: value_text(getattr(row, field.key)) for field in FIELDS},
            contested=tuple(
                session.scalars(
                    select(ContestedField.field)
                    .where(ContestedField.establishment == establishment)
                    .order_by(ContestedField.field)
                )
            ),
            history=_history(session, establishment),
            merged=_merged(session, establishment),
            transfer_to=row.transfer_to,
            status_file=row.status_file,
            kept=as_pairs(row.kept),
        )


def add(ctx: Context, fields: dict[str, str], reason: str = "") -> str:
    """Set down a new entry by hand and return its id. Raises ProblemsError naming every field that cannot be taken."""
    ctx.require(Right.ROLL)
    values = checked({**usual_fields(ctx), **fields})
    if values.get("uscc"):
        values = with_code_tag(values, "")
    if not values.get("name"):
        raise ProblemsError(
            tr("单位没有保存。"),
            (blank(tr("单位名称"), "name", tr("请填写营业执照上的全称。")),),
        )
    entry = ctx.new_id()
    with ctx.transaction() as session:
        refuse_same_code(session, values.get("uscc", ""), entry)
        # Small shops have no credit code; the draw and the papers need a number all the same.
        if not values.get("uscc") and not values.get("local_id"):
            values["local_id"] = next(local_numbers(ctx, session))
        written = EstablishmentWritten(record=entry, fields=values_of(values), reason=clean_text(reason))
        journal.record(session, written, ctx.stamp(), batch=ctx.new_id())
    return entry


def correct(ctx: Context, establishment: str, fields: dict[str, str], reason: str) -> Change:
    """Set fields of an entry to new values; the old value and the reason stay in the journal.

    Raises UserError without a reason or an entry, ProblemsError naming every field that cannot be taken.
    """
    ctx.require(Right.ROLL)
    if not reason.strip():
        why = blank(tr("理由"), "reason", tr("请写明理由，例如营业执照变更、现场核实。"))
        raise ProblemsError(tr("更正要写明理由。"), (why,))
    values = checked(fields)
    with ctx.transaction() as session:
        row = entry_of(session, establishment)
        values = with_code_tag(values, row.tags)
        # Only what differs travels: a form that is saved unchanged must not overwrite what the county settled
        # meanwhile.
        changed = {key: value for key, value in values.items() if value_text(getattr(row, key)) != value}
        if not changed:
            return Change.NOTHING
        refuse_same_code(session, changed.get("uscc", ""), establishment)
        batch, change = ctx.new_id(), Change.ROLL
        said = clean_text(reason)
        also = along(ctx, session, row, values_of(changed), said, "hand")
        for written_at_once in by_who_decides(ctx, session, row, values_of(with_state(changed))):
            if is_proposal(ctx, establishment, row.town, written_at_once):
                change |= Change.PROPOSALS
            written = entry_written(establishment, written_at_once, said)
            journal.record(session, written, ctx.stamp(), batch)
        for written in also:
            journal.record(session, written, ctx.stamp(), batch)
    return change


def find(ctx: Context, name_or_code: str) -> str:
    """Return the id of the entry with this name, code, local id or id, or of that which goes on for it.

    Width, case, spaces and marks are ignored.

    Where several fit, the one that is written exactly so.  Raises UserError when none or several fit.
    """
    text = clean_text(name_or_code).strip()
    here = select(Establishment.id).where(on_roll(ctx.office.division))
    merged = select(Merged.into).join(Establishment, Establishment.id == Merged.establishment)
    with ctx.reading() as session:
        found = called(session, here, text) or called(session, merged.where(Merged.into != "").distinct(), text)
    if len(found) != 1:
        message = tr("名录中没有“{text}”。") if not found else tr("名录中有多家“{text}”。")
        raise UserError(message.format(text=text), tr("请用统一社会信用代码指明单位。"))
    return found[0]


def asked(ctx: Context, query: EntryQuery) -> dict[str, Any]:
    """Return how the database is asked for the entries of a query, in their order. Raises as `listed` does."""
    if query.order and query.order not in FIELD_BY_KEY:
        message = tr("名录中没有“{key}”这个字段，不能按它排列。", key=query.order)
        raise UserError(message, tr("请换一个字段。"))
    in_order = {"order": query.order, "falling": query.falling, "clauses": clauses(query.conditions)}
    return _which(ctx, query) | in_order


def _indexed(order: str, asked_of: Sequence[roll_found.Clause]) -> Iterator[str]:
    """Yield the fields that a query is about and that an index serves."""
    fields, asked_for = roll_definition().by_key, {order, *(each.key for each in asked_of)}
    return (key for key in sorted(asked_for) if key in fields and fields[key].indexed)


def _which(ctx: Context, query: EntryQuery) -> dict[str, Any]:
    search, division = folded(query.sought), ctx.office.division
    which = roll.Which(is_county(division), bool(search), query.state == CONTESTED)
    return {"which": which, "division": division, "search": search}


def _count(ctx: Context, session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Establishment).where(on_roll(ctx.office.division))) or 0


def _rows(lines: Iterable[tuple[Any, ...]]) -> list[EstablishmentRow]:
    made: Callable[..., EstablishmentRow] = EstablishmentRow  # as many values as it has fields
    return [made(*line[:-1], line[-1] == 1) for line in lines]


def called(session: Session, wanted: Select[str], name_or_code: str) -> Sequence[str]:
    """Return two at most of the ids wanted, of entries with this name, code, local id or id: those written exactly so.

    Else those written so but for width, case, spaces and marks.
    """
    text = clean_text(name_or_code).strip()
    plain = folded(text)
    codes = (text, plain, plain.upper())
    columns = (Establishment.uscc, Establishment.local_id, Establishment.id)
    fits = or_(Establishment.name_key == name_key(text), *(column.in_(codes) for column in columns))
    exact = or_(*(column == text for column in (Establishment.name, *columns)))
    # Nothing at all would fit whoever has no code.
    wanted = wanted.where(fits if text else false()).limit(2)
    return session.scalars(wanted.where(exact)).all() or session.scalars(wanted).all()


def entry_of(session: Session, establishment: str) -> Establishment:
    """Return an entry that is on the roll. Raises UserError when it is not."""
    row = session.get(Establishment, establishment)
    if row is None or row.withdrawn:
        raise UserError(tr("名录中找不到这家单位。"), tr("请刷新列表后重试。"))
    return row


def _merged(session: Session, establishment: str) -> tuple[MergedEntry, ...]:
    columns = (Establishment.id, Establishment.name, Establishment.uscc, Establishment.local_id)
    wanted = select(*columns).join(Merged, Merged.establishment == Establishment.id).where(Merged.into == establishment)
    rows = session.execute(wanted.order_by(*few_by_name()))
    return tuple(MergedEntry(entry, name, uscc or local_id) for entry, name, uscc, local_id in rows)


def _history(session: Session, establishment: str) -> tuple[FieldChange, ...]:
    about, written = OperationRow.record == establishment, OperationRow.kind == EstablishmentWritten.kind
    in_order = (OperationRow.replica, OperationRow.seq)
    proposal = (Proposal.replica == OperationRow.replica) & (Proposal.seq == OperationRow.seq)
    counts = (OperationRow.set_aside == "", ~exists().where(proposal))
    held = true_bodies(session, about, written, *counts, in_order=in_order)
    changes = [
        FieldChange(body["at"], body["by"], body["d"], key, value_text(value), body["v"]["reason"], body["v"]["source"])
        for body in map(parse, held)
        for key, value in body["v"]["fields"].items()
    ]
    changes.reverse()  # the sort keeps the order of equal instants: newest first within a replica
    return tuple(sorted(changes, key=lambda change: change.at, reverse=True))


def why_written(source: str, reason: str) -> str:
    """Return in words why an entry was written: `source` and `reason` as its operation carries them."""
    # Put into words only here: what is stored travels, and must not be in the language of one laptop.
    if source == "import":
        return tr("导入：{file}", file=reason)
    if source == "proposal":
        return tr("采纳建议：{why}", why=reason)
    return tr("撤销：{what}", what=reason) if source == "undo" else reason
