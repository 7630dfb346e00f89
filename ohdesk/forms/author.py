"""A checklist as a workbook for somebody who knows the law, and the edition that comes back from it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import msgspec

from ohdesk.domain.calendar import day_in
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.roll.table import column_letters
from ohdesk.errors import Problem
from ohdesk.forms.definition import AnswerType, Form, InspectionMode, Question
from ohdesk.forms.loader import SEVERITIES, known_laws
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.writing import in_order, raw_head, raw_question
from ohdesk.i18n import tr
from ohdesk.paths import resources

HEAD, SECTIONS, QUESTIONS, BASES, FIELDS = "head", "sections", "questions", "bases", "fields"
_LONGEST = 4000  # characters of a cell
_ID = re.compile(r"[A-Z]{1,4}[0-9]{1,3}", re.ASCII)
_KEPT = ("version", "title", "title_en", "valid_from", "valid_to")  # of the head, what may be changed
_FIELD_KEYS = ("label", "label_en", "unit", "least", "most", "required")


class AuthorWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `resources/checklists/author.toml` says: names of sheets, headings of their columns, words of cells."""

    steps: tuple[str, ...]
    sheets: Mapping[str, str]
    head: Mapping[str, str]
    sections: Mapping[str, str]
    questions: Mapping[str, str]
    bases: Mapping[str, str]
    fields: Mapping[str, str]
    yes_no: Mapping[str, str]
    parts: Mapping[str, str]
    standing: Mapping[str, str]
    answer_type: Mapping[str, str]
    mode: Mapping[str, str]

    def columns(self, sheet: str) -> Mapping[str, str]:
        """Return the headings of a sheet's columns by key, in order."""
        if sheet == HEAD:
            return {"key": self.head["key"], "value": self.head["value"]}
        columns: Mapping[str, str] = getattr(self, sheet)
        return columns


@cache
def author_words() -> AuthorWords:
    """Return the words shipped."""
    return msgspec.toml.decode((resources() / "checklists" / "author.toml").read_bytes(), type=AuthorWords)


class Line(NamedTuple):
    """A row of a sheet that came back: its number, from 1, and the text of its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change: of which question ("" for the form), of what, from what to what, as the cells have it."""

    question: str
    key: str
    before: str
    after: str


