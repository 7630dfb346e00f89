"""Everything the program writes files for, one act after the other, in a world of a county and a town."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import openpyxl

from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.masking import Mask
from ohdesk.domain.people import Role
from ohdesk.domain.record import PartyStatement, Way
from ohdesk.domain.scan import Scanned
from ohdesk.domain.visit import Ending, StartData, Task
from ohdesk.forms.loader import load_form
from ohdesk.reports.scanned_paper import render_scans
from ohdesk.services.backup import automatic, checking, making
from ohdesk.services.context import Context
from ohdesk.services.draw.holding import SeedMinutes, compute, freeze, set_seed
from ohdesk.services.draw.plan import DrawPlan, StratumPlan
from ohdesk.services.draw.publication import publish
from ohdesk.services.draw.views import list_draws
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.finding import follow_up, preparation
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import accounts, closing, diagnostics, people, restoring, salvage
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.paper import casefile, life
from ohdesk.services.paper import export as paper_export
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import finalizing, ink, joint_sheet, leave_gaps, photo_pages, views
from ohdesk.services.register import attachments, listing
from ohdesk.services.register import entries as register_entries
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.register.export import export_book
from ohdesk.services.register.importing import apply, preview
from ohdesk.services.roll import entries, importing, life_cycle
from ohdesk.services.roll.export import export_roll, write_refusals
from ohdesk.services.start import first_run
from ohdesk.services.trust import held_back, joining
from ohdesk.services.visit import (
    before_papers,
    conduct,
    evidence,
    form_editing,
    lookup,
    masking,
    originals,
    photos,
    planning,
    self_check,
    walk_sheet,
)
from ohdesk.services.visit.extraction import Extraction
from ohdesk.services.visit.views import visit_view
from ohdesk.services.workbook.reading import read_rows
from ohdesk.sync.problems import BundleRefusedError
from tests.conftest import PASSWORD, county_workspace, noon
from tests.unit.services.exchange.bundle_world import new_world, write_entry
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, party, pen, picture, second
from tests.visiting import ARRIVAL

NOTICE = {
    "kind": "notice",
    "title": "青原县行政检查告知文字",
    "valid_from": "2026-01-01",
    "rights": "您有权申请回避。",
    "prohibitions": "严禁吃拿卡要。",
}
_PLAN = DrawPlan(
    plan="2026-1",
    title="职业卫生双随机抽查",
    seed_source="现场掷十面骰",
    strata=(StratumPlan(code="甲", where={}, num=50, den=100, least=1),),
    team=2,
    cap=9,
    slack=1,
)


@dataclass(frozen=True)
class Offices:
    """Where the workspaces and what is handed out lie: `town`, `county`, `stick`; the visit that is recorded."""

    folder: Path
    visit: str

    @contextmanager
    def town(self) -> Iterator[Context]:
        """Open the town, as somebody who may do everything."""
        with open_workspace(self.folder / "town", FIRST, OWN[FIRST], noon) as ctx:
            yield _powerful(ctx)

    @contextmanager
    def county(self) -> Iterator[Context]:
        with open_workspace(self.folder / "county", "陶镕", PASSWORD, noon) as ctx:
            yield _powerful(ctx)

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def moved(self, folder: Path) -> "Offices":
        """Return the same, copied to another place."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.lock"))
        return Offices(folder, self.visit)

    def paper(self, ending: str) -> Path:
        """The newest file on the stick with this ending."""
        return max(self.stick.glob(f"*{ending}"), key=lambda path: path.stat().st_mtime_ns)


class Act(NamedTuple):
    """One thing a person does that writes files; it can be done again when it failed."""

    name: str
    do: Callable[[Offices], object]


