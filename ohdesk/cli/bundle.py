"""`ohdesk bundle …`: write a bundle to a stick, look at one, take one in.

Each command loads what it calls and no more: to look at a bundle takes no database.
"""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ohdesk.cli.common import Answer, Commands, named, read_code
from ohdesk.cli.usage import whole
from ohdesk.domain.calendar import instant_text
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.exchange.checks import Outline
    from ohdesk.services.exchange.receiving import Taken
    from ohdesk.services.exchange.sending import Exported
    from ohdesk.services.record.verdicts import Verified
    from ohdesk.sync.manifest import Volume

_MEGABYTE = 1_000_000


def register(commands: Commands) -> None:
    """Add the commands."""
    bundle = commands.group("bundle", tr("上报包：导出、查看、导入"))
    export = bundle.unlocked("export", tr("把对方还没有的内容写成一个上报包"), write)
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("优盘或文件夹"))
    again = tr("从本机第 N 号操作起重发，不管对方是否已收到")
    size = tr("一个文件最多多少 MB，更多的分成几卷")
    export.add_argument("--volume-size", type=whole, metavar="MB", help=size)
    export.add_argument("--from", dest="first", type=whole, metavar="N", help=again)
    inspect = bundle.command("inspect", tr("查看一个上报包，不需要工作区"), look)
    take = bundle.unlocked("import", tr("导入一个上报包或回执包"), take_in)
    for command in (inspect, take):
        command.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--no-verify", action="store_true", help=tr("不接着核对收到的文书，留待以后"))
    take.add_argument("--code-file", type=Path, metavar="FILE", help=tr("已不在的电脑的恢复码所在的文件"))
    receipt = bundle.unlocked("receipt", tr("登记对方在电话里读出的回执码"), register_receipt)
    receipt.add_argument("code", metavar="CODE")
    bundle.unlocked("list", tr("列出写出和收到的上报包"), show_all)


