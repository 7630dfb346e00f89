"""Evidence is stored encrypted, under names that reveal nothing, and comes back whole or not at all."""

from hashlib import sha256

import pytest

from ohdesk.services import blobs
from ohdesk.services.blobs import LostBlobError

PHOTO = b"\xff\xd8\xff\xe0 a photo of a workshop" * 20


def files(ctx):
    return [path for path in (ctx.folder / "blobs").rglob("*") if path.is_file()]


def test_bytes_come_back_and_the_file_shows_neither_them_nor_their_hash(ctx):
    digest = blobs.put(ctx, PHOTO)
    assert digest == sha256(PHOTO).hexdigest()
    assert blobs.read(ctx, digest) == PHOTO
    (file,) = files(ctx)
    assert b"workshop" not in file.read_bytes()
    assert digest not in str(file)


def test_the_same_bytes_are_stored_once(ctx):
    blobs.put(ctx, PHOTO)
    before = files(ctx)[0].stat().st_mtime_ns
    blobs.put(ctx, PHOTO)
    assert [file.stat().st_mtime_ns for file in files(ctx)] == [before]


def test_a_damaged_file_is_healed_by_the_same_bytes(ctx):
    digest = blobs.put(ctx, PHOTO)
    (file,) = files(ctx)
    file.write_bytes(file.read_bytes()[:-1])
    assert not blobs.is_sound(ctx, digest)
    blobs.put(ctx, PHOTO)
    assert blobs.read(ctx, digest) == PHOTO


def test_where_something_else_lies_in_the_place_of_files_they_are_lost(ctx):
    digest = blobs.put(ctx, PHOTO)
    (file,) = files(ctx)
    file.unlink()
    file.mkdir()
    with pytest.raises(LostBlobError):
        blobs.read(ctx, digest)
    file.rmdir()
    file.parent.rmdir()
    file.parent.write_bytes(b"no folder")
    with pytest.raises(LostBlobError):
        blobs.read(ctx, digest)


def test_what_is_put_later_is_stored_only_once_settled(ctx):
    digest = sha256(PHOTO).hexdigest()
    blobs.put_later(ctx, digest, PHOTO)
    assert not blobs.is_sound(ctx, digest)
    blobs.settle(ctx, [digest])
    assert blobs.read(ctx, digest) == PHOTO


def test_forgotten_bytes_leave_no_file(ctx):
    blobs.put_later(ctx, sha256(PHOTO).hexdigest(), PHOTO)
    blobs.put(ctx, b"another")
    blobs.forget(ctx, sha256(PHOTO).hexdigest())
    blobs.forget(ctx, sha256(b"another").hexdigest())
    assert files(ctx) == []


def test_lost_damaged_and_exchanged_files_are_told(ctx):
    digest, other = blobs.put(ctx, PHOTO), blobs.put(ctx, b"another")
    first, second = (blobs._place(ctx, each) for each in (digest, other))
    first.write_bytes(second.read_bytes())
    second.unlink()
    for each in (digest, other):
        with pytest.raises(LostBlobError):
            blobs.read(ctx, each)


def test_a_note_says_that_the_bytes_are_held(ctx):
    digest = blobs.put(ctx, PHOTO)
    with ctx.transaction() as session:
        session.add(blobs.BlobRow(sha256=digest, size=0, held=False))
    with ctx.transaction() as session:
        blobs.note(session, digest, len(PHOTO))
    with ctx.reading() as session:
        row = session.get_one(blobs.BlobRow, digest)
        assert (row.size, row.held) == (len(PHOTO), True)
