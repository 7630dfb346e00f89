"""The roll (名录库): list, look up, add, correct."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import ContestedField, Establishment, EstablishmentHead, OperationRow, Proposal
from ohdesk.db.prepared import Prepared, quick_read
from ohdesk.db.queries.operations import true_bodies
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import FIELD_BY_KEY, FIELDS, value_text
from ohdesk.domain.ids import Ids
from ohdesk.domain.merge import is_county
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.search import folded
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.values import (
    by_who_decides,
    checked,
    is_proposal,
    local_numbers,
    refuse_same_code,
    usual_fields,
    values_of,
)

_ROWS_AT_ONCE = 1000  # of a whole roll: all at once would stand twice in memory
PAGE = 60  # rows of the first page: more than the tallest screen shows, few enough to be there at once


@dataclass(frozen=True, slots=True)
class RollQuery:
    """Which entries: a piece of name, code or initials; a risk class; only those in dispute.

    order: the field `listed` sorts by, "" for the pinyin initials of the name · falling: the largest first
    """

    search: str = ""
    risk_class: str = ""
    contested_only: bool = False
    order: str = ""
    falling: bool = False


@dataclass(frozen=True, slots=True)
class EstablishmentRow:
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
class EstablishmentDetail:
    """One entry in full: `fields` by key as text, the fields in dispute, and every change, newest first."""

    id: str
    fields: dict[str, str]
    contested: tuple[str, ...]
    history: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What a query finds: ids in the order of the list, and how many entries there are without the query."""

    ids: Ids
    everything: int


_NAMES = tuple(field.name for field in dataclass_fields(EstablishmentRow))


def list_rows(ctx: Context, query: RollQuery = RollQuery(), limit: int = PAGE) -> list[EstablishmentRow]:
    """Return the first entries that match, by the pinyin initials of the name."""
    ctx.require(Right.READ)
    page = _page(_shape(ctx, query))
    with quick_read(ctx.engine) as cursor:
        rows = page(cursor, **_asked(ctx, query), limit=limit).fetchall()
    return [_row(row) for row in rows]


def listed(ctx: Context, query: RollQuery = RollQuery()) -> Listed:
    """Return all that matches, by id in the order asked for; reads the whole roll, so not while a screen waits.

    Raises UserError for an order by what is no field of the roll.
    """
    matching = select(Establishment.id).where(*_conditions(_shape(ctx, query))).params(_asked(ctx, query))
    # Names are sorted by their pinyin, with which the text that is searched begins.
    by_name = query.order in {"", "name"}
    order: ColumnElement[Any] = Establishment.search.expression if by_name else _column(query.order)
    statement = matching.order_by(order.desc() if query.falling else order, Establishment.search, Establishment.id)
    with ctx.reading() as session:
        # Only the ids: 20,000 of them are there at once, the rows of a page are read when it is shown.
        ids = Ids(session.scalars(statement.execution_options(yield_per=_ROWS_AT_ONCE)))
        everything = session.scalar(_counting(ctx)) or 0
    return Listed(ids, everything)


def rows_of(ctx: Context, ids: Sequence[str]) -> list[EstablishmentRow]:
    """Return these entries in this order; one that was taken off the roll meanwhile is left out."""
    ctx.require(Right.READ)
    with quick_read(ctx.engine) as cursor:
        rows = _named()(cursor, ids=json.dumps(list(ids))).fetchall()
    found = {row.id: row for row in map(_row, rows)}
    return [found[identity] for identity in ids if identity in found]


def all_rows(ctx: Context, query: RollQuery = RollQuery()) -> list[EstablishmentRow]:
    """Return every entry that matches, by the pinyin initials of the name."""
    return list_rows(ctx, query, limit=-1)


def prepare() -> None:
    """Compile what shows a page of the roll, before somebody waits for it."""
    for whole_roll in (False, True):
        _page(_Shape(whole_roll))
    _named()


def count_rows(ctx: Context) -> int:
    """Return how many entries the roll has."""
    with ctx.reading() as session:
        return session.scalar(_counting(ctx)) or 0


def detail(ctx: Context, establishment: str) -> EstablishmentDetail:
    """Return one entry in full. Raises UserError when there is none."""
    with ctx.reading() as session:
        row = _entry(session, establishment)
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
        )


def add(ctx: Context, fields: dict[str, str], reason: str = "") -> str:
    """Set down a new entry by hand and return its id. Raises ProblemsError naming every field that cannot be taken."""
    ctx.require(Right.ROLL)
    values = checked({**usual_fields(ctx), **fields})
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
        row = _entry(session, establishment)
        # Only what differs travels: a form that is saved unchanged must not overwrite what the county settled
        # meanwhile.
        changed = {key: value for key, value in values.items() if value_text(getattr(row, key)) != value}
        if not changed:
            return Change.NOTHING
        refuse_same_code(session, changed.get("uscc", ""), establishment)
        batch, change = ctx.new_id(), Change.ROLL
        for written_at_once in by_who_decides(ctx, row, values_of(changed)):
            if is_proposal(ctx, establishment, row.town, written_at_once):
                change |= Change.PROPOSALS
            said = clean_text(reason)
            written = EstablishmentWritten(record=establishment, fields=written_at_once, reason=said)
            journal.record(session, written, ctx.stamp(), batch)
    return change


