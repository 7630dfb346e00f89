"""Whatever a telephone makes of a picture: it is kept and looks right, or is refused with the reason."""

from io import BytesIO
from itertools import starmap

import msgspec
import pytest
from PIL import Image

from ohdesk.errors import UserError
from ohdesk.services.child.starting import Kind
from ohdesk.services.pictures import taking
from ohdesk.services.pictures.shrinking import shrink
from ohdesk.services.pictures.wire import Refusal, Shrunk
from tests.unit.services.pictures.odd_formats import more_cases
from tests.unit.services.pictures.odd_pictures import PHONE, Kept, cases, jpeg, png_of, saved, scene, shot

# The libraries warn of what they meet; what counts is what becomes of it.
pytestmark = pytest.mark.filterwarnings("ignore")
CASES = [*cases(), *more_cases()]


def close(one, other):
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def test_there_are_at_least_a_hundred_and_sixty():
    assert len({each.name for each in CASES}) == len(CASES) >= 160


@pytest.mark.parametrize("odd", CASES, ids=[each.name for each in CASES])
def test_it_is_kept_as_it_looks_or_refused_with_the_reason(odd):
    found = shrink(odd.make())
    if not isinstance(odd.becomes, Kept):
        assert found.refusal is odd.becomes
        assert not found.copy
        return
    assert found.refusal is None
    with Image.open(BytesIO(found.copy)) as kept:
        assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", odd.becomes.size)
        assert not kept.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & kept.info.keys()
        if odd.becomes.corners:
            right, bottom = kept.width - 1, kept.height - 1
            seen = map(kept.getpixel, ((0, 0), (right, 0), (0, bottom), (right, bottom)))
            assert all(starmap(close, zip(seen, odd.becomes.corners, strict=True)))


def test_time_and_device_are_read_from_a_telephones_own_format():
    found = shrink(PHONE.read_bytes())
    assert (found.shot_at, found.device) == ("2026-03-02T01:15:07Z", "Invented Phone 1")
    assert b"Invented" not in found.copy


@pytest.mark.parametrize(
    ("said", "offset", "instant"),
    [
        ("2026:03:02 09:15:07", "", "2026-03-02T01:15:07Z"),  # Beijing's, where nothing else is said
        ("2026:03:02 09:15:07", "+00:00", "2026-03-02T09:15:07Z"),
        ("2099:12:31 23:59:59", "+14:00", "2099-12-31T09:59:59Z"),
        ("0000:00:00 00:00:00", "", ""),
        ("昨天", "", ""),
    ],
)
def test_a_time_that_is_none_counts_as_not_said(said, offset, instant):
    assert shrink(shot(said, offset)).shot_at == instant


def test_in_the_child_a_bad_one_costs_itself_alone():
    given = [jpeg(), b"no picture", png_of(60_000, 60_000), PHONE.read_bytes(), jpeg(scene((90, 60)))]
    became = list(taking.shrunk_all(given, len(given)))
    assert [type(each) for each in became] == [Shrunk, UserError, UserError, Shrunk, Shrunk]
    assert "60000×60000" in became[2].message
    assert became[0].copy == shrink(given[0]).copy


@pytest.mark.parametrize("why", Refusal)
def test_every_refusal_says_what_to_do(why):
    with pytest.raises(UserError) as refused:
        taking._told(msgspec.msgpack.encode(Shrunk(refusal=why, width=9, height=9)))
    assert refused.value.message
    assert refused.value.remedy


def test_a_child_that_dies_over_a_picture_is_told_and_the_next_is_taken(monkeypatch):
    monkeypatch.setattr(taking, "KIND", Kind("", "tests.unit.services.pictures.dying_decoder", 1 << 30))
    first, second = taking.shrunk_all([b"die", saved(scene())], 2)
    assert isinstance(first, UserError)
    assert isinstance(second, Shrunk)
