"""Counts of a few persons, which stay inside town and county: `resources/offices/small_counts.toml`."""

from datetime import date
from functools import cache

import msgspec

from ohdesk.domain.register.definition import Definition, Field
from ohdesk.domain.register.values import Value
from ohdesk.paths import resources

_LONGEST = 9  # digits of a number of persons


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """least: from so many persons on a count is written as it is · written: what stands for fewer, but for none."""

    valid_from: date
    unconfirmed: bool
    source: str
    least: int
    written: str


def is_small(field: Field, value: Value) -> bool:
    """True for a count that tells nobody outside as it is."""
    return bool(field.small_counts) and isinstance(value, int) and 0 < value < _file().least


def is_few(text: str) -> bool:
    """True for a text that is such a number by itself."""
    return len(text) < _LONGEST and text.isascii() and text.isdecimal() and 0 < int(text) < _file().least


def has_small_counts(definition: Definition) -> bool:
    """True for a book with such counts."""
    return any(each.small_counts for each in definition.fields)


def small_text() -> str:
    """Return what stands for such a count."""
    return _file().written


def is_small_text(field: Field, text: str) -> bool:
    """True where a cell stands for such a count: it says nothing that is not known better."""
    return bool(field.small_counts) and text.strip() == _file().written


@cache
def _file() -> _File:
    return msgspec.toml.decode((resources() / "offices" / "small_counts.toml").read_bytes(), type=_File)
