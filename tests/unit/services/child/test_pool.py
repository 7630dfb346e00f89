"""Children answer many messages side by side: in order, and one that breaks costs one message."""

import os
import sys
from contextlib import closing
from subprocess import Popen

import pytest

from ohdesk.services.child import pool, starting
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.child.starting import Kind

KIND = Kind("--none", "none", memory=1 << 30)
CHILD = """
import os, sys, time
from ohdesk.services.child.answering import serve

def answer(message):
    if message == b"die":
        os._exit(1)
    if message == b"hang":
        time.sleep(600)
    if message == b"late":
        time.sleep(0.3)
    return message + b" by %d" % os.getpid()

serve(sys.argv[1:], answer)
"""


@pytest.fixture
def started(monkeypatch) -> list["Popen[bytes]"]:
    """The children, in the order they were started; they see two processors."""
    true, children = starting.start, []

    def start(*words: object) -> "Popen[bytes]":
        children.append(true(*words))
        return children[-1]

    monkeypatch.setattr(
        starting, "command", lambda _option, _module, *limits: [sys.executable, "-c", CHILD, *map(str, limits)]
    )
    monkeypatch.setattr(starting, "start", start)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    return children


def said(answers) -> list[str]:
    """Return the answers without the children's numbers; "slow" or "broken" where there was none."""
    return [
        answer.split()[0].decode() if isinstance(answer, bytes) else "slow" if answer.slow else "broken"
        for answer in answers
    ]


def test_the_answers_come_in_the_order_of_the_messages(started):
    messages = [b"late", *(b"%d" % number for number in range(20))]
    with closing(Pool(KIND, len(messages))) as children:
        answers = list(children.answers(messages))
    assert said(answers) == [message.decode() for message in messages]
    assert len(started) == len({answer.split()[-1] for answer in answers}) == 2


def test_for_few_messages_one_child_is_started(started):
    with closing(Pool(KIND, 3)) as children:
        assert said(children.answers([b"a", b"b", b"c"])) == ["a", "b", "c"]
    assert len(started) == 1


def test_this_process_helps_while_the_only_child_is_busy(started):
    messages = [b"late", *(b"%d" % number for number in range(100))]
    with closing(Pool(KIND, len(messages), here=lambda message: message + b" here")) as children:
        answers = list(children.answers(messages))
    assert said(answers) == [message.decode() for message in messages]
    assert len(started) == 1
    assert {answer.split()[-1] for answer in answers} == {b"here", b"%d" % started[0].pid}


def test_for_few_messages_no_child_is_started_where_this_process_answers(started):
    with closing(Pool(KIND, 3, here=lambda message: message + b" here")) as children:
        assert said(children.answers([b"a", b"b", b"c"])) == ["a", "b", "c"]
        assert list(children.answers([])) == []
    assert not started


def test_what_goes_wrong_in_this_process_costs_its_own_message_and_no_other(started):
    def here(message: bytes) -> bytes:
        if message == b"b":
            raise KeyError(message)
        return message

    with closing(Pool(KIND, 3, here=here)) as children:
        assert list(children.answers([b"a", b"b", b"c"])) == [b"a", Broken(slow=False), b"c"]


@pytest.mark.skipif(sys.platform == "win32", reason="a job object says it there")
def test_a_child_lets_the_window_go_first(started):
    with closing(Pool(KIND, 1)) as children:
        (answer,) = children.answers([b"a"])
        assert os.getpriority(os.PRIO_PROCESS, int(answer.split()[-1])) > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_child_that_dies_costs_its_own_message_and_no_other(started):
    messages = [b"a", b"die", b"b", b"c", b"die", b"d", b"e", b"f"]
    with closing(Pool(KIND, len(messages))) as children:
        assert said(children.answers(messages)) == ["a", "broken", "b", "c", "broken", "d", "e", "f"]


def test_a_child_that_hangs_is_ended(started, monkeypatch):
    monkeypatch.setattr(pool, "SECONDS", 4)
    with closing(Pool(KIND, 2)) as children:
        assert said(children.answers([b"hang", b"a"])) == ["slow", "a"]
    assert Broken(slow=True).said != Broken(slow=False).said


def test_what_the_watch_raises_ends_the_work_and_the_children(started):
    def watch():
        if started:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), closing(Pool(KIND, 8, watch)) as children:
        list(children.answers([b"hang"] * 8))
    assert all(child.poll() is not None for child in started)


def test_messages_are_taken_only_a_little_ahead(started):
    taken = []

    def messages():
        for number in range(100):
            taken.append(number)
            yield b"%d" % number

    with closing(Pool(KIND, 100)) as children:
        answers = children.answers(messages())
        next(answers)
        assert len(taken) <= 5
        assert said([next(answers)]) == ["1"]


def test_after_closing_no_answer_comes_and_no_child_is_left(started):
    children = Pool(KIND, 100)
    answers = children.answers([b"a"] * 100)
    next(answers)
    children.close()
    assert said(answers) == []
    assert all(child.poll() is not None for child in started)
