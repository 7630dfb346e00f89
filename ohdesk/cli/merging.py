"""`ohdesk roll duplicates` and what follows from them: which entries of the roll may be one employer."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from ohdesk.cli.common import Answer, Commands, progress
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.roll.duplicates import Found, LikelyPair


def register(group: Commands) -> None:
    """Add the commands to those of the roll."""
    group.unlocked("duplicates", tr("列出疑似重复的单位，不改动任何数据"), duplicates)
    telling = group.unlocked("distinct", tr("说明两条名录不是同一家，不再列为疑似重复"), distinct)
    telling.add_argument("one", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    telling.add_argument("other", metavar="OTHER", help=tr("另一家的名称、信用代码或编号"))
    telling.add_argument("--reason", default="", help=tr("说明"))


def duplicates(ctx: "Context", _args: argparse.Namespace) -> Answer:
    """List the entries that may be one employer."""
    from ohdesk.services.roll.duplicates import likely_pairs

    found = likely_pairs(ctx, progress(tr("查找疑似重复")))
    return Answer(partial(_data, found), _text(found))


def distinct(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Say that two entries are not one employer."""
    from ohdesk.services.roll import duplicates, entries

    ids = entries.find(ctx, args.one), entries.find(ctx, args.other)
    duplicates.tell_apart(ctx, *ids, reason=args.reason)
    return Answer({"ids": list(ids)}, tr("已记下：不是同一家，不再提示。"))


def _data(found: "Found") -> dict[str, Any]:
    return {"pairs": [_pair(each) for each in found.pairs], "more": found.more}


def _pair(pair: "LikelyPair") -> dict[str, Any]:
    return {"entries": [each._asdict() for each in (pair.first, pair.second)], "why": list(pair.why)}


def _text(found: "Found") -> str:
    lines = []
    for pair in found.pairs:
        two = (f"{each.name}（{each.uscc or each.id}）" for each in (pair.first, pair.second))
        lines.append("\t".join((*two, "、".join(each.word for each in pair.why))))
    lines.append(tr("共 {count} 对疑似重复。", count=len(found.pairs)))
    if found.more:
        lines.append(tr("还有 {more} 对没有列出；处理掉这些以后会接着列。", more=found.more))
    return "\n".join(lines)
