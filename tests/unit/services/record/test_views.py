"""What the desk for documents reads, and what is kept of a statement before it is signed."""

import pytest

from ohdesk.domain.visit import Ending, StartData, Task
from ohdesk.errors import UserError
from ohdesk.services import blobs
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import people
from ohdesk.services.record import finalizing, photo_pages, views
from ohdesk.services.record.party_statement import forget_party, keep_party, party_before
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, photos, planning
from tests.conftest import numbered
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World, party, pen, picture, second


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    return record_world.filled(tmp_path_factory.mktemp("template") / "town", "喷漆房排风口", "配电房")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


def listed(ctx, **query):
    """Return the lines of each part that has any."""
    found = {}
    for part in views.PARTS:
        documents = views.documents(ctx, ListQuery(part, **query))
        if documents.visits:
            found[part] = views.document_rows(ctx, documents, documents.visits)
            assert len(found[part]) == documents.counts[part] or query.get("sought")
    return found


def test_a_visit_moves_from_ready_to_final_and_awaits_its_photos(world):
    with world.opened() as ctx:
        assert list(listed(ctx)) == ["ready"]
        assert not views.is_final(ctx, world.visit)
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        assert list(listed(ctx)) == ["final", "photos"]
        (row,) = listed(ctx)["photos"]
        assert (row.number, row.outcome, row.day, row.awaited, row.held) == (
            numbered(ctx, 1),
            "发现问题已责令改正",
            "2026-03-02",
            (1, 2),
            True,
        )
        assert views.is_final(ctx, world.visit)


def test_a_record_is_opened_with_its_pages_its_corrections_and_what_it_awaits(world):
    with world.opened() as ctx:
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        photos.bring_in_photo(ctx, world.visit, 2, picture())
        assert [view.announced for view in photo_pages.awaited_views(ctx, world.visit)] == [True, False]
        photo_pages.add_photo_page(ctx, world.visit, second())
        finalizing.amend(ctx, world.visit, "地点应为二号厂房。", "笔误")
        opened = views.open_record(ctx, world.visit)
        assert [paper.number for paper in opened.papers] == [
            numbered(ctx, 1),
            *(f"{numbered(ctx, 1)}-{place}" for place in (1, 2)),
        ]
        assert [(each.statement, each.by) for each in opened.amendments] == [("地点应为二号厂房。", record_world.FIRST)]
        assert opened.awaited == (1,)
        assert listed(ctx)["final"][0].amendments == 1


def test_a_pdf_whose_bytes_are_gone_is_said_to_be_lost(world):
    with world.opened() as ctx:
        final = finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        blobs.forget(ctx, final.pdf_sha256)
        paper, checklist = views.open_record(ctx, world.visit).papers
        assert paper.pdf == b""
        assert "备份" in paper.lost
        assert checklist.pdf.startswith(b"%PDF-")
        assert not checklist.lost


def test_a_copy_is_read_back_and_a_folder_that_is_gone_is_named(world, tmp_path):
    with world.opened() as ctx:
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        papers = views.open_record(ctx, world.visit).papers
        for paper in papers:
            assert views.save_copy(paper, tmp_path / paper.file_name).read_bytes() == paper.pdf
        assert len(list(tmp_path.glob("*.pdf"))) == len(papers)
        with pytest.raises(UserError, match="gone"):
            views.save_copy(paper, tmp_path / "gone" / paper.file_name)


def test_whoever_accompanied_the_inspection_is_proposed_and_what_was_filled_in_is_kept(world):
    with world.opened() as ctx:
        proposed, situation = party_before(ctx, world.visit)
        assert (proposed.way, proposed.name, proposed.position, situation) == ("signed", "陈某", "安全主管", ())
        keep_party(ctx, world.visit, party("refused", reason="不满"), ("另写的一段。",))
    with world.opened() as ctx:
        assert party_before(ctx, world.visit) == (party("refused", reason="不满"), ("另写的一段。",))
        forget_party(ctx, world.visit)
        assert party_before(ctx, world.visit)[0] == proposed


def test_at_a_closed_gate_nobody_is_proposed(tmp_path):
    world = record_world.make(tmp_path / "town")
    with world.opened() as ctx:
        ids = tuple(row.id for row in people.list_people(ctx))
        firm = entries.list_rows(ctx)[0].id
        visit = planning.plan(ctx, planning.NewVisit(establishment=firm, inspectors=ids, task=Task("daily", "plan")))
        conduct.start(ctx, visit, StartData(mode="entrusted", gap_reason="现场无人"))
        conduct.end_without_checklist(ctx, visit, Ending("closed", "门牌或厂区照片", "大门上锁。"))
        proposed, _situation = party_before(ctx, visit)
        assert (proposed.way, proposed.name, proposed.reason) == ("absent", "", "大门上锁。")
