"""The double-random draw keeps its promises, and agrees with a second, naive implementation."""

import ast
import csv
import itertools
import json
import re
from collections import Counter
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.draw import drawing as draw_module
from ohdesk.domain.draw.drawing import (
    UNASSIGNED,
    Candidate,
    DrawResult,
    PoolEntry,
    Sheet,
    Stratum,
    commitment,
    csv_bytes,
    digest,
    draw,
    draw_key,
    grouped,
    pool_csv,
    share_out,
    ticket_order,
    typed_seed,
)

SEED_1 = "20237331128159211123"
SEED_2 = "20237331128159211124"
COMMIT = "4e2ed17a1fa8e4dd482683f777aeaaf4fd564b7110ec6909bf34d9d6c42967db"


def numbered(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number:03d}" for number in range(1, count + 1))


VECTOR = Sheet(
    plan="2026-HY-001",
    draw=1,
    nonce="0" * 64,
    team=2,
    cap=9,
    slack=1,
    strata=(
        Stratum("A", numbered("A", 10), 50, 100, 1),
        Stratum("B", numbered("B", 20), 10, 100, 1),
        Stratum("C", numbered("C", 3), 1, 100, 1),
    ),
    inspectors=(Candidate("I01", True), Candidate("I02", False), Candidate("I03", True), Candidate("I04", False)),
    recusals=(("I01", "A001"), ("I03", "A001"), ("I02", "B007")),
)

names = st.text(alphabet="0123456789ABCXYZ-", min_size=1, max_size=6)
seeds = st.text(alphabet="0123456789", min_size=10, max_size=64)


@st.composite
def sheets(rng) -> Sheet:
    firms = rng(st.lists(names, max_size=25, unique=True))
    codes = rng(st.lists(st.text(alphabet="甲乙丙AB", min_size=1, max_size=3), min_size=1, max_size=3, unique=True))
    people = rng(st.lists(names, max_size=5, unique=True))
    cuts = [firms[index :: len(codes)] for index in range(len(codes))]
    small = st.integers(0, 4)
    return Sheet(
        plan=rng(st.sampled_from(["2026-HY-001", "鹤山〔2026〕3号"])),
        draw=rng(st.integers(1, 9)),
        nonce=rng(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64)),
        team=rng(st.integers(1, 3)),
        cap=rng(st.integers(0, 9)),
        slack=rng(st.integers(0, 2)),
        strata=tuple(
            Stratum(code, tuple(sorted(ids)), rng(small), rng(st.integers(1, 5)), rng(small))
            for code, ids in zip(codes, cuts, strict=True)
        ),
        inspectors=tuple(Candidate(name, rng(st.booleans())) for name in people if name != UNASSIGNED),
        recusals=tuple(rng(st.lists(st.tuples(names, names), max_size=4))),
    )


def hold(sheet: Sheet, seed: str) -> DrawResult:
    return draw(sheet, commitment(sheet.canonical()), seed)


