"""Many bundles at once: looked at, taken in one after the other, and what is said of each."""

import pytest

from ohdesk.domain.facts import Verdict
from ohdesk.errors import JobCancelledError, UserError
from ohdesk.services.county.digest import digest
from ohdesk.services.county.towns import town_states
from ohdesk.services.exchange import inbox, sending
from ohdesk.services.exchange.receiving import Outcome
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, write_entry


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path, TOWNS[:2]) as opened:
        yield opened


def verdicts(preview):
    return [fact.verdict for fact in preview.facts]


def silent(_done, _total):
    """Report to nobody."""


def test_a_sound_bundle_passes_every_check_and_changes_nothing(world):
    write_entry(world.town, "安泰机械厂")
    path = sending.export(world.town, world.stick).path
    before = digest(world.county)
    preview = inbox.look(world.county, path)
    assert preview.sound
    assert len(preview.facts) == 4
    assert (preview.sender, preview.head.bundle_seq, preview.head.counts.ops) == ("石桥镇", 1, 1)
    assert not preview.waits
    assert digest(world.county) == before


def test_the_first_check_that_fails_names_what_to_do_and_leaves_the_rest_open(world):
    note = world.stick / "note.ohb"
    note.write_text("not a bundle")
    preview = inbox.look(world.county, note)
    assert verdicts(preview) == [Verdict.FAILS, Verdict.UNCHECKED, Verdict.UNCHECKED, Verdict.UNCHECKED]
    assert preview.remedy


def test_a_bundle_of_another_town_is_found_out_before_it_is_taken(world):
    write_entry(world.towns[1], "安泰机械厂")
    path = sending.export(world.towns[1], world.stick).path
    preview = inbox.look(world.town, path)
    assert verdicts(preview) == [Verdict.HOLDS, Verdict.HOLDS, Verdict.FAILS, Verdict.UNCHECKED]
    assert "县级" in preview.remedy


def test_a_bundle_that_was_taken_in_is_known_as_held(world):
    write_entry(world.town, "安泰机械厂")
    path = sending.export(world.town, world.stick).path
    inbox.take_in_all(world.county, [path], silent, lambda _arrival: None)
    assert inbox.look(world.county, path).held


def test_one_refused_file_does_not_stop_the_others(world):
    for town in world.towns:
        write_entry(town, "安泰机械厂")
        sending.export(town, world.stick)
    (world.stick / "a note.ohb").write_text("not a bundle")
    arrivals = []
    count = inbox.take_in_all(world.county, inbox.bundles_in(world.stick), silent, arrivals.append)
    assert count == 2
    assert [arrival.refusal is None for arrival in arrivals] == [True, True, False]
    assert [arrival.taken.outcome for arrival in arrivals[:2]] == [Outcome.APPLIED, Outcome.APPLIED]


def test_stopping_between_two_files_keeps_what_was_taken(world):
    for town in world.towns:
        write_entry(town, "安泰机械厂")
        sending.export(town, world.stick)

    def stop(done, _total):
        if done == 1:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        inbox.take_in_all(world.county, inbox.bundles_in(world.stick), stop, lambda _arrival: None)
    assert sorted(state.last for state in town_states(world.county)) == [0, 1]


def test_bundles_are_found_one_folder_deep_and_hidden_files_are_not_bundles(world):
    inner = world.stick / "上报"
    inner.mkdir()
    for place in (world.stick / "b.ohb", inner / "a.OHB", world.stick / "._b.ohb", world.stick / "c.txt"):
        place.write_text("x")
    assert [path.name for path in inbox.bundles_in(world.stick)] == ["a.OHB", "b.ohb"]


def test_a_stick_that_is_gone_is_said_in_words(tmp_path):
    with pytest.raises(UserError, match="读不到"):
        inbox.bundles_in(tmp_path / "pulled")


def test_a_missing_number_and_what_waits_for_it_are_named(world):
    write_entry(world.town, "安泰机械厂")
    first = sending.export(world.town, world.stick).path
    inbox.take_in_all(world.county, [first], silent, lambda _arrival: None)
    write_entry(world.town, "恒裕木业")
    sending.export(world.town, world.stick)
    third = sending.export(world.town, world.stick).path
    inbox.take_in_all(world.county, [third], silent, lambda _arrival: None)
    state = next(state for state in town_states(world.county) if state.id == world.town.office.replica)
    assert (state.last, state.missing, state.parked) == (3, ((2, 2),), ())
