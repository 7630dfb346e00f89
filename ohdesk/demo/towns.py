"""What a town of the demonstration does, in pieces between which it waits for its county.

A piece can be asked of another process: what it needs and what comes of it are plain values, and its clock is its own.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from ohdesk.demo import cast, offices, papers, visiting
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county.digest import digest
from ohdesk.services.draw import announcing, holding, publication
from ohdesk.services.draw.holding import SeedMinutes
from ohdesk.services.draw.plan import DrawPlan, StratumPlan
from ohdesk.services.draw.views import draw_detail
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries, export, importing
from ohdesk.services.trust import joining
from ohdesk.services.visit import views

# Employers on the list that each town is given, by its folder.
LIST_SIZES = {"town": 320, "town-2": 60, "town-3": 40}

_WITH_PAPERS = 1  # the town in which papers are made: one that is entrusted, which has the most of them

Report = Callable[[str], None]


def silently(_line: str) -> None:
    """Report nothing."""


class Frozen(msgspec.Struct, frozen=True):
    """What a town has until its draw is announced: the draw's id, counts of its import, its bundle."""

    draw: str
    imported: dict[str, int]
    bundle: str


class Held(msgspec.Struct, frozen=True):
    """What comes of its month: the ids of its visits, and the bundle with all of it."""

    visits: list[str]
    bundle: str


