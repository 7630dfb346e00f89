"""One entry of a book: entered, put right, turned to its next state, withdrawn; and all that is known of it.

What a definition keeps on this laptop goes into the local journal, the rest into the one that travels, both in one
transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal, local_journal
from ohdesk.db.apply.registers import fields_of
from ohdesk.db.models import ContestedEntryField, Entry, LocalEntry, LocalOperation, OperationRow
from ohdesk.db.queries.among import among
from ohdesk.db.queries.operations import true_bodies
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.kept_columns import kept_text
from ohdesk.domain.operations import EntryWritten, Source
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.states import first_state, turn_problems
from ohdesk.domain.register.values import (
    Value,
    blanks,
    named_files,
    problem_of,
    read_value,
    required,
    too_large,
    value_text,
)
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.list_sources import provenance_text
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.numbers import numbers
from ohdesk.services.register import county_papers, named
from ohdesk.services.register.books import book
from ohdesk.services.register.due import count
from ohdesk.services.register.tables import model_of

_NONE = ("", None)
_PAIRS = {"kept": kept_text, "provenance": provenance_text}


class Held(NamedTuple):
    """An entry as it is held: the fields that show, and where it is written.

    travels: False for one that stays on this laptop whole
    """

    fields: dict[str, Value]
    division: str
    travels: bool


class Write(NamedTuple):
    """Fields of an entry that are to be written; travels: False for one that stays on this laptop whole."""

    entry: str
    fields: Mapping[str, Value]
    travels: bool


class FieldWrite(msgspec.Struct, frozen=True):
    """One write of one field: when, by whom, what, and why."""

    at: str
    by: str
    field: str
    value: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry in full: its values as they are kept, the fields in dispute, and every write, the newest first."""

    id: str
    register: str
    values: Mapping[str, Value]
    contested: tuple[str, ...]
    history: tuple[FieldWrite, ...]


def add(ctx: Context, register: str, texts: Mapping[str, str], about: str = "", reason: str = "") -> str:
    """Set down an entry and return its id. Raises ProblemsError naming every field that cannot be taken.

    texts: as they were typed, by key; what is not given gets its default · about: the id of whom it is about
    """
    ctx.require(Right.REGISTER)
    definition = written_here(ctx, register)
    today = legal_day(ctx.now())
    given = {field.key: _default(field, today) for field in definition.fields if field.default} | dict(texts)
    with ctx.reading() as session:
        values, problems = _read(ctx, session, definition, given, about)
    everything, wrong = as_new(definition, {**values, **_about(definition, about)}, today, problems)
    refuse(definition, [*problems, *wrong])
    with ctx.transaction() as session:
        return write_new(ctx, session, definition, everything, clean_text(reason))


def write_new(
    ctx: Context, session: Session, definition: Definition, fields: Mapping[str, Value], reason: str = ""
) -> str:
    """Write a new entry with these fields (of `as_new`) and the next number within an open session; return its id."""
    entry = ctx.new_id()
    number = {"number": next(next_numbers(ctx, session, definition))} if definition.number else {}
    new = Write(entry, {**fields, **number}, definition.travels != "no")
    write_many(ctx, session, definition, [new], reason, "hand", ctx.new_id())
    return entry


def _computed(definition: Definition, fields: Mapping[str, Value]) -> dict[str, Value]:
    from ohdesk.services.register.computing import computed_fields  # late: it reads all hazards and their limits

    return computed_fields(definition, fields)


def as_new(
    definition: Definition, values: Mapping[str, Value], today: date, told: Sequence[Problem] = ()
) -> tuple[dict[str, Value], list[Problem]]:
    """Return the fields of a new entry that has these values, and what is wrong with them beside what was told."""
    state = str(values.get("state") or first_state(definition))
    everything: dict[str, Value] = {"opened_on": today.isoformat(), **values}
    everything |= _computed(definition, everything)
    problems = [*_missing(definition, everything, told), *_about_problems(definition, everything, told)]
    if definition.states:
        everything["state"] = state
        # An entry may begin further on, as one of a list that was kept on paper does, with what that state needs.
        problems += turn_problems(definition, state, state, everything)
    return {key: value for key, value in everything.items() if value not in _NONE}, problems


def as_changed(
    definition: Definition, held: Mapping[str, Value], values: Mapping[str, Value], told: Sequence[Problem] = ()
) -> tuple[dict[str, Value], list[Problem]]:
    """Return those of the values that an entry does not hold yet, and what is wrong beside what was told."""
    values = dict(values)
    if definition.computing.asked & values.keys():
        values |= _computed(definition, {**held, **values})
    after = {**held, **values}
    problems = _missing(definition, after, told)
    if definition.states:
        problems += turn_problems(definition, str(held.get("state") or ""), str(after.get("state") or ""), after)
    # Only what differs travels: a form saved unchanged must not overwrite what somebody else wrote meanwhile.
    return {key: value for key, value in values.items() if differs(held.get(key), value)}, problems


