"""Who goes along beside inspectors and assistants: the tables in which they are typed, and what is wrong in a row."""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache

import msgspec

from ohdesk.domain import bounds
from ohdesk.domain.people import one_spelling
from ohdesk.domain.record import Technician
from ohdesk.errors import Problem
from ohdesk.forms.definition import DetailField
from ohdesk.forms.detail_values import cell_key, lacking, row_place, rows_in, rows_text, value_problems
from ohdesk.i18n import tr
from ohdesk.paths import resources


class Going(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of `resources/visits/going.toml`."""

    technicians: DetailField


@cache
def going() -> Going:
    """Return the tables."""
    raw = tomllib.loads((resources() / "visits" / "going.toml").read_text(encoding="utf-8"))
    return msgspec.convert({key: raw[key] for key in Going.__struct_fields__}, Going)


def technicians_in(text: str) -> tuple[Technician, ...]:
    """Return technical persons from the rows of their table."""
    return tuple(technician(row) for row in rows_in(text))


def technician(row: Mapping[str, str]) -> Technician:
    """Return a technical person from a row of their table; a role may stand there by its word."""
    keys = {choice.zh: choice.key for choice in _role().choices}
    said = row.get("role", "")
    return Technician(name=row.get("name", ""), unit=row.get("unit", ""), role=keys.get(said, said))


def technicians_text(technicians: Sequence[Technician]) -> str:
    """Return technical persons as the rows of their table."""
    return rows_text([asdict(each) for each in technicians])


def with_words(technicians: Sequence[Technician]) -> tuple[Technician, ...]:
    """Return technical persons as they are printed: the role in words."""
    return tuple(replace(each, role=_role().word(each.role)) for each in technicians)


def technician_said(person: Technician) -> str:
    """Return a technical person in the language of the screen."""
    return tr("{name}（{unit}，{role}）", name=person.name, unit=person.unit, role=_role().said_word(person.role))


def technician_problems(technicians: Sequence[Technician], inspectors: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with technical persons, by the cells of their table.

    inspectors: the names of the office's own who go: who supports an inspection is none of those who make it
    """
    field = going().technicians
    yield from _table_problems(field, technicians_text(technicians))
    own = {one_spelling(name) for name in inspectors}
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(technicians):
        who = (one_spelling(each.name), one_spelling(each.unit))
        found = tr("与检查人员同名") if who[0] and who[0] in own else tr("写了两次") if who in seen else ""
        if found:
            key = cell_key(field.key, number, "name")
            yield Problem(row_place(field.label, number), tr("执法人员、协管员以外的人，每人一次"), found, field=key)
        seen.add(who)
        for unbounded in bounds.problems(each):
            yield replace(unbounded, place=row_place(field.label, number), field=cell_key(field.key, number, "name"))


def _table_problems(field: DetailField, text: str) -> Iterator[Problem]:
    values = {field.key: text} if text else {}
    for each in (*value_problems("", [field], values), *lacking("", [field], values, whole_too=False)):
        yield replace(each, place=each.place.strip())


def _role() -> DetailField:
    return next(each for each in going().technicians.columns if each.key == "role")
