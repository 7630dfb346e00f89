"""Only the newest question is answered."""

from threading import Event

from shiboken6 import delete

from ohdesk.errors import UserError
from ohdesk.ui.kit.jobs import ReportingJob
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.page import Page


def test_the_answer_to_an_overtaken_question_is_dropped_and_what_lies_between_is_not_even_asked(qtbot, jobs):
    page = Page(None, jobs)
    qtbot.addWidget(page)
    latest, heard, asked, gate = Latest(page), [], [], Event()

    def question(number):
        def answer():
            asked.append(number)
            gate.wait(10)
            return number

        return answer

    latest.ask(question(1), heard.append)
    qtbot.waitUntil(lambda: asked == [1])
    for number in (2, 3, 4):
        latest.ask(question(number), heard.append)
    gate.set()
    qtbot.waitUntil(lambda: not latest.is_busy)
    assert (asked, heard) == ([1, 4], [4])


def test_a_failure_is_said_and_the_next_question_is_asked(qtbot, jobs):
    page = Page(None, jobs)
    qtbot.addWidget(page)
    latest, heard = Latest(page), []

    def fail():
        raise UserError("不行")

    with qtbot.waitSignal(page.failed):
        latest.ask(fail, heard.append)
    latest.ask(lambda: 2, heard.append)
    qtbot.waitUntil(lambda: heard == [2])


def test_what_nobody_wants_to_know_any_more_is_not_answered(qtbot, jobs):
    page = Page(None, jobs)
    qtbot.addWidget(page)
    latest, heard = Latest(page), []
    latest.ask(lambda: 1, heard.append)
    latest.forget()
    latest.ask(lambda: 2, heard.append)
    qtbot.waitUntil(lambda: not latest.is_busy)
    assert heard == [2]


def test_a_part_that_is_gone_is_told_nothing(qtbot, jobs):
    told = []
    for ask in (lambda page: page.work, lambda page: page.latest.ask):
        page = Page(None, jobs)
        ask(page)(lambda: "answer", told.append)
        delete(page)
    jobs.wait()
    assert told == []


def test_what_is_asked_aside_is_answered_while_long_work_runs_and_ends_no_other_work(qtbot, jobs):
    page = Page(None, jobs)
    qtbot.addWidget(page)
    heard, gate, gone_way = [], Event(), []
    patient = ReportingJob(lambda report: gate.wait(10) and report(1, 1))
    patient.gives_way = True
    patient.cancelled.connect(lambda: gone_way.append(1))
    jobs.start(patient)
    Latest(page, aside=True).ask(lambda: 1, heard.append)
    qtbot.waitUntil(lambda: heard == [1])
    assert not gate.is_set()
    with qtbot.waitSignal(patient.ended):
        gate.set()
    assert gone_way == []