def next_numbers(ctx: Context, session: Session, definition: Definition) -> Iterator[str]:
    """Yield the numbers that come next in a book that has any."""
    model = model_of(definition)
    own = model.register == definition.id
    return numbers(ctx, session, definition.number, legal_day(ctx.now()), model.number, own)


def correct(ctx: Context, entry: str, texts: Mapping[str, str], reason: str = "") -> Change:
    """Set fields of an entry to new values, its state among them; the old value and the reason stay in the journal.

    Raises UserError where there is no such entry, ProblemsError naming every field that cannot be taken.
    """
    ctx.require(Right.REGISTER)
    with ctx.transaction() as session:
        register, held = held_entry(session, entry)
        definition = written_here(ctx, register)
        values, problems = _read(ctx, session, definition, texts, str(held.fields.get("establishment") or ""))
        changed, wrong = as_changed(definition, held.fields, values, problems)
        refuse(definition, [*problems, *wrong])
        if not changed:
            return Change.NOTHING
        written = Write(entry, changed, held.travels)
        write_many(ctx, session, definition, [written], clean_text(reason), "hand", ctx.new_id())
    return Change.REGISTERS


def withdraw(ctx: Context, entry: str, reason: str) -> Change:
    """Take an entry out of its book; it stays in the journal. Raises UserError without a reason or an entry."""
    ctx.require(Right.REGISTER)
    if not reason.strip():
        why = blank(tr("理由"), "reason", tr("请写明理由，例如重复登记、登记错误。"))
        raise ProblemsError(tr("撤出登记要写明理由。"), (why,))
    with ctx.transaction() as session:
        register, held = held_entry(session, entry)
        definition = written_here(ctx, register)
        gone = Write(entry, {"withdrawn": True}, held.travels)
        write_many(ctx, session, definition, [gone], clean_text(reason), "hand", ctx.new_id())
    return Change.REGISTERS


def detail(ctx: Context, entry: str) -> EntryDetail:
    """Return an entry in full, with what is kept of it on this laptop. Raises UserError when there is none."""
    with ctx.reading() as session:
        register, held = held_entry(session, entry)
        contested = select(ContestedEntryField.field).where(ContestedEntryField.entry == entry)
        return EntryDetail(
            id=entry,
            register=register,
            values=held.fields,
            contested=tuple(session.scalars(contested.order_by(ContestedEntryField.field))),
            history=tuple(_history(session, book(ctx, register), entry)),
        )


def find(ctx: Context, register: str, wanted: str) -> str:
    """Return the id of the entry of a book with this id or number. Raises UserError when none or several fit."""
    with ctx.reading() as session:
        found: set[str] = set()
        for model in (Entry, LocalEntry):
            fits = (model.id == wanted) | ((model.number == wanted) & (model.number != ""))
            found |= set(session.scalars(select(model.id).where(model.register == register, fits, ~model.withdrawn)))
    if len(found) != 1:
        message = tr("“{book}”里没有“{wanted}”。") if not found else tr("“{book}”里有多条“{wanted}”。")
        title = word(book(ctx, register).title)
        raise UserError(message.format(book=title, wanted=wanted[:40]), tr("请用编号指明，可先列出来查看。"))
    return found.pop()


def written_here(ctx: Context, register: str) -> Definition:
    """Return a book that is written in this office. Raises UserError for one that comes from elsewhere."""
    definition = book(ctx, register)
    if definition.read_only:
        title = word(definition.title)
        remedy = tr("由上级下发的，有误时请告诉下发单位；由程序自己记下的，不能改。")
        raise UserError(tr("“{book}”在本机只能查看。", book=title), remedy)
    if definition.needs_paper:
        with ctx.reading() as session:
            paper = county_papers.in_force(session, definition.needs_paper, legal_day(ctx.now()))
        if paper is None:
            raise UserError(
                tr("“{book}”还没有启用。", book=word(definition.title)),
                tr("请先在登记簿“县级文件”中登记县级的协管文件。"),
            )
    return definition


def held_entry(session: Session, entry: str) -> tuple[str, Held]:
    """Return the book of an entry and what is held of it; the fields kept on this laptop go before none."""
    travelling, local = session.get(Entry, entry), session.get(LocalEntry, entry)
    first = travelling or local
    if first is None or first.withdrawn:
        raise UserError(tr("没有这条登记，可能已经撤出。"), tr("请刷新后重新选择。"))
    fields = fields_of(first)
    if travelling is not None and local is not None:
        fields |= fields_of(local, own=False)
    return first.register, Held(fields, first.division, travelling is not None)


def write_many(
    ctx: Context,
    session: Session,
    definition: Definition,
    writes: Sequence[Write],
    reason: str,
    source: Source,
    batch: str,
) -> None:
    """Write fields of entries, each into the journal where it belongs, and count anew by when they are due.

    No two of one entry.
    """
    private = {each.key for each in definition.fields if each.private}
    sent: list[EntryWritten] = []
    here: list[EntryWritten] = []
    for each in writes:
        staying = {key: value for key, value in each.fields.items() if not each.travels or key in private}
        travelling = {key: value for key, value in each.fields.items() if key not in staying}
        for part, into in ((travelling, sent), (staying, here)):
            if part:
                into.append(written(definition, each.entry, part, reason, source))
    record_parts(ctx, session, definition, sent, here, batch)


