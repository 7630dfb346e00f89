"""Inspected bodies (检查对象): their fields, and the unified social credit code of GB 32100-2015."""

import re
from collections.abc import Mapping
from datetime import date
from operator import mul
from typing import Literal, NamedTuple

from ohdesk.domain import kept_columns
from ohdesk.domain.bounds import LONGEST_NAME, LONGEST_PASSAGE, LONGEST_TEXT, LONGEST_WORD, MOST_PERSONS
from ohdesk.domain.calendar import day_in
from ohdesk.domain.kept_columns import Pairs
from ohdesk.errors import Problem
from ohdesk.i18n import mark, tr

_TOWN_CODE_LENGTH = 9  # GB/T 2260 and three digits for the town
# GB 32100-2015: digits and capital letters without I, O, S, V and Z.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH = 18
_USCC = re.compile(f"[{USCC_ALPHABET}]{{{USCC_LENGTH}}}")
# 3^(i-1) mod 31, as the standard lists them.
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

FieldKind = Literal["text", "count", "day", "flag", "entry", "blob", "kept"]
Value = str | int | bool | None | Pairs  # of a field, as an operation carries it
_SHOWN = 40  # characters of a value that is none
_SPELLED: Mapping[FieldKind, re.Pattern[str]] = {
    "entry": re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "blob": re.compile("[0-9a-f]{64}"),
}


class Field(NamedTuple):
    """One field of a roll entry: its key, its Chinese heading, and what it holds.

    text: free text · entry: another entry, by its id · blob: a file, by its SHA-256; all three "" while unknown
    count: whole number of persons · day: "2026-03-02" · flag: true or false; all three None while unknown
    kept: columns of lists, each heading with what stood under it; () while there are none

    most: characters of a text
    """

    key: str
    heading: str
    kind: FieldKind = "text"
    most: int = LONGEST_TEXT

    @property
    def unknown(self) -> Value:
        """The value while nothing is known."""
        if self.kind == "kept":
            return ()
        return "" if self.kind in {"text", "entry", "blob"} else None


FIELDS = (
    Field("name", mark("单位名称"), most=LONGEST_NAME),
    Field("uscc", mark("统一社会信用代码"), most=LONGEST_WORD),
    Field("registration", mark("原注册号"), most=LONGEST_WORD),
    Field("local_id", mark("本地编号"), most=LONGEST_WORD),
    Field("kind", mark("对象类别")),
    Field("state_secrets", mark("涉密单位"), "flag"),
    Field("town", mark("所属镇街代码")),
    Field("grid", mark("网格")),
    Field("address", mark("地址")),
    Field("legal_representative", mark("法定代表人")),
    Field("person_in_charge", mark("主要负责人")),
    Field("contact", mark("联系人")),
    Field("phone", mark("联系电话")),
    Field("industry_code", mark("行业代码")),
    Field("industry", mark("行业")),
    Field("ownership", mark("经济类型")),
    Field("size", mark("企业规模")),
    Field("workers", mark("从业人数"), "count"),
    Field("exposed_workers", mark("接害人数"), "count"),
    Field("dispatched_workers", mark("劳务派遣人数"), "count"),
    Field("hazards", mark("职业病危害因素"), most=LONGEST_PASSAGE),
    Field("risk_class", mark("风险类别")),
    Field("risk_scheme", mark("分类依据")),
    Field("hazard_grade", mark("职业病危害程度")),
    Field("declared", mark("已申报"), "flag"),
    Field("declared_on", mark("申报日期"), "day"),
    Field("tested_on", mark("最近检测日期"), "day"),
    Field("exam_on", mark("最近体检日期"), "day"),
    Field("inspected_on", mark("最近检查日期"), "day"),
    Field("key_industry", mark("重点行业")),
    Field("support_industry", mark("帮扶重点行业")),
    Field("hearing_industry", mark("听力保护重点行业")),
    Field("new_case_year", mark("新发职业病年份"), most=LONGEST_WORD),
    Field("new_case_disease", mark("新发职业病病种")),
    Field("status", mark("状态")),
    Field("status_on", mark("状态日期"), "day"),
    Field("status_proof", mark("状态依据")),
    Field("permit_no", mark("许可证或备案编号"), most=LONGEST_WORD),
    Field("permit_until", mark("许可或备案有效期至"), "day"),
    Field("permit_scope", mark("许可或备案范围")),
    Field("devices", mark("主要设备")),
    Field("professionals", mark("专业人员数"), "count"),
    Field("tags", mark("标签")),
    Field("note", mark("备注"), most=LONGEST_PASSAGE),
)
_FOUND_BY = ("uscc", "local_id", "address", "legal_representative", "person_in_charge", "contact", "phone")
FIELD_KEYS = tuple(field.key for field in FIELDS)
FIELD_BY_KEY = {field.key: field for field in FIELDS}

