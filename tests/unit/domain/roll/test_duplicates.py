"""What two entries of a roll have in common, and which pairs come of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.roll.duplicates import Likeness, Listed, Twice, alike, core_of, keys, pairs
from ohdesk.services.roll.duplicates import legal_forms

CODE = "91000000MA0000000"
RIGHT = CODE + uscc_check_character(CODE)
OTHER = CODE[:-1] + "1" + uscc_check_character(CODE[:-1] + "1")


def listed(name="石桥陶瓷有限公司", uscc="", address="", phone=""):
    return Listed("a", name, uscc, address, phone)


@pytest.mark.parametrize(
    "written",
    [
        "石桥陶瓷有限责任公司",
        "石桥陶瓷公司",
        "石桥陶瓷股份有限公司",
        "石桥 陶瓷 有限公司",
        "石桥·陶瓷．有限公司",
        "石桥陶瓷（有限公司）",
        "石桥陶瓷(有限公司)",
        "石桥陶瓷",
    ],
)
def test_a_name_is_the_same_however_its_legal_form_and_marks_are_written(written):
    assert alike(listed(), listed(written), legal_forms()) == (Likeness.NAME,)


@pytest.mark.parametrize("written", ["石桥陶瓷有限公司一分公司", "石桥陶瓷厂", "岚石陶瓷有限公司", ""])
def test_another_name_is_another(written):
    assert alike(listed(), listed(written), legal_forms()) == ()


@pytest.mark.parametrize("name", ["有限公司", "公司", "个体"])
def test_a_name_that_is_a_legal_form_alone_is_left_whole(name):
    assert core_of(name, legal_forms()) == name


def test_a_sole_trader_is_the_same_with_and_without_its_form():
    one, other = listed("石桥镇老陈五金店（个体工商户）"), listed("石桥镇老陈五金店")
    assert alike(one, other, legal_forms()) == (Likeness.NAME,)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"uscc": RIGHT}, {"uscc": RIGHT}, (Likeness.CODE,)),
        (
            {"address": "石桥镇东路 1 号", "phone": "0757-8800 1234"},
            {"address": "石桥镇东路１号", "phone": "075788001234"},
            (Likeness.PLACE,),
        ),
        ({"address": "石桥镇东路1号"}, {"address": "石桥镇东路1号"}, (Likeness.ADDRESS,)),
        ({"phone": "13800000000、88001234"}, {"phone": "8800-1234"}, (Likeness.PHONE,)),
        ({"address": "东路"}, {"address": "东路"}, ()),
        ({"phone": "801"}, {"phone": "801"}, ()),
        ({"uscc": RIGHT, "phone": "88001234"}, {"uscc": OTHER, "phone": "88001234"}, ()),
    ],
)  # fmt: skip
def test_what_two_of_different_names_have_in_common(one, other, why):
    assert alike(listed("甲厂", **one), listed("乙厂", **other), legal_forms()) == why


def test_of_two_right_codes_only_the_name_is_worth_a_look():
    one, other = listed(uscc=RIGHT, phone="88001234"), listed(uscc=OTHER, phone="88001234")
    assert alike(one, other, legal_forms()) == (Likeness.NAME,)


def test_what_tells_most_comes_first_and_a_pair_once():
    groups = {Likeness.PHONE: [["c", "d"], ["a", "b"]], Likeness.CODE: [["b", "a"]]}
    assert pairs(groups) == ([("a", "b"), ("c", "d")], 0)


def test_a_pair_told_apart_is_not_made_again_and_the_rest_of_its_group_is():
    found, _ = pairs({Likeness.NAME: [["a", "b", "c"]]}, {("a", "b")})
    assert found == [("a", "c"), ("b", "c")]


def test_at_an_address_of_many_nobody_is_likely():
    assert pairs({Likeness.ADDRESS: [[str(number) for number in range(5)]]}) == ([], 0)


def test_a_large_group_makes_as_many_pairs_as_it_has_entries():
    found, more = pairs({Likeness.NAME: [[f"{number:05d}" for number in range(5000)]]}, most=100)
    assert (len(found), more) == (100, 4899)


@given(st.lists(st.integers()))
def test_what_came_twice_is_never_missed(numbers):
    twice = Twice(len(numbers))
    for each in numbers:
        twice.note(each)
    assert all(each in twice for each in numbers if numbers.count(each) > 1)


texts = st.text(alphabet="石桥厂公司有限（）() ·AaＡ1", max_size=8)
entries = st.builds(Listed, st.uuids().map(str), texts, st.sampled_from(["", RIGHT, OTHER]), texts, texts)


@given(entries, entries)
def test_two_are_alike_only_where_a_key_is_shared(one, other):
    shared = set(keys(one, legal_forms())) & set(keys(other, legal_forms()))
    assert set(alike(one, other, legal_forms())) <= {likeness for likeness, _ in shared}
    assert alike(one, other, legal_forms()) == alike(other, one, legal_forms())


def test_of_what_came_once_few_are_taken_for_more():
    twice = Twice(2000)
    for each in range(2000 * 5):  # an entry has five keys at most
        twice.note(hash(("石桥", each)))
    assert sum(hash(("石桥", each)) in twice for each in range(2000 * 5)) < 2000 * 5 // 20
