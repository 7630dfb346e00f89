"""Marks of state secrets (国家秘密标志): 绝密, 机密 and 秘密, told from the words that only speak of secrets.

A mark stands by itself, with ★ and a term, after 密级, or before what it marks (机密文件).  商业秘密, 保密协议
and 秘密级别 are words of every employer.  Source: 国家秘密定密管理暂行规定 and GB/T 9704-2012, 7.2.2.
"""

import re
from collections.abc import Sequence

from ohdesk.i18n import tr

STARRED = ("绝密★", "机密★", "秘密★")  # as they are printed
_NEAR = 8  # characters
FEW_CELLS = 4  # a title, whom it is for, the day, the mark
_WORD = r"[绝絕机機秘祕]\s{0,2}密"
_TERM = r"(?:\d{1,3}\s*[年月]|[一二三四五六七八九十]{1,3}年|长期|長期)"
_STAR = r"[★☆⭐✩✭]"
_MARKED = r"(?:(?:企业|单位|用人单位)?(?:文件|资料|材料|名单|清单|台账|表|文档|件))?"
_LETTER = r"[^\W\d_]"
_MARK = re.compile(
    rf"(?:{_WORD}\s*级?\s*{_STAR}\s*{_TERM}?)"
    rf"|(?:密\s*级\s*[:：为]?\s*{_WORD}(?!{_LETTER}))"
    rf"|(?:(?<!{_LETTER})(?:{_WORD})\s*级?\s*(?:{_TERM}|{_MARKED})(?!{_LETTER}))"
)
# What makes an ordinary word of it, a space between.
_ORDINARY = re.compile(r"(?:商业|工作|技术|个人|经营|内部|通信|保守|泄露|泄漏|涉及|国家)\s+$")


class SecretError(Exception):
    """A list is marked as a state secret: `mark` as it stands there, `place` in words."""

    def __init__(self, mark: str, place: str) -> None:
        super().__init__(mark, place)
        self.mark, self.place = mark, place


def secret_mark(text: str) -> str:
    """Return the mark of a state secret that stands in a title, a name or a header; "" where there is none."""
    if "密" not in text:
        return ""
    for match in _MARK.finditer(text):
        if not _ORDINARY.search(text[max(match.start() - _NEAR, 0) : match.start()]):
            return match[0].strip()
    return ""


def starred_mark(text: str) -> str:
    """Return the mark in a text that may be a cell of data: only with the star that no other text has."""
    match = re.search(rf"{_WORD}\s*级?\s*{_STAR}\s*{_TERM}?", text) if "密" in text else None
    return match[0].strip() if match else ""


def refuse_row(texts: Sequence[str], place: str) -> None:
    """Raise SecretError for a row of a sheet, where it stands above or below a list, that bears a mark.

    Of a row of many cells only the star tells: what else stands there may be headings, or of another list.
    """
    filled = [text for text in texts if text]
    for text in filled:
        if found := secret_mark(text) if len(filled) <= FEW_CELLS else starred_mark(text):
            raise SecretError(found, place)


def refuse_marked(text: str, place: str) -> None:
    """Raise SecretError for a title, a name or a header that bears a mark."""
    if found := secret_mark(text):
        raise SecretError(found, place)


def notice() -> str:
    """Return what whoever sets up a workspace has to know."""
    return tr("本程序不得录入、存储国家秘密。涉密单位请在单位名录里标明：不存它的照片，不导出它的资料。")
