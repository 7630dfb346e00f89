"""`ohdesk demo`: make the demonstration world, and show what was made."""

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from ohdesk.cli.common import Answer, Commands
from ohdesk.domain.record import Way
from ohdesk.i18n import tr


def register(commands: Commands) -> None:
    """Add the command."""
    demo = commands.command("demo", tr("建立练习库：一个县、三个镇街，从名单到汇总"), make)
    demo.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("练习库放在哪里"))
    demo.add_argument("--screens", type=Path, metavar="DIR", help=tr("同时把各画面存为 PNG"))
    demo.add_argument("--scale", default="1", choices=("1", "1.25", "1.5", "2"), help=tr("画面的放大倍数"))
    demo.add_argument("--theme", default="light", choices=("light", "dark"), help=tr("画面用浅色还是深色"))
    demo.add_argument("--lang", default="zh_CN", choices=("zh_CN", "en"), help=tr("画面的语言"))


def make(args: argparse.Namespace) -> Answer:
    """Make the world, then print a table of what was made."""
    from ohdesk.demo.beside import Beside

    with closing(Beside()) as beside:
        from ohdesk.demo import world  # late: brings nearly everything there is, in both processes at the same time

        summary = world.build_with(beside, args.out, lambda line: print(line, file=sys.stderr))
    return Answer(summary, _table(args.out, summary))


def _table(out: Path, summary: dict[str, Any]) -> str:
    lines = [tr("练习库已建立：{out}（所有账户的密码：ohdesk-demo）", out=out), ""]
    for folder, town in summary["towns"].items():
        lines.append(
            tr(
                "{folder}  {name}：名录 {roll} 家，导入 {new} 家、退回 {refused} 行；抽中 {drawn} 家",
                folder=folder,
                name=town["name"],
                roll=town["roll"],
                new=town["import"]["new"],
                refused=town["import"]["refused"],
                drawn=len(town["draw"]["drawn"]),
            )
        )
        line = tr("    {day}  {number}  {outcome}，问题 {findings} 项，照片 {photos} 张，当事人：{party}")
        lines += [line.format(**record | {"party": Way(record["party"]).word}) for record in town["records"]]
    county = summary["county"]
    lines += [
        tr(
            "county  汇总名录 {roll} 家，待核冲突 {open} 处，指纹 {digest}…",
            roll=county["roll"],
            open=county["conflicts_open"],
            digest=county["digest"][:16],
        ),
        tr(
            "        监督覆盖：{coverage}",
            coverage="，".join(f"{name} {rate}" for name, rate in county["coverage"].items()),
        ),
        "",
        tr("文件：records/ 笔录，bundles/ 上报包，publication/ 公示包，lists/ 名单，trust/ 县级根证书"),
        tr("核对一份笔录：ohdesk verify records/*.pdf --root trust/county-root.pem"),
    ]
    return "\n".join(lines)
