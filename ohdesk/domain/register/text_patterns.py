"""Whether the pattern of a text can be compared in little time, whatever is typed: anybody may write a book."""

import re

from ohdesk.i18n import tr

_LONGEST = 100  # characters
_MOST_TIMES = 200  # that a piece is repeated
_SET_OF_SETS = re.compile(r"(?<!\\)\[|--|&&|~~|\|\|")  # may mean something else in a Python to come
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?:|\?)?|\{\d*(?:,\d*)?\}|.", re.DOTALL)


def pattern_fault(pattern: str) -> str:
    """Return what is wrong with the pattern of a text, "" for one that is compared in little time whatever is typed.

    Python compares by trying every way to divide a text among what may be longer or shorter: so few of those, none
    inside another, and none of what refers back.
    """
    if len(pattern) > _LONGEST:
        return tr("不超过 {count} 个字", count=_LONGEST)
    longer = either = 0
    before = ""
    for piece in _PIECE.findall(pattern):
        if piece == "(?" or re.fullmatch(r"\\[1-9]", piece):
            return tr("不用反向引用和 (?…) 的正则表达式")
        if piece[0] == "[" and _SET_OF_SETS.search(piece, 1):
            return tr("字符集里不写 [、--、&&、~~、|| 的正则表达式")
        if piece in {"*", "+", "?"} or re.fullmatch(r"\{\d*(,\d*)?\}", piece):
            if before == ")" and piece != "?":
                return tr("括号后面不重复的正则表达式")
            if any(int(number) > _MOST_TIMES for number in re.findall(r"\d+", piece)):
                return tr("重复不超过 {count} 次的正则表达式", count=_MOST_TIMES)
            longer += piece in {"*", "+"} or "," in piece
            either += piece == "?"
        either += piece == "|"
        before = piece
    if longer > 2 or either > 6:
        return tr("不定长的部分不超过 2 处、? 和 | 不超过 6 处的正则表达式")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return tr("正则表达式（{error}）", error=error)
    return ""
