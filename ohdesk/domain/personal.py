"""Personal identity numbers (公民身份号码) of GB 11643: told from other numbers, and taken out of a text.

18 characters with the check character of GB 11643-1999 (ISO 7064, MOD 11-2), or the 15 digits of GB 11643-1989, which
have none: those count where they hold a possible day and are no registration number.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from operator import mul

# GB/T 2260: the provinces and their like, at which a number begins.
_PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)))
) | {"71", "81", "82", "83"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_EARLIEST_YEAR, _LATEST_YEAR = 1880, 2119
SHORTEST = 15
# As people write it: in one, or set apart before and behind the day; full width too, which `\d` also means.
_NUMBER = re.compile(
    r"(?<![\dA-Za-z])(?:\d{6}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{3}[\dXxＸｘ]|\d{6}[ \-]?\d{6}[ \-]?\d{3})(?![\dA-Za-z])"
)
# What is said before a number of 15 digits that is none of a person's.
_OTHER_NUMBER = re.compile(r"(?:注册号|登记号|执照|信用代码|编号|许可证|账号|帐号|报告|回执|单号)[^\d]{0,6}$")
_NEAR = 12  # characters before a number that may say what it is
_SHOWN = 2  # characters that stay at each end


def is_personal_number(text: str) -> bool:
    """True for 18 characters, and nothing beside, that GB 11643 gives to a person."""
    return (
        len(text) == 18
        and text[:17].isdecimal()
        and looks_personal(text)
        and _CHECK_CHARACTERS[sum(map(mul, _WEIGHTS, map(int, text[:17]))) % 11] == text[17]
    )


def looks_personal(text: str) -> bool:
    """True for 15 digits or 18 characters with a province and a possible day in their places."""
    day = {18: text[6:14], 15: "19" + text[6:12]}.get(len(text), "")
    return text[:2] in _PROVINCES and _is_day(day)


def is_old_personal_number(text: str) -> bool:
    """True for 15 digits that may be a person's and are no right registration number."""
    return len(text) == SHORTEST and text.isdecimal() and looks_personal(text) and not is_registration_number(text)


def is_registration_number(text: str) -> bool:
    """True for the 15 digits of a registration at the trade office whose check digit (ISO 7064, MOD 11,10) is right."""
    if len(text) != SHORTEST or not (text.isascii() and text.isdecimal()):
        return False
    product = 10
    for digit in map(int, text[:14]):
        product = ((product + digit) % 10 or 10) * 2 % 11
    return (product + int(text[14])) % 10 == 1


def without_personal_numbers(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text without the personal identity numbers in it, and these, masked, in their order."""
    # Of nearly all texts nothing more is asked.
    if len(text) < SHORTEST or text.isalpha() or _NUMBER.search(text) is None:
        return text, ()
    found = tuple(_found(text))
    if not found:
        return text, ()
    rest, masked, end = "", [], 0
    for first, behind, number in found:
        rest += text[end:first]
        masked.append(mask(number))
        end = behind
    # Brackets or a label that held nothing but the number go with it.
    rest = re.sub(r"[（(\[]\s*(?:公民)?(?:身份证)?(?:号码|号)?[:：]?\s*[)）\]]", "", rest + text[end:])
    return re.sub(r"(?:公民)?身份证(?:号码|号)?[:：]?\s*(?=$|[，,；;、。\s])", "", rest).strip(" ，,；;、:："), tuple(
        masked
    )


def masked_text(text: str) -> str:
    """Return text with the personal identity numbers in it masked."""
    for first, behind, number in reversed(list(_found(text)) if len(text) >= SHORTEST else []):
        text = text[:first] + mask(number) + text[behind:]
    return text


def mask(number: str) -> str:
    """Return a number of which only the ends are shown."""
    return number[:_SHOWN] + "*" * (len(number) - 2 * _SHOWN) + number[-_SHOWN:]


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _NUMBER.finditer(text):
        number = re.sub("[ -]", "", unicodedata.normalize("NFKC", match[0]).upper())
        is_old = is_old_personal_number(number) and not _OTHER_NUMBER.search(
            text[max(match.start() - _NEAR, 0) : match.start()]
        )
        if is_old or is_personal_number(number):
            yield match.start(), match.end(), number


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return _EARLIEST_YEAR <= day.year <= _LATEST_YEAR
