"""`ohdesk enrol …`: a town joins its county."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.trust import joining


def register(commands: Commands) -> None:
    """Add the commands."""
    enrol = commands.group("enrol", tr("镇街加入县级"))
    request = enrol.unlocked("request", tr("用县级名片生成登记申请（只含公钥）"), write_request)
    request.add_argument("--card", type=Path, required=True, metavar="FILE")
    request.add_argument("--out", type=Path, required=True, metavar="FILE")
    accept = enrol.unlocked("accept", tr("收下县级的答复"), accept_answer)
    accept.add_argument("answer", type=Path, metavar="ANSWER")


def write_request(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the request and show both fingerprints."""
    request = joining.write_request(ctx, args.card, args.out)
    text = tr(
        "登记申请已写入 {file}\n县级：{county}\n名片指纹：{card}\n申请指纹：{fingerprint}\n签名人员：{people}\n"
        "请与县级在电话中逐组核对两个指纹。",
        file=args.out,
        county=request.county,
        card=request.card_fingerprint,
        fingerprint=request.fingerprint,
        people="、".join(request.people) or tr("（没有）"),
    )
    return Answer(request, text)


def accept_answer(ctx: Context, args: argparse.Namespace) -> Answer:
    """Take in the county's answer."""
    joined = joining.accept(ctx, args.answer)
    text = tr(
        "已加入{county}\n名片指纹：{fingerprint}\n经县级确认的签名人员：{people}",
        county=joined.county,
        fingerprint=joined.card_fingerprint,
        people="、".join(joined.people) or tr("（没有）"),
    )
    return Answer(joined, text)
