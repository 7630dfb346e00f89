"""`ohdesk enrol …`: a town joins its county; `ohdesk county …`: which certifies its towns and merges what they send."""

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ohdesk.cli.bundle import exported_data, verified_lines
from ohdesk.cli.common import Answer, Commands, named
from ohdesk.cli.usage import whole
from ohdesk.domain.calendar import instant_text, legal_day
from ohdesk.domain.draw.state import DrawState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts, coverage, draw_checks
from ohdesk.services.county.coverage import TownCoverage
from ohdesk.services.county.digest import digest, shown
from ohdesk.services.exchange import sending
from ohdesk.services.record import verdicts
from ohdesk.services.roll import entries, proposals
from ohdesk.services.trust import joining, lending, own_people, revoking
from ohdesk.services.trust.asked import Asked
from ohdesk.services.trust.revoking import CertifiedKey


def register(commands: Commands) -> None:
    """Add the commands."""
    enrol = commands.group("enrol", tr("镇街加入县级"))
    request = enrol.unlocked("request", tr("用县级名片生成登记申请（只含公钥）"), write_request)
    request.add_argument("--card", type=Path, required=True, metavar="FILE")
    _into(request)
    accept = enrol.unlocked("accept", tr("收下县级的答复"), accept_answer)
    accept.add_argument("answer", type=Path, metavar="ANSWER")
    county = commands.group("county", tr("县级：汇总各镇街的上报包"))
    _register_trust(county)
    _register_roll(county)
    snapshot = county.unlocked("snapshot", tr("给丢失全部资料的镇街：把它送来过的内容写成一个包"), write_snapshot)
    snapshot.add_argument("replica", metavar="COMPUTER", help=tr("新登记的电脑编号，或开头几位"))
    snapshot.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("优盘或文件夹"))
    shown = county.unlocked("coverage", tr("各镇街的监督覆盖情况"), show_coverage)
    shown.add_argument("--year", type=whole, help=tr("年度，默认为今年"))
    county.unlocked("draws", tr("重算各镇街的抽取"), check_draws)
    county.unlocked("verify-records", tr("核对还没有核对过的文书"), verify_records)
    county.unlocked("digest", tr("共享数据的指纹"), show_digest)


def _register_trust(county: Commands) -> None:
    _into(county.unlocked("card", tr("写出县级名片（根证书、收件密钥、名称、指纹）"), write_card))
    _into(county.unlocked("root", tr("写出县级根证书（PEM），供核验文件使用"), write_root))
    look = county.unlocked("request", tr("查看镇街的登记申请，不签发"), look_at_request)
    issue = county.unlocked("issue", tr("按镇街的登记申请签发证书"), issue_certificates)
    for command in (look, issue):
        command.add_argument("request", type=Path, metavar="REQUEST")
    _into(issue)
    earlier = tr("换了密钥的人员：新密钥此前签的也算数")
    certify = county.unlocked("certify", tr("给本县自己的人员签发证书"), certify_own_people)
    for command in (issue, certify):
        command.add_argument("--confirm-earlier", action="store_true", help=earlier)
    county.unlocked("certificates", tr("列出本县签发证书的人员和电脑"), list_certificates)
    revoke = county.unlocked("revoke", tr("吊销一名人员或一台电脑的密钥"), revoke_key)
    revoke.add_argument("--from", dest="since", required=True, metavar="DAY", help=tr("从这一天起不再算数"))
    reinstate = county.unlocked("reinstate", tr("撤回对一把密钥的吊销"), reinstate_key)
    for command in (revoke, reinstate):
        command.add_argument("who", metavar="WHO", help=tr("姓名、执法证号或电脑编号"))
        command.add_argument("--reason", required=True)
    lend = county.unlocked("lend", tr("借调执法人员：为另一镇街签发有期限的证书"), lend_inspector)
    lend.add_argument("who", metavar="WHO", help=tr("姓名或执法证号"))
    lend.add_argument("--division", required=True, metavar="CODE", help=tr("借入的镇街，9 位代码"))
    lend.add_argument("--from", dest="since", required=True, metavar="DAY")
    lend.add_argument("--until", required=True, metavar="DAY")


def _register_roll(county: Commands) -> None:
    county.unlocked("conflicts", tr("待核的冲突"), show_conflicts)
    settle = county.unlocked("settle", tr("处理一处冲突"), settle_conflict)
    settle.add_argument("establishment", metavar="EMPLOYER", help=tr("名称、信用代码或编号"))
    for option in ("--field", "--value", "--reason"):
        settle.add_argument(option, required=True)
    county.unlocked("proposals", tr("镇街对别处单位的建议"), show_proposals)
    proposal = county.group("proposal", tr("处理镇街的建议"))
    accept = proposal.unlocked("accept", tr("采纳：按建议写入名录"), accept_proposal)
    decline = proposal.unlocked("decline", tr("不采纳，写明理由"), decline_proposal)
    for command in (accept, decline):
        command.add_argument("proposal", metavar="PROPOSAL", help=tr("建议的编号，见 county proposals"))
        command.add_argument("--reason", required=command is decline, default="")


