"""A photo whose file is lost never holds back the rest: it is named, asked for, and healed by a good copy."""

import pytest

from ohdesk.services import blobs
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import doctor
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, with_head, write_entry, write_with_photo


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path, (TOWNS[0], TOWNS[0], TOWNS[1])) as opened:
        yield opened


def damage(ctx, digest):
    file = blobs._place(ctx, digest)
    file.write_bytes(file.read_bytes()[:-1])


def exchange(sender, receiver, stick):
    return receiving.take_in(receiver, sending.export(sender, stick).path)


def names(exported):
    return [blob.sha256 for blob in exported.lost]


def complaints(ctx):
    return [fact.detail for fact in doctor.workspace_facts(ctx) if fact.key == "workspace.blobs" and fact.detail]


def rot(ctx, digest):
    file = blobs._place(ctx, digest)
    sealed = bytearray(file.read_bytes())
    sealed[20] ^= 1
    file.write_bytes(sealed)


def exchange_files(ctx, digest):
    other = write_with_photo(ctx, b"other")
    blobs._place(ctx, other).replace(blobs._place(ctx, digest))
    blobs.put(ctx, b"other")


@pytest.mark.parametrize("harm", [rot, exchange_files])
def test_a_photo_that_rotted_or_is_another_never_leaves_whatever_its_length(world, harm):
    lost = write_with_photo(world.town, b"photo")
    harm(world.town, lost)
    exported = sending.export(world.town, world.stick)
    assert names(exported) == [lost]
    receiving.take_in(world.county, exported.path)
    with pytest.raises(blobs.LostBlobError):
        blobs.read(world.county, lost)


@pytest.mark.parametrize("harm", [damage, blobs.forget])
def test_the_operation_goes_without_the_lost_photo_which_is_named(world, harm):
    lost = write_with_photo(world.town, b"photo")
    whole = write_with_photo(world.town, b"another")
    write_entry(world.town, "安泰机械厂")
    harm(world.town, lost)
    exported = sending.export(world.town, world.stick)
    assert (exported.first, exported.last, exported.blobs, names(exported)) == (1, 3, 1, [lost])
    assert all(blob.what for blob in exported.lost)
    assert receiving.take_in(world.county, exported.path).applied == 3
    assert blobs.read(world.county, whole) == b"another"
    assert complaints(world.town) == [f"{lost[:12]}…"]
    assert complaints(world.county) == []


def test_many_lost_ones_cost_one_more_try(world, monkeypatch):
    lost = [write_with_photo(world.town, bytes([number]) * 9) for number in range(8)]
    for digest in lost:
        damage(world.town, digest)
    tries = []
    true = sending.put_on_stick
    monkeypatch.setattr(sending, "put_on_stick", lambda *arguments: tries.append(1) or true(*arguments))
    assert sorted(names(sending.export(world.town, world.stick))) == sorted(lost)
    assert len(tries) == 2


def test_it_is_named_again_until_it_is_here_and_then_it_goes(world):
    lost = write_with_photo(world.town, b"photo")
    damage(world.town, lost)
    exchange(world.town, world.county, world.stick)
    exchange(world.county, world.town, world.stick)
    write_entry(world.town, "安泰机械厂")
    assert names(sending.export(world.town, world.stick)) == [lost]
    blobs.put(world.town, b"photo")
    with world.town.transaction() as session:
        blobs.note(session, lost, 5)
    exported = sending.export(world.town, world.stick)
    assert (names(exported), exported.blobs) == ([], 1)
    receiving.take_in(world.county, exported.path)
    assert blobs.read(world.county, lost) == b"photo"


def test_the_county_gives_back_what_a_town_lost(world):
    lost = write_with_photo(world.town, b"photo")
    exchange(world.town, world.county, world.stick)
    blobs.forget(world.town, lost)
    assert names(sending.export(world.town, world.stick)) == [lost]
    exchange(world.town, world.county, world.stick)
    exchange(world.county, world.town, world.stick)
    assert blobs.read(world.town, lost) == b"photo"
    assert complaints(world.town) == []


def test_the_other_laptop_of_the_town_gives_back_what_was_lost(world):
    ours, other, _ = world.towns
    lost = write_with_photo(ours, b"photo")
    exchange(ours, other, world.stick)
    damage(ours, lost)
    exchange(ours, other, world.stick)
    exchange(other, ours, world.stick)
    assert blobs.read(ours, lost) == b"photo"


def test_a_bundle_heals_a_damaged_copy_that_nobody_has_noticed(world):
    photo = write_with_photo(world.town, b"photo")
    sent = sending.export(world.town, world.stick).path
    receiving.take_in(world.county, sent)
    damage(world.county, photo)
    receiving.take_in(world.county, with_head(world.town, sent, app="again"))
    assert blobs.read(world.county, photo) == b"photo"


def test_a_town_cannot_ask_the_county_for_the_photo_of_another_town(world):
    town, _, stranger = world.towns
    photo = write_with_photo(town, b"photo")
    exchange(town, world.county, world.stick)
    with stranger.transaction() as session:
        session.add(blobs.BlobRow(sha256=photo, size=0, held=False))
    exchange(stranger, world.county, world.stick)
    write_entry(world.county, "移交的单位")
    assert sending.export(world.county, world.stick).blobs == 0
