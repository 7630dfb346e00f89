"""Of two entries that are one employer one goes on, and all that was done at either is listed with it."""

import pytest

from ohdesk.db.models import Record
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.indicators import Rate
from ohdesk.domain.visit import Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.changes import Change
from ohdesk.services.county import conflicts, coverage
from ohdesk.services.draw import planning as draw_planning
from ohdesk.services.finding import follow_up
from ohdesk.services.roll import duplicates, entries, importing, merging, proposals, undo
from ohdesk.services.visit import caps, views
from tests.rectifying import fill, finalize, found, listed, on, visit_of
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, pass_on
from tests.unit.services.roll.test_importing import code
from tests.visiting import add_firm

WHY = "同一张执照，已到现场核实"


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as opened:
        yield opened


def two(ctx):
    return entries.add(ctx, {"name": "石桥陶瓷有限公司", "phone": "000-1"}), entries.add(
        ctx, {"name": "石桥陶瓷有限责任公司", "uscc": code(1), "phone": "000-2"}
    )


def ids(ctx):
    return {row.id for row in entries.list_rows(ctx)}


def test_the_one_that_goes_on_is_listed_once_and_names_the_other(ctx):
    keep, other = two(ctx)
    assert Change.ROLL in merging.merge(ctx, keep, other, WHY)
    assert ids(ctx) == {keep}
    assert [(each.id, each.name, each.code) for each in entries.detail(ctx, keep).merged] == [
        (other, "石桥陶瓷有限责任公司", code(1))
    ]
    assert duplicates.likely_pairs(ctx).pairs == ()
    assert entries.count_rows(ctx) == 1
    assert entries.find(ctx, code(1)) == entries.find(ctx, "石桥陶瓷有限责任公司") == keep


def test_splitting_gives_back_what_was(ctx):
    keep, other = two(ctx)
    before = entries.detail(ctx, other).fields
    merging.merge(ctx, keep, other, WHY)
    merging.split(ctx, merging.find_merged(ctx, code(1)), "两个厂区")
    assert ids(ctx) == {keep, other}
    assert entries.detail(ctx, other).fields == before
    with pytest.raises(UserError, match="没有合并"):
        merging.split(ctx, other, "再拆")


def test_a_merging_is_taken_back_like_any_edit(ctx):
    keep, other = two(ctx)
    merging.merge(ctx, keep, other, WHY, take=["phone", "uscc"])
    assert entries.detail(ctx, keep).fields["phone"] == "000-2"
    assert entries.detail(ctx, keep).fields["uscc"] == code(1)
    undo.undo_edit(ctx)
    assert ids(ctx) == {keep, other}
    assert entries.detail(ctx, keep).fields["phone"] == "000-1"
    assert entries.detail(ctx, keep).fields["uscc"] == ""


def test_the_one_that_goes_on_may_have_the_code_of_the_other_and_nobody_else(ctx):
    keep, other = two(ctx)
    merging.merge(ctx, keep, other, WHY)
    assert entries.correct(ctx, keep, {"uscc": code(1)}, "执照上的代码")
    with pytest.raises(ProblemsError, match="没有保存"):
        entries.add(ctx, {"name": "第三家", "uscc": code(1)})


@pytest.mark.parametrize("reason", ["", " "])
def test_merging_and_splitting_want_a_reason(ctx, reason):
    keep, other = two(ctx)
    for act in (lambda: merging.merge(ctx, keep, other, reason), lambda: merging.split(ctx, other, reason)):
        with pytest.raises(ProblemsError, match="理由"):
            act()


def test_what_cannot_be_merged_is_refused_and_nothing_changes(ctx):
    keep, other = two(ctx)
    with pytest.raises(UserError, match="同一条"):
        merging.merge(ctx, keep, keep, WHY)
    with pytest.raises(UserError, match="找不到"):
        merging.merge(ctx, keep, ctx.new_id(), WHY)
    with pytest.raises(UserError, match="不能取用"):
        merging.merge(ctx, keep, other, WHY, take=["phone", "town"])
    assert ids(ctx) == {keep, other}


def test_a_merged_one_is_in_no_draw(ctx):
    keep, other = two(ctx)
    merging.merge(ctx, keep, other, WHY)
    firms = draw_planning.preview(ctx, draw_planning.usual_plan(ctx)).firms
    assert {firm.establishment for firm in firms} == {keep}


def test_records_findings_and_visits_are_listed_with_the_one_that_goes_on(ctx):
    keep, other = add_firm(ctx, "石桥陶瓷有限公司"), add_firm(ctx, "石桥陶瓷有限责任公司")
    final, open_visit = found(ctx, firm=other), visit_of(ctx, other, "2026-03-02")
    assert coverage.of_office(ctx, 2026) == Rate(1, 2)
    merging.merge(ctx, keep, other, WHY)
    assert coverage.of_office(ctx, 2026) == Rate(1, 1)
    assert {line.visit for line in views.visits_of(ctx, keep)} == {final, open_visit}
    assert caps.cap_check(ctx, keep, Task("", "")).own == 2
    (row,) = follow_up.waiting_at(ctx, keep)
    assert (row.establishment, row.name) == (keep, "石桥陶瓷有限责任公司")
    with ctx.reading() as session:  # as it was signed
        assert session.get_one(Record, final).establishment == other
    merging.split(ctx, other, "两个厂区")
    assert (views.visits_of(ctx, keep), coverage.of_office(ctx, 2026)) == ((), Rate(1, 2))


