"""Read a checklist from `resources/checklists`; whatever is not understood is refused, all of it at once."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ohdesk.errors import MachineError, Problem, ProblemsError
from ohdesk.forms.definition import (
    AnswerType,
    DetailField,
    FieldKind,
    Form,
    InspectionMode,
    LegalBasis,
    Question,
    Section,
)
from ohdesk.i18n import mark, tr
from ohdesk.paths import resources

SEVERITIES = (mark("提示"), mark("一般"), mark("严重"))  # from the least to the gravest

_HEAD_KEYS = {"id": str, "version": str, "title": str, "kinds": list, "valid_from": date}
_FORM_KEYS = _HEAD_KEYS | {"valid_to": date, "section": list, "base": str, "questions": list}
_SECTION_KEYS = {"id": str, "title": str, "file": str}
_FILE_KEYS = {"form": str, "version": str, "section": str, "question": list}
_QUESTION_KEYS = {
    "id": str,
    "text": dict,
    "how": str,
    "evidence": str,
    "answer_type": str,
    "field": list,
    "na_when": str,
    "mode": str,
    "photo": bool,
    "phrase": str,
    "duty": list,
    "penalty": list,
    "disposal": str,
    "severity": str,
    "core": bool,
}
_REQUIRED_OF_A_QUESTION = {"id", "text", "how", "answer_type", "mode", "phrase", "duty", "severity"}
_FIELD_KEYS = {"key": str, "label": str, "kind": str, "at_most": str}
_BASIS_KEYS = {"law": str, "edition": date, "article": str, "text": str, "unconfirmed": bool}
_LAW_KEYS = {"name": str, "edition": date, "number": str, "unconfirmed": bool}


class _Reading:
    """The problems found so far, each with the file and the question it stands in."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def complain(self, place: str, expected: str, found: object) -> None:
        self.problems.append(Problem(place, expected, str(found)[:80]))

    def check(self, place: str, raw: object, keys: Mapping[str, type], required: set[str]) -> dict[str, Any]:
        """Return the entries of `raw` that are known and of the right kind; complain of all the others."""
        if not isinstance(raw, dict):
            self.complain(place, tr("一个表"), raw)
            return {}
        for name in sorted(required - raw.keys()):
            self.complain(place, tr("必需的项 {name}", name=name), tr("没有"))
        good = {}
        for name, value in raw.items():
            if name not in keys:
                self.complain(f"{place} {name}", tr("已知的项：{names}", names=", ".join(sorted(keys))), name)
            elif type(value) is not keys[name]:
                self.complain(f"{place} {name}", keys[name].__name__, repr(value))
            else:
                good[name] = value
        return good

    def one_of(self, place: str, value: str, allowed: Sequence[str]) -> None:
        if value not in allowed:
            self.complain(place, " / ".join(allowed), value)


@cache
def load_form(form_id: str) -> Form:
    """Return the form shipped under this id.

    Raises MachineError when there is none, ProblemsError (file and question named) when it cannot be understood.
    """
    return read_form(resources() / "checklists", form_id)


def form_ids() -> tuple[str, ...]:
    """Return the ids of all shipped forms, sorted."""
    return tuple(sorted(path.parent.name for path in (resources() / "checklists").glob("*/form.toml")))


def forms_for(kind: str) -> tuple[Form, ...]:
    """Return the forms meant for a kind of establishment (用人单位 …), the fullest first."""
    forms = [load_form(form_id) for form_id in form_ids()]
    return tuple(sorted((form for form in forms if kind in form.kinds), key=lambda form: -len(form.questions)))


def read_form(folder: Path, form_id: str) -> Form:
    """Return the form `form_id` of a folder of checklists; errors as `load_form`."""
    reading = _Reading()
    laws = _laws(reading, folder)
    form = _form(reading, folder, form_id, laws)
    if reading.problems or form is None:
        raise ProblemsError(
            tr("检查表“{form}”有 {count} 处不符合格式，不能使用。", form=form_id, count=len(reading.problems)),
            tuple(reading.problems),
            tr("请改正所列文件，或者重新安装程序。"),
        )
    return form