def offices(folder: Path) -> Offices:
    """Make the county and the town, whose visit is filled and not final; the stick has a list of firms and photos."""
    folder.mkdir(parents=True, exist_ok=True)
    county_workspace(folder / "county")
    world = record_world.filled(folder / "town", "现场照片", place="车间")
    made = Offices(folder, world.visit)
    made.stick.mkdir()
    for number in range(2):
        (made.stick / f"{number}.jpg").write_bytes(picture(90 - 20 * number))
    book = openpyxl.Workbook()
    for row in (("单位名称", "地址", "统一社会信用代码"), ("琥珀竹器厂", "工业路 3 号", ""), ("霁虹木业", "", "错的")):
        book.active.append(row)
    book.save(made.stick / "名单.xlsx")
    book = openpyxl.Workbook()
    for row in (("单位名称", "对象", "日期", "批次"), ("青沐0竹器厂", "主要负责人", "2026-02-02", "甲")):
        book.active.append(row)
    book.save(made.stick / "培训.xlsx")
    with TemporaryDirectory() as elsewhere, new_world(Path(elsewhere)) as others:
        write_entry(others.town, "安泰机械厂")
        shutil.copy(sending.export(others.town, others.stick).path, made.stick / "another county's")
    with made.town() as ctx:
        register_entries.add(ctx, "county_papers", NOTICE)
        people.add_person(ctx, "闻人堃", "inspector", "00000009", "2027-12-31", leads=True)
        for number in range(3):
            entries.add(ctx, {"name": f"青沐{number}竹器厂", "address": f"工业路 {number} 号", "kind": "用人单位"})
    return made


def _write_issued(ctx: Context, at: Offices) -> None:
    before_papers.write_approval(ctx, at.visit, at.stick / "approval.pdf")
    before_papers.write_notice(ctx, at.visit, at.stick / "notice.pdf")


def _powerful(ctx: Context) -> Context:
    return replace(ctx, actor=replace(ctx.actor, roles=frozenset(Role)))


def _in_town(do: Callable[[Context, Offices], object]) -> Callable[[Offices], None]:
    def done(world: Offices) -> None:
        with world.town() as ctx:
            do(ctx, world)

    return done


def _in_county(do: Callable[[Context, Offices], object]) -> Callable[[Offices], None]:
    def done(world: Offices) -> None:
        with world.county() as ctx:
            do(ctx, world)

    return done


def _import(ctx: Context, world: Offices) -> None:
    shown = importing.preview(world.stick / "名单.xlsx")
    write_refusals(shown, world.stick / "refused.xlsx")
    importing.apply(ctx, importing.compare(ctx, shown))


def _import_into_book(ctx: Context, world: Offices) -> None:
    path = world.stick / "培训.xlsx"
    apply(ctx, preview(ctx, "firm_training", read_rows(path), path.name))


def _draw(ctx: Context, world: Offices) -> None:
    # Three steps: who was stopped at one goes on there.
    begun = [draw for draw in list_draws(ctx) if draw.state in {DrawState.COMMITTED, DrawState.SEEDED}]
    draw = begun[0].id if begun else freeze(ctx, _PLAN)
    if not (begun and begun[0].state is DrawState.SEEDED):
        minutes = SeedMinutes(source="十面骰", thrown_by="司马", witnesses=("上官", "诸葛"))
        set_seed(ctx, draw, "2023733112", "2023733112", minutes)
    compute(ctx, draw)


def _publish(ctx: Context, world: Offices) -> None:
    publish(ctx, list_draws(ctx)[0].id, world.stick / "公示")


def _export_book(ctx: Context, world: Offices) -> None:
    export_book(ctx, "firm_training", world.stick / "book.xlsx", EntryQuery())


def _copies(ctx: Context, world: Offices) -> None:
    for paper in views.open_record(ctx, world.visit).papers:
        views.export(paper, world.stick)


def _attach(ctx: Context, world: Offices) -> None:
    # One entry, however often this is tried: a disk that fails leaves it without its file.
    held = [row.id for row in listing.all_rows(ctx, "activities", EntryQuery())]
    entry = (
        held[0]
        if held
        else register_entries.add(
            ctx, "activities", {"title": "宣传周", "kind": "week", "held_on": "2026-03-02", "people": "40"}
        )
    )
    attachments.attach(ctx, entry, "photos", [world.stick / "0.jpg"])
    (kept,) = attachments.attached(ctx, entry)
    attachments.write_out(ctx, kept, world.stick / "attachment.jpg")


