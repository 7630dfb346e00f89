"""The demonstration world: the main job from a messy list to the county, through the services the window uses."""

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ohdesk.demo import cast, offices, visiting
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.people import OfficeRole
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts, coverage, draw_checks
from ohdesk.services.county.digest import digest
from ohdesk.services.draw import announcing, holding, publication
from ohdesk.services.draw.holding import SeedMinutes
from ohdesk.services.draw.plan import DrawPlan, StratumPlan
from ohdesk.services.draw.views import draw_detail
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, verdicts
from ohdesk.services.roll import entries, export, importing
from ohdesk.services.start import practice
from ohdesk.services.start.practice import PracticeOffice
from ohdesk.services.trust import joining
from ohdesk.services.visit import views

SUMMARY = "summary.json"
FOLDERS = ("records", "photo-pages", "bundles", "publication", "trust", "lists")  # beside the workspaces
STEPS = 2 + sum(1 + town.drawn for town in cast.TOWNS)  # lines reported on the way
_LIST_SIZES = {"town": 320, "town-2": 60, "town-3": 40}

Report = Callable[[str], None]


class _TownResult(NamedTuple):
    draw: str
    visits: list[str]
    imported: dict[str, int]
    bundle: Path


def build(out: Path, report: Report = lambda _line: None) -> dict[str, Any]:
    """Make the demonstration world in `out` and return its summary.

    Raises UserError when the folder holds something else.
    """
    _clear(out)
    clock = Clock(cast.PREPARED, "09:00")
    report(tr("建立县级和三个镇街，登记人员 …"))
    card = offices.make_county(out, clock)
    requests = [offices.make_town(out, town, card, clock) for town in cast.TOWNS]
    with _county(out, clock) as county_ctx:
        answers = offices.certify(county_ctx, requests)
        clock.set(cast.DRAWN, "08:30")
        entries.add(county_ctx, cast.ASSIGNED, "市级交办名单分派")
        assignment = sending.export(county_ctx, out / "bundles").path
    results = []
    for number, (town, answer) in enumerate(zip(cast.TOWNS, answers, strict=True)):
        report(tr("{name}：导入名单、抽取 …", name=town.name))
        results.append(_work(out, number, answer, [assignment] if number == 0 else [], clock, report))
    report(tr("上报、汇总、处理冲突、回执 …"))
    with _county(out, clock) as county_ctx:
        clock.set(cast.VISITED[3], "17:00")
        _correct_phone(county_ctx, cast.COUNTY_PHONE, "投诉登记时对方所留")
        clock.set(cast.MERGED, "09:30")
        for result in results:
            receiving.take_in(county_ctx, result.bundle)
        verdicts.verify_waiting(county_ctx)
        clock.set(cast.SETTLED, "09:30")
        # In favour of what the town found on the spot.
        for each in conflicts.in_dispute(county_ctx):
            reason = "已拨打核实，以镇街现场核对为准"
            conflicts.settle(county_ctx, each.establishment, each.field, cast.TOWN_PHONE, reason)
        receipt = sending.export(county_ctx, out / "bundles").path
        merged = _county_summary(county_ctx)
    towns = {
        town.folder: _receive(out, town, receipt, result, clock)
        for town, result in zip(cast.TOWNS, results, strict=True)
    }
    summary = {"fmt": "ohdesk-demo/1", "towns": towns, "county": merged, "files": _files(out)}
    # Last, so that a world without it is known to be unfinished.
    (out / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True), encoding="utf-8")
    practice.mark_as_practice(out, PASSWORD, _offices())
    return summary


def _clear(out: Path) -> None:
    """Remove what an earlier, perhaps broken, demonstration left; refuse any other folder."""
    if out.exists() and any(out.iterdir()):
        # Only what carries our own mark is thrown away: somebody may name a folder of theirs by mistake.
        if not (out / practice.MARK).is_file():
            raise UserError(tr("文件夹 {out} 里已有别的内容。", out=out), tr("请另选一个空文件夹。"))
        practice.throw_away(out)
    out.mkdir(parents=True, exist_ok=True)
    practice.mark_as_practice(out)
    for folder in FOLDERS:
        (out / folder).mkdir()


def _offices() -> tuple[PracticeOffice, ...]:
    towns = (PracticeOffice(town.folder, OfficeRole.TOWN, town.name) for town in cast.TOWNS)
    return (*towns, PracticeOffice(cast.COUNTY_FOLDER, OfficeRole.COUNTY, cast.COUNTY_NAME))


def _work(out: Path, number: int, answer: Path, sent_down: list[Path], clock: Clock, report: Report) -> _TownResult:
    """A town's month: the county's answer, the list, the draw, the visits, the bundle."""
    town = cast.TOWNS[number]
    clock.set(cast.PREPARED, "14:00")
    with _administrator(out, town, clock) as ctx:
        joining.accept(ctx, answer)
        imported = _import_list(ctx, out, town, number)
        clock.set(cast.DRAWN, "10:00")
        for path in sent_down:
            receiving.take_in(ctx, path)
    with open_workspace(out / town.folder, town.inspectors[0].name, PASSWORD, clock) as ctx:
        # Practice repeats its draw, so that every copy of this world tells the same story.
        fixed = random.Random(number)  # noqa: S311 - practice only; a real draw asks the operating system
        draw = _freeze(replace(ctx, entropy=fixed.randbytes), town)
        # Each draw a little later, so that the county's clock never goes back.
        clock.advance(30 + 10 * number)
        receipt = _announce(out, sending.export(ctx, out / "bundles").path, draw, clock)
        announcing.register_receipt(ctx, draw, receipt)
        clock.set(cast.DRAWN, "14:30")
        _draw(ctx, town, draw)
    with _administrator(out, town, clock) as ctx:
        clock.set(cast.APPROVED, "15:00")
        visits = visiting.prepare(ctx, town, draw, clock)
        teams = {row.id: row.inspectors for row in views.list_visits(ctx)}
    for place, visit in enumerate(visits):
        report(tr("{name}：第 {place} 次检查、签名 …", name=town.name, place=place + 1))
        visiting.hold(out, town, place, visit, teams[visit], clock)
    with _administrator(out, town, clock) as ctx:
        if number == 0:
            clock.set(cast.VISITED[3], "17:30")
            _correct_phone(ctx, cast.TOWN_PHONE, "现场检查时核对")
            clock.set(cast.SENT, "09:00")
            publication.publish(ctx, draw, out / "publication")
        clock.set(cast.SENT, "15:00")
        return _TownResult(draw, visits, imported, sending.export(ctx, out / "bundles").path)


