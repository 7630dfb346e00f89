"""`ohdesk record` and `ohdesk visit finalize`: sign records, list them, export them, add to them."""

import argparse
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli.common import Answer, Commands, colleague_password, named, on_a_visit, open_context, progress
from ohdesk.cli.scans import ask_by_hand, by_hand
from ohdesk.cli.together import written_papers
from ohdesk.cli.usage import day
from ohdesk.domain.facts import Verdict
from ohdesk.domain.problems import in_list
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.paper import batch
from ohdesk.services.record import composing, finalizing, leave_check, photo_pages, views
from ohdesk.services.record.party_statement import read_party
from ohdesk.services.record.signing import SecondSigner
from ohdesk.services.visit import lookup

if TYPE_CHECKING:
    from ohdesk.services.record.file_verdicts import FileVerdict

_LISTED = (
    *("visit", "number", "division", "establishment", "establishment_name", "outcome", "started_at", "finalized_at"),
    *("record_sha256", "pdf_sha256", "held", "amendments", "verified", "revoked", "signed_in"),
)


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("record", tr("定稿的现场检查笔录"))
    group.unlocked("list", tr("列出定稿的笔录"), list_all)
    export = group.unlocked("export", tr("把签名后的 PDF 写到文件夹；不指明检查时写出全部"), export_pdfs)
    export.add_argument("visit", nargs="*", metavar="VISIT", help=tr("检查的编号或笔录编号"))
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("文件夹"))
    about = tr("写出一段时间里各次检查的文书：已签名的原样，待签名的出草稿")
    many = group.unlocked("papers", about, write_papers)
    first = many.add_argument("--from", dest="first", type=day, default=date.min, metavar="DAY")
    first.help = tr("从这一天起，如 2026-03-01")
    many.add_argument("--to", dest="last", type=day, default=date.max, metavar="DAY", help=tr("到这一天止"))
    many.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("文件夹"))
    about = tr("从签名的 PDF 本身读出笔录（不用上报包），列出内容和核对结果")
    group.unlocked("read-back", about, read_back_pdfs).add_argument("folder", type=Path, metavar="DIR")
    amend = group.unlocked("amend", tr("给定稿的笔录加补充说明；笔录本身不变"), amend_record)
    amend.add_argument("--statement", required=True, metavar="TEXT", help=tr("补充说明"))
    amend.add_argument("--reason", required=True, metavar="TEXT", help=tr("理由"))
    fair = group.unlocked("fair-copy", tr("写出待用笔签名的文书（PDF），编号就此留给这次检查"), write_fair_copies)
    scanning = group.unlocked("scan-in", tr("归入用笔签过名的文书的照片或扫描件，两名检查人员确认后定稿"), scan_in)
    for command in (fair, scanning):
        command.add_argument("visit", metavar="VISIT", help=tr("检查"))
    fair.add_argument("--party", type=Path, required=True, metavar="FILE", help=tr("当事人核对意见（JSON）"))
    fair.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("文件夹"))
    scanning.add_argument("files", nargs="+", type=Path, metavar="FILE", help=tr("照片、扫描件，次序不限"))
    ask_by_hand(scanning)
    _second_options(scanning)
    page = group.unlocked("photo-page", tr("把后来补入的照片做成照片说明页，由两名检查人员签名"), add_photo_page)
    _second_options(page)
    for command in (amend, page):
        command.add_argument("visit", metavar="VISIT", help=tr("检查的编号或笔录编号"))


def finalize_command(group: Commands) -> None:
    """Add `visit finalize` to the group of visit commands."""
    command = on_a_visit(group.command("finalize", tr("签名并定稿；--preview 只显示文档指纹"), finalize_visit))
    command.add_argument("--party", type=Path, required=True, metavar="FILE", help=tr("当事人意见（JSON）"))
    command.add_argument("--fingerprint", default="", metavar="HEX", help=tr("签名前核对过的文档指纹；不同则不定稿"))
    command.add_argument("--preview", action="store_true", help=tr("只显示文档指纹和未办妥的事项，不签名"))
    command.add_argument("--draft", type=Path, metavar="FILE", help=tr("把未签名的笔录写成 PDF 供核对"))
    _second_options(command)