def test_a_finding_at_a_merged_one_is_answered_by_a_re_inspection_of_the_one_that_goes_on(ctx):
    keep, other = add_firm(ctx, "石桥陶瓷有限公司"), add_firm(ctx, "石桥陶瓷有限责任公司")
    found(ctx, firm=other)
    merging.merge(ctx, keep, other, WHY)
    later = on(ctx, "2026-04-20")
    visit = visit_of(later, keep, "2026-04-20")
    fill(later, visit, breaches=(), met=("D01",))
    finalize(later, visit)
    assert [row.state for row in listed(later)] == ["met"]


def test_a_visit_is_planned_for_the_one_that_goes_on_only(ctx):
    keep, other = two(ctx)
    merging.merge(ctx, keep, other, WHY)
    with pytest.raises(UserError):
        visit_of(ctx, other, "2026-03-02")
    assert visit_of(ctx, keep, "2026-03-02")


def test_a_list_that_names_a_merged_one_sets_it_down_no_second_time(ctx, tmp_path):
    keep, other = two(ctx)
    merging.merge(ctx, keep, other, WHY)
    path = tmp_path / "list.csv"
    rows = f"石桥陶瓷有限责任公司,{code(1)}\n石桥陶瓷有限责任公司,{code(2)}\n石桥陶瓷有限公司,\n"
    path.write_text(f"单位名称,统一社会信用代码\n{rows}", encoding="utf-8")
    counts = importing.compare(ctx, importing.preview(path)).counts
    assert counts == {"new": 1, "changed": 0, "same": 1, "repeated": 1, "foreign": 0}


def test_when_the_import_that_brought_the_one_that_goes_on_is_undone_the_other_comes_back(ctx, tmp_path):
    other = entries.add(ctx, {"name": "石桥陶瓷有限责任公司"})
    before = ids(ctx)
    path = tmp_path / "list.csv"
    path.write_text("单位名称\n石桥陶瓷有限公司\n", encoding="utf-8")
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    keep = entries.find(ctx, "石桥陶瓷有限公司")
    merging.merge(ctx, keep, other, WHY)
    undo.undo(ctx)
    assert ids(ctx) == before


def test_an_import_that_brought_one_merged_since_is_not_undone_and_says_which(ctx, tmp_path):
    keep = entries.add(ctx, {"name": "石桥陶瓷有限公司"})
    path = tmp_path / "list.csv"
    path.write_text("单位名称\n石桥陶瓷有限责任公司\n", encoding="utf-8")
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    merging.merge(ctx, keep, entries.find(ctx, "石桥陶瓷有限责任公司"), WHY)
    with pytest.raises(ProblemsError) as caught:
        undo.undo(ctx)
    assert [problem.place for problem in caught.value.problems] == ["石桥陶瓷有限责任公司"]


def digest(ctx):
    with ctx.reading() as session:
        return state_digest(session)


def test_a_town_proposes_to_merge_anothers_entry_and_the_county_decides(world):
    foreign = entries.add(world.towns[1], {"name": "石桥陶瓷有限责任公司"})
    pass_on(world, world.towns[1], world.county)
    keep = entries.add(world.county, {"name": "石桥陶瓷有限公司", "town": TOWNS[0][0]})
    entries.correct(world.county, foreign, {"note": "疑似重复"}, "核对")
    pass_on(world, world.county, *world.towns)
    own = entries.add(world.town, {"name": "石桥陶瓷公司"})
    with pytest.raises(UserError, match="别的镇街"):
        merging.merge(world.town, foreign, own, WHY)
    assert Change.PROPOSALS in merging.merge(world.town, keep, foreign, WHY)
    pass_on(world, world.town, world.county)
    assert {keep, foreign} <= ids(world.county)
    (one,) = proposals.proposals(world.county)
    assert [(each.heading, each.proposed) for each in one.values] == [("合并到", "石桥陶瓷有限公司")]
    proposals.accept(world.county, one.id)
    assert ids(world.county) == {keep, own}
    pass_on(world, world.county, *world.towns)
    assert foreign not in ids(world.towns[1])


def test_two_laptops_that_merge_the_two_ways_round_keep_the_same_one(world, tmp_path):
    keep, other = two(world.town)
    pass_on(world, world.town, world.county)
    merging.merge(world.town, keep, other, WHY)
    merging.merge(world.county, other, keep, WHY)
    pass_on(world, world.town, world.county)
    pass_on(world, world.county, world.town)
    assert digest(world.town) == digest(world.county)
    assert ids(world.town) == ids(world.county) == {other}  # the county's word
    merging.split(world.county, keep, "两张执照")
    assert ids(world.county) == {keep, other}


def test_an_entry_merged_into_two_is_in_dispute_and_the_county_settles_it_by_name(world):
    one, other = two(world.town)
    third = entries.add(world.town, {"name": "石桥陶瓷"})
    pass_on(world, world.town, world.county)
    merging.merge(world.town, one, third, WHY)
    merging.merge(world.county, other, third, WHY)
    pass_on(world, world.town, world.county)
    (dispute,) = conflicts.in_dispute(world.county)
    assert (dispute.heading, dispute.shown) == ("合并到", "石桥陶瓷有限责任公司")
    assert {each.text for each in dispute.candidates} == {"石桥陶瓷有限公司", "石桥陶瓷有限责任公司"}
    conflicts.settle(world.county, third, "merged_into", one, "以执照为准")
    assert entries.find(world.county, "石桥陶瓷") == one
