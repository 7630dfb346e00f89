"""`ohdesk paper`: the papers of the office, one by one through their lives, and several at once."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli import together
from ohdesk.cli.common import Answer, Commands, RunUnlocked, assigned, on_a_visit, progress
from ohdesk.cli.paper_numbers import number_commands
from ohdesk.cli.scans import ask_by_hand, by_hand
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.paper.subject import Subject

    Act = Callable[[Context, str, argparse.Namespace], None]


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("paper", tr("文书"))
    _listing(group)
    number_commands(group)
    _making(group)
    _living(group)
    _writing(group)


def _listing(group: Commands) -> None:
    listing = group.unlocked("list", tr("列出文书：全部、一次检查的或一家单位的"), list_all)
    listing.add_argument("--visit", default="", metavar="VISIT", help=tr("检查"))
    listing.add_argument("--establishment", default="", metavar="EMPLOYER", help=tr("单位"))
    _on_a_paper(group.unlocked("show", tr("一份文书：状态、下一步、填写的内容"), show))


def _making(group: Commands) -> None:
    new = group.unlocked("new", tr("制作一份文书"), new_paper)
    new.add_argument("paper", metavar="PAPER", help=tr("文书的代号，例如 order；paper offered 列出可以制作的"))
    new.add_argument("--authority", default="", metavar="NAME", help=tr("有权机关不止一个时，以哪个的名义"))
    offered = group.unlocked("offered", tr("列出可以制作的文书，和不能制作的原因"), list_offered)
    for command in (new, offered):
        command.add_argument("--visit", default="", metavar="VISIT", help=tr("检查"))
        command.add_argument("--establishment", default="", metavar="EMPLOYER", help=tr("单位"))
        command.add_argument("--entry", default="", metavar="ID", help=tr("来源的登记"))
    typing = _on_a_paper(group.unlocked("set", tr("改写草稿中填写的内容"), _acted(_change)))
    for command in (new, typing):
        command.add_argument("--set", action="append", default=[], metavar="PLACE=TEXT", help=tr("填写的内容"))


def _living(group: Commands) -> None:
    _on_a_paper(group.unlocked("make", tr("笔录定稿打印：内容和编号就此定下，等待签名"), _acted(_make)))
    scanning = _on_a_paper(
        group.unlocked("scan-in", tr("归入签过名、盖过章的纸质文书的照片或扫描件"), _acted(_scan_in))
    )
    scanning.add_argument("files", nargs="+", type=Path, metavar="FILE", help=tr("照片、扫描件，次序不限"))
    ask_by_hand(scanning)
    approving = _on_a_paper(group.unlocked("approve", tr("批准；内容就此定下"), _acted(_approve)))
    approving.add_argument("--by", default="", metavar="NAME", help=tr("纸上批准的，写批准人"))
    numbering = _on_a_paper(group.unlocked("number", tr("编号"), _acted(_number)))
    sealing = _on_a_paper(group.unlocked("seal", tr("用印登记"), _acted(_seal)))
    sealing.add_argument("--copies", type=int, default=0, metavar="COUNT", help=tr("份数"))
    sealing.add_argument("--by", default="", metavar="NAME", help=tr("用印人"))
    sealing.add_argument("--serve-by", default="", metavar="DAY", help=tr("应送达日期"))
    serving = _on_a_paper(group.unlocked("serve", tr("送达登记；函为发出"), _acted(_serve)))
    serving.add_argument("--way", required=True, metavar="WAY", help=tr("送达方式，例如 direct、left、post"))
    serving.add_argument("--to", required=True, metavar="NAME", help=tr("收件人"))
    serving.add_argument("--relation", default="", metavar="TEXT", help=tr("与受送达人的关系"))
    serving.add_argument("--place", default="", metavar="TEXT", help=tr("送达地点"))
    serving.add_argument("--note", default="", metavar="TEXT", help=tr("送达说明"))
    closing = _on_a_paper(group.unlocked("close", tr("办结、归档；函为收到回执"), _acted(_close)))
    closing.add_argument("--outcome", default="", metavar="TEXT", help=tr("办理结果"))
    for command in (approving, numbering, sealing, serving, closing):
        command.add_argument("--on", default="", metavar="DAY", help=tr("日期；不写为今天"))
    withdrawing = _on_a_paper(group.unlocked("withdraw", tr("作废；编号留在登记簿中"), _acted(_withdraw)))
    withdrawing.add_argument("--reason", required=True, metavar="TEXT", help=tr("理由"))


def _writing(group: Commands) -> None:
    exporting = _on_a_paper(group.unlocked("export", tr("写出一份文书（PDF）"), export))
    exporting.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("PDF 文件"))
    many = group.unlocked("batch", tr("写出多份文书：定下的原样，草稿当场画出"), together.write_papers)
    many.add_argument("ids", nargs="+", metavar="ID", help=tr("文书的编号"))
    many.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("文件夹"))
    typing = on_a_visit(group.unlocked("typing", tr("系统录入对照单：逐栏列出，录入后打勾"), together.type_in))
    typing.add_argument("--done", default="", metavar="SYSTEM", help=tr("已录入的系统，例如 province"))
    typing.add_argument("--number", default="", metavar="TEXT", help=tr("那里的流水号"))
    checking = group.command("check", tr("检查文书的式样文件，列出全部错误"), check)
    sets = group.unlocked("sets", tr("列出文书格式；给出一种时改用它"), list_sets)
    sets.add_argument("set", nargs="?", default="", metavar="SET", help=tr("文书格式"))
    installing = group.unlocked("install", tr("换用县级的文书式样"), install)
    installing.add_argument("--into", default="", metavar="SET", help=tr("文书格式；不写为本单位使用的"))
    for command in (checking, installing):
        command.add_argument("file", type=Path, metavar="FILE.toml", help=tr("式样文件；文件名就是代号"))


def _on_a_paper(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("id", metavar="ID", help=tr("文书的编号"))
    return command


def _acted(act: "Act") -> RunUnlocked:
    """Return the command that does something to a paper and says where that stands then."""

    def run(ctx: "Context", args: argparse.Namespace) -> Answer:
        from ohdesk.services.paper import export as exporting

        paper = exporting.find(ctx, args.id)
        act(ctx, paper, args)
        return _answer(ctx, paper)

    return run


def _change(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.change(ctx, paper, assigned(args.set))


def _make(ctx: "Context", paper: str, _args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.make(ctx, paper)


def _scan_in(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import ink

    ink.take_back(ctx, paper, args.files, by_hand(args, [ink.expected(ctx, paper)]), progress(tr("扫描件")))


def _approve(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.approve(ctx, paper, args.by, args.on)


def _number(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.number(ctx, paper, args.on)


def _seal(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.seal(ctx, paper, args.on, args.copies, args.by, args.serve_by)


def _serve(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.serve(ctx, paper, life.Service(args.way, args.on, args.to, args.relation, args.place, args.note))


def _close(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.close(ctx, paper, args.on, args.outcome)


def _withdraw(ctx: "Context", paper: str, args: argparse.Namespace) -> None:
    from ohdesk.services.paper import life

    life.withdraw(ctx, paper, args.reason)


def list_all(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List papers in the order they arose."""
    from ohdesk.services.paper.listing import list_papers

    subject = _subject(ctx, args)
    rows = list_papers(ctx, subject.visit, subject.establishment)
    data = [row._asdict() for row in rows]
    lines = ["\t".join((row.number or row.id, row.title, row.state.word, row.day)) for row in rows]
    return Answer(data, "\n".join(lines) or tr("还没有文书。"))


