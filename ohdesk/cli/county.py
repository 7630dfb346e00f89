"""`ohdesk county …`: what the county does with what its towns send."""

import argparse

from ohdesk.cli import trust
from ohdesk.cli.common import Commands, emit, open_context
from ohdesk.i18n import tr


def register(commands: Commands) -> None:
    """Add the commands."""
    county = commands.group("county", tr("县级：汇总各镇街的上报包"))
    trust.add_county_commands(county)
    coverage = county.command("coverage", tr("各镇街的监督覆盖情况"), show_coverage)
    coverage.add_argument("--year", type=int, help=tr("年度，默认为今年"))
    county.command("conflicts", tr("待核的冲突"), show_conflicts)
    settle = county.command("settle", tr("处理一处冲突"), settle_conflict)
    settle.add_argument("establishment", metavar="EMPLOYER", help=tr("名称、信用代码或编号"))
    settle.add_argument("--field", required=True)
    settle.add_argument("--value", required=True)
    settle.add_argument("--reason", required=True)
    county.command("draws", tr("重算各镇街的抽取"), check_draws)
    county.command("digest", tr("共享数据的指纹"), show_digest)


def show_coverage(args: argparse.Namespace) -> int:
    """Print coverage per town."""
    from ohdesk.domain.calendar import legal_day
    from ohdesk.services.county import merging  # late: heavy

    with open_context(args) as ctx:
        year = args.year or legal_day(ctx.now()).year
        towns = merging.coverage(ctx, year)
    lines = [tr("{year} 年监督覆盖", year=year)]
    for town in towns:
        rate = tr("无对象") if town.inspected.percent is None else f"{town.inspected.percent} %"
        line = tr("{name}：{rate}（{part}/{whole}），未用检查表终结 {ended} 家，问题 {findings} 项")
        lines.append(
            line.format(
                name=town.name,
                rate=rate,
                part=town.inspected.part,
                whole=town.inspected.whole,
                ended=town.ended_without_checklist,
                findings=town.findings,
            )
        )
    emit(args, towns, "\n".join(lines))
    return 0


def show_conflicts(args: argparse.Namespace) -> int:
    """Print every field in dispute with all its values."""
    from ohdesk.services.county import merging  # late: heavy

    with open_context(args) as ctx:
        found = merging.conflicts(ctx)
    lines = []
    for conflict in found:
        lines.append(
            tr(
                "{name} · {heading}（暂显示“{shown}”）",
                name=conflict.name,
                heading=conflict.heading,
                shown=conflict.shown,
            )
        )
        lines += [f"    {each.division}  {each.at}  “{each.value}”  {each.reason}" for each in conflict.candidates]
    emit(args, found, "\n".join(lines) or tr("没有待核的冲突。"))
    return 0


def settle_conflict(args: argparse.Namespace) -> int:
    """Settle one field in dispute."""
    from ohdesk.services.county import merging
    from ohdesk.services.roll import entries  # late: heavy

    with open_context(args) as ctx:
        merging.settle(ctx, entries.find(ctx, args.establishment), args.field, args.value, args.reason)
    emit(args, {"settled": args.field}, tr("已处理。"))
    return 0


def check_draws(args: argparse.Namespace) -> int:
    """Compute every draw again; exit 1 when one differs."""
    from ohdesk.services.county import merging  # late: heavy

    with open_context(args) as ctx:
        checks = merging.check_draws(ctx)
    lines = [
        f"{check.town}  {check.plan}-{check.number}  {check.state}  {check.problem or tr('重算一致')}"
        for check in checks
    ]
    emit(args, checks, "\n".join(lines) or tr("还没有收到抽取。"))
    return 1 if any(check.problem for check in checks) else 0


def show_digest(args: argparse.Namespace) -> int:
    """Print the fingerprint of everything shared."""
    from ohdesk.services.county import merging  # late: heavy

    with open_context(args) as ctx:
        value = merging.digest(ctx)
    emit(args, {"digest": value}, value)
    return 0
