"""A draw's files cut into what one operation holds, and put together again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ohdesk.domain.bounds import LONGEST_END, PIECE
from ohdesk.domain.operations import DrawComputed

# Of the result: the field with the end of a file, and the one that names the pieces before it.
FILES = {"sheet": "sheet_parts", "pool_csv": "pool_parts", "result_csv": "result_parts"}


def split_off(texts: Iterable[str], carry: Callable[[str], str]) -> tuple[str, tuple[str, ...]]:
    """Return the end of a file, which the result's own operation has room for, and the ids of the pieces before it.

    texts: the file, in pieces of any length, of which one or two are held
    carry: writes a piece into the journal and returns its record id
    """
    end, parts = "", list[str]()
    for text in texts:
        end += text
        while len(end) > LONGEST_END:
            parts.append(carry(end[:PIECE]))
            end = end[PIECE:]
    return end, tuple(parts)


def texts_of(result: DrawComputed, name: str, text_of: Callable[[str], str]) -> Iterator[str]:
    """Yield a file of a result piece by piece; `text_of` returns the text of a piece by its record id."""
    yield from map(text_of, getattr(result, FILES[name]))
    yield getattr(result, name)


def together(result: DrawComputed, text_of: Callable[[str], str]) -> DrawComputed:
    """Return a result with its files whole; `text_of` returns the text of a piece by its record id."""
    changed: dict[str, Any] = dict.fromkeys(FILES.values(), ())
    for name in FILES:
        changed[name] = "".join(texts_of(result, name, text_of))
    return replace(result, **changed)
