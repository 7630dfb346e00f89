"""Instruments that readings name (设备登记簿): what is told of one whose calibration had run out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry
from ohdesk.domain.people import one_spelling
from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.forms.detail_values import rows_in
from ohdesk.i18n import tr

_BOOK = "equipment"


class Instrument(NamedTuple):
    """An instrument of the office: its name, its number, and until when its calibration holds ("2026-03-02")."""

    title: str
    serial: str
    valid_to: str


def instruments_in(session: Session) -> tuple[Instrument, ...]:
    """Return the instruments whose term of calibration is entered, within an open session."""
    rows = session.scalars(select(Entry.values).where(Entry.register == _BOOK, ~Entry.withdrawn))
    named = (Instrument(*(str(values.get(key) or "") for key in Instrument._fields)) for values in rows)
    return tuple(each for each in named if each.valid_to and one_spelling(each.serial))


def expired(
    instruments: Sequence[Instrument], fields: Sequence[DetailField], details: Mapping[str, str], day: date
) -> Iterator[str]:
    """Yield, for every instrument that these details name and whose calibration had run out on a day, what is told.

    details: as stored, by field; an instrument is meant by its number, whatever stands around that
    """
    on = day.isoformat()
    for text in dict.fromkeys(_named(fields, details)):
        meant = _meant(instruments, text)
        if meant is not None and meant.valid_to < on:
            yield tr(
                "检定 {valid_to} 到期，读数时已过期：{title}（{serial}）。",
                title=meant.title,
                serial=meant.serial,
                valid_to=meant.valid_to,
            )


def _named(fields: Sequence[DetailField], values: Mapping[str, str]) -> Iterator[str]:
    for field in fields:
        if field.instrument and values.get(field.key):
            yield values[field.key]
        if field.kind is FieldKind.REPEAT and any(column.instrument for column in field.columns):
            for row in rows_in(values.get(field.key, "")):
                yield from _named(field.columns, row)


def _meant(instruments: Sequence[Instrument], text: str) -> Instrument | None:
    """Return the instrument that a text names; of numbers one within the other the longest."""
    spelt = one_spelling(text)
    fitting = [each for each in instruments if one_spelling(each.serial) in spelt]
    return max(fitting, key=lambda each: len(each.serial), default=None)
