"""A self-check that came back, compared cell by cell with what went out: anything moved, merged or computed is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.roll.table import column_letters
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.answers import AnswerValue, question_place
from ohdesk.forms.detail_values import LONGEST_TEXT
from ohdesk.forms.self_check import self_check_rules
from ohdesk.i18n import tr
from ohdesk.reports.self_check import ANSWER, GUIDE, NOTE, SHEET, TEXT, VALUE, Place, SelfCheckSheet
from ohdesk.services.workbook.reading import SheetOfRows, read_rows

_SHOWN = 40  # characters of what was found
_KEYS = (GUIDE, SHEET)


@dataclass(frozen=True, slots=True)
class SelfAnswers:
    """What an employer said of itself: by question its answer and note; who filled it in and when, as typed."""

    answers: Mapping[str, tuple[AnswerValue, str]]
    filled_by: str
    filled_on: str


def read_self_answers(path: Path, sent: SelfCheckSheet) -> SelfAnswers:
    """Read a workbook in the child process and compare it with the one that was sent.

    Raises UserError for another file, visit or edition, ProblemsError with every cell that is not as it should be.
    """
    if path.suffix.lower() != ".xlsx":
        raise UserError(
            tr("自查表只读 xlsx 文件：{file}", file=path.name), tr("请单位在 WPS 或 Excel 里另存为 xlsx 后交回。")
        )
    sheets = _sheets(path)
    cells = {place: text for key, sheet in sheets.items() for place, text in _cells(key, sheet)}
    _refuse_another(cells, sent)
    problems = [*_merged(sheets), *_computed(sheets), *_changed(cells, sent)]
    computed = {Place(key, *at) for key, sheet in sheets.items() for at in sheet.formulas}
    problems += [each for place, each in _misfilled(cells, sent) if place not in computed]
    if problems:
        raise ProblemsError(
            tr("自查表有 {count} 处不能读入，没有保存任何内容。", count=len(problems)),
            tuple(problems),
            tr("请单位在原来发出的表格上改好，再交回。"),
        )
    return _answers(cells, sent)


def _sheets(path: Path) -> dict[str, SheetOfRows]:
    by_name = {sheet.name: sheet for sheet in read_rows(path).sheets}
    names = {key: self_check_rules().word(key) for key in _KEYS}
    missing = [Problem(name, tr("自查表的一页"), tr("没有这一页")) for name in names.values() if name not in by_name]
    if missing:
        raise ProblemsError(
            tr("这不是本程序发出的自查表：{file}", file=path.name), tuple(missing), tr("请选择单位交回的自查表。")
        )
    return {key: by_name[name] for key, name in names.items()}


def _cells(key: str, sheet: SheetOfRows) -> Iterator[tuple[Place, str]]:
    for row in sheet.rows:
        for column, text in enumerate(row.cells):
            cleaned = clean_text(text).strip()
            if cleaned:
                yield Place(key, row.number - 1, column), cleaned


def _refuse_another(cells: Mapping[Place, str], sent: SelfCheckSheet) -> None:
    """Refuse the self-check of another visit, or of another edition: of such a one every cell would be wrong."""
    labels = {self_check_rules().word(key): key for key in sent.identity}
    found = {
        labels[text]: cells.get(Place(GUIDE, place.row, VALUE), "")
        for place, text in cells.items()
        if place.sheet == GUIDE and place.column == TEXT and text in labels
    }
    if found.get("visit", sent.visit) != sent.visit:
        raise UserError(
            tr("这是另一次检查的自查表（检查编号 {found}）。", found=_short(found["visit"])),
            tr("请在那一次检查里读入；或者请单位填写这一次发出的表格。"),
        )
    for key in ("form", "version", "mark"):
        expected = sent.identity[key]
        if found.get(key, expected) != expected:
            raise UserError(
                tr(
                    "这是另一版检查表的自查表：{label}应为 {expected}，表中是 {found}。",
                    label=self_check_rules().word(key),
                    expected=expected,
                    found=_short(found[key]),
                ),
                tr("请把现在这一版的自查表发给单位重新填写。"),
            )


def _merged(sheets: Mapping[str, SheetOfRows]) -> Iterator[Problem]:
    for sheet in sheets.values():
        for merge in sheet.merges:
            first, last = _named(merge.left, merge.top), _named(merge.right, merge.bottom)
            yield Problem(f"{sheet.name}!{first}:{last}", tr("没有合并的单元格"), tr("合并了"))


def _computed(sheets: Mapping[str, SheetOfRows]) -> Iterator[Problem]:
    for sheet in sheets.values():
        for row, column in sorted(sheet.formulas):
            yield Problem(f"{sheet.name}!{_named(column, row)}", tr("直接填写的内容"), tr("公式"))


def _changed(cells: Mapping[Place, str], sent: SelfCheckSheet) -> Iterator[Problem]:
    """Name the cells that do not say what they said, and those beside and below in which something stands."""
    fixed = {place: text for place, text in sent.fixed.items() if place not in sent.loose}
    besides = {place for place in cells if place not in fixed} - sent.loose - sent.open.keys()
    for place, text in fixed.items():
        expected, found = clean_text(text).strip(), cells.get(place, "")
        if found != expected:
            yield Problem(_place(place), _short(expected), _short(found) or tr("空白"))
    for place in sorted(besides):
        yield Problem(_place(place), tr("空白"), _short(cells[place]))


def _misfilled(cells: Mapping[Place, str], sent: SelfCheckSheet) -> Iterator[tuple[Place, Problem]]:
    rules = self_check_rules()
    words = " / ".join(each.word for each in rules.answers)
    for place, what in sent.open.items():
        text = cells.get(place, "")
        if what == "answer" and rules.value(text) is None:
            where = f"{_place(place)} {question_place(sent.question_at(place.row))}"
            yield place, Problem(where, words, _short(text) or tr("没有选"))
        elif len(text) > LONGEST_TEXT:
            expected = tr("不超过 {limit} 字", limit=LONGEST_TEXT)
            yield place, Problem(_place(place), expected, tr("{count} 字", count=len(text)))


def _answers(cells: Mapping[Place, str], sent: SelfCheckSheet) -> SelfAnswers:
    rules, answers = self_check_rules(), {}
    said = {what: cells.get(place, "") for place, what in sent.open.items() if place.sheet == GUIDE}
    for place in sent.open:
        if place.sheet == SHEET and place.column == ANSWER:
            value = rules.value(cells[place])
            assert value is not None  # noqa: S101 - `_misfilled` has seen to it
            answers[sent.question_at(place.row).id] = (value, cells.get(place._replace(column=NOTE), ""))
    return SelfAnswers(answers, said["filled_by"], said["filled_on"])


def _place(place: Place) -> str:
    return f"{self_check_rules().word(place.sheet)}!{_named(place.column, place.row)}"


def _named(column: int, row: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
