"""Files are written whole or not at all, under names that every system takes."""

from pathlib import Path

import pytest

from ohdesk.errors import UserError
from ohdesk.files import hand_out, read_json, safe_stem


@pytest.mark.parametrize("place", [Path(), Path("/"), Path("..")])
def test_a_file_cannot_be_written_where_a_folder_is(place):
    with pytest.raises(UserError):
        hand_out(place, b"content")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"F01": {}, "F01": {}}', "F01 出现两次"),
        ("[1]", "应是一个 JSON 对象"),
        ('{"a": ' + "[" * 100_000, "括号套得太深"),
        ('{"a": 1,\n "b": ?}', "第 2 行第 7 个字符处不对"),
        ('{"a": "' + "长" * 400_000 + '"}', "超过 1 MB"),
    ],
    ids=["a key twice", "a list", "endlessly deep", "a mark too many", "too large"],
)
def test_a_json_file_that_cannot_be_taken_says_why(tmp_path, text, said):
    file = tmp_path / "a.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=said):
        read_json(file, 1_000_000)


def test_the_names_of_files_survive_windows():
    assert safe_stem("现场检查笔录_2026-0001_甲/乙:丙*公司. ") == "现场检查笔录_2026-0001_甲_乙_丙_公司"
    assert safe_stem("con") == "_con"
    assert safe_stem("LPT1.txt") == "_LPT1.txt"
    assert safe_stem(" .. ") == "_"
    assert safe_stem("e\u0301\u200b") == "\u00e9"
    assert len(safe_stem("长" * 300)) == 80
    assert isinstance(Path(safe_stem("a\nb")).name, str)
