"""What names are found by: initials of every reading of their characters, in a bounded number of ways."""

import pytest

from ohdesk.search import folded, search_text, spellings


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("重庆样品五金厂", ("cqyp", "zqyp", "ypwjc")),
        ("长安样品电子厂", ("cayp", "zayp")),
        ("曾记样品厂", ("zjyp", "cjyp")),
        ("东莞样品家具厂", ("dgyp",)),
        ("大埔样品陶瓷厂", ("dbyp", "dpyp")),
        ("沙涌胶粘剂厂", ("scjnj", "syjzj", "scjzj")),
        ("番禺行乐商行", ("pyhlsh", "fyxysx", "pyhysh")),
    ],
)
def test_a_name_is_found_by_the_initials_of_every_reading(name, letters):
    text = search_text(name, "91441900MA50000022")
    assert [typed for typed in letters if typed not in text] == []


def test_a_list_is_ordered_by_the_usual_reading_alone():
    text = search_text("长安重工厂", "91441900MA50000022")
    assert text.split(" ")[:3] == ["cazgc", "长安重工厂", "91441900ma50000022"]


def test_a_name_read_in_one_way_is_not_made_longer():
    assert search_text("石桥金泰五金厂", "a") == "sqjtwjc 石桥金泰五金厂 a"
    assert search_text("", "") == ""


@pytest.mark.parametrize("length", [20, 200])
def test_a_name_that_is_read_in_a_million_ways_stays_short(length):
    name = ("重长曾乐行" * length)[:length]
    usual, *others = spellings(name)
    assert usual == ("zczlh" * length)[:length]
    assert len(others) <= 64
    assert len(search_text(name)) < 2 * length + 64 * 5 + 2
    assert {"cccy", "czcl"} <= set(others)  # its beginning is found by every reading


def test_what_has_no_pinyin_stands_for_itself():
    assert list(spellings(folded("ＭＡ-7 电子￥"))) == ["ma-7dz¥"]
