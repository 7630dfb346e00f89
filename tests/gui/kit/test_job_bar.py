"""Slow work on screen: when it appears, what it says, and how it is stopped."""

import weakref
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ohdesk.ui import theme
from ohdesk.ui.kit.job_bar import JobBar
from ohdesk.ui.kit.jobs import Job, ReportingJob

QUICK = {"progress_after_ms": 20, "progress_least_ms": 300, "time_left_after_ms": 0}


@pytest.fixture
def bar(qtbot, jobs, monkeypatch):
    usual = theme.layout
    monkeypatch.setattr("ohdesk.ui.theme.layout", lambda token: QUICK.get(token, usual(token)))
    made = JobBar(jobs)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def go():
    event = Event()
    yield event
    event.set()


def held(go, *reports):
    """Work that reports and then waits to be let go."""

    def work(report):
        for done, total in reports:
            report(done, total)
        while not go.wait(0.005):
            report(*(reports[-1] if reports else (0, 0)))

    return ReportingJob(work)


def test_work_that_lasts_is_shown_with_its_place(qtbot, jobs, bar, go):
    jobs.start(held(go, (312, 1240)), "正在导入名单")
    assert bar.text == ""
    qtbot.waitUntil(lambda: "第 312 / 1\N{NO-BREAK SPACE}240" in bar.text)
    qtbot.waitUntil(lambda: "还需约" in bar.time_left)
    go.set()
    qtbot.waitUntil(lambda: "已完成" in bar.text)
    qtbot.waitUntil(lambda: bar.text == "")


def hidden_around(qtbot, jobs, bar, title):
    """Whether the bar was hidden when a job without any work ended, and once it would have appeared."""
    seen = []
    job = Job(lambda: None)
    job.ended.connect(lambda: seen.append(bar.isHidden()))
    with qtbot.waitSignal(job.ended):
        jobs.start(job, title)
    qtbot.wait(QUICK["progress_after_ms"] + 100)
    return [*seen, bar.isHidden()]


def test_quick_work_shows_nothing(qtbot, jobs, bar, monkeypatch):
    monkeypatch.setitem(QUICK, "progress_after_ms", 1500)  # so that work is quick on a busy machine, too
    patient = JobBar(jobs)
    qtbot.addWidget(patient)
    assert hidden_around(qtbot, jobs, patient, "很快") == [True, True]


def test_work_without_a_title_shows_nothing(qtbot, jobs, bar):
    assert hidden_around(qtbot, jobs, bar, "") == [True, True]


def test_work_is_stopped_by_its_button(qtbot, jobs, bar, go):
    job = held(go, (1, 9))
    jobs.start(job, "正在写入")
    qtbot.waitUntil(lambda: not bar.isHidden())
    button = bar.findChild(QPushButton)
    assert "&Z" in button.text()
    with qtbot.waitSignal(job.cancelled):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "已取消" in bar.text


def test_work_that_ends_badly_is_not_called_done(qtbot, jobs, bar, go):
    def work(_report):
        go.wait(2)
        raise ValueError

    job = ReportingJob(work)
    jobs.start(job, "正在读取")
    qtbot.waitUntil(lambda: not bar.isHidden())
    go.set()
    qtbot.waitUntil(lambda: "没有完成" in bar.text)


def test_several_are_shown_in_turn(qtbot, jobs, bar, go):
    later = Event()
    jobs.start(held(go), "第一件")
    jobs.start(held(later), "第二件")
    qtbot.waitUntil(lambda: "第一件" in bar.text)
    go.set()
    qtbot.waitUntil(lambda: "第二件" in bar.text)
    later.set()


def test_a_job_cancelled_before_its_turn_never_starts(qtbot, jobs, go):
    started = []
    jobs.start(held(go))
    waiting = jobs.start(Job(lambda: started.append(1)), "等待")
    waiting.cancel()
    with qtbot.waitSignal(waiting.cancelled):
        go.set()
    assert started == []


def test_a_bar_made_while_work_runs_shows_it(qtbot, jobs, bar, go):
    jobs.start(held(go, (1, 9)), "正在写入")
    another = JobBar(jobs)
    qtbot.addWidget(another)
    qtbot.waitUntil(lambda: "正在写入" in another.text)
    go.set()


def test_work_that_has_ended_is_let_go_with_all_it_knew(qtbot, jobs, bar):
    knows = Event()
    known = weakref.ref(knows)
    job = Job(knows.set)
    with qtbot.waitSignal(job.ended):
        jobs.start(job, "正在读取")
    del job, knows
    qtbot.waitUntil(lambda: known() is None)


def test_work_that_gives_way_ends_when_other_work_comes(qtbot, jobs, go):
    patient = ReportingJob(held(go, (1, 2)))
    patient.gives_way = True
    jobs.start(patient)
    other = Job(lambda: "done")
    with qtbot.waitSignals([patient.cancelled, other.succeeded]):
        jobs.start(other)
