"""The wordings by which lists from outside are understood, as parsed from `resources/roll/columns.toml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ohdesk.domain.roll.values import heading_of


@dataclass(frozen=True, slots=True)
class FieldWords:
    """How headings of one field are worded; `exact` best first, folded by `heading_of`."""

    key: str
    exact: Mapping[str, int]
    part: tuple[str, ...]
    never: tuple[str, ...]
    many: bool


@dataclass(frozen=True, slots=True)
class RollWords:
    """All wordings of `resources/roll/columns.toml`."""

    fields: tuple[FieldWords, ...]
    foreign: tuple[str, ...]
    serial: frozenset[str]
    vague_names: frozenset[str]
    organisation: tuple[str, ...]
    places: tuple[str, ...]
    title: tuple[str, ...]
    words: Mapping[str, frozenset[str]]
    remark: tuple[str, ...]
    status: Mapping[str, tuple[str, ...]]
    status_negation: Mapping[str, tuple[str, ...]]
    schemes: tuple[Mapping[str, Any], ...]
    hazard_grades: frozenset[str]
    former_grades: frozenset[str]
    grade_headings: tuple[str, ...]
    name_headings: frozenset[str]
    headings: frozenset[str]  # word for word, of any field or of running numbers
    closing: re.Pattern[str]  # any word of a closed state


def words_from(data: Mapping[str, Any]) -> RollWords:
    """Return the wordings of a parsed TOML file; raises KeyError for a missing part."""
    fields = tuple(
        FieldWords(
            raw["key"],
            # Backwards, so that of two wordings that fold alike the better place stays.
            {heading_of(text): place for place, text in reversed(list(enumerate(raw["exact"])))},
            tuple(raw.get("part", ())),
            tuple(raw.get("never", ())),
            raw.get("many", False),
        )
        for raw in data["field"]
    )
    if fields[0].key != "name":
        raise KeyError("the first field must be the name")
    words = {key: frozenset(text.lower() for text in texts) for key, texts in data["words"].items() if key != "remark"}
    return RollWords(
        fields,
        tuple(data["foreign"]),
        frozenset(map(heading_of, data["serial"])),
        frozenset(map(heading_of, data["vague_names"])),
        tuple(data["organisation"]),
        tuple(data["places"]),
        tuple(data["title"]),
        words,
        tuple(data["words"]["remark"]),
        {state: tuple(texts) for state, texts in data["status"].items()},
        {key: tuple(texts) for key, texts in data["status_negation"].items()},
        tuple(data["scheme"]),
        frozenset(data["hazard_grade"]["grades"]),
        frozenset(data["hazard_grade"]["former"]),
        tuple(data["hazard_grade"]["heading"]),
        frozenset(fields[0].exact),
        frozenset(map(heading_of, data["serial"])).union(*(field.exact for field in fields)),
        re.compile("|".join(re.escape(text) for texts in data["status"].values() for text in texts if len(text) > 1)),
    )