def _into(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, required=True, metavar="FILE")


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
    return Answer(named(joined, "card_fingerprint", "county", "people"), text)


def write_card(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the county's card and show its fingerprint."""
    card = joining.write_card(ctx, args.out)
    data = {"fingerprint": card.fingerprint, "county": card.office.office, "division": card.office.division}
    text = tr(
        "县级名片已写入 {file}\n{county}（{division}）\n名片指纹：{fingerprint}\n请在电话中向镇街逐组念出指纹。",
        file=args.out,
        **data,
    )
    return Answer(data, text)


def write_root(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the county's root certificate as PEM."""
    sha256 = joining.write_root(ctx, args.out)
    return Answer({"root": str(args.out), "sha256": sha256}, tr("县级根证书已写入 {file}", file=args.out))


def look_at_request(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show what a request asks for; nothing is issued."""
    asked = joining.look_at_request(ctx, args.request)
    text = tr("申请指纹：{fingerprint}", fingerprint=asked.request.fingerprint)
    return Answer({**_asked_for(asked), **_beside(asked)}, "\n".join((*asked.lines, text)))


def issue_certificates(ctx: Context, args: argparse.Namespace) -> Answer:
    """Certify the keys of a request and show whose they are."""
    asked = joining.issue(ctx, args.request, args.out, confirm_earlier=args.confirm_earlier)
    text = tr(
        "已签发：\n{asked}\n申请指纹：{fingerprint}\n请先与镇街在电话中核对申请指纹，一致后再把 {file} 交给对方。",
        asked="\n".join(asked.lines),
        fingerprint=asked.request.fingerprint,
        file=args.out,
    )
    return Answer(_asked_for(asked), text)


def certify_own_people(ctx: Context, args: argparse.Namespace) -> Answer:
    """Certify the keys of the county's own people and show whose they are."""
    people = own_people.certify(ctx, confirm_earlier=args.confirm_earlier)
    lines = [tr("已签发，随下一个下发包告知各镇街：")] if people else [tr("没有要签发的：本县人员的证书都还有效。")]
    data = [named(person, "id", "name", "number", "asking") for person in people]
    return Answer({"people": data}, "\n".join([*lines, *(person.line for person in people)]))


def _asked_for(asked: Asked) -> dict[str, object]:
    request = asked.request
    return {**named(request, "fingerprint", "division"), "town": request.name, "people": request.names}


def _beside(asked: Asked) -> dict[str, object]:
    return {
        "replica": asked.request.replica,
        "place": asked.place,
        "device": asked.device,
        "laptops": asked.laptops,
        "persons": [named(each, "name", "number", "asking", "remark") for each in asked.people],
    }


def write_snapshot(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write what a town sent before, for a laptop of it that has nothing."""
    exported = sending.export_snapshot(ctx, args.out, args.replica)
    text = tr(
        "已写好并读回核对：{name}，可以拔出。只有{names}能打开；附件 {blobs} 个。",
        name=exported.path.name,
        names="、".join(exported.recipients),
        blobs=exported.blobs,
    )
    status = 3 if exported.unwritten else 0
    return Answer(exported_data(exported), "\n".join([text, *sending.written_text(exported)]), status)


def list_certificates(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Print every key with its term, and since when and why it was taken back."""
    keys = revoking.certified_keys(ctx)
    return Answer(keys, "\n".join(map(_key, keys)) or tr("还没有签发过证书。"))


def revoke_key(ctx: Context, args: argparse.Namespace) -> Answer:
    """Take a key back."""
    key = revoking.revoke(ctx, args.who, args.since, args.reason)
    return Answer(key, "\n".join((_key(key), tr("已吊销；随下一个上报包告知各镇街。"))))


def reinstate_key(ctx: Context, args: argparse.Namespace) -> Answer:
    """Lift the revocations of a key."""
    key = revoking.reinstate(ctx, args.who, args.reason)
    return Answer(key, "\n".join((_key(key), tr("已撤回吊销；随下一个上报包告知各镇街。"))))


def lend_inspector(ctx: Context, args: argparse.Namespace) -> Answer:
    """Certify an inspector's key for another town and a time."""
    key = lending.lend(ctx, args.who, args.division, args.since, args.until)
    return Answer(key, "\n".join((_key(key), tr("已签发借调证书；随下一个上报包告知各镇街。"))))


def _key(key: CertifiedKey) -> str:
    return "  ".join(filter(None, (key.division, key.name, key.number, f"{key.since}–{key.until}", key.revoked)))


def show_coverage(ctx: Context, args: argparse.Namespace) -> Answer:
    """Print coverage per town."""
    year = args.year or legal_day(ctx.now()).year
    towns = coverage.by_town(ctx, year)
    lines = [tr("{year} 年监督覆盖", year=year)]
    lines += [
        tr(
            "{name}：{rate}（{part}/{whole}），未用检查表终结 {ended} 家，问题 {findings} 项",
            name=town.name,
            rate=town.inspected.word,
            part=town.inspected.part,
            whole=town.inspected.whole,
            ended=town.ended_without_checklist,
            findings=town.findings,
        )
        + "".join(f"，{said}" for said in _open_still(town))
        for town in towns
    ]
    return Answer(towns, "\n".join(lines))


def _open_still(town: TownCoverage) -> Iterator[str]:
    """Yield what is to be said of records that are not known to be good."""
    if town.waiting:
        yield tr("其中待验 {count} 家", count=town.waiting)
    if town.unchecked:
        yield tr("其中未核 {count} 家", count=town.unchecked)
    if town.bad:
        yield tr("另有核对不通过 {count} 家，不计入", count=town.bad)


def show_conflicts(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Print every field in dispute with all its values."""
    found = conflicts.in_dispute(ctx)
    lines = []
    for each in found:
        lines.append(
            tr("{name} · {heading}（暂显示“{shown}”）", name=each.name, heading=each.heading, shown=each.shown)
        )
        lines += [f"    {value.division}  {value.at}  “{value.value}”  {value.reason}" for value in each.candidates]
    return Answer(found, "\n".join(lines) or tr("没有待核的冲突。"))


def settle_conflict(ctx: Context, args: argparse.Namespace) -> Answer:
    """Settle one field in dispute."""
    conflicts.settle(ctx, entries.find(ctx, args.establishment), args.field, args.value, args.reason)
    return Answer({"settled": args.field}, tr("已处理。"))


def show_proposals(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Print every proposal: who proposes what, why, and what became of it."""
    found = proposals.proposals(ctx)
    lines = []
    for each in found:
        lines.append(f"{each.id}  {each.name}  {each.office} {each.person}  {each.at}  {each.state.word}")
        lines += [f"    {value.heading}：“{value.shown}” → “{value.proposed}”" for value in each.values]
        lines += [f"    {said}" for said in (each.reason, each.answer) if said]
    return Answer(found, "\n".join(lines) or tr("没有建议。"))


def accept_proposal(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write what a town proposed."""
    proposals.accept(ctx, args.proposal, args.reason)
    return Answer({"accepted": args.proposal}, tr("已采纳，名录已按建议写入。"))


def decline_proposal(ctx: Context, args: argparse.Namespace) -> Answer:
    """Tell a town why its proposal is not taken up."""
    proposals.decline(ctx, args.proposal, args.reason)
    return Answer({"declined": args.proposal}, tr("已记为不采纳，理由随下一个包告诉镇街。"))


def check_draws(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Compute every draw again; exit 1 when one differs."""
    checks = draw_checks.check_draws(ctx)
    lines = []
    for check in checks:
        said = check.problem or (tr("重算一致") if check.state == DrawState.COMPUTED else check.state.word)
        lines.append(f"{check.town}  {check.plan}-{check.number}  {check.state}  {said}")
        lines += [f"    {text}" for _, text in check.flags]
        if check.state == DrawState.COMMITTED:
            lines.append(tr("    回执码（在镇街产生种子前电话读给镇街）：{code}", code=check.receipt))
    data = [
        {
            **named(check, "draw", "town", "plan", "number", "state", "problem", "receipt"),
            "flags": [{"flag": flag, "text": text} for flag, text in check.flags],
            "commit_seen_at": _instant(check.commit_seen_at),
            "result_seen_at": _instant(check.result_seen_at),
        }
        for check in checks
    ]
    differs = any(check.problem for check in checks)
    return Answer(data, "\n".join(lines) or tr("还没有收到抽取。"), 1 if differs else 0)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)


def verify_records(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Look at the records that wait; exit 1 when one is not good."""
    verified = verdicts.verify_waiting(ctx)
    lines = verified_lines(verified) or [tr("没有待验的文书。")]
    return Answer(verified, "\n".join(lines), 1 if verified.bad else 0)


def show_digest(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Print the fingerprint of everything shared."""
    value = digest(ctx)
    return Answer({"digest": value, "shown": shown(ctx)}, value)
