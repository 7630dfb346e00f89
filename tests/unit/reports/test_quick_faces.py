"""A face read at once says what it says to reportlab."""

from pathlib import Path

import pytest
from reportlab.pdfbase import ttfonts

from ohdesk.paths import resources
from ohdesk.reports import fonts
from ohdesk.reports.quick_faces import Face

SAID = ("charToGlyph", "charWidths", "defaultWidth", "name", "ascent", "bbox", "stemV")


def face_file(name: str) -> str:
    return str(resources() / "fonts" / fonts.FILES[name])


@pytest.mark.parametrize("name", fonts.FILES)
def test_a_face_says_of_its_characters_what_reportlab_reads(name):
    theirs, ours = ttfonts.TTFontFile(face_file(name)), Face(face_file(name))
    assert {key: getattr(ours, key) for key in SAID} == {key: getattr(theirs, key) for key in SAID}
    assert list(ours.glyphPos) == theirs.glyphPos
    assert [ours.hmetrics[glyph] for glyph in range(len(theirs.hmetrics))] == theirs.hmetrics


@pytest.mark.parametrize("name", fonts.FILES)
def test_a_subset_has_the_same_bytes(name):
    # Letters with marks are put together of others.
    text = [0, *map(ord, "粉尘噪声 éÅ㎡①"), 0xA0]
    assert Face(face_file(name)).makeSubset(text) == ttfonts.TTFontFile(face_file(name)).makeSubset(text)


def test_a_face_that_breaks_off_is_refused(tmp_path):
    short = tmp_path / "short.ttf"
    short.write_bytes(Path(face_file(fonts.REGULAR)).read_bytes()[:200_000])
    with pytest.raises(ttfonts.TTFError):
        Face(str(short))
