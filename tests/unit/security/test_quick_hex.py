"""Hexadecimal strings are read as pyHanko reads them, the odd ones too."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfReadError, PdfStreamError

from ohdesk.security import quick_hex

PIECES = st.sampled_from([b"0", b"7f", b"Ab", b"FE", b"FF", b" ", b"\n", b"%c\n", b"\0", b"g", b"<", b">", b"(", b""])


def outcome(read, data: bytes):
    """What was read, its kind, and where the stream stands then; or the error."""
    stream = BytesIO(data)
    try:
        value = read(stream)
    except (PdfReadError, ValueError, PdfStreamError) as error:
        return type(error)
    return type(value), value, stream.tell()


@given(st.lists(PIECES).map(b"".join))
def test_whatever_stands_between_the_brackets_is_read_alike(inside):
    data = b"<" + inside + b"> /Next"
    assert outcome(quick_hex.read, data) == outcome(quick_hex.one_by_one, data)


@pytest.mark.parametrize("digits", [0, 2, 65_532, 65_534, 65_536, 131_072])
def test_a_string_of_any_length_is_read_alike(digits):
    data = b"<" + b"4a" * (digits // 2) + b">>"
    assert outcome(quick_hex.read, data) == outcome(quick_hex.one_by_one, data)