def show(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Show where a paper stands."""
    from ohdesk.services.paper import export as exporting
    from ohdesk.services.paper.entries import paper_entry

    with ctx.reading() as session:
        entry = paper_entry(session, exporting.find(ctx, args.id))
    step = entry.next_step
    data = _told(entry.id, entry.key, entry.state, entry.number)
    data |= {"title": entry.form.title, "typed": dict(entry.typed), "next": step.act if step else ""}
    lines = [entry.form.title, entry.number, entry.state.word, *(f"{key}={text}" for key, text in entry.typed.items())]
    return Answer(data, "\n".join(filter(None, lines)))


def new_paper(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Make a paper."""
    from ohdesk.services.paper import life

    paper = life.new_paper(ctx, args.paper, _subject(ctx, args), assigned(args.set), args.authority)
    return _answer(ctx, paper)


def list_offered(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the papers that can be made, and why others cannot."""
    from ohdesk.services.paper.offering import offered

    found = offered(ctx, _subject(ctx, args))
    lines = ["\t".join(filter(None, (each.paper, each.title, each.hindrance))) for each in found]
    return Answer([each._asdict() for each in found], "\n".join(lines))


def export(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Write a paper."""
    from ohdesk.services.paper import export as exporting

    exporting.export(ctx, exporting.find(ctx, args.id), args.out)
    return Answer({"file": str(args.out)}, tr("已写出：{file}", file=args.out))


def check(args: argparse.Namespace) -> Answer:
    """Tell every fault of the form of a paper; needs no workspace."""
    from ohdesk.forms.papers import read_paper
    from ohdesk.forms.registers import handed_in_definition

    found = read_paper(handed_in_definition(args.file), args.file.name)
    count = len(found.form.blocks)
    data = {"paper": found.key, "title": found.form.title, "blocks": count, "unconfirmed": found.form.unconfirmed}
    return Answer(data, tr("《{title}》的式样没有错误，{count} 个部分。", title=found.form.title, count=count))


def install(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Keep the form of a paper in the workspace."""
    from ohdesk.services.office import paper_forms

    found = paper_forms.install_file(ctx, args.file, args.into)
    return Answer({"paper": found.key}, tr("已换用《{title}》的式样。", title=found.form.title))


def list_sets(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the sets of papers, after choosing one where it is named."""
    from ohdesk.services.office import paper_forms

    if args.set:
        paper_forms.choose_set(ctx, args.set)
    sets = paper_forms.sets(ctx)
    lines = ["\t".join((each.id, each.name, tr("使用中") if each.chosen else "")).rstrip() for each in sets]
    return Answer([each._asdict() for each in sets], "\n".join(lines))


def _subject(ctx: "Context", args: argparse.Namespace) -> "Subject":
    from ohdesk.services.paper.subject import Subject
    from ohdesk.services.roll.entries import find as find_establishment
    from ohdesk.services.visit.lookup import find as find_visit

    return Subject(
        visit=find_visit(ctx, args.visit) if args.visit else "",
        establishment=find_establishment(ctx, args.establishment) if args.establishment else "",
        entry=getattr(args, "entry", ""),
    )


def _answer(ctx: "Context", paper: str) -> Answer:
    from ohdesk.services.paper.entries import paper_entry

    with ctx.reading() as session:
        entry = paper_entry(session, paper)
    lines = [f"{entry.form.title}　{entry.number or entry.id}　{entry.state.word}"]
    if entry.form.unconfirmed:
        lines.append(tr("样式待县级确认。"))
    return Answer(_told(entry.id, entry.key, entry.state, entry.number), "\n".join(lines))


def _told(paper: str, key: str, state: str, number_given: str) -> dict[str, object]:
    return {"id": paper, "paper": key, "state": state, "number": number_given}
