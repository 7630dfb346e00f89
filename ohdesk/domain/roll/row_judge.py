"""Rows of a list that are no employer: titles, totals, groups, remarks, signatures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ohdesk.domain.roll.values import count_of, heading_of
from ohdesk.domain.roll.words import RollWords

FEW_CELLS = 6  # a line of signatures or a remark fills at most so many cells
MANY_COLUMNS = 3
SHORT_NAME = 3
LONGEST_TOTAL = 30

_COLUMN_NUMBER = re.compile(r"[（(]?(?:\d{1,2}|[A-Za-z]|[①-⑳]|[甲乙丙丁戊己庚辛])[)）]?")
_PAGE = re.compile(r"第\s*\d+\s*页\s*[,，/]?\s*(?:共\s*\d+\s*页)?|共\s*\d+\s*页")
_GROUP = re.compile(r"(?:[（(]?[一二三四五六七八九十]+[)）]?[、.．]|第[一二三四五六七八九十]+[章节部类批])")
_COUNTED = re.compile(r"(?:共|合)计?\s*\d+\s*[家户个人条页].*")
_DAY = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?")
# Not 示例路便民店, which is called after its street.
_SAMPLE = re.compile(r"(?:示例|样例|例)[：:]|[（(](?:示|样)?例|(?:示例|样例)(?:单位|企业|公司|有限公司|厂)?$")
_SAMPLES = ("示", "样", "例", "（", "(")
_BESIDE_TITLE = re.compile(r"[（(][^（()）]*[)）]$|\s")
_BESIDE_TOTAL = re.compile(r"[（(].*?[)）]|[\s:：\d家户个人.、]+")


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Tells rows that are no employer by the texts that stand in them."""

    words: RollWords

    def is_no_employer(self, texts: Sequence[str], name: str, has_code: bool, merged: bool) -> bool:
        """True for a row that is no employer.

        texts: the filled cells in order; name: what stands in the column of names; has_code: a whole credit code
        stands in the row; merged: its first text spreads over several columns, the names among them
        """
        first, second = (*texts, "", "")[:2]
        # Before the code is looked at: the sample row of a blank form has a whole one.
        if heading_of(first) in self.words.words["sample"] or (name.startswith(_SAMPLES) and _SAMPLE.match(name)):
            return True
        # A whole code belongs to an employer whatever else the row says, 合计 in its name included.
        if has_code:
            return False
        if heading_of(name) in self.words.name_headings:
            return True
        if any(self._is_total(text) for text in (first, second, name)):
            return True
        return self._is_remark(first, len(texts)) or self._is_line(texts, merged)

    def names_organisation(self, text: str) -> bool:
        """True for a text that ends as names of organisations do."""
        return len(text) > SHORT_NAME and text.endswith(self.words.organisation)

    def _is_remark(self, first: str, filled: int) -> bool:
        if filled > FEW_CELLS:
            return False
        label, colon, _ = first.replace("：", ":").partition(":")
        return first.startswith(self.words.remark) or bool(colon and heading_of(label) in self.words.words["signature"])

    def _is_line(self, texts: Sequence[str], merged: bool) -> bool:
        """True for column numbers, page numbers, days and group lines."""
        # Rising by one, as column numbers do: a row of small numbers alone may be an employer's head counts.
        if len(texts) >= MANY_COLUMNS and all(map(_COLUMN_NUMBER.fullmatch, texts)):
            return _rising(texts)
        first = texts[0] if texts else ""
        if len(texts) <= 2 and any(pattern.fullmatch(first) for pattern in (_PAGE, _COUNTED, _DAY)):
            return True
        if len(texts) == 1 and self._is_title(first):
            return True
        return len(texts) == 1 and (merged or (bool(_GROUP.match(first)) and not self.names_organisation(first)))

    def _is_title(self, text: str) -> bool:
        """True for the title of a list, as it stands again on its next page."""
        said = _BESIDE_TITLE.sub("", text)
        return any(said.endswith(word) for word in self.words.title if len(word) > 1)

    def _is_total(self, text: str) -> bool:
        if not text or len(text) > LONGEST_TOTAL or self.names_organisation(text):
            return False
        plain = _BESIDE_TOTAL.sub("", text)
        return plain in self.words.words["total"] or plain.endswith(("合计", "小计", "总计", "共计"))


def _rising(texts: Sequence[str]) -> bool:
    numbers = [count for text in texts if (count := count_of(text.strip("（()）"))) is not None]
    return len(numbers) < 2 or all(after - before == 1 for before, after in pairwise(numbers))