def written(
    definition: Definition, entry: str, fields: Mapping[str, Value], reason: str, source: Source
) -> EntryWritten:
    """Return the operation that sets fields of an entry; it mentions the files that they name."""
    return EntryWritten(
        record=entry,
        blobs=named_files(fields),
        register=definition.id,
        fields=dict(fields),
        reason=reason,
        source=source,
    )


def record_parts(
    ctx: Context,
    session: Session,
    definition: Definition,
    sent: Sequence[EntryWritten],
    here: Sequence[EntryWritten],
    batch: str,
) -> None:
    """Write what travels and what stays here, each into its journal, and count anew by when the entries are due."""
    journal.record_many(session, sent, ctx.stamp(), batch)
    local_journal.record_many(session, here, ctx.stamp(), batch)
    models: tuple[tuple[Any, Sequence[EntryWritten]], ...] = ((Entry, sent), (LocalEntry, here))
    for model, written in models:
        records = [each.record for each in written]
        for row in session.scalars(select(model).where(among(model.id, records))) if records else ():
            count(row, definition)


def _read(
    ctx: Context, session: Session, definition: Definition, texts: Mapping[str, str], about: str
) -> tuple[dict[str, Value], list[Problem]]:
    """Return the values that texts mean, and what is wrong with them."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for key, text in texts.items():
        field = definition.by_key.get(key)
        if key == "state" and definition.states:
            values[key] = text
        elif field is None:
            known = "、".join(f"{word(each.label)}（{each.key}）" for each in definition.fields)
            problems.append(Problem(key[:40], tr("这本登记簿的字段"), tr("没有这个字段"), known))
        elif field.computed:
            problems.append(blank(word(field.label), key, tr("由程序按其他字段算出，不用填。")))
        elif field.kind in named.KINDS and text.strip():
            found = named.find(ctx, session, field, text, about)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                values[key] = found
        elif wrong := problem_of(field, text):
            problems.append(wrong)
        else:
            value = read_value(field, text)
            values[key] = clean_text(value) if isinstance(value, str) else value
    return values, problems


def _missing(definition: Definition, values: Mapping[str, Value], problems: Sequence[Problem]) -> list[Problem]:
    """Return what is wanting, and what is too large for another; not of what was typed and cannot be taken."""
    told = {each.field for each in problems}
    found = [*blanks(definition, values, required(definition)), *too_large(definition, values)]
    return [each for each in found if each.field not in told]


def _default(field: Field, today: date) -> str:
    if field.default == "today":
        return today.isoformat() + ("T00:00" if field.kind is Kind.TIME else "")
    return field.default


def _about(definition: Definition, about: str) -> dict[str, Value]:
    return {} if definition.about == "nothing" or not about else {definition.about: about}


def _about_problems(definition: Definition, values: Mapping[str, Value], told: Sequence[Problem]) -> list[Problem]:
    words = {"establishment": tr("单位"), "person": tr("人员")}
    is_told = any(each.field == definition.about for each in told)
    if definition.about_required and not values.get(definition.about) and not is_told:
        return [blank(words[definition.about], definition.about)]
    return []


def refuse(definition: Definition, problems: Sequence[Problem]) -> None:
    """Raise ProblemsError where there are any."""
    if problems:
        message = tr("“{book}”有 {count} 处不能保存。", book=word(definition.title), count=len(problems))
        raise ProblemsError(message, tuple(problems))


def differs(held: Value, value: Value) -> bool:
    """True where a value says something else than what is held; nothing is nothing, however it is written."""
    return (held or None) != (value or None) if not isinstance(value, bool | int) else held != value


def _history(session: Session, definition: Definition, entry: str) -> list[FieldWrite]:
    sent = [
        parse(body)
        for body in true_bodies(
            session,
            OperationRow.record == entry,
            OperationRow.set_aside == "",
            in_order=(OperationRow.replica, OperationRow.seq),
        )
    ]
    writes = [
        FieldWrite(body["at"], body["by"], key, _text(definition, key, value), body["v"]["reason"], body["v"]["source"])
        for body in sent
        for key, value in body["v"]["fields"].items()
    ]
    writes += [
        FieldWrite(write.at, write.by, key, _text(definition, key, value), write.reason, write.source)
        for write in local_journal.writes_of(session, LocalOperation.record == entry)
        for key, value in write.fields.items()
    ]
    return sorted(writes, key=lambda each: each.at, reverse=True)


def _text(definition: Definition, key: str, value: Value) -> str:
    if key in _PAIRS:
        return _PAIRS[key](value)
    field = definition.by_key.get(key)
    return value_text(field or Field(key, key), value)
