"""What is asked of a list on the command line: words, a view, conditions `--filter 字段=值`, and an order."""

import argparse
import re
from typing import TYPE_CHECKING

from ohdesk.domain.register.conditions import BETWEEN, Condition
from ohdesk.domain.register.definition import Definition, word
from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.register.conditions import EntryQuery

_CONDITION = re.compile(r"([^=~<>!]+?)\s*(!=|>=|<=|=|~|≠|≥|≤)\s*(.*)", re.DOTALL)
_OR = "|"
_WITHOUT_VALUE = {"=": "empty", "!=": "filled", "≠": "filled"}
_HOWS = {
    "=": "is",
    "!=": "is_not",
    "≠": "is_not",
    "~": "contains",
    ">=": "after",
    "≥": "after",
    "<=": "before",
    "≤": "before",
}


def add_options(command: argparse.ArgumentParser, sought: str) -> None:
    """Let a command be told what is listed; sought: what the words may be a part of."""
    command.add_argument("--search", default="", metavar="TEXT", help=sought)
    command.add_argument("--view", default="", metavar="VIEW", help=tr("自带的或存下的视图，可再加条件"))
    conditions = command.add_argument("--filter", action="append", default=[], metavar="FIELD=VALUE")
    conditions.help = tr("筛选：=（等于，几个值之间写 |，不写为空白）、!=、~（包含）、>=、<=；可重复")
    command.add_argument("--sort", default="", metavar="[-]FIELD", help=tr("按哪个字段排列，前面加 - 为从大到小"))


def query_of(ctx: "Context", definition: Definition, args: argparse.Namespace) -> "EntryQuery":
    """Return what a command was told to list; fields may be called by their headings.

    Raises UserError for what is no condition, or a view that there is not.
    """
    from ohdesk.services.register import views
    from ohdesk.services.register.conditions import EntryQuery

    view = views.query(ctx, definition, args.view) if args.view else EntryQuery()
    keys = {word(field.label): field.key for field in definition.fields}
    typed = [typed_condition(each) for each in args.filter]
    order = args.sort.removeprefix("-")
    return EntryQuery(
        sought=args.search or view.sought,
        state=view.state,
        conditions=(*view.conditions, *(each._replace(key=keys.get(each.key, each.key)) for each in typed)),
        order=keys.get(order, order) or view.order,
        falling=args.sort.startswith("-") if args.sort else view.falling,
    )


def typed_condition(text: str) -> Condition:
    """Return what is asked of a field. Raises UserError for text that is no condition."""
    match = _CONDITION.fullmatch(text.replace("＝", "=", 1).strip())
    if match is None:
        raise UserError(tr("看不懂“{text}”。", text=text[:40]), tr("写成“字段=值”，例如：--filter source=来电。"))
    key, sign, value = match.groups()
    if not value and sign in _WITHOUT_VALUE:
        return Condition(key, _WITHOUT_VALUE[sign])
    if sign == "=" and _OR in value:
        return Condition(key, "one_of", value.replace(_OR, BETWEEN))
    return Condition(key, _HOWS[sign], value)
