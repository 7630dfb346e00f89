"""The window looks at received records by itself, says how far it is, and shows what is not good."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from ohdesk.reports import record_papers
from ohdesk.services.record import verdicts
from ohdesk.ui.kit.verifying import Verifying
from ohdesk.ui.screens.county.coverage_page import CoveragePage
from ohdesk.ui.screens.county.inbox_page import InboxPage
from ohdesk.ui.screens.record.screen import RecordsScreen
from ohdesk.ui.screens.today.screen import TodayScreen
from tests.signed_records import PAPERS, elsewhere, make_signing_world, sent, signed
from tests.unit.services.exchange.bundle_world import open_world


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A county that has received a good record and one whose page says another place, and has looked at neither."""
    make_signing_world(tmp_path / "world")
    with open_world(tmp_path / "world") as world:
        signed(world)
        with monkeypatch.context() as patch:
            patch.setattr(record_papers, "render_record_paper", elsewhere)
            signed(world)
        sent(world)
        yield world


def shown(page, qtbot):
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.reload()
    settle(page)
    return page


def settle(page):
    for _ in range(8):
        page.jobs.wait()
        QApplication.processEvents()


def texts(widget):
    return " ".join(each.text() for each in widget.findChildren(QLabel) if not each.isHidden())


def column(table, number):
    return [table.index(row, number).data() for row in range(table.rowCount())]


def test_the_inbox_looks_at_what_waits_and_says_what_is_not_good(world, jobs, qtbot):
    page, said = InboxPage(world.county, jobs), []
    page.done.connect(said.append)
    shown(page, qtbot)
    assert verdicts.waiting(world.county) == 0
    assert said == ["收到的文书中有 1 份核对不通过，请在“文书签名”里查看原因。"]
    assert page.verifying.isHidden()


def test_it_stops_when_asked_and_goes_on_when_more_has_come(world, jobs, qtbot):
    line = Verifying(world.county, jobs)
    qtbot.addWidget(line)
    line.start()
    qtbot.waitUntil(line.isVisible)
    line.stop.click()
    settle(line)
    assert verdicts.waiting(world.county) == 2 * PAPERS - 1
    line.start()
    settle(line)
    assert verdicts.waiting(world.county) == 2 * PAPERS - 1
    line.start_again()
    settle(line)
    assert verdicts.waiting(world.county) == 0


def test_lists_pane_coverage_and_today_say_what_waits_and_what_is_not_good(world, jobs, qtbot):
    records = shown(RecordsScreen(world.county, jobs), qtbot)
    assert column(records.list.table, 4) == ["◌ 待验", "◌ 待验"]
    coverage = shown(CoveragePage(world.county, jobs), qtbot)
    assert column(coverage.towns.table, 7) == ["待验 2"]
    verdicts.verify_waiting(world.county)
    for page in (records, coverage):
        page.reload()
        settle(page)
    assert sorted(column(records.list.table, 4)) == ["✔ 已定稿", "✗ 核对不通过"]
    assert column(coverage.towns.table, 7) == ["不通过 1"]
    assert column(coverage.towns.table, 2) == ["1"]
    bad = column(records.list.table, 4).index("✗ 核对不通过")
    records.list.select(records.list.table.row(bad).id)
    settle(records)
    qtbot.waitUntil(lambda: "不计入检查数" in texts(records.pane))
    today = shown(TodayScreen(world.county, jobs), qtbot)
    assert "1 份收到的文书核对不通过" in texts(today)
