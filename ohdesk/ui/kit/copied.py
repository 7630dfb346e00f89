"""Rows on the clipboard: cells with tabs between, which a spreadsheet takes as they are meant."""

import re
from collections.abc import Iterable, Sequence

_LONG_NUMBER = re.compile(r"\d{12,}|0\d+")  # which a spreadsheet rounds, or takes the nought from
_FORMULA = re.compile(r"[=@+-](?!\d+(\.\d+)?$)")
_BREAKS = re.compile(r'[\t\n\r"]')


def cells_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells as text; no cell is taken for a formula, and no code for a number."""
    return "\n".join("\t".join(map(_cell, row)) for row in rows)


def _cell(text: str) -> str:
    if _LONG_NUMBER.fullmatch(text) or _FORMULA.match(text):
        text = f"'{text}"  # as somebody would type it
    return '"' + text.replace('"', '""') + '"' if _BREAKS.search(text) else text