def _second_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--second", metavar="NAME", help=tr("另一名检查人员的账户"))
    command.add_argument("--second-password-file", type=Path, metavar="FILE", help=tr("该账户密码所在的文件"))
    about = tr("用证书文件（PKCS#12）签名的检查人员，不用账户；可重复")
    command.add_argument("--key-file", type=Path, action="append", default=[], metavar="FILE", help=about)
    secret = command.add_argument("--key-password-file", type=Path, action="append", default=[], metavar="FILE")
    secret.help = tr("证书文件的密码所在的文件，次序同 --key-file")


def finalize_visit(args: argparse.Namespace) -> Answer:
    """Show the fingerprint, or sign with both inspectors and close the visit."""
    given = read_party(args.party)
    with open_context(args) as ctx:
        visit = lookup.find(ctx, args.visit)
        if args.draft is not None:
            finalizing.write_draft(ctx, visit, given.party, given.situation, args.draft)
        if args.preview:
            return _preview(composing.compose(ctx, visit, given.party, given.situation))
        unexplained = [gap.sentence for gap in leave_check.leave_check(ctx, visit).unexplained]
        final = finalizing.finalize(
            ctx,
            visit,
            given.party,
            given.signatures,
            *_colleagues(args),
            situation=given.situation,
            shown_sha256=args.fingerprint,
        )
    data = named(final, "visit", "number", "record_sha256", "pdf_sha256")
    lines = [tr("已定稿：编号 {number}，文档指纹 {digits}", number=final.number, digits=final.record_sha256)]
    if unexplained:
        lines.append(tr("离场前核对还有 {count} 项没有补齐，也没有理由：", count=len(unexplained)))
        lines += [f"· {sentence}" for sentence in unexplained]
    return Answer(data | {"finalized": True, "unexplained": unexplained}, "\n".join(lines))


def _preview(composed: composing.Composed) -> Answer:
    lines = [tr("文档指纹 {digits}", digits=composed.record_sha256)]
    lines += [f"· {said}" for said in (*map(in_list, composed.problems), *composed.repeated)]
    return Answer(named(composed, "record_sha256", "problems", "repeated") | {"finalized": False}, "\n".join(lines))


def list_all(ctx: Context, _args: argparse.Namespace) -> Answer:
    """List all final records, the newest first."""
    rows = finalizing.list_records(ctx)
    lines = [
        "\t".join(
            (row.number, row.establishment_name, row.outcome, row.record_sha256[:16], row.visit, row.signed_in.word)
        )
        for row in rows
    ]
    data = [named(row, *_LISTED) for row in rows]
    return Answer(data, "\n".join(lines) or tr("还没有定稿的笔录。"))


