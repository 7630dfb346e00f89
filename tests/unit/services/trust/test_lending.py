"""An inspector lent to another town signs there with the same key, and for that time alone."""

from datetime import timedelta

import pytest

from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import accounts, people
from ohdesk.services.trust import certified, joining, lending, revoking
from ohdesk.services.trust.asked import Asking
from tests.conftest import NOON
from tests.unit.services.exchange.bundle_world import TOWNS, add_certified_inspector, copied_world

HOME, THERE = TOWNS[0][0], TOWNS[1][0]


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path, TOWNS[:2]) as opened:
        add_certified_inspector(opened)
        yield opened


def test_for_the_days_of_the_loan_the_key_counts_in_both_towns_everywhere(world):
    lent = lending.lend(world.county, "DEMO-0001", THERE, "2026-03-05", "2026-03-06")
    down = sending.export(world.county, world.stick).path
    for town in world.towns:
        receiving.take_in(town, down)
    for ctx in (world.county, *world.towns):
        with ctx.reading() as session:
            for days, counts in ((2, False), (3, True), (4, True), (5, False)):
                at = NOON + timedelta(days=days)
                there = certified.signer_problem(session, lent.key, lent.person, THERE, at)
                assert (there == "") is counts
                assert certified.signer_problem(session, lent.key, lent.person, HOME, at) == ""


def test_a_loan_does_not_make_the_next_routine_request_look_changed(world, tmp_path):
    lending.lend(world.county, "王𠅤", THERE, "2026-03-05", "2031-03-01")
    joining.write_card(world.county, tmp_path / "card")
    joining.write_request(world.town, tmp_path / "card", tmp_path / "request")
    (person,) = joining.look_at_request(world.county, tmp_path / "request").people
    assert person.asking is Asking.RENEWAL


def test_all_that_is_wrong_with_a_loan_is_said_at_once(world):
    revoking.revoke(world.county, "DEMO-0001", "2026-03-01", "调离")
    with pytest.raises(ProblemsError) as caught:
        lending.lend(world.county, "DEMO-0001", "440607101", "gestern", "")
    assert [problem.field for problem in caught.value.problems] == ["who", "division", "since", "until"]
    revoking.reinstate(world.county, "DEMO-0001", "误报")
    with pytest.raises(ProblemsError) as caught:
        lending.lend(world.county, "DEMO-0001", HOME, "2026-03-05", "2026-03-04")
    assert [problem.field for problem in caught.value.problems] == ["division", "until"]
    with pytest.raises(ProblemsError, match="没有借调"):
        lending.lend(world.county, world.town.office.replica, THERE, "2026-03-05", "2026-03-06")


def test_nobody_is_lent_for_longer_than_the_own_certificate_runs(world):
    lending.lend(world.county, "王𠅤", TOWNS[1][0], "2026-03-05", "2031-03-01")
    with pytest.raises(ProblemsError) as caught:
        lending.lend(world.county, "王𠅤", TOWNS[1][0], "2026-03-05", "2031-03-02")
    (problem,) = caught.value.problems
    assert (problem.field, "2031-03-01" in problem.remedy) == ("until", True)


def test_of_an_inspector_who_moved_to_another_town_the_clerk_sees_the_key_of_the_first(world, tmp_path):
    there = world.towns[1]
    person = people.add_person(there, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
    accounts.add(there, "王𠅤", "zweites-wort", {"inspector"}, person)
    joining.write_card(world.county, tmp_path / "card")
    joining.write_request(there, tmp_path / "card", tmp_path / "request")
    (asked,) = joining.issue(world.county, tmp_path / "request", tmp_path / "answer").people
    assert asked.asking is Asking.CHANGED
    assert HOME in asked.remark
    # The key of before counts where it did until it is taken back, and nowhere else.
    before, now = (key for key in revoking.certified_keys(world.county) if key.number == "DEMO-0001")
    assert (before.division, now.division) == (HOME, THERE)
    with world.county.reading() as session:
        at = NOON + timedelta(days=1)
        assert certified.signer_problem(session, before.key, before.person, HOME, at) == ""
        assert certified.signer_problem(session, before.key, before.person, THERE, at)
        assert certified.signer_problem(session, now.key, now.person, THERE, at) == ""
        assert certified.signer_problem(session, now.key, now.person, HOME, at)
    with pytest.raises(UserError, match="有多把密钥"):
        revoking.revoke(world.county, "DEMO-0001", "2026-03-02", "调离")
    assert revoking.revoke(world.county, before.person, "2026-03-02", "调离").division == HOME
