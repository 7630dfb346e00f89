"""A problem in words: an example reads as an example, never as an order."""

import ast
import re
from pathlib import Path

import ohdesk
from ohdesk.domain.problems import at_field, blank, in_list
from ohdesk.errors import Problem

WRONG_DAY = Problem("失效日期", "日期", "2027/2/30", field="valid_to", example="2026-01-01")


def test_an_example_is_shown_as_one_beside_the_field_and_in_a_list():
    assert at_field(WRONG_DAY) == "请写成 2026-01-01 这样的日期。"
    assert in_list(WRONG_DAY) == "失效日期：请写成 2026-01-01 这样的日期，现为2027/2/30。"


def test_where_the_remedy_says_it_all_nothing_else_is_said():
    empty = Problem("姓名", "", "", "请填写。", field="name")
    assert (at_field(empty), in_list(empty)) == ("请填写。", "姓名：请填写。")


def test_what_is_blank_is_asked_for_and_never_expected_to_be_required():
    assert in_list(blank("姓名", "name")) == "姓名：请填写姓名。"
    assert at_field(blank("理由", "reason", "请写明理由。")) == "请写明理由。"
    assert in_list(Problem("单位", "18 位", "")) == "单位：应为18 位，现为空白。"


def test_no_problem_expects_one_particular_day():
    ordered = []
    for path in sorted(Path(ohdesk.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                text = ast.unparse(node.args[1])
                ordered += [f"{path.name}: {text}"] if re.search(r"\d{4}-\d{2}-\d{2}", text) else []
    assert ordered == []


def test_nothing_is_expected_to_be_written_or_to_be_required():
    """“应为必填” and “应为写明事实” are no sentences: who asks for something says so in the remedy."""
    orders = []
    for path in sorted(Path(ohdesk.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                text = ast.unparse(node.args[1])
                orders += [f"{path.name}: {text}"] if re.search(r"必填|tr\(['\"](写明|填写|确定|请)", text) else []
    assert orders == []
