"""A bundle is judged by when it came, and the county's time is that of the machine which speaks for it now."""

from datetime import timedelta

import pytest

from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office import renewal
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.trust import joining, revoking
from ohdesk.services.trust.keys import last_county_time
from tests.conftest import NOON, PASSWORD, noon
from tests.unit.services.exchange.bundle_world import copy_of, new_world, write_entry
from tests.unit.services.trust.test_revoking import END, at, renew


def county_time(town) -> str:
    with town.reading() as session:
        return last_county_time(session)


@pytest.fixture
def laptops(tmp_path):
    """A county that holds a bundle of one laptop of a town, which waits for what the other laptop wrote."""
    with new_world(tmp_path, [("000000001", "石桥镇"), ("000000001", "石桥镇二号机")]) as world:
        first, second = world.towns
        entry = write_entry(first, "安泰机械厂")
        awaited = sending.export(first, world.stick).path
        receiving.take_in(second, awaited)
        write_entry(second, "安泰机械厂（改）", entry)
        waiting = sending.export(at(second, NOON + timedelta(days=1)), world.stick).path
        assert receiving.take_in(at(world.county, END - timedelta(days=1)), waiting).outcome is Outcome.PARKED
        renew(world, END - timedelta(days=1))
        yield world, waiting, awaited


def test_what_came_in_time_and_had_to_wait_is_taken_after_the_end_of_its_certificate(laptops):
    world, waiting, awaited = laptops
    taken = receiving.take_in(at(world.county, END + timedelta(days=400)), awaited)
    assert (taken.followed, taken.warnings) == ((waiting.name,), ())


def test_handed_in_again_while_it_waits_it_came_no_later(laptops):
    world, waiting, awaited = laptops
    late = at(world.county, END + timedelta(days=400))
    assert receiving.take_in(late, waiting).outcome is Outcome.PARKED
    assert waiting.name in receiving.take_in(late, awaited).followed


def test_a_key_taken_back_meanwhile_opens_nothing_that_waits(laptops):
    world, _waiting, awaited = laptops
    revoking.revoke(world.county, world.towns[1].office.replica, "2026-03-02", "电脑被盗")
    taken = receiving.take_in(at(world.county, END + timedelta(days=1)), awaited)
    assert taken.followed == ()
    assert "吊销" in "".join(taken.warnings)


def test_a_machine_that_took_over_tells_the_countys_time_although_it_counts_anew(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        for years in (1, 4):  # its clock was wrong at last
            write_entry(county, f"第{years}年")
            wrong = at(county, NOON + timedelta(days=365 * years))
            receiving.take_in(town, sending.export(wrong, world.stick).path)
        write_entry(county, "又一家")
        late = sending.export(at(county, NOON + timedelta(days=1500)), world.stick).path
        with copy_of(county, tmp_path / "copy") as copied:
            renewal.renew(copied)
        with open_workspace(tmp_path / "copy", "陶镕", PASSWORD, noon) as new:
            joining.write_card(new, tmp_path / "card")
            write_entry(new, "宏达家具厂")
            receiving.take_in(town, sending.export(new, world.stick).path)
            assert county_time(town) == "2026-03-02T04:00:00Z"
        receiving.take_in(town, late)
        assert county_time(town) == "2026-03-02T04:00:00Z"


def test_of_one_machine_the_newest_bundle_tells_the_time_and_of_two_the_later_one(tmp_path):
    with new_world(tmp_path) as world:
        for years in (2, 1):  # put right since
            write_entry(world.county, f"第{years}年")
            when = at(world.county, NOON + timedelta(days=365 * years))
            receiving.take_in(world.town, sending.export(when, world.stick).path)
        assert county_time(world.town) == "2027-03-02T04:00:00Z"