def export_pdfs(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write signed PDFs into a folder: those named, or all that are here."""
    if args.visit:
        chosen = [finalizing.find(ctx, text) for text in args.visit]
    else:
        # A county lists records whose PDFs have not come yet.
        chosen = [row.visit for row in finalizing.list_records(ctx) if row.held]
    papers_of = [paper for visit in chosen for paper in views.open_record(ctx, visit).papers]
    # Who names one is told; of all, those that may be written are.
    kept = [] if args.visit else [paper for paper in papers_of if paper.guarded]
    written = [views.export(paper, args.out) for paper in papers_of if paper not in kept]
    lines = [path.name for path in written] or [tr("没有可以导出的笔录。")]
    lines += [tr("涉密单位的 {count} 份文书没有写出，请直接打印。", count=len(kept))] if kept else []
    return Answer([str(path) for path in written], "\n".join(lines))


def write_papers(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the papers of all visits of some days; 1 when one of them is missing."""
    wanted = batch.of_days(ctx, args.first, args.last)
    return written_papers(batch.write(ctx, args.out, wanted, progress(tr("文书"))))


def read_back_pdfs(ctx: Context, args: argparse.Namespace) -> Answer:
    """List what signed PDFs embed; 1 unless all of them hold and no paper is missing."""
    from ohdesk.services.record.read_back import read_back  # late: brings pyHanko, 0.4 s

    found = read_back(ctx, args.folder, progress(tr("文书")))
    lines, data = [], []
    for each in found.records:
        record, files = each.record, [paper.path.name for paper in each.papers]
        shown = (record.number, record.body.name, each.verdict.word, record.outcome_name, each.record_sha256[:16])
        lines.append("\t".join((*shown, "、".join(files))))
        lines += [tr("  还缺：{papers}", papers="、".join(each.missing))] if each.missing else []
        summary = {"verdict": each.verdict, "files": files, "missing": each.missing}
        data.append(named(each, "record_sha256", "record") | summary)
    others = [{"file": each.path.name, "verdict": each.verdict, "reason": _why(each)} for each in found.others]
    lines += [tr("没有读出：{name}：{reason}", name=each["file"], reason=each["reason"]) for each in others]
    good = not others and all(each.verdict is Verdict.HOLDS and not each.missing for each in found.records)
    return Answer({"records": data, "others": others}, "\n".join(lines), 0 if good else 1)


def _why(found: "FileVerdict") -> str:
    facts = () if found.found is None else found.found.facts
    failing = [fact.sentence for fact in facts if fact.verdict is Verdict.FAILS]
    return found.refused or "；".join(failing) or tr("不是笔录的文书")


def amend_record(ctx: Context, args: argparse.Namespace) -> Answer:
    """Add a statement to a final record."""
    visit = finalizing.find(ctx, args.visit)
    finalizing.amend(ctx, visit, args.statement, args.reason)
    return Answer({"visit": visit, "amended": True}, tr("已记入补充说明，笔录本身没有改动。"))


def write_fair_copies(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the papers of a visit that are signed in ink."""
    from ohdesk.services.record import ink

    given = read_party(args.party)
    visit = lookup.find(ctx, args.visit)
    files = ink.write_fair_copies(ctx, visit, given.party, given.situation, args.out)
    return Answer({"visit": visit, "files": [str(path) for path in files]}, "\n".join(path.name for path in files))


def scan_in(ctx: Context, args: argparse.Namespace) -> Answer:
    """Take the pictures of the signed papers back, and make the record final."""
    from ohdesk.services.record import ink

    visit = lookup.find(ctx, args.visit)
    hand = by_hand(args, ink.expected(ctx, visit))
    final = ink.finalize_in_ink(ctx, visit, args.files, *_colleagues(args), by_hand=hand, report=progress(tr("扫描件")))
    data = named(final, "visit", "number", "record_sha256", "pdf_sha256")
    said = tr("已定稿（纸质签名）：编号 {number}，文档指纹 {digits}", number=final.number, digits=final.record_sha256)
    return Answer(data | {"finalized": True}, said)


def add_photo_page(ctx: Context, args: argparse.Namespace) -> Answer:
    """Make the page of the photos that came later and sign it."""
    page = photo_pages.add_photo_page(ctx, finalizing.find(ctx, args.visit), *_colleagues(args))
    photos = "、".join(map(str, page.photos))
    return Answer(page, tr("照片说明页已签名：编号 {number}，照片 {photos}", number=page.number, photos=photos))


def _colleagues(args: argparse.Namespace) -> Iterator[SecondSigner]:
    """Yield who signs besides whoever opened the workspace: by account, by certificate file."""
    if args.second is None and not args.key_file:
        raise UserError(tr("没有指明另一名检查人员。"), tr("请加上 --second 账户，或 --key-file 证书文件。"))
    if args.second is not None:
        given = colleague_password(args.second, args.second_password_file, "--second-password-file")
        yield SecondSigner(args.second, given)
    for file, secret in zip_longest(args.key_file, args.key_password_file[: len(args.key_file)]):
        yield SecondSigner("", colleague_password(file.name, secret, "--key-password-file"), file)
