"""`ohdesk county card` and `ohdesk county issue`: the county's side of a town's joining."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Commands, emit, open_context
from ohdesk.i18n import tr


def add_county_commands(county: Commands) -> None:
    """Add the commands to the group `county`."""
    card = county.command("card", tr("写出县级名片（根证书、收件密钥、名称、指纹）"), write_card)
    card.add_argument("--out", type=Path, required=True, metavar="FILE")
    root = county.command("root", tr("写出县级根证书（PEM），供核验文件使用"), write_root)
    root.add_argument("--out", type=Path, required=True, metavar="FILE")
    issue = county.command("issue", tr("按镇街的登记申请签发证书"), issue_certificates)
    issue.add_argument("request", type=Path, metavar="REQUEST")
    issue.add_argument("--out", type=Path, required=True, metavar="FILE")


def write_card(args: argparse.Namespace) -> int:
    """Write the county's card and show its fingerprint."""
    from ohdesk.services.trust import joining  # late: heavy

    with open_context(args) as ctx:
        card = joining.write_card(ctx, args.out)
    text = tr("县级名片已写入 {file}\n{county}（{division}）\n名片指纹：{fingerprint}\n请在电话中向镇街逐组念出指纹。")
    shown = text.format(file=args.out, county=card.county, division=card.division, fingerprint=card.fingerprint)
    emit(args, card, shown)
    return 0


def write_root(args: argparse.Namespace) -> int:
    """Write the county's root certificate as PEM."""
    from ohdesk.services.trust import joining  # late: heavy

    with open_context(args) as ctx:
        sha256 = joining.write_root(ctx, args.out)
    emit(args, {"root": str(args.out), "sha256": sha256}, tr("县级根证书已写入 {file}", file=args.out))
    return 0


def issue_certificates(args: argparse.Namespace) -> int:
    """Certify the keys of a request and show whose they are."""
    from ohdesk.services.trust import joining  # late: heavy

    with open_context(args) as ctx:
        issued = joining.issue(ctx, args.request, args.out)
    text = tr(
        "已为{town}（{division}）签发证书：{people}\n申请指纹：{fingerprint}\n"
        "请先与镇街在电话中核对申请指纹，一致后再把 {file} 交给对方。"
    )
    people = "、".join(issued.people) or tr("本机设备")
    shown = text.format(
        town=issued.town, division=issued.division, people=people, fingerprint=issued.fingerprint, file=args.out
    )
    emit(args, issued, shown)
    return 0
