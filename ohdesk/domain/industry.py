"""Codes of industries (GB/T 4754-2017): one spelling for those that are kept and those that lists hold."""

import unicodedata
from functools import lru_cache

# Of each section (门类) the last of its divisions (大类): the digits alone say the letter.
_LAST_DIVISIONS = {
    "A": 5, "B": 12, "C": 43, "D": 46, "E": 50, "F": 52, "G": 60, "H": 62, "I": 65, "J": 69, "K": 70, "L": 72, "M": 75,
    "N": 79, "O": 82, "P": 83, "Q": 85, "R": 90, "S": 96, "T": 97,
}  # fmt: skip


@lru_cache(maxsize=4096)
def one_code(text: str) -> str:
    """Return a code as codes are compared: letter and digits, C3071 for 3071 and for c-3071; what is none as it is."""
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))
    digits = plain[1:] if plain[:1] in _LAST_DIVISIONS else plain
    if not (digits.isascii() and digits.isdecimal() and 2 <= len(digits) <= 4):
        return plain if plain in _LAST_DIVISIONS else text
    letter = next((each for each, last in _LAST_DIVISIONS.items() if int(digits[:2]) <= last), "")
    # A letter that its digits deny is a slip of whoever typed it; which of the two is meant nobody here can tell.
    return letter + digits if letter and plain in (digits, letter + digits) else text


def is_code(text: str) -> bool:
    """True for a code with a letter that fits its digits, or one without; whether a list has it is another question."""
    code = one_code(text)
    return code[:1] in _LAST_DIVISIONS and code[1:].isdecimal() and one_code(code[1:]) == code


def is_within(code: str, prefix: str) -> bool:
    """True for the code of an industry that is, or is part of, the one of `prefix`: C3071 of C30, C and 3071."""
    return bool(prefix) and one_code(code).startswith(one_code(prefix))
