"""A hazard is found by what people call it, and by nothing that only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.forms.hazards import hazards

HAZARDS = hazards()
NAMES = [(name, hazard.name) for hazard in HAZARDS.all for name in (hazard.name, *hazard.synonyms, *hazard.cas)]


def found(text):
    return [hazard.name for hazard in HAZARDS.find(text)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("苯", "苯"),
        (" 苯 ", "苯"),
        ("Benzene", "苯"),
        ("71-43-2", "苯"),
        ("７１－４３－２", "苯"),
        ("CAS 71-43-2", "苯"),
        ("CAS号：71–43–2", "苯"),
        ("Ｎ，Ｎ－二甲基甲酰胺", "N,N-二甲基甲酰胺"),
        ("n,n二甲基甲酰胺", "N,N-二甲基甲酰胺"),
        ("1,1,1-三氯乙烷", "1,1,1-三氯乙烷"),
        ("1，1，1三氯乙烷", "1,1,1-三氯乙烷"),
        ("1, 2 - 二氯乙烷", "1,2-二氯乙烷"),
        ("甲苯-2,4-二异氰酸酯（TDI）", "甲苯-2,4-二异氰酸酯"),
        ("Cr（Ⅵ）", "六价铬"),
        ("Al₂O₃", "氧化铝粉尘"),
        ("木粉尘(硬)", "木粉尘（硬）"),
        ("硅尘", "矽尘"),
        ("噪音", "噪声"),
        ("电焊弧光", "紫外线"),
    ],
)
def test_one_is_found_however_it_is_written(written, name):
    assert found(written) == [name]


@pytest.mark.parametrize(
    "text", ["", " ", "-", "苯、甲苯", "1,1-二氯乙烷", "12-二氯乙烷", "71432", "苯（甲苯）", "粉", "\ud800"]
)
def test_what_is_no_name_finds_nothing(text):
    assert found(text) == []
    assert not HAZARDS.knows(text)


def test_a_name_that_does_not_tell_two_apart_finds_both():
    assert found("铅") == found("7439-92-1") == ["铅尘", "铅烟"]
    assert found("镍") == ["金属镍与难溶性镍化合物", "可溶性镍化合物"]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_every_name_finds_its_hazard(text, name):
    assert name in found(text)


WIDE = {each: chr(each + 0xFEE0) for each in range(0x21, 0x7F)} | {0x20: "\u3000"}


@given(st.sampled_from(NAMES), st.data())
def test_width_case_spaces_and_hyphens_do_not_matter(pair, data):
    text, name = pair
    if text[0].isdecimal() and text.replace("-", "").isdecimal():
        return  # a CAS number has its hyphens where they are
    written = "".join(
        data.draw(st.sampled_from(["", " ", "\u3000"]))
        + data.draw(st.sampled_from([each, each.translate(WIDE), each.upper(), "" if each == "-" else each]))
        for each in text
    )
    assert name in found(written)


@given(st.text())
def test_any_text_is_answered(text):
    assert HAZARDS.knows(text) is bool(found(text))


LOCANTS = [name for name, _hazard in NAMES if "," in name]


@pytest.mark.parametrize("name", LOCANTS)
def test_a_name_with_locants_is_known_as_a_whole(name):
    assert HAZARDS.knows(name)
