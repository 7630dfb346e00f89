"""An entry goes from one town's roll to another's through the county: never in neither, never counted twice."""

import random

import pytest
from sqlalchemy import func, select

from ohdesk.db.models import Establishment
from ohdesk.domain.proposal import ProposalState
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.changes import Change
from ohdesk.services.county import coverage
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office.towns import town_code
from ohdesk.services.roll import entries, merging, proposals, transfer
from ohdesk.services.roll.transfer import Stage, Step
from ohdesk.services.start import today
from ohdesk.sync.problems import NothingToSendError
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, pass_on
from tests.unit.services.roll.test_proposals import shown

OWN, OTHER = TOWNS[0][0], TOWNS[1][0]
WHY = "已搬到对方辖区，已现场核实"


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as opened:
        yield opened


@pytest.fixture
def firm(world):
    entry = entries.add(world.town, {"name": "青溪竹器厂", "phone": "000-1", "note": "x"})
    entries.correct(world.town, entry, {"note": ""}, "已办")
    pass_on(world, world.town, world.county)
    return entry


def stages(ctx):
    return {each.id: each.stage for each in transfer.transfers(ctx)}


def rolls(world):
    """On which town's roll the entries stand, as the county counts them and as each town lists them."""
    counted = {each.division: each.employers for each in coverage.by_town(world.county, 2026)}
    return counted[OWN], counted[OTHER], *(len(entries.list_rows(town)) for town in world.towns)


def offered(world, firm):
    assert transfer.offer(world.town, firm, OTHER, WHY) is Change.ROLL
    pass_on(world, world.town, world.county)
    transfer.pass_on(world.county, firm)
    pass_on(world, world.county, *world.towns)


def test_a_transfer_changes_the_roll_once_when_the_county_holds_the_acceptance(world, firm):
    transfer.offer(world.town, firm, OTHER, WHY)
    assert stages(world.town) == {firm: Stage.OFFERED}
    assert rolls(world) == (1, 0, 1, 0)
    pass_on(world, world.town, world.county)
    transfer.pass_on(world.county, firm)
    pass_on(world, world.county, *world.towns)
    assert [stages(ctx) for ctx in (world.county, *world.towns)] == [{firm: Stage.PASSED}] * 3
    assert rolls(world) == (1, 0, 1, 0)
    assert Change.PROPOSALS in transfer.accept(world.towns[1], transfer.find(world.towns[1], "青溪竹器厂"))
    assert stages(world.towns[1]) == {firm: Stage.ACCEPTED}
    assert rolls(world) == (1, 0, 1, 0)
    pass_on(world, world.towns[1], world.county)
    assert rolls(world) == (0, 1, 1, 0)
    pass_on(world, world.county, *world.towns)
    assert rolls(world) == (0, 1, 0, 1)
    assert [stages(ctx) for ctx in (world.county, *world.towns)] == [{}] * 3
    fields = entries.detail(world.towns[1], firm).fields
    assert (fields["name"], fields["phone"], fields["town"]) == ("青溪竹器厂", "000-1", OTHER)
    assert entries.correct(world.towns[1], firm, {"phone": "000-2"}, "新号码") is Change.ROLL


def test_a_transfer_that_is_returned_leaves_the_entry_where_it_was_and_says_why(world, firm):
    offered(world, firm)
    with pytest.raises(ProblemsError, match="理由"):
        transfer.give_back(world.towns[1], firm, " ")
    transfer.give_back(world.towns[1], firm, "不在本镇")
    assert stages(world.towns[1]) == {firm: Stage.RETURNED}
    pass_on(world, world.towns[1], world.county)
    pass_on(world, world.county, *world.towns)
    assert rolls(world) == (1, 0, 1, 0)
    assert [stages(ctx) for ctx in (world.county, *world.towns)] == [{}] * 3
    assert any(each.reason == "不在本镇" for each in entries.detail(world.town, firm).history)


def test_an_offer_taken_back_while_the_new_town_accepted_leaves_the_answer_to_a_person(world, firm):
    offered(world, firm)
    transfer.accept(world.towns[1], firm)
    transfer.give_back(world.town, firm, "不搬了")
    pass_on(world, world.town, world.county)
    pass_on(world, world.towns[1], world.county)
    assert rolls(world)[:2] == (1, 0)
    (one,) = proposals.proposals(world.county)
    assert one.state is ProposalState.OPEN


def test_what_the_old_town_corrected_meanwhile_goes_along_or_becomes_a_proposal(world, firm):
    offered(world, firm)
    entries.correct(world.town, firm, {"phone": "000-9"}, "新号码")
    pass_on(world, world.town, world.county)
    transfer.accept(world.towns[1], firm)
    pass_on(world, world.towns[1], world.county)
    entries.correct(world.town, firm, {"phone": "000-0"}, "不知道已移交")
    pass_on(world, world.town, world.county)
    pass_on(world, world.county, *world.towns)
    assert [shown(ctx, firm, "phone") for ctx in (world.county, world.towns[1])] == ["000-9"] * 2
    assert rolls(world) == (0, 1, 0, 1)


def test_what_was_merged_into_it_goes_along(world, firm):
    other = entries.add(world.town, {"name": "青溪竹器有限公司"})
    merging.merge(world.town, firm, other, "同一张执照")
    offered(world, firm)
    transfer.accept(world.towns[1], firm)
    pass_on(world, world.towns[1], world.county)
    pass_on(world, world.county, *world.towns)
    assert rolls(world) == (0, 1, 0, 1)
    assert [each.id for each in entries.detail(world.towns[1], firm).merged] == [other]


