"""An export of several volumes: each by itself, in any order, some of them lost, the writing broken off between two."""

import shutil
from itertools import combinations, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ohdesk.db import journal
from ohdesk.db.models import BlobRow
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.errors import JobCancelledError, UserError
from ohdesk.services import blobs
from ohdesk.services.county.digest import digest
from ohdesk.services.county.towns import town_states
from ohdesk.services.exchange import inbox, receiving, sending, stick
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.sync import limits
from ohdesk.sync.problems import BundleRefusedError, StickFullError
from ohdesk.sync.reader import read_outer
from tests.unit.services.exchange.bundle_world import (
    TOWNS,
    bodies,
    copied_world,
    copy_of_world,
    write_entry,
    write_with_photo,
)

PHOTO = 3000  # bytes: one goes into a volume


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Three operations or one photo fill a volume."""
    monkeypatch.setattr(limits, "LARGEST_OPERATION", 2000)
    monkeypatch.setattr(limits, "LARGEST_BLOB", PHOTO)
    monkeypatch.setattr(limits, "LARGEST_MANIFEST", 2000)
    monkeypatch.setattr(limits, "LARGEST_RECEIPT", 2000)
    monkeypatch.setattr(limits, "MOST_OPERATIONS", 3)
    monkeypatch.setattr(limits, "VOLUME", limits.least_volume())


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world") as made:
        yield made


def write_many(ctx, operations=4, photos=1, text="厂"):
    """Write entries, and photos that go into volumes of their own; return the hashes of the photos."""
    for number in range(operations):
        write_entry(ctx, f"{text}{number}")
    return [write_with_photo(ctx, bytes([number]) * (PHOTO - 500)) for number in range(photos)]


def files(world):
    return sorted(world.stick.glob("*.ohb"))


def everywhere(world):
    """The receipt goes back, and both hold the same."""
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    assert digest(world.county) == digest(world.town)


def test_what_is_more_than_one_file_holds_goes_in_volumes_each_a_whole_bundle(world):
    [photo, other] = write_many(world.town, 4, 2)
    exported = sending.export(world.town, world.stick)
    assert [(each.i, each.n, each.first, each.last, each.blobs) for each in exported.volumes] == [
        (1, 4, 1, 3, 0),
        (2, 4, 4, 6, 0),
        (3, 4, 0, 0, 1),
        (4, 4, 0, 0, 1),
    ]
    assert (exported.first, exported.last, exported.blobs, exported.unwritten) == (1, 6, 2, ())
    assert [each.path for each in exported.volumes] == files(world)
    assert {read_outer(path).head.volume.set for path in files(world)} == {read_outer(exported.path).head.volume.set}
    assert exported.path.stem.rpartition("_")[0].endswith("_1of4")
    taken = [receiving.take_in(world.county, path) for path in files(world)]
    assert [each.outcome for each in taken] == [Outcome.APPLIED] * 4
    assert [len(each.missing) for each in taken] == [3, 2, 1, 0]
    assert {blobs.read(world.county, each)[0] for each in (photo, other)} == {0, 1}
    everywhere(world)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """A world that nobody has open, with three volumes on its stick: two of operations and one photo."""
    place = tmp_path_factory.mktemp("three") / "world"
    with pytest.MonkeyPatch.context() as patch:
        small.__wrapped__(patch)
        with copied_world(place) as world:
            write_many(world.town, 4, 1)
            assert len(sending.export(world.town, world.stick).volumes) == 3
    return place


@pytest.mark.parametrize("order", [*permutations(range(3)), *combinations(range(3), 2), *combinations(range(3), 1)])
def test_in_any_order_and_of_any_subset_what_came_counts_and_what_is_missing_is_named(three, tmp_path, order):
    with copy_of_world(three, tmp_path / "copy") as world:
        taken = [receiving.take_in(world.county, files(world)[number]) for number in order]
        held = len(bodies(world.county, world.town.office.replica))
        first = 0 in order
        assert held == (5 if first and 1 in order else 3 if first else 0)
        assert (taken[-1].volume, taken[-1].volumes) == (order[-1] + 1, 3)
        missing = sorted(set(range(3)) - set(order))
        assert all(f"第 {number + 1} 卷" in said for number, said in zip(missing, taken[-1].missing, strict=True))
        for each, number in zip(taken, order, strict=True):
            waits = number == 1 and 0 not in order[: order.index(1)]
            assert each.outcome is (Outcome.PARKED if waits else Outcome.APPLIED)
            assert any("_1of3_" in said for said in each.waits) is waits
        # Whatever was lost comes again once the county has said what it holds.
        receiving.take_in(world.town, sending.export(world.county, world.stick).path)
        if missing:
            for again in sending.export(world.town, world.stick).volumes:
                receiving.take_in(world.county, again.path)
        everywhere(world)
        with world.county.reading() as session:
            assert all(row.held for row in session.query(BlobRow))


def test_a_lost_volume_of_photos_costs_its_photos_alone_which_are_asked_for_and_come_next_time(world):
    write_many(world.town, 2, 2)
    volumes = sending.export(world.town, world.stick).volumes
    assert [each.blobs for each in volumes] == [0, 0, 1, 1]
    for each in (volumes[0], volumes[1], volumes[3]):
        taken = receiving.take_in(world.county, each.path)
    [said] = taken.missing
    assert [state.volumes for state in town_states(world.county)] == [(said,)]
    assert world.town.office.division in said
    assert "第 3 卷" in said
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    again = sending.export(world.town, world.stick)
    assert (again.last, again.blobs) == (0, 1)
    receiving.take_in(world.county, again.path)
    assert [state.volumes for state in town_states(world.county)] == [()]
    everywhere(world)


def test_two_exports_in_one_folder_sort_themselves(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as world:
        for town in world.towns:
            write_many(town, 4, 1)
            sending.export(town, world.stick)
            write_many(town, 2, 0, "新厂")
            sending.export(town, world.stick)
        found = files(world)
        arrivals = []
        inbox.take_in_all(world.county, found[::-1], lambda *_: None, arrivals.append)
        assert all(each.refusal is None for each in arrivals)
        for town in world.towns:
            assert bodies(world.county, town.office.replica) == bodies(town, town.office.replica)


def test_the_same_volume_twice_changes_nothing(world):
    write_many(world.town)
    first, *_ = sending.export(world.town, world.stick).volumes
    receiving.take_in(world.county, first.path)
    before = digest(world.county)
    again = receiving.take_in(world.county, first.path)
    assert (again.outcome, len(again.missing), digest(world.county)) == (Outcome.ALREADY, 2, before)


def test_a_damaged_volume_is_refused_and_the_others_stand(world):
    write_many(world.town)
    first, second, photo = sending.export(world.town, world.stick).volumes
    whole = second.path.read_bytes()
    second.path.write_bytes(whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:])
    receiving.take_in(world.county, first.path)
    with pytest.raises(BundleRefusedError):
        receiving.take_in(world.county, second.path)
    assert len(receiving.take_in(world.county, photo.path).missing) == 1
    second.path.write_bytes(whole)
    assert receiving.take_in(world.county, second.path).missing == ()
    everywhere(world)


def breaking_off(monkeypatch, after, error):
    """The medium fails, or somebody cancels, once `after` files are written."""
    true, count = stick.flush, iter(range(100))

    def failing(file):
        if next(count) >= after:
            raise error
        true(file)

    monkeypatch.setattr(stick, "flush", failing)


@pytest.mark.parametrize("number", [28, 5])
def test_a_stick_that_fills_up_or_is_pulled_keeps_what_is_written_and_the_next_export_goes_on(
    world, monkeypatch, number, tmp_path
):
    write_many(world.town)
    with monkeypatch.context() as patch:
        breaking_off(patch, 1, OSError(number, "gone"))
        exported = sending.export(world.town, world.stick)
    assert (len(exported.volumes), exported.unwritten, exported.waiting_blobs) == (1, (2, 3), 1)
    assert exported.stopped
    assert sending.pending(world.town).unwritten == 2
    write_entry(world.town, "后来的厂")
    second = tmp_path / "second"
    second.mkdir()
    rest = sending.export(world.town, second)
    assert [(each.i, each.n) for each in rest.volumes] == [(2, 3), (3, 3), (1, 1)]
    assert sending.pending(world.town).unwritten == 0
    for path in (*files(world), *sorted(second.iterdir())):
        assert receiving.take_in(world.county, path).outcome is Outcome.APPLIED
    everywhere(world)


def test_a_stick_without_room_for_the_first_volume_gets_nothing_and_nothing_is_begun(world, monkeypatch):
    write_many(world.town)
    usage = stick.shutil.disk_usage(world.stick)
    with monkeypatch.context() as patch:
        patch.setattr(stick.shutil, "disk_usage", lambda _folder: usage._replace(free=1000))
        with pytest.raises(StickFullError):
            sending.export(world.town, world.stick)
    assert sending.pending(world.town).unwritten == 0
    write_entry(world.town, "后来的厂")
    assert sending.export(world.town, world.stick).last == 6


def test_where_the_photos_have_no_room_the_operations_go_by_themselves(world, monkeypatch):
    write_many(world.town, 1, 1)
    usage = stick.shutil.disk_usage(world.stick)
    monkeypatch.setattr(limits, "HEADERS", 300)
    monkeypatch.setattr(stick.shutil, "disk_usage", lambda _folder: usage._replace(free=PHOTO + 300))
    exported = sending.export(world.town, world.stick)
    assert ([each.last for each in exported.volumes], exported.unwritten) == ([2], (2,))


def test_cancelled_between_two_volumes_what_is_written_counts(world, monkeypatch):
    write_many(world.town)
    with monkeypatch.context() as patch:
        breaking_off(patch, 2, JobCancelledError())
        with pytest.raises(JobCancelledError):
            sending.export(world.town, world.stick)
    assert len(files(world)) == 2
    assert [each.i for each in sending.export(world.town, world.stick).volumes] == [3]


def test_dying_after_a_file_got_its_name_writes_it_once_more_which_harms_nobody(world, monkeypatch):
    write_many(world.town)
    with monkeypatch.context() as patch:
        patch.setattr("ohdesk.services.exchange.volumes.written", died)
        with pytest.raises(SystemExit):
            sending.export(world.town, world.stick)
    [orphan] = files(world)
    exported = sending.export(world.town, world.stick)
    assert exported.volumes[0].first == 1
    receiving.take_in(world.county, orphan)
    for each in exported.volumes:
        receiving.take_in(world.county, each.path)
    everywhere(world)


def died(*_arguments):
    raise SystemExit


def test_dying_between_two_volumes_that_are_taken_in_leaves_the_first(world, monkeypatch):
    write_many(world.town)
    first, second, photo = sending.export(world.town, world.stick).volumes
    receiving.take_in(world.county, first.path)
    with monkeypatch.context() as patch:
        patch.setattr(receiving, "take_receipt", died)
        with pytest.raises(SystemExit):
            receiving.take_in(world.county, second.path)
    assert len(bodies(world.county, world.town.office.replica)) == 3
    for each in (second, photo):
        receiving.take_in(world.county, each.path)
    everywhere(world)


def test_what_all_have_acknowledged_meanwhile_is_not_written_any_more(world, monkeypatch, tmp_path):
    write_many(world.town, 6, 0)
    with monkeypatch.context() as patch:
        breaking_off(patch, 1, OSError(28, "full"))
        sending.export(world.town, world.stick)
    other = tmp_path / "other"
    other.mkdir()
    again = sending.export(world.town, other, first=1)
    for each in again.volumes:
        receiving.take_in(world.county, each.path)
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    assert sending.export(world.town, other).last == 0
    assert sending.pending(world.town).unwritten == 0


def test_a_photo_that_is_lost_while_its_volume_is_written_is_left_out(world):
    lost, _ = write_many(world.town, 1, 2)
    shutil.rmtree(blobs.place_in(world.town.folder, world.town.keys.database, lost).parent)
    exported = sending.export(world.town, world.stick)
    assert [each.sha256 for each in exported.lost] == [lost]
    assert exported.unwritten == ()
    for each in exported.volumes:
        receiving.take_in(world.county, each.path)


def test_a_snapshot_goes_in_volumes_too_each_waiting_for_the_one_before(tmp_path):
    with copied_world(tmp_path / "world", (TOWNS[0], TOWNS[0])) as world:
        first, other = world.towns
        write_many(first, 5, 1)
        for each in sending.export(first, world.stick).volumes:
            receiving.take_in(world.county, each.path)
        for each in files(world):
            each.unlink()
        usual = [each.path for each in sending.export(world.county, world.stick).volumes]
        snapshot = sending.export_snapshot(world.county, world.stick, other.office.replica)
        assert [(each.i, each.n, each.blobs) for each in snapshot.volumes] == [(1, 3, 0), (2, 3, 0), (3, 3, 1)]
        for path in usual:
            receiving.take_in(other, path)
        second = receiving.take_in(other, snapshot.volumes[1].path)
        assert second.outcome is Outcome.PARKED
        assert any("_1of3_" in said for said in second.waits)
        followed = receiving.take_in(other, snapshot.volumes[0].path).followed
        assert followed == (snapshot.volumes[1].path.name,)
        receiving.take_in(other, snapshot.volumes[2].path)
        assert bodies(other, first.office.replica) == bodies(first, first.office.replica)


def test_a_size_into_which_not_everything_goes_is_refused(world):
    write_many(world.town, 1, 2)
    for most in (1, limits.least_volume() // 2, limits.LARGEST_CONTAINER + 1):
        with pytest.raises(UserError, match="一卷不能是"):
            sending.export(world.town, world.stick, most=most)
    assert len(sending.export(world.town, world.stick, most=2_000_000).volumes) == 1


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_written_every_volume_is_within_the_limits_and_all_of_it_arrives(tmp_path_factory, data, small):
    with copied_world(tmp_path_factory.mktemp("any")) as world, pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MOST_OPERATIONS", data.draw(st.integers(1, 5)))
        patch.setattr(limits, "MOST_OPERATIONS_BYTES", data.draw(st.integers(1700, 4000)))
        patch.setattr(limits, "MOST_OF_PART", data.draw(st.integers(1, 3)))
        patch.setattr(limits, "PART_BYTES", data.draw(st.integers(1, 2000)))
        patch.setattr(limits, "MOST_BLOBS", data.draw(st.integers(1, 3)))
        for length in data.draw(st.lists(st.integers(1, 180), max_size=8)):
            entry = EstablishmentWritten(
                record=world.town.new_id(), fields={"name": "厂" * length, "town": world.town.office.division}
            )
            with world.town.transaction() as session:
                journal.record(session, entry, world.town.stamp())
        for number, length in enumerate(data.draw(st.lists(st.integers(1, PHOTO), min_size=1, max_size=4))):
            write_with_photo(world.town, bytes([number]) * length)
        for each in sending.export(world.town, world.stick).volumes:
            assert receiving.take_in(world.county, each.path).outcome is Outcome.APPLIED
        everywhere(world)
