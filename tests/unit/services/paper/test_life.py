"""The life of a paper: made, approved, numbered, sealed, served, closed, withdrawn; each in its turn and no other."""

import subprocess

import pytest

from ohdesk.domain.paper_life import PaperState
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services import blobs
from ohdesk.services.paper import life
from ohdesk.services.paper.entries import paper_entry
from ohdesk.services.paper.export import paper_file
from ohdesk.services.paper.life import Service
from ohdesk.services.paper.listing import list_papers
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import verification
from ohdesk.services.register import listing
from ohdesk.services.register.conditions import EntryQuery
from tests.printed import pages_of
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World

TYPED = {"demand": "一号打磨机装设局部排风罩并保证正常运行。", "correct_by": "2026-04-01"}


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    return record_world.final(tmp_path_factory.mktemp("template") / "town")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


def made(ctx, world: World, paper: str = "order", **typed: str) -> str:
    return life.new_paper(ctx, paper, Subject(visit=world.visit), TYPED | typed if paper == "order" else typed)


def state(ctx, paper: str) -> PaperState:
    with ctx.reading() as session:
        return paper_entry(session, paper).state


def printed(ctx, paper: str) -> str:
    with ctx.reading() as session:
        ((digest, _),) = paper_entry(session, paper).files("pdf")
    return "".join("".join(pages_of(blobs.read(ctx, digest))).split())


def test_an_order_goes_its_way_and_says_the_findings_of_the_record(world):
    with world.opened() as ctx:
        order = made(ctx, world)
        life.approve(ctx, order, approver="陶镕")
        number = life.number(ctx, order)
        life.seal(ctx, order, by="周沄")
        assert state(ctx, order) is PaperState.SEALED
        life.serve(ctx, order, Service("direct", "2026-03-02", "陈某", "安全主管"))
        life.close(ctx, order, outcome="已改正")
        assert state(ctx, order) is PaperState.CLOSED
        assert number == "青石卫职责改〔2026〕" + number.partition("〕")[2]
        text = printed(ctx, order)
        assert "未见3号打磨机的局部排风" in text
        assert number in text
        assert "2026年4月1日" in text
        assert "警告" not in text


def test_an_order_whose_article_joins_a_warning_opens_a_case_lead_and_does_not_say_so(world):
    with world.opened() as ctx:
        order = made(ctx, world)
        life.approve(ctx, order, approver="陶镕")
        (lead,) = listing.all_rows(ctx, "case_leads", EntryQuery())
        assert lead.values["holder"] == "entrusting"
        assert "未见 3 号打磨机的局部排风" in str(lead.values["facts"])
        assert "警告" not in "".join(pages_of(paper_file(ctx, order).pdf))


def test_nothing_is_done_out_of_turn_and_what_comes_first_is_named(world):
    with world.opened() as ctx:
        order = made(ctx, world)
        for act, args in ((life.number, ()), (life.seal, ()), (life.serve, (Service("direct", "", "陈某"),))):
            with pytest.raises(UserError) as refused:
                act(ctx, order, *args)
            assert "批准" in refused.value.remedy
        life.approve(ctx, order, approver="陶镕")
        with pytest.raises(UserError):
            life.change(ctx, order, {"demand": "别的"})


def test_what_is_wanting_is_named_at_the_field_and_nothing_is_approved(world):
    with world.opened() as ctx:
        order = life.new_paper(ctx, "order", Subject(visit=world.visit), {})
        with pytest.raises(ProblemsError) as refused:
            life.approve(ctx, order, approver="陶镕")
        assert {each.field for each in refused.value.problems} == {"demand", "correct_by"}
        assert state(ctx, order) is PaperState.DRAFT
        with pytest.raises(ProblemsError):
            life.change(ctx, order, {"correct_by": "明天", "nothing": "x"})


def test_a_number_withdrawn_is_listed_and_not_given_again(world):
    with world.opened() as ctx:
        first, other = made(ctx, world), made(ctx, world)
        for order in (first, other):
            life.approve(ctx, order, approver="陶镕")
        taken = life.number(ctx, first)
        life.withdraw(ctx, first, "写错单位")
        assert life.number(ctx, other) != taken
        rows = {row.id: row for row in list_papers(ctx, visit=world.visit)}
        assert (rows[first].number, rows[first].state) == (taken, PaperState.WITHDRAWN)
        assert [row.paper for row in rows.values()] == ["record", "checklist", "order", "order"]


def test_a_notice_of_correction_is_an_annex_to_an_order_that_was_issued(world):
    with world.opened() as ctx:
        with pytest.raises(UserError, match="附件"):
            made(ctx, world, "correction_notice")
        order = made(ctx, world)
        life.approve(ctx, order, approver="陶镕")
        number = life.number(ctx, order)
        notice = made(ctx, world, "correction_notice")
        with ctx.reading() as session:
            assert paper_entry(session, notice).typed["correct_by"] == TYPED["correct_by"]
        text = "".join("".join(pages_of(paper_file(ctx, notice).pdf)).split())
        assert number in text
        assert "2026年4月1日" in text


def test_what_the_mode_does_not_have_is_not_started(world):
    with world.opened() as ctx:
        with pytest.raises(UserError) as refused:
            made(ctx, world, "patrol_note")
        assert "受委托" in refused.value.message


def test_other_programs_find_nothing_wrong_with_an_order(world, tmp_path):
    with world.opened() as ctx:
        order = made(ctx, world)
        life.approve(ctx, order, approver="陶镕")
        life.number(ctx, order)
        with ctx.reading() as session:
            ((digest, _),) = paper_entry(session, order).files("pdf")
        file = tmp_path / "order.pdf"
        file.write_bytes(blobs.read(ctx, digest))
        report = verification.verify_file(file, (), ctx)
        assert (report.kind, report.is_good) == ("paper", True)
        assert "责令限期改正通知书" in report.facts[0].detail
    assert subprocess.run(["qpdf", "--check", file], capture_output=True).returncode == 0
