"""One entry of a book: entered, put right, turned to its next state, withdrawn; and all that is known of it.

What a definition keeps on this laptop goes into the local journal, the rest into the one that travels, both in one
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal, local_journal
from ohdesk.db.apply.registers import fields_of
from ohdesk.db.models import ContestedEntryField, Entry, LocalEntry, LocalOperation, OperationRow
from ohdesk.db.queries.operations import true_bodies
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.operations import EntryWritten, Source
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.states import first_state, turn_problems
from ohdesk.domain.register.values import Value, blanks, problem_of, read_value, required, too_large, value_text
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.numbers import numbers
from ohdesk.services.register import named
from ohdesk.services.register.books import book
from ohdesk.services.register.computing import computed_fields
from ohdesk.services.register.due import count
from ohdesk.services.register.tables import model_of

_NONE = ("", None)


class Held(NamedTuple):
    """An entry as it is held: the fields that show, and where it is written.

    travels: False for one that stays on this laptop whole
    """

    fields: dict[str, Value]
    division: str
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
    definition = _written_here(ctx, register)
    today = legal_day(ctx.now())
    given = {field.key: _default(field, today) for field in definition.fields if field.default} | dict(texts)
    with ctx.reading() as session:
        values, problems = _read(ctx, session, definition, given, about)
    state = str(values.pop("state", "") or first_state(definition))
    everything: dict[str, Value] = {**values, **_about(definition, about), "opened_on": today.isoformat()}
    everything |= computed_fields(definition, everything)
    problems += _missing(definition, everything, problems)
    problems += _about_problems(definition, about)
    if definition.states:
        everything["state"] = state
        # An entry may begin further on, as one of a list that was kept on paper does, with what that state needs.
        problems += turn_problems(definition, state, state, everything)
    _refuse(definition, problems)
    entry = ctx.new_id()
    with ctx.transaction() as session:
        if definition.number:
            model = model_of(definition)
            own = model.register == definition.id
            everything["number"] = next(numbers(ctx, session, definition.number, today, model.number, own))
        said = {key: value for key, value in everything.items() if value not in _NONE}
        _write(ctx, session, definition, entry, said, clean_text(reason), "hand", ctx.new_id())
    return entry


def correct(ctx: Context, entry: str, texts: Mapping[str, str], reason: str = "") -> Change:
    """Set fields of an entry to new values, its state among them; the old value and the reason stay in the journal.

    Raises UserError where there is no such entry, ProblemsError naming every field that cannot be taken.
    """
    ctx.require(Right.REGISTER)
    with ctx.transaction() as session:
        register, held = _held(session, entry)
        definition = _written_here(ctx, register)
        values, problems = _read(ctx, session, definition, texts, str(held.fields.get("establishment") or ""))
        if definition.computing.asked & values.keys():
            values |= computed_fields(definition, {**held.fields, **values})
        after = {**held.fields, **values}
        before = str(held.fields.get("state") or "")
        problems += _missing(definition, after, problems)
        if definition.states:
            problems += turn_problems(definition, before, str(after.get("state") or ""), after)
        _refuse(definition, problems)
        # Only what differs travels: a form saved unchanged must not overwrite what somebody else wrote meanwhile.
        changed = {key: value for key, value in values.items() if _differs(held.fields.get(key), value)}
        if not changed:
            return Change.NOTHING
        _write(ctx, session, definition, entry, changed, clean_text(reason), "hand", ctx.new_id(), held)
    return Change.REGISTERS


def withdraw(ctx: Context, entry: str, reason: str) -> Change:
    """Take an entry out of its book; it stays in the journal. Raises UserError without a reason or an entry."""
    ctx.require(Right.REGISTER)
    if not reason.strip():
        why = blank(tr("理由"), "reason", tr("请写明理由，例如重复登记、登记错误。"))
        raise ProblemsError(tr("撤出登记要写明理由。"), (why,))
    with ctx.transaction() as session:
        register, held = _held(session, entry)
        definition = _written_here(ctx, register)
        _write(ctx, session, definition, entry, {"withdrawn": True}, clean_text(reason), "hand", ctx.new_id(), held)
    return Change.REGISTERS


def detail(ctx: Context, entry: str) -> EntryDetail:
    """Return an entry in full, with what is kept of it on this laptop. Raises UserError when there is none."""
    with ctx.reading() as session:
        register, held = _held(session, entry)
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


def _written_here(ctx: Context, register: str) -> Definition:
    """Return a book that is written in this office. Raises UserError for one that comes from elsewhere."""
    definition = book(ctx, register)
    if definition.read_only:
        title = word(definition.title)
        raise UserError(tr("“{book}”由上级下发，本机只能查看。", book=title), tr("有误时请告诉下发单位。"))
    return definition


def _held(session: Session, entry: str) -> tuple[str, Held]:
    """Return the book of an entry and what is held of it; the fields kept on this laptop go before none."""
    travelling, local = session.get(Entry, entry), session.get(LocalEntry, entry)
    first = travelling or local
    if first is None or first.withdrawn:
        raise UserError(tr("没有这条登记，可能已经撤出。"), tr("请刷新后重新选择。"))
    fields = fields_of(first)
    if travelling is not None and local is not None:
        fields |= fields_of(local, own=False)
    return first.register, Held(fields, first.division, travelling is not None)


def _write(
    ctx: Context,
    session: Session,
    definition: Definition,
    entry: str,
    fields: Mapping[str, Value],
    reason: str,
    source: Source,
    batch: str,
    held: Held | None = None,
) -> None:
    """Write fields of an entry, each into the journal where it belongs, and count anew by when it is due."""
    travels = definition.travels != "no" if held is None else held.travels
    private = {each.key for each in definition.fields if each.private}
    here = {key: value for key, value in fields.items() if not travels or key in private}
    sent = {key: value for key, value in fields.items() if key not in here}
    for part, record_many in ((sent, journal.record_many), (here, local_journal.record_many)):
        if part:
            written = EntryWritten(record=entry, register=definition.id, fields=part, reason=reason, source=source)
            record_many(session, [written], ctx.stamp(), batch)
    row: Entry | LocalEntry | None = session.get(Entry, entry) if travels else session.get(LocalEntry, entry)
    if row is not None:
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


def _about_problems(definition: Definition, about: str) -> list[Problem]:
    words = {"establishment": tr("单位"), "person": tr("人员")}
    if definition.about_required and not about:
        return [blank(words[definition.about], definition.about)]
    return []


def _refuse(definition: Definition, problems: list[Problem]) -> None:
    if problems:
        message = tr("“{book}”有 {count} 处不能保存。", book=word(definition.title), count=len(problems))
        raise ProblemsError(message, tuple(problems))


def _differs(held: Value, value: Value) -> bool:
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
    field = definition.by_key.get(key)
    return value_text(field or Field(key, key), value)
