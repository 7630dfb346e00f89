"""What a cell under a known heading says: the text to keep, or the reason why it is left out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ohdesk.domain.bounds import LONGEST_PASSAGE, LONGEST_WORD
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, IN_BUSINESS, is_town_code
from ohdesk.domain.personal import without_personal_numbers
from ohdesk.domain.roll.hazard_list import split_hazards
from ohdesk.domain.roll.table import Cell
from ohdesk.domain.roll.values import (
    LONGEST_NAME,
    SAFE_DIGITS,
    clean_code,
    clean_text,
    count_of,
    day_of,
    heading_of,
    is_error,
    is_picture,
    looks_like_code,
    text_of,
)
from ohdesk.domain.roll.words import RollWords
from ohdesk.i18n import tr

# GB/T 4754-2017: a letter for the section, then two to four digits.
_INDUSTRY_CODE = re.compile(r"^([A-T]\d{2,4})\s*[-—:： ]?\s*(.*)$")
_MARK_AT_END = re.compile(r"[（(\[【]([^（()）\[\]【】]{1,12})[)）\]】]$")
_NUMBER_BEFORE = re.compile(r"^\d{1,4}[、.．]\s*(?=\D)")
_WORD_CHARS = re.compile(r"\w")
_ROMAN = {"Ⅰ": "Ⅰ", "Ⅱ": "Ⅱ", "Ⅲ": "Ⅲ", "I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ"}
LONGEST_TEXT = 2000
GRADINGS = ("risk_class", "hazard_grade")  # by which measures are graded, and severity by the catalogue of industries


class Value(NamedTuple):
    """A cleaned value; `problem` says why the cell's content, or a part of it, was not taken."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Understands cells by the wordings given."""

    words: RollWords

    def is_empty_word(self, text: str) -> bool:
        return not text or text.lower() in self.words.words["empty"]

    def is_ditto(self, text: str) -> bool:
        return text.lower() in self.words.words["ditto"]

    def value(self, key: str, cell: Cell, heading: str) -> Value:
        """Return the value of a field other than name and credit code."""
        if key == "registration":
            return self._registration(cell)
        if isinstance(cell, str):
            if is_error(cell):
                return Value("", tr("公式出错或没有保存结果"))
            if is_picture(cell.strip()):
                return Value("", tr("单元格里是图片，没有读取"))
            cell, personal = without_personal_numbers(cell)
            if personal:
                return self._value(key, cell, heading)._replace(problem=personal_number_text())
        return self._value(key, cell, heading)

    def _value(self, key: str, cell: Cell, heading: str) -> Value:
        kind = FIELD_BY_KEY[key].kind if key in FIELD_BY_KEY else "text"
        if kind == "count":
            return self._count(cell)
        if kind == "day":
            return self._day(cell)
        if kind == "flag":
            return self._flag(cell)
        if key == "hazards":
            return Value(self.hazards(cell, heading))
        if isinstance(cell, int | float):
            if abs(cell) >= SAFE_DIGITS:
                return Value("", rounded_text())
            text, personal = without_personal_numbers(text_of(cell))
            if personal:
                return Value(text, personal_number_text())
        text = text_of(cell)[:LONGEST_TEXT]
        if isinstance(cell, date):
            text = cell.isoformat()
        if key == "town":
            return Value(text if is_town_code(text) else "")
        if key == "status":
            return Value(self.state(text) or ("" if self.is_empty_word(text) else text))
        if key in GRADINGS:
            return self._grade(key, text)
        return Value("") if self.is_empty_word(text) else Value(text)

    def _registration(self, cell: Cell) -> Value:
        code = clean_code(cell, self.words.words["empty"])
        if code.state == "other":
            return Value(code.text)
        # Since 2015 the licence bears the credit code, which has a field of its own.
        if code.identifies or code.state == "missing":
            return Value("")
        text, personal = without_personal_numbers(text_of(cell))
        if personal or code.state == "personal":
            return Value("", personal_number_text())
        return Value(text[:LONGEST_WORD])

    def _count(self, cell: Cell) -> Value:
        count = count_of(cell)
        if count is not None:
            return Value(str(count))
        text = text_of(cell)
        return Value("") if self.is_empty_word(text) else Value("", tr("不是人数"))

    def _day(self, cell: Cell) -> Value:
        day = day_of(cell)
        if day is not None:
            return Value(day.isoformat())
        text = text_of(cell)
        if self.is_empty_word(text) or text.lower() in self.words.words["no"] | self.words.words["yes"]:
            return Value("")
        return Value("", tr("不是能认出的日期"))

    def _flag(self, cell: Cell) -> Value:
        # Asked whether it declared, a list answers with the day it did.
        if day_of(cell) is not None:
            return Value("是")
        text = text_of(cell).lower()
        if text in self.words.words["yes"] or text.startswith(("已", "是")):
            return Value("是")
        if text in self.words.words["no"] or text.startswith(("未", "否", "没")):
            return Value("否")
        return Value("") if self.is_empty_word(text) else Value("", tr("看不出是“是”还是“否”"))

    def says_yes(self, cell: Cell) -> bool | None:
        """Return what a yes-or-no cell says; None when it says nothing clear."""
        return {"是": True, "否": False}.get(self._flag(cell).text)

    def hazards(self, cell: Cell, heading: str) -> str:
        """Return hazards separated by 、; a tick under a hazard's own heading stands for that hazard."""
        text = cell if isinstance(cell, str) else text_of(cell)
        plain = clean_text(text)
        if self.is_empty_word(plain) or plain.lower() in self.words.words["no"]:
            return ""
        if plain.lower() in self.words.words["yes"] or plain.isdecimal():
            # One column for each hazard, with a tick or a count below it.
            return self._named_by(heading)
        return join_distinct(clean_text(part) for part in split_hazards(text))

    def _named_by(self, heading: str) -> str:
        for word in ("职业病危害因素名称", "职业病危害因素", "职业危害因素", "危害因素名称", "危害因素", "接触"):
            heading = heading.replace(word, "")
        return clean_text(heading).strip("：:（）() ")

    def _grade(self, key: str, text: str) -> Value:
        if self.is_empty_word(text):
            return Value("")
        plain = heading_of(text).upper().removesuffix("类").removesuffix("级").removesuffix("风险")
        plain = _ROMAN.get(plain, plain)
        severity = plain.removeprefix("职业病").removeprefix("危害").removesuffix("危害")
        if severity in self.words.hazard_grades:
            return Value(severity)
        if severity in self.words.former_grades:
            return Value(severity, tr("现行目录只分严重、一般"))
        if plain in {each for scheme in self.words.schemes for each in scheme["classes"]}:
            return Value(plain)
        return Value(text) if key == "risk_class" else Value("", tr("不是严重或一般"))

    def grading_of(self, text: str, heading: str) -> str:
        """Return which of `GRADINGS` a value is of: lists print either under headings of the other."""
        is_severity = text in self.words.hazard_grades | self.words.former_grades
        # A plain 风险等级 may be that of work safety, whose levels also have 一般.
        is_meant = is_severity and any(word in heading for word in self.words.grade_headings)
        return "hazard_grade" if is_meant else "risk_class"

    def scheme_of(self, heading: str, classes: Sequence[str]) -> str:
        """Return the key of the only scheme that a heading and its classes can mean; "" when it is not stated."""
        known = [scheme for scheme in self.words.schemes if set(classes) & set(scheme["classes"])]
        stated = [scheme for scheme in known if any(word in heading for word in scheme["heading"])]
        # The schemes run in opposite directions: 甲 is the worst in one and the best in the other. So nothing is
        # assumed.
        chosen = stated if stated else known
        return str(chosen[0]["key"]) if len(chosen) == 1 else ""

    def state(self, text: str) -> str:
        """Return the state that a status cell names: 在业 or one of the closed states; "" when it names none."""
        plain = clean_text(text)
        if not plain:
            return ""
        for state, words in self.words.status.items():
            if plain in words or plain.removeprefix("已") in words or plain.removeprefix("已经") in words:
                return state
        return self.closed_in(plain)

    def closed_in(self, text: str) -> str:
        """Return the closed state that a remark speaks of as a fact; "" when it speaks of none or denies it."""
        if not text or not self.words.closing.search(text):
            return ""
        if any(word in text for word in self.words.status_negation["resumed"]):
            return ""
        for state in self.words.status:
            if state == IN_BUSINESS or state not in CLOSED_STATES:
                continue
            for word in self.words.status[state]:
                if len(word) > 1 and self._stated(text, word):
                    return state
        return ""

    def _stated(self, text: str, word: str) -> bool:
        place = text.find(word)
        if place < 0:
            return False
        before, after = text[:place], text[place + len(word) :]
        # Denied in its own clause only: 未停产，已搬迁 has moved.
        clause = re.split(r"[，,。；;、\s]", before)[-1]
        # “未注销” and “无停业” speak of a state to deny it.
        negated = any(neg in clause[-6:] for neg in self.words.status_negation["before"])
        return not negated and not after.startswith(self.words.status_negation["after"])

    def name_and_state(self, text: str) -> tuple[str, str]:
        """Return a name without "1、" before and "（已注销）" behind it, and the closed state that this speaks of."""
        if text.isalpha():
            return text, ""
        text = _NUMBER_BEFORE.sub("", text)
        match = _MARK_AT_END.search(text)
        if match and (state := self.state(match[1])) and state != IN_BUSINESS:
            return clean_text(text[: match.start()]), state
        return text, ""

    def name_problem(self, cell: Cell, text: str) -> str:
        """Return why a cell cannot be the name of an inspected body; "" when it can."""
        if isinstance(cell, bool | int | float | date):
            return tr("单位名称是数字或日期")
        if text.isalpha() and 2 <= len(text) <= LONGEST_NAME and not self.is_empty_word(text):
            return ""
        if is_error(text):
            return tr("公式出错或没有保存结果")
        if text[0:1] in {"=", "_"} and is_picture(text):
            return tr("单元格里是图片，没有读取")
        if self.is_empty_word(text) or not _WORD_CHARS.search(text):
            return tr("没有单位名称")
        if looks_like_code(text):
            return tr("单位名称栏里是信用代码，可能整行错位")
        if not any(char.isalpha() for char in text):
            return tr("单位名称是数字或日期")
        if len(text) < 2:
            return tr("单位名称只有一个字")
        if len(text) > LONGEST_NAME:
            return tr("单位名称过长，像是一段说明")
        return ""


