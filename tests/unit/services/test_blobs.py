"""Evidence is stored encrypted, under names that reveal nothing, and comes back whole or not at all."""

from hashlib import sha256
from pathlib import Path

import pytest

from ohdesk import files as files_of_ohdesk
from ohdesk.errors import UserError
from ohdesk.services import blobs
from ohdesk.services.blobs import LostBlobError

PHOTO = b"\xff\xd8\xff\xe0 a photo of a workshop" * 20


def files(ctx):
    return [path for path in (ctx.folder / "blobs").rglob("*") if path.is_file()]


def test_what_never_travels_is_refused_when_it_is_stored(ctx, monkeypatch):
    monkeypatch.setattr(blobs, "LARGEST_BLOB", 10)
    with pytest.raises(UserError, match="没有保存"):
        blobs.put(ctx, b"eleven byte")
    assert not list((ctx.folder / "blobs").rglob("*.*"))


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


def test_what_comes_is_stored_only_once_settled(ctx):
    digest = sha256(PHOTO).hexdigest()
    with blobs.coming(ctx) as coming:
        coming.put(digest, PHOTO)
        assert not blobs.is_sound(ctx, digest)
        coming.settle()
    assert blobs.read(ctx, digest) == PHOTO


def test_what_came_and_is_not_wanted_after_all_leaves_no_file(ctx):
    blobs.put(ctx, b"another")
    with pytest.raises(LostBlobError):
        _refuse_one_that_came(ctx)
    blobs.forget(ctx, sha256(b"another").hexdigest())
    assert files(ctx) == []


def _refuse_one_that_came(ctx):
    with blobs.coming(ctx) as coming:
        coming.put(sha256(PHOTO).hexdigest(), PHOTO)
        raise LostBlobError("")


@pytest.mark.parametrize("together", [True, False], ids=["where-one-call-flushes-all", "elsewhere"])
def test_all_that_came_is_flushed_before_it_gets_its_name(ctx, monkeypatch, together):
    steps = []
    if together:
        monkeypatch.setattr(files_of_ohdesk, "_syncfs", lambda: lambda _handle: steps.append("flush"))
    else:
        monkeypatch.setattr(files_of_ohdesk, "_syncfs", lambda: None)
        monkeypatch.setattr(files_of_ohdesk, "flush", lambda _file: steps.append("flush"))
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda *way: (steps.append("name"), replace(*way))[1])
    with blobs.coming(ctx) as coming:
        for number in range(3):
            content = bytes([number])
            coming.put(sha256(content).hexdigest(), content)
        coming.settle()
    assert steps == (["flush", *["name"] * 3, "flush"] if together else [*["flush"] * 3, *["name"] * 3])


def test_notes_of_many_are_those_of_each(ctx):
    with ctx.transaction() as session:
        session.add(blobs.BlobRow(sha256="a" * 64, size=0, held=False))
    with ctx.transaction() as session:
        blobs.note_all(session, {"a" * 64: 3, "b" * 64: 4})
        blobs.note_all(session, {})
    with ctx.reading() as session:
        assert blobs.held(session, ["a" * 64, "b" * 64, "c" * 64]) == {"a" * 64: 3, "b" * 64: 4}


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


def test_one_after_the_other_is_read_as_each_by_itself(ctx):
    contents = [b"", b"x", PHOTO * 900, PHOTO, PHOTO * 901]
    digests = [blobs.put(ctx, content) for content in contents]
    blobs.keep_within(ctx, digests[2], contents[2], digests[3:4])
    assert blobs.cut_of(ctx, digests[3]) is not None
    reader = blobs.Reader(ctx)
    assert [bytes(reader.read(digest)) for digest in digests] == contents


@pytest.mark.parametrize(
    "change", [lambda sealed: sealed[:-1], lambda sealed: sealed[:9], lambda sealed: b"1" + sealed]
)
def test_what_is_read_after_another_is_bound_to_its_hash(ctx, change):
    large, small = (blobs.put(ctx, content) for content in (PHOTO * 2, PHOTO))
    reader = blobs.Reader(ctx)
    reader.read(large)
    place = blobs.place_in(ctx.folder, ctx.keys.database, small)
    place.write_bytes(change(place.read_bytes()))
    with pytest.raises(LostBlobError):
        reader.read(small)
    place.unlink()
    with pytest.raises(LostBlobError):
        reader.read(small)
