"""A photo that stands in a signed document is kept and carried there alone, and is the same photo to whoever asks."""

import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from ohdesk.db.models import BlobRow, BundleIn, PeerMissing, RecordPaper, RecordPhoto
from ohdesk.domain.facts import Verdict
from ohdesk.domain.record import PHOTO_PAGE
from ohdesk.files import partial_of
from ohdesk.security import vault
from ohdesk.services import blobs
from ohdesk.services.backup import checking, making
from ohdesk.services.exchange import carrying, receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.finding import drafts
from ohdesk.services.office import doctor, restoring
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, signing
from ohdesk.services.visit import originals, photos
from ohdesk.services.visit.extraction import Extraction
from ohdesk.sync.manifest import Manifest, decode
from ohdesk.sync.problems import DiskFullError
from ohdesk.sync.reader import read_inner, read_outer
from tests import rectifying
from tests.conftest import PASSWORD, noon
from tests.encrypted_zips import opened
from tests.signed_records import FIRST, NOBODY, SECOND, SECRET, make_signing_world
from tests.unit.services.exchange.bundle_world import copy_of_world, open_world
from tests.visiting import add_firm, picture

ALL = 5  # blobs: the three papers of the record and its two photos


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A town whose visit has two photos and waits to be signed, and its county; nobody has them open."""
    folder = tmp_path_factory.mktemp("made") / "world"
    make_signing_world(folder)
    with open_world(folder) as world:
        visit = rectifying.visit_of(world.town, add_firm(world.town), "2026-03-02")
        for colour in ("teal", "olive"):
            photos.attach_photo(world.town, visit, "", picture(colour, (300, 200)), photos.Caption(text="打磨车间"))
        rectifying.fill(world.town, visit)
        drafts.accept_proposals(world.town, visit)
    return folder, visit


@pytest.fixture
def world(made, tmp_path):
    with copy_of_world(made[0], tmp_path / "world") as copy:
        yield copy


def sign(world, visit):
    """Make the record final; return the hashes of its photo page and of the photos."""
    colleagues = [signing.SecondSigner(name, SECRET) for name in (FIRST, SECOND)]
    finalizing.finalize(world.town, visit, NOBODY, (), *colleagues)
    return of_record(world.town)


def of_record(ctx):
    with ctx.reading() as session:
        pages = select(RecordPaper.pdf_sha256).where(RecordPaper.paper == PHOTO_PAGE)
        return session.scalars(pages).one(), list(session.scalars(select(RecordPhoto.sha256)))


@pytest.fixture
def signed(world, made):
    return sign(world, made[1])


def size_of(ctx, digest):
    return blobs.place_in(ctx.folder, ctx.keys.database, digest).stat().st_size


def test_on_disk_the_photos_of_a_record_stand_in_its_document_only(world, signed):
    document, images = signed
    assert len(images) == 2
    for image in images:
        cut = blobs.cut_of(world.town, image)
        assert (cut.whole, size_of(world.town, image)) == (document, vault.SEALED_CUT)
        content = blobs.read(world.town, image)
        assert (sha256(content).hexdigest(), len(content)) == (image, cut.size)
    assert blobs.cut_of(world.town, document) is None


def test_a_bundle_carries_them_once_and_both_sides_show_them(world, signed):
    document, images = signed
    sent = sending.export(world.town, world.stick)
    whole = sum(len(blobs.read(world.town, each)) for each in images)
    assert sent.blobs == ALL
    inside = []
    with world.county.reading() as session:
        opener = receiving.keys.opener(world.county, session)
    inner = read_inner(sent.path, read_outer(sent.path), opener, lambda digest, _content: inside.append(digest))
    parts = [part for part in decode(inner.manifest, Manifest, "").parts if part.name.startswith("blobs/")]
    (listed,) = [part for part in parts if part.cuts]
    assert (listed.sha256, len(parts)) == (document, ALL - len(images))
    assert [cut.sha256 for cut in listed.cuts] == sorted(images, key=lambda each: blobs.cut_of(world.town, each).at)
    within = [document, *(cut.sha256 for cut in listed.cuts)]  # whoever keeps nothing gets their bytes
    at = inside.index(document)
    assert inside[at : at + len(within)] == within
    assert receiving.take_in(world.county, sent.path).blobs == ALL
    for image in images:
        assert blobs.read(world.county, image) == blobs.read(world.town, image)
        assert size_of(world.county, image) == len(images) * vault.SEALED_CUT
    kept = sum(size_of(world.county, each) for each in (document, *images))
    assert kept < len(blobs.read(world.county, document)) + 1000 < size_of(world.county, document) + whole


def test_originals_travel_in_no_bundle_whoever_asks_for_them_and_come_out_of_a_backup(world, made, signed, tmp_path):
    taken = [picture(colour, (300, 200)) for colour in ("teal", "olive")]
    named = [sha256(each).hexdigest() for each in taken]
    with world.town.transaction() as session:
        session.add_all(PeerMissing(replica=world.county.office.replica, sha256=each) for each in named)
    assert sending.export(world.town, world.stick).blobs == ALL
    with world.town.reading() as session:
        assert not set(named) & carrying.carried_of(world.town, session, [*named, *signed[1]]).keys()
    record = finalizing.final_record(world.town, made[1]).record
    assert [photo.original_sha256 for photo in record.photos] == named
    file = making.make(world.town, tmp_path / "town.ohbak").file
    restoring.restore(file, tmp_path / "new", checking.by_password("李旸", PASSWORD))
    with open_workspace(tmp_path / "new", "李旸", PASSWORD, noon) as new:
        said = Extraction("case_file", "青原县卫生健康局", "案卷 2026-1")
        written = originals.write_originals(new, made[1], tmp_path / "originals", said)
    listed, inside = written.manifest.files, opened(written.file, written.password)
    assert [inside[each.file] for each in listed] == taken
    assert [(each.sha256, each.maker, each.device) for each in listed] == [
        (each, "李旸", "CameraMaker") for each in named
    ]
    assert written.manifest.extracted_by == "李旸"


def test_where_the_photos_of_a_document_stand_takes_one_file(world, signed):
    _, images = signed
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    places = [blobs.place_in(world.county.folder, world.county.keys.database, each) for each in images]
    assert len({place.stat().st_ino for place in places}) == 1
    # What heals or replaces one of them leaves the others as they are.
    whole = blobs.read(world.county, images[0])
    places[0].unlink()
    blobs.put(world.county, whole)
    assert [blobs.cut_of(world.county, each) is None for each in images] == [True, False]
    assert all(blobs.is_sound(world.county, each) for each in images)


def test_a_disk_where_a_file_has_one_name_takes_photos_all_the_same(world, signed, monkeypatch):
    def no_such_thing(*_names, **_more):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_such_thing)
    document, images = signed
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    assert all(blobs.is_sound(world.county, each) for each in (document, *images))
    places = [blobs.place_in(world.county.folder, world.county.keys.database, each) for each in images]
    assert len({place.stat().st_ino for place in places}) == len(images)
    assert not list((world.county.folder / blobs.FOLDER).rglob("*.part"))


@pytest.mark.parametrize("names", [0, 1, 2])
def test_dying_while_what_came_gets_its_names_leaves_the_bundle_to_come_again(world, signed, monkeypatch, names):
    document, images = signed
    sent = sending.export(world.town, world.stick)
    done = []

    def dying(true):
        def give(*way, **more):
            if len(done) == names:
                raise KeyboardInterrupt
            done.append(way)
            return true(*way, **more)

        return give

    # Killed and not undone: nothing is cleared away behind it.
    monkeypatch.setattr(blobs.Coming, "forget", lambda _coming: None)
    for call in ("replace", "link"):
        monkeypatch.setattr(os, call, dying(getattr(os, call)))
    with pytest.raises(KeyboardInterrupt):
        receiving.take_in(world.county, sent.path)
    monkeypatch.undo()
    taken = receiving.take_in(world.county, sent.path)
    assert (taken.outcome, taken.blobs) == (Outcome.APPLIED, ALL)
    for each in (document, *images):
        assert blobs.read(world.county, each) == blobs.read(world.town, each)
    assert not list((world.county.folder / blobs.FOLDER).rglob("*.part"))


@pytest.mark.usefixtures("signed")
def test_operations_are_applied_beside_the_disk_and_committed_behind_it(world, monkeypatch):
    """With nothing of the blobs where they belong no row says so, and what the disk failed to do takes all back."""
    applied = threading.Event()
    true = receiving.content_counts

    def counted(*given):
        applied.set()
        return true(*given)

    def failing(_coming):
        assert applied.wait(60)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(receiving, "content_counts", counted)
    monkeypatch.setattr(blobs.Coming, "settle", failing)
    with pytest.raises(DiskFullError):
        receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    with world.county.reading() as session:
        assert session.scalars(select(RecordPhoto.sha256)).all() == []
        assert session.scalars(select(BundleIn.sha256)).all() == []
    assert not any(path.is_file() for path in (world.county.folder / blobs.FOLDER).rglob("*"))


def test_a_photo_asked_for_without_its_document_is_carried_by_itself(world, signed):
    _, images = signed
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    blobs.forget(world.county, images[0])
    with world.county.transaction() as session:
        blobs.note_lost(session, images[:1])
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    sent = sending.export(world.town, world.stick)
    assert sent.blobs == 1
    receiving.take_in(world.county, sent.path)
    assert blobs.cut_of(world.county, images[0]) is None
    assert blobs.read(world.county, images[0]) == blobs.read(world.town, images[0])


def test_where_the_document_is_lost_its_photos_are_named_asked_for_and_come_back_with_it(world, signed):
    document, images = signed
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    blobs.forget(world.county, document)
    for image in images:
        with pytest.raises(blobs.LostBlobError) as lost:
            blobs.read(world.county, image)
        assert lost.value.digest == image
    (fact,) = [fact for fact in doctor.workspace_facts(world.county) if fact.key == "workspace.blobs"]
    assert fact.verdict is Verdict.FAILS
    assert all(each[:12] in fact.detail for each in (document, *images))
    with world.county.transaction() as session:
        blobs.note_lost(session, [document, *images])
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    assert [len(blobs.read(world.county, each)) > 0 for each in (document, *images)] == [True] * 3


def test_an_export_names_all_that_went_with_a_document(world, signed):
    document, images = signed
    blobs.forget(world.town, document)
    sent = sending.export(world.town, world.stick)
    assert sorted(each.sha256 for each in sent.lost) == sorted([document, *images])
    with world.town.reading() as session:
        assert set(session.scalars(select(BlobRow.sha256).where(BlobRow.held.is_(False)))) == {document, *images}


@pytest.mark.parametrize("names", [0, 1])
def test_dying_while_photos_are_exchanged_for_their_place_leaves_every_photo(world, made, monkeypatch, names):
    """Of one photo the file is exchanged, of the other not yet: as a power cut leaves it."""
    true, done = os.replace, []

    def dying(source, target, *rest):
        if str(source).endswith(".part") and Path(source).stat().st_size == vault.SEALED_CUT:
            if len(done) == names:
                raise KeyboardInterrupt
            done.append(target)
        return true(source, target, *rest)

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        sign(world, made[1])
    monkeypatch.undo()
    document, images = of_record(world.town)
    assert sum(blobs.cut_of(world.town, each) is not None for each in images) == names
    assert all(blobs.is_sound(world.town, each) for each in (document, *images))
    taken = receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    assert (taken.outcome, taken.blobs) == (Outcome.APPLIED, ALL)
    assert all(blobs.is_sound(world.county, each) for each in (document, *images))


def test_a_disk_without_room_for_it_keeps_photos_as_they_were(world, made, monkeypatch):
    true = blobs._write

    def full(place, sealed):
        if len(sealed) == vault.SEALED_CUT:
            raise blobs.UserError("full", "")
        true(place, sealed)

    monkeypatch.setattr(blobs, "_write", full)
    document, images = sign(world, made[1])
    assert [blobs.cut_of(world.town, each) for each in images] == [None, None]
    assert all(blobs.is_sound(world.town, each) for each in (document, *images))


def test_a_photo_that_stands_there_in_another_form_stays(world, signed):
    other = blobs.put(world.town, b"\xff\xd8 in no document")
    blobs.keep_within(world.town, signed[0], blobs.read(world.town, signed[0]), [other])
    assert blobs.cut_of(world.town, other) is None


def test_the_same_photo_again_heals_one_whose_document_is_lost(world, signed):
    document, images = signed
    content = blobs.read(world.town, images[0])
    blobs.forget(world.town, document)
    assert blobs.put(world.town, content) == images[0]
    assert blobs.read(world.town, images[0]) == content


def test_a_backup_and_what_is_restored_from_it_have_them(world, signed, tmp_path):
    document, images = signed
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    file = making.make(world.county, tmp_path / "county.ohbak").file
    restoring.restore(file, tmp_path / "new", checking.by_password("陶镕", PASSWORD))
    with open_workspace(tmp_path / "new", "陶镕", PASSWORD, noon) as new:
        for each in (document, *images):
            assert blobs.read(new, each) == blobs.read(world.town, each)


@pytest.mark.parametrize("at_a_second_place", [False, True])
def test_a_backup_from_before_the_signing_gives_back_the_photos(world, made, tmp_path, at_a_second_place):
    """Its database knows no document; what lies beside it is that of today."""
    place = tmp_path / "second" if at_a_second_place else world.town.folder / "backups"
    place.mkdir(exist_ok=True)
    beside = place if at_a_second_place else world.town.folder
    older = making.make(world.town, place / "1.ohbak", beside=beside).file
    document, images = sign(world, made[1])
    making.make(world.town, place / "2.ohbak", beside=beside)
    unlock = checking.by_password("李旸", PASSWORD)
    assert checking.check(older, unlock, depth=checking.Depth.ALL).problems == ()
    assert restoring.restore(older, tmp_path / "new", unlock).problems == ()
    with open_workspace(tmp_path / "new", "李旸", PASSWORD, noon) as new:
        assert [blobs.read(new, each) for each in images] == [blobs.read(world.town, each) for each in images]
        assert not blobs.is_sound(new, document)
    if not at_a_second_place:
        blobs.forget(world.town, document)
        assert len(checking.check(older, unlock, depth=checking.Depth.ALL).problems) == len(images)


def test_under_another_key_they_still_stand_in_their_document(world, signed):
    document, images = signed
    other = vault.new_key()
    for each in (document, *images):
        blobs.rewrap(world.town, each, other)
    for each in (document, *images):
        assert blobs.content_in(world.town.folder, other, each) == blobs.read(world.town, each)
        assert blobs.place_in(world.town.folder, other, each).stat().st_size == size_of(world.town, each)


def test_one_that_stands_within_itself_is_lost_and_ends(ctx):
    digest = "a" * 64
    place = blobs.place_in(ctx.folder, ctx.keys.database, digest)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(vault.seal_cut(ctx.keys.database, digest, (digest, 0, 1)))
    assert not partial_of(place).exists()
    with pytest.raises(blobs.LostBlobError):
        blobs.read(ctx, digest)
