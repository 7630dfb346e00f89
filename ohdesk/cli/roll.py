"""`ohdesk roll`: read a list, import it, take an import back; list, add, correct and export the roll.

Each command loads what it calls and no more: to list the roll takes no reader of workbooks.
"""

import argparse
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ohdesk.cli import life_cycle, lists, merging, quality, risk
from ohdesk.cli.common import Answer, Commands, named, open_context, open_if_named, written_out
from ohdesk.cli.conditions import add_options, query_of
from ohdesk.domain.establishment import FIELDS
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ohdesk.domain.roll.table import Refusal
    from ohdesk.services.context import Context
    from ohdesk.services.roll.importing import Comparison, RollReading

SHOWN = 20  # refused rows that are printed; a messy list has hundreds, which --refusals writes as a table


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("roll", tr("单位名录"))
    reading = group.command("preview", tr("读取名单并说明会怎样，不改动任何数据；可不用工作区"), preview)
    taking = group.command("import", tr("把名单导入名录，一次完成，可以整批撤销"), import_list)
    for command in (reading, taking):
        command.add_argument("file", type=Path, metavar="FILE", help=tr("名单文件（xlsx、xls、ods、csv 等）"))
        lists.ask_columns(command, mark("B=单位名称"))
        command.add_argument("--refusals", type=Path, metavar="OUT.xlsx", help=tr("把未导入的行连同原因写成表格"))
    lists.ask_declined(taking)
    undoing = group.unlocked("undo", tr("撤销一次导入（默认最近一次）"), undo)
    undoing.add_argument("batch", nargs="?", default="", metavar="FILE", help=tr("导入的文件名或批号"))
    undoing.add_argument("--edit", action="store_true", help=tr("撤销最近一次手工新增或更正"))
    undoing.add_argument("--list", action="store_true", dest="only_list", help=tr("只列出可以撤销的导入"))
    adding = group.unlocked("add", tr("新增一家单位"), add)
    adding.add_argument("--reason", default="", help=tr("说明"))
    correcting = group.unlocked("correct", tr("更正一家单位，旧值和理由都保留"), correct)
    correcting.add_argument("establishment", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    correcting.add_argument("--reason", required=True, help=tr("更正的理由"))
    for command in (adding, correcting):
        fields = command.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
        fields.help = tr("字段和值，如 单位名称=…；可重复")
    listing = group.unlocked("list", tr("列出名录"), list_all)
    writing = group.unlocked("export", tr("把名录写成 xlsx"), export)
    writing.add_argument("--out", type=Path, required=True, metavar="OUT.xlsx")
    for command in (listing, writing):
        add_options(command, tr("名称、信用代码、拼音首字母、地址、人员或电话的一部分"))
    merging.register(group)
    life_cycle.register(group)
    risk.register(group)
    quality.register(group)


def preview(args: argparse.Namespace) -> Answer:
    """Read a list and tell what it holds; with a workspace also what would change."""
    from ohdesk.services.roll import importing

    with open_if_named(args) as ctx:
        shown = _read(ctx, args)
        text = _preview_text(shown)
        if ctx is None:
            return Answer(partial(_preview_data, shown), text)
        comparison = importing.compare(ctx, shown)
    difference = tr(
        "与名录相比：新增 {new} 家，变更 {changed} 家，相同 {same} 家，名单内重复 {repeated} 家，"
        "别的镇街 {foreign} 家。",
        **comparison.counts,
    )
    return Answer(lambda: _preview_data(shown) | _comparison_data(comparison), f"{text}\n{difference}")


def import_list(args: argparse.Namespace) -> Answer:
    """Import a list in one transaction."""
    from ohdesk.services.roll import columns, importing

    with open_context(args) as ctx:
        shown = _read(ctx, args)
        comparison = importing.compare(ctx, shown)
        places = ((*each.place, key) for each in comparison.changed for key in each.fields)
        declined = lists.declined(args.decline, places, columns.key_by_name())
        batch = importing.apply(ctx, comparison, declined=declined)
    counts = comparison.counts
    done = tr(
        "已导入：新增 {new} 家，变更 {changed} 家，相同 {same} 家，重复未导入 {repeated} 家，"
        "别的镇街未导入 {foreign} 家。",
        **counts,
    )
    return Answer(
        lambda: (
            counts
            | {
                "batch": batch,
                "declined": len(declined),
                "refused": _refused(shown.refusals),
                "not_taken": _not_taken(shown),
                "warnings": shown.warnings,
            }
        ),
        f"{_preview_text(shown)}\n{done}",
    )


def undo(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take an import back, or list the imports that could be."""
    from ohdesk.services.roll import undo as roll_undo

    if args.only_list:
        standing = roll_undo.imports(ctx)
        lines = [f"{each.batch}\t{each.at}\t{each.count}\t{each.reason}" for each in standing]
        return Answer(standing, "\n".join(lines) or tr("没有可以撤销的导入。"))
    if args.edit:
        undone = roll_undo.undo_edit(ctx)
    else:
        undone = roll_undo.undo(ctx, roll_undo.find_import(ctx, Path(args.batch).name) if args.batch else "")
    data = named(undone, "withdrawn", "restored")
    return Answer(data, tr("已撤销：移出 {withdrawn} 家，改回 {restored} 家。", **data))


def list_all(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the roll."""
    from ohdesk.forms.roll import roll_definition
    from ohdesk.services.roll import entries

    rows = entries.all_rows(ctx, query_of(ctx, roll_definition(), args))
    lines = [f"{row.name}\t{row.uscc or row.local_id}\t{row.status}" for row in rows]
    return Answer(msgspec.to_builtins(rows), "\n".join([*lines, tr("共 {count} 家。", count=len(rows))]))


def add(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Add one entry by hand."""
    from ohdesk.services.roll import entries, proposals

    fields = _fields(args)
    entry = entries.add(ctx, fields, args.reason)
    proposed = proposals.is_waiting(ctx, entry)
    said = proposals.proposed_text() if proposed else tr("已新增。")
    return _written({"id": entry, "proposed": proposed}, said, fields)


def correct(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Correct one entry, keeping the old values and the reason."""
    from ohdesk.services.roll import entries, proposals

    entry = entries.find(ctx, args.establishment)
    fields = _fields(args)
    change = entries.correct(ctx, entry, fields, args.reason)
    proposed = Change.PROPOSALS in change
    said = proposals.proposed_text() if proposed else tr("已更正。") if change else tr("与原值相同，没有改动。")
    return _written({"id": entry, "changed": bool(change), "proposed": proposed}, said, fields)


def _written(data: dict[str, Any], said: str, fields: dict[str, str]) -> Answer:
    """Answer with what was written, and what should be looked at in it."""
    from ohdesk.domain.problems import in_list
    from ohdesk.services.roll import values

    warnings = list(map(in_list, values.warnings(fields)))
    lines = [said, *(tr("注意：{warning}", warning=warning) for warning in warnings)]
    return Answer(data | {"warnings": warnings}, "\n".join(lines))


def export(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Write the roll as xlsx."""
    from ohdesk.forms.roll import roll_definition
    from ohdesk.services.roll.export import export_roll

    written = export_roll(ctx, args.out, query_of(ctx, roll_definition(), args))
    return written_out(written, args.out, tr("已写出 {count} 家：{file}"))


def _preview_data(shown: "RollReading") -> dict[str, Any]:
    return {
        **named(shown, "rows", "warnings", "mapping"),
        "duplicates": list(shown.duplicates),
        "accepted": [
            named(entry, "row", "sheet", "name", "uscc", "flags", "fields")
            | ({"kept": dict(entry.kept)} if entry.kept else {})
            for entry in shown.entries
        ],
        "not_taken": _not_taken(shown),
        "refused": _refused(shown.refusals),
    }


def _not_taken(shown: "RollReading") -> list[dict[str, Any]]:
    return [{"sheet": sheet, **lists.left(column, shown.choices)} for sheet, column in shown.not_taken]


def _refused(refusals: "Iterable[Refusal]") -> list[dict[str, Any]]:
    return [named(item, "sheet", "row", "column", "expected", "found", "reason") for item in refusals]


def _read(ctx: "Context | None", args: argparse.Namespace) -> "RollReading":
    from ohdesk.services.roll import columns, importing

    shapes = columns.remembered_here(ctx) if ctx else []
    said = lists.said(columns.chosen_columns(args.map), args.keep)
    shown = importing.preview(args.file, said, shapes=shapes)
    if args.refusals is not None:
        from ohdesk.services.roll.export import write_refusals

        write_refusals(shown, args.refusals)
    return shown


def _comparison_data(comparison: "Comparison") -> dict[str, Any]:
    from ohdesk.services.roll.importing import Kind

    return {
        "new": [entry.row for entry in comparison.alike(Kind.NEW)],
        "changed": [
            {
                **named(planned.entry, "row", "sheet"),
                "establishment": planned.establishment,
                "fields": {key: [planned.before[key], value] for key, value in planned.fields.items()},
            }
            for planned in comparison.changed
        ],
        "same": [entry.row for entry in comparison.alike(Kind.SAME)],
        "repeated": [entry.row for entry in comparison.alike(Kind.REPEATED)],
        "foreign": [entry.row for entry in comparison.alike(Kind.FOREIGN)],
    }


def _preview_text(shown: "RollReading") -> str:
    from ohdesk.services.roll import columns

    lines = [
        tr(
            "读到 {rows} 行，可导入 {accepted} 家，未能导入 {refused} 行，重复 {duplicates} 处。",
            rows=shown.rows,
            accepted=len(shown.entries),
            refused=len(shown.refusals),
            duplicates=len(shown.duplicates),
        )
    ]
    refused = tr("· “{sheet}”第 {row} 行 {column}：应为{expected}，现为“{found}”。{reason}")
    lines += [refused.format(**item) for item in _refused(islice(shown.refusals, SHOWN))]
    if len(shown.refusals) > SHOWN:
        lines.append(tr("……其余请用 --refusals 写成表格查看。"))
    if left := [column for _, column in shown.not_taken if not shown.choices.keeps(column)]:
        lines.append(tr("{said}要按原样保留的，请加 --keep。", said=columns.left_text(left)))
    return "\n".join([*lines, *(tr("注意：{warning}", warning=warning) for warning in shown.warnings)])


def _fields(args: argparse.Namespace) -> dict[str, str]:
    by_heading = {field.heading: field.key for field in FIELDS}
    fields: dict[str, str] = {}
    for assignment in args.set:
        key, sign, value = assignment.replace("＝", "=", 1).partition("=")
        if not sign:
            raise UserError(tr("看不懂“{text}”。", text=assignment), tr("写成“字段=值”，例如：--set 地址=东路1号。"))
        fields[by_heading.get(key.strip(), key.strip())] = value
    if not fields:
        raise UserError(tr("没有给出任何字段。"), tr("请用 --set 字段=值。"))
    return fields