def as_it_stands(cell: Cell) -> Value:
    """Return what is kept of a cell whose column goes into no field."""
    if cell is None or cell == "":
        return Value("")
    if isinstance(cell, int | float) and abs(cell) >= SAFE_DIGITS:
        return Value("", rounded_text())
    text = text_of(cell)
    if is_error(text):
        return Value("", tr("公式出错或没有保存结果"))
    if is_picture(text):
        return Value("", tr("单元格里是图片，没有读取"))
    text, personal = without_personal_numbers(text)
    return Value(text[:LONGEST_PASSAGE], personal_number_text() if personal else "")


def rounded_text() -> str:
    """Say why a number was not taken whose last digits are gone."""
    return tr("数字超过 15 位，已被表格软件改动")


def personal_number_text() -> str:
    """Say why something was not taken from a cell with a personal identity number in it."""
    return tr("有公民身份号码（身份证号），名录不收，已去掉")


def join_distinct(parts: Iterable[str]) -> str:
    """Return texts joined by 、, each once, in the order given."""
    return "、".join(dict.fromkeys(part for part in parts if part))


def split_industry(text: str) -> tuple[str, str]:
    """Return GB/T 4754 code and name of an industry written together ("C3071 建筑陶瓷制品制造")."""
    match = _INDUSTRY_CODE.match(text)
    return (match[1], match[2]) if match else ("", text)
