"""Several words of a choice are read however they are set apart, and a word with a comma stays whole."""

import pytest

from ohdesk.domain.register.definition import Field, Kind, Words
from ohdesk.domain.register.values import read_value, typed_text

HAZARDS = Field(
    "hazards",
    Words("危害因素"),
    Kind.CHOICES,
    choices=(
        ("苯", Words("苯", "benzene")),
        ("甲苯", Words("甲苯")),
        ("1,2-二氯乙烷", Words("1,2-二氯乙烷")),
        ("tech", Words("技术、工艺（变更）")),
    ),
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("苯、甲苯", "苯 甲苯"),
        ("1,2-二氯乙烷，苯", "1,2-二氯乙烷 苯"),
        ("１，２-二氯乙烷；benzene", "1,2-二氯乙烷 苯"),
        ("技术、工艺（变更）, 苯", "tech 苯"),
        (" 苯,苯,, ", "苯"),
        ("", None),
        ("、", None),
    ],
)
def test_words_are_read_whole(typed, kept):
    if kept is None and typed:
        with pytest.raises(ValueError, match="、"):
            read_value(HAZARDS, typed)
    else:
        assert read_value(HAZARDS, typed) == kept
        assert read_value(HAZARDS, typed_text(HAZARDS, kept)) == kept


@pytest.mark.parametrize("typed", ["苯胺", "1,3-二氯乙烷", "苯、乙苯", "甲苯苯"])
def test_a_word_that_is_none_is_refused(typed):
    with pytest.raises(ValueError, match=typed):
        read_value(HAZARDS, typed)
