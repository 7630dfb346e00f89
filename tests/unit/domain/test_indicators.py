"""Rates as they are reported."""

from ohdesk.domain.indicators import Rate


def test_a_rate_is_rounded_down_so_that_no_target_is_met_by_rounding():
    assert Rate(1, 220).word == "0.4 %"
    assert Rate(1999, 2000).word == "99.9 %"
    assert Rate(3, 3).word == "100.0 %"


def test_a_rate_of_nothing_is_no_rate():
    assert Rate(0, 0).percent is None
    assert Rate(0, 0).word == "无对象"
