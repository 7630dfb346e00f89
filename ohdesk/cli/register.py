"""`ohdesk register`: the books of the office, and their entries."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ohdesk.cli import lists, roll, roll_book
from ohdesk.cli.common import Answer, Commands, assigned, named, written_out
from ohdesk.cli.conditions import add_options, query_of
from ohdesk.cli.roll_book import or_roll
from ohdesk.i18n import mark, tr

if TYPE_CHECKING:
    from ohdesk.domain.register.definition import Definition
    from ohdesk.services.context import Context
    from ohdesk.services.register.conditions import EntryQuery
    from ohdesk.services.register.import_preview import BookPreview

_SHOWN = 20  # refused places that are printed


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("register", tr("登记簿（台账）"))
    listing = group.unlocked("list", tr("列出有哪些登记簿，或一本里的登记"), or_roll(list_all, roll_book.list_all))
    listing.add_argument("register", nargs="?", default="", metavar="REGISTER", help=tr("登记簿的代号"))
    showing = group.unlocked("show", tr("查看一条登记"), or_roll(show, roll_book.show))
    adding = group.unlocked("add", tr("登记一条"), or_roll(add, roll.add))
    setting = group.unlocked("set", tr("更正一条登记，旧值和理由都保留"), or_roll(correct, roll_book.correct))
    withdrawing = group.unlocked("withdraw", tr("撤出一条登记，历史仍然保留"), or_roll(withdraw))
    files = group.unlocked("files", tr("列出一条登记的附件，或写出到文件夹"), or_roll(list_files))
    attaching = group.unlocked("attach", tr("给一条登记加附件"), or_roll(attach))
    detaching = group.unlocked("detach", tr("移除一条登记的附件，历史仍然保留"), or_roll(detach))
    past = group.unlocked("history", tr("一条登记的全部写入，最近的在前"), or_roll(history, roll_book.history))
    writing = group.unlocked("export", tr("把一本登记簿写成 xlsx"), or_roll(export, roll.export))
    of_one = (showing, setting, withdrawing, past, files, attaching, detaching)
    for command in (adding, writing, *of_one):
        command.add_argument("register", metavar="REGISTER", help=tr("登记簿的代号"))
    for command in of_one:
        command.add_argument("entry", metavar="ID", help=tr("登记的编号"))
    files.add_argument("--out", type=Path, metavar="FOLDER", help=tr("写出到这个文件夹；写出的文件不再加密"))
    attaching.add_argument("files", nargs="+", type=Path, metavar="FILE")
    attaching.add_argument("--field", default="", metavar="FIELD", help=tr("放文件的字段；只有一个时可以不写"))
    detaching.add_argument("name", metavar="NAME", help=tr("附件的文件名，或 SHA-256"))
    adding.add_argument("--about", default="", metavar="EMPLOYER", help=tr("关于哪家单位（或哪名人员）"))
    for command in (adding, setting):
        fields = command.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
        fields.help = tr("字段和值，如 received_on=2026-03-02；状态为 state；可重复")
        command.add_argument("--reason", default="", help=tr("理由"))
    withdrawing.add_argument("--reason", required=True, help=tr("撤出的理由"))
    writing.add_argument("--out", type=Path, required=True, metavar="OUT.xlsx")
    private = writing.add_argument("--private", action="store_true")
    private.help = tr("连同只留在本机的内容；写出的文件由您负责保管")
    inside = writing.add_argument("--inside", action="store_true")
    inside.help = tr("只在本镇街和县级内部用：人数很少的健康检查、剂量和病例数字照原数写出")
    for command in (listing, writing):
        add_options(command, tr("登记内容或单位名称的一部分"))
        command.add_argument("--state", default="", metavar="STATE", help=tr("只要这个状态的"))
        command.add_argument("--about", default="", metavar="EMPLOYER", help=tr("只要关于这家单位的"))
    reading = group.unlocked("preview", tr("读取一份表并说明导入会怎样，不改动任何数据"), or_roll(preview))
    taking = group.unlocked("import", tr("把一份表导入登记簿，一次完成，可以整批撤销"), or_roll(import_list))
    for command in (reading, taking):
        command.add_argument("register", metavar="REGISTER", help=tr("登记簿的代号"))
        command.add_argument("file", type=Path, metavar="FILE", help=tr("表格文件（xlsx、xls、ods、csv 等）"))
        lists.ask_columns(command, mark("B=收到日期"))
        system = command.add_argument("--source", default="", metavar="SYSTEM")
        system.help = tr("名单出自哪个系统（resources/lists 里的代号）；不写时按表头认")
        command.add_argument("--listed-on", default="", metavar="DAY", help=tr("名单的日期；不写时按表头上方的字样认"))
        command.add_argument("--report-no", default="", metavar="TEXT", help=tr("名单的编号"))
    lists.ask_declined(taking)
    undoing = group.unlocked("undo", tr("撤销一次导入（默认最近一次）"), or_roll(undo, roll_book.undo))
    undoing.add_argument("register", metavar="REGISTER", help=tr("登记簿的代号"))
    undoing.add_argument("batch", nargs="?", default="", metavar="BATCH", help=tr("导入的文件名或批号"))
    undoing.add_argument("--edit", action="store_true", help=tr("撤销最近一次手工登记或更正"))
    undoing.add_argument("--redo", action="store_true", help=tr("重做刚刚撤销的内容"))
    undoing.add_argument("--list", action="store_true", dest="only_list", help=tr("只列出可以撤销的导入和登记"))
    checking = group.command("check", tr("检查登记簿的定义文件，列出全部错误"), check)
    installing = group.unlocked("install", tr("安装一本登记簿，或换用新的定义"), install)
    for command in (checking, installing):
        command.add_argument("file", type=Path, metavar="FILE.toml", help=tr("定义文件；文件名就是代号"))


def list_all(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the books, or the entries of one."""
    from ohdesk.services.register import listing

    if not args.register:
        return _books(ctx)
    query = _query(ctx, args)
    rows = listing.all_rows(ctx, args.register, query)
    data = [
        {**{name: getattr(row, name) for name in ("id", "number", "state", "about", "due_on")}, "values": row.values}
        for row in rows
    ]
    lines = ["\t".join(filter(None, (row.number or row.id, row.about, row.state, row.due_on))) for row in rows]
    return Answer(data, "\n".join([*lines, tr("共 {count} 条。", count=len(rows))]))


