"""Which fields of checklists roll and books may know already: data of `resources/visits/known.toml`."""

import tomllib
from functools import cache

import msgspec

from ohdesk.paths import resources


class KnownField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of a question, and where its value stands: a field of the roll, or of a book's newest entry.

    where: what such an entry says besides, by key
    """

    question: str
    field: str
    roll: str = ""
    book: str = ""
    key: str = ""
    where: dict[str, str] = {}


class KnownFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. newest: by book, the fields with days; the newest entry is the one with the latest of them."""

    newest: dict[str, tuple[str, ...]]
    known: tuple[KnownField, ...]


def read_known(text: str) -> KnownFile:
    """Return the file in a TOML text. Raises msgspec.ValidationError for what is none."""
    return msgspec.convert(tomllib.loads(text), KnownFile)


@cache
def known_file() -> KnownFile:
    """Return the fields that may be known, and how the newest entry of a book is told."""
    return read_known((resources() / "visits" / "known.toml").read_text(encoding="utf-8"))
