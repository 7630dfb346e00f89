"""The small widgets, each by itself."""

import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtWidgets import QApplication, QLineEdit

from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.forms.going import going
from ohdesk.services.changes import Change
from ohdesk.ui.kit.editors import ActingChoice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Job, ReportingJob
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.kit.repeat_table import RepeatTable, table_field
from ohdesk.ui.kit.row_delegate import KindRole
from ohdesk.ui.kit.table_view import AT_ONCE, PAGE, Column, PagedTable, RowRole, TableView


def test_a_job_hands_its_result_to_the_interface_thread(qtbot, jobs):
    threads = []
    job = Job(lambda: QThread.currentThread())
    job.succeeded.connect(lambda worked_on: threads.extend([worked_on, QThread.currentThread()]))
    with qtbot.waitSignal(job.ended):
        jobs.start(job)
    assert threads[0] is not threads[1]
    assert threads[1] is QApplication.instance().thread()


def test_a_cancelled_job_keeps_nothing_and_complains_about_nothing(qtbot, jobs):
    seen = []

    def work(report):
        report(0, 2)
        job.cancel()
        report(1, 2)
        return "finished"

    job = ReportingJob(work)
    job.succeeded.connect(seen.append)
    job.failed.connect(seen.append)
    with qtbot.waitSignal(job.ended):
        jobs.start(job)
    assert seen == []


def test_a_job_that_fails_says_so_and_the_next_one_runs(qtbot, jobs):
    failing, following = Job(lambda: 1 // 0), Job(lambda: Change.ROLL)
    with qtbot.waitSignals([failing.failed, following.succeeded]):
        jobs.start(failing)
        jobs.start(following)


def test_a_notice_names_the_remedy_and_every_problem(qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    problems = tuple(Problem(f"第 {row} 行", "18 位", "17 位") for row in range(8))
    bar.error(ProblemsError("名单不能导入。", problems, "请改正后再试。"))
    assert bar.text == "名单不能导入。"
    assert "请改正后再试。" in bar.remedy
    assert "第 5 行" in bar.remedy
    assert "另有 2 处" in bar.remedy


@pytest.mark.parametrize(
    ("error", "kind"), [(UserError("甲"), "problem"), (MachineError("乙"), "machine"), (ValueError("丙"), "machine")]
)
def test_a_notice_looks_like_the_kind_of_failure(qtbot, error, kind):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.error(error)
    assert bar.property("kind") == kind
    assert "丙" not in bar.text


def test_what_is_done_is_said_and_goes_by_itself(qtbot, monkeypatch):
    monkeypatch.setattr("ohdesk.ui.theme.layout", lambda _token: 10)
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.done("已保存。")
    assert bar.text == "已保存。"
    qtbot.waitUntil(lambda: bar.text == "")


def test_a_field_says_what_is_wrong_and_then_shows_its_hint_again(qtbot):
    field = Field("代码", QLineEdit(), "18 位")
    qtbot.addWidget(field)
    field.set_error("应为 18 位。")
    assert field.error == "应为 18 位。"
    assert field.editor.accessibleName() == "代码"
    field.clear_error()
    assert field.error == ""


def column(heading="数", kind=None):
    return Column(heading, str, 80, kind=kind)


def thousand_rows():
    """A table of a thousand numbers, and what it asked for so far: offset and limit of each fetch."""
    asked = []

    def fetch(offset, limit):
        asked.append((offset, limit))
        return range(offset, min(offset + limit, 1000))

    table = PagedTable((column(),))
    table.show_rows(1000, fetch)
    return table, asked


def test_a_table_fetches_no_more_than_it_shows():
    table, asked = thousand_rows()
    assert (table.rowCount(), asked) == (1000, [])
    assert table.index(999, 0).data(RowRole) == 999
    assert asked == [(1000 - AT_ONCE, AT_ONCE)]


def test_a_screen_of_rows_is_fetched_at_once_wherever_it_begins():
    table, asked = thousand_rows()
    for first in (10 * PAGE + 7, 30 * PAGE, 9 * PAGE + 7):
        assert [table.row(place) for place in range(first, first + PAGE)] == list(range(first, first + PAGE))
    assert asked == [(10 * PAGE, AT_ONCE), (30 * PAGE, AT_ONCE), (8 * PAGE, AT_ONCE)]


def test_a_table_scrolled_through_holds_the_last_pages_and_fetches_the_others_again():
    table = PagedTable((column(),))
    table.show_rows(50 * PAGE, lambda offset, limit: range(offset, offset + limit))
    for place in range(0, 50 * PAGE, PAGE):
        table.row(place)
    held = [place for place in range(0, 50 * PAGE, PAGE) if table.fetched_text(place, 0)]
    assert held == [page * PAGE for page in range(10, 50)]
    assert (table.row(7), table.row(50 * PAGE - 1)) == (7, 50 * PAGE - 1)


def test_how_a_job_ends_is_heard_however_short_it_is(qtbot, jobs):
    ended = []
    for number in range(50):
        job = jobs.start(Job(lambda: None))
        QThread.msleep(1)
        job.ended.connect(lambda number=number: ended.append(number))
    qtbot.waitUntil(lambda: ended == list(range(50)))


def test_a_state_carries_its_kind_and_other_cells_none():
    table = PagedTable((column(), column(kind=lambda _row: "bad")))
    table.show_rows(1, lambda _offset, _limit: [7])
    assert [table.index(0, place).data(KindRole) for place in (0, 1)] == [None, "bad"]


def test_a_list_remembers_its_column_widths(qtbot):
    def view():
        table = TableView("widths", "名单", (column(), column()))
        qtbot.addWidget(table)
        table.show()
        return table

    first = view()
    first.setColumnWidth(0, 133)
    assert view().columnWidth(0) == 133


def test_a_list_remembers_the_order_of_its_columns_until_there_are_others(qtbot):
    def view(count):
        table = TableView("order", "名单", [column(str(place)) for place in range(count)])
        qtbot.addWidget(table)
        return table

    def order(table):
        return [table.horizontalHeader().logicalIndex(place) for place in range(table.horizontalHeader().count())]

    first = view(3)
    first.horizontalHeader().moveSection(2, 1)
    again, other = view(3), view(4)
    assert order(again) == [0, 2, 1]
    assert order(other) == [0, 1, 2, 3]


def test_a_choice_that_is_acted_on_opens_its_words_instead_of_choosing_on_the_way(qtbot, monkeypatch):
    choice, chosen, opened = ActingChoice(), [], []
    choice.offer([("a", "甲"), ("b", "乙"), ("c", "丙")])
    choice.activated.connect(chosen.append)
    monkeypatch.setattr(choice, "showPopup", lambda: opened.append(choice.currentIndex()))
    qtbot.addWidget(choice)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_B):
        qtbot.keyClick(choice, key)
    assert (chosen, opened) == ([], [0, 0, 0, 0])


def test_a_cell_that_no_paper_can_print_is_named_below_its_table(qtbot):
    partners, table = going().partners, RepeatTable()
    field = table_field("联合部门", table, "怎样填")
    qtbot.addWidget(field)
    table.ask(partners, "")
    table.put(0, {partners.columns[0].key: "🏭"})
    assert "U+1F3ED" in field.warning
    table.put(0, {partners.columns[0].key: "应急管理"})
    assert field.warning == ""