def _form(reading: _Reading, folder: Path, form_id: str, laws: set[tuple[str, date | None]]) -> Form | None:
    place = f"{form_id}/form.toml"
    raw = reading.check(place, _toml(reading, folder, place), _FORM_KEYS, set(_HEAD_KEYS))
    if raw.get("id", form_id) != form_id:
        reading.complain(place, form_id, raw["id"])
    for key in ("kinds", "questions"):
        for each in raw.get(key, []):
            if not isinstance(each, str):
                reading.complain(f"{place} {key}", tr("文字"), each)
    if "base" in raw:
        sections, questions = _chosen(reading, folder, place, raw)
    else:
        sections, questions = _sections(reading, folder, form_id, raw, laws)
    if not questions:
        reading.complain(place, tr("至少一个检查项"), tr("没有"))
    if reading.problems:
        return None
    return Form(
        id=form_id,
        version=raw["version"],
        title=raw["title"],
        kinds=tuple(raw["kinds"]),
        valid_from=raw["valid_from"],
        valid_to=raw.get("valid_to"),
        sections=sections,
        questions=questions,
    )


def _sections(
    reading: _Reading, folder: Path, form_id: str, raw: dict[str, Any], laws: set[tuple[str, date | None]]
) -> tuple[tuple[Section, ...], tuple[Question, ...]]:
    sections: list[Section] = []
    questions: list[Question] = []
    for each in raw.get("section", []):
        place = f"{form_id}/form.toml"
        entry = reading.check(place, each, _SECTION_KEYS, set(_SECTION_KEYS))
        if len(entry) != len(_SECTION_KEYS):
            continue
        sections.append(Section(entry["id"], entry["title"]))
        where = f"{form_id}/{entry['file']}"
        file = reading.check(where, _toml(reading, folder, where), _FILE_KEYS, set(_FILE_KEYS))
        for key, expected in (("form", form_id), ("version", raw.get("version")), ("section", entry["id"])):
            if file.get(key, expected) != expected:
                reading.complain(f"{where} {key}", str(expected), file[key])
        for question in file.get("question", []):
            read = _question(reading, where, question, entry["id"], len(questions) + 1, laws)
            if read is not None:
                questions.append(read)
    _repeated(reading, f"{form_id}/form.toml", [section.id for section in sections])
    _repeated(reading, form_id, [question.id for question in questions])
    return tuple(sections), tuple(questions)


def _chosen(
    reading: _Reading, folder: Path, place: str, raw: dict[str, Any]
) -> tuple[tuple[Section, ...], tuple[Question, ...]]:
    """Return the questions that a special form takes over from its base, numbered anew in its own order."""
    try:
        base = read_form(folder, raw["base"])
    except ProblemsError as error:
        reading.problems += error.problems
        return (), ()
    wanted = [each for each in raw.get("questions", []) if isinstance(each, str)]
    _repeated(reading, place, wanted)
    for name in wanted:
        if name not in base.by_id:
            reading.complain(place, tr("{base} 中的检查项", base=base.id), name)
    known = [base.by_id[name] for name in wanted if name in base.by_id]
    used = {question.section for question in known}
    order = {section.id: index for index, section in enumerate(base.sections)}
    known.sort(key=lambda question: order[question.section])
    return (
        tuple(section for section in base.sections if section.id in used),
        tuple(_renumbered(question, number) for number, question in enumerate(known, 1)),
    )


