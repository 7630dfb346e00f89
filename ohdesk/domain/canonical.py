"""Canonical JSON: one byte form for whatever is hashed or signed (RFC 8785, without floating point).

Allowed: objects with ASCII keys, lists, NFC strings without control characters other than
line feed, whole numbers up to 2^53-1, true, false, null.  With ASCII keys, code-point order
is RFC 8785's UTF-16 order.  Measurements travel as decimal strings, never as binary fractions.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any, NoReturn

LARGEST_INTEGER = 2**53 - 1
# Far deeper than anything written here; a hostile file must not end in Python's recursion limit.
DEEPEST = 32


class NotCanonicalError(ValueError):
    """The bytes or the value are not in canonical form; the text names the place."""


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a plain value or dataclass.

    Raises NotCanonicalError, naming the place, for anything outside the allowed subset.
    """
    _check(value, "$", 0)
    return _ENCODER.encode(value).encode("utf-8")


def parse(data: bytes) -> Any:
    """Return the value of canonical JSON bytes; refuse every other spelling of the same value."""
    try:
        # Left to itself the library takes repeated keys (the last wins), NaN and Infinity; fractions are found below.
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse)
    except NotCanonicalError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"not JSON: {error}") from error
    # The only sure test: write it again. Two spellings of one value would have two hashes.
    if canonical(value) != data:
        raise NotCanonicalError("not in canonical form")
    return value


def fingerprint(value: object) -> str:
    """Return the SHA-256 of the canonical bytes, 64 lower-case hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()


def plain(value: object) -> Any:
    """Return dataclasses as objects and tuples as lists, all the way down."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def clean_text(text: str) -> str:
    """Return text as it may stand in canonical JSON: NFC, without control characters but line feed."""
    if _is_plain(text):
        return text
    # Line ends and tabs get a meaning first; dropped as control characters they would glue words together.
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(character for character in normal if not _forbidden(character))


def _fields(value: object) -> dict[str, Any]:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise NotCanonicalError(f"{type(value).__name__} is not allowed")


# Made once: json.dumps with these options would make one for each of twenty thousand operations.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_fields)


def _check(value: Any, place: str, depth: int) -> None:
    # Before anything else, as most of what is hashed is plain ASCII text.
    if isinstance(value, str):
        if not (value.isascii() and value.isprintable()):
            _check_text(value, place)
        return
    if depth > DEEPEST:
        raise NotCanonicalError(f"{place}: nested deeper than {DEEPEST}")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise NotCanonicalError(f"{place}: key {key!r} is not ASCII text")
            _check(item, f"{place}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{place}[{index}]", depth + 1)
    # What a program that knows only doubles still keeps exactly (RFC 7493, 2.2).
    elif isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonicalError(f"{place}: {value} is larger than 2^53-1")
    elif is_dataclass(value) and not isinstance(value, type):
        _check(_fields(value), place, depth)
    elif value is not None:
        raise NotCanonicalError(f"{place}: {type(value).__name__} is not allowed")


def _check_text(text: str, place: str) -> None:
    if _is_plain(text):
        return
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonicalError(f"{place}: text is not in NFC")
    for character in text:
        if _forbidden(character):
            raise NotCanonicalError(f"{place}: character U+{ord(character):04X} is not allowed")


def _is_plain(text: str) -> bool:
    """True, at little cost, for nearly every text there is: printable lines (so no Cc, no Cs) and NFC."""
    return text.replace("\n", "").isprintable() and unicodedata.is_normalized("NFC", text)


def _forbidden(character: str) -> bool:
    # Lone surrogates (Cs) have no UTF-8; of the control characters only the line feed says something on paper.
    return unicodedata.category(character) in {"Cc", "Cs"} and character != "\n"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonicalError("a key occurs twice")
    return value


def _refuse(text: str) -> NoReturn:
    raise NotCanonicalError(f"number {text} is not whole")
