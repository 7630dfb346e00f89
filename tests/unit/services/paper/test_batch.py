"""The papers of many visits at once: signed ones byte for byte, drafts as each would be drawn by itself."""

import errno
import shutil
import sys
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from ohdesk import files
from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import MachineError, UserError
from ohdesk.services.child import starting
from ohdesk.services.finding import drafts
from ohdesk.services.paper import batch, export, life
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import composing, finalizing
from ohdesk.services.record import views as views_of_records
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, planning, views
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World
from tests.visiting import ARRIVAL

READY = 3  # visits that wait for their signatures, beside the one that has its record
EACH = 2  # papers of a visit: the record and its checklist
EVER = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    """A town with one signed record and visits that wait for theirs."""
    world = record_world.filled(tmp_path_factory.mktemp("template") / "town")
    with world.opened() as ctx:
        finalizing.finalize(ctx, world.visit, record_world.party(), (record_world.pen(),), record_world.second())
        team = views.visit_view(ctx, world.visit).team
        for number in range(READY):
            added = entries.add(ctx, {"name": f"青沐{number}竹器厂", "address": "工业路", "kind": "用人单位"})
            new = planning.NewVisit(establishment=added, inspectors=team, task=Task("daily", "plan"))
            visit = planning.plan(ctx, new)
            conduct.approve_on_paper(ctx, visit, "陶镕", "2026-03-01", f"2026-1{number}")
            conduct.start(ctx, visit, StartData(mode="entrusted", accompanied_by="陈某", arrival=ARRIVAL))
            record_world.fill(ctx, visit)
            drafts.accept_proposals(ctx, visit)
    return world


@pytest.fixture
def ctx(template, tmp_path):
    with record_world.copied(template, tmp_path / "town").opened() as context:
        yield context


@pytest.fixture
def out(tmp_path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_every_visit_has_its_paper_with_the_bytes_it_would_have_by_itself(ctx, out, template):
    told = []
    written = batch.write(ctx, out, batch.of_days(ctx, *EVER), lambda done, total: told.append((done, total)))
    assert written.left_out == ()
    signed, drawn = written.files[:EACH], written.files[EACH:]
    kept = [paper.pdf for paper in views_of_records.open_record(ctx, template.visit).papers]
    assert [path.read_bytes() for path in signed] == kept
    waiting = [row.id for row in views.list_visits(ctx) if row.awaits_signature]
    alone = [paper.pdf for visit in waiting for paper in finalizing.draft(ctx, visit, composing.NOT_YET).papers]
    assert [path.read_bytes() for path in drawn] == alone
    assert len(drawn) == EACH * READY
    assert all(path.name.startswith("草稿_") for path in drawn)
    assert (told[0], told[-1]) == ((0, READY + 1), (READY + 1, READY + 1))


def test_only_the_visits_of_the_days_asked_for_are_wanted(ctx):
    assert batch.of_days(ctx, date(2026, 3, 3), date(2026, 12, 31)) == []
    assert len(batch.of_days(ctx, date(2026, 3, 2), date(2026, 3, 2))) == READY + 1


def test_written_again_nothing_is_there_twice(ctx, out):
    wanted = batch.of_days(ctx, *EVER)[:2]
    first = batch.write(ctx, out, wanted)
    assert batch.write(ctx, out, wanted) == first
    assert len(list(out.iterdir())) == EACH * 2


def test_one_that_fails_is_named_and_stops_no_other(ctx, out, monkeypatch, template):
    true, deaths = starting.command, ["import os; os._exit(1)"]

    def command(*words: object) -> list[str]:
        return [sys.executable, "-c", deaths.pop()] if deaths else true(*words)

    monkeypatch.setattr(starting, "command", command)
    shutil.rmtree(ctx.folder / "blobs")  # the signed one is lost
    written = batch.write(ctx, out, batch.of_days(ctx, *EVER))
    assert len(written.files) == EACH * READY - 1
    lost, died = written.left_out
    assert lost.id == template.visit
    assert died.name.startswith("青沐")
    assert "中止" in died.reason
    assert died.reason.startswith("现场检查笔录：")  # the other paper of that visit is there


def test_cancelled_it_ends_and_what_is_written_stays(ctx, out):
    def cancel(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.write(ctx, out, batch.of_days(ctx, *EVER), cancel)
    stayed = list(out.iterdir())
    assert EACH * 2 <= len(stayed) < EACH * 3  # another may have been on its way to the medium
    assert all(path.suffix == ".pdf" and path.read_bytes().endswith(b"%%EOF\n") for path in stayed)


def test_a_medium_that_fails_ends_it(ctx, out, monkeypatch):
    def full(_file: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files, "flush", full)
    with pytest.raises(MachineError):
        batch.write(ctx, out, [each for each in batch.of_days(ctx, *EVER) if each.of.is_drawn])
    assert list(out.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(ctx, out):
    with pytest.raises(UserError, match="找不到文件夹"):
        batch.write(ctx, out / "none", [])


def test_of_an_employer_that_handles_state_secrets_a_paper_is_printed_and_no_file_made(ctx, template, tmp_path):
    before = views_of_records.open_record(ctx, template.visit).papers
    for row in entries.list_rows(ctx):
        entries.correct(ctx, row.id, {"state_secrets": "是"}, "保密部门通知")
    after = views_of_records.open_record(ctx, template.visit).papers
    assert [paper.pdf for paper in after] == [paper.pdf for paper in before]
    assert ({paper.guarded for paper in before}, {paper.guarded for paper in after}) == ({False}, {True})
    for act in (
        *(partial(views_of_records.save_copy, paper, tmp_path / "copy.pdf") for paper in after),
        *(partial(views_of_records.export, paper, tmp_path) for paper in after),
        lambda: finalizing.write_draft(ctx, template.visit, record_world.party(), (), tmp_path / "draft.pdf"),
    ):
        with pytest.raises(UserError, match="涉密单位"):
            act()
    written = batch.write(ctx, tmp_path, batch.of_days(ctx, *EVER))
    assert (written.files, len(written.left_out)) == ((), READY + 1)
    assert {"涉密单位" in each.reason for each in written.left_out} == {True}
    assert not list(tmp_path.glob("*.pdf"))


def test_papers_named_one_by_one_are_written_as_each_would_be_by_itself(ctx, out, template):
    subject, typed = Subject(visit=template.visit), {"demand": "一号打磨机装设局部排风罩。", "correct_by": "2026-04-01"}
    orders = [life.new_paper(ctx, "order", subject, typed) for _ in range(2)]
    life.approve(ctx, orders[0], approver="陶镕")
    asked = [*orders, finalizing.final_record(ctx, template.visit).pdf_sha256]
    alone = {export.paper_file(ctx, paper).pdf for paper in asked}
    written = batch.write(ctx, out, batch.of_papers(ctx, asked))
    assert (len(written.files), written.left_out) == (3, ())
    assert {path.read_bytes() for path in written.files} == alone