# Withdrawn instead of deleted: an undone import stays in the journal, and a later write can bring the entry back.
WITHDRAWN = Field("withdrawn", mark("撤出名录"), "flag")  # is written like a field, and shows as not being there
MERGED_INTO = Field("merged_into", mark("合并到"), "entry")  # so is this: another entry goes on for it
TRANSFER_TO = Field("transfer_to", mark("转往镇街"), most=LONGEST_WORD)  # and this: the town it is offered to
STATUS_FILE = Field("status_file", mark("状态依据附件"), "blob")  # and this: the photo or paper behind its proof
KEPT = Field("kept", mark("按原样保留的列"), "kept")  # and this: columns of lists that are none of the fields
WRITTEN_BY_KEY = FIELD_BY_KEY | {each.key: each for each in (WITHDRAWN, MERGED_INTO, TRANSFER_TO, STATUS_FILE, KEPT)}
_YES, _NO = "是", "否"

IN_BUSINESS = mark("在业")
# Left out of draws; a company that has moved or is out of reach cannot be inspected where the roll says.
CLOSED_STATES = frozenset(
    {mark("停业"), mark("注销"), mark("吊销"), mark("搬迁"), mark("失联"), mark("关闭"), mark("转出")},
)


def found_by(fields: Mapping[str, object]) -> dict[str, None]:
    """Return by what an entry is found besides its name, each text once: codes, address, persons, telephone."""
    found = [str(fields[key]) for key in _FOUND_BY]
    # Whoever looks for a number types it without the strokes.
    return dict.fromkeys([*found, "".join(filter(str.isalnum, found[-1]))])


def fits(field: Field, value: object) -> bool:
    """True for a value that a field of this kind can have."""
    if field.kind == "text":
        return isinstance(value, str) and len(value) <= field.most
    if field.kind == "kept":
        return kept_columns.fits(value)
    if field.kind in _SPELLED:
        return isinstance(value, str) and (not value or _SPELLED[field.kind].fullmatch(value) is not None)
    if value is None:
        return True
    if field.kind == "flag":
        return isinstance(value, bool)
    if field.kind == "count":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_PERSONS
    return isinstance(value, str) and day_in(value) is not None


def value_problem(key: str, value: Value) -> Problem | None:
    """Return what is wrong with a value that is written under a key; None where nothing is."""
    field = WRITTEN_BY_KEY.get(key)
    if field is None:
        return Problem(key[:_SHOWN], tr("本版本认识的名录字段"), key[:_SHOWN])
    if fits(field, value):
        return None
    found = value_text(value)
    if isinstance(value, str) and len(value) > _SHOWN:
        found = tr("{count} 个字", count=len(value))
    return Problem(tr(field.heading), expected_text(field), found, field=key, example=example(field))


def read_value(field: Field, text: str) -> Value:
    """Return what is meant by text as `value_text` writes it. Raises ValueError for text that means no such value."""
    if field.kind == "text":
        return text
    if not text:
        return field.unknown
    if field.kind == "kept":  # of which no text says it all
        raise ValueError(text)
    value: Value = text
    if field.kind == "flag":
        value = {_YES: True, _NO: False}.get(text)
    elif field.kind == "count":
        # int() alone also takes "1_000", " 5 " and the digits of other scripts.
        value = int(text) if text.isascii() and text.isdecimal() else None
    if value is None or not fits(field, value):
        raise ValueError(text)
    return value


def expected_text(field: Field) -> str:
    """Return in words what may stand in a field."""
    words = {
        "text": tr("不超过 {most} 个字", most=field.most),
        "count": tr("整数人数，不超过 {most}", most=MOST_PERSONS),
        "day": tr("日期"),
        "flag": tr("是或否"),
        "entry": tr("名录中一家单位的编号"),
        "blob": tr("一份附件的指纹"),
        "kept": tr("不超过 {most} 列", most=kept_columns.MOST),
    }
    return words[field.kind]


def example(field: Field) -> str:
    """Return how a value of a field may look, "" where the words say it all."""
    return "2026-03-02" if field.kind == "day" else ""


def value_text(value: Value | date) -> str:
    """Return a value as people write it, the same in every language: a roll is exchanged as a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, tuple | list):
        return kept_columns.kept_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def is_town_code(text: str) -> bool:
    """True for nine digits: only a whole code says whose an entry is."""
    return len(text) == _TOWN_CODE_LENGTH and text.isascii() and text.isdecimal()


def uscc_check_character(first_17: str) -> str:
    """Return the check character of GB 32100-2015 for the first 17 characters.

    Raises ValueError for a character outside the standard's alphabet of 31, or another number of them.
    """
    if len(first_17) != len(_USCC_WEIGHTS):
        raise ValueError(first_17)
    total = sum(map(mul, map(USCC_ALPHABET.index, first_17), _USCC_WEIGHTS))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def is_uscc(text: str) -> bool:
    """True for 18 characters of the alphabet, whether or not the check character fits."""
    return _USCC.fullmatch(text) is not None


def uscc_is_right(text: str) -> bool:
    """True when the 18th character is the check character of the first 17."""
    return is_uscc(text) and uscc_check_character(text[:17]) == text[17]
