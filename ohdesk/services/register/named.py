"""What a field names: an employer, a person of the office, an entry of a book; found by what people call it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Merged, Peer, Person
from ohdesk.db.queries.among import among
from ohdesk.db.queries.roll import together
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.values import Value
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register.books import books
from ohdesk.services.register.tables import model_of

KINDS = frozenset({Kind.ESTABLISHMENT, Kind.PERSON, Kind.ENTRY})
_Where = tuple[Any, list[ColumnElement[bool]]]


def find(ctx: Context, session: Session, field: Field, text: str, about: str) -> str | Problem:
    """Return the id of what a text names, as it is typed; a problem where none or several are called so.

    about: the employer that the entry is about, of whose posts and tests one is meant
    """
    wanted = clean_text(text).strip()
    if field.kind is Kind.ENTRY and field.of and field.of not in books(ctx).by_id:
        return wanted  # a visit, a record, a finding: by its id
    if about and field.kind is Kind.ENTRY:  # whoever goes on has the posts and tests of both
        merged = select(Merged.into).where(Merged.establishment == about, Merged.into != "")
        about = session.scalar(merged) or about
    found: set[str] = set()
    for model, which in _called(ctx, field, wanted, about):
        found |= set(session.scalars(select(model.id).where(*which).limit(2)))
    if len(found) == 1:
        return found.pop()
    said = tr("没有叫这个名字的") if not found else tr("有多个叫这个名字的")
    remedy = tr("请写全名、信用代码、执法证号或登记编号。")
    return Problem(word(field.label), tr("已登记的一个"), said, remedy, field.key)


def names(ctx: Context, session: Session, definition: Definition, rows: Iterable[Any]) -> Mapping[str, str]:
    """Return, by id, what people call those whom these entries are about and whom their fields name."""
    rows = list(rows)
    employers = {row.establishment for row in rows} | _named(rows, definition, Kind.ESTABLISHMENT)
    people = {row.person for row in rows} | _named(rows, definition, Kind.PERSON)
    found = _names(session, Establishment, Establishment.name, employers)
    found |= _names(session, Person, Person.name, people)
    found |= dict(session.execute(select(Peer.division, Peer.name)).all()) | {ctx.office.division: ctx.office.name}
    for field in definition.fields:
        other = books(ctx).by_id.get(field.of) if field.kind is Kind.ENTRY else None
        if other is not None:
            model = model_of(other)
            found |= _names(session, model, _name(model, other), _values(rows, field))
    return found


def _called(ctx: Context, field: Field, wanted: str, about: str) -> Iterator[_Where]:
    match field.kind:
        case Kind.ESTABLISHMENT:
            columns = (Establishment.id, Establishment.name, Establishment.uscc, Establishment.local_id)
            yield Establishment, [or_(*(each == wanted for each in columns)), Establishment.withdrawn.is_(False)]
        case Kind.PERSON:
            people = (Person.id, Person.name, Person.certificate_no)
            yield Person, [or_(*(each == wanted for each in people)), Person.division == ctx.office.division]
        case _:
            there = books(ctx).by_id
            for other in [there[field.of]] if field.of else there.values():
                model: Any = model_of(other)
                is_called = or_(model.id == wanted, _name(model, other) == wanted)
                which = [model.register == other.id, model.withdrawn.is_(False), is_called]
                # 打磨 is a post of many employers.
                if about and other.about == "establishment":
                    which.append(together(model.establishment, about))
                yield model, which


def _name(model: Any, definition: Definition) -> ColumnElement[str]:
    """Return what an entry of a book is called by: its number, without one the first text that it cannot be without."""
    texts = [each.key for each in definition.fields if each.kind is Kind.TEXT and each.required]
    if definition.number or not texts:
        return model.number  # type: ignore[no-any-return]
    return func.coalesce(func.json_extract(model.values, f"$.{texts[0]}"), "")


def _named(rows: Iterable[Any], definition: Definition, kind: Kind) -> set[str]:
    return {each for field in definition.fields if field.kind is kind for each in _values(rows, field)}


def _values(rows: Iterable[Any], field: Field) -> set[str]:
    held: list[Value] = [row.values.get(field.key) for row in rows]
    # What another office wrote need not be of the kind that is expected here.
    return {each for each in held if isinstance(each, str)}


def _names(session: Session, model: Any, name: Any, ids: set[str]) -> dict[str, str]:
    if not ids - {""}:
        return {}
    found: dict[str, str] = dict(session.execute(select(model.id, name).where(among(model.id, ids - {""}))).all())
    return {each: said for each, said in found.items() if said}
