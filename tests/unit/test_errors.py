"""Sentences of an error in one line."""

import pytest

from ohdesk.errors import UserError


@pytest.mark.parametrize(
    ("message", "remedy", "whole"),
    [
        ("密码不对。", "请检查大小写。", "密码不对。请检查大小写。"),
        ("The password is wrong.", "Check upper case.", "The password is wrong. Check upper case."),
        ("The password is wrong.", "", "The password is wrong."),
    ],
)
def test_both_sentences_stand_in_one_line(message, remedy, whole):
    assert UserError(message, remedy).whole == whole
