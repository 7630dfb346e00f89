"""The demonstration world: the main job from a messy list to the county, through the services the window uses."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ohdesk.demo import cast, drawing, merging, offices, visiting
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services import county, draw_views, establishments, records, roll_import
from ohdesk.services.context import Context
from ohdesk.services.workspace import open_workspace

SUMMARY = "summary.json"
_LIST_SIZES = {"town": 320, "town-2": 60, "town-3": 40}

Report = Callable[[str], None]


@dataclass(slots=True)
class _TownResult:
    draw: str = ""
    visits: tuple[str, ...] = ()
    imported: dict[str, int] | None = None
    bundle: str = ""


def is_whole(out: Path) -> bool:
    """True when `out` holds a finished demonstration."""
    return (out / SUMMARY).is_file()


def build(out: Path, report: Report = lambda _line: None) -> dict[str, Any]:
    """Make the demonstration world in `out` and return its summary.

    Raises UserError when the folder holds something else.
    """
    _clear(out)
    clock = Clock(cast.PREPARED, "09:00")
    results = {town.folder: _TownResult() for town in cast.TOWNS}
    report(tr("建立县级和三个镇街，登记人员，签发证书 …"))
    card = offices.make_county(out, clock)
    for town in cast.TOWNS:
        offices.make_town(out, town, card, clock)
    report(tr("导入名单 …"))
    for number, town in enumerate(cast.TOWNS):
        results[town.folder].imported = _import_list(out, town, number, clock)
    clock.set(cast.DRAWN, "08:30")
    assignment = merging.assign(out, clock)
    merging.take_in(out / cast.TOWNS[0].folder, cast.TOWNS[0].administrator, [assignment], clock)
    report(tr("抽取、检查、签名 …"))
    for number, town in enumerate(cast.TOWNS):
        _draw_and_visit(out, town, number, results[town.folder], clock)
    report(tr("上报、汇总、处理冲突、回执 …"))
    _exchange(out, results, clock)
    summary = _summary(out, results, clock)
    (out / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True), encoding="utf-8")
    return summary


def _clear(out: Path) -> None:
    """Remove what an earlier, perhaps broken, demonstration left; refuse any other folder."""
    if out.exists() and any(out.iterdir()):
        if not (out / ".ohdesk-demo").is_file():
            raise UserError(tr("文件夹 {out} 里已有别的内容。").format(out=out), tr("请用 --out 另指一个空文件夹。"))
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / ".ohdesk-demo").write_text("", encoding="utf-8")


def _import_list(out: Path, town: Town, number: int, clock: Clock) -> dict[str, int]:
    lists = out / "lists"
    lists.mkdir(exist_ok=True)
    workbook = lists / f"{town.name}_用人单位名单.xlsx"
    make_workbook(workbook, seed=number + 1, count=_LIST_SIZES[town.folder], town=town.name)
    with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
        preview = roll_import.preview(workbook)
        comparison = roll_import.compare(ctx, preview)
        result = roll_import.apply(ctx, comparison)
        roll_import.write_refusals(preview, lists / f"{town.name}_未导入的行.xlsx")
    return {"accepted": len(preview.accepted), "refused": len(preview.refused), "new": result.new}


def _draw_and_visit(out: Path, town: Town, number: int, result: _TownResult, clock: Clock) -> None:
    clock.set(cast.DRAWN, "10:00")
    with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
        # Practice repeats its draw, so that every copy of this world tells the same story.
        fixed = random.Random(number)  # noqa: S311 - practice only; a real draw asks the operating system
        result.draw = drawing.hold_draw(replace(ctx, entropy=fixed.randbytes), town)
    result.visits = tuple(visiting.visit_all(out, town, result.draw, clock))
    records_folder = out / "records"
    records_folder.mkdir(exist_ok=True)
    with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
        for visit in result.visits:
            records.export_pdf(ctx, visit, records_folder)
        if number == 0:
            clock.set(cast.SENT, "09:00")
            drawing.publish(ctx, result.draw, out)


def _exchange(out: Path, results: dict[str, _TownResult], clock: Clock) -> None:
    clock.set(cast.VISITED[3], "17:00")
    merging.disagree(out, clock)
    clock.set(cast.SENT, "15:00")
    sent = []
    for town in cast.TOWNS:
        path = merging.send_up(out, town, clock)
        results[town.folder].bundle = path.name
        sent.append(path)
    clock.set(cast.MERGED, "09:30")
    merging.take_in(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, sent, clock)
    clock.set(cast.SETTLED, "09:30")
    answer = merging.settle_and_answer(out, clock)
    for town in cast.TOWNS:
        merging.take_in(out / town.folder, town.administrator, [answer], clock)


def _summary(out: Path, results: dict[str, _TownResult], clock: Clock) -> dict[str, Any]:
    towns = {}
    for town in cast.TOWNS:
        result = results[town.folder]
        with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
            towns[town.folder] = {
                "division": town.division,
                "name": town.name,
                "import": result.imported,
                "roll": establishments.count_rows(ctx),
                "draw": _draw_summary(ctx, result.draw),
                "records": [_record_summary(ctx, visit) for visit in result.visits],
                "bundle": result.bundle,
                "digest": county.digest(ctx),
            }
    with open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        merged = {
            "roll": establishments.count_rows(ctx),
            "digest": county.digest(ctx),
            "conflicts_open": len(county.conflicts(ctx)),
            "draws": [f"{check.plan}-{check.number}: {check.problem or 'agrees'}" for check in county.check_draws(ctx)],
            "coverage": {
                town.name: f"{town.inspected.part}/{town.inspected.whole}"
                for town in county.coverage(ctx, cast.MERGED.year)
            },
        }
    files = {
        path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest()
        for folder in ("records", "bundles", "publication", "trust", "lists")
        for path in sorted((out / folder).iterdir())
    }
    return {"fmt": "ohdesk-demo/1", "towns": towns, "county": merged, "files": files}


def _draw_summary(ctx: Context, draw: str) -> dict[str, Any]:
    detail = draw_views.draw_detail(ctx, draw)
    return {
        "plan": detail.row.plan,
        "number": detail.row.number,
        "commit": detail.row.commit,
        "seed": detail.row.seed,
        "result_sha256": sha256(detail.result_csv.encode("utf-8")).hexdigest(),
        "drawn": [firm.id for firm in detail.firms],
    }


def _record_summary(ctx: Context, visit: str) -> dict[str, Any]:
    final = records.final_record(ctx, visit)
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
