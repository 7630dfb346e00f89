"""Originals leave in one encrypted file, for a case file or a hand-over, and a book says who took them out and why."""

from io import BytesIO

import openpyxl
import pytest

from ohdesk.db.engine import integrity_problems
from ohdesk.db.models import LocalEntry
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services import blobs
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.register import entries
from ohdesk.services.visit import originals
from ohdesk.services.visit.extraction import Extraction
from ohdesk.services.visit.photos import attach_photo
from tests.conftest import PASSWORD, noon, town_workspace
from tests.encrypted_zips import opened
from tests.promises.dying import die
from tests.visiting import picture, started_visit

SAID = Extraction("移送", "青原县卫生健康局", "移〔2026〕001")
TAKEN = [picture(colour, (300, 200)) for colour in ("teal", "olive")]


@pytest.fixture
def visit(ctx):
    visit = started_visit(ctx)
    for each in TAKEN:
        attach_photo(ctx, visit, "F03", each)
    return visit


def taken_out(ctx):
    with ctx.reading() as session:
        return [dict(each.values) for each in session.query(LocalEntry).filter_by(register="taken_out")]


def test_originals_come_out_bit_for_bit_with_their_list_and_the_book_says_for_whom(ctx, visit, tmp_path):
    written = originals.write_originals(ctx, visit, tmp_path / "out", SAID)
    inside = opened(written.file, written.password)
    assert [inside[each.file] for each in written.manifest.files] == TAKEN
    assert list((tmp_path / "out").iterdir()) == [written.file]
    assert not any(each in written.file.read_bytes() for each in TAKEN)
    rows = list(openpyxl.load_workbook(BytesIO(inside["清单.xlsx"])).worksheets[0].values)
    assert [row[2] for row in rows[1:]] == [each.sha256 for each in written.manifest.files]
    (line,) = taken_out(ctx)
    assert (line["visit"], line["purpose"], line["receiver"]) == (visit, "hand_over", "青原县卫生健康局")
    assert (line["taken_by"], line["photos"]) == (ctx.actor.name, 2)
    assert written.manifest.purpose == "移送"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (Extraction("", "", " "), ["purpose", "receiver", "reason"]),
        (Extraction("自己看看", "青原县卫生健康局", "移〔2026〕001"), ["purpose"]),
    ],
)
def test_without_purpose_authority_and_reason_nothing_leaves(ctx, visit, tmp_path, said, named):
    with pytest.raises(ProblemsError) as refused:
        originals.write_originals(ctx, visit, tmp_path / "out", said)
    assert [each.field for each in refused.value.problems] == named
    assert not (tmp_path / "out").exists()
    assert taken_out(ctx) == []


def test_one_that_is_lost_is_named_and_the_others_leave(ctx, visit, tmp_path):
    first = originals.write_originals(ctx, visit, tmp_path / "all", SAID).manifest.files[0]
    blobs.place_in(ctx.folder, ctx.keys.database, first.sha256).unlink()
    written = originals.write_originals(ctx, visit, tmp_path / "rest", SAID)
    assert (written.lost, [each.number for each in written.manifest.files]) == ((1,), [2])
    assert [each.place for each in written.problem.problems] == ["照片 1"]
    last = originals.write_originals(ctx, visit, tmp_path / "last", SAID).manifest.files[0]
    blobs.place_in(ctx.folder, ctx.keys.database, last.sha256).unlink()
    with pytest.raises(ProblemsError) as refused:
        originals.write_originals(ctx, visit, tmp_path / "none", SAID)
    assert [each.place for each in refused.value.problems] == ["照片 1", "照片 2"]
    assert not (tmp_path / "none").exists()


def test_nobody_writes_the_book_by_hand(ctx, visit, tmp_path):
    originals.write_originals(ctx, visit, tmp_path / "out", SAID)
    with ctx.reading() as session:
        (entry,) = session.query(LocalEntry.id).filter_by(register="taken_out").one()
    with pytest.raises(UserError):
        entries.withdraw(ctx, entry, "登记错误")


@pytest.mark.parametrize(
    ("place", "calls", "noted"),
    [
        ("ohdesk.security.encrypted_zip:EncryptedZip.add", 2, 0),
        ("ohdesk.services.visit.extraction:note", 1, 0),
        ("pathlib:Path.replace", 1, 1),
    ],
)
def test_when_it_dies_nothing_plain_lies_there_and_nothing_left_unnoted(tmp_path, place, calls, noted):
    town = tmp_path / "town"
    with open_workspace(town_workspace(town), "李旸", PASSWORD, noon) as ctx:
        visit = started_visit(ctx)
        for each in TAKEN:
            attach_photo(ctx, visit, "", each)
    die("originals", town, "李旸", visit, place, calls)
    left = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert left
    assert not any(each[:64] in content for each in TAKEN for content in left)
    assert not list((tmp_path / "out").glob("*.zip"))
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        assert len(taken_out(ctx)) == noted
        assert integrity_problems(ctx.engine) == []
        written = originals.write_originals(ctx, visit, tmp_path / "again", SAID)
    assert len(opened(written.file, written.password)) == 4
