"""Cleaning single values of a list from outside: names, credit codes, head counts, days.

Nothing is guessed: what is not understood comes back with the reason, and what is put right is only spelling
(width, spaces, case), never content.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from ohdesk.domain.establishment import USCC_LENGTH, is_uscc, uscc_is_right
from ohdesk.domain.kept import until_locked
from ohdesk.domain.personal import is_personal_number, looks_personal, mask, masked_text
from ohdesk.domain.roll.table import Cell

SAFE_DIGITS = 10**15  # a number above this has been rounded by the spreadsheet program
_ROUNDED = 10**18  # up to here the first 15 digits are told all the same
# Spreadsheet programs count a 29 February 1900 that never was; from March 1900 on this epoch makes up for it.
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheet dates
EARLIEST_SERIAL, LATEST_SERIAL = 29_000, 80_000  # 1979 to 2119
EARLIEST_YEAR, LATEST_YEAR = 1979, 2119
MOST_PERSONS = 500_000
LONGEST_NAME = 120

_UNSEEN = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000e-\u001f\u007f-\u009f"
QUOTES = "'’‘`"
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff（）()、，]"
_HAN_SPACE = re.compile(f" (?<={_HAN} )(?={_HAN})")  # the space first: it is what is looked for
_SPACES = re.compile(r"\s+")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|未计算)", re.IGNORECASE)
_NOT_CODE = re.compile(r"[\s'\"’‘`“”\-‐‑‒–—―_.·,，。:：;；/\\|*＊]+")
_CODE = re.compile(r"[0-9A-Z]{18}")
_CODE_AMONG_WORDS = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
# GB 32100 knows no I, O, S, V and Z; where one stands in a code, a digit was misread.
_LOOKALIKES = str.maketrans("OISZ", "0152")
_COUNT = re.compile(
    r"(?:约|大约|大概|共|共计|合计|近|超|超过)?(\d{1,9})(?:\.0*)?(?:余|多|来)?(?:个)?(?:人|名|位)?(?:左右|以上)?"
)
_REMARK_AT_END = re.compile(r"\([^()]*\)$")
_FULL_DAY = re.compile(r"(\d{4})[-/.年、。](\d{1,2})[-/.月、。](\d{1,2})[日号]?(?:[ T]?\d{1,2}[:时点].*|[上下]午.*)?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
# As web systems write it, in the time of Greenwich or of the place that stands behind it.
_MOMENT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s?(?:(Z|UTC|GMT)?([+-]\d{2}):?(\d{2})?|(Z|UTC|GMT))?"
)
_BEIJING = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
# The clocks of Shanghai went 43 seconds behind those of today before 1901; programs that reckon with that write a day
# as 23:59:17 of the day before.  23:59:59 is the end of a day, but what is hardly short of midnight was rounded.
_EARLY = (timedelta(hours=23, minutes=59, seconds=16), timedelta(hours=23, minutes=59, seconds=18))
_ROUNDED_DOWN = timedelta(hours=23, minutes=59, seconds=59.5)
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:份)?")
_CHINESE_DAY = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_OLD_NUMBER = re.compile(r"\d{13}|\d{15}|[0-9A-Z]{8}[0-9X]")
# How WPS and Excel show a picture that lies in a cell, where the list was made by another program.
_PICTURE = re.compile(r"=?(?:_xlfn\.)?(?:DISPIMG|IMAGE)\(", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_ZEROES = re.compile(r"[0.\s]*")


class Code(NamedTuple):
    """A credit code as read. `text` is what may be shown; `state` is right, check, missing, damaged, other or personal.

    other: the number of a registration or an organisation from the time before the credit code; it tells two shops of
    one name apart
    personal: an identity number of GB 11643, `text` is masked
    suggestion: the code that would fit if O, I, S, Z were misread 0, 1, 5, 2; never used by itself
    """

    text: str
    state: str
    suggestion: str = ""

    @property
    def identifies(self) -> bool:
        """True when the code may stand for the employer: whole, even if its check character is wrong."""
        return self.state in {"right", "check"}


MISSING = Code("", "missing")


def text_of(cell: Cell) -> str:
    """Return a cell as text: NFC, one line, without invisible characters, whole numbers without a fraction."""
    if isinstance(cell, str):
        return clean_text(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < SAFE_DIGITS:
        return str(int(cell))
    return str(cell)


def shown_text(cell: Cell) -> str:
    """Return a cell as it is shown to the user beside what is wrong with it: as text, a person's number masked."""
    if isinstance(cell, float) and cell >= SAFE_DIGITS and looks_personal(digits := _digits(cell)):
        return mask(digits)
    text = text_of(cell)
    return "DISPIMG" if is_picture(text) else masked_text(text)


