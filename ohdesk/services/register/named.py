"""What a field names: an employer, a person of the office, an entry of a book; found by what people call it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Establishment, LocalEntry, Person
from ohdesk.db.queries.among import among
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.values import Value
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.services.context import Context

KINDS = frozenset({Kind.ESTABLISHMENT, Kind.PERSON, Kind.ENTRY})
NOT_BOOKS = frozenset({"visit", "record", "finding", "paper"})  # whose ids are taken as they are


def find(ctx: Context, session: Session, field: Field, text: str) -> str | Problem:
    """Return the id of what a text names, as it is typed; a problem where none or several are called so."""
    wanted = clean_text(text).strip()
    if field.kind is Kind.ENTRY and field.of in NOT_BOOKS:
        return wanted
    found: set[str] = set()
    for model, which in _where(ctx, field, wanted):
        found |= set(session.scalars(select(model.id).where(*which).limit(2)))
    if len(found) == 1:
        return found.pop()
    said = tr("没有叫这个名字的") if not found else tr("有多个叫这个名字的")
    remedy = tr("请写全名、信用代码、执法证号或登记编号。")
    return Problem(word(field.label), tr("已登记的一个"), said, remedy, field.key)


def names(session: Session, definition: Definition, rows: Iterable[Any]) -> Mapping[str, str]:
    """Return, by id, what people call those whom these entries are about and whom their fields name."""
    wanted: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
    fields = [each for each in definition.fields if each.kind in KINDS]
    for row in rows:
        wanted[Kind.ESTABLISHMENT].add(row.establishment)
        wanted[Kind.PERSON].add(row.person)
        for field in fields:
            value: Value = row.values.get(field.key)
            # What another office wrote need not be of the kind that is expected here.
            if isinstance(value, str):
                wanted[field.kind].add(value)
    found: dict[str, str] = {}
    called = (
        (Kind.ESTABLISHMENT, Establishment, Establishment.name),
        (Kind.PERSON, Person, Person.name),
        (Kind.ENTRY, Entry, Entry.number),
        (Kind.ENTRY, LocalEntry, LocalEntry.number),
    )
    for kind, model, name in called:
        ids = wanted[kind] - {""}
        if ids:
            found |= dict(session.execute(select(model.id, name).where(among(model.id, ids), name != "")).all())
    return found


def _where(ctx: Context, field: Field, wanted: str) -> Iterable[tuple[Any, tuple[ColumnElement[bool], ...]]]:
    match field.kind:
        case Kind.ESTABLISHMENT:
            columns = (Establishment.id, Establishment.name, Establishment.uscc, Establishment.local_id)
            yield Establishment, (or_(*(each == wanted for each in columns)), Establishment.withdrawn.is_(False))
        case Kind.PERSON:
            people = (Person.id, Person.name, Person.certificate_no)
            yield Person, (or_(*(each == wanted for each in people)), Person.division == ctx.office.division)
        case _:
            for model in (Entry, LocalEntry):
                of_book = (model.register == field.of,) if field.of else ()
                yield model, (or_(model.id == wanted, model.number == wanted), model.withdrawn.is_(False), *of_book)
