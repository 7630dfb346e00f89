"""Many wrong passwords in a row make the next try wait, a little, and lock nobody out."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ohdesk.cli.main import main
from ohdesk.errors import UserError, WrongPasswordError
from ohdesk.files import KEY_FILE
from ohdesk.services.office import accounts, tries
from ohdesk.services.office.workspace import open_workspace, seconds_before_next_try
from ohdesk.services.visit import conduct
from tests.conftest import PASSWORD, noon, town_workspace


class Clock:
    """The seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(tries, "clock", made)
    return made


@pytest.fixture
def folder(tmp_path):
    return town_workspace(tmp_path / "town")


def wrong(folder, clock=None, times=1):
    """Try a wrong password, waiting as long as it takes; return the last refusal."""
    for _ in range(times):
        if clock is not None:
            clock.now += seconds_before_next_try(folder, "李旸")
        with pytest.raises(WrongPasswordError) as refused, open_workspace(folder, "李旸", "wrong-one-again", noon):
            pass
    return refused.value


def test_the_first_tries_wait_for_nothing_and_the_later_ones_longer_and_longer(folder, clock):
    waits = [wrong(folder, clock).wait for _ in range(12)]
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 30, 30, 30, 30]


def test_it_is_said_how_many_tries_are_left(folder, clock):
    assert [wrong(folder).left for _ in range(5)] == [4, 3, 2, 1, 0]


def test_too_early_nothing_is_tried_not_even_the_right_password(folder, clock):
    wrong(folder, times=5)
    with pytest.raises(WrongPasswordError, match="2 秒后"), open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    clock.now += 2
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert ctx.actor.account == "李旸"


def test_the_right_password_ends_the_counting(folder, clock):
    wrong(folder, times=5)
    clock.now += 2
    with open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    assert wrong(folder).wait == 0
    assert wrong(folder).left == 3


def test_however_many_were_wrong_the_right_password_opens_after_half_a_minute(folder, clock):
    wrong(folder, clock, times=40)
    clock.now += tries.LONGEST_WAIT
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert ctx.actor.account == "李旸"


def test_a_clock_put_back_locks_nobody_out(folder, clock):
    wrong(folder, clock, times=9)
    clock.now -= 1000
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert ctx.actor.account == "李旸"


@pytest.mark.parametrize("content", [b"", b"[]", b"\x00", b'{"a": {"count": "x"}}', b"[" * 60_000])
def test_a_damaged_count_keeps_nobody_out(folder, clock, content):
    wrong(folder, clock, times=9)
    (folder / tries.FILE).write_bytes(content)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert ctx.actor.account == "李旸"


def test_one_account_does_not_wait_for_the_wrong_passwords_of_another(folder, clock):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "周敏", "noch ein wort", {"supervisor"})
    wrong(folder, times=5)
    with open_workspace(folder, "周敏", "noch ein wort", noon) as ctx:
        assert ctx.actor.account == "周敏"


def test_tries_at_the_same_time_are_all_counted(folder):
    def one_wrong(_number: int) -> None:
        with pytest.raises(WrongPasswordError):
            tries.unlock(folder / KEY_FILE, "李旸", "wrong-one-again")

    with ThreadPoolExecutor(8) as many:
        list(many.map(one_wrong, range(8)))
    # Five are free; of the others, which came too early, none was tried.
    assert seconds_before_next_try(folder, "李旸") == 2


def test_an_unknown_account_is_not_counted(folder, clock):
    for _ in range(6):
        with pytest.raises(UserError, match="没有账户"), open_workspace(folder, "谁", "wrong-one-again", noon):
            pass
    assert not (folder / tries.FILE).exists()


def test_passwords_typed_while_the_workspace_is_open_are_counted_as_well(folder, clock):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        typed = (
            lambda: accounts.check_own_password(ctx, "wrong-one-again"),
            lambda: accounts.change_password(ctx, "wrong-one-again", "noch ein wort"),
            lambda: accounts.unlock_inspector(ctx, "李旸", "wrong-one-again"),
            lambda: conduct.approve(ctx, "no visit", "李旸", "wrong-one-again"),
        )
        for ask in (*typed, typed[0]):
            with pytest.raises(WrongPasswordError, match="不正确"):
                ask()
        for ask in typed:
            with pytest.raises(WrongPasswordError, match="2 秒后"):
                ask()


def test_a_password_that_was_reset_is_tried_at_once(folder, clock):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "周敏", "noch ein wort", {"supervisor"})
    for _ in range(5):
        with pytest.raises(WrongPasswordError), open_workspace(folder, "周敏", "wrong-one-again", noon):
            pass
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, "周敏", "ein neues wort")
    assert tries.seconds_left(folder / KEY_FILE, "周敏") == 0


def test_a_command_waits_and_then_tries(folder, clock, monkeypatch, capsys):
    wrong(folder, clock, times=9)
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    assert main(["roll", "list", "--workspace", str(folder)]) == 0
    assert slept == [30]
    assert "30 秒" in capsys.readouterr().err
