"""Words that fields of the roll are filled with: `resources/codes/roll_choices.toml`."""

from datetime import date
from functools import cache

import msgspec

from ohdesk.domain.industry import one_code
from ohdesk.paths import resources

_SIZED = ("B", "C", "D")  # sections for which the rules of size ask after persons


class FieldWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a field may hold.

    words: to choose from; strict: no others · suggested: to type, among others · pattern: of the whole text
    """

    valid_from: date
    words: tuple[str, ...] = ()
    strict: bool = False
    suggested: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""


class _Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    word: str
    workers: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"fields": "field", "sizes": "size"}):
    unconfirmed: bool
    fields: dict[str, FieldWords]
    sizes: tuple[_Size, ...]


def field_words() -> dict[str, FieldWords]:
    """Return the words of each field that has any, by its key."""
    return _file().fields


def size_by_workers(industry_code: str, workers: str) -> str:
    """Return the size class that follows from persons alone, the revenue unknown; "" where the rules ask for others."""
    if one_code(industry_code)[:1] not in _SIZED or not workers.isdecimal():
        return ""
    return next(each.word for each in _file().sizes if int(workers) >= each.workers)


@cache
def _file() -> _File:
    return msgspec.toml.decode((resources() / "codes" / "roll_choices.toml").read_bytes(), type=_File)