def clean_text(text: str) -> str:
    """Return text NFC, on one line, trimmed; spaces that only stretch Chinese words are left out."""
    # Most cells are clean already, and a long list has a hundred thousand of them.
    if text.isprintable() and "_x" not in text and unicodedata.is_normalized("NFC", text):
        if " " not in text and (not text or text[0] not in QUOTES):
            return text
        return tightened(" ".join(text.split()).lstrip(QUOTES).strip())
    # _x000D_ is how xlsx writes characters that XML does not allow.
    if "_x" in text:
        text = _ESCAPE.sub(_unescaped, text)
    normal = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    normal = _SPACES.sub(" ", normal).strip().lstrip(QUOTES).strip()
    return tightened(normal)


def tightened(text: str) -> str:
    """Return text, of whose spaces no two follow each other, without those between Chinese characters."""
    return _HAN_SPACE.sub("", text)


def is_error(text: str) -> bool:
    """True for the error values of spreadsheet formulas."""
    return text.startswith("#") and _ERROR.match(text) is not None


def heading_of(text: str) -> str:
    """Return a heading for comparison: half width, lower case, no spaces, no leading number or star."""
    # As most names are, below which a heading may be repeated; what may go from it is none of these characters.
    if text.isalpha() and unicodedata.is_normalized("NFKC", text):
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _INVISIBLE.sub("", folded)
    return re.sub(r"^[*\d.、]+(?=\D)|[\s*:：;；\"'_·]+", "", folded)


def clean_code(cell: Cell, empty_words: frozenset[str]) -> Code:
    """Return a credit code (GB 32100-2015) with its state; spelling is put right, characters are never replaced.

    A number is always damaged: spreadsheet programs keep 15 digits.
    """
    if cell is None or isinstance(cell, bool):
        return MISSING
    # Saved as a number: the last three of its 18 digits are gone, and nothing here may guess them. 0 is an empty cell.
    if isinstance(cell, int | float):
        digits = _digits(cell)
        if _OLD_NUMBER.fullmatch(digits):
            return Code(digits, "other")
        if looks_personal(digits):
            return Code(mask(digits), "personal")
        return Code("", "damaged") if cell else MISSING
    if isinstance(cell, date):
        return Code("", "damaged")
    if _CODE.fullmatch(cell):
        return _whole_code(cell)
    return _odd_code(clean_text(cell), empty_words)


def _digits(number: float) -> str:
    """Return the digits of a number without a fraction as it was typed, of one past 15 digits with noughts behind."""
    return str(int(Decimal(repr(number)))) if 0 <= number < _ROUNDED and number == number // 1 else ""


def _odd_code(text: str, empty_words: frozenset[str]) -> Code:
    plain = unicodedata.normalize("NFKC", text).upper()
    if not plain or text.lower() in empty_words or is_error(text) or is_picture(text):
        return MISSING
    # People set codes apart with blanks, hyphens and dots, and put an apostrophe before them against the rounding.
    packed = _NOT_CODE.sub("", plain)
    if _CODE.fullmatch(packed):
        return _whole_code(packed)
    among = set(_CODE_AMONG_WORDS.findall(packed))
    # A code and a remark in one cell; with two codes nobody can say which one is the firm's.
    if len(among) == 1:
        return _whole_code(among.pop())
    if not re.search(r"[0-9A-Z]", packed) or _ZEROES.fullmatch(packed):
        return MISSING
    if _OLD_NUMBER.fullmatch(packed):
        return Code(packed, "other")
    return Code(packed if "E+" not in plain else text, "damaged")


def _whole_code(text: str) -> Code:
    # First of all: one of 31 personal numbers also has the check character of a credit code.
    if is_personal_number(text):
        return Code(mask(text), "personal")
    if uscc_is_right(text):
        return Code(text, "right")
    if text.isdecimal() and text.endswith("000"):
        # 15 digits and zeros: it has been a number once.
        return Code(mask(text), "personal") if looks_personal(text) else Code(text, "damaged")
    other = text.translate(_LOOKALIKES)
    return Code(text, "check", other if other != text and uscc_is_right(other) else "")


def looks_like_code(text: str) -> bool:
    """True for a text that is a credit code rather than a name or a word."""
    if text.isalpha():  # no letter folds to a digit, of which a code has most
        return False
    packed = _NOT_CODE.sub("", unicodedata.normalize("NFKC", text).upper())
    return len(packed) == USCC_LENGTH and is_uscc(packed) and sum(char.isdigit() for char in packed) > USCC_LENGTH // 2


