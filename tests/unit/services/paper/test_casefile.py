"""The file of a visit, and a booklet: what stands in the side volume is neither in the main one nor in a booklet."""

import subprocess
from datetime import date

import pytest

from ohdesk.db.models import LocalEntry
from ohdesk.domain.evidence import Sensitive
from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.services.finding import drafts
from ohdesk.services.office import issuing_bodies
from ohdesk.services.paper import booklet, casefile, life, typing_in
from ohdesk.services.paper.casefile import CaseFile
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import finalizing, views
from ohdesk.services.register import entries as book_entries
from ohdesk.services.start.today import backlog
from ohdesk.services.visit import conduct, evidence, planning
from ohdesk.services.visit import views as visits
from tests.printed import pages_of
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World, party, pen, second
from tests.visiting import ARRIVAL

CANARIES = ("举报人朱某", "13900000000", "夜间偷开抛光机")
COMPLAINT = {
    "received_at": "2026-02-27T10:00",
    "source": "phone",
    "identity": "named",
    "complainant": CANARIES[0],
    "contact": CANARIES[1],
    "facts": CANARIES[2],
    "within_power": "town",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    """A town with a record of a visit that a complaint led to, an order issued and one that is a draft."""
    made = record_world.make(tmp_path_factory.mktemp("casefile") / "town")
    with made.opened() as ctx:
        view = visits.visit_view(ctx, made.visit)
        complaint = book_entries.add(ctx, "complaints", COMPLAINT, view.establishment)
        task = Task("case", "complaint", reason=CANARIES[2], entry=complaint)
        visit = planning.plan(ctx, planning.NewVisit(establishment=view.establishment, inspectors=view.team, task=task))
        conduct.approve_on_paper(ctx, visit, "陶镕", "2026-03-01", "2026-0009")
        conduct.start(ctx, visit, StartData(mode="entrusted", accompanied_by="陈某", arrival=ARRIVAL))
        record_world.fill(ctx, visit)
        drafts.accept_proposals(ctx, visit)
        secret = made.folder.parent / "举报录音.mp3"
        secret.write_bytes(b"ID3" + bytes(200))
        evidence.attach(ctx, visit, [secret], Sensitive.PRIVACY)
        open_one = made.folder.parent / "检测报告.csv"
        open_one.write_bytes("岗位,结果\n打磨,1".encode())
        evidence.attach(ctx, visit, [open_one])
        finalizing.finalize(ctx, visit, party(), (pen(),), second())
    with made.opened("李旸") as ctx:
        issuing_bodies.change(ctx, "entrusting", {"region": "青石"})
    with made.opened() as ctx:
        typed = {"demand": "装设局部排风罩。", "correct_by": "2026-04-01"}
        orders = [life.new_paper(ctx, "order", Subject(visit=visit), typed) for _ in range(2)]
        life.approve(ctx, orders[0], approver="陶镕")
        life.number(ctx, orders[0])
    return World(made.folder, visit)


@pytest.fixture(scope="module")
def made(world, tmp_path_factory) -> tuple[CaseFile, CaseFile]:
    """The file as folders, and as two PDFs."""
    out = tmp_path_factory.mktemp("out")
    with world.opened() as ctx:
        return casefile.write(ctx, world.visit, out / "卷"), casefile.write(ctx, world.visit, out / "copy.pdf")


def said(pdf: bytes) -> str:
    return "".join("".join(pages_of(pdf)).split())


def test_what_tells_of_a_complaint_is_in_the_side_volume_and_in_nothing_of_the_main_one(made):
    folders, copies = made
    main, side = (each.path for each in folders.volumes)
    pdfs = [*main.glob("*.pdf"), copies.volumes[0].path]
    whole = "".join((*(path.name for path in main.iterdir()), *(said(path.read_bytes()) for path in pdfs)))
    assert not [each for each in (*CANARIES, "投诉", "举报", "审批表") if each in whole]
    assert "责令限期改正" in whole
    assert "检测报告" in whole
    inside = "".join(said(path.read_bytes()) for path in side.glob("*.pdf"))
    assert all(each in inside for each in (*CANARIES, "审批表", "举报录音"))
    assert any(path.suffix == ".mp3" for path in side.iterdir())
    assert ["还没有定下来" in each.reason for each in folders.left_out] == [True]


def test_a_copy_has_running_numbers_and_the_originals_byte_for_byte(world, made, tmp_path):
    main = made[1].volumes[0]
    with world.opened() as ctx:
        signed = {paper.pdf for paper in views.open_record(ctx, world.visit).papers}
    assert subprocess.run(["qpdf", "--check", main.path], capture_output=True).returncode == 0
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, main.path], check=True)
    assert signed <= {path.read_bytes() for path in tmp_path.glob("*.pdf")}
    pages = pages_of(main.path.read_bytes())
    numbered = pages[-1 - main.pages : -1]
    assert all(page.strip().endswith(str(number)) for number, page in enumerate(numbered, 1))
    assert "卷内文件目录" in "".join(pages[1].split())
    assert "卷内备考表" in "".join(pages[-1].split())