def find(ctx: Context, name_or_code: str) -> str:
    """Return the id of the entry with exactly this name, code, local id or id.

    Raises UserError when none or several fit.
    """
    text = clean_text(name_or_code).strip()
    columns = (Establishment.name, Establishment.uscc, Establishment.local_id, Establishment.id)
    # Nothing at all would fit whoever has no code.
    fits = or_(false(), *(column == text for column in columns if text))
    with ctx.reading() as session:
        found = list(session.scalars(select(Establishment.id).where(fits, on_roll(ctx.office.division)).limit(2)))
    if len(found) != 1:
        message = tr("名录中没有“{text}”。") if not found else tr("名录中有多家“{text}”。")
        raise UserError(message.format(text=text), tr("请用统一社会信用代码指明单位。"))
    return found[0]


def on_roll(division: str) -> ColumnElement[bool]:
    """True for the entries on the roll of this office: at a county all, at a town those it wrote or that are its own.

    The county's operations are one chain, so a town also holds what the county wrote for other towns.
    """
    if is_county(division):
        return Establishment.withdrawn.is_(False)
    return _on_roll_of_town(division)


def _on_roll_of_town(division: str | BindParameter[str]) -> ColumnElement[bool]:
    town = Establishment.town
    # Only a whole town code says that an entry is another town's; an empty or odd one must not hide it.
    elsewhere = (func.length(town) == func.length(division)) & (town != division)
    written_here = exists().where(
        EstablishmentHead.establishment == Establishment.id, EstablishmentHead.division == division
    )
    return Establishment.withdrawn.is_(False) & (~elsewhere | written_here)


class _Shape(NamedTuple):
    """Which conditions a page has; what is compared with are values."""

    is_county: bool
    search: bool = False
    risk_class: bool = False
    contested_only: bool = False


def _shape(ctx: Context, query: RollQuery) -> _Shape:
    county = is_county(ctx.office.division)
    return _Shape(county, bool(query.search.strip()), bool(query.risk_class), query.contested_only)


def _asked(ctx: Context, query: RollQuery) -> dict[str, Any]:
    return {"division": ctx.office.division, "search": folded(query.search), "risk_class": query.risk_class}


@cache
def _page(shape: _Shape) -> Prepared:
    statement = select(*_columns()).where(*_conditions(shape)).order_by(Establishment.search, Establishment.id)
    return Prepared(statement.limit(bindparam("limit")))


@cache
def _named() -> Prepared:
    # One parameter, however many ids: their number is then no part of the prepared text.
    ids = func.json_each(bindparam("ids")).table_valued("value")
    statement = select(*_columns()).where(Establishment.id.in_(select(ids.c.value)), Establishment.withdrawn.is_(False))
    return Prepared(statement)


def _columns() -> list[ColumnElement[Any]]:
    return [_contested() if name == "contested" else getattr(Establishment, name) for name in _NAMES]


def _contested() -> ColumnElement[bool]:
    return exists().where(ContestedField.establishment == Establishment.id)


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    town = _on_roll_of_town(bindparam("division"))
    conditions: list[ColumnElement[bool]] = [Establishment.withdrawn.is_(False) if shape.is_county else town]
    if shape.search:
        # Not LIKE, in which "%" and "_" typed by a person would mean something; nor full text, which finds no word of
        # one or two characters.
        conditions.append(func.instr(Establishment.search, bindparam("search")) > 0)
    if shape.risk_class:
        conditions.append(Establishment.risk_class == bindparam("risk_class"))
    if shape.contested_only:
        conditions.append(_contested())
    return conditions


def _counting(ctx: Context) -> Select[int]:
    return select(func.count()).select_from(Establishment).where(on_roll(ctx.office.division))


def _row(values: Sequence[Any]) -> EstablishmentRow:
    row = EstablishmentRow(*values)
    return replace(row, inspected_on=row.inspected_on or "", contested=bool(row.contested))


def _entry(session: Session, establishment: str) -> Establishment:
    row = session.get(Establishment, establishment)
    if row is None or row.withdrawn:
        raise UserError(tr("名录中找不到这家单位。"), tr("请刷新列表后重试。"))
    return row


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


def _column(key: str) -> ColumnElement[Any]:
    if key not in FIELD_BY_KEY:
        raise UserError(tr("名录中没有“{key}”这个字段，不能按它排列。", key=key), tr("请换一个字段。"))
    column: ColumnElement[Any] = Establishment.__table__.c[key]
    return column