def _paper(ctx: Context, world: Offices) -> None:
    paper = life.new_paper(ctx, "opinion", Subject(visit=world.visit), {"opinion": "装设局部排风罩。"})
    life.approve(ctx, paper)
    life.number(ctx, paper)
    life.seal(ctx, paper)
    life.serve(ctx, paper, life.Service("direct", "", "陈某"))
    life.close(ctx, paper)
    paper_export.export(ctx, paper, world.stick / "opinion.pdf")


def _draft(ctx: Context, world: Offices) -> None:
    finalizing.write_draft(ctx, world.visit, party(), (), world.stick / "draft.pdf")


def _in_ink(ctx: Context, world: Offices) -> None:
    # A visit each time: whether the last try came to its end, only a disk knows.
    of, firm = lookup.find(ctx, world.visit), entries.find(ctx, "青沐1竹器厂")
    team = visit_view(ctx, of).team
    new = planning.NewVisit(establishment=firm, inspectors=team, task=Task("daily", "plan"))
    visit = planning.plan(ctx, new)
    conduct.approve_on_paper(ctx, visit, "陶镕", "2026-03-01", "2026-0002")
    conduct.start(ctx, visit, StartData(mode="entrusted", accompanied_by="无人", arrival=ARRIVAL))
    conduct.end_without_checklist(ctx, visit, Ending("closed", "门牌或厂区照片", "大门上锁。"))
    absent = PartyStatement(way=Way.ABSENT, reason="大门上锁", video="V-1")
    ink.fair_copies(ctx, visit, absent)
    photo = world.stick / "0.jpg"
    kept = {photo: sha256(photo.read_bytes()).hexdigest()}
    bound = [(each, render_scans([photo.read_bytes()] * each.pages, each.name)) for each in ink.expected(ctx, visit)]
    scanned = [Scanned(each, (), pdf, sha256(pdf).hexdigest(), kept) for each, pdf in bound]
    ink.finalize_scanned(ctx, visit, scanned, second())


def _evidence(ctx: Context, world: Offices) -> None:
    evidence.attach(ctx, world.visit, [world.stick / "名单.xlsx"])
    evidence.write_out(ctx, world.visit, evidence.schedule(ctx, world.visit)[-1], world.stick / "evidence.xlsx")


def _self_check(ctx: Context, world: Offices) -> None:
    sent = world.stick / "self-check.xlsx"
    self_check.write_self_check(ctx, world.visit, sent)
    rows = range(2, 2 + len(load_form("employer-self-check").questions))
    said = {("填写说明", "B14"): "何苒", ("填写说明", "B15"): "2026-03-01"}
    with _typed(sent, said | {("自查表", f"E{row}"): "是" for row in rows}) as back:
        self_check.take_self_check(ctx, world.visit, back)
    self_check.write_comparison(ctx, world.visit, world.stick / "compared.xlsx")


def _edition(world: Offices) -> None:
    sent = world.stick / "form.xlsx"
    form_editing.export_form("radiology", sent)
    with _typed(sent, {("检查项", "C2"): "建设项目完成放射性职业病危害预评价。"}) as back:
        form_editing.import_form(back, world.folder / f"edition-{len(list(world.folder.iterdir()))}")


@contextmanager
def _typed(sent: Path, cells: Mapping[tuple[str, str], str]) -> Iterator[Path]:
    """Yield what comes back of a workbook, on another disk: with other values in some cells."""
    book = openpyxl.load_workbook(sent)
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    with TemporaryDirectory() as elsewhere:
        back = Path(elsewhere) / sent.name
        book.save(back)
        yield back