def naive(sheet: Sheet, seed: str) -> list[list[str]]:
    """The protocol as plainly as it can be said, sharing nothing with the program."""

    def h(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    document = {
        "v": "ohdesk-draw/1",
        "plan": sheet.plan,
        "draw": sheet.draw,
        "nonce": sheet.nonce,
        "team": sheet.team,
        "cap": sheet.cap,
        "slack": sheet.slack,
        "strata": [
            {"code": s.code, "ids": list(s.ids), "num": s.num, "den": s.den, "min": s.min} for s in sheet.strata
        ],
        "inspectors": [{"id": i.id, "lead": i.lead} for i in sheet.inspectors],
        "recusals": [list(pair) for pair in sheet.recusals],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    key = h("\0".join(["ohdesk-draw/1", h(text), sheet.nonce, seed]))
    winners = []
    for s in sheet.strata:
        everyone = sorted([h(f"E\0{key}\0{s.code}\0{firm}"), firm] for firm in s.ids)
        wanted = 0
        while wanted * s.den < len(s.ids) * s.num:
            wanted += 1
        wanted = max(wanted, s.min)
        winners += [[t, s.code, firm, place + 1] for place, (t, firm) in enumerate(everyone) if place < wanted]
    visits: Counter[str] = Counter()
    rows = []
    for t, code, firm, place in sorted(winners):
        row = [code, str(place), firm, t]
        for seat in range(sheet.team):
            free = [i for i in sheet.inspectors if (i.id, firm) not in sheet.recusals and i.id not in row[4:]]
            free = [i for i in free if visits[i.id] < sheet.cap and (i.lead or seat != 0)]
            free = [i for i in free if all(visits[i.id] - visits[other.id] <= sheet.slack for other in free)]
            lots = sorted((h(f"I\0{key}\0{firm}\0{seat}\0{i.id}"), i.id) for i in free)
            row.append(lots[0][1] if lots else "UNASSIGNED")
            visits[row[-1]] += 1
        rows.append(row)
    return [["commit", h(text)], *rows]


def test_the_published_vectors_still_give_the_published_results():
    expected = {
        SEED_1: "B001:I01,I04 A001:UNASSIGNED,I04 C002:I01,I02 B004:I03,I04 "
        "A003:I01,I03 A006:I01,I02 A005:I03,I02 A010:I01,I02",
        SEED_2: "A005:I01,I04 C002:I01,I02 B013:I03,I01 B016:I03,I02 "
        "A004:I03,I04 A001:UNASSIGNED,I02 A009:I03,I01 A003:I03,I04",
    }
    for seed, firms in expected.items():
        result = hold(VECTOR, seed)
        assert result.commit == COMMIT
        assert " ".join(f"{firm.id}:{','.join(firm.seats)}" for firm in result.drawn) == firms


def test_the_published_tickets_and_hashes_still_hold():
    tickets = {firm.id: firm.ticket[:16] for firm in hold(VECTOR, SEED_1).drawn}
    assert tickets["B001"] == "0184bb6faa23d03f"
    assert tickets["A001"] == "0463d9d4c18aa8ba"
    assert tickets["C002"] == "0683b650b76b3573"
    assert digest("E", "00", "甲", "鹤山区石林镇") == "60cf3b5306011ebe064327216fde6918b673641a14b002b5d02871bde46df2d6"
    assert (digest("", "a")[:8], digest("", "a")[-4:]) == ("022a6979", "f93c")
    assert (digest("a", "")[:8], digest("a", "")[-4:]) == ("ffe9aaea", "f9f3")


@given(sheets(), seeds)
def test_a_naive_implementation_gives_the_same_rows(sheet, seed):
    lines = hold(sheet, seed).csv().decode().splitlines()
    assert lines == [",".join(map(str, row)) for row in naive(sheet, seed)]


@given(sheets(), seeds)
def test_every_stratum_gives_its_quota_and_nobody_twice(sheet, seed):
    result = hold(sheet, seed)
    drawn = Counter(firm.stratum for firm in result.drawn)
    assert all(drawn[stratum.code] == stratum.quota for stratum in sheet.strata)
    assert len({firm.id for firm in result.drawn}) == len(result.drawn)
    assert [firm.ticket for firm in result.drawn] == sorted(firm.ticket for firm in result.drawn)


@given(sheets(), seeds)
def test_no_team_breaks_recusal_cap_or_lead(sheet, seed):
    leaders = {inspector.id for inspector in sheet.inspectors if inspector.lead}
    load: Counter[str] = Counter()
    for firm in hold(sheet, seed).drawn:
        taken = [name for name in firm.seats if name != UNASSIGNED]
        assert len(set(taken)) == len(taken)
        assert not {(name, firm.id) for name in taken} & set(sheet.recusals)
        assert firm.seats[0] in leaders | {UNASSIGNED}
        load.update(taken)
    assert all(count <= sheet.cap for count in load.values())


@given(sheets(), seeds, st.data())
def test_leaving_out_an_undrawn_firm_keeps_the_order_of_the_others(sheet, seed, data):
    key = draw_key(COMMIT, sheet.nonce, seed)
    stratum = data.draw(st.sampled_from(sheet.strata))
    order = ticket_order(key, stratum, len(stratum.ids))
    undrawn = [firm for _, firm in order[stratum.quota :]]
    if undrawn:
        left_out = data.draw(st.sampled_from(undrawn))
        smaller = Stratum(stratum.code, tuple(firm for firm in stratum.ids if firm != left_out), 0, 1, 0)
        assert ticket_order(key, smaller, len(smaller.ids)) == [pair for pair in order if pair[1] != left_out]


@given(sheets(), seeds)
def test_a_larger_quota_only_adds(sheet, seed):
    key = draw_key(COMMIT, sheet.nonce, seed)
    for stratum in sheet.strata:
        everyone = ticket_order(key, stratum, len(stratum.ids))
        for count in range(len(stratum.ids)):
            assert ticket_order(key, stratum, count) == everyone[:count]


def test_every_firm_has_its_fair_chance_and_neighbours_do_not_hang_together():
    rounds = 1500
    drawn: Counter[str] = Counter()
    together = 0
    pairs: Counter[frozenset[str]] = Counter()
    for number in range(rounds):
        result = hold(VECTOR, f"{number:010d}")
        ids = {firm.id for firm in result.drawn}
        drawn.update(ids)
        together += {"A004", "A005"} <= ids
        pairs.update(frozenset(firm.seats) for firm in result.drawn)
    for firms, share in ((numbered("A", 10), 0.5), (numbered("B", 20), 0.1), (numbered("C", 3), 1 / 3)):
        allowed = 5 * (rounds * share * (1 - share)) ** 0.5
        assert all(abs(drawn[firm] - rounds * share) < allowed for firm in firms)
    expected = rounds * 2 / 9  # five of ten: both of two neighbours with chance 5/10 · 4/9
    assert abs(together - expected) < 5 * (expected * (1 - 2 / 9)) ** 0.5
    led = [pairs[frozenset(pair)] for pair in itertools.product(("I01", "I03"), ("I02", "I04"))]
    assert min(led) > 0.9 * max(led)


@given(st.dictionaries(st.sampled_from(["甲", "乙", "丙", "丁"]), st.integers(0, 50), min_size=1), st.data())
def test_a_fixed_total_is_shared_out_by_largest_remainder(sizes, data):
    total = data.draw(st.integers(0, sum(sizes.values())))
    shares = share_out(total, sizes)
    assert sum(shares.values()) == total
    assert all(0 <= shares[code] <= sizes[code] for code in sizes)
    assert all(abs(shares[code] * sum(sizes.values()) - total * sizes[code]) <= sum(sizes.values()) for code in sizes)


def test_a_total_larger_than_the_pool_cannot_be_shared_out():
    with pytest.raises(ValueError, match="outside"):
        share_out(4, {"A": 1, "B": 2})


def test_equal_remainders_go_to_the_first_code():
    assert share_out(1, {"B": 5, "A": 5}) == {"A": 1, "B": 0}


@pytest.mark.parametrize("name", ["=1", '=1+1,"x"', "a,b", 'a"b', "a\nb", "+1", "-1", "@x", "石桥厂", "石=桥"])
def test_pool_csv_is_harmless_in_a_spreadsheet_and_nothing_in_it_is_taken_for_another_line(name):
    entries = [PoolEntry("A-1", "", "甲", "已注销"), PoolEntry("B-2", name, "甲", "")]
    heading, *read = csv.reader(StringIO(b"".join(pool_csv(entries)).decode(), newline=""), strict=True)
    assert heading == list(PoolEntry._fields)
    assert read == [list(entries[0]), ["B-2", f"'{name}" if name[0] in "=+-@" else name, "甲", ""]]


def test_pool_csv_in_pieces_is_the_same_file():
    names = ["a,b" if number % 7000 == 0 else "石桥厂" for number in range(12000)]
    entries = [PoolEntry(f"A{number:05}", name, "甲", "") for number, name in enumerate(names)]
    pieces = list(pool_csv(entries))
    assert len(pieces) > 2
    assert b"".join(pieces) == csv_bytes([PoolEntry._fields, *entries])


def test_a_seed_typed_full_width_with_spaces_is_the_same_seed():
    assert typed_seed(" １２３ 456　７890\n") == "1234567890"
    assert typed_seed("12٣") == "12٣"


def test_a_fingerprint_is_read_out_in_eight_groups():
    assert grouped(COMMIT).split() == [COMMIT[at : at + 8] for at in range(0, 64, 8)]


def test_the_draw_reads_nothing_but_the_sheet_and_the_seed():
    tree = ast.parse(Path(draw_module.__file__).read_text(encoding="utf-8"))
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {
        "csv",
        "collections.abc",
        "dataclasses",
        "hashlib",
        "heapq",
        "io",
        "itertools",
        "typing",
        "ohdesk.domain.canonical",
    }
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not called & {"open", "input", "__import__", "eval", "exec", "hash", "float"}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert {text for text in texts if re.fullmatch("[0-9A-Z-]{4,}", text)} == {"UNASSIGNED"}
