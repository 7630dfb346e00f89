"""Lines never run over, nothing is lost, punctuation stays off the wrong edge."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.reports import fonts
from ohdesk.reports.styles import BODY, CELL, TextStyle
from ohdesk.reports.typesetting import NEVER_FIRST, NEVER_LAST, set_lines, shortened, text_width

fonts.register()
WORDS = st.text(st.sampled_from("甲乙丙丁，。（）《》、abc019-/ 检查𠅤"), max_size=120)


@settings(max_examples=150)
@given(WORDS, st.floats(40, 400))
def test_no_line_is_wider_than_its_column(text, width):
    for line in set_lines(text, CELL, width):
        assert line.x + text_width(line.text, CELL) + line.spacing * (len(line.text) - 1) <= width + 0.01


@settings(max_examples=150)
@given(WORDS, st.floats(40, 400))
def test_nothing_but_spaces_at_the_breaks_is_lost(text, width):
    lines = set_lines(text, CELL, width)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")


def test_closing_marks_do_not_begin_and_opening_marks_do_not_end_a_line():
    text = "现场检查发现，打磨岗位（三号工位）未设置《职业病防治法》要求的局部排风，已告知。" * 6
    for width in range(90, 300, 7):
        lines = set_lines(text, CELL, float(width))
        assert not any(line.text[0] in NEVER_FIRST for line in lines[1:])
        assert not any(line.text[-1] in NEVER_LAST for line in lines[:-1])


def test_a_code_is_kept_whole_when_it_fits_on_a_line():
    lines = set_lines("信用代码为91000000MA0000001X的单位", CELL, 110.0)
    assert any("91000000MA0000001X" in line.text for line in lines)


def test_an_article_is_kept_whole():
    for width in range(60, 160, 3):
        lines = set_lines("应当遵守《职业病防治法》第二十二条第一款和第七十一条的规定", CELL, float(width))
        assert {"第二十二条", "第七十一条"} <= {
            found for line in lines for found in ("第二十二条", "第七十一条") if found in line.text
        }


def test_a_word_longer_than_the_line_is_cut_and_kept():
    lines = set_lines("x" * 500, CELL, 100.0)
    assert "".join(line.text for line in lines) == "x" * 500


def test_the_first_line_of_a_paragraph_is_indented_and_an_empty_one_keeps_its_height():
    lines = set_lines("甲\n\n乙", BODY, 300.0)
    assert [line.text for line in lines] == ["甲", "", "乙"]
    assert lines[0].x == BODY.indent * BODY.size


def test_centred_and_right_aligned_lines_stand_where_they_should():
    centred = set_lines("甲乙", TextStyle(fonts.REGULAR, 10, 12, "centre"), 100.0)[0]
    right = set_lines("甲乙", TextStyle(fonts.REGULAR, 10, 12, "right"), 100.0)[0]
    assert (centred.x, right.x) == (40.0, 80.0)


@given(st.text(st.sampled_from("甲乙abc"), max_size=60), st.floats(20, 200))
def test_a_running_line_is_shortened_to_its_width(text, width):
    short = shortened(text, CELL, width)
    assert text_width(short, CELL) <= width
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
