"""Checklists handed to somebody who knows the law and taken back as a new edition; checked wherever they lie.

No workspace is needed: a checklist is part of the program until the program ships the new edition.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ohdesk.domain.roll.table import column_letters
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import all_or_none, hand_out, is_in_workspace, medium_told, reading_told
from ohdesk.forms import author
from ohdesk.forms.author import Edit, Edited, Line, author_words
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import HEAD, base_of, form_files, read_form_in
from ohdesk.forms.writing import files_of, section_files
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services.workbook.reading import SheetOfRows, read_rows

_SHOWN = 40  # characters of what was typed


class Imported(NamedTuple):
    """A new edition: its form, what was changed, and the files that were written, none where nothing was changed."""

    form: str
    edition: str
    edits: tuple[Edit, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A checklist that was looked at. file: of the form · faults: place, what was expected, what was found."""

    file: Path
    form: str
    edition: str = ""
    items: int = 0
    unconfirmed: int = 0
    faults: tuple[Problem, ...] = ()


def shipped(form_id: str) -> Form:
    """Return a shipped form. Raises UserError for an id that is none, ProblemsError for a form with faults."""
    files = form_files()
    if form_id in files.faults:
        raise files.faults[form_id]
    known = {form.id: form for form in files.forms}
    if form_id not in known:
        raise UserError(
            tr("没有编号为“{form}”的检查表。", form=form_id[:_SHOWN]), tr("可用的有：{forms}。", forms="、".join(known))
        )
    return known[form_id]


def export_form(form_id: str, target: Path) -> Form:
    """Write a form into a workbook. Raises UserError for an id that is none, or a form without questions of its own."""
    form = shipped(form_id)
    _refuse_without_own(form)
    words = author_words()
    rows = author.rows_of(form)
    sheets = [Sheet(name, [*words.columns(key).values()], rows[key]) for key, name in words.sheets.items()]
    hand_out(target, workbook(sheets))
    return form


def import_form(path: Path, folder: Path) -> Imported:
    """Write the edition that a workbook holds into a folder of its own below `folder`.

    Raises UserError for another file or edition, ProblemsError with every cell that is wrong; nothing is written then.
    """
    form, found = _read(path)
    _refuse_faults(path, found.problems)
    edits = author.edits(form, found)
    if not edits:
        return Imported(form.id, form.version, (), ())
    if found.head["version"] == form.version:
        found.head["version"] = author.next_version(form.version)
        edits.insert(0, Edit("", "version", form.version, found.head["version"]))
    files = files_of(found.head, found.sections, found.questions, section_files(resources() / "checklists", form.id))
    place = folder / form.id
    with medium_told(place):
        if place.exists():
            raise UserError(tr("已有这个文件夹：{folder}", folder=place), tr("请另选一个文件夹；不覆盖已有的文件。"))
        if is_in_workspace(place):
            raise UserError(tr("不能写进工作区文件夹：{place}", place=place), tr("请另选一个文件夹。"))
        _try(form.id, files)
        folder.mkdir(parents=True, exist_ok=True)
    with all_or_none(place, files):
        for name, text in files.items():
            hand_out(place / name, text.encode())
    return Imported(form.id, found.head["version"], tuple(edits), tuple(place / name for name in files))


