"""Pictures of 县级汇总: each of its pages, empty and filled."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ohdesk.demo import cast
from ohdesk.domain.people import OfficeRole, PersonRole, Role
from ohdesk.screenshots.exchange import plugged_in
from ohdesk.screenshots.stage import TOWN, Shot, Stage
from ohdesk.services.exchange import sending
from ohdesk.services.office import accounts, people
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries
from ohdesk.services.trust import revoking
from ohdesk.ui.screens.county.screen import CountyScreen

PAGES = ("inbox", "conflicts", "proposals", "coverage", "draws", "down", "towns")


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield every page."""
    stage.clock.set(date(2026, 3, 20), "14:02")
    with plugged_in(stage) as stick:
        _fill_stick(stage, stick)
        stage.open_desk(stage.demo / cast.COUNTY_FOLDER, cast.COUNTY_CLERK)
        screen: Any = stage.show(CountyScreen)
        yield stage.shot("county-inbox")
        screen.page_of("inbox").button.click()
        yield stage.shot("county-taken")
        for shown in ("held_back", "refused"):
            screen.page_of("inbox").lists.turn_to(f"county_{shown}")
            yield stage.shot(f"county-{shown.replace('_', '-')}")
        for page in PAGES[1:]:
            screen.open(page)
            yield stage.shot(f"county-{page}")
            if page == "conflicts":
                screen.page_of(page).own.click()
                yield stage.shot("county-conflicts-settling")
        screen.page_of("towns").read_request(stage.demo / "trust" / f"{cast.TOWNS[1].folder}.ohreq")
        yield stage.shot("county-request")
        screen.page_of("towns").show_keys()
        yield stage.shot("county-keys")
        screen.open("down")
        stage.settle()
        screen.page_of("down").send.button.click()
        yield stage.shot("county-written")
        stage.open_empty(OfficeRole.COUNTY)
        screen = stage.show(CountyScreen)
        for page in PAGES:
            screen.open(page)
            yield stage.shot(f"county-empty-{page}")


def _fill_stick(stage: Stage, stick: Path) -> None:
    """Put on the stick what the towns sent, among it what the county disputes, cannot apply and refuses."""
    stolen = cast.TOWNS[2]
    with stage.working(stage.demo / stolen.folder, stolen.administrator) as ctx:
        replica = ctx.office.replica
        sending.export(ctx, stick)
    with stage.working(stage.demo / cast.COUNTY_FOLDER, cast.COUNTY_CLERK) as ctx:
        revoking.revoke(ctx, replica, "2026-03-20", "电脑被盗")
        entry = entries.find(ctx, cast.ASSIGNED["name"])
        entries.correct(ctx, entry, {"contact": "吴工"}, "市级台账")
    with stage.working() as ctx:
        entries.correct(ctx, entry, {"contact": "周工"}, "现场核对")
        entries.correct(ctx, entry, {"town": cast.TOWNS[1].division, "contact": "周工程师"}, "厂房已搬到邻镇")
        person = people.add_person(ctx, "方圆", PersonRole.INSPECTOR, "DEMO-0109", cast.CERTIFICATE_UNTIL)
        accounts.add(ctx, "方圆", cast.PASSWORD, {Role.INSPECTOR}, person)
        visit = finalizing.list_records(ctx)[0].visit
    with stage.working(account="方圆") as ctx:  # whom the county has not certified
        finalizing.amend(ctx, visit, "检查地点为一楼东侧车间", "笔误")
    with stage.working() as ctx:
        sending.export(ctx, stick)
    for bundle in (stage.demo / "bundles").glob(f"OH_{TOWN.division[:6]}1*"):
        if stolen.division not in bundle.name:  # what came before its laptop was stolen need not come again
            shutil.copy(bundle, stick)
    (stick / "说明.ohb").write_text("请先看这里", encoding="utf-8")
