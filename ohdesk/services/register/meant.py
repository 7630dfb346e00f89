"""Which entry of a book a row of a list means."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, and_, cast, func, select
from sqlalchemy.orm import Session

from ohdesk.db.apply.registers import fields_of
from ohdesk.db.models import Entry, LocalEntry
from ohdesk.db.queries.among import among
from ohdesk.domain.book_list.mapping import CODE, ID, Layout
from ohdesk.domain.register.definition import Definition, Field, Kind
from ohdesk.domain.register.states import state_word
from ohdesk.domain.register.values import Value, value_text
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register import named
from ohdesk.services.register.about import texts_of
from ohdesk.services.register.cells import Said
from ohdesk.services.register.listed import Draft
from ohdesk.services.register.tables import model_of


class Held(NamedTuple):
    """An entry that a row may mean: its fields, and how an export writes them."""

    id: str
    travels: bool
    fields: dict[str, Value]
    texts: dict[str, str]


def match_fields(definition: Definition, layout: Layout) -> list[Field]:
    """Return the fields by which a row without a number tells which entry it means, beside whom it is about."""
    taken = {column.key for column in layout.taken}
    there = [each for each in definition.fields if each.key in taken]
    required = [each for each in there if each.required]
    return [each for each in required if each.indexed] or required or there


class Meant:
    """The entries that some rows may mean."""

    def __init__(
        self,
        ctx: Context,
        session: Session,
        definition: Definition,
        keys: Sequence[Field],
        drafts: Sequence[Draft],
        read: Sequence[Said],
        is_empty: bool,
    ) -> None:
        self._definition, self._keys = definition, keys
        self._by_id: dict[str, Held] = {}
        self._by_number: dict[str, list[Held]] = defaultdict(list)
        self._by_key: dict[tuple[Value, ...], list[Held]] = defaultdict(list)
        self.names: Mapping[str, str] = {}  # by id, of whom those entries name
        if is_empty:
            return
        model: Any = model_of(definition)
        asked: list[Any] = []
        cells = [draft.cells for draft in drafts]
        if ids := texts_of(cells, ID):
            asked.append(among(model.id, ids))
        if numbers := texts_of(cells, "number"):
            asked.append(among(model.number, numbers))
        plain = [
            said
            for draft, said in zip(drafts, read, strict=True)
            if not (draft.cells.get(ID) or draft.cells.get("number"))
        ]
        if plain and keys:
            asked.append(and_(*_agree(model, definition, keys, plain)))
        which = (model.register == definition.id, model.withdrawn.is_(False))
        rows = {row.id: row for each in asked for row in session.scalars(select(model).where(*which, each))}
        beside = (
            {row.id: row for row in session.scalars(select(LocalEntry).where(among(LocalEntry.id, rows)))}
            if model is Entry and rows
            else {}
        )
        self.names = named.names(ctx, session, definition, [*rows.values(), *beside.values()])
        for identity in sorted(rows):
            self._add(_held_of(definition, rows[identity], beside.get(identity), self.names))

    def _add(self, held: Held) -> None:
        self._by_id[held.id] = held
        if number := str(held.fields.get("number") or ""):
            self._by_number[number].append(held)
        self._by_key[self._key(str(held.fields.get(self._definition.about) or ""), held.fields)].append(held)

    def _key(self, about: str, values: Mapping[str, Value]) -> tuple[Value, ...]:
        return (about, *(values.get(field.key) or None for field in self._keys))

    def find(
        self, draft: Draft, about: Sequence[str], values: Mapping[str, Value], met: Mapping[str, int]
    ) -> Held | Problem | None:
        """Return the entry that a row means; None for a new one, a problem where that cannot be told."""
        identity, number = draft.cells.get(ID, ""), draft.cells.get("number", "")
        if identity or number:
            found = [self._by_id[identity]] if identity in self._by_id else self._by_number.get(number, [])
            place, key = (tr("编号"), ID if identity else "number")
            if identity and not found:
                return Problem(place, tr("本册里的一条登记"), identity[:40], field=key)
        else:
            if not self._keys:
                return None
            found = [each for whom in (about or [""]) for each in self._agreeing(whom, draft, values)]
            place, key = tr("本行"), ""
        free = [each for each in found if each.id not in met]
        if not found or (not free and not (identity or number)):
            return None
        if not free:
            said = tr("第 {row} 行已写同一条登记", row=met[found[0].id])
            return Problem(place, tr("每条登记一行"), said, tr("请只留一行。"), key)
        if len(free) > 1:
            # Of several that fit, the one that says the same is meant; nobody can tell which is to be changed.
            alike = [each for each in free if _says_same(each, draft, values)]
            if not alike:
                said = tr("有 {count} 条登记都符合", count=len(free))
                return Problem(place, tr("能认出是哪一条"), said, tr("请加上编号一列，或把本行直接登记。"), key)
            return alike[0]
        return free[0]

    def _agreeing(self, about: str, draft: Draft, values: Mapping[str, Value]) -> Sequence[Held]:
        """Return the entries about somebody that agree in the fields which tell them apart."""
        unread = [field.key for field in self._keys if field.key not in values and draft.cells.get(field.key)]
        if not unread:
            return self._by_key.get(self._key(about, values), ())
        # What cannot be read, as a name that several have, may be what an export writes.
        return [
            each
            for each in self._by_id.values()
            if str(each.fields.get(self._definition.about) or "") == about
            and all(
                draft.cells.get(field.key, "") == each.texts.get(field.key, "")
                if field.key in unread
                else (values.get(field.key) or None) == (each.fields.get(field.key) or None)
                for field in self._keys
            )
        ]


def _agree(
    model: Any, definition: Definition, keys: Sequence[Field], rows: Sequence[Said]
) -> Iterator[ColumnElement[bool]]:
    """Yield what an entry must fit to be meant by one of some rows: that the database is asked for few."""
    if definition.about != "nothing":
        yield among(getattr(model, definition.about), {each for row in rows for each in row.about or [""]})
    for field in keys:
        is_elsewhere = field.private and definition.travels != "no"
        # What a row cannot say narrows nothing; yes and no are numbers to the database.
        if is_elsewhere or field.kind is Kind.YES_NO or any(field.key not in row.values for row in rows):
            continue
        held = cast(func.json_extract(model.values, f"$.{field.key}"), Text)
        yield among(held, {str(row.values[field.key]) for row in rows})


def _says_same(held: Held, draft: Draft, values: Mapping[str, Value]) -> bool:
    return all(
        text == held.texts.get(key) or (key in values and values[key] == held.fields.get(key))
        for key, text in draft.cells.items()
        if text and key not in {ID, CODE}
    )


def _held_of(definition: Definition, row: Any, beside: LocalEntry | None, called: Mapping[str, str]) -> Held:
    fields = fields_of(row)
    if beside is not None:
        fields |= fields_of(beside, own=False)
    texts = {
        field.key: called.get(str(fields[field.key]), "") if field.kind in named.KINDS else ""
        for field in definition.fields
        if field.key in fields
    }
    texts = {key: text or value_text(definition.field(key), fields[key]) for key, text in texts.items()}
    about = str(fields.get(definition.about) or "")
    texts |= {"number": row.number, "opened_on": str(fields["opened_on"]), definition.about: called.get(about, about)}
    if definition.states:
        texts["state"] = state_word(definition, row.state)
    return Held(row.id, isinstance(row, Entry), fields, {key: _shown(text) for key, text in texts.items()})


def _shown(text: str) -> str:
    """Return a text as a cell holds it and gives it back."""
    return text.replace("\r\n", "\n").strip()