def _cover(ctx: Context, world: Offices) -> None:
    newest = photos.list_photos(ctx, world.visit)[-1]
    masking.mask(ctx, world.visit, newest.number, [Mask(8, 40, 48, 64)])


def _originals(ctx: Context, world: Offices) -> None:
    said = Extraction("case_file", "青原县卫生健康局", "案卷 2026-1")
    originals.write_originals(ctx, world.visit, world.folder / f"originals-{len(list(world.folder.iterdir()))}", said)


def _close(ctx: Context, world: Offices) -> None:
    closed = entries.find(ctx, "青沐0竹器厂")
    life_cycle.close(ctx, closed, "停业", "2026-03-01", "大门上的告示", "现场核实", world.stick / "0.jpg")


def _backup(ctx: Context, world: Offices) -> None:
    making.make(ctx, world.stick / f"{len(list(world.stick.glob('*.ohbak')))}.ohbak")


def _new_office(world: Offices) -> None:
    new = NewWorkspace("town", "000000009", "云岭乡", "李旸", PASSWORD)
    create_workspace(world.folder / "new", new, practice=True)


def _restore(world: Offices) -> None:
    # A new place each time: what a failing disk left of one before is not to be written over.
    place = world.folder / f"restored-{len(list(world.folder.iterdir()))}"
    restoring.restore(world.paper(".ohbak"), place, checking.by_password(FIRST, OWN[FIRST]))


def _refuse(ctx: Context, world: Offices) -> None:
    with suppress(BundleRefusedError):
        receiving.take_in(ctx, world.stick / "another county's")


def _casefile(ctx: Context, world: Offices) -> None:
    casefile.write(ctx, world.visit, world.folder / f"file-{len(list(world.folder.iterdir()))}")


def _salvage(world: Offices) -> None:
    place = world.folder / f"salvaged-{len(list(world.folder.iterdir()))}"
    salvage.salvage(world.folder / "town", place, checking.by_password(FIRST, OWN[FIRST]))


def _renew(world: Offices) -> None:
    # As a true administrator: the key file believes only what one of them has signed.
    with open_workspace(world.folder / "town", "李旸", PASSWORD, noon) as ctx:
        closing.renew_code(ctx, closing.new_code())