def _try(form_id: str, files: Mapping[str, str]) -> None:
    """Read the files as the program will: raises with the file and the key where it could not."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / form_id
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        read_form_in(folder)


def check_form(path: Path) -> tuple[Checked, ...]:
    """Look at a checklist: a workbook that came back, a folder or a file of a form, or a folder of several.

    Raises UserError for a path that is none of these.
    """
    if path.suffix.lower() == ".xlsx":
        return (_checked_workbook(path),)
    folder = path if path.is_dir() else path.parent
    if not path.exists():
        raise UserError(tr("没有这个文件：{file}", file=path), tr("请检查路径。"))
    if (folder / HEAD).is_file():
        return (_checked(folder),)
    folders = sorted(each.parent for each in folder.glob(f"*/{HEAD}")) if path.is_dir() else []
    if not folders:
        raise UserError(
            tr("这里没有检查表：{file}", file=path), tr("请指明一份检查表的文件夹、其中的文件，或者交回的 xlsx。")
        )
    return tuple(map(_checked, folders))


def _checked(folder: Path) -> Checked:
    file = folder / HEAD
    try:
        with reading_told(file):
            form = read_form_in(folder)
    except ProblemsError as error:
        return Checked(file, folder.name, faults=error.problems)
    return _good(file, form)


def _good(file: Path, form: Form) -> Checked:
    doubtful = sum(question.unconfirmed for question in form.questions)
    return Checked(file, form.id, form.version, len(form.questions), doubtful)


def _checked_workbook(path: Path) -> Checked:
    form, found = _read(path)
    if found.problems:
        return Checked(path, form.id, form.version, faults=tuple(found.problems))
    doubtful = sum(
        any(basis.get("unconfirmed") for basis in (*raw["duty"], *raw.get("penalty", ())))
        for _section, raw in found.questions
    )
    return Checked(path, form.id, found.head["version"], len(found.questions), doubtful)


def _read(path: Path) -> tuple[Form, Edited]:
    """Return the form a workbook belongs to, and what stands in it."""
    words = author_words()
    sheets = {sheet.name: sheet for sheet in read_rows(path).sheets}
    missing = [
        Problem(name, tr("检查表工作簿的一页"), tr("没有这一页"))
        for name in words.sheets.values()
        if name not in sheets
    ]
    _refuse_faults(path, missing)
    by_key = {key: sheets[name] for key, name in words.sheets.items()}
    form = _form_of(path, by_key[author.HEAD])
    lines = {key: [Line(row.number, row.cells) for row in sheet.rows] for key, sheet in by_key.items()}
    found = author.edited(form, lines)
    found.problems[:0] = [each for sheet in by_key.values() for each in _odd_cells(sheet)]
    return form, found


def _form_of(path: Path, head: SheetOfRows) -> Form:
    words = author_words().head
    said = {row.cells[0].strip(): row.cells[1].strip() for row in head.rows if len(row.cells) > 1}
    form = shipped(said.get(words["id"], ""))
    _refuse_without_own(form)
    if said.get(words["sha256"]) != form.sha256:
        raise UserError(
            tr(
                "这份工作簿不是从现有的《{title}》{version} 版导出的：{file}",
                title=form.title,
                version=form.version,
                file=path.name,
            ),
            tr("请重新导出现有的一版，在上面修改。"),
        )
    return form


def _refuse_without_own(form: Form) -> None:
    base = base_of(form.id)
    if base or form.from_findings:
        raise UserError(
            tr("《{title}》没有自己的检查项。", title=form.title),
            tr("请导出 {base}，在那里修改。", base=base) if base else tr("复查的检查项取自上次的检查表。"),
        )


def _odd_cells(sheet: SheetOfRows) -> Iterator[Problem]:
    for row, column in sorted(sheet.formulas):
        yield Problem(f"{sheet.name} {column_letters(column)}{row + 1}", tr("直接写的内容"), tr("公式"))
    for merge in sheet.merges:
        place = f"{sheet.name} {column_letters(merge.left)}{merge.top + 1}"
        yield Problem(
            place, tr("不合并的单元格"), tr("合并到 {cell}", cell=f"{column_letters(merge.right)}{merge.bottom + 1}")
        )


def _refuse_faults(path: Path, problems: Sequence[Problem]) -> None:
    if problems:
        raise ProblemsError(
            tr("{file} 有 {count} 处不能读入，没有写出任何文件。", file=path.name, count=len(problems)),
            tuple(problems),
            tr("请在工作簿里改正后重新读入。"),
        )
