"""Answers handed in as a JSON file: read strictly, refused with everything that is wrong, else stored as a whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from ohdesk.db.prepared import cursor_of
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import read_json
from ohdesk.forms.answers import Answer, AnswerValue, answer_value, malformed, missing, question_place
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.detail_values import rows_text
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.pictures.taking import picture_bytes, shrunk
from ohdesk.services.visit.filling import open_form, rest_in, write
from ohdesk.services.visit.instruments import expired, instruments_in
from ohdesk.services.visit.lookup import begun, find_visit
from ohdesk.services.visit.photos import (
    NO_CAPTION,
    Stored,
    check_allowed,
    check_picture,
    fill,
    new_photo,
    store,
)
from ohdesk.shape import understood

REST = "*"
LARGEST_FILE = 4_000_000  # bytes


_Detail = str | int | list[dict[str, str | int]]  # numbers may stand as such; a repeat as its rows


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: str
    reason: str = ""
    fact: str = ""
    details: dict[str, _Detail] = {}
    photos: tuple[str, ...] = ()


class _Rest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: Literal["not_inspected", "未检查"]
    reason: str


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """An answer of the file, with the pictures to attach to its question."""

    question: str
    answer: Answer
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many answers and photos were stored, and what they still lack before the record can be final.

    expired: sentences on instruments whose calibration had run out when they were read
    """

    answers: int
    photos: int
    missing: tuple[Problem, ...]
    expired: tuple[str, ...]


def fill_from_file(ctx: Context, visit_id: str, path: Path) -> Filled:
    """Store the answers and photos of a file, all of them or none.

    Raises ProblemsError with everything that is wrong with the file; then nothing is stored.
    """
    ctx.require(Right.VISIT)
    answers, reason = _read(path, open_form(ctx, visit_id).form)
    if any(each.photos for each in answers):
        check_allowed(ctx, visit_id)
    # The bytes first: a picture of which no row tells is nothing, an answer without its photo is half a file.
    stored = [(each.question, _stored(ctx, photo)) for each in answers for photo in each.photos]
    lacking: list[Problem] = []
    told: list[str] = []
    with ctx.transaction() as session:
        began, _ = begun(find_visit(session, visit_id))
        instruments = instruments_in(session)
        for each in answers:
            question, answer = write(cursor_of(session), visit_id, each.question, each.answer, ctx.now())
            lacking += missing(answer, question)
            told += expired(instruments, question.fields, answer.details, legal_day(began))
        for question_id, photo in stored:
            fill(ctx, session, new_photo(ctx, session, visit_id, question_id, NO_CAPTION), photo)
        rest = rest_in(session, visit_id, reason, ctx.now()) if reason else 0
    return Filled(len(answers) + rest, len(stored), tuple(lacking), tuple(told))


def _stored(ctx: Context, photo: Path) -> Stored:
    original = picture_bytes(photo)
    return store(ctx, original, shrunk(original), photo.name)


def _read(path: Path, form: Form) -> tuple[list[FileAnswer], str]:
    """Return the answers of a file for `form`: {question: {"value", "reason", "fact", "details", "photos"}}.

    details: by key a text or a whole number, for a repeat a list of rows, each {column: text or whole number}

    value: "met", "not_met", "not_applicable", "not_inspected" or the Chinese word; photos: paths, relative to the
    file; the key "*" with "not_inspected" and a reason stands for every question left open. The reason comes behind
    the answers, empty when they stay open.
    """
    raw = read_json(path, LARGEST_FILE)
    problems: list[Problem] = []
    answers: list[FileAnswer] = []
    rest = ""
    for key, entry in raw.items():
        if key == REST:
            said = understood(entry, _Rest, REST, problems)
            rest = said.reason.strip() if said else ""
            if said and not rest:
                problems.append(blank(f"{REST} reason", "", tr("“*”只能表示其余各项未检查及其原因。")))
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
    return answers, rest


def _answer(question: Question, raw: object, folder: Path, problems: list[Problem]) -> FileAnswer | None:
    place = question_place(question)
    entry = understood(raw, _Entry, place, problems)
    if entry is None:
        return None
    try:
        value = answer_value(entry.value, question)
    except ValueError:
        words = " / ".join(each.word for each in AnswerValue)
        problems.append(Problem(f"{place} value", words, entry.value[:40]))
        return None
    details = {key: _detail_text(each) for key, each in entry.details.items()}
    answer = Answer(value, entry.reason, entry.fact, details).cleaned
    problems += malformed(answer, question)
    photos = tuple(folder / name for name in entry.photos)
    for file in photos:
        try:
            check_picture(file)  # before anything is stored, so that the file is taken as a whole or not at all
        except UserError as error:
            problems.append(Problem(f"{place} photos", tr("照片文件"), str(file), error.whole))
    return FileAnswer(question.id, answer, photos)


def _detail_text(detail: _Detail) -> str:
    if isinstance(detail, list):
        return rows_text([{key: str(cell) for key, cell in row.items()} for row in detail])
    return str(detail)
