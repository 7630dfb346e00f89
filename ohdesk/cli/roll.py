"""`ohdesk roll`: read a list, import it, take an import back; list, add, correct and export the roll."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ohdesk.cli.common import Commands, emit, open_context
from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.roll.importing import Comparison, ImportResult, Preview

SHOWN = 20


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("roll", tr("单位名录"))
    for name, summary, run in (
        ("preview", tr("读取名单并说明会怎样，不改动任何数据；可不用工作区"), preview),
        ("import", tr("把名单导入名录，一次完成，可以整批撤销"), import_list),
    ):
        command = group.command(name, summary, run)
        command.add_argument("file", type=Path, metavar="FILE", help=tr("名单文件（xlsx、xls、ods、csv 等）"))
        command.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help=tr("指明一列是什么，如 B=单位名称；可重复"),
        )
        command.add_argument("--refusals", type=Path, metavar="OUT.xlsx", help=tr("把未导入的行连同原因写成表格"))
    undo_command = group.command("undo", tr("撤销一次导入（默认最近一次）"), undo)
    undo_command.add_argument("batch", nargs="?", default="", metavar="FILE", help=tr("导入的文件名或批号"))
    undo_command.add_argument("--edit", action="store_true", help=tr("撤销最近一次手工新增或更正"))
    undo_command.add_argument("--list", action="store_true", dest="only_list", help=tr("只列出可以撤销的导入"))
    list_command = group.command("list", tr("列出名录"), list_all)
    list_command.add_argument("--search", default="", metavar="TEXT", help=tr("名称、信用代码或拼音首字母的一部分"))
    add_command = group.command("add", tr("新增一家单位"), add)
    _with_fields(add_command)
    add_command.add_argument("--reason", default="", help=tr("说明"))
    correct_command = group.command("correct", tr("更正一家单位，旧值和理由都保留"), correct)
    correct_command.add_argument("establishment", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    _with_fields(correct_command)
    correct_command.add_argument("--reason", required=True, help=tr("更正的理由"))
    export_command = group.command("export", tr("把名录写成 xlsx"), export)
    export_command.add_argument("--out", type=Path, required=True, metavar="OUT.xlsx")
    export_command.add_argument("--search", default="", metavar="TEXT", help=tr("名称、信用代码或拼音首字母的一部分"))


def preview(args: argparse.Namespace) -> int:
    """Read a list and tell what it holds; with a workspace also what would change."""
    shown = _read(args)
    data = preview_data(shown)
    if getattr(args, "workspace", None) is None:
        emit(args, data, _preview_text(shown))
        return 0
    from ohdesk.services.roll.importing import compare

    with open_context(args) as ctx:
        comparison = compare(ctx, shown)
    emit(args, {**data, **_comparison_data(comparison)}, f"{_preview_text(shown)}\n{_comparison_text(comparison)}")
    return 0


def import_list(args: argparse.Namespace) -> int:
    """Import a list in one transaction."""
    from ohdesk.services.roll.importing import apply, compare

    shown = _read(args)
    with open_context(args) as ctx:
        result = apply(ctx, compare(ctx, shown))
    emit(args, _result_data(result, shown), f"{_preview_text(shown)}\n{_result_text(result)}")
    return 0


def undo(args: argparse.Namespace) -> int:
    """Take an import back, or list the imports that could be."""
    from ohdesk.services.roll import undo as roll_undo

    with open_context(args) as ctx:
        if args.only_list:
            standing = roll_undo.imports(ctx)
            lines = [f"{each.batch}\t{each.at}\t{each.count}\t{each.reason}" for each in standing]
            emit(args, standing, "\n".join(lines) if lines else tr("没有可以撤销的导入。"))
            return 0
        if args.edit:
            undone = roll_undo.undo_edit(ctx)
        else:
            batch = roll_undo.find_import(ctx, Path(args.batch).name) if args.batch else ""
            undone = roll_undo.undo(ctx, batch)
    emit(
        args,
        {"withdrawn": undone.withdrawn, "restored": undone.restored},
        tr("已撤销：移出 {withdrawn} 家，改回 {restored} 家。", withdrawn=undone.withdrawn, restored=undone.restored),
    )
    return 0


def list_all(args: argparse.Namespace) -> int:
    """List the roll."""
    from ohdesk.services.roll.entries import RollQuery, all_rows

    with open_context(args) as ctx:
        rows = all_rows(ctx, RollQuery(search=args.search))
    lines = [f"{row.name}\t{row.uscc or row.local_id}\t{row.status}" for row in rows]
    emit(args, rows, "\n".join([*lines, tr("共 {count} 家。", count=len(rows))]))
    return 0


def add(args: argparse.Namespace) -> int:
    """Add one entry by hand."""
    from ohdesk.services.roll.entries import add as add_entry

    with open_context(args) as ctx:
        added = add_entry(ctx, _fields(args), args.reason)
    emit(args, {"id": added.id}, tr("已新增。"))
    return 0


def correct(args: argparse.Namespace) -> int:
    """Correct one entry, keeping the old values and the reason."""
    from ohdesk.services.changes import Change
    from ohdesk.services.roll.entries import correct as correct_entry
    from ohdesk.services.roll.entries import find

    with open_context(args) as ctx:
        entry = find(ctx, args.establishment)
        change = correct_entry(ctx, entry, _fields(args), args.reason)
    changed = change is not Change.NOTHING
    emit(args, {"id": entry, "changed": changed}, tr("已更正。") if changed else tr("与原值相同，没有改动。"))
    return 0


def export(args: argparse.Namespace) -> int:
    """Write the roll as xlsx."""
    from ohdesk.services.roll.export import export_roll

    with open_context(args) as ctx:
        count = export_roll(ctx, args.out, args.search)
    emit(
        args,
        {"file": str(args.out), "count": count},
        tr("已写出 {count} 家：{file}", count=count, file=args.out),
    )
    return 0


def preview_data(shown: "Preview") -> dict[str, Any]:
    """Return a preview in the form that `roll preview --json` promises."""
    return {
        "rows": shown.rows,
        "accepted": [
            {
                "row": entry.row,
                "sheet": entry.sheet,
                "name": entry.name,
                "uscc": entry.uscc,
                "flags": list(entry.flags),
            }
            for entry in shown.accepted
        ],
        "refused": [
            {
                "sheet": item.sheet,
                "row": item.row,
                "column": item.column,
                "expected": item.expected,
                "found": item.found,
                "reason": item.reason,
            }
            for item in shown.refused
        ],
        "duplicates": [list(pair) for pair in shown.duplicates],
        "warnings": list(shown.warnings),
        "mapping": dict(shown.mapping),
    }


def _read(args: argparse.Namespace) -> "Preview":
    from ohdesk.services.roll import export as roll_export
    from ohdesk.services.roll import importing

    shown = importing.preview(args.file, importing.chosen_columns(args.map))
    if args.refusals is not None:
        roll_export.write_refusals(shown, args.refusals)
    return shown


def _comparison_data(comparison: "Comparison") -> dict[str, Any]:
    return {
        "new": [planned.entry.row for planned in comparison.new],
        "changed": [
            {
                "row": planned.entry.row,
                "sheet": planned.entry.sheet,
                "establishment": planned.establishment,
                "fields": {key: [planned.before[key], value] for key, value in planned.fields.items()},
            }
            for planned in comparison.changed
        ],
        "same": [planned.entry.row for planned in comparison.same],
        "repeated": [entry.row for entry in comparison.repeated],
    }


def _result_data(result: "ImportResult", shown: "Preview") -> dict[str, Any]:
    return {
        "batch": result.batch,
        "new": result.new,
        "changed": result.changed,
        "same": result.same,
        "repeated": result.repeated,
        "refused": preview_data(shown)["refused"],
        "warnings": list(shown.warnings),
    }


def _preview_text(shown: "Preview") -> str:
    lines = [
        tr(
            "读到 {rows} 行，可导入 {accepted} 家，未能导入 {refused} 行，重复 {duplicates} 处。",
            rows=shown.rows,
            accepted=len(shown.accepted),
            refused=len(shown.refused),
            duplicates=len(shown.duplicates),
        )
    ]
    lines += [
        tr(
            "· “{sheet}”第 {row} 行 {column}：应为{expected}，现为“{found}”。{reason}",
            sheet=item.sheet,
            row=item.row,
            column=item.column,
            expected=item.expected,
            found=item.found,
            reason=item.reason,
        )
        for item in shown.refused[:SHOWN]
    ]
    if len(shown.refused) > SHOWN:
        lines.append(tr("……其余请用 --refusals 写成表格查看。"))
    return "\n".join([*lines, *(tr("注意：{warning}", warning=warning) for warning in shown.warnings)])


def _comparison_text(comparison: "Comparison") -> str:
    return tr(
        "与名录相比：新增 {new} 家，变更 {changed} 家，相同 {same} 家，名单内重复 {repeated} 家。",
        new=len(comparison.new),
        changed=len(comparison.changed),
        same=len(comparison.same),
        repeated=len(comparison.repeated),
    )


def _result_text(result: "ImportResult") -> str:
    return tr(
        "已导入：新增 {new} 家，变更 {changed} 家，相同 {same} 家，重复未导入 {repeated} 家。",
        new=result.new,
        changed=result.changed,
        same=result.same,
        repeated=result.repeated,
    )


def _with_fields(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help=tr("字段和值，如 单位名称=…；可重复")
    )


def _fields(args: argparse.Namespace) -> dict[str, str]:
    from ohdesk.domain.establishment import FIELDS

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
