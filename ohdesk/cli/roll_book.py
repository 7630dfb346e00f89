"""The roll as one of the books: what `ohdesk register … roll` does, by the commands of the roll where they do the same.

What the roll does in its own way (to close an employer, to import) is named, not imitated.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ohdesk.cli import roll
from ohdesk.cli.common import Answer, named
from ohdesk.cli.conditions import query_of
from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context

ROLL = "roll"  # the id of the roll among the books
Command = Callable[["Context", argparse.Namespace], Answer]


def or_roll(of_books: Command, of_roll: Command | None = None) -> Command:
    """Return a command of the books that does `of_roll` when the roll is named; without one it says what does."""

    def command(ctx: "Context", args: argparse.Namespace) -> Answer:
        if args.register != ROLL:
            return of_books(ctx, args)
        if of_roll is None:
            raise UserError(
                tr("单位名录有自己的命令做这件事。"),
                tr("请运行 ohdesk roll --help 查看，例如 roll import、roll close。"),
            )
        return of_roll(ctx, args)

    return command


def list_all(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the roll in the shape of a book."""
    from ohdesk.forms.roll import roll_definition
    from ohdesk.services.roll import entries

    if args.state or args.about:
        raise UserError(tr("单位名录不按这一项筛选。"), tr("请用 --filter，例如：--filter status=在业。"))
    rows = entries.all_rows(ctx, query_of(ctx, roll_definition(), args))
    data = [_entry(each.id, msgspec.to_builtins(each)) for each in rows]
    lines = [f"{each['number']}\t{row.name}\t{row.status}" for each, row in zip(data, rows, strict=True)]
    return Answer(data, "\n".join([*lines, tr("共 {count} 家。", count=len(rows))]))


def show(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Show one employer, with every field."""
    from ohdesk.domain.register.definition import word
    from ohdesk.forms.roll import roll_definition
    from ohdesk.services.roll import entries

    detail, definition = entries.detail(ctx, entries.find(ctx, args.entry)), roll_definition()
    lines = [f"{word(each.label)}：{value}" for each in definition.fields if (value := detail.fields.get(each.key))]
    data = _entry(detail.id, detail.fields) | {"contested": list(detail.contested), "title": word(definition.title)}
    return Answer(data, "\n".join(lines))


def correct(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Put fields of one employer right."""
    args.establishment = args.entry
    return roll.correct(ctx, args)


def history(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Tell every write of one employer."""
    from ohdesk.services.roll import entries

    writes = entries.detail(ctx, entries.find(ctx, args.entry)).history
    lines = [f"{each.at}\t{each.field}\t{each.value}\t{each.reason}" for each in writes]
    return Answer(msgspec.to_builtins(writes), "\n".join(lines))


def undo(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take an import or an edit of the roll back, do an edit again, or list the imports."""
    if not args.redo:
        return roll.undo(ctx, args)
    from ohdesk.services.roll import undo as roll_undo

    done = named(roll_undo.redo_edit(ctx), "withdrawn", "restored")
    return Answer(done, tr("撤出 {withdrawn} 条，改回 {restored} 条。", **done))


def _entry(own_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in fields.items() if key not in {"id", "status", "contested"}}
    number = fields["uscc"] or fields["local_id"]
    return {"id": own_id, "number": number, "state": fields["status"], "about": "", "due_on": "", "values": values}
