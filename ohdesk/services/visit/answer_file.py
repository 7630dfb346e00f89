"""Answers handed in as a JSON file: read strictly, refused with everything that is wrong, else stored one by one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue, answer_value, malformed, question_place, value_word
from ohdesk.forms.definition import Form, Question
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit.filling import open_form, save_answer, save_rest_as_not_inspected
from ohdesk.services.visit.photos import attach_photo

REST = "*"
LARGEST_FILE = 4_000_000  # bytes
_KEYS = {"value", "reason", "fact", "details", "photos"}


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """An answer of the file, with the pictures to attach to its question."""

    question: str
    answer: Answer
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """What a file holds; `rest` is why all other questions were not inspected, empty when they stay open."""

    answers: tuple[FileAnswer, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Filled:
    """How many answers and photos were stored, and what they still lack before the record can be final."""

    answers: int
    photos: int
    missing: tuple[Problem, ...]


def fill_from_file(ctx: Context, visit_id: str, path: Path) -> Filled:
    """Store the answers of a file, each in a transaction of its own.

    Raises ProblemsError with everything that is wrong with the file; then nothing is stored.
    """
    view = open_form(ctx, visit_id)
    handed_in = read_answers(path, view.form)
    missing: list[Problem] = []
    for each in handed_in.answers:
        missing += save_answer(ctx, visit_id, each.question, each.answer).missing
        for photo in each.photos:
            attach_photo(ctx, visit_id, each.question, photo)
    rest = save_rest_as_not_inspected(ctx, visit_id, handed_in.rest) if handed_in.rest else 0
    photos = sum(len(each.photos) for each in handed_in.answers)
    return Filled(len(handed_in.answers) + rest, photos, tuple(missing))


def read_answers(path: Path, form: Form) -> AnswerFile:
    """Return the answers of a file for `form`: {question: {"value", "reason", "fact", "details", "photos"}}.

    value: "met", "not_met", "not_applicable", "not_inspected" or the Chinese word; photos: paths, relative to the
    file; the key "*" with "not_inspected" and a reason stands for every question left open.
    """
    raw = _json(path)
    problems: list[Problem] = []
    answers: list[FileAnswer] = []
    rest = ""
    for key, entry in raw.items():
        if key == REST:
            rest = _rest(entry, problems)
        elif key not in form.by_id:
            problems.append(Problem(key[:40], tr("“{form}”的检查项编号", form=form.title), tr("没有这一项")))
        else:
            read = _answer(form.by_id[key], entry, path.parent, problems)
            if read is not None:
                answers.append(read)
    if problems:
        raise ProblemsError(
            tr("答案文件有 {count} 处不能使用，没有保存任何内容。", count=len(problems)),
            tuple(problems),
            tr("请改正后重新填入。"),
        )
    return AnswerFile(tuple(answers), rest)


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(tr("答案文件太大：{file}", file=path))
        raw = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_unique)
    except OSError as error:
        raise UserError(tr("读不到答案文件：{file}", file=path), tr("请检查路径和权限。")) from error
    except (ValueError, RecursionError) as error:
        raise UserError(
            tr("答案文件不是可用的 JSON：{reason}", reason=error), tr("请用 UTF-8 编码保存为 JSON 对象。")
        ) from error
    if not isinstance(raw, dict):
        raise UserError(tr("答案文件应是一个 JSON 对象。"), tr("格式：{“检查项编号”: {“value”: “合格”}, …}"))
    return raw


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(next(key for key in keys if keys.count(key) > 1))
    return value


def _answer(question: Question, entry: Any, folder: Path, problems: list[Problem]) -> FileAnswer | None:
    place = question_place(question)
    found = _shape_problems(place, entry)
    if found:
        problems += found
        return None
    try:
        value = answer_value(entry["value"], question)
    except ValueError:
        words = " / ".join(value_word(each) for each in AnswerValue)
        problems.append(Problem(f"{place} value", words, entry["value"][:40]))
        return None
    answer = Answer(value, entry.get("reason", ""), entry.get("fact", ""), entry.get("details", {})).cleaned
    problems += malformed(answer, question)
    photos = tuple(folder / name for name in entry.get("photos", []))
    problems += [Problem(f"{place} photos", tr("照片文件"), str(file)) for file in photos if not file.is_file()]
    return FileAnswer(question.id, answer, photos)


def _shape_problems(place: str, entry: Any) -> list[Problem]:
    if not isinstance(entry, dict):
        return [Problem(place, tr("一个 JSON 对象"), str(entry)[:40])]
    problems = [
        Problem(f"{place} {key[:40]}", ", ".join(sorted(_KEYS)), tr("没有这一键")) for key in entry if key not in _KEYS
    ]
    problems += [
        Problem(f"{place} {key}", tr("文字"), str(entry.get(key, tr("没有填写")))[:40])
        for key in ("value", "reason", "fact")
        if not isinstance(entry.get(key, None if key == "value" else ""), str)
    ]
    details, photos = entry.get("details", {}), entry.get("photos", [])
    if not (isinstance(details, dict) and all(isinstance(text, str) for text in details.values())):
        problems.append(Problem(f"{place} details", tr("填写项编号和文字"), str(details)[:40]))
    if not (isinstance(photos, list) and all(isinstance(name, str) for name in photos)):
        problems.append(Problem(f"{place} photos", tr("照片路径的列表"), str(photos)[:40]))
    return problems


def _rest(entry: Any, problems: list[Problem]) -> str:
    words = {AnswerValue.NOT_INSPECTED.value, AnswerValue.NOT_INSPECTED.word}
    if isinstance(entry, dict) and entry.keys() == {"value", "reason"} and entry["value"] in words:
        reason = entry["reason"]
        if isinstance(reason, str) and reason.strip():
            return reason
    expected = '{"value": "not_inspected", "reason": "…"}'
    problems.append(Problem(REST, expected, str(entry)[:40], tr("“*”只能表示其余各项未检查及其原因。")))
    return ""