def write(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Write one bundle, or several volumes; when this returns, the stick may be pulled."""
    from ohdesk.services.exchange import sending
    from ohdesk.services.exchange.lost_blobs import lost_text
    from ohdesk.services.exchange.sampling import sampled_text

    most = None if args.volume_size is None else args.volume_size * _MEGABYTE
    exported = sending.export(ctx, args.out, first=args.first, most=most)
    lines = [
        tr("已写好并读回核对：{name}，可以拔出。", name=exported.path.name),
        tr(
            "收件：{names}；附件 {blobs} 个，共 {size} 字节。",
            names="、".join(exported.recipients),
            blobs=exported.blobs,
            size=exported.size,
        ),
    ]
    if exported.last:
        lines.append(tr("内容：本机第 {first}–{last} 号操作。", first=exported.first, last=exported.last))
    else:
        lines.append(tr("内容：只有回执，没有新的操作。"))
    lines += [sampled_text(exported.sampled), *sending.written_text(exported)]
    if len(exported.volumes) > 1:
        lines += [f"  {each.path.name}" for each in exported.volumes]
    if exported.lost:
        lines += [lost_text(exported.lost), *(f"  {blob.what}  {blob.sha256}" for blob in exported.lost)]
    # What is written counts, yet not all is: a script must not take it for done.
    return Answer(exported_data(exported), "\n".join(lines), 3 if exported.unwritten else 0)


def exported_data(exported: "Exported") -> dict[str, object]:
    """Return what was written, with paths as text."""
    volumes = [{**asdict(each), "path": str(each.path)} for each in exported.volumes]
    return {**asdict(exported), "path": str(exported.path), "volumes": volumes}


def look(args: argparse.Namespace) -> Answer:
    """Print what a bundle says without keys; exit 1 when its signature does not fit."""
    from ohdesk.services.exchange.checks import outline

    found = outline(args.file)
    head = found.head
    lines = [
        tr("上报包 {name}，{size} 字节，每个字节都与写入时一致", name=found.name, size=found.size),
        tr(
            "来源：{town}，电脑 {replica}，第 {seq} 号包，写于 {wall}（对方时钟）",
            town=head.sender.town,
            replica=head.sender.replica,
            seq=head.bundle_seq,
            wall=head.made.wall,
        ),
        tr(
            "内容：{ops} 条操作，{blobs} 个附件；收件密钥 {keys} 个",
            ops=head.counts.ops,
            blobs=head.counts.blobs,
            keys=len(head.to),
        ),
        *_volume_lines(head.volume),
        tr("签名：成立（按包内设备证书）") if found.signature_fits else tr("签名：不成立"),
        tr("证书是否由县级签发：未核（没有县级根证书；用 ohdesk verify --root 核对）"),
        tr("加密内容：未核（没有解密）"),
    ]
    return Answer(_outline_data(found), "\n".join(lines), 0 if found.signature_fits else 1)


def _volume_lines(volume: "Volume") -> list[str]:
    if volume.n == 1:
        return []
    return [tr("一套 {n} 卷里的第 {i} 卷（套号 {set}）", n=volume.n, i=volume.i, set=volume.set)]


def _outline_data(found: "Outline") -> dict[str, object]:
    # Said in so many words, so that a script cannot take silence for "checked".
    unchecked = {"chain": "unchecked", "payload": "not decrypted"}
    return {**asdict(found), "head": msgspec.to_builtins(found.head), **unchecked}


def take_in(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take in one bundle, whole or not at all; then look at the records that wait, which undoes nothing of it."""
    from ohdesk.services.exchange import receiving
    from ohdesk.services.record import verdicts

    code = "" if args.code_file is None else read_code(args.code_file)
    taken = receiving.take_in(ctx, args.file, code)
    lines, verified = _taken_lines(taken), None
    if not args.no_verify:
        verified = verdicts.verify_waiting(ctx)
        lines += verified_lines(verified)
    return Answer({**asdict(taken), "outcome": taken.outcome.value, "verified": verified}, "\n".join(lines))


def verified_lines(verified: "Verified") -> list[str]:
    """Say what became of the records that waited; nothing when none did."""
    counts = asdict(verified)
    said = tr("核对文书：成立 {good} 份，不成立 {bad} 份，未核 {unchecked} 份，待验 {waiting} 份。", **counts)
    return [said] if any(counts.values()) else []


def _taken_lines(taken: "Taken") -> list[str]:
    from ohdesk.services.exchange.receiving import Outcome

    whose = {"sender": taken.sender, "division": taken.division, "name": taken.name}
    lines = [
        {
            Outcome.APPLIED: tr("已导入：{sender} {division} 的 {name}", **whose),
            Outcome.ALREADY: tr("已收过：{sender} {division} 的 {name}，没有重复导入", **whose),
            Outcome.PARKED: tr("已暂存：{sender} {division} 的 {name}，要等前面的包", **whose),
        }[taken.outcome]
    ]
    if taken.outcome is Outcome.APPLIED:
        text = tr("新收 {applied} 条操作，原有 {already} 条，附件 {blobs} 个。")
        lines.append(text.format(applied=taken.applied, already=taken.already, blobs=taken.blobs))
    if taken.volumes > 1:
        lines.append(tr("这是一套 {n} 卷里的第 {i} 卷。", n=taken.volumes, i=taken.volume))
    lines += [tr("缺少：{what}", what=what) for what in taken.waits]
    lines += [tr("还没有收到：{what}", what=what) for what in taken.missing if what not in taken.waits]
    lines += [
        tr("搁置：第 {seq} 号（{kind}）：{reason}", seq=each.seq, kind=each.kind, reason=each.reason)
        for each in taken.set_aside
    ]
    if taken.acked is not None:
        lines.append(tr("对方已收到本机第 {seq} 号及以前的全部操作。", seq=taken.acked))
    lines += [tr("暂存的 {name} 已随后导入。", name=name) for name in taken.followed]
    lines += [tr("注意：{text}", text=text) for text in taken.warnings]
    if taken.receipt:
        lines.append(tr("回执码（没有优盘带回时，电话读给对方）：{code}", code=taken.receipt))
    return lines


def register_receipt(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Register a receipt code read over the telephone."""
    from ohdesk.services.exchange.receipts import register_code

    acked = register_code(ctx, args.code)
    return Answer({"acked": acked}, tr("已登记：对方已收到本机第 {seq} 号及以前的全部操作。", seq=acked))


def show_all(ctx: "Context", _args: argparse.Namespace) -> Answer:
    """List bundles written and received."""
    from ohdesk.services.exchange import history
    from ohdesk.services.exchange.quarantine import refused_bundles

    bundles, refused = history.exchanged(ctx), refused_bundles(ctx)
    out = [bundle for bundle in bundles if bundle.sent]
    came = sorted((bundle for bundle in bundles if not bundle.sent), key=lambda bundle: (bundle.replica, bundle.seq))
    data = {
        "sent": [{**named(each, "seq", "name", "first", "last"), "written_at": instant_text(each.at)} for each in out],
        "received": [
            {**named(each, "name", "replica", "reason"), "bundle_seq": each.seq, "outcome": each.state} for each in came
        ],
        "refused": [
            {**named(each, "id", "name", "sender", "size", "reason", "kept"), "came_at": instant_text(each.came_at)}
            for each in refused
        ],
    }
    lines = [tr("写出"), *(f"  {bundle.name}  {bundle.first}–{bundle.last}" for bundle in out)]
    lines += [tr("收到"), *(f"  {bundle.name}  {bundle.state}  {bundle.reason}" for bundle in came)]
    if refused:
        lines += [tr("拒收"), *(f"  {bundle.name}  {bundle.sender}  {bundle.reason}" for bundle in refused)]
    return Answer(data, "\n".join(lines))
