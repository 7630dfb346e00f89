"""Counts of a few persons stay inside town and county: no file for outside says how few."""

import pytest
from openpyxl import load_workbook

from ohdesk.db.models import OperationRow
from ohdesk.errors import ProblemsError
from ohdesk.forms.registers import registers
from ohdesk.forms.small_counts import is_small
from ohdesk.paths import resources
from ohdesk.services.register import books, entries, importing
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.register.export import export_book
from ohdesk.services.register.import_preview import Outcome
from ohdesk.services.roll import entries as roll
from ohdesk.services.workbook.reading import read_rows

COUNTS = {
    "due": "50",
    "done": "50",
    "normal": "46",
    "suspected": "3",
    "contraindicated": "0",
    "told": "1",
    "moved": "5",
}


@pytest.fixture
def exam(ctx):
    firm = roll.add(ctx, {"name": "青溪竹器厂"})
    when = {
        "kind": "during",
        "year": "2026",
        "from": "2026-03-01",
        "institution": roll.add(ctx, {"name": "云岭体检中心"}),
    }
    return entries.add(ctx, "exams", when | COUNTS, firm)


def cells(path):
    heading, row = load_workbook(path).active.iter_rows(values_only=True)
    return dict(zip(heading, row, strict=True))


def test_a_file_for_outside_says_of_one_to_four_persons_only_that(ctx, exam, tmp_path):
    written = export_book(ctx, "exams", tmp_path / "out.xlsx", EntryQuery())
    said = cells(tmp_path / "out.xlsx")
    assert (said["疑似职业病"], said["已书面告知"]) == ("1–4", "1–4")
    assert (said["职业禁忌证"], said["已调离"], said["实检人数"], said["年度"]) == (0, 5, 50, 2026)
    assert (written.count, written.small) == (1, 2)
    assert "2 处" in "".join(written.notes)


def test_inside_the_figures_stay_by_a_choice_and_in_what_travels(ctx, exam, tmp_path):
    written = export_book(ctx, "exams", tmp_path / "in.xlsx", EntryQuery(), inside=True)
    assert (cells(tmp_path / "in.xlsx")["疑似职业病"], written.small, written.notes) == (3, 0, ())
    with ctx.reading() as session:
        (body,) = (row.body for row in session.query(OperationRow).filter_by(record=exam))
    assert b'"suspected":3' in body


def test_a_file_for_outside_that_comes_back_changes_nothing(ctx, exam, tmp_path):
    target = tmp_path / "out.xlsx"
    export_book(ctx, "exams", target, EntryQuery())
    shown = importing.preview(ctx, "exams", read_rows(target), target.name)
    assert (len(shown.refusals), shown.counts[Outcome.SAME]) == (0, 1)
    assert entries.detail(ctx, exam).values["suspected"] == 3


@pytest.mark.parametrize(
    ("book", "fields"),
    [
        ("exams", {"due", "done", "normal", "recheck", "suspected", "contraindicated", "told", "moved"}),
        ("dose", {"due", "done", "over_level", "over_limit", "investigated"}),
        ("new_cases", {"cases"}),
        ("urgent_reports", {"treated", "critical", "dead"}),
        ("campaigns", {"exam_due", "exam_done", "dose_due", "dose_done"}),
    ],
)
def test_the_books_of_health_dose_and_cases_mark_their_counts_of_persons(book, fields):
    (definition,) = (each for each in registers()[0] if each.id == book)
    assert {each.key for each in definition.fields if is_small(each, 4)} == fields
    assert not any(is_small(each, count) for each in definition.fields for count in (0, 5, None))


def test_a_definition_that_would_let_small_counts_out_is_refused_where_there_are_entries(ctx, exam):
    exams = (resources() / "registers" / "exams.toml").read_text(encoding="utf-8")
    with pytest.raises(ProblemsError) as refused:
        books.install(ctx, exams.replace('small_counts = "inside"\n', "", 1).encode(), "exams.toml")
    assert [each.place for each in refused.value.problems] == ["field due small_counts"]
