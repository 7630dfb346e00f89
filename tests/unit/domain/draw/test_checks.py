"""Every sheet and seed outside the rules is refused, each with its own message, never repaired."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ohdesk.domain.canonical import canonical
from ohdesk.domain.draw.checks import (
    LARGEST_SHEET,
    check_commit,
    check_seed,
    check_sheet,
    drawn_up,
    read_sheet,
    recompute,
    seatings_problem,
)
from ohdesk.domain.draw.drawing import Candidate, Stratum
from ohdesk.errors import ProblemsError, UserError
from tests.published_draw import COMMIT, SHEET

DATA = json.dumps(SHEET, sort_keys=True, separators=(",", ":")).encode()


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(DATA)
    change(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def enormous() -> dict[str, Any]:
    """20,000 firms, all drawn, of 99 seats each, and 2,000 inspectors: 236 KB that would be computed for hours."""
    ids = [f"F{number:05d}" for number in range(20_000)]
    inspectors = [{"id": f"I{number:04d}", "lead": True} for number in range(2000)]
    return {
        "team": 99,
        "strata": [{"code": "A", "ids": ids, "num": 1, "den": 1, "min": 0}],
        "inspectors": inspectors,
        "recusals": [],
    }


def refusal(data: bytes) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_sheet(data)
    return [f"{problem.expected} {problem.found}" for problem in caught.value.problems]


def test_the_vector_is_accepted_and_read_back_whole():
    assert read_sheet(DATA).canonical() == DATA
    assert recompute(DATA, "1234567890").commit == COMMIT


def test_further_keys_are_kept_and_enter_the_commit_only():
    data = changed(lambda sheet: sheet.update(pool_sha256="ab" * 32, title="鹤山"))
    assert read_sheet(data).more == {"pool_sha256": "ab" * 32, "title": "鹤山"}
    assert read_sheet(data).canonical() == data
    assert recompute(data, "1234567890").commit != COMMIT


def test_a_sheet_that_was_let_through_says_nothing_of_another():
    read_sheet(DATA)
    for other in (DATA + b"\n", DATA[:-1], DATA.replace(b"I01", b"i01"), DATA.replace(b'"draw":1', b'"draw":1.0')):
        with pytest.raises(UserError):
            check_sheet(other)
    check_sheet(DATA)


ODD = {
    "an id twice": {"strata": (Stratum("A", ("A1", "A1"), 1, 1, 0),)},
    "an id in two groups": {"strata": (Stratum("A", ("A1",), 1, 1, 0), Stratum("B", ("A1",), 1, 1, 0))},
    "a group twice": {"strata": (Stratum("A", ("A1",), 1, 1, 0), Stratum("A", ("A2",), 1, 1, 0))},
    "ids not in order": {"strata": (Stratum("A", ("A2", "A1"), 1, 1, 0),)},
    "small letters": {"strata": (Stratum("A", ("a1",), 1, 1, 0),)},
    "a quote": {"strata": (Stratum("A", ('A"1',), 1, 1, 0),)},
    "what ends a list": {"strata": (Stratum("A", ('A","B',), 1, 1, 0),)},
    "a line feed": {"strata": (Stratum("A", ("A\n1",), 1, 1, 0),)},
    "no id": {"strata": (Stratum("A", ("", "A1"), 1, 1, 0),)},
    "Chinese": {"strata": (Stratum("A", ("厂",), 1, 1, 0),)},
    "a share of nothing": {"strata": (Stratum("A", ("A1",), 1, 0, 0),)},
    "no seats": {"team": 0},
    "a nonce too short": {"nonce": "0"},
    "an inspector twice": {"inspectors": (Candidate("I1", True), Candidate("I1", False))},
    "a title that is none": {"more": {"title": 7}},
}


@pytest.mark.parametrize("what", ODD)
def test_a_sheet_is_not_drawn_up_that_would_be_refused_for_the_same(what):
    sheet = replace(read_sheet(DATA), **ODD[what])
    with pytest.raises(ProblemsError) as caught:
        drawn_up(sheet)
    assert [f"{problem.expected} {problem.found}" for problem in caught.value.problems] == refusal(sheet.canonical())


@pytest.mark.parametrize("more", [{}, {"scope": []}, {"title": '"ids":[]', "x": {"ids": []}}, {"title": "鹤山"}])
def test_what_is_drawn_up_is_canonical_whatever_else_it_says(more):
    empty = Stratum("Z", (), 1, 1, 0)
    sheet = read_sheet(DATA)
    sheet = replace(sheet, more=more, strata=(*sheet.strata, empty))
    assert drawn_up(sheet) == canonical(sheet.value(sheet.strata))
    assert read_sheet(drawn_up(sheet)) == sheet


TAMPERED = {
    "nested deeply": (b"[" * 100_000 + b"]" * 100_000, "规范的 JSON"),
    "larger than any": (b" " * (LARGEST_SHEET + 1), "不超过"),
    "more than a lifetime": (changed(lambda s: s.update(**enormous())), "抽中家数"),
    "an enormous number": (changed(lambda s: s.update(cap=10**300)), "非负整数"),
    "a title that is none": (changed(lambda s: s.update(title=7)), "文字"),
    "exclusions without reasons": (changed(lambda s: s.update(exclusions=[["A001"]])), "编号和原因"),
    "absences that are none": (changed(lambda s: s.update(absences=7)), "编号和原因"),
    "a scope without conditions": (changed(lambda s: s.update(scope=[{"code": "A"}])), "各层的条件"),
    "canonical: a space": (DATA.replace(b'"cap":9', b'"cap": 9'), "不是规范格式"),
    "canonical: CRLF at the end": (DATA + b"\r\n", "不是规范格式"),
    "canonical: a mark at the start": (b"\xef\xbb\xbf" + DATA, "不是规范格式"),
    "canonical: a key twice": (DATA.replace(b'{"cap":9', b'{"cap":8,"cap":9'), "不是规范格式"),
    "canonical: an escaped letter": (DATA.replace(b"A001", b"\\u0041001", 1), "不是规范格式"),
    "not JSON": (DATA[:-1], "规范的 JSON"),
    "version": (changed(lambda s: s.update(v="ohdesk-draw/2")), "ohdesk-draw/1"),
    "nonce short": (changed(lambda s: s.update(nonce="0" * 63)), "64 位"),
    "nonce upper": (changed(lambda s: s.update(nonce="A" * 64)), "64 位"),
    "nonce number": (changed(lambda s: s.update(nonce=0)), "64 位"),
    "team none": (changed(lambda s: s.update(team=0)), "每组人数"),
    "cap true": (changed(lambda s: s.update(cap=True)), "每组人数"),
    "slack fraction": (changed(lambda s: s.update(slack=0.5)), "每组人数"),
    "draw text": (changed(lambda s: s.update(draw="1")), "非负整数"),
    "firm twice": (changed(lambda s: s["strata"][0]["ids"].insert(0, "A001")), "A001 出现两次"),
    "firm in two strata": (changed(lambda s: s["strata"][1]["ids"].insert(0, "A001")), "A001 出现两次"),
    "inspector twice": (changed(lambda s: s["inspectors"].append({"id": "I01", "lead": True})), "I01 出现两次"),
    "stratum twice": (changed(lambda s: s["strata"][1].update(code="A")), "A 出现两次"),
    "lower-case id": (changed(lambda s: s["strata"][0]["ids"].__setitem__(9, "a010")), "大写字母"),
    "line end in an id": (changed(lambda s: s["strata"][0]["ids"].__setitem__(9, "A010\n")), "大写字母"),
    "empty id": (changed(lambda s: s["strata"][0]["ids"].insert(0, "")), "大写字母"),
    "decomposed id": (changed(lambda s: s["strata"][0]["ids"].append("E\u0301")), "NFC"),
    "inspector id": (changed(lambda s: s["inspectors"][0].update(id="I 1")), "大写字母"),
    "reserved word": (changed(lambda s: s["inspectors"][0].update(id="UNASSIGNED")), "UNASSIGNED"),
    "unsorted": (changed(lambda s: s["strata"][0]["ids"].reverse()), "按顺序排列"),
    "float quota": (changed(lambda s: s["strata"][0].update(num=0.5)), "由整数组成"),
    "divided by zero": (changed(lambda s: s["strata"][0].update(den=0)), "由整数组成"),
    "negative quota": (changed(lambda s: s["strata"][0].update(min=-1)), "由整数组成"),
    "quota missing": (changed(lambda s: s["strata"][0].pop("num")), "由整数组成"),
    "lead as number": (changed(lambda s: s["inspectors"][0].update(lead=1)), "true / false"),
    "recusal alone": (changed(lambda s: s["recusals"].append(["I01"])), "回避的列表"),
    "part missing": (changed(lambda s: s.pop("recusals")), "缺少：recusals"),
    "control character": (changed(lambda s: s.update(plan="2026\u0007")), "控制字符"),
    "strata no list": (changed(lambda s: s.update(strata={})), "分层的列表"),
    "a list": (b"[]", "JSON 对象"),
    "nested too deep": (b"[" * 100_000, "规范的 JSON"),
    "lone surrogate": (b'{"plan":"\\ud800"}', "不是规范格式"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_sheet_outside_the_rules_is_refused_with_its_own_message(name):
    data, message = TAMPERED[name]
    assert data != DATA
    assert any(message in found for found in refusal(data)), refusal(data)


def test_the_largest_draw_of_any_county_can_be_computed():
    assert seatings_problem(2000, 4, 300) is None
    assert seatings_problem(20_000, 99, 2000) is not None


def test_all_problems_are_reported_at_once():
    data = changed(lambda s: (s.update(nonce="", team=0), s["strata"][0]["ids"].reverse()))
    assert len(refusal(data)) == 3


@pytest.mark.parametrize(
    "seed", ["", "123456789", "1" * 65, "1234567890 ", "1234567890\n", "１２３４５６７８９０", "12345a7890"]
)
def test_a_seed_that_is_not_ten_to_sixty_four_digits_is_refused(seed):
    with pytest.raises(UserError, match="10 到 64 位数字"):
        check_seed(seed)


def test_swapped_strata_or_one_other_byte_are_found_by_the_announced_commit():
    swapped = changed(lambda s: s["strata"].reverse())
    other_id = DATA.replace(b"A010", b"A011")
    check_commit(DATA, COMMIT)
    for data in (swapped, other_id):
        with pytest.raises(UserError, match="不是冻结时的那一份"):
            check_commit(data, COMMIT)


def test_a_roll_of_a_million_without_codes_fits_into_a_sheet():
    ids = [f"{number:08d}-0000-7000-8000-000000000000" for number in range(350_000)]
    stratum = {"code": "A", "ids": ids, "num": 0, "den": 1, "min": 2}
    data = changed(lambda sheet: sheet.update(strata=[stratum], recusals=[]))
    assert len(recompute(data, "2023733112").drawn) == 2
    assert len(data) / len(ids) * 1_000_000 < LARGEST_SHEET
