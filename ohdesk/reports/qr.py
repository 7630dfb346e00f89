"""QR codes (ISO/IEC 18004) as black areas of a page: sharp at any size, and no picture in the file.

All are of one version, which what we print just fits into, and of one mask, which the standard leaves to whoever draws.
"""

from collections.abc import Callable, Iterator
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from ohdesk.reports.pages import Code, Page

QUIET = 4  # modules left white around it, as the standard asks
VERSION, MASK = 4, 0
MODULES = 17 + 4 * VERSION
# Of level M, which a stain or a fold may cover a seventh of: data in two blocks, each with its correction.
_DATA, _BLOCK, _CORRECTION = 64, 32, 18
_SIGNS = {sign: number for number, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_ALPHANUMERIC, _BYTES = 0b0010, 0b0100  # modes
_FILL = bytes((0xEC, 0x11))
_FIELD = 0x11D  # the polynomial of the field of 256 numbers
_ABOUT = 0b101010000010010  # the level and the mask, as every code says them of itself (8.9)
_ALIGNED = 26  # line and column of the middle of the small square
_TIMING = 6  # line and column of the dotted lines


def draw_qr(page: Page, text: str, right: float, top: float, size: float) -> None:
    """Draw `text` in a square of `size` points below `top`, its quiet zone included; it ends at `right`.

    Raises ValueError for more than 90 signs of the alphanumeric mode or 62 bytes.
    """
    module = size / (MODULES + 2 * QUIET)
    page.codes.append(Code(right - size + QUIET * module, top - QUIET * module, module, MODULES, qr_modules(text)))


def qr_modules(text: str) -> bytes:
    """Return the code of `text`, a byte for each module, line by line: 1 for a dark one."""
    data, frame = _data(text), _frame()
    blocks = [data[start : start + _BLOCK] for start in range(0, _DATA, _BLOCK)]
    woven = [byte for column in zip(*blocks, strict=True) for byte in column]
    woven += [byte for column in zip(*map(_correction, blocks), strict=True) for byte in column]
    bits = f"{int.from_bytes(woven, 'big'):0{8 * len(woven)}b}0".encode()  # the last, for what is no data
    placed = int.from_bytes(frame.place(bits), "big") ^ frame.modules
    return placed.to_bytes(MODULES * MODULES, "big")


def _data(text: str) -> bytes:
    if all(sign in _SIGNS for sign in text):
        numbers = [_SIGNS[sign] for sign in text]
        pairs = [f"{45 * first + second:011b}" for first, second in zip(numbers[::2], numbers[1::2], strict=False)]
        odd = f"{numbers[-1]:06b}" if len(numbers) % 2 else ""
        bits = f"{_ALPHANUMERIC:04b}{len(text):09b}{''.join(pairs)}{odd}"
    else:
        written = text.encode()
        bits = f"{_BYTES:04b}{len(written):08b}{''.join(f'{byte:08b}' for byte in written)}"
    if len(bits) > 8 * _DATA:
        raise ValueError(f"{len(text)} signs do not go into the code")
    bits += "0" * min(4, 8 * _DATA - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return (data + _FILL * _DATA)[:_DATA]


def _correction(block: bytes) -> bytes:
    """Return the remainder of a block, divided by the polynomial of the standard."""
    multiples, rest = _multiples(), 0
    for byte in block:
        lead = rest >> 8 * (_CORRECTION - 1) ^ byte
        rest = (rest << 8) % (1 << 8 * _CORRECTION) ^ multiples[lead]
    return rest.to_bytes(_CORRECTION, "big")


@cache
def _multiples() -> tuple[int, ...]:
    """Return the polynomial, its first coefficient left out, times each of the 256 numbers of the field."""
    polynomial, root = [1], 1
    for _ in range(_CORRECTION):
        raised, lowered = [*polynomial, 0], [0, *(_times(each, root) for each in polynomial)]
        polynomial = [first ^ second for first, second in zip(raised, lowered, strict=True)]
        root = _times(root, 2)
    return tuple(int.from_bytes(bytes(_times(each, lead) for each in polynomial[1:]), "big") for lead in range(256))


def _times(first: int, second: int) -> int:
    product = 0
    while second:
        product ^= first * (second & 1)
        first <<= 1
        first ^= _FIELD * (first >> 8)
        second >>= 1
    return product


class _Frame(NamedTuple):
    """A code whose data are all zero, as a number with a byte for each module; and what puts bits into their places."""

    modules: int
    place: Callable[[bytes], Any]


@cache
def _frame() -> _Frame:
    dark = dict(_fixed())
    places = [(line, column) for line, column in _zigzag() if (line, column) not in dark]
    mask = {(line, column): (line + column) % 2 == 0 for line, column in places}
    every = [(line, column) for line in range(MODULES) for column in range(MODULES)]
    modules = bytes(dark[each] if each in dark else mask[each] for each in every)
    bit_of = {place: bit for bit, place in enumerate(places[: 8 * (_DATA + 2 * _CORRECTION)])}
    none = len(bit_of)
    source = itemgetter(*(bit_of.get(each, none) for each in every))
    # The digits "0" and "1" are the numbers 48 and 49.
    zeros = int.from_bytes(b"0" * len(every), "big")
    return _Frame(int.from_bytes(modules, "big") ^ zeros, lambda bits: bytes(source(bits)))


def _fixed() -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield what every code of this version has: the squares, the dotted lines, what it says of itself."""
    last = MODULES - 1
    for along in range(MODULES):
        yield (_TIMING, along), along % 2 == 0
        yield (along, _TIMING), along % 2 == 0
    for corner, side in ((0, 0), (0, last - 6), (last - 6, 0)):
        for line in range(max(0, corner - 1), min(last, corner + 7) + 1):
            for column in range(max(0, side - 1), min(last, side + 7) + 1):
                away = max(abs(line - corner - 3), abs(column - side - 3))
                yield (line, column), away not in {2, 4}
    for line in range(_ALIGNED - 2, _ALIGNED + 3):
        for column in range(_ALIGNED - 2, _ALIGNED + 3):
            yield (line, column), max(abs(line - _ALIGNED), abs(column - _ALIGNED)) != 1
    for bit in range(15):
        said = bool(_ABOUT >> bit & 1)
        yield (bit if bit < 6 else bit + 1 if bit < 8 else MODULES - 15 + bit, 8), said
        yield (8, MODULES - 1 - bit if bit < 8 else 7 if bit == 8 else 14 - bit), said
    yield (MODULES - 8, 8), True


def _zigzag() -> Iterator[tuple[int, int]]:
    """Yield line and column of every module in the order in which data are written: up and down in double columns."""
    up = True
    for right in (*range(MODULES - 1, _TIMING, -2), *range(_TIMING - 1, 0, -2)):
        for line in range(MODULES - 1, -1, -1) if up else range(MODULES):
            yield line, right
            yield line, right - 1
        up = not up