@pytest.mark.parametrize("to", ["", OWN, "999999999", "石桥镇", "000000"])
def test_an_entry_is_offered_to_another_town_of_the_county_only(world, firm, to):
    with pytest.raises(ProblemsError) as caught:
        transfer.offer(world.town, firm, to, WHY)
    assert [each.field for each in caught.value.problems] == ["transfer_to"]


def test_what_is_out_of_turn_is_refused_and_changes_nothing(world, firm):
    for act in (transfer.accept, transfer.pass_on):
        with pytest.raises(UserError):
            act(world.town, firm)
    transfer.offer(world.town, firm, OTHER, WHY)
    with pytest.raises(UserError, match="已经在转出中"):
        transfer.offer(world.town, firm, OTHER, WHY)
    with pytest.raises(UserError, match="不是转给本镇街的"):
        transfer.accept(world.town, firm)
    pass_on(world, world.town, world.county)
    transfer.pass_on(world.county, firm)
    pass_on(world, world.county, *world.towns)
    with pytest.raises(UserError, match="不是本镇街的单位"):
        transfer.offer(world.towns[1], firm, OWN, WHY)
    transfer.accept(world.towns[1], firm)
    with pytest.raises(UserError, match="已经答复过"):
        transfer.accept(world.towns[1], firm)


def test_the_county_offers_what_it_moves_by_itself_and_the_new_town_answers(world, firm):
    transfer.offer(world.county, firm, OTHER, WHY)
    assert stages(world.county) == {firm: Stage.PASSED}
    pass_on(world, world.county, *world.towns)
    transfer.accept(world.towns[1], firm)
    pass_on(world, world.towns[1], world.county)
    assert rolls(world)[:2] == (0, 1)


@pytest.mark.parametrize("seed", range(3))
def test_with_bundles_late_and_out_of_turn_an_entry_is_on_one_roll_at_every_moment(world, firm, seed):
    chance = random.Random(seed)  # noqa: S311 - a history that can be made again
    bundles = {ctx.office.replica: [] for ctx in (world.county, *world.towns)}

    def deliver(receiver):
        for sender, paths in bundles.items():
            for path in paths if sender != receiver.office.replica else []:
                if receiver is world.county or sender == world.county.office.replica:
                    try:
                        receiving.take_in(receiver, path)
                    except UserError:  # here already
                        continue

    def send(ctx):
        try:
            bundles[ctx.office.replica].append(sending.export(ctx, world.stick).path)
        except NothingToSendError:
            return

    def act(ctx):
        steps = [
            lambda: transfer.offer(ctx, firm, chance.choice([OWN, OTHER]), WHY),
            lambda: transfer.accept(ctx, firm),
            lambda: transfer.give_back(ctx, firm, "退回"),
            lambda: transfer.pass_on(ctx, firm),
            lambda: entries.correct(ctx, firm, {"phone": str(chance.random())}, "新号码"),
        ]
        try:
            chance.choice(steps)()
        except UserError:
            return

    offices = (world.county, *world.towns)
    for _ in range(14):
        ctx = chance.choice(offices)
        act(ctx)
        if chance.random() < 0.5:
            send(ctx)
        if chance.random() < 0.4:
            deliver(chance.choice(offices))
        with world.county.reading() as session:
            towns = session.scalars(select(Establishment.town).where(~Establishment.withdrawn)).all()
            assert len(towns) == 1
            assert towns[0] in {OWN, OTHER}
            assert session.scalar(select(func.count()).select_from(Establishment)) == 1
    for _ in range(2):
        for ctx in (*world.towns, world.county):
            send(ctx)
            deliver(world.county)
    for town in world.towns:
        deliver(town)
    counted = rolls(world)
    assert sum(counted[:2]) == 1
    assert counted[:2] == counted[2:]


def test_what_an_office_can_do_follows_from_how_far_it_has_come(world, firm):
    def can(ctx):
        (one,) = transfer.transfers(ctx)
        return transfer.steps(ctx, one)

    transfer.offer(world.town, firm, OTHER, WHY)
    assert can(world.town) == (Step.TAKE_BACK,)
    pass_on(world, world.town, world.county)
    assert can(world.county) == (Step.PASS_ON, Step.TAKE_BACK)
    transfer.pass_on(world.county, firm)
    pass_on(world, world.county, *world.towns)
    assert [can(ctx) for ctx in (world.county, *world.towns)] == [
        (Step.TAKE_BACK,), (Step.TAKE_BACK,), (Step.ACCEPT, Step.RETURN)
    ]  # fmt: skip
    assert [each.reason for each in today.backlog(world.towns[1]).answers] == [WHY]
    assert today.backlog(world.town).answers == ()
    transfer.accept(world.towns[1], firm)
    assert (can(world.towns[1]), today.backlog(world.towns[1]).answers) == ((), ())


def test_a_town_is_found_by_its_name_in_its_own_county(world):
    assert town_code(world.county, TOWNS[1][1]) == OTHER
    assert town_code(world.town, OTHER) == OTHER
    with pytest.raises(UserError, match="区划表里"):
        town_code(world.town, "无此镇")
