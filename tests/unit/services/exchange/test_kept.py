"""What stays of a bundle is small, proves who said what, and is enough to write the county's journal anew."""

import io
import shutil
from functools import partial

import pytest
from sqlalchemy import update

from ohdesk.db import accepting
from ohdesk.db.models import BlobRow, Peer
from ohdesk.domain.facts import Verdict
from ohdesk.security import certificates
from ohdesk.services import blobs
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import kept, receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.trust import keys, set_aside
from ohdesk.sync.manifest import SIGNED_PREFIX
from ohdesk.sync.reader import read_outer
from tests.unit.services.exchange.bundle_world import copied_world, open_world, write_entry, write_with_photo

PHOTO = b"\xff\xd8 a photo" * 20_000


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world") as made:
        yield made


def files(ctx):
    return sorted((ctx.folder / kept.INBOX).iterdir())


def read_all(ctx):
    """What is kept, in the order in which it was written at its senders."""
    with ctx.reading() as session:
        opener = keys.opener(ctx, session)
    return [kept.read(file, opener) for file in sorted(files(ctx), key=lambda file: file.name.split("_")[2:])]


def send(world):
    path = sending.export(world.town, world.stick).path
    assert receiving.take_in(world.county, path).outcome is Outcome.APPLIED
    return path


def test_of_a_bundle_that_was_taken_in_stays_what_proves_it_and_not_its_photos_a_second_time(world):
    write_entry(world.town, "安泰机械厂")
    photo = write_with_photo(world.town, PHOTO)
    outer = read_outer(send(world))
    (file,) = files(world.county)
    assert file.stat().st_size < 20_000 < len(PHOTO)
    assert b"\xe5\xae\x89" not in file.read_bytes()  # sealed
    (each,) = read_all(world.county)
    assert (each.head, each.signature, each.certificate) == (outer.head_bytes, outer.signature, outer.certificate)
    assert certificates.has_signed(each.certificate, each.signature, SIGNED_PREFIX + each.head)
    assert blobs.read(world.county, photo) == PHOTO
    assert kept.fact(world.county).verdict is Verdict.HOLDS


def test_what_was_sent_again_is_not_kept_again_and_still_proved(world):
    for number in range(3):
        write_entry(world.town, f"安泰{number}厂")
        send(world)
    assert [len(lines) for each in read_all(world.county) for _, lines in each.operations.values()] == [1, 1, 1]
    assert kept.fact(world.county).verdict is Verdict.HOLDS


def test_from_what_is_kept_a_county_gets_the_same_state(world, tmp_path):
    write_entry(world.town, "永兴五金厂")
    send(world)  # the county's own, on the occasion of the first, are not what this is about
    shutil.copytree(world.county.folder, tmp_path / "anew" / "county", ignore=shutil.ignore_patterns("*.lock"))
    before = digest(world.county)
    for number in range(2):
        write_entry(world.town, f"安泰{number}厂")
        write_with_photo(world.town, b"photo %d" % number)
        send(world)
    lines = [body for each in read_all(world.county) for _, bodies in each.operations.values() for body in bodies]
    with open_world(tmp_path / "anew") as anew, anew.county.transaction() as session:
        roots = keys.county_roots(anew.county, session)
        accepting.accept_many(session, lines, partial(set_aside.problems, session, roots))
    with open_world(tmp_path / "anew") as anew:
        assert digest(anew.county) == digest(world.county) != before


@pytest.mark.parametrize("harm", ["changed", "cut"])
def test_a_kept_file_that_was_harmed_is_told_and_healed_by_the_bundle_again(world, harm):
    write_entry(world.town, "安泰机械厂")
    photo = write_with_photo(world.town, PHOTO)
    path = send(world)
    (file,) = files(world.county)
    whole = bytearray(file.read_bytes())
    if harm == "changed":
        whole[-40] ^= 1
    else:
        del whole[-40:]
    file.write_bytes(whole)
    told = kept.fact(world.county)
    assert (told.verdict, file.name in told.detail) == (Verdict.FAILS, True)
    blobs.forget(world.county, photo)
    assert receiving.take_in(world.county, path).outcome is Outcome.ALREADY
    assert kept.fact(world.county).verdict is Verdict.HOLDS
    assert blobs.read(world.county, photo) == PHOTO


def test_a_bundle_that_is_here_already_is_told_by_its_ends(world, monkeypatch):
    write_with_photo(world.town, PHOTO)
    path = send(world)
    taken = []

    class Counting(io.BufferedReader):
        def read(self, size=-1, /):
            piece = super().read(size)
            taken.append(len(piece))
            return piece

    true = io.open
    monkeypatch.setattr(
        io, "open", lambda file, *how, **more: Counting(io.FileIO(file)) if file == path else true(file, *how, **more)
    )
    assert receiving.take_in(world.county, path).outcome is Outcome.ALREADY
    assert 0 < sum(taken) < 20_000


def test_what_the_county_sent_stays_as_it_came(world):
    write_entry(world.county, "安泰机械厂", town=world.town.office.division)
    sent = sending.export(world.county, world.stick).path
    receiving.take_in(world.town, sent)
    (file,) = files(world.town)
    assert (file.name, file.read_bytes()) == (sent.name, sent.read_bytes())
    file.write_bytes(b"harmed")
    assert receiving.take_in(world.town, sent).outcome is Outcome.ALREADY
    assert file.read_bytes() == sent.read_bytes()


def test_of_one_that_waited_the_same_stays_and_the_file_as_it_came_goes(world):
    write_entry(world.town, "安泰机械厂")
    first = sending.export(world.town, world.stick).path
    with world.town.transaction() as session:
        session.execute(update(Peer).values(acked=1))
    write_entry(world.town, "宏达铸造")
    second = sending.export(world.town, world.stick).path
    assert receiving.take_in(world.county, second).outcome is Outcome.PARKED
    assert [file.suffix for file in files(world.county)] == [".ohb"]
    assert receiving.take_in(world.county, first).followed == (second.name,)
    assert [file.suffix for file in files(world.county)] == [kept.SUFFIX] * 2
    assert kept.fact(world.county).verdict is Verdict.HOLDS


def test_one_that_cannot_be_applied_leaves_nothing_behind(world, monkeypatch):
    write_with_photo(world.town, PHOTO)
    path = sending.export(world.town, world.stick).path

    def full(*_arguments):
        raise OSError(28, "no room")

    monkeypatch.setattr(receiving, "_apply", full)
    with pytest.raises(receiving.DiskFullError):
        receiving.take_in(world.county, path)
    assert files(world.county) == []
    assert [place for place in (world.county.folder / "blobs").rglob("*") if place.is_file()] == []
    with world.county.reading() as session:
        assert session.query(BlobRow).count() == 0
