"""Papers together: many at once (`ohdesk paper batch`), the file of a visit, a booklet of a period."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli.common import Answer, Commands, on_a_visit, progress
from ohdesk.cli.usage import day
from ohdesk.domain.calendar import legal_day
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ohdesk.services.context import Context
    from ohdesk.services.paper.batch import LeftOut, Written


def register(commands: Commands) -> None:
    """Add the commands."""
    file = on_a_visit(commands.unlocked("casefile", tr("一次检查的案卷：正卷和副卷"), write_casefile))
    file.add_argument("--out", type=Path, required=True, metavar="F", help=tr("以 .pdf 结尾的文件，或空文件夹"))
    file.add_argument("--volume", choices=["main", "side"], help=tr("只要正卷或副卷；不写为两卷"))
    bound = commands.unlocked("booklet", tr("一段时间的文书合订成册"), write_booklet)
    bound.add_argument("--from", dest="first", type=day, metavar="DAY", help=tr("从这一天起；不写为本月"))
    bound.add_argument("--to", dest="last", type=day, metavar="DAY", help=tr("到这一天止；不写为今天"))
    target = bound.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", type=Path, metavar="F.pdf", help=tr("PDF 文件"))
    target.add_argument("--count", action="store_true", help=tr("只说有多少份、多少页"))


def write_papers(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Write the papers named into a folder; 1 when one of them is missing."""
    from ohdesk.services.paper import batch
    from ohdesk.services.paper.export import find

    wanted = batch.of_papers(ctx, [find(ctx, text) for text in dict.fromkeys(args.ids)])
    return written_papers(batch.write(ctx, args.out, wanted, progress(tr("文书"))))


def type_in(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List what is typed of a visit into other systems; set down that it was typed into one."""
    from ohdesk.services.paper import typing_in
    from ohdesk.services.visit.lookup import find

    visit = find(ctx, args.visit)
    if args.done:
        typing_in.tick(ctx, visit, args.done, args.number)
    found = typing_in.sheets(ctx, visit)
    lines = []
    for sheet in found:
        lines.append(" ".join(filter(None, (f"[{sheet.system}] {sheet.name}", sheet.typed_in_on, sheet.number))))
        lines += [f"{line.label}\t{line.value}" for line in sheet.lines]
    return Answer(found, "\n".join(lines))


def write_casefile(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Write the volumes of the file of a visit that has ended."""
    from ohdesk.services.paper import casefile
    from ohdesk.services.visit.lookup import find

    wanted = casefile.Volume(args.volume) if args.volume else None
    made = casefile.write(ctx, find(ctx, args.visit), args.out, wanted, progress(tr("案卷")))
    volumes = [
        {"volume": each.volume, "path": str(each.path), **each.archived._asdict(), "pages": each.pages}
        for each in made.volumes
    ]
    lines = [
        tr(
            "{volume}　档号 {ref}　{papers} 份 {pages} 页　保管 {keep}：{path}",
            volume=each.volume.word,
            ref=each.archived.ref,
            papers=each.papers,
            pages=each.pages,
            keep=each.archived.keep_word,
            path=each.path,
        )
        for each in made.volumes
    ]
    lines.append(tr("保管期限表和档号样式待县级确认。"))
    left_out = [each._asdict() for each in made.left_out]
    return Answer({"volumes": volumes, "left_out": left_out}, "\n".join([*lines, *_missing(made.left_out)]))


def write_booklet(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Count the papers of a period, and bind them unless only the count is wanted."""
    from ohdesk.services.paper import booklet

    today = legal_day(ctx.now())
    found = booklet.plan(ctx, args.first or today.replace(day=1), args.last or today, progress(tr("清点")))
    left_out = [each._asdict() for each in found.left_out]
    file = str(args.out) if args.out else None
    data = {"papers": len(found.bound), "pages": found.pages, "file": file, "left_out": left_out}
    lines = [tr("{papers} 份文书，{pages} 页。", papers=len(found.bound), pages=found.pages)]
    if args.out:
        booklet.write(found, args.out, progress(tr("合订")))
        lines.append(tr("已写出：{file}", file=args.out))
    return Answer(data, "\n".join([*lines, *_missing(found.left_out)]))


def written_papers(written: "Written") -> Answer:
    """Say which papers were written and which were not; 1 when one is missing."""
    data = {"written": [str(path) for path in written.files], "left_out": [each._asdict() for each in written.left_out]}
    lines = [path.name for path in written.files]
    lines += _missing(written.left_out)
    return Answer(data, "\n".join(lines) or tr("没有可以写出的文书。"), 1 if written.left_out else 0)


def _missing(left_out: "Sequence[LeftOut]") -> list[str]:
    return [tr("没有写出：{name}：{reason}", name=each.name, reason=each.reason) for each in left_out]
