"""`ohdesk roll duplicates` and what follows from them: which entries of the roll may be one employer."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from ohdesk.cli.common import Answer, Commands, progress
from ohdesk.domain.establishment import FIELDS
from ohdesk.i18n import tr
from ohdesk.services.changes import Change

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
    joining = group.unlocked("merge", tr("把一家并入另一家，随时可以拆开"), merge)
    joining.add_argument("keep", metavar="KEEP", help=tr("保留的一家：名称、信用代码或编号"))
    joining.add_argument("other", metavar="OTHER", help=tr("并入的一家：名称、信用代码或编号"))
    joining.add_argument("--reason", required=True, help=tr("合并的理由"))
    taking = joining.add_argument("--take", action="append", default=[], metavar="FIELD")
    taking.help = tr("保留的一家改用另一家的这个字段，如 联系电话；可重复")
    parting = group.unlocked("split", tr("把并入的一家拆开，恢复为单独的一家"), split)
    parting.add_argument("other", metavar="OTHER", help=tr("已合并的一家：名称、信用代码或编号"))
    parting.add_argument("--reason", required=True, help=tr("拆开的理由"))


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


def merge(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Merge one entry into another."""
    from ohdesk.services.roll import entries, merging, proposals

    keep, other = entries.find(ctx, args.keep), entries.find(ctx, args.other)
    change = merging.merge(ctx, keep, other, args.reason, [_key(each) for each in args.take])
    proposed = Change.PROPOSALS in change
    said = proposals.proposed_text() if proposed else tr("已合并。检查、文书和问题列在保留的一家名下。")
    return Answer({"id": keep, "merged": other, "proposed": proposed}, said)


def split(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Make an entry that was merged one of its own again."""
    from ohdesk.services.roll import merging, proposals

    other = merging.find_merged(ctx, args.other)
    proposed = Change.PROPOSALS in merging.split(ctx, other, args.reason)
    return Answer({"id": other, "proposed": proposed}, proposals.proposed_text() if proposed else tr("已拆开。"))


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


def _key(heading: str) -> str:
    return next((field.key for field in FIELDS if heading in {field.key, field.heading}), heading)