def _question(
    reading: _Reading, file: str, raw: object, section: str, number: int, laws: set[tuple[str, date | None]]
) -> Question | None:
    name = raw.get("id", f"#{number}") if isinstance(raw, dict) else f"#{number}"
    place = f"{file} {name}"
    entry = reading.check(place, raw, _QUESTION_KEYS, _REQUIRED_OF_A_QUESTION)
    if not entry.keys() >= _REQUIRED_OF_A_QUESTION:
        return None
    before = len(reading.problems)
    reading.check(f"{place} text", entry["text"], {"zh": str, "en": str}, {"zh"})
    reading.one_of(f"{place} answer_type", entry["answer_type"], list(AnswerType))
    reading.one_of(f"{place} mode", entry["mode"], list(InspectionMode))
    reading.one_of(f"{place} severity", entry["severity"], SEVERITIES)
    fields = _fields(reading, place, entry.get("field", []))
    duty = [_basis(reading, f"{place} duty", each, laws) for each in entry["duty"]]
    penalty = [_basis(reading, f"{place} penalty", each, laws) for each in entry.get("penalty", [])]
    if not duty:
        reading.complain(f"{place} duty", tr("检查依据"), tr("没有"))
    if len(reading.problems) > before:
        return None
    return Question(
        id=entry["id"],
        number=number,
        section=section,
        text=entry["text"]["zh"],
        how=entry["how"],
        evidence=entry.get("evidence", ""),
        answer_type=AnswerType(entry["answer_type"]),
        fields=fields,
        na_when=entry.get("na_when", ""),
        mode=InspectionMode(entry["mode"]),
        photo=entry.get("photo", False),
        phrase=entry["phrase"],
        duty=tuple(duty),
        penalty=tuple(penalty),
        disposal=entry.get("disposal", ""),
        severity=entry["severity"],
        core=entry.get("core", False),
    )


def _renumbered(question: Question, number: int) -> Question:
    values = {name: getattr(question, name) for name in Question.__dataclass_fields__}
    return Question(**values | {"number": number})


def _fields(reading: _Reading, place: str, raws: list[object]) -> tuple[DetailField, ...]:
    entries = [reading.check(f"{place} field", raw, _FIELD_KEYS, {"key", "label", "kind"}) for raw in raws]
    entries = [entry for entry in entries if entry.keys() >= {"key", "label", "kind"}]
    keys = [entry["key"] for entry in entries]
    _repeated(reading, f"{place} field", keys)
    for entry in entries:
        reading.one_of(f"{place} field {entry['key']} kind", entry["kind"], list(FieldKind))
        if entry.get("at_most", entry["key"]) not in keys:
            reading.complain(f"{place} field {entry['key']}", tr("本项的另一填写项"), entry["at_most"])
    if any(entry["kind"] not in list(FieldKind) for entry in entries):
        return ()
    return tuple(
        DetailField(entry["key"], entry["label"], FieldKind(entry["kind"]), entry.get("at_most", ""))
        for entry in entries
    )


def _basis(reading: _Reading, place: str, raw: object, laws: set[tuple[str, date | None]]) -> LegalBasis:
    entry = reading.check(place, raw, _BASIS_KEYS, set())
    basis = LegalBasis(**entry)
    if not basis.law and not basis.text:
        reading.complain(place, tr("法律名称或原文"), raw)
    if basis.law and (basis.law, basis.edition) not in laws:
        reading.complain(place, tr("laws.toml 中的法律和版本"), f"{basis.law} {basis.edition or ''}")
    return basis


def _laws(reading: _Reading, folder: Path) -> set[tuple[str, date | None]]:
    raw = reading.check("laws.toml", _toml(reading, folder, "laws.toml"), {"law": list}, {"law"})
    entries = [reading.check("laws.toml", each, _LAW_KEYS, {"name"}) for each in raw.get("law", [])]
    return {(entry["name"], entry.get("edition")) for entry in entries if "name" in entry}


def _toml(reading: _Reading, folder: Path, name: str) -> object:
    try:
        return tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MachineError(
            tr("找不到检查表文件 {name}。", name=name), tr("请重新安装程序，或者检查检查表的名称。")
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reading.complain(name, tr("TOML 格式"), error)
        return {}


def _repeated(reading: _Reading, place: str, names: Sequence[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        reading.complain(place, tr("编号不重复"), name)
