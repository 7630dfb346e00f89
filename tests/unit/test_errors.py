"""What an error says: its sentences in one line, and its problems by field."""

import pytest

from ohdesk.errors import Problem, ProblemsError, UserError


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


def test_a_form_may_ask_every_error_for_its_problems_by_field():
    problem = Problem("单位名称", "必填", "空白", field="name")

    assert UserError("没有保存。").problems == ()
    assert {each.field for each in ProblemsError("没有保存。", (problem,)).problems} == {"name"}
