"""Photos: cleaned, encrypted before their row is, announced and brought in, and missed when their bytes are gone."""

from io import BytesIO

import pytest
from PIL import Image

from ohdesk import files
from ohdesk.domain.calendar import instant_text
from ohdesk.errors import MachineError, UserError
from ohdesk.services import blobs
from ohdesk.services.pictures import taking
from ohdesk.services.pictures.taking import clean_picture
from ohdesk.services.visit import conduct
from ohdesk.services.visit.filling import open_form
from ohdesk.services.visit.photos import (
    Caption,
    LostPhotoError,
    announce_photo,
    attach_photo,
    bring_in_photo,
    photo_bytes,
)
from tests.visiting import picture, started_visit


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def blob_files(ctx):
    return [path for path in (ctx.folder / "blobs").rglob("*") if path.is_file()]


def copy_file(ctx, photo):
    return blobs.place_in(ctx.folder, ctx.keys.database, photo.sha256)


def test_a_kept_picture_is_upright_small_and_bare():
    kept = clean_picture(picture(size=(4000, 2000)))
    with Image.open(BytesIO(kept)) as image:
        assert image.format == "JPEG"
        assert image.size == (800, 1600)
        assert not image.getexif()
        assert "exif" not in image.info
    assert b"CameraMaker" not in kept


def test_the_same_picture_is_always_kept_as_the_same_bytes():
    assert clean_picture(picture()) == clean_picture(picture())


@pytest.mark.parametrize("content", [b"", b"not a picture", picture()[:200], b"%PDF-1.7", b"GIF89a" + bytes(40)])
def test_what_is_no_picture_is_refused_in_plain_words(content):
    with pytest.raises(UserError) as refused:
        clean_picture(content)
    assert refused.value.remedy


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    out = BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    with pytest.raises(UserError) as refused:
        clean_picture(out.getvalue())
    assert "8000×8000" in refused.value.message


def test_photos_are_numbered_within_the_visit_and_read_back(ctx, visit):
    first = attach_photo(ctx, visit, "F03", picture("red"), Caption(text="除尘风机", place="打磨车间"))
    second = attach_photo(ctx, visit, "", picture("blue"))
    assert [first.number, second.number] == [1, 2]
    assert photo_bytes(ctx, first) == clean_picture(picture("red"))
    assert open_form(ctx, visit).photos == (first, second)
    assert first.taken_by == "李旸"


def test_the_file_of_a_photo_reveals_nothing(ctx, visit):
    photo = attach_photo(ctx, visit, "F03", picture())
    files = blob_files(ctx)
    assert len(files) == 2  # the copy and the original
    for file in files:
        assert not {photo.sha256, photo.original_sha256} & set(file.parts)
        assert b"JFIF" not in file.read_bytes()


def test_a_photo_that_cannot_be_stored_leaves_no_row(ctx, visit, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "flush", full)
    with pytest.raises(MachineError, match="磁盘已满"):
        attach_photo(ctx, visit, "F03", picture())
    assert open_form(ctx, visit).photos == ()


def test_a_photo_for_no_question_of_the_form_is_refused_before_anything_is_written(ctx, visit):
    with pytest.raises(UserError):
        attach_photo(ctx, visit, "Z99", picture())
    assert blob_files(ctx) == []


def test_a_photo_may_be_announced_and_brought_in_later(ctx, visit):
    announced = announce_photo(ctx, visit, "F03", Caption(text="除尘风机"))
    assert announced.announced
    brought = bring_in_photo(ctx, visit, 1, picture())
    assert not brought.announced
    assert brought.caption == "除尘风机"
    with pytest.raises(UserError):
        bring_in_photo(ctx, visit, 1, picture("red"))
    with pytest.raises(UserError):
        bring_in_photo(ctx, visit, 7, picture())


def test_an_announced_photo_may_come_after_the_visit_was_closed(ctx, visit):
    announce_photo(ctx, visit, "F03")
    with ctx.transaction() as session:
        conduct.close(session, visit, ctx.now())
    assert bring_in_photo(ctx, visit, 1, picture()).sha256
    with pytest.raises(UserError):
        attach_photo(ctx, visit, "F03", picture())


@pytest.mark.parametrize("harm", ["delete", "cut", "flip"])
def test_lost_bytes_are_noticed_and_the_photo_is_named(ctx, visit, harm):
    photo = attach_photo(ctx, visit, "F03", picture())
    file = copy_file(ctx, photo)
    content = file.read_bytes()
    if harm == "delete":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(content[:-1])
    else:
        file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(LostPhotoError) as lost:
        photo_bytes(ctx, photo)
    assert "照片 1 " in lost.value.message


def test_a_lost_photo_is_healed_by_the_same_original(ctx, visit):
    photo = attach_photo(ctx, visit, "F03", picture())
    copy_file(ctx, photo).unlink()
    with pytest.raises(UserError):
        bring_in_photo(ctx, visit, 1, picture("red"))
    bring_in_photo(ctx, visit, 1, picture())
    assert photo_bytes(ctx, photo)


def test_a_damaged_file_is_replaced_by_the_same_original(ctx, visit):
    photo = attach_photo(ctx, visit, "F03", picture())
    copy_file(ctx, photo).write_bytes(b"damaged")
    bring_in_photo(ctx, visit, 1, picture())
    assert photo_bytes(ctx, photo)


def test_a_file_that_is_not_there_is_named(ctx, visit, tmp_path):
    with pytest.raises(UserError) as refused:
        attach_photo(ctx, visit, "F03", tmp_path / "没有.jpg")
    assert "没有.jpg" in refused.value.message
    big = tmp_path / "big.jpg"
    big.write_bytes(bytes(taking.MOST_BYTES + 1))
    with pytest.raises(UserError):
        attach_photo(ctx, visit, "F03", big)


def test_the_time_of_shooting_is_the_telephones_and_never_that_of_attaching(ctx, visit):
    shot = attach_photo(ctx, visit, "F03", picture(shot_at="2026:03:02 09:15:07"))
    unknown = attach_photo(ctx, visit, "F03", picture("red"))
    assert (shot.taken_at, shot.attached_at) == ("2026-03-02T01:15:07Z", instant_text(ctx.now()))
    assert (unknown.taken_at, unknown.attached_at) == ("", instant_text(ctx.now()))
    assert announce_photo(ctx, visit, "F03").attached_at == ""
