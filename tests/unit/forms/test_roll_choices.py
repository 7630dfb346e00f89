"""Sizes that follow from persons alone, by the rules of 2017."""

import pytest

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.forms.industries import industry_name
from ohdesk.forms.roll_choices import field_words, size_by_workers


@pytest.mark.parametrize(
    ("code", "workers", "size"),
    [
        ("C3071", "1000", "大型"),
        ("3071", "999", "中型"),
        ("B1011", "300", "中型"),
        ("C3071", "299", "小型"),
        ("C3071", "20", "小型"),
        ("C3071", "19", "微型"),
        ("C3071", "", ""),
        ("E4710", "500", ""),
        ("", "500", ""),
    ],
)
def test_a_size_follows_from_persons_where_the_rules_ask_for_them(code, workers, size):
    assert size_by_workers(code, workers) == size


def test_words_are_of_fields_that_the_roll_has():
    assert field_words().keys() <= FIELD_BY_KEY.keys()
    assert all(len(set(each.words)) == len(each.words) for each in field_words().values())


def test_the_list_of_industries_is_the_edition_of_2017():
    assert industry_name("3071") == industry_name("C3071") == "建筑陶瓷制品制造"  # of 2011: 卫生陶瓷
    assert industry_name("C3843") == "铅蓄电池制造"  # not there in 2011
    assert industry_name("C3033") == ""
