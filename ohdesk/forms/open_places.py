"""What a ready sentence leaves open: its “__”, its alternatives, its open end; and one that nobody has touched."""

import re
from collections.abc import Iterator

PLACE = "__"
_PLACES = re.compile(r"[_＿]{2,}")
_ALTERNATIVES = re.compile(r"（或者[^（）]*）")
_OPEN_END = "："
# Numbers, days and times of one employer are never those of the next.
_NUMBERS = re.compile(r"[0-9０-９]+(?:[.,:：/\-][0-9０-９]+)*")


def open_places(text: str, phrase: str = "") -> tuple[str, ...]:
    """Return the pieces of a text that are still to be written, as they stand there.

    phrase: the ready sentence it began with, whose alternatives and open end count as well
    """
    pieces = _PLACES.findall(text) + [each for each in _ALTERNATIVES.findall(phrase) if each in text]
    if phrase.endswith(_OPEN_END) and text.rstrip().endswith(_OPEN_END):
        pieces.append(text.rstrip()[-1 - len(PLACE) :])
    return tuple(pieces)


def next_place(text: str, start: int = 0) -> tuple[int, int] | None:
    """Return where the next “__” behind `start` begins and ends; None without any."""
    found = _PLACES.search(text, start)
    return found.span() if found else None


def opened_again(text: str, phrase: str) -> str:
    """Return a text with the places open again that the phrase leaves open, and without its numbers.

    What was true of one employer must not slip into the record of the next.
    """
    fixed = _PLACES.split(phrase)
    places = list(_found_in_order(text, fixed))
    if len(fixed) == 1 or len(places) < len(fixed):
        return _NUMBERS.sub(PLACE, text)
    # Where the phrase begins or ends with a place, whatever stands there was put into it.
    before = _NUMBERS.sub(PLACE, text[: places[0][0]]) if fixed[0] else ""
    after = _NUMBERS.sub(PLACE, text[places[-1][1] :]) if fixed[-1] else ""
    return before + PLACE.join(fixed) + after


def _found_in_order(text: str, pieces: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for piece in pieces:
        place = text.find(piece, start)
        if place < 0:
            return
        start = place + len(piece)
        yield place, start
