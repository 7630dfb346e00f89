"""`ohdesk verify`: say of a record, a bundle or a publication package what holds and what does not."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli.common import Answer, Commands, open_if_named
from ohdesk.domain.facts import Verdict
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.record.verification import Verification


def register(commands: Commands) -> None:
    """Add the command."""
    command = commands.command("verify", tr("核对检查记录、上报包或公示包"), verify)
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help=tr("PDF、.ohb 或公示 ZIP 文件"))
    root = command.add_argument("--root", type=Path, action="append", default=[], metavar="PEM")
    root.help = tr("县级根证书；给出后不需要工作区")


def verify(args: argparse.Namespace) -> Answer:
    """Verify each file; 0 when all of them are good, else 1."""
    from ohdesk.services.record.verification import read_root, verify_file  # late: brings pyhanko, 0.4 s

    if not args.root and args.workspace is None:
        raise UserError(
            tr("没有可以信任的根证书，无法核对签名。"),
            tr("请加上 --root county-root.pem，或用 --workspace 指明工作区。"),
        )
    roots = [read_root(path) for path in args.root]
    outcomes: list[dict[str, object]] = []
    with open_if_named(args) as ctx:
        for path in args.files:
            try:
                report = verify_file(path, roots, ctx)
            # The disk is at fault, not the file: the others would fail as well.
            except MachineError:
                raise
            # One file that is no document of ours must not keep the others from being looked at.
            except UserError as error:
                print(error.message, error.remedy, sep="\n", file=sys.stderr)
                outcomes.append({"file": str(path), "kind": "", "good": False, "facts": []})
                continue
            if not report.is_good:
                print(_reason(path, report), file=sys.stderr)
            if not args.json:
                print(_text(path, report))  # at once: a folder of records takes a while
            outcomes.append(_outcome(path, report))
    good = all(outcome["good"] for outcome in outcomes)
    return Answer({"good": good, "files": outcomes}, "", 0 if good else 1)


def _outcome(path: Path, report: "Verification") -> dict[str, object]:
    facts = [
        {"key": fact.key, "fact": fact.sentence, "verdict": fact.verdict, "detail": fact.detail}
        for fact in report.facts
    ]
    return {"file": str(path), "kind": report.kind, "good": report.is_good, "facts": facts}


def _reason(path: Path, report: "Verification") -> str:
    failing = [fact.sentence for fact in report.facts if fact.verdict is Verdict.FAILS]
    if failing:
        return tr("{file}：不成立——{facts}", file=path.name, facts="；".join(failing))
    return tr("{file}：签名没有核到根证书", file=path.name)


def _text(path: Path, report: "Verification") -> str:
    lines = [f"{path.name}（{report.word}）"]
    for fact in report.facts:
        detail = f"（{fact.detail}）" if fact.detail else ""
        lines.append(f"  {fact.verdict.word}\t{fact.sentence}{detail}")
    lines.append("  " + (tr("结论：可以核对的都成立") if report.is_good else tr("结论：核对不通过")))
    return "\n".join(lines)