@until_locked
@lru_cache(maxsize=4096)
def count_of_text(text: str) -> int | None:
    """Return a head count written as text ("约50人", "１２", "1,200"); None when it is no such number."""
    packed = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    match = _COUNT.fullmatch(_REMARK_AT_END.sub("", packed))
    return int(match[1]) if match and int(match[1]) <= MOST_PERSONS else None


def count_of(cell: Cell) -> int | None:
    """Return a head count; None when the cell holds no possible one."""
    if isinstance(cell, bool | date):
        return None
    if isinstance(cell, int | float):
        return int(cell) if 0 <= cell <= MOST_PERSONS and cell == int(cell) else None
    return count_of_text(clean_text(cell)) if cell else None


def day_of(cell: Cell) -> date | None:
    """Return a day: a date, a spreadsheet serial number, or a written date; a month alone means its first day.

    None when it is no day between 1979 and 2119; a number such as 2025.1 may be January or October and is none.
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, date):
        return cell if EARLIEST_YEAR <= cell.year <= LATEST_YEAR else None
    if isinstance(cell, int | float):
        if EARLIEST_SERIAL <= cell <= LATEST_SERIAL:
            return day_of_serial(cell)
        # 20250103 typed as a number.
        return _written_day(str(int(cell))) if cell == int(cell) else None
    text = unicodedata.normalize("NFKC", clean_text(cell))
    return moment_of(text) or _written_day(text.replace(" ", ""))


def day_of_serial(number: float) -> date:
    """Return the day of a spreadsheet's number, its time of day left out."""
    whole = int(number)
    # Nearly all are whole.
    return EPOCH + timedelta(days=whole if number == whole else whole + _is_next((number - whole) * _DAY))


def day_at(moment: datetime) -> date:
    """Return the day that a moment stands for: mostly its own."""
    day = moment.date()
    since = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    return day + timedelta(days=_is_next(since)) if day < date.max else day


def _is_next(time: timedelta) -> bool:
    """True for a time of day that stands for the midnight after it."""
    return _EARLY[0] <= time <= _EARLY[1] or time >= _ROUNDED_DOWN


@until_locked
@lru_cache(maxsize=4096)
def moment_of(text: str) -> date | None:
    """Return the day of a moment as web systems write it ("2024-03-04T16:00:00.000Z" is the 5th); None for other texts.

    A moment that names another clock than ours is told by ours, the Chinese one.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, _, hours, minutes, zulu = match.groups()
    try:
        clock = _BEIJING
        if hours or zulu:
            clock = timezone(timedelta(hours=int(hours or 0), minutes=int(f"{(hours or '+')[0]}{minutes or 0}")))
        time = (int(hour), int(minute), min(int(second or 0), 59))
        said = day_at(datetime(int(year), int(month), int(day), *time, tzinfo=clock).astimezone(_BEIJING))
    except (ValueError, OverflowError):
        return None
    return said if EARLIEST_YEAR <= said.year <= LATEST_YEAR else None


@until_locked
@lru_cache(maxsize=4096)
def _written_day(text: str) -> date | None:
    for pattern in (_FULL_DAY, _PLAIN_DAY, _MONTH):
        if match := pattern.fullmatch(text):
            year, month, day = (*map(int, match.groups()), 1)[:3]
            try:
                return date(year, month, day) if EARLIEST_YEAR <= year <= LATEST_YEAR else None
            except ValueError:
                return None
    if match := _CHINESE_DAY.fullmatch(text):
        year = int(match[1].translate(_NUMERALS))
        return _written_day(f"{year}-{_small_number(match[2])}-{_small_number(match[3] or '一')}")
    # A day of the spreadsheet that was saved as text shows its serial number.
    if _SERIAL.fullmatch(text) and EARLIEST_SERIAL <= float(text) <= LATEST_SERIAL:
        return day_of_serial(float(text))
    return None


def _small_number(text: str) -> int:
    """Return a number up to 99 written in Chinese: 十一, 二十三."""
    tens, ten, ones = text.rpartition("十")
    return (int(tens.translate(_NUMERALS) or 1) * 10 if ten else 0) + int(ones.translate(_NUMERALS) or 0)


def is_picture(text: str) -> bool:
    """True for what stands in a cell that holds a picture."""
    return text.startswith(("=", "_", "D", "d")) and _PICTURE.match(text) is not None


def folded_name(name: str) -> str:
    """Return a name for telling whether two rows mean the same employer: width, case, spaces and marks ignored."""
    if name.isalnum() and unicodedata.is_normalized("NFKC", name):
        return name.casefold()
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def name_key(name: str) -> int:
    """Return a whole number of 64 bits, with sign, that is the same for names which fold alike."""
    return int.from_bytes(sha256(folded_name(name).encode("utf-8", "surrogatepass")).digest()[:8], signed=True)


def _unescaped(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return "" if unicodedata.category(char) == "Cs" else char
