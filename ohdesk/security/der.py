"""Distinguished Encoding Rules (ITU-T X.690): as much as certificates and signatures here need, and strict.

Reading refuses every length that is not written in its one shortest form, so that what is read
has one spelling.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x30, 0x31
CONTEXT_0 = 0xA0  # [0], constructed
_LONG_FORM = 0x80
_LONGEST_LENGTH = 4  # bytes that say how long an element is


class DerError(ValueError):
    """Bytes that are not the expected element in its one DER form."""


class Element(NamedTuple):
    """One element: its tag, its content, and both with the header as they stood."""

    tag: int
    content: bytes
    whole: bytes


def element(tag: int, *parts: bytes) -> bytes:
    """Return the element with `tag` around the concatenated parts."""
    content = b"".join(parts)
    return bytes([tag]) + _length(len(content)) + content


def integer(value: int) -> bytes:
    """Return a whole number that is not negative."""
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def set_of(parts: Iterable[bytes]) -> bytes:
    """Return the parts as SET OF, in the ascending order of their encodings."""
    return element(SET, *sorted(parts))


def read(data: bytes, tag: int) -> Element:
    """Return the element at the start of `data`, which must have `tag`; bytes after it are left alone."""
    if len(data) < 2 or data[0] != tag:
        raise DerError(f"no element with tag {tag:#04x}")
    size, start = data[1], 2
    if size & _LONG_FORM:
        count = size & ~_LONG_FORM
        if not 1 <= count <= _LONGEST_LENGTH:
            raise DerError("length in a form that DER does not have")
        start += count
        size = int.from_bytes(data[2:start], "big")
    end = start + size
    if len(data) < end or data[1:start] != _length(size):
        raise DerError("length is wrong or not in its shortest form")
    return Element(tag, data[start:end], data[:end])


def only(data: bytes, tag: int) -> Element:
    """Return the one element that `data` is."""
    found = read(data, tag)
    if len(found.whole) != len(data):
        raise DerError("bytes after the element")
    return found


def members(data: bytes, tags: Sequence[int]) -> list[Element]:
    """Return the elements that `data` is made of; their tags must be `tags`."""
    found = []
    for tag in tags:
        found.append(read(data, tag))
        data = data[len(found[-1].whole) :]
    if data:
        raise DerError("bytes after the last element")
    return found


def _length(size: int) -> bytes:
    if size < _LONG_FORM:
        return bytes([size])
    text = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([_LONG_FORM | len(text)]) + text
