"""Whom the rows of a list are about: employers by credit code, number or name, persons by name or certificate."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Merged, Person
from ohdesk.db.queries.among import among
from ohdesk.db.queries.roll import on_roll
from ohdesk.domain.establishment import uscc_is_right
from ohdesk.domain.people import one_spelling
from ohdesk.domain.roll.values import clean_code, folded_name, name_key
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.services.context import Context


class _Employer(NamedTuple):
    id: str
    name: str
    uscc: str
    local_id: str


class Employers:
    """The employers of the roll that some texts may mean, found in a few questions for all of them."""

    def __init__(self, ctx: Context, session: Session, names: Iterable[str], codes: Iterable[str]) -> None:
        texts = {text for text in names if text}
        self._codes = {code: clean_code(code, frozenset()).text for code in codes if code}
        wanted = texts | set(self._codes.values())
        self._by_text: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, list[_Employer]] = defaultdict(list)
        self.names: dict[str, str] = {}
        there = on_roll(ctx.office.division)
        columns = (Establishment.id, Establishment.name, Establishment.uscc, Establishment.local_id)
        by: tuple[tuple[Any, Collection[Any]], ...] = (
            (Establishment.id, wanted),
            (Establishment.uscc, wanted),
            (Establishment.local_id, wanted),
            (Establishment.name_key, {name_key(text) for text in texts}),
        )
        found: dict[str, _Employer] = {}
        for column, values in by if wanted else ():
            rows = session.execute(select(*columns).where(there, among(column, values)))
            found.update((row.id, _Employer(*row)) for row in rows)
        for each in found.values():
            self.names[each.id] = each.name
            self._by_name[folded_name(each.name)].append(each)
            for text in {each.id, each.uscc, each.local_id} - {""}:
                self._by_text[text].add(each.id)
        self._uscc = {each.id: each.uscc for each in found.values()}
        self._take_merged(session, texts)

    def _take_merged(self, session: Session, texts: Collection[str]) -> None:
        """An entry that was merged is called by its old name for years: whoever goes on for it is meant."""
        gone = select(Establishment.id, Establishment.name, Merged.into).join(
            Merged, Merged.establishment == Establishment.id
        )
        keys = {name_key(text) for text in texts}
        for _, name, into in session.execute(gone.where(Merged.into != "", among(Establishment.name_key, keys))):
            self._by_name[folded_name(name)].append(_Employer(into, name, "", ""))

    def called(self, text: str) -> list[str]:
        """Return the ids of those a text may mean: by id, code or number, else by name, written exactly so first."""
        if found := self._by_text.get(text):
            return sorted(found)
        namesakes = self._by_name.get(folded_name(text), [])
        exact = {each.id for each in namesakes if each.name == text}
        return sorted(exact or {each.id for each in namesakes})

    def about(self, name: str, code: str) -> list[str]:
        """Return the ids of those a row may be about: by code where it has one that is on the roll, else by name."""
        by_name = self.called(name) if name else []
        own = self._codes.get(code, "")
        by_code = sorted(self._by_text.get(own, ())) if own else []
        if by_code:
            return [each for each in by_code if not by_name or each in by_name]
        # Two right codes are two employers, whatever they are called.
        return [each for each in by_name if not (uscc_is_right(own) and uscc_is_right(self._uscc.get(each, "")))]


class Persons:
    """The persons of this office: few."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self._by_text: dict[str, set[str]] = {}
        self.names: dict[str, str] = {}
        columns = (Person.id, Person.name, Person.certificate_no)
        for identity, name, number in session.execute(select(*columns).where(Person.division == ctx.office.division)):
            self.names[identity] = name
            for text in {identity, one_spelling(name), one_spelling(number)} - {""}:
                self._by_text.setdefault(text, set()).add(identity)

    def called(self, text: str) -> list[str]:
        """Return the ids of those a text may mean."""
        return sorted(self._by_text.get(text) or self._by_text.get(one_spelling(text)) or ())


def one_of(found: Collection[str], place: str, text: str, key: str) -> str | Problem:
    """Return the one that was found; a problem where there is none, or several."""
    if len(found) == 1:
        return next(iter(found))
    said = tr("“{text}”，没有登记", text=text[:40]) if not found else tr("“{text}”，有多个同名的", text=text[:40])
    return Problem(place, tr("已登记的一个"), said, tr("请写全名、信用代码、执法证号或登记编号。"), key)


def texts_of(cells: Iterable[Mapping[str, str]], key: str) -> set[str]:
    """Return what stands in a column of some rows."""
    return {row[key] for row in cells if row.get(key)}
