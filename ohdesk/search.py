"""What a name or a code is found by in a search: folded text, and pinyin initials."""

import os
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product

from ohdesk.paths import resources

DASH = "—"  # of 2026—001: no keyboard has it
_MOST_WAYS = 16  # in which a piece of a name is read: four characters with two readings each
_MOST_SPELLINGS = 64  # of a name: of what is longer and read in more ways a search finds its beginning


def folded(text: str) -> str:
    """Return text as it is compared in a search: NFKC, lower case, no spaces, "-" for the dash of a number."""
    if text.isascii() and (text.isalnum() or not text):  # as codes are
        return text.lower()
    # What is pasted into a field of the window may hold half a surrogate pair, which the database does not take.
    text = text.encode("utf-8", "ignore").decode("utf-8")
    # NFKC, not NFC: full-width letters and digits come from input methods and lists, and mean the same.
    return "".join(unicodedata.normalize("NFKC", text).lower().split()).replace(DASH, "-")


def search_text(name: str, *rest: str) -> str:
    """Return what is searched and sorted by, spaces between: usual initials, folded name, the rest, other initials.

    The initials that order a list come first and are one for each name, those of its other readings last.
    """
    plain = folded(name)
    usual, *others = spellings(plain)
    return " ".join(part for part in (usual, plain, *map(folded, rest), *others) if part)


def spellings(plain: str) -> Iterator[str]:
    """Yield the pinyin initials of folded text by its usual reading, then by its other readings (重庆: zq, cq).

    What has no pinyin stands for itself.  Where a name can be read in very many ways, the others are of pieces of it.
    The first call loads the pinyin.
    """
    readings = list(map(_initials, plain))
    usual = "".join([each[0] for each in readings])
    yield usual
    if len("".join(readings)) > len(usual):
        found = ("".join(way) for piece in _pieces(readings) for way in product(*piece))
        yield from islice((each for each in dict.fromkeys(found) if each not in usual), _MOST_SPELLINGS)


def _pieces(readings: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the longest pieces that are read in no more than `_MOST_WAYS` ways."""
    begin, ways = 0, 1
    for end, reading in enumerate(readings):
        ways *= len(reading)
        if ways > _MOST_WAYS:
            yield readings[begin:end]
            while ways > _MOST_WAYS:
                ways //= len(readings[begin])
                begin += 1
    yield readings[begin:]


@cache
def _initials(character: str) -> str:
    """Return the initials of a character, the usual one first."""
    if character.isascii():
        return character
    if known := _several().get(character):
        return known
    # The phrases, 40 MB, are for words read together; here each character stands for itself.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import Style, lazy_pinyin

    # Character by character: each is looked up once for the whole roll.
    return "".join(lazy_pinyin(character, style=Style.FIRST_LETTER))[:1] or character


@cache
def _several() -> dict[str, str]:
    text = (resources() / "codes" / "readings.toml").read_text(encoding="utf-8")
    return {each[0]: each[1:] for each in tomllib.loads(text)["readings"]}
