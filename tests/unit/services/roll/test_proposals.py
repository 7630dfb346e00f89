"""What a town writes of another town's employer waits for the county's word, and is shown as that."""

import pytest

from ohdesk.db.models import Establishment
from ohdesk.errors import UserError
from ohdesk.services.changes import Change
from ohdesk.services.roll import entries, importing, proposals, undo
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, pass_on

OWN, OTHER = TOWNS[0][0], TOWNS[1][0]


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as opened:
        yield opened


def moved(world):
    """An employer of the first town that it says has moved to the second; the county has heard."""
    entry = entries.add(world.town, {"name": "青溪竹器厂", "phone": "000-1"})
    change = entries.correct(world.town, entry, {"town": OTHER, "phone": "000-2"}, "已搬到云岭乡")
    assert change == Change.ROLL | Change.PROPOSALS
    pass_on(world, world.town, world.county)
    return entry


def shown(ctx, entry, field):
    with ctx.reading() as session:
        return getattr(session.get_one(Establishment, entry), field)


def test_a_town_changes_its_own_at_once_and_proposes_the_move(world):
    entry = moved(world)
    assert (shown(world.county, entry, "phone"), shown(world.county, entry, "town")) == ("000-2", OWN)
    [one] = proposals.proposals(world.county)
    assert (one.name, one.office, one.reason, one.state) == ("青溪竹器厂", TOWNS[0][1], "已搬到云岭乡", "open")
    assert [(each.field, each.shown, each.proposed) for each in one.values] == [("town", OWN, OTHER)]
    assert proposals.waiting(world.county) == 1


def test_what_the_county_accepts_is_written_and_the_other_town_gets_the_whole_entry(world):
    entry = moved(world)
    proposals.accept(world.county, proposals.proposals(world.county)[0].id, "已核实")
    assert proposals.waiting(world.county) == 0
    pass_on(world, world.county, *world.towns)
    for ctx in (world.county, *world.towns):
        assert (shown(ctx, entry, "town"), shown(ctx, entry, "name"), shown(ctx, entry, "phone")) == (
            OTHER,
            "青溪竹器厂",
            "000-2",
        )
    assert [row.id for row in entries.list_rows(world.towns[1])] == [entry]
    assert entries.list_rows(world.town) == []
    assert proposals.proposals(world.town)[0].state == "accepted"
    assert entries.correct(world.towns[1], entry, {"phone": "000-3"}, "新号码") is Change.ROLL


def test_what_the_county_declines_stays_as_it_was_and_the_town_hears_why(world):
    entry = moved(world)
    one = proposals.proposals(world.county)[0].id
    with pytest.raises(UserError, match="理由"):
        proposals.decline(world.county, one, " ")
    proposals.decline(world.county, one, "尚未搬迁")
    pass_on(world, world.county, world.town)
    assert shown(world.town, entry, "town") == OWN
    [told] = proposals.proposals(world.town)
    assert (told.state, told.answer) == ("declined", "尚未搬迁")
    with pytest.raises(UserError, match="没有这条"):
        proposals.accept(world.county, one)


def test_only_the_county_settles(world):
    moved(world)
    with pytest.raises(UserError, match="县级"):
        proposals.accept(world.town, proposals.proposals(world.town)[0].id)


def test_a_new_employer_of_another_town_is_set_down_when_the_county_accepts_it(world):
    entry = entries.add(world.town, {"name": "云岭铸造厂", "town": OTHER})
    assert proposals.is_waiting(world.town, entry)
    pass_on(world, world.town, world.county)
    [one] = proposals.proposals(world.county)
    assert (one.name, one.is_new) == ("云岭铸造厂", True)
    proposals.accept(world.county, one.id)
    assert shown(world.county, entry, "name") == "云岭铸造厂"


def test_a_proposal_is_no_part_of_the_history_and_cannot_be_taken_back(world):
    entry = moved(world)
    assert {each.field for each in entries.detail(world.town, entry).history} >= {"phone"}
    assert not any(each.value == OTHER for each in entries.detail(world.town, entry).history)
    with pytest.raises(UserError):  # what was corrected directly has been sent
        undo.undo_edit(world.town)


def test_a_list_leaves_out_rows_of_another_town(ctx, tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("单位名称,所属镇街代码\n本镇厂,000000001\n外镇厂,000000009\n", encoding="utf-8")
    comparison = importing.compare(ctx, importing.preview(listed))
    assert comparison.counts == {"new": 1, "changed": 0, "same": 0, "repeated": 0, "foreign": 1}
    importing.apply(ctx, comparison)
    assert [row.name for row in entries.list_rows(ctx)] == ["本镇厂"]
    assert proposals.proposals(ctx) == []


def test_what_the_county_corrects_of_one_towns_entry_is_on_no_other_towns_roll(world):
    entry = entries.add(world.town, {"name": "青溪竹器厂"})
    pass_on(world, world.town, world.county)
    entries.correct(world.county, entry, {"phone": "000-9"}, "核实")
    nobodys = entries.add(world.county, {"name": "安吉竹器厂"})
    pass_on(world, world.county, *world.towns)
    assert [row.id for row in entries.list_rows(world.towns[1])] == [nobodys]
    assert {row.id for row in entries.list_rows(world.town)} == {entry, nobodys}


def test_an_entry_shows_what_is_proposed_for_it(world):
    entry = moved(world)
    assert [each.state for each in proposals.about(world.town, entry)] == ["open"]
    assert proposals.about(world.town, entries.add(world.town, {"name": "安吉竹器厂"})) == []
