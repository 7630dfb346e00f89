"""A problem in words: an example reads as an example, never as an order."""

import ast
import re
from pathlib import Path

import ohdesk
from ohdesk.domain.problems import at_field, in_list
from ohdesk.errors import Problem

WRONG_DAY = Problem("失效日期", "日期", "2027/2/30", field="valid_to", example="2026-01-01")


def test_an_example_is_shown_as_one_beside_the_field_and_in_a_list():
    assert at_field(WRONG_DAY) == "请写成 2026-01-01 这样的日期。"
    assert in_list(WRONG_DAY) == "失效日期：请写成 2026-01-01 这样的日期，现为2027/2/30。"


def test_where_the_remedy_says_it_all_nothing_else_is_said():
    empty = Problem("姓名", "", "", "请填写。", field="name")
    assert (at_field(empty), in_list(empty)) == ("请填写。", "姓名：请填写。")


def test_no_problem_expects_one_particular_day():
    ordered = []
    for path in sorted(Path(ohdesk.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                text = ast.unparse(node.args[1])
                ordered += [f"{path.name}: {text}"] if re.search(r"\d{4}-\d{2}-\d{2}", text) else []
    assert ordered == []
