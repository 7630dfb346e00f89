"""Who goes along beside inspectors and assistants: the tables in which they are typed, and what is wrong in a row."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache

import msgspec

from ohdesk.domain import bounds
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import TEAM, one_spelling
from ohdesk.domain.problems import blank
from ohdesk.domain.record import Technician
from ohdesk.domain.visit import PartnerOfficer
from ohdesk.errors import Problem
from ohdesk.forms.definition import DetailField
from ohdesk.forms.detail_values import cell_key, lacking, row_place, rows_in, rows_text, value_problems
from ohdesk.i18n import tr
from ohdesk.paths import resources


class Going(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of `resources/visits/going.toml`."""

    technicians: DetailField
    partners: DetailField


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
    said = _cell(row, "role")
    return Technician(name=_cell(row, "name"), unit=_cell(row, "unit"), role=keys.get(said, said))


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


def partners_in(rows: Iterable[Mapping[str, str]]) -> tuple[PartnerOfficer, ...]:
    """Return officers of other departments from the rows of their table; one without a department is of that above."""
    found: list[PartnerOfficer] = []
    for row in rows:
        above = found[-1].department if found else ""
        found.append(
            PartnerOfficer(_cell(row, "department") or above, _cell(row, "name"), _cell(row, "certificate_no"))
        )
    return tuple(found)


def partner_lines(partners: Sequence[PartnerOfficer]) -> tuple[str, ...]:
    """Return a line for each department: its name and its officers with their certificate numbers."""
    return tuple(
        tr("{department}：{officers}", department=name, officers="、".join(map(officer_said, officers)))
        for name, officers in by_department(partners).items()
    )


def officer_said(officer: PartnerOfficer) -> str:
    """Return an officer with the certificate number."""
    return tr("{name}（执法证号 {number}）", name=officer.name, number=officer.certificate_no)


def partners_text(partners: Sequence[PartnerOfficer]) -> str:
    """Return officers of other departments as the rows of their table."""
    return rows_text([asdict(each) for each in partners])


def by_department(partners: Sequence[PartnerOfficer]) -> dict[str, tuple[PartnerOfficer, ...]]:
    """Return officers of other departments by department, in the order they were named."""
    names = dict.fromkeys(each.department for each in partners)
    return {name: tuple(each for each in partners if each.department == name) for name in names}


def partner_problems(partners: Sequence[PartnerOfficer], office: str, ours: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with officers of other departments, by the cells of their table.

    office: the name of our own · ours: the names of our people by their certificate numbers, as `one_spelling` has them
    """
    field = going().partners
    yield from _table_problems(field, partners_text(partners))
    numbers: dict[str, str] = {}
    for row, each in enumerate(partners):
        place, number = row_place(field.label, row), one_spelling(each.certificate_no)
        if not each.department:
            yield blank(tr("{place} 部门", place=place), cell_key(field.key, row, "department"))
        elif one_spelling(each.department) == one_spelling(office):
            key = cell_key(field.key, row, "department")
            yield Problem(place, tr("其他部门"), tr("就是本机关"), field=key)
        held = ours.get(number) or numbers.get(number)
        if number and held:
            found = tr("执法证号 {number} 与{name}的相同", number=each.certificate_no, name=held)
            yield Problem(place, tr("各人自己的执法证号"), found, field=cell_key(field.key, row, "certificate_no"))
        numbers[number] = each.name
    for department, officers in by_department(partners).items():
        if department and len(officers) < TEAM:
            found = tr("{department} {count} 名", department=department, count=len(officers))
            yield Problem(field.label, tr("每个部门至少两名"), found, field=field.key)


def _table_problems(field: DetailField, text: str) -> Iterator[Problem]:
    values = {field.key: text} if text else {}
    for each in (*value_problems("", [field], values), *lacking("", [field], values, whole_too=False)):
        yield replace(each, place=each.place.strip())


def _cell(row: Mapping[str, str], key: str) -> str:
    return clean_text(row.get(key, "")).strip()


def _role() -> DetailField:
    return next(each for each in going().technicians.columns if each.key == "role")
