"""What a name or a code is found by in a search: folded text, and pinyin initials."""

import os
import unicodedata
from functools import cache


def folded(text: str) -> str:
    """Return text as it is compared in a search: NFKC, lower case, no spaces."""
    if text.isascii() and (text.isalnum() or not text):  # as codes are
        return text.lower()
    # What is pasted into a field of the window may hold half a surrogate pair, which the database does not take.
    text = text.encode("utf-8", "ignore").decode("utf-8")
    # NFKC, not NFC: full-width letters and digits come from input methods and lists, and mean the same.
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def search_text(name: str, *codes: str) -> str:
    """Return what is searched and sorted by: the name's pinyin initials, the folded name, the codes, spaces between."""
    plain = folded(name)
    return " ".join(part for part in (initials(plain), plain, *map(folded, codes)) if part)


def initials(plain: str) -> str:
    """Return the pinyin initials of folded text; what has none stands for itself. The first call loads the pinyin."""
    return "".join(map(_initial, plain))


@cache
def _initial(character: str) -> str:
    if character.isascii():
        return character
    # The phrases, 40 MB, are for words read together; here each character stands for itself.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import Style, lazy_pinyin

    # Character by character: heteronyms get their commonest reading, and each is looked up once for the whole roll.
    return "".join(lazy_pinyin(character, style=Style.FIRST_LETTER))[:1] or character