class _Piece(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """out: the folder of the world · number: which of the towns."""

    out: str
    number: int

    @property
    def folder(self) -> Path:
        """The folder of the world."""
        return Path(self.out)

    @property
    def town(self) -> Town:
        """The town."""
        return cast.TOWNS[self.number]

    @property
    def started(self) -> list[str]:
        """What is said of it on the way."""
        return []


class Founding(_Piece, frozen=True, tag=True, kw_only=True):
    """The workspace is made, with people and powers."""

    def do(self, _report: Report = silently) -> None:
        """Do it."""
        offices.make_town(self.folder, self.town, Clock(cast.PREPARED, "09:30"))


class Freezing(_Piece, frozen=True, tag=True, kw_only=True):
    """The county's answer, the list, what it `sent_down`, the draw as far as it is frozen."""

    answer: str
    sent_down: list[str]

    @property
    def started(self) -> list[str]:
        """What is said of it on the way."""
        return [tr("{name}：导入名单、抽取 …", name=self.town.name)]

    def do(self, report: Report = silently) -> Frozen:
        """Do it."""
        out, town, clock = self.folder, self.town, Clock(cast.PREPARED, "14:00")
        report(*self.started)
        with _administrator(out, town, clock) as ctx:
            joining.accept(ctx, Path(self.answer))
            imported = _import_list(ctx, out, town, self.number)
            clock.set(cast.DRAWN, "10:00")
            for path in self.sent_down:
                receiving.take_in(ctx, Path(path))
        with open_workspace(out / town.folder, town.inspectors[0].name, PASSWORD, clock) as ctx:
            # Practice repeats its draw, so that every copy of this world tells the same story.
            fixed = random.Random(self.number)  # noqa: S311 - practice only; a real draw asks the operating system
            draw = _freeze(replace(ctx, entropy=fixed.randbytes), town)
            clock.advance(30)
            return Frozen(draw, imported, str(sending.export(ctx, out / "bundles").path))


class Holding(_Piece, frozen=True, tag=True, kw_only=True):
    """The `draw` with the county's `receipt`, the visits, the bundle."""

    draw: str
    receipt: str

    @property
    def started(self) -> list[str]:
        """What is said of it on the way."""
        places = range(1, self.town.drawn + 1)
        return [tr("{name}：第 {place} 次检查、签名 …", name=self.town.name, place=place) for place in places]

    def do(self, report: Report = silently) -> Held:
        """Do it."""
        out, town, clock = self.folder, self.town, Clock(cast.DRAWN, "11:30")
        with open_workspace(out / town.folder, town.inspectors[0].name, PASSWORD, clock) as ctx:
            announcing.register_receipt(ctx, self.draw, self.receipt)
            clock.set(cast.DRAWN, "14:30")
            _draw(ctx, town, self.draw)
        with _administrator(out, town, clock) as ctx:
            clock.set(cast.APPROVED, "15:00")
            visits = visiting.prepare(ctx, town, self.draw, clock)
            teams = {row.id: row.inspectors for row in views.list_visits(ctx)}
        for place, (visit, line) in enumerate(zip(visits, self.started, strict=True)):
            report(line)
            visiting.hold(out, town, place, visit, teams[visit], clock)
        with _administrator(out, town, clock) as ctx:
            if self.number == 0:
                clock.set(cast.VISITED[3], "17:30")
                correct_phone(ctx, cast.TOWN_PHONE, "现场检查时核对")
                clock.set(cast.SENT, "09:00")
                publication.publish(ctx, self.draw, out / "publication")
            clock.set(cast.SENT, "15:00")
            return Held(visits, str(sending.export(ctx, out / "bundles").path))


class Concluding(_Piece, frozen=True, tag=True, kw_only=True):
    """The county's `receipt` is taken in; gives what the summary says of the town."""

    receipt: str
    begun: Frozen
    held: Held

    def do(self, _report: Report = silently) -> dict[str, Any]:
        """Do it."""
        with _administrator(self.folder, self.town, Clock(cast.SETTLED, "10:00")) as ctx:
            receiving.take_in(ctx, Path(self.receipt))
            # In one town alone: they are there to be looked at.
            if self.number == _WITH_PAPERS:
                papers.make_papers(
                    ctx, _with_findings(ctx, self.held.visits), self.begun.draw, Path(self.out) / "papers"
                )
            return {
                "division": self.town.division,
                "name": self.town.name,
                "import": self.begun.imported,
                "roll": entries.count_rows(ctx),
                "draw": _draw_summary(ctx, self.begun.draw),
                "records": [_record_summary(ctx, visit) for visit in self.held.visits],
                "bundle": Path(self.held.bundle).name,
                "digest": digest(ctx),
            }


def _with_findings(ctx: Context, visits: Sequence[str]) -> str:
    """Return the visit whose record has the most findings."""
    return max(visits, key=lambda visit: len(finalizing.final_record(ctx, visit).record.findings))


Piece = Founding | Freezing | Holding | Concluding


def correct_phone(ctx: Context, phone: str, reason: str) -> None:
    """Correct the telephone of the employer that the county assigned."""
    entries.correct(ctx, entries.find(ctx, cast.ASSIGNED["name"]), {"phone": phone}, reason)


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


def _draw(ctx: Context, town: Town, draw: str) -> None:
    """Throw the dice in front of the witnesses and compute."""
    minutes = SeedMinutes(source=cast.SEED_SOURCE, thrown_by="、".join(cast.THROWERS), witnesses=cast.WITNESSES)
    holding.set_seed(ctx, draw, town.seed, town.seed, minutes)
    holding.compute(ctx, draw)


def _import_list(ctx: Context, out: Path, town: Town, number: int) -> dict[str, int]:
    lists = out / "lists"
    workbook = lists / f"{town.name}_用人单位名单.xlsx"
    make_workbook(workbook, seed=number + 1, count=LIST_SIZES[town.folder], town=town.name)
    preview = importing.preview(workbook)
    comparison = importing.compare(ctx, preview)
    importing.apply(ctx, comparison)
    export.write_refusals(preview, lists / f"{town.name}_未导入的行.xlsx")
    return {"accepted": len(preview.entries), "refused": len(preview.refusals), "new": comparison.counts["new"]}


def _administrator(out: Path, town: Town, clock: Clock) -> AbstractContextManager[Context]:
    return open_workspace(out / town.folder, town.administrator, PASSWORD, clock)


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