@dataclass(slots=True)
class Edited:
    """What came back: the form as its files have it, and what is wrong with the cells.

    questions: each with the id of its section
    """

    head: dict[str, Any]
    sections: list[Mapping[str, Any]] = field(default_factory=list)
    questions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rows_of(form: Form) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of each sheet, without their headings."""
    words = author_words()
    head = {"id": form.id, "sha256": form.sha256, **{key: _text(getattr(form, key)) for key in _KEPT}}
    about: list[tuple[str, ...]] = [(words.head[key], head[key]) for key in words.head if key in head]
    return {
        HEAD: [*about, *((words.head["steps"], each) for each in words.steps)],
        SECTIONS: [(each.id, each.title, each.title_en) for each in form.sections],
        QUESTIONS: [tuple(_question_cells(each)) for each in form.questions],
        BASES: [row for each in form.questions for row in _basis_rows(each)],
        FIELDS: [row for each in form.questions for row in _field_rows(each)],
    }


def edited(form: Form, sheets: Mapping[str, Sequence[Line]]) -> Edited:
    """Return the form that the sheets say; their first rows are the headings. Every faulty cell is a problem."""
    reading = _Reading(form, sheets)
    reading.read()
    return reading.found


def edits(form: Form, found: Edited) -> list[Edit]:
    """Return what was changed, in the order of the form."""
    changes = [
        Edit("", key, _text(before), _text(found.head.get(key)))
        for key in _KEPT
        if (before := raw_head(form).get(key)) != found.head.get(key)
    ]
    titles = [{"id": each.id, "title": each.title, "title_en": each.title_en} for each in form.sections]
    changes += [
        Edit("", f"section {each['id']} {key}", was.get(key, ""), each.get(key, ""))
        for each in found.sections
        for was in [next((title for title in titles if title["id"] == each["id"]), {})]
        for key in ("title", "title_en")
        if was.get(key, "") != each.get(key, "")
    ]
    before = {each.id: {**raw_question(each), "section": each.section} for each in form.questions}
    after = {raw["id"]: {**raw, "section": section} for section, raw in found.questions}
    for id_ in dict.fromkeys([*before, *after]):
        old, new = before.get(id_, {}), after.get(id_, {})
        changes += [
            Edit(id_, key, _text(old.get(key)), _text(new.get(key)))
            for key in dict.fromkeys([*old, *new])
            if old.get(key) != new.get(key)
        ]
    if [*before] != [*after] and set(before) == set(after):
        changes.append(Edit("", "order", " ".join(before), " ".join(after)))
    return changes


def next_version(version: str) -> str:
    """Return the version behind one: 2026.2 after 2026.1."""
    year, dot, number = version.partition(".")
    return f"{year}.{int(number) + 1}" if dot and number.isdecimal() else f"{version}.1"


def _question_cells(question: Question) -> Iterator[str]:
    words = author_words()
    for key in words.questions:
        if key == "applies":
            yield "；".join("，".join(f"{name}={value}" for name, value in table.items()) for table in question.applies)
        elif key == "points":
            yield str(question.points or "")
        else:
            yield _cell(key, getattr(question, key))


def _cell(key: str, value: Any) -> str:
    words = author_words()
    if isinstance(value, bool):
        return words.yes_no["yes" if value else "no"]
    if key == "answer_type":
        return words.answer_type[value]
    return words.mode[value] if key == "mode" else str(value)


def _basis_rows(question: Question) -> Iterator[tuple[str, ...]]:
    words = author_words()
    for part, bases in (("duty", question.duty), ("penalty", question.penalty)):
        for each in bases:
            doubtful = words.yes_no["yes" if each.unconfirmed else "no"]
            cited = (each.law, _text(each.edition), each.article, each.text)
            yield question.id, words.parts[part], *cited, doubtful, words.standing[each.standing]


def _field_rows(question: Question) -> Iterator[tuple[str, ...]]:
    words = author_words()
    for path, each in _paths(raw_question(question).get("field", [])):
        required = words.yes_no["yes" if each.get("required") else "no"]
        texts = (each["label"], each.get("label_en", ""), each["kind"], required)
        yield question.id, path, *texts, each.get("unit", ""), each.get("least", ""), each.get("most", "")


def _paths(fields: Sequence[dict[str, Any]], before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for each in fields:
        path = f"{before}{each['key']}"
        yield path, each
        yield from _paths(each.get("column", []), f"{path}.")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "；".join(map(_text, value))
    if isinstance(value, dict):
        return " ".join(map(_text, value.values()))
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


class _Reading:
    """Cells taken back into a form, each fault with its cell."""

    def __init__(self, form: Form, sheets: Mapping[str, Sequence[Line]]) -> None:
        self._form, self._sheets, self._words = form, sheets, author_words()
        self._sheet, self._number, self._columns = "", 0, dict[str, int]()
        self._laws = known_laws()
        self.found = Edited(raw_head(form))

    def read(self) -> None:
        """Read all sheets; what is wrong with one is told along with the others."""
        for sheet, take in (
            (HEAD, self._head),
            (SECTIONS, self._section),
            (QUESTIONS, self._question),
            (BASES, self._basis),
            (FIELDS, self._field),
        ):
            self._rows(sheet, take)
        self.found.questions = [(section, self._whole(raw)) for section, raw in self.found.questions]
        ids = [raw["id"] for _section, raw in self.found.questions]
        for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            self._complain(f"{self._words.sheets[QUESTIONS]} {id_}", tr("编号不重复"), id_)

    def _whole(self, raw: dict[str, Any]) -> dict[str, Any]:
        if not raw["duty"]:
            place = f"{self._words.sheets[BASES]} {raw['id']}"
            self._complain(place, self._words.parts["duty"], tr("没有"))
        return in_order({key: value for key, value in raw.items() if value})

    def _rows(self, sheet: str, take: Callable[[Mapping[str, str]], None]) -> None:
        name, columns = self._words.sheets[sheet], self._words.columns(sheet)
        self._sheet = name
        lines = list(self._sheets.get(sheet, ()))
        headings = [text.strip() for text in lines[0].cells] if lines else []
        if headings[: len(columns)] != [*columns.values()] or (lines and lines[0].number != 1):
            self._complain(f"{name} A1", tr("列：{names}", names="、".join(columns.values())), "、".join(headings))
            return
        self._columns = {key: column for column, key in enumerate(columns)}
        for line in lines[1:]:
            self._number = line.number
            cells = [clean_text(text).strip() for text in line.cells]
            cells += [""] * (len(columns) - len(cells))
            if any(cells[len(columns) :]):
                self._complain(self._place(len(columns)), tr("空白：这一列没有名称"), cells[len(columns)])
            row = dict(zip(columns, cells, strict=False))
            for key, text in row.items():
                if len(text) > _LONGEST:
                    self._wrong(key, tr("不超过 {limit} 字", limit=_LONGEST), tr("{count} 字", count=len(text)))
            if any(row.values()):
                take(row)

    def _head(self, row: Mapping[str, str]) -> None:
        key = next((key for key, word in self._words.head.items() if word == row["key"]), "")
        text = row["value"]
        if key in {"id", "sha256"}:
            if text != getattr(self._form, key):
                self._wrong("value", getattr(self._form, key), text)
        elif key in {"valid_from", "valid_to"}:
            day = self._day("value", text)
            if day is None and key == "valid_from":
                self._wrong("value", tr("日期"), text, "2026-01-01")
            self._set(self.found.head, key, day)
        elif key in _KEPT:
            if not text and key != "title_en":
                self._wrong("value", self._words.head[key], text)
            self._set(self.found.head, key, text)
        elif key != "steps":
            self._wrong("key", "、".join(self._words.head.values()), row["key"])

    def _section(self, row: Mapping[str, str]) -> None:
        if not row["title"]:
            self._wrong("title", self._words.sections["title"], "")
        self.found.sections.append({key: text for key, text in row.items() if text})

    def _question(self, row: Mapping[str, str]) -> None:
        if not _ID.fullmatch(row["id"]):
            self._wrong("id", tr("字母和数字，如 A01"), row["id"])
            return
        held = self._form.by_id.get(row["id"])
        raw: dict[str, Any] = {} if held is None else raw_question(held)
        for key in self._words.questions:
            if key == "section":
                sections = [each["id"] for each in self.found.sections]
                if row[key] not in sections:
                    self._wrong(key, "、".join(sections), row[key])
            else:
                self._set(raw, key, self._value(key, row[key]))
        for key in ("text", "how", "phrase"):
            if not row[key]:
                self._wrong(key, self._words.questions[key], "")
        # What stands on the other sheets is put back row by row.
        raw = {**raw, "duty": [], "penalty": []}
        self.found.questions.append((row["section"], raw))

    def _value(self, key: str, text: str) -> Any:
        if key in {"photo", "core"}:
            return self._yes(key, text)
        if key in {"answer_type", "mode"}:
            words: Mapping[str, str] = getattr(self._words, key)
            known = {word: each for each, word in words.items()}
            if text not in known:
                self._wrong(key, "、".join(known), text)
                return (AnswerType if key == "answer_type" else InspectionMode)(next(iter(words)))
            return known[text]
        if key == "severity" and text not in SEVERITIES:
            self._wrong(key, "、".join(SEVERITIES), text)
        disposals = [each.id for each in visit_rules().disposals]
        if key == "disposal" and text and text not in disposals:
            self._wrong(key, "、".join(disposals), text)
        if key == "applies":
            return self._applies(text)
        if key == "points":
            if text and not text.isdecimal():
                self._wrong(key, tr("0 或正整数"), text)
            return int(text) if text.isdecimal() else 0
        return text

    def _applies(self, text: str) -> list[dict[str, str]]:
        tables = []
        for part in filter(None, (each.strip() for each in re.split("[;；]", text))):
            pairs = [each.partition("=") for each in re.split("[,，]", part)]
            if not all(name.strip() and value.strip() for name, _equals, value in pairs):
                self._wrong("applies", tr("如 hazard=噪声；kind=用人单位，size=大型"), text)
                return []
            tables.append({name.strip(): value.strip() for name, _equals, value in pairs})
        return tables

    def _basis(self, row: Mapping[str, str]) -> None:
        raw = self._raw("question", row["question"])
        part = next((key for key, word in self._words.parts.items() if word == row["part"]), "")
        if not part:
            self._wrong("part", "、".join(self._words.parts.values()), row["part"])
        if not row["law"] and not row["text"]:
            self._wrong("law", tr("法律名称或原文"), "")
        elif row["law"] and (row["law"], day_in(row["edition"])) not in self._laws:
            self._wrong("law", tr("laws.toml 中的法律和版本"), f"{row['law']} {row['edition']}")
        basis: dict[str, Any] = {}
        self._set(basis, "law", row["law"])
        self._set(basis, "edition", self._day("edition", row["edition"]))
        self._set(basis, "article", row["article"])
        self._set(basis, "text", row["text"])
        self._set(basis, "unconfirmed", self._yes("unconfirmed", row["unconfirmed"]))
        if standing := self._standing(row["standing"]):
            basis["standing"] = standing
        if raw is not None and part:
            raw[part].append(basis)

    def _standing(self, said: str) -> str:
        """Return what a basis is that is no law; "" for a law, which a cell left empty means too."""
        words = self._words.standing
        found = next((key for key, word in words.items() if word == said), "")
        if said and not found:
            self._wrong("standing", "、".join(words.values()), said)
        return "" if found == "law" else found

    def _field(self, row: Mapping[str, str]) -> None:
        raw = self._raw("question", row["question"])
        if raw is None:
            return
        held = dict(_paths(raw.get("field", []))).get(row["path"])
        if held is None or held["kind"] != row["kind"]:
            found = row["path"] if held is None else row["kind"]
            self._wrong("path" if held is None else "kind", tr("原有的填写项，种类不变"), found)
            return
        if not row["label"]:
            self._wrong("label", self._words.fields["label"], "")
        for key in _FIELD_KEYS:
            self._set(held, key, self._yes(key, row[key]) if key == "required" else row[key])

    def _raw(self, column: str, id_: str) -> dict[str, Any] | None:
        found = next((raw for _section, raw in self.found.questions if raw["id"] == id_), None)
        # What belonged to a question that was taken out goes with it.
        if found is None and id_ not in self._form.by_id:
            self._wrong(column, tr("“检查项”一页里的编号"), id_)
        return found

    def _yes(self, key: str, text: str) -> bool:
        if text not in self._words.yes_no.values():
            self._wrong(key, "、".join(self._words.yes_no.values()), text)
        return text == self._words.yes_no["yes"]

    def _day(self, key: str, text: str) -> date | None:
        found = day_in(text) if text else None
        if text and found is None:
            self._wrong(key, tr("日期"), text, "2018-12-29")
        return found

    def _set(self, raw: dict[str, Any], key: str, value: Any) -> None:
        """Set a value as a file has it: none where it is the default."""
        if value:
            raw[key] = value
        else:
            raw.pop(key, None)

    def _place(self, column: int) -> str:
        return f"{self._sheet} {column_letters(column)}{self._number}"

    def _wrong(self, key: str, expected: str, found: str, example: str = "") -> None:
        self.found.problems.append(Problem(self._place(self._columns[key]), expected, found[:80], example=example))

    def _complain(self, place: str, expected: str, found: str) -> None:
        self.found.problems.append(Problem(place, expected, found[:80]))
