"""The sheet with the recovery code can be read, copied and typed in again."""

import pypdfium2
import pytest
from pypdfium2 import raw

from ohdesk.reports.recovery_sheet import render_recovery_sheet

CODE = "AGE-SECRET-KEY-1GQ4CKRL0Z9X8WVUTS2RQPNM3LKJH4GFED5CA6790ZYXWVUTSRQPNMLKJH4G"
A4 = (595, 842)  # points
LEAST = 12  # points: smaller letters are no help in an emergency


@pytest.fixture(scope="module")
def sheet():
    with pypdfium2.PdfDocument(render_recovery_sheet("石桥镇人民政府", CODE)) as document:
        yield document


def test_it_is_one_page_of_a4(sheet):
    assert len(sheet) == 1
    assert tuple(round(length) for length in sheet[0].get_size()) == A4


def test_what_is_copied_from_it_is_the_code(sheet):
    copied = "".join(sheet[0].get_textpage().get_text_bounded().split())
    assert CODE in copied


def test_every_letter_on_it_is_large_enough(sheet):
    text = sheet[0].get_textpage()
    sizes = {raw.FPDFText_GetFontSize(text.raw, place) for place in range(text.count_chars())} - {1.0}
    assert min(sizes) >= LEAST


def test_it_says_whose_code_it_is_and_how_to_use_it(sheet):
    said = "".join(sheet[0].get_textpage().get_text_bounded().split())
    assert "石桥镇人民政府" in said
    assert "忘记密码" in said
