"""Whatever the order in which bundles arrive, and however often: every county ends with the same state."""

import random
from itertools import permutations

import pytest

from ohdesk.services.county.conflicts import in_dispute
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receipts, receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from tests.unit.services.exchange.bundle_world import TOWNS, copy_of, new_world, write_entry, write_with_photo

ORDERS = 10


def send(ctx, stick):
    """Write a bundle and take it as acknowledged, so that the next one begins where it ends."""
    path = sending.export(ctx, stick).path
    with ctx.reading() as session:
        code = receipts.receipt_code(session, ctx.office.replica)
    receipts.register_code(ctx, code)
    return path


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Bundles of two laptops of one town and of another town, with disputes between them and with the county."""
    with new_world(tmp_path_factory.mktemp("world"), (TOWNS[0], TOWNS[0], TOWNS[1])) as world:
        first, second, other = world.towns
        shared = write_entry(world.county, "交办的单位", town=first.office.division)
        assigned = sending.export(world.county, world.stick).path
        for town in world.towns:
            receiving.take_in(town, assigned)
        write_entry(world.county, "交办的单位（县级改名）", shared, first.office.division)
        entry = write_entry(first, "安泰机械厂")
        write_entry(first, "交办的单位（镇街改名）", shared)
        paths = [send(first, world.stick)]
        receiving.take_in(second, paths[0])
        write_entry(second, "安泰机械制造厂", entry)
        write_with_photo(second, b"photo")
        paths.append(send(second, world.stick))
        write_entry(first, "安泰机械（更正）", entry)
        write_entry(other, "宏达铸造")
        paths += [send(first, world.stick), send(other, world.stick)]
        write_with_photo(other, b"another photo")
        paths.append(send(other, world.stick))
        yield world, paths


def merged(world, folder, order):
    with copy_of(world.county, folder) as county:
        for path in order:
            receiving.take_in(county, path)
        again = [receiving.take_in(county, path).outcome for path in order]
        assert set(again) == {Outcome.ALREADY}
        return digest(county), [(each.field, each.shown, len(each.candidates)) for each in in_dispute(county)]


def test_every_order_twice_gives_the_same_county(sent, tmp_path):
    world, paths = sent
    orders = random.Random(6).sample(list(permutations(paths)), ORDERS)  # noqa: S311 - a repeatable test
    found = [merged(world, tmp_path / str(number), order) for number, order in enumerate(orders)]
    assert len({state for state, _ in found}) == 1
    assert all(disputes == found[0][1] for _, disputes in found)
    assert [field for field, _, _ in found[0][1]].count("name") == 2


def test_a_missing_bundle_holds_back_only_what_needs_it(sent, tmp_path):
    world, paths = sent
    with copy_of(world.county, tmp_path / "county") as county:
        outcomes = [receiving.take_in(county, path).outcome for path in paths[1:]]
        assert outcomes == [Outcome.PARKED, Outcome.PARKED, Outcome.APPLIED, Outcome.APPLIED]
        assert len(receiving.take_in(county, paths[0]).followed) == 2


def test_the_two_laptops_of_a_town_hear_of_each_other_through_the_same_files(sent, tmp_path):
    world, paths = sent
    with copy_of(world.towns[0], tmp_path / "laptop") as laptop:
        assert receiving.take_in(laptop, paths[1]).applied == 2
