"""Inspected bodies (检查对象): their fields, and the unified social credit code of GB 32100-2015."""

from typing import Literal, NamedTuple

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH = 18
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

FieldKind = Literal["text", "count", "day", "flag"]


class Field(NamedTuple):
    """One field of a roll entry: its key, its Chinese heading, and what it holds.

    text: free text · count: whole number of persons · day: "2026-03-02" · flag: "是" or "否"
    """

    key: str
    heading: str
    kind: FieldKind = "text"


FIELDS = (
    Field("name", "单位名称"),
    Field("uscc", "统一社会信用代码"),
    Field("local_id", "本地编号"),
    Field("kind", "对象类别"),
    Field("town", "所属镇街代码"),
    Field("grid", "网格"),
    Field("address", "地址"),
    Field("legal_representative", "法定代表人"),
    Field("person_in_charge", "主要负责人"),
    Field("contact", "联系人"),
    Field("phone", "联系电话"),
    Field("industry_code", "行业代码"),
    Field("industry", "行业"),
    Field("ownership", "经济类型"),
    Field("size", "企业规模"),
    Field("workers", "从业人数", "count"),
    Field("exposed_workers", "接害人数", "count"),
    Field("dispatched_workers", "劳务派遣人数", "count"),
    Field("hazards", "职业病危害因素"),
    Field("risk_class", "风险类别"),
    Field("risk_scheme", "分类依据"),
    Field("declared", "已申报", "flag"),
    Field("declared_on", "申报日期", "day"),
    Field("tested_on", "最近检测日期", "day"),
    Field("exam_on", "最近体检日期", "day"),
    Field("inspected_on", "最近检查日期", "day"),
    Field("status", "状态"),
    Field("tags", "标签"),
    Field("note", "备注"),
)
FIELD_KEYS = tuple(field.key for field in FIELDS)
FIELD_BY_KEY = {field.key: field for field in FIELDS}

IN_BUSINESS = "在业"
CLOSED_STATES = frozenset({"停业", "注销", "吊销", "搬迁", "失联", "关闭"})


def uscc_check_character(first_17: str) -> str:
    """Return the check character of GB 32100-2015 for the first 17 characters.

    Raises ValueError for a character outside the standard's alphabet of 31.
    """
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(first_17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def is_uscc(text: str) -> bool:
    """True for 18 characters of the alphabet, whether or not the check character fits."""
    return len(text) == USCC_LENGTH and all(char in USCC_ALPHABET for char in text)


def uscc_is_right(text: str) -> bool:
    """True when the 18th character is the check character of the first 17."""
    return is_uscc(text) and uscc_check_character(text[:17]) == text[17]
