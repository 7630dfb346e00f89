"""Promise: whatever a town signs, its county takes the bundle in, says what it set aside, and every screen goes on."""

from copy import deepcopy
from dataclasses import fields

import pytest

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.operations import KINDS
from ohdesk.services.county import coverage, draw_checks, towns
from ohdesk.services.exchange import receiving
from tests.odd_bundles import Told, look, odd_town, take_in

BUNDLES = 100


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with odd_town(tmp_path_factory.mktemp("odd") / "world", 3) as made:
        yield made


def came(town, *said):
    """Have the county take in these operations; return what it set aside, and what no longer works after it."""
    taken, told = receiving.take_in(town.world.county, town.bundle_of(list(said))), Told()
    look(town, told)
    assert told.dead == []
    return [(each.seq - taken.set_aside[0].seq, each.reason) for each in taken.set_aside]


def spoilt(said, **values):
    """The same operation with other values."""
    return said | {"v": deepcopy(said["v"]) | values}


def with_record(said, change):
    """The same final record with something changed, its fingerprint made to fit."""
    content = deepcopy(said["v"]["content"])
    change(content["record"])
    return spoilt(said, content=content, record_sha256=fingerprint(content["record"]))


def test_every_kind_of_operation_is_made_odd_at_every_place_it_has(town):
    made = {}
    for _ in range(20):  # a draw ends in one way or the other
        for said in (*town.roll(), *town.book(), *town.person(), *town.draw(), *town.visit(), *town.certificates()):
            made.setdefault(said["t"], set()).update(said["v"])
    wanted = {kind: {each.name for each in fields(cls)} - {"record", "blobs"} for kind, cls in KINDS.items()}
    assert {kind: made.get(kind, set()) for kind in wanted} == wanted


def test_what_is_not_odd_is_taken_in_whole(town):
    drawn = [each for each in town.draw() if each["t"] in {"draw.committed@1", "draw.seeded@1"}]
    assert came(town, *town.roll(), *town.book(), *town.person(), *town.visit(), *drawn) == []


def test_a_record_that_began_yesterday_is_set_aside_and_the_coverage_goes_on(town):
    final, _page, _amended = town.visit()
    [(_, reason)] = came(town, with_record(final, lambda record: record.update(started_at="昨天")))
    assert "started_at" in reason
    assert "昨天" in reason
    assert coverage.by_town(town.world.county, 2026)


def test_a_head_count_of_many_digits_is_set_aside_and_the_next_operation_is_not(town):
    said = []
    for workers in (10_000_001, 2**53 + 1, 10**18, 10**20):
        first, second = town.roll()
        assert second["id"] == first["id"]
        said += [spoilt(first, fields=first["v"]["fields"] | {"workers": workers}), town.roll()[0]]
    aside = came(town, *said)
    assert [place for place, _reason in aside] == [0, 2, 4, 6]
    assert all("workers" in reason or "从业人数" in reason for _place, reason in aside)


def test_a_local_number_of_thousands_of_digits_is_set_aside(town):
    first, _second = town.roll()
    fields = first["v"]["fields"] | {"local_id": "000000-" + "9" * 5000}
    [(_, reason)] = came(town, spoilt(first, fields=fields))
    assert "本地编号" in reason


def test_an_operation_without_its_reason_is_set_aside(town):
    first, _second = town.roll()
    del first["v"]["reason"]
    [(_, reason)] = came(town, first)
    assert "reason" in reason


def test_a_draw_frozen_at_no_instant_is_set_aside(town):
    committed = town.draw()[0]
    [(_, reason)] = came(town, committed | {"at": "x"})
    assert "at" in reason


def test_a_draw_that_would_be_computed_for_hours_is_set_aside_and_the_draws_are_still_checked(town):
    aside = came(town, *town.draw(enormous=True)[:4])
    assert [place for place, _reason in aside] == [0], aside
    assert "20000 × 99 × 2000" in aside[0][1]
    assert draw_checks.check_draws(town.world.county)


def test_a_draw_under_the_identity_of_another_is_set_aside(town):
    first, other = town.draw()[0], town.draw()[0]
    [(_, reason)] = came(town, first, other | {"id": first["id"]})
    assert reason


def test_a_finding_twice_and_a_photo_page_twice_are_set_aside_alone(town):
    final, page, amended = town.visit()
    assert [place for place, _reason in came(town, final, page, page, amended)] == [0]
    again, _page, _amended = town.visit()
    [(_, reason)] = came(town, with_record(again, lambda record: record["findings"].append(record["findings"][0])))
    assert "两次" in reason


def test_a_bundle_number_of_a_thousand_million_is_told_as_one_gap(town):
    town.bundle_seq = 999_999_998
    receiving.take_in(town.world.county, town.bundle_of([town.roll()[0]]))
    town.bundle_seq = 10_000
    state = next(state for state in towns.town_states(town.world.county) if state.id == town.replica)
    assert state.last == 999_999_999
    assert len(state.missing) < 100
    assert state.missing[-1][1] == 999_999_998


@pytest.mark.parametrize("seed", [1])
def test_bundles_with_odd_values_are_taken_in_and_everything_can_be_read(tmp_path, seed):
    told = Told()
    with odd_town(tmp_path, seed) as town:
        take_in(town, BUNDLES, told)
    assert told.crashes == []
    assert told.dead == []
    assert not told.refused
    assert "" not in told.aside
    assert told.aside.total() > BUNDLES
    assert told.applied > BUNDLES / 2
