"""A draw's files cut into what one operation holds, and put together again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ohdesk.domain.bounds import LONGEST_END, PIECE
from ohdesk.domain.operations import DrawComputed, DrawPart

# Of the result: the field with the end of a file, and the one that names the pieces before it.
FILES = {"sheet": "sheet_parts", "pool_csv": "pool_parts", "result_csv": "result_parts"}


def in_pieces(whole: DrawComputed, new_id: Callable[[], str]) -> tuple[list[DrawPart], DrawComputed]:
    """Return a result that fits in one operation, and the pieces that are to be written before it, if any."""
    pieces: list[DrawPart] = []
    changed: dict[str, Any] = {}
    for name, parts in FILES.items():
        text: str = getattr(whole, name)
        if len(text) > LONGEST_END:
            cut = [DrawPart(record=new_id(), text=text[at : at + PIECE]) for at in range(0, len(text), PIECE)]
            pieces += cut
            changed |= {name: "", parts: tuple(piece.record for piece in cut)}
    return pieces, replace(whole, **changed)


def together(result: DrawComputed, text_of: Callable[[str], str]) -> DrawComputed:
    """Return a result with its files whole; `text_of` returns the text of a piece by its record id."""
    changed: dict[str, Any] = dict.fromkeys(FILES.values(), ())
    for name, parts in FILES.items():
        changed[name] = "".join(map(text_of, getattr(result, parts))) + getattr(result, name)
    return replace(result, **changed)
