"""What no paper can print is named while it is typed, and for usual text no face is looked into."""

import pytest

from ohdesk.reports import fonts
from ohdesk.services.printable import unprintable


def test_usual_text_is_told_without_looking_into_a_face(monkeypatch):
    monkeypatch.setattr(fonts, "missing_glyphs", lambda _text: pytest.fail("looked"))
    assert unprintable("打磨岗位 3 台，噪声 86.2 dB(A)；\n“未见警示标识”。") == ""


def test_each_character_is_named_once_and_many_are_counted():
    assert unprintable("㎡ ℃ CO₂ ☑ 𠅤 \uf900") == ""  # the last is written as 豈
    assert unprintable("甲🏭乙🏭").count("U+1F3ED") == 1
    assert "看不见的字符（U+200B）" in unprintable("甲\u200b乙")
    assert "5 个字" in unprintable("🏭🏮🏯🏰🏱")