def test_each_volume_stands_in_the_archive_once_under_its_number_and_as_long_as_the_table_says(world, made):
    first, again = made
    with world.opened() as ctx, ctx.reading() as session:
        rows = [row.values for row in session.query(LocalEntry).filter(LocalEntry.register == "archive")]
    assert [each.archived for each in first.volumes] == [each.archived for each in again.volumes]
    assert {row["volume"] for row in rows} == {"main", "side"}
    assert len({row["ref"] for row in rows}) == len(rows) == 2
    assert {row["keep"] for row in rows} == {"y30"}  # an order is among its papers


def test_a_visit_that_has_not_ended_has_no_file(world, tmp_path):
    with world.opened() as ctx:
        (other,) = {row.id for row in visits.list_visits(ctx)} - {world.visit}
        with pytest.raises(UserError, match="还没有结束"):
            casefile.write(ctx, other, tmp_path / "f.pdf")


def test_a_booklet_is_counted_first_and_has_what_the_party_has_and_nothing_else(world, tmp_path):
    told = []
    with world.opened() as ctx:
        with pytest.raises(UserError, match="没有可以编入"):
            booklet.plan(ctx, date(2026, 4, 1), date(2026, 4, 30))
        counted = booklet.plan(ctx, date(2026, 3, 1), date(2026, 3, 31))
        booklet.write(counted, tmp_path / "b.pdf", lambda done, total: told.append((done, total)))
    pages = pages_of((tmp_path / "b.pdf").read_bytes())
    whole = "".join("".join(pages).split())
    assert [each.leaf.paper for each in counted.bound] == ["record", "checklist", "order"]
    assert len(pages) == counted.pages
    assert "现场检查笔录1；现场检查表1；责令限期改正通知书1" in whole
    assert not [each for each in (*CANARIES, "投诉", "举报", "审批表") if each in whole]
    assert subprocess.run(["qpdf", "--check", tmp_path / "b.pdf"], capture_output=True).returncode == 0
    assert (told[0], told[-1]) == ((0, 3), (3, 3))


def test_a_visit_is_waiting_until_it_is_ticked_and_keeps_the_number_it_has_there(world):
    with world.opened() as ctx:
        province, card = typing_in.sheets(ctx, world.visit)
        said = {line.label: line.value for line in province.lines}
        assert said["检查对象"] == "岚石五金制品有限公司"
        assert said["检查人员"].count("、") == 1
        assert "未见 3 号打磨机的局部排风" in said["发现的问题"]
        assert not any("{" in line.value for line in (*province.lines, *card.lines))
        assert world.visit in [each.visit for each in backlog(ctx).typing]
        with pytest.raises(ProblemsError):
            typing_in.tick(ctx, world.visit, "elsewhere", "1")
        for number in ("A-1", "A-2"):
            typing_in.tick(ctx, world.visit, "province", number)
        ticked, open_one = typing_in.sheets(ctx, world.visit)
        assert (ticked.number, ticked.typed_in_on, open_one.typed_in_on) == ("A-2", "2026-03-02", "")
        assert world.visit not in [each.visit for each in backlog(ctx).typing]


@pytest.mark.parametrize("is_there", [False, True])
def test_of_a_folder_that_could_not_be_written_whole_nothing_is_left(world, made, tmp_path, monkeypatch, is_there):
    target = tmp_path / "卷"
    if is_there:
        target.mkdir()
    main = list(made[0].volumes[0].path.iterdir())
    true, left = casefile.hand_out, iter([*main, "one of the other volume"])

    def hand_out(place, content):
        if next(left, None) is None:
            raise MachineError("写文件时出错", "请换一个优盘。")
        true(place, content)

    monkeypatch.setattr(casefile, "hand_out", hand_out)
    with world.opened() as ctx, pytest.raises(MachineError):
        casefile.write(ctx, world.visit, target)
    assert target.exists() == is_there
    assert not is_there or not list(target.iterdir())
