"""A checklist goes to a lawyer as a workbook and comes back as a new edition with exactly the edits."""

import errno
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.forms.author import Line, author_words, edited, edits, rows_of
from ohdesk.forms.loader import form_files, load_form, read_form_in
from ohdesk.forms.writing import files_of, raw_head, raw_question
from ohdesk.services.visit import form_editing
from tests.other_programs import PROGRAMS, saved_by

OWN = [form for form in form_files().forms if not form_editing.base_of(form.id) and form.questions]


@pytest.fixture
def sent(tmp_path):
    form_editing.export_form("radiology", tmp_path / "r.xlsx")
    return tmp_path / "r.xlsx"


def change(file, *edits):
    book = load_workbook(file)
    for sheet, cell, value in edits:
        if callable(value):
            value(book[sheet], cell)
        else:
            book[sheet][cell] = value
    book.save(file)


@pytest.mark.parametrize("form", OWN, ids=lambda form: form.id)
def test_every_form_can_be_written_again_as_it_is(form, tmp_path):
    sections = [{"id": each.id, "title": each.title, "title_en": each.title_en} for each in form.sections]
    asked = [(each.section, raw_question(each)) for each in form.questions]
    (tmp_path / form.id).mkdir()
    for name, text in files_of(raw_head(form), sections, asked, {}).items():
        (tmp_path / form.id / name).write_text(text, encoding="utf-8")
    assert read_form_in(tmp_path / form.id) == form


@pytest.mark.parametrize("form", OWN, ids=lambda form: form.id)
def test_what_nobody_touched_is_no_edit(form):
    words = author_words()
    sheets = {
        key: [Line(number, row) for number, row in enumerate([[*words.columns(key).values()], *rows], 1)]
        for key, rows in rows_of(form).items()
    }
    found = edited(form, sheets)
    assert (found.problems, edits(form, found)) == ([], [])


def test_what_was_edited_and_nothing_else_is_the_new_edition(sent, tmp_path):
    old = load_form("radiology")
    change(
        sent,
        ("检查项", "C3", "建设项目完成放射性职业病危害预评价，经审核同意后施工。"),
        ("依据", "E2", "第四条第一款"),
        ("依据", "G3", "否"),
        ("填写项", "C2", "放射诊疗许可证号"),
        ("检查项", 14, lambda sheet, row: sheet.delete_rows(row)),
        (
            "依据",
            39,
            lambda sheet, _row: sheet.append(["R02", "检查依据", "职业病防治法", "2018-12-29", "第六条", "", "是"]),
        ),
    )
    found = form_editing.import_form(sent, tmp_path / "new")
    new = read_form_in(tmp_path / "new" / "radiology")
    assert (found.edition, new.version) == ("2026.3", "2026.3")
    assert {each.question for each in found.edits} == {"", "R01", "R02", "R13"}
    assert new.by_id["R01"].duty[0].article == "第四条第一款"
    assert not new.by_id["R01"].duty[1].unconfirmed
    assert new.by_id["R01"].fields[0].label == "放射诊疗许可证号"
    assert new.by_id["R02"].text.endswith("经审核同意后施工。")
    assert (new.by_id["R02"].duty[-1].article, new.by_id["R02"].duty[-1].unconfirmed) == ("第六条", True)
    assert [each.id for each in new.questions] == [each.id for each in old.questions[:-1]]
    assert [new.by_id[each.id] for each in old.questions[2:-1]] == list(old.questions[2:-1])


FAULTS = (
    ("检查项", "G2", "随便"),
    ("检查项", "L2", "极重"),
    ("检查项", "M2", "严重"),
    ("检查项", "B2", "Z"),
    ("检查项", "A3", "第一项"),
    ("检查项", "D4", "=1+1"),
    ("检查项", "C2", ""),
    ("检查项", "O2", "噪声"),
    ("依据", "C2", "没有的法"),
    ("依据", "D4", "昨天"),
    ("依据", "G2", "不知道"),
    ("依据", "A6", "Q99"),
    ("填写项", "E2", "choice"),
    ("检查表", "B7", "2026"),
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_another_program_saved_again_has_exactly_the_edits(sent, tmp_path, program):
    old = load_form("radiology")
    change(sent, ("检查项", "C3", "建设项目完成预评价，\n经审核同意后施工。"), ("依据", "E2", "第四条第一款"))
    saved_by(program, sent)
    found = form_editing.import_form(sent, tmp_path / "new")
    new = read_form_in(tmp_path / "new" / "radiology")
    assert {each.question for each in found.edits} == {"", "R01", "R02"}
    assert new.by_id["R01"].duty[0].article == "第四条第一款"
    assert "预评价" in new.by_id["R02"].text
    assert [new.by_id[each.id] for each in old.questions[2:]] == list(old.questions[2:])


def test_every_faulty_cell_is_named_at_once_and_nothing_is_written(sent, tmp_path):
    change(sent, *FAULTS, ("检查项", "H5:H6", lambda sheet, cells: sheet.merge_cells(cells)))
    with pytest.raises(ProblemsError) as refused:
        form_editing.import_form(sent, tmp_path / "new")
    places = {problem.place for problem in refused.value.problems}
    assert {f"{sheet} {cell}" for sheet, cell, _value in FAULTS} | {"检查项 H5"} <= places
    assert not (tmp_path / "new").exists()


def test_an_edition_that_the_disk_did_not_take_whole_leaves_nothing_in_the_way_of_the_next_try(
    sent, tmp_path, monkeypatch
):
    change(sent, ("检查项", "C2", "换过的一句。"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full_after(1, Path.replace))
        with pytest.raises(MachineError):
            form_editing.import_form(sent, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    found = form_editing.import_form(sent, tmp_path / "new")
    assert all(file.is_file() for file in found.files)


def full_after(most, true):
    left = iter(range(most))

    def replace(*arguments):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "full")
        return true(*arguments)

    return replace


def test_moved_columns_are_named(sent):
    change(sent, ("检查项", "C1", "内容"))
    (checked,) = form_editing.check_form(sent)
    assert "检查项 A1" in [fault.place for fault in checked.faults]


def test_a_workbook_of_another_edition_or_without_a_sheet_is_refused(sent, tmp_path):
    change(sent, ("检查表", "B4", "00"))
    with pytest.raises(UserError):
        form_editing.import_form(sent, tmp_path / "new")
    book = load_workbook(sent)
    del book["依据"]
    book.save(sent)
    with pytest.raises(ProblemsError) as refused:
        form_editing.import_form(sent, tmp_path / "new")
    assert [problem.place for problem in refused.value.problems] == ["依据"]


def test_a_form_whose_questions_are_anothers_says_where_to_edit_them(tmp_path):
    with pytest.raises(UserError) as refused:
        form_editing.export_form("employer-hearing", tmp_path / "f.xlsx")
    assert "employer-general" in refused.value.remedy
