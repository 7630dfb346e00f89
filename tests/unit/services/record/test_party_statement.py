"""The party's statement as a file: what is understood, and what is refused in a sentence."""

import json

import pytest

from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.record.party_statement import read_party


def written(tmp_path, value) -> object:
    path = tmp_path / "party.json"
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return read_party(path)


def test_everything_in_the_file_is_taken(tmp_path):
    given = written(
        tmp_path,
        {
            "way": "objected",
            "name": "陈𠅤",
            "position": "主管",
            "statement": "有异议",
            "strokes": [{"name": "陈𠅤", "strokes": [[[1, 2, 3], [4, 5, 6]]]}],
            "situation": ["甲", "乙"],
        },
    )
    assert (given.party.way, given.party.name, given.party.statement) == ("objected", "陈𠅤", "有异议")
    assert given.party.reason == ""
    (one,) = given.signatures
    assert (one.role, one.name, one.strokes) == ("party", "陈𠅤", (((1, 2, 3), (4, 5, 6)),))
    assert given.situation == ("甲", "乙")


def test_a_byte_order_mark_is_no_obstacle(tmp_path):
    assert written(tmp_path, b'\xef\xbb\xbf{"way": "absent"}').way == "absent"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"way": 1},
        {"way": "waved"},
        {"way": "signed", "colour": "red"},
        {"way": "signed", "strokes": [{"name": "甲", "strokes": [[[1, 2]]]}]},
        {"way": "signed", "strokes": [{"name": "甲", "role": "mayor", "strokes": [[[1, 2, 3]]]}]},
        {"way": "signed", "strokes": [{"name": "甲", "strokes": [[[1.5, 2, 3]]]}]},
        [],
        b"",
        b"{",
        b"\xff\xfe{",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused(tmp_path, value):
    with pytest.raises(UserError) as refused:
        written(tmp_path, value)
    assert refused.value.remedy


def test_all_that_is_wrong_with_it_is_named_at_once(tmp_path):
    with pytest.raises(ProblemsError) as refused:
        written(tmp_path, {"way": "waved", "colour": "red", "strokes": 3})
    assert [each.place for each in refused.value.problems] == [
        "party.json way",
        "party.json colour",
        "party.json strokes",
    ]
    assert refused.value.problems[0].expected == "signed / objected / refused / absent"
    assert refused.value.problems[2].expected == "一个列表"


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path):
    with pytest.raises(UserError, match="超过"):
        written(tmp_path, b" " * 4_000_001)
    with pytest.raises(UserError, match="读不到文件"):
        read_party(tmp_path / "none.json")
