"""Files are written whole or not at all, under names that every system takes."""

from pathlib import Path

import pytest

from ohdesk.errors import UserError
from ohdesk.files import hand_out, safe_stem


@pytest.mark.parametrize("place", [Path(), Path("/"), Path("..")])
def test_a_file_cannot_be_written_where_a_folder_is(place):
    with pytest.raises(UserError):
        hand_out(place, b"content")


def test_the_names_of_files_survive_windows():
    assert safe_stem("现场检查笔录_2026-0001_甲/乙:丙*公司. ") == "现场检查笔录_2026-0001_甲_乙_丙_公司"
    assert safe_stem("con") == "_con"
    assert safe_stem("LPT1.txt") == "_LPT1.txt"
    assert safe_stem(" .. ") == "_"
    assert safe_stem("e\u0301\u200b") == "\u00e9"
    assert len(safe_stem("长" * 300)) == 80
    assert isinstance(Path(safe_stem("a\nb")).name, str)