def _account(world: Offices) -> None:
    # As a true administrator: a role counts by the signature of one.
    with open_workspace(world.folder / "town", "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "新来的人", "quiet-lantern-42", {Role.SUPERVISOR})


ACTS = (
    Act("write the county's card", _in_county(lambda ctx, at: joining.write_card(ctx, at.stick / "card"))),
    Act("write the county's root", _in_county(lambda ctx, at: joining.write_root(ctx, at.stick / "root.pem"))),
    Act("ask to join", _in_town(lambda ctx, at: joining.write_request(ctx, at.stick / "card", at.stick / "request"))),
    Act("write the request again", _in_town(lambda ctx, at: joining.write_again(ctx, at.stick / "request"))),
    Act("certify", _in_county(lambda ctx, at: joining.issue(ctx, at.stick / "request", at.stick / "answer"))),
    Act("join", _in_town(lambda ctx, at: joining.accept(ctx, at.stick / "answer"))),
    Act("import a list", _in_town(_import)),
    Act("bring a list into a book", _in_town(_import_into_book)),
    Act("export the roll", _in_town(lambda ctx, at: export_roll(ctx, at.stick / "roll.xlsx"))),
    Act("export a book", _in_town(_export_book)),
    Act("attach a file to an entry", _in_town(_attach)),
    Act("set down a state with its proof", _in_town(_close)),
    Act(
        "write what to know before a visit",
        _in_town(lambda ctx, at: preparation.write_preparation(ctx, at.visit, at.stick / "preparation.pdf")),
    ),
    Act(
        "write the walk sheet", _in_town(lambda ctx, at: walk_sheet.write_walk_sheet(ctx, at.visit, at.stick / "w.pdf"))
    ),
    Act(
        "write the approval form and the notice",
        _in_town(_write_issued),
    ),
    Act(
        "write the sheet of a joint check",
        _in_town(lambda ctx, at: joint_sheet.write_joint_sheet(ctx, at.visit, at.stick / "joint.pdf")),
    ),
    Act("send a self-check, take it back and compare", _in_town(_self_check)),
    Act("take a new edition of a checklist", _edition),
    Act("attach a photo", _in_town(lambda ctx, at: photos.attach_photo(ctx, at.visit, "", at.stick / "0.jpg"))),
    Act("cover a place of a photo", _in_town(_cover)),
    Act("write the originals", _in_town(_originals)),
    Act("put a file to the visit", _in_town(_evidence)),
    Act("write its schedule", _in_town(lambda ctx, at: evidence.export(ctx, at.visit, at.stick / "schedule.xlsx"))),
    Act("write a draft", _in_town(_draft)),
    Act(
        "print the papers to be signed in ink",
        _in_town(lambda ctx, at: ink.write_fair_copies(ctx, at.visit, party(), (), at.stick)),
    ),
    Act("finalize", _in_town(lambda ctx, at: finalizing.finalize(ctx, at.visit, party(), (pen(),), second()))),
    Act("make a record final with its scans", _in_town(_in_ink)),
    Act("bring in a photo", _in_town(lambda ctx, at: photos.bring_in_photo(ctx, at.visit, 1, at.stick / "1.jpg"))),
    Act("add a page of photos", _in_town(lambda ctx, at: photo_pages.add_photo_page(ctx, at.visit, second()))),
    Act("copy the papers", _in_town(_copies)),
    Act("take a paper through its life", _in_town(_paper)),
    Act("make the file of a visit", _in_town(_casefile)),
    Act(
        "list what visits lack",
        _in_town(lambda ctx, at: leave_gaps.write_gaps(ctx, "2026-01-01", "2026-12-31", at.stick / "gaps.xlsx")),
    ),
    Act(
        "list the findings",
        _in_town(
            lambda ctx, at: follow_up.export(ctx, follow_up.rectifications(ctx, ListQuery()), at.stick / "f.xlsx")
        ),
    ),
    Act("draw", _in_town(_draw)),
    Act("publish the draw", _in_town(_publish)),
    Act("send a bundle", _in_town(lambda ctx, at: sending.export(ctx, at.stick))),
    Act("take a bundle in", _in_county(lambda ctx, at: receiving.take_in(ctx, at.paper(".ohb")))),
    Act(
        "list what is set aside",
        _in_county(lambda ctx, at: held_back.export(held_back.held_back(ctx), at.stick / "aside.xlsx")),
    ),
    Act("send one back", _in_county(lambda ctx, at: sending.export(ctx, at.stick))),
    Act("take that in", _in_town(lambda ctx, at: receiving.take_in(ctx, at.paper(".ohb")))),
    Act("add an account", _account),
    Act("change a password", _in_town(lambda ctx, at: accounts.change_password(ctx, OWN[FIRST], OWN[FIRST]))),
    Act("write diagnostics", _in_town(lambda ctx, at: diagnostics.write(ctx, at.stick / "diagnostics.zip"))),
    Act("make a backup", _in_town(_backup)),
    Act("restore it", _restore),
    Act("choose a second place", _in_town(lambda ctx, at: automatic.set_second(ctx, at.stick))),
    Act("back up by itself", _in_town(lambda ctx, _: automatic.run(ctx))),
    Act("refuse a bundle", _in_county(_refuse)),
    Act(
        "list what is set aside",
        _in_county(lambda ctx, at: held_back.export(held_back.held_back(ctx), at.stick / "s.xlsx")),
    ),
    Act("salvage the town", _salvage),
    Act("renew the recovery code", _renew),
    Act("make a workspace", _new_office),
    Act("save its code", lambda at: first_run.save_code(at.stick / "code.pdf", "云岭乡", "CODE", at.folder / "new")),
)
