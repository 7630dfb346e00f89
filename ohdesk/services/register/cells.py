"""What the cells of a list's rows mean in a book: values, whom a row is about, and what cannot be taken."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from ohdesk.domain.book_list.cells import cell_value
from ohdesk.domain.book_list.mapping import CODE, ID
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.personal import without_personal_numbers
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.values import Value, bounds_problem, expected_text
from ohdesk.domain.roll.values import day_of, heading_of, is_error
from ohdesk.errors import Problem
from ohdesk.forms.list_sources import words_of
from ohdesk.forms.small_counts import is_small_text
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register import listing, named
from ohdesk.services.register.about import Employers, Persons, one_of, texts_of
from ohdesk.services.register.conditions import OF_ENTRY
from ohdesk.services.register.listed import Draft

_MOST_NAMES = 10_000  # kept for the rows that follow
_SHOWN = 40  # characters of what was found


class Said(NamedTuple):
    """What a row says: the ids of those it may be about, its values by key, and what is wrong with other cells."""

    about: list[str]
    values: dict[str, Value]
    problems: dict[str, Problem]


class Cells:
    """Reads the cells of rows, many at once, so that names are looked up in a few questions."""

    def __init__(self, ctx: Context, session: Session, definition: Definition) -> None:
        self._ctx, self._session, self._definition = ctx, session, definition
        self._words = words_of(definition.id)
        self._persons = Persons(ctx, session)
        self.names: dict[str, str] = {}  # of whom the last rows name, by id
        self._named: dict[tuple[str, str, str], str | Problem] = {}

    def read(self, drafts: Sequence[Draft]) -> list[Said]:
        """Return what each of the rows says."""
        cells = [draft.cells for draft in drafts]
        kinds = [each.key for each in self._definition.fields if each.kind is Kind.ESTABLISHMENT]
        called = set().union(*(texts_of(cells, key) for key in ("establishment", *kinds)))
        self._employers = Employers(self._ctx, self._session, called, texts_of(cells, CODE))
        self.names = {**self._persons.names, **self._employers.names}
        return [self._read(draft) for draft in drafts]

    def _read(self, draft: Draft) -> Said:
        """Return whom a row may be about, the values of its cells, and what is wrong with each of the others."""
        about = self._about(draft)
        values: dict[str, Value] = {}
        problems: dict[str, Problem] = {}
        for key, text in draft.cells.items():
            if not text or key in {ID, CODE, "establishment", "person"}:
                continue
            found = self._value(key, text, about[0] if len(about) == 1 else "")
            if isinstance(found, Problem):
                problems[key] = found
            elif found is not None:
                values[key] = found
        return Said(about, values, problems)

    def _about(self, draft: Draft) -> list[str]:
        match self._definition.about:
            case "establishment":
                return self._employers.about(draft.cells.get("establishment", ""), draft.cells.get(CODE, ""))
            case "person" if draft.cells.get("person"):
                return self._persons.called(draft.cells["person"])
        return []

    def _value(self, key: str, text: str, about: str) -> Value | Problem:
        """Return what a cell means, None for nothing; a problem where it means no value."""
        field = self._definition.by_key.get(key)
        if is_error(text):
            return Problem(title_of(self._definition, key), tr("公式的结果"), text[:_SHOWN], field=key)
        if field is None:
            return self._own_value(key, text)
        if is_small_text(field, text):
            return None
        if field.kind in named.KINDS:
            return self._named_by(field, text, about)
        text = self._words.get(key, {}).get(heading_of(text), text) if key in self._words else text
        try:
            value = cell_value(field, text)
        except ValueError:
            found = text if len(text) <= _SHOWN else tr("{count} 个字", count=len(text))
            return Problem(word(field.label), expected_text(field), found, field=key)
        return clean_text(value) if isinstance(value, str) else value

    def _own_value(self, key: str, text: str) -> Value | Problem:
        """Return what a cell says of what every entry has."""
        if key == "state":
            wanted = heading_of(text)
            for state in self._definition.states:
                said = state.label
                spoken = (said,) if isinstance(said, str) else (said.zh, said.en)
                if wanted in {heading_of(each) for each in (state.key, *spoken) if each}:
                    return state.key
            known = " / ".join(word(each.label) for each in self._definition.states)
            return Problem(tr("状态"), known, text[:_SHOWN], field=key)
        if key == "opened_on":
            day = day_of(text)
            return day.isoformat() if day else Problem(tr("登记日期"), tr("日期"), text[:_SHOWN], field=key)
        return bounds_problem(key, text) or text

    def _named_by(self, field: Field, text: str, about: str) -> str | Problem:
        of = about if field.kind is Kind.ENTRY else ""
        asked = (field.key, text, of)
        if asked not in self._named:
            if len(self._named) > _MOST_NAMES:
                self._named.clear()
            match field.kind:
                case Kind.ESTABLISHMENT:
                    found = one_of(self._employers.called(text), word(field.label), text, field.key)
                case Kind.PERSON:
                    found = one_of(self._persons.called(text), word(field.label), text, field.key)
                case _:
                    found = named.find(self._ctx, self._session, field, text, of)
            self._named[asked] = found
        return self._named[asked]


def personal_problem(draft: Draft) -> Problem | None:
    """Return a problem for a row with a personal identity number in it: none goes into a book."""
    for key, text in [*draft.cells.items(), *draft.kept.items()]:
        if masked := without_personal_numbers(text)[1]:
            expected = tr("没有公民身份号码的内容")
            return Problem(draft.titles.get(key, key), expected, masked[0], tr("请删去身份号码后再导入。"), key)
    return None


def title_of(definition: Definition, key: str) -> str:
    """Return what a book calls a field, or what every entry has."""
    return listing.heading(definition, key) if key in OF_ENTRY or key in definition.by_key else key
