"""What roll and books know already of figures that a checklist asks for: shown to be checked, no answer by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Establishment
from ohdesk.db.queries.roll import together
from ohdesk.domain.register.definition import Kind, word
from ohdesk.forms.definition import Form
from ohdesk.forms.known import KnownField, known_file
from ohdesk.forms.registers import definition
from ohdesk.i18n import tr


class Known(NamedTuple):
    """A value as it would be typed, and where it comes from, in words."""

    text: str
    source: str


Prefilled = Mapping[str, Mapping[str, Known]]  # by question and field


def known_of(session: Session, form: Form, establishment: str) -> Prefilled:
    """Return what is known of the fields of a form, within an open session; what nobody knows is not there."""
    row = session.get_one(Establishment, establishment)
    books: dict[str, list[Entry]] = {}
    found: dict[str, dict[str, Known]] = {}
    for field in known_file().known:
        if field.question not in form.by_id:
            continue
        known = _of_roll(row, field) if field.roll else _of_book(session, row.id, field, books)
        if known is not None:
            found.setdefault(field.question, {}).setdefault(field.field, known)
    return found


def _of_roll(row: Establishment, field: KnownField) -> Known | None:
    text = _text(getattr(row, field.roll))
    return Known(text, tr("名录登记的，请核对")) if text else None


def _of_book(session: Session, establishment: str, field: KnownField, books: dict[str, list[Entry]]) -> Known | None:
    if field.book not in books:
        wanted = select(Entry).where(Entry.register == field.book, Entry.withdrawn.is_(False))
        of_it = session.scalars(wanted.where(together(Entry.establishment, establishment)))
        days = known_file().newest[field.book]
        # Of two of one day the one that was made later: ids begin with the time.
        books[field.book] = sorted(of_it, key=lambda entry: (_latest(entry, days), entry.id), reverse=True)
    for entry in books[field.book]:
        if all(entry.values.get(key) == value for key, value in field.where.items()):
            text = _text(entry.values.get(field.key))
            kinds = {each.key: each.kind for each in definition(field.book).fields}
            if text and kinds[field.key] is Kind.ESTABLISHMENT:
                text = session.get_one(Establishment, text).name
            named = word(definition(field.book).title)
            return Known(text, tr("{book}登记的，请核对", book=named)) if text else None
    return None


def _latest(entry: Entry, days: Sequence[str]) -> str:
    return max(_text(entry.values.get(day)) for day in days)


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None or isinstance(value, bool) else str(value)
