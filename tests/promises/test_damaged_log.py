"""Promise: what was saved and stands in a log that is damaged is not lost without a word."""

import shutil
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ohdesk.domain.facts import Verdict
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.context import Context
from ohdesk.services.office import doctor
from ohdesk.services.office.workspace import DATABASE, open_workspace
from ohdesk.services.visit import filling
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.dying import die
from tests.visiting import started_visit

ANSWERS = 6
HEAD, FRAME, PAGE = 32, 24, 4096


@dataclass
class Left:
    """A workspace as a program that died left it: answers in the log, none of them in the database yet."""

    folder: Path
    visit: str
    answers: dict

    @property
    def log(self) -> Path:
        """The log."""
        return self.folder / f"{DATABASE}-wal"


@contextmanager
def unlocked(folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        yield ctx


def answered(ctx: Context, visit: str) -> dict:
    """Return the answers of a visit, by question."""
    return {question: view.answer for question, view in filling.open_form(ctx, visit).answers.items()}


@pytest.fixture
def left(tmp_path) -> Left:
    """A workspace copied with its log while answers were being saved."""
    folder, copy = town_workspace(tmp_path / "town"), tmp_path / "left"
    with unlocked(folder) as ctx:
        visit = started_visit(ctx)
    with unlocked(folder) as ctx:
        for question in filling.open_form(ctx, visit).form.questions[:ANSWERS]:
            filling.save_answer(ctx, visit, question.id, Answer(AnswerValue.MET))
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.lock"))
        return Left(copy, visit, answered(ctx, visit))


def test_a_log_that_is_whole_is_used_without_a_word(left):
    with unlocked(left.folder) as ctx:
        assert answered(ctx, left.visit) == left.answers
        assert ctx.noticed == ()
    with unlocked(left.folder) as ctx:
        assert ctx.noticed == ()


def test_the_log_of_another_workspace_is_not_written_over_this_one(left, tmp_path):
    other = town_workspace(tmp_path / "other")
    with unlocked(other):
        pass
    before = (other / DATABASE).read_bytes()
    shutil.copyfile(left.log, other / left.log.name)
    with unlocked(other) as ctx:
        assert ["不是它的" in each.message for each in ctx.noticed] == [True]
        assert [fact.key for fact in doctor.workspace_facts(ctx) if fact.verdict is Verdict.FAILS] == ["workspace.log"]
    assert (other / DATABASE).read_bytes() == before
    assert (other / "damaged" / "20260302T040000Z" / left.log.name).read_bytes() == left.log.read_bytes()


def test_a_program_that_died_while_it_closed_leaves_a_log_that_is_used_without_a_word(left, tmp_path):
    # Of the backup's own copy first, then of the workspace: it says that it is closed, and its log is there.
    die("backup", left.folder, "李旸", tmp_path / "1.ohbak", "sqlalchemy:Engine.dispose", 2)
    assert left.log.is_file()
    with unlocked(left.folder) as ctx:
        assert ctx.noticed == ()
        assert answered(ctx, left.visit) == left.answers


@pytest.mark.parametrize("length", [0, 10, HEAD, HEAD + FRAME + PAGE - 1])
def test_a_log_of_which_no_page_is_left_is_missed(left, length):
    left.log.write_bytes(left.log.read_bytes()[:length])
    with unlocked(left.folder) as ctx:
        assert ["缺少它的日志" in each.message for each in ctx.noticed] == [True]


def test_both_files_are_kept_as_they_were_and_doctor_goes_on_saying_so(left):
    changed = bytearray(left.log.read_bytes())
    changed[HEAD + FRAME + 100] ^= 1
    left.log.write_bytes(changed)
    with unlocked(left.folder) as ctx:
        [said] = ctx.noticed
        assert "2026-03-02 12:00" in said.message
    kept = left.folder / "damaged" / "20260302T040000Z"
    assert (kept / left.log.name).read_bytes() == changed
    assert (kept / DATABASE).is_file()
    with unlocked(left.folder) as ctx:
        assert ctx.noticed == ()
        facts = {fact.key: fact for fact in doctor.workspace_facts(ctx)}
        assert kept.name in facts["workspace.log"].detail


def test_a_write_that_was_cut_short_before_its_commit_is_no_damage(left):
    data = left.log.read_bytes()
    salts = data[16:24]
    torn = struct.pack(">II", 3, 0) + salts + bytes(8) + bytes(PAGE)
    left.log.write_bytes(data + torn)
    with unlocked(left.folder) as ctx:
        assert ctx.noticed == ()
        assert answered(ctx, left.visit) == left.answers


def test_a_database_copied_without_its_log_says_so_when_it_is_opened(left):
    left.log.unlink()
    with unlocked(left.folder) as ctx:
        [said] = ctx.noticed
        assert "复制" in said.message
    with unlocked(left.folder) as ctx:
        assert ctx.noticed == ()


def test_whoever_only_reads_leaves_the_file_as_it_is(left):
    with unlocked(left.folder):
        pass
    before = (left.folder / DATABASE).read_bytes()
    with unlocked(left.folder) as ctx:
        filling.open_form(ctx, left.visit)
    assert (left.folder / DATABASE).read_bytes() == before


def test_the_commands_say_it_too(left, capsys):
    from ohdesk.cli.main import main

    left.log.unlink()
    password = left.folder.with_name("password")
    password.write_text(PASSWORD, encoding="utf-8")
    main(["visit", "list", "--workspace", str(left.folder), "--user", "李旸", "--password-file", str(password)])
    assert "workspace.db-wal" in capsys.readouterr().err
