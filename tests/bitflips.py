"""One changed bit at a time, in any file, against any check."""

import random
from collections.abc import Callable, Iterable, Iterator


def random_bits(size: int, count: int, within: Iterable[tuple[int, int]] = (), seed: int = 2026) -> list[int]:
    """Return `count` bit numbers of a file of `size` bytes: half in the byte ranges `within` (start, end), if given."""
    chooser = random.Random(seed)  # noqa: S311 - a repeatable test
    ranges = list(within)
    bits = []
    for number in range(count):
        start, end = chooser.choice(ranges) if ranges and number % 2 else (0, size)
        bits.append(chooser.randrange(start * 8, end * 8))
    return bits


def every_bit(start: int, end: int) -> range:
    """Return the numbers of all bits of the bytes from `start` up to `end`."""
    return range(start * 8, end * 8)


def unnoticed(data: bytes, bits: Iterable[int], accepts: Callable[[bytes], bool]) -> Iterator[int]:
    """Yield each bit whose change the check lets pass."""
    changed = bytearray(data)
    for bit in bits:
        changed[bit // 8] ^= 1 << bit % 8
        if accepts(bytes(changed)):
            yield bit
        changed[bit // 8] ^= 1 << bit % 8
