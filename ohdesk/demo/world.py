"""The demonstration world: the main job from a messy list to the county, through the services the window uses."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from ohdesk.demo import cast, offices
from ohdesk.demo.beside import Beside
from ohdesk.demo.cast import PASSWORD
from ohdesk.demo.clock import Clock
from ohdesk.demo.towns import Concluding, Founding, Freezing, Frozen, Held, Holding, Report, correct_phone, silently
from ohdesk.domain.people import OfficeRole
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts, coverage, draw_checks
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import verdicts
from ohdesk.services.roll import entries
from ohdesk.services.start import practice
from ohdesk.services.start.practice import PracticeOffice

SUMMARY = "summary.json"
FOLDERS = ("records", "papers", "photo-pages", "bundles", "publication", "trust", "lists")  # beside the workspaces
STEPS = 2 + sum(1 + town.drawn for town in cast.TOWNS)  # lines reported on the way


def build(out: Path, report: Report = silently) -> dict[str, Any]:
    """Make the demonstration world in `out` and return its summary.

    Raises UserError when the folder holds something else.
    """
    with closing(Beside()) as beside:
        return build_with(beside, out, report)


def build_with(beside: Beside, out: Path, report: Report = silently) -> dict[str, Any]:
    """Make the demonstration world as `build` does, with a second process that was started before this was loaded."""
    _clear(out)
    clock = Clock(cast.PREPARED, "09:00")
    numbers = range(len(cast.TOWNS))
    report(tr("建立县级和三个镇街，登记人员 …"))
    founding = [Founding(out=str(out), number=each) for each in numbers]
    beside.all_of(founding, report, before=lambda: offices.make_county(out, clock))
    clock.set(cast.PREPARED, "10:30")
    requests = [offices.ask_county(out, town, clock) for town in cast.TOWNS]
    with _county(out, clock) as county_ctx:
        clock.set(cast.PREPARED, "11:00")
        answers = offices.certify(county_ctx, requests)
        clock.set(cast.DRAWN, "08:30")
        entries.add(county_ctx, cast.ASSIGNED, "市级交办名单分派")
        assignment = str(sending.export(county_ctx, out / "bundles").path)
    freezing = [
        Freezing(out=str(out), number=each, answer=str(answer), sent_down=[] if each else [assignment])
        for each, answer in enumerate(answers)
    ]
    frozen = msgspec.convert(beside.all_of(freezing, report), list[Frozen])
    clock.set(cast.DRAWN, "11:00")
    receipts = _announce(out, frozen, clock)
    holding = [Holding(out=str(out), number=each, draw=frozen[each].draw, receipt=receipts[each]) for each in numbers]
    held = msgspec.convert(beside.all_of(holding, report), list[Held])
    report(tr("上报、汇总、处理冲突、回执 …"))
    with _county(out, clock) as county_ctx:
        clock.set(cast.VISITED[3], "17:00")
        correct_phone(county_ctx, cast.COUNTY_PHONE, "投诉登记时对方所留")
        clock.set(cast.MERGED, "09:30")
        for each in held:
            receiving.take_in(county_ctx, Path(each.bundle))
        verdicts.verify_waiting(county_ctx)
        clock.set(cast.SETTLED, "09:30")
        # In favour of what the town found on the spot.
        for field in conflicts.in_dispute(county_ctx):
            reason = "已拨打核实，以镇街现场核对为准"
            conflicts.settle(county_ctx, field.establishment, field.field, cast.TOWN_PHONE, reason)
        receipt = str(sending.export(county_ctx, out / "bundles").path)
        merged = _county_summary(county_ctx)
    concluding = [
        Concluding(out=str(out), number=each, receipt=receipt, begun=frozen[each], held=held[each]) for each in numbers
    ]
    concluded = beside.all_of(concluding, report)
    towns = {town.folder: told for town, told in zip(cast.TOWNS, concluded, strict=True)}
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


def _announce(out: Path, frozen: Sequence[Frozen], clock: Clock) -> list[str]:
    """Take the frozen draws in at the county; return the receipts that it reads out over the telephone."""
    with _county(out, clock) as ctx:
        for each in frozen:
            receiving.take_in(ctx, Path(each.bundle))
        receipts = {check.draw: check.receipt for check in draw_checks.check_draws(ctx)}
    return [receipts[each.draw] for each in frozen]


def _county_summary(ctx: Context) -> dict[str, Any]:
    covered = coverage.by_town(ctx, cast.MERGED.year)
    return {
        "roll": entries.count_rows(ctx),
        "digest": digest(ctx),
        "conflicts_open": conflicts.waiting(ctx),
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


def _county(out: Path, clock: Clock) -> AbstractContextManager[Context]:
    return open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock)
