"""`ohdesk bundle …`: write a bundle to a stick, look at one, take one in."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ohdesk.cli.common import Commands, emit, open_context
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.exchange.checks import Outline
    from ohdesk.services.exchange.receiving import Taken


def register(commands: Commands) -> None:
    """Add the commands."""
    bundle = commands.group("bundle", tr("上报包：导出、查看、导入"))
    export = bundle.command("export", tr("把对方还没有的内容写成一个上报包"), write)
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("优盘或文件夹"))
    inspect = bundle.command("inspect", tr("查看一个上报包，不需要工作区"), look)
    inspect.add_argument("file", type=Path, metavar="FILE")
    take = bundle.command("import", tr("导入一个上报包或回执包"), take_in)
    take.add_argument("file", type=Path, metavar="FILE")
    receipt = bundle.command("receipt", tr("登记对方在电话里读出的回执码"), register_receipt)
    receipt.add_argument("code", metavar="CODE")
    bundle.command("list", tr("列出写出和收到的上报包"), show_all)


def write(args: argparse.Namespace) -> int:
    """Write one bundle; when this returns, the stick may be pulled."""
    from ohdesk.services.exchange import sending

    with open_context(args) as ctx:
        exported = sending.export(ctx, args.out)
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
    if exported.waiting_blobs:
        lines.append(tr("还有 {count} 个附件放不下，随下一个包发送。", count=exported.waiting_blobs))
    emit(args, {**asdict(exported), "path": str(exported.path)}, "\n".join(lines))
    return 0


def look(args: argparse.Namespace) -> int:
    """Print what a bundle says without keys."""
    from ohdesk.services.exchange.checks import outline

    found = outline(args.file)
    emit(args, _outline_data(found), _outline_text(found))
    return 0 if found.signature_fits else 1


def take_in(args: argparse.Namespace) -> int:
    """Take in one bundle, whole or not at all."""
    from ohdesk.services.exchange import receiving

    with open_context(args) as ctx:
        taken = receiving.take_in(ctx, args.file)
    emit(args, {**asdict(taken), "outcome": taken.outcome.value}, _taken_text(taken))
    return 0


def register_receipt(args: argparse.Namespace) -> int:
    """Register a receipt code read over the telephone."""
    from ohdesk.services.exchange.receipts import register_code

    with open_context(args) as ctx:
        acked = register_code(ctx, args.code)
    emit(args, {"acked": acked}, tr("已登记：对方已收到本机第 {seq} 号及以前的全部操作。", seq=acked))
    return 0


def show_all(args: argparse.Namespace) -> int:
    """List bundles written and received."""
    from ohdesk.domain.calendar import instant_text
    from ohdesk.services.exchange import receiving, sending

    with open_context(args) as ctx:
        out, came = sending.sent(ctx), receiving.received(ctx)
    data = {
        "sent": [{**asdict(bundle), "written_at": instant_text(bundle.written_at)} for bundle in out],
        "received": [asdict(bundle) for bundle in came],
    }
    lines = [tr("写出"), *(f"  {bundle.name}  {bundle.first}–{bundle.last}" for bundle in out)]
    lines += [tr("收到"), *(f"  {bundle.name}  {bundle.outcome}  {bundle.reason}" for bundle in came)]
    emit(args, data, "\n".join(lines))
    return 0


def _outline_data(found: "Outline") -> dict[str, Any]:
    import msgspec

    return {
        "name": found.name,
        "size": found.size,
        "sha256": found.sha256,
        "head_sha256": found.head_sha256,
        "head": msgspec.to_builtins(found.head),
        "signature_fits": found.signature_fits,
        "chain": "unchecked",
        "payload": "not decrypted",
    }


def _outline_text(found: "Outline") -> str:
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
        tr("签名：成立（按包内设备证书）") if found.signature_fits else tr("签名：不成立"),
        tr("证书是否由县级签发：未核（没有县级根证书；用 ohdesk verify --root 核对）"),
        tr("加密内容：未核（没有解密）"),
    ]
    return "\n".join(lines)


def _taken_text(taken: "Taken") -> str:
    heading = {
        "applied": tr("已导入：{sender} {division} 的 {name}"),
        "already": tr("已收过：{sender} {division} 的 {name}，没有重复导入"),
        "parked": tr("已暂存：{sender} {division} 的 {name}，要等前面的包"),
    }[taken.outcome.value]
    lines = [heading.format(sender=taken.sender, division=taken.division, name=taken.name)]
    if taken.outcome.value == "applied":
        lines.append(
            tr(
                "新收 {applied} 条操作，原有 {already} 条，附件 {blobs} 个。",
                applied=taken.applied,
                already=taken.already,
                blobs=taken.blobs,
            )
        )
    lines += [tr("缺少：{what}", what=what) for what in taken.waits]
    aside = tr("搁置：第 {seq} 号（{kind}）：{reason}")
    lines += [aside.format(seq=each.seq, kind=each.kind, reason=each.reason) for each in taken.set_aside]
    if taken.acked is not None:
        lines.append(tr("对方已收到本机第 {seq} 号及以前的全部操作。", seq=taken.acked))
    lines += [tr("暂存的 {name} 已随后导入。", name=name) for name in taken.followed]
    lines += [tr("注意：{text}", text=text) for text in taken.warnings]
    if taken.receipt:
        lines.append(tr("回执码（没有优盘带回时，电话读给对方）：{code}", code=taken.receipt))
    return "\n".join(lines)
