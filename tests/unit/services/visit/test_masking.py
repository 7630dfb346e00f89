"""Faces and names on photos: covered on the one copy that leaves, never on the original, and taken back until then."""

from io import BytesIO

import pytest
from PIL import Image

from ohdesk.domain.evidence import Sensitive
from ohdesk.domain.leaving import Omission
from ohdesk.domain.masking import Mask, read_masks
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services import blobs
from ohdesk.services.record.leave_check import leave_check
from ohdesk.services.visit import conduct, evidence, masking, photo_order
from ohdesk.services.visit.photo_order import Particulars
from ohdesk.services.visit.photos import Caption, attach_photo, bring_in_photo, list_photos, photo_bytes
from tests.visiting import picture, started_visit

FACE = Mask(8, 40, 48, 64)
SAID = Caption(text="打磨岗位", place="一车间")


def patterned():
    """A photo of 160 × 120 on which a face would be seen: no two of its parts are alike."""
    image = Image.effect_mandelbrot((160, 120), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def pixels(content, box):
    with Image.open(BytesIO(content)) as opened:
        return set(opened.convert("RGB").crop(box).get_flattened_data())


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def test_what_is_covered_is_nowhere_in_the_copy_and_the_original_stays(ctx, visit):
    original = patterned()
    before = attach_photo(ctx, visit, "F03", original, SAID)
    plain = photo_bytes(ctx, before)
    masking.mask(ctx, visit, 1, [FACE])
    (after,) = list_photos(ctx, visit)
    covered = photo_bytes(ctx, after)
    inside = (FACE.x + 8, FACE.y + 8, FACE.x + FACE.width - 8, FACE.y + FACE.height - 8)
    assert len(pixels(plain, inside)) > 50
    assert pixels(covered, inside) == {(64, 64, 64)}
    assert pixels(covered, (100, 20, 150, 90)) == pixels(plain, (100, 20, 150, 90))
    assert (after.masked, after.original_sha256) == (1, before.original_sha256)
    assert blobs.read(ctx, after.original_sha256) == original
    masking.mask(ctx, visit, 1, [])
    assert list_photos(ctx, visit) == (before,)
    assert photo_bytes(ctx, before) == plain


@pytest.mark.parametrize("wrong", [Mask(500, 10, 20, 20), Mask(0, 0, 3, 90), Mask(-4, 0, 30, 30)])
def test_a_mask_that_covers_nothing_is_refused_and_nothing_is_changed(ctx, visit, wrong):
    before = attach_photo(ctx, visit, "F03", patterned(), SAID)
    with pytest.raises(UserError):
        masking.mask(ctx, visit, 1, [FACE, wrong])
    assert list_photos(ctx, visit) == (before,)


def test_what_is_typed_as_a_mask_is_a_rectangle_or_named():
    assert read_masks(["400,120，160, 200"]) == (Mask(400, 120, 160, 200),)
    with pytest.raises(ProblemsError) as refused:
        read_masks(["400,120,160", "a,b,c,d", "1,2,30,40"])
    assert [each.found for each in refused.value.problems] == ["400,120,160", "a,b,c,d"]


def test_the_same_photo_brought_in_again_stays_covered(ctx, visit):
    attach_photo(ctx, visit, "F03", patterned(), SAID)
    masking.mask(ctx, visit, 1, [FACE])
    (covered,) = list_photos(ctx, visit)
    blobs.place_in(ctx.folder, ctx.keys.database, covered.sha256).unlink()
    bring_in_photo(ctx, visit, 1, patterned())
    (again,) = list_photos(ctx, visit)
    assert (again.sha256, again.masked) == (covered.sha256, 1)
    assert photo_bytes(ctx, again)


def test_after_the_signatures_nothing_is_covered_taken_back_or_marked(ctx, visit):
    attach_photo(ctx, visit, "F03", picture(), SAID)
    with ctx.transaction() as session:
        conduct.close(session, visit, ctx.now())
    with pytest.raises(UserError):
        masking.mask(ctx, visit, 1, [FACE])
    with pytest.raises(UserError):
        masking.clear(ctx, visit)
    with pytest.raises(UserError):
        evidence.mark(ctx, visit, evidence.find(ctx, visit, 1), Sensitive.PRIVACY)


def test_the_leave_check_names_photos_on_which_nobody_looked_for_faces_and_those_not_put_anywhere(ctx, visit):
    for colour in ("red", "teal", "navy", "olive"):
        attach_photo(ctx, visit, "", picture(colour), SAID)
    attach_photo(ctx, visit, "F03", picture("pink"), Caption(text="打磨岗位"))

    def said(*kinds):
        return [(each.kind, each.about) for each in leave_check(ctx, visit).gaps if each.kind in kinds]

    assert said(Omission.NO_ITEM) == [(Omission.NO_ITEM, str(number)) for number in range(1, 5)]
    assert said(Omission.NO_CAPTION) == [(Omission.NO_CAPTION, "5")]  # where it was taken
    (faces,) = [each for each in leave_check(ctx, visit).gaps if each.kind is Omission.FACES]
    assert faces.sentence.startswith("1、2、3、4、5 号")
    assert not faces.kind.blocks
    photo_order.describe(ctx, visit, 1, Particulars(question=""))  # the visit as a whole
    photo_order.describe(ctx, visit, 2, Particulars(question="F03"))
    masking.mask(ctx, visit, 1, [Mask(0, 0, 20, 20)])
    masking.clear(ctx, visit, [2])
    evidence.mark(ctx, visit, evidence.find(ctx, visit, 3), Sensitive.PRIVACY)  # printed nowhere
    assert said(Omission.NO_ITEM) == [(Omission.NO_ITEM, "3"), (Omission.NO_ITEM, "4")]
    (faces,) = [each for each in leave_check(ctx, visit).gaps if each.kind is Omission.FACES]
    assert faces.sentence.startswith("4、5 号")
    assert masking.clear(ctx, visit) == 3
    assert said(Omission.FACES) == []
