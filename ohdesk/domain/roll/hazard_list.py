"""Hazards written in one cell, taken apart without cutting the names of substances.

`1,2-二氯乙烷`, `N,N-二甲基甲酰胺` and `甲苯-2,4-二异氰酸酯` have commas of their own: between locants, figures
or single letters before a hyphen (IUPAC names, as GBZ 2.1 and the catalogue of 2015 print them).
"""

import re
from itertools import accumulate

_SEPARATOR = re.compile(r"[、,，;；/\n\r|]+")
_LOCANT = r"(?:\d{1,2}[a-z]?|[NOSPCHmnosp]|[α-ωΑ-Ω])['′’]{0,2}"
_HYPHEN = r"[-‐-―−－]"
_LOCANTS = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_LOCANT}(?:\s?[,，]\s?{_LOCANT}){{1,11}}\s?(?={_HYPHEN})|\d{{1,2}}(?:[,，]\d{{1,2}}){{1,11}}(?=[\u4e00-\u9fff]))"
)
# With 、 between them they are told from numbered items by the name, which says how many there are: 1、3-丁二烯.
_LOOSE_LOCANTS = re.compile(rf"(?<![0-9A-Za-z]){_LOCANT}(?:、{_LOCANT}){{1,7}}(?={_HYPHEN}([^、,，;；/\n\r|]*))")
_MULTIPLES = "二三四五六七八"
_NUMBERED = re.compile(r"\s*(?:[（(]?1[、.．)）]\s*[^\d\s]|[①⑴])")
_ITEM = re.compile(r"(?<![\d.])[（(]?\d{1,2}[、.．)）](?=\s*(?:[^\d\s]|\d{1,2}[,，]\d))|[①-⑳⑴-⒇]")
# Substances called by one character; any other one alone is a piece of a stretched word.
_SHORT = frozenset("苯氨氯汞铅锰镉铬砷氟溴碘酚铍镍钴铊锑硒碲肼铀锡锌铜钨钼钡")


def split_hazards(text: str) -> list[str]:
    """Return the hazards written in a text; what stands in brackets stays with the name before it."""
    text = _LOOSE_LOCANTS.sub(_tightened, text)
    if _NUMBERED.match(text):
        text = _ITEM.sub("\n", text)
    whole = _within(text)
    parts, begin = [], 0
    for match in _SEPARATOR.finditer(text):
        if not whole[match.start()]:
            parts.append(text[begin : match.start()])
            begin = match.end()
    if not parts and " " in (plain := " ".join(text.split())):
        words = plain.split(" ")
        if all(len(word) > 1 or word in _SHORT for word in words) and not re.search(r"[A-Za-z] [A-Za-z]", plain):
            return words
    return [*parts, text[begin:]]


def _tightened(match: re.Match[str]) -> str:
    count = match[0].count("、") + 1
    is_name = count - 2 < len(_MULTIPLES) and _MULTIPLES[count - 2] in match[1]
    return match[0].replace("、", ",") if is_name else match[0]


def _within(text: str) -> list[int]:
    """Return for each character within how many brackets and groups of locants it stands."""
    steps = [0] * (len(text) + 1)
    opened: list[int] = []
    spans = [match.span() for match in _LOCANTS.finditer(text)]
    for place, character in enumerate(text):
        if character in "（([【":
            opened.append(place)
        elif character in "）)]】" and opened:
            spans.append((opened.pop(), place))
    for first, end in spans:
        steps[first] += 1
        steps[end] -= 1
    return list(accumulate(steps))
