"""Several papers are read one after another; what was leafed over is not read."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ohdesk.ui.kit.papers_view import Paper, PapersView
from ohdesk.ui.kit.reading import PagesRead, Reading
from tests.unit.security.conftest import drawn_pdf


@pytest.fixture
def reading(jobs, qtbot) -> Reading:
    made = Reading(jobs, PagesRead())
    qtbot.addWidget(made)
    made.resize(QSize(700, 600))
    made.show()
    yield made
    jobs.wait()


def settle(jobs) -> None:
    for _ in range(4):
        jobs.wait()
        QApplication.processEvents()


def test_every_page_of_every_paper_has_to_be_on_screen_without_a_break(reading, jobs):
    now = [0.0]
    reading.clock = lambda: now[0]
    reading.show_papers([Paper("现场检查笔录", drawn_pdf(2)), Paper("照片说明页", drawn_pdf(1))])
    settle(jobs)
    assert reading.said == "还有 3 页没有看过：《现场检查笔录》第 1、2 页，《照片说明页》第 1 页"
    reading.look()
    for number, now[0] in ((1, 1.0), (0, 1.9), (1, 2.5)):  # to and fro is leafing
        reading.view.pdf.pages.go_to(number)
        settle(jobs)
        reading.look()
    assert "还有 3 页" in reading.said
    now[0] = 4.5
    reading.look()
    assert reading.said == "还有 2 页没有看过：《现场检查笔录》第 1 页，《照片说明页》第 1 页"
    reading.view.tabs.choose("1")
    settle(jobs)
    reading.look()
    now[0] = 6.5
    reading.look()
    assert reading.said == "还有 1 页没有看过：《现场检查笔录》第 1 页"
    reading.view.tabs.choose("0")
    settle(jobs)
    reading.look()
    now[0] = 8.5
    reading.look()
    assert (reading.is_read, reading.missing) == (True, "")
    reading.show_papers([Paper("照片说明页", drawn_pdf(1)), Paper("现场检查表", drawn_pdf(3))])
    settle(jobs)
    assert reading.said == "还有 3 页没有看过：《现场检查表》第 1、2、3 页"  # the other says what was read


def test_a_paper_of_the_same_title_is_not_read_by_the_old_pages_that_were_on_screen(reading, jobs):
    now = [0.0]
    reading.clock = lambda: now[0]
    reading.show_papers([Paper("现场检查笔录", drawn_pdf(2))])
    settle(jobs)
    reading.look()
    reading.show_papers([Paper("现场检查笔录", drawn_pdf(3))])
    assert reading.view.pdf.count == 0
    for now[0] in (1.0, 4.0):
        reading.look()
    settle(jobs)
    reading.look()
    assert reading.said == "还有 3 页没有看过：第 1、2、3 页"


def test_where_nobody_signs_a_paper_that_was_drawn_anew_stays_where_it_was(jobs, qtbot):
    view = PapersView(jobs, keeps_place=True)
    qtbot.addWidget(view)
    view.resize(QSize(700, 600))
    view.show()
    view.show_papers([Paper("现场检查笔录", drawn_pdf(1)), Paper("现场检查表", drawn_pdf(3))])
    view.tabs.choose("1")
    settle(jobs)
    view.pdf.pages.go_to(2)
    view.show_papers([Paper("现场检查笔录", drawn_pdf(2)), Paper("现场检查表", drawn_pdf(4))])
    settle(jobs)
    assert (view.in_front.title, view.pdf.count, view.pdf.pages.page) == ("现场检查表", 4, 2)
    jobs.wait()
