"""The text of a page's QR code comes back as what was put into it, and as nothing when it is not ours."""

import pytest

from ohdesk.domain.paper_mark import PaperMark, read_mark

MARK = PaperMark("0192c0ff-ee00-7a2d-ac7a-da07c17e09d4", 2, 12, "9f86d081884c7d65")
TEXT = "OHDESK1*0192C0FFEE007A2DAC7ADA07C17E09D4*2*12*9F86D081884C7D65"


def test_a_mark_is_its_text_and_the_text_the_mark():
    assert MARK.text == TEXT
    assert read_mark(TEXT) == MARK


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.lower(),
        TEXT + "\n",
        TEXT + "*1",
        " " + TEXT,
        TEXT.replace("OHDESK1", "OHDESK2"),
        TEXT.replace("*2*12*", "*0*12*"),
        TEXT.replace("*2*12*", "*13*12*"),
        TEXT.replace("*2*12*", "*02*12*"),
        TEXT.replace("*2*12*", "*-1*12*"),
        TEXT.replace("*2*12*", "*2*99999*"),
        TEXT.replace("*2*12*", "*２*12*"),
        TEXT.replace("*2*12*", "**12*"),
        TEXT.replace("9F86", "9G86"),
        TEXT[:-1],
        TEXT.replace("0192C0FF", "0192C0F"),
        "https://example.invalid/?" + TEXT,
        "9" * 100_000,
    ],
)
def test_what_is_not_ours_is_no_mark(text):
    assert read_mark(text) is None
