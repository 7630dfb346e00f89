"""The number of an entry or of a paper: one rule for whatever is numbered here.

A pattern says how a number looks, "投〔{year}〕{serial:03}"; the serial begins anew when what stands around it changes.
Laptops of one town number without hearing of each other, so a mark of the device stands before the serial, or where the
pattern has `{mark}`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

FIRST_MARK = "A"  # of the letters that a county gives to the devices of a town
PLACES = ("division", "region", "year", "month", "mark", "serial")
_PLACE = re.compile(r"\{([a-z]*)(?::0([1-9]))?\}")
_WITH_WIDTH = frozenset({"month", "serial"})
_DIGITS_OF_REPLICA = 4
_LONGEST = 60  # characters of a pattern


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the serial of a number, and how many digits the serial has at least."""

    before: str
    after: str
    width: int

    def number(self, serial: int) -> str:
        """Return the number with this serial."""
        return f"{self.before}{serial:0{self.width}d}{self.after}"


def device_mark(letter: str, replica: str, *, in_blocks: bool = False) -> str:
    """Return what tells the numbers of this laptop apart: nothing on a town's first, "B" on the second; else "3fa2-".

    letter: from the certificate of the device, which the county gives; "" before the laptop is enrolled. Until then it
    cannot know whether it is the only one, so the first digits of its replica stand there.
    in_blocks: the numbers without a mark are handed out in blocks, so that the first laptop has its letter as well
    """
    if not letter:
        return f"{replica[:_DIGITS_OF_REPLICA]}-"
    # Most towns have one laptop, whose papers carry the usual number: year and serial.
    return "" if letter == FIRST_MARK and not in_blocks else letter


def framed(pattern: str, day: date, division: str, mark: str, region: str = "") -> Frame:
    """Return a pattern filled for a day, all but its serial; region: short name of where the body is (地区简称).

    Raises ValueError for a pattern with a fault.
    """
    if any(pattern_faults(pattern)):
        raise ValueError(f"no pattern of a number: {pattern}")
    serial = next(place for place in _PLACE.finditer(pattern) if place[1] == "serial")
    values = {"division": division, "region": region, "year": f"{day.year:04d}", "mark": mark}

    def filled(text: str) -> str:
        return _PLACE.sub(
            lambda place: f"{day.month:0{place[2] or 2}d}" if place[1] == "month" else values[place[1]], text
        )

    before = filled(pattern[: serial.start()]) + ("" if "{mark}" in pattern else mark)
    return Frame(before, filled(pattern[serial.end() :]), int(serial[2] or 1))


def pattern_faults(pattern: str) -> Iterator[str]:
    """Yield each piece of a pattern that is not understood; the whole of it where the serial is wanting or twice."""
    if len(pattern) > _LONGEST or not pattern.isprintable():
        yield pattern
    places = list(_PLACE.finditer(pattern))
    yield from (place[0] for place in places if place[1] not in PLACES or (place[2] and place[1] not in _WITH_WIDTH))
    if re.search(r"[{}]", rest := _PLACE.sub("", pattern)):
        yield rest
    serials = [place for place in places if place[1] == "serial"]
    if len(serials) != 1:
        yield pattern or "{}"
    for place in serials:
        behind = pattern[place.end() : place.end() + 1]
        if behind == "{" or behind.isdigit():  # where the serial ends could not be told
            yield pattern[place.start() :]
