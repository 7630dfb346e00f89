"""Where a list is from: which system, of which day, under which number; kept with what an import writes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ohdesk.domain.bounds import LONGEST_WORD
from ohdesk.domain.calendar import day_in
from ohdesk.domain.kept_columns import Pairs
from ohdesk.domain.roll.values import clean_text, day_of, heading_of, text_of
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr

_BETWEEN = re.compile(r"\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Provenance:
    """source: id of a `forms.list_sources.ListSource` · listed_on: a day · report_no: of the list; "" for unknown."""

    source: str = ""
    listed_on: str = ""
    report_no: str = ""

    @property
    def pairs(self) -> Pairs:
        """What is written of it; () where nothing is known."""
        said = (("source", self.source), ("listed_on", self.listed_on), ("report_no", self.report_no))
        return tuple((key, text) for key, text in said if text)

    def over(self, found: "Provenance") -> "Provenance":
        """Return this, with what was found where it says nothing."""
        return Provenance(
            self.source or found.source, self.listed_on or found.listed_on, self.report_no or found.report_no
        )


UNKNOWN = Provenance()


def written(pairs: Iterable[Sequence[str]]) -> Provenance:
    """Return what `pairs` say; what this program does not know is left out."""
    said = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    return Provenance(*(said.get(key, "") for key in ("source", "listed_on", "report_no")))


def said(source: str, listed_on: str, report_no: str) -> Provenance:
    """Return what a person says of a list. Raises ProblemsError for a day that is none or a number that is too long."""
    problems: list[Problem] = []
    day, number = day_of(listed_on.strip()) if listed_on.strip() else None, clean_text(report_no)
    if listed_on.strip() and (day is None or day_in(day.isoformat()) is None):
        problems.append(Problem(tr("名单日期"), tr("日期"), listed_on[:40], field="listed_on", example="2026-03-02"))
    if len(number) > LONGEST_WORD:
        found = tr("{count} 个字", count=len(number))
        problems.append(Problem(tr("名单编号"), tr("不超过 {most} 个字", most=LONGEST_WORD), found, field="report_no"))
    if problems:
        raise ProblemsError(tr("名单出处有 {count} 处看不懂。", count=len(problems)), tuple(problems))
    return Provenance(source, day.isoformat() if day else "", number)


def found_above(rows: Iterable[Sequence[object]], words: Mapping[str, Sequence[str]]) -> Provenance:
    """Return what stands above a list of its day and its number, behind one of the words for it.

    words: "listed_on", "report_no" → how lists say it: in a cell of its own, or before a colon
    """
    by_word = {heading_of(word): key for key, several in words.items() for word in several}
    found: dict[str, str] = {}
    for row in rows:
        cells = [text for cell in row if (text := text_of(cell))]  # type: ignore[arg-type]
        for at, cell in enumerate(cells):
            word, *rest = _BETWEEN.split(cell, maxsplit=1)
            key = by_word.get(heading_of(word), "")
            text = rest[0] if rest and rest[0] else cells[at + 1] if at + 1 < len(cells) else ""
            if key == "listed_on" and (day := day_of(text)):
                found.setdefault(key, day.isoformat())
            elif key == "report_no" and 0 < len(text) <= LONGEST_WORD:
                found.setdefault(key, text)
    return Provenance("", found.get("listed_on", ""), found.get("report_no", ""))