def _freeze(ctx: Context, town: Town) -> str:
    """Freeze a town's draw; return its id."""
    plan = DrawPlan(
        plan=town.plan,
        title="2026 年上半年用人单位职业卫生双随机抽查",
        matter="用人单位职业卫生监督检查",
        basis="年度双随机抽查计划（练习用）",
        place=f"{town.name}二楼会议室",
        seed_source=cast.SEED_SOURCE,
        strata=(
            StratumPlan(code="丙", where={"risk_class": ("丙", "丙类")}),
            StratumPlan(code="其他"),
        ),
        team=2,
        cap=town.cap,
        slack=town.slack,
        total=town.drawn,
    )
    return holding.freeze(ctx, plan)


def _announce(out: Path, bundle: Path, draw: str, clock: Clock) -> str:
    """Take the frozen draw in at the county; return the receipt that it reads out over the telephone."""
    with _county(out, clock) as ctx:
        receiving.take_in(ctx, bundle)
        return next(check.receipt for check in draw_checks.check_draws(ctx) if check.draw == draw)


def _draw(ctx: Context, town: Town, draw: str) -> None:
    """Throw the dice in front of the witnesses and compute."""
    minutes = SeedMinutes(source=cast.SEED_SOURCE, thrown_by="、".join(cast.THROWERS), witnesses=cast.WITNESSES)
    holding.set_seed(ctx, draw, town.seed, town.seed, minutes)
    holding.compute(ctx, draw)


def _correct_phone(ctx: Context, phone: str, reason: str) -> None:
    entries.correct(ctx, entries.find(ctx, cast.ASSIGNED["name"]), {"phone": phone}, reason)


def _import_list(ctx: Context, out: Path, town: Town, number: int) -> dict[str, int]:
    lists = out / "lists"
    workbook = lists / f"{town.name}_用人单位名单.xlsx"
    make_workbook(workbook, seed=number + 1, count=_LIST_SIZES[town.folder], town=town.name)
    preview = importing.preview(workbook)
    comparison = importing.compare(ctx, preview)
    importing.apply(ctx, comparison)
    export.write_refusals(preview, lists / f"{town.name}_未导入的行.xlsx")
    return {"accepted": len(preview.entries), "refused": len(preview.refusals), "new": comparison.counts["new"]}


def _receive(out: Path, town: Town, receipt: Path, result: _TownResult, clock: Clock) -> dict[str, Any]:
    with _administrator(out, town, clock) as ctx:
        receiving.take_in(ctx, receipt)
        return {
            "division": town.division,
            "name": town.name,
            "import": result.imported,
            "roll": entries.count_rows(ctx),
            "draw": _draw_summary(ctx, result.draw),
            "records": [_record_summary(ctx, visit) for visit in result.visits],
            "bundle": result.bundle.name,
            "digest": digest(ctx),
        }


def _county_summary(ctx: Context) -> dict[str, Any]:
    covered = coverage.by_town(ctx, cast.MERGED.year)
    return {
        "roll": entries.count_rows(ctx),
        "digest": digest(ctx),
        "conflicts_open": len(conflicts.in_dispute(ctx)),
        "draws": [
            f"{check.plan}-{check.number}: {check.problem or 'agrees'}" for check in draw_checks.check_draws(ctx)
        ],
        "coverage": {town.name: f"{town.inspected.part}/{town.inspected.whole}" for town in covered},
    }


def _files(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest()
        for folder in FOLDERS
        for path in sorted((out / folder).iterdir())
    }


def _administrator(out: Path, town: Town, clock: Clock) -> AbstractContextManager[Context]:
    return open_workspace(out / town.folder, town.administrator, PASSWORD, clock)


def _county(out: Path, clock: Clock) -> AbstractContextManager[Context]:
    return open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock)


def _draw_summary(ctx: Context, draw: str) -> dict[str, Any]:
    detail = draw_detail(ctx, draw)
    return {
        "plan": detail.row.plan,
        "number": detail.row.number,
        "commit": detail.row.commit,
        "seed": detail.row.seed,
        "result_sha256": sha256(detail.result_csv.encode("utf-8")).hexdigest(),
        "drawn": [firm.id for firm in detail.firms],
    }


def _record_summary(ctx: Context, visit: str) -> dict[str, Any]:
    final = finalizing.final_record(ctx, visit)
    content = final.record
    return {
        "visit": visit,
        "number": content.number,
        "day": legal_day(parse_instant(content.started_at)).isoformat(),
        "outcome": content.outcome_name,
        "party": content.party.way,
        "answers": dict(sorted(Counter(line.answer for line in content.answers).items())),
        "findings": len(content.findings),
        "photos": len(content.photos),
        "record_sha256": final.record_sha256,
        "pdf_sha256": final.pdf_sha256,
    }