def show(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Show one entry."""
    from ohdesk.domain.register.definition import word
    from ohdesk.services.register import books, entries, listing

    entry = entries.find(ctx, args.register, args.entry)
    definition = books.book(ctx, args.register)
    row = listing.row_of(ctx, args.register, entry)
    detail = entries.detail(ctx, entry)
    lines = [f"{listing.heading(definition, key)}：{listing.cell(definition, row, key)}" for key in _shown(definition)]
    data = {
        **{name: getattr(row, name) for name in ("id", "number", "state", "about", "due_on")},
        "values": detail.values,
        "contested": list(detail.contested),
        "title": word(definition.title),
    }
    return Answer(data, "\n".join(line for line in lines if not line.endswith("：")))


def add(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Set down one entry."""
    from ohdesk.services.register import books, entries

    about = _about(ctx, books.book(ctx, args.register).about, args.about)
    entry = entries.add(ctx, args.register, assigned(args.set), about, args.reason)
    number = str(entries.detail(ctx, entry).values.get("number") or "")
    return Answer({"id": entry, "number": number}, tr("已登记：{number}", number=number or entry))


def correct(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Put fields of one entry right, or turn it to another state."""
    from ohdesk.services.register import entries

    entry = entries.find(ctx, args.register, args.entry)
    change = entries.correct(ctx, entry, assigned(args.set), args.reason)
    said = tr("已更正。") if change else tr("与原值相同，没有改动。")
    return Answer({"id": entry, "changed": bool(change)}, said)


def withdraw(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take one entry out of its book."""
    from ohdesk.services.register import entries

    entry = entries.find(ctx, args.register, args.entry)
    entries.withdraw(ctx, entry, args.reason)
    return Answer({"id": entry}, tr("已撤出。"))


def list_files(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the files of an entry; with a folder, write them there."""
    from ohdesk.services.register import attachments, entries

    held = attachments.attached(ctx, entries.find(ctx, args.register, args.entry))
    lines = [f"{each.field}\t{each.name}\t{each.size}\t{each.sha256}" for each in held]
    if args.out:
        lines = [str(place) for place in attachments.write_all(ctx, held, args.out)]
    return Answer(
        [named(each, "field", "name", "sha256", "size") for each in held], "\n".join(lines) or tr("没有附件。")
    )


def attach(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Put files to an entry."""
    from ohdesk.services.register import attachments, entries

    entry = entries.find(ctx, args.register, args.entry)
    change = attachments.attach(ctx, entry, args.field, args.files)
    said = tr("已加入附件。") if change else tr("这些附件已经有了，没有改动。")
    return Answer({"id": entry, "changed": bool(change)}, said)


def detach(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take a file away from an entry."""
    from ohdesk.services.register import attachments, entries

    entry = entries.find(ctx, args.register, args.entry)
    attachments.detach(ctx, entry, attachments.find(ctx, entry, args.name))
    return Answer({"id": entry}, tr("已移除。"))


def history(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Tell every write of one entry."""
    from ohdesk.services.register import entries

    writes = entries.detail(ctx, entries.find(ctx, args.register, args.entry)).history
    lines = [f"{each.at}\t{each.field}\t{each.value}\t{each.reason}" for each in writes]
    return Answer(msgspec.to_builtins(writes), "\n".join(lines))


def export(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Write the entries of a book as xlsx."""
    from ohdesk.services.register.export import export_book

    query = _query(ctx, args)
    written = export_book(ctx, args.register, args.out, query, private=args.private, inside=args.inside)
    return written_out(written, args.out, tr("已写出 {count} 条：{file}"))


def preview(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Read a list and tell what importing it would do."""
    shown = _previewed(ctx, args)
    return Answer(lambda: _preview_data(shown), _preview_text(ctx, shown))


def import_list(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Import a list in one transaction."""
    from ohdesk.domain.book_list.mapping import key_by_name
    from ohdesk.services.register import books, columns, importing
    from ohdesk.services.register.import_preview import Outcome

    shown = _previewed(ctx, args)
    by_name = key_by_name(columns.takes(books.book(ctx, args.register)))
    places = ((each.sheet, each.row, key) for each in shown.alike(Outcome.CHANGED) for key in each.fields)
    declined = lists.declined(args.decline, places, by_name)
    batch = importing.apply(ctx, shown, declined=declined)
    counts = _counts(shown)
    said = tr("已导入：新增 {new} 条，变更 {changed} 条，相同 {same} 条，重复未导入 {repeated} 条。", **counts)
    return Answer(
        lambda: {**_preview_data(shown), "batch": batch, "declined": len(declined)},
        f"{_preview_text(ctx, shown)}\n{said}",
    )


def undo(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take an import or an edit back, do it again, or list those that could be taken back."""
    from ohdesk.services.register import undo as book_undo

    if args.only_list:
        standing = book_undo.batches(ctx, args.register)
        lines = [f"{each.batch}\t{each.at}\t{each.writes}\t{each.source}\t{each.reason}" for each in standing]
        listed = [named(each, "batch", "source", "at", "by", "reason", "writes") for each in standing]
        return Answer(listed, "\n".join(lines) or tr("没有可以撤销的导入或登记。"))
    if args.redo:
        done = book_undo.redo(ctx, args.register)
    else:
        source = book_undo.HAND if args.edit else book_undo.IMPORT
        done = book_undo.undo(ctx, args.register, Path(args.batch).name, source)
    data = named(done, "withdrawn", "restored")
    return Answer(data, tr("撤出 {withdrawn} 条，改回 {restored} 条。", **data))


def check(args: argparse.Namespace) -> Answer:
    """Tell every fault of a definition; needs no workspace."""
    from ohdesk.domain.register.definition import word
    from ohdesk.forms.registers import definition_ids, handed_in_definition, read_definition

    definition = read_definition(handed_in_definition(args.file), args.file.name, definition_ids())
    data = {"id": definition.id, "fields": [each.key for each in definition.fields]}
    count = len(definition.fields)
    return Answer(data, tr("“{title}”没有错误，{count} 个字段。", title=word(definition.title), count=count))


def install(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Keep a definition in the workspace."""
    from ohdesk.domain.register.definition import word
    from ohdesk.forms.registers import handed_in_definition
    from ohdesk.services.register import books

    definition = books.install(ctx, handed_in_definition(args.file), args.file.name)
    return Answer({"id": definition.id}, tr("已安装“{title}”。", title=word(definition.title)))


def _previewed(ctx: "Context", args: argparse.Namespace) -> "BookPreview":
    from ohdesk.services.register import books, columns, importing
    from ohdesk.services.workbook.reading import read_rows

    choices = lists.said(columns.chosen_columns(books.book(ctx, args.register), args.map), args.keep)
    provenance = columns.provenance_of(args.register, args.source, args.listed_on, args.report_no)
    return importing.preview(ctx, args.register, read_rows(args.file), args.file.name, choices, provenance=provenance)


def _counts(shown: "BookPreview") -> dict[str, int]:
    return {outcome.name.lower(): count for outcome, count in shown.counts.items()}


def _preview_data(shown: "BookPreview") -> dict[str, Any]:
    from ohdesk.services.register.import_preview import Outcome

    return {
        **named(shown, "rows", "warnings", "mapping"),
        "accepted": [{"row": each.row, "sheet": each.sheet, "fields": each.read} for each in shown.planned],
        "refused": [named(each, "sheet", "row", "column", "expected", "found", "reason") for each in shown.refusals],
        "duplicates": [[each.repeats, each.row] for each in shown.alike(Outcome.REPEATED)],
        "not_taken": [lists.left(each, shown.choices) for each in shown.not_taken],
        "provenance": named(shown.provenance, "source", "listed_on", "report_no"),
        "new": [each.row for each in shown.alike(Outcome.NEW)],
        "changed": [
            {
                "row": each.row,
                "sheet": each.sheet,
                "id": each.entry,
                "fields": {key: [each.before.get(key), value] for key, value in each.fields.items()},
            }
            for each in shown.alike(Outcome.CHANGED)
        ],
        "same": [each.row for each in shown.alike(Outcome.SAME)],
    }


def _preview_text(ctx: "Context", shown: "BookPreview") -> str:
    from ohdesk.forms.list_sources import provenance_text
    from ohdesk.services.register import books
    from ohdesk.services.register.columns import called

    definition = books.book(ctx, shown.register)
    counts = _counts(shown)
    refused = len({(each.sheet, each.row) for each in shown.refusals})
    first = tr(
        "读到 {rows} 行：新增 {new} 条，变更 {changed} 条，相同 {same} 条，重复 {repeated} 条，不能导入 {refused} 行。",
        rows=shown.rows,
        refused=refused,
        **counts,
    )
    lines = [first]
    lines += [
        tr("“{heading}”→{field}", heading=title, field=called(definition, key)) for key, title in shown.mapping.items()
    ]
    if left := [each for each in shown.not_taken if not shown.choices.keeps(each)]:
        columns = "、".join(f"{each.heading}（{each.letters}）" for each in left)
        lines.append(tr("没有导入的列：{columns}。要按原样保留的，请加 --keep。", columns=columns))
    if origin := provenance_text(shown.provenance.pairs):
        lines.append(tr("名单出处：{origin}", origin=origin))
    line = tr("· “{sheet}”第 {row} 行 {column}：应为{expected}，现为“{found}”。{reason}")
    lines += [line.format(**each._asdict()) for each in islice(shown.refusals, _SHOWN)]
    if len(shown.refusals) > _SHOWN:
        lines.append(tr("……其余 {count} 处请用 --json 查看。", count=len(shown.refusals) - _SHOWN))
    return "\n".join([*lines, *(tr("注意：{warning}", warning=warning) for warning in shown.warnings)])


def _books(ctx: "Context") -> Answer:
    from ohdesk.domain.problems import in_list
    from ohdesk.domain.register.definition import word
    from ohdesk.services.register import books

    found = books.books(ctx)
    data = [
        {
            "id": each.id,
            "title": word(each.title),
            "version": each.version,
            "travels": each.travels,
            "unconfirmed": each.unconfirmed,
            "views": {view.key: word(view.title) for view in each.listing.views},
        }
        for each in found.by_id.values()
    ]
    lines = [f"{each['id']}\t{each['title']}" for each in data]
    return Answer(data, "\n".join([*lines, *map(in_list, found.problems)]))


def _query(ctx: "Context", args: argparse.Namespace) -> "EntryQuery":
    from ohdesk.services.register import books

    definition = books.book(ctx, args.register)
    query = query_of(ctx, definition, args)
    about = _about(ctx, definition.about, args.about) if args.about else ""
    return replace(query, state=args.state or query.state, about=about)


def _about(ctx: "Context", kind: str, named: str) -> str:
    """Return the id of the employer or the person that is named. Raises UserError where there is none."""
    if not named:
        return ""
    if kind == "person":
        from ohdesk.services.office.people import find_person

        return find_person(ctx, named)
    from ohdesk.services.roll.entries import find

    return find(ctx, named)


def _shown(definition: "Definition") -> Sequence[str]:
    of_all = ["number", "opened_on", "state", "due_on", *([] if definition.about == "nothing" else [definition.about])]
    return [*of_all, *(each.key for each in definition.fields)]
