"""The evidence of a visit: its photos, files put to it, recordings that are registered and not copied; one schedule."""

from hashlib import sha256

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from ohdesk.domain.evidence import EvidenceKind, Sensitive
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services import blobs
from ohdesk.services.visit import conduct, evidence
from ohdesk.services.visit.evidence import Recording
from ohdesk.services.visit.photos import Caption, attach_photo
from tests.visiting import picture, planned_visit, started_visit

CAMERA = Recording(device="记录仪 07", length="1:25:07", kept_at="采集站 2 号盘")


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "检测报告.PDF"
    canvas = Canvas(str(path))
    for _ in range(3):
        canvas.showPage()
    canvas.save()
    return path


def test_files_are_put_to_a_visit_with_their_pages_and_come_out_as_they_were(ctx, visit, paper, tmp_path):
    (tmp_path / "录音.m4a").write_bytes(b"sound")
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7 broken")
    files = [paper, tmp_path / "录音.m4a", tmp_path / "坏.pdf"]
    attach_photo(ctx, visit, "F03", picture(), Caption(text="风机"))
    evidence.attach(ctx, visit, files, Sensitive.TRADE_SECRET)
    evidence.attach(ctx, visit, files)  # again: nothing twice
    listed = evidence.schedule(ctx, visit)
    assert [(each.number, each.kind, each.name, each.pages) for each in listed] == [
        (1, EvidenceKind.PHOTO, "", 0),
        (2, EvidenceKind.PAPER, "检测报告.pdf", 3),
        (3, EvidenceKind.SOUND, "录音.m4a", 0),
        (4, EvidenceKind.PAPER, "坏.pdf", 0),
    ]
    assert [each.sensitive for each in listed] == [Sensitive.NO, *[Sensitive.TRADE_SECRET] * 3]
    assert listed[0].sha256 == sha256(picture()).hexdigest() != listed[0].copy_sha256
    assert evidence.content(ctx, listed[1]) == paper.read_bytes()


def test_one_file_that_cannot_be_kept_leaves_all_out_and_each_is_named(ctx, visit, paper, tmp_path):
    for name in ("程序.exe", "空.csv", "机密★名单.csv"):
        (tmp_path / name).write_bytes(b"" if name == "空.csv" else b"x")
    wrong = [tmp_path / name for name in ("程序.exe", "空.csv", "机密★名单.csv", "没有.pdf")]
    with pytest.raises(ProblemsError) as refused:
        evidence.attach(ctx, visit, [paper, *wrong])
    assert [each.place for each in refused.value.problems] == [each.name for each in wrong]
    assert evidence.schedule(ctx, visit) == ()


def test_a_recording_is_registered_by_its_hash_and_not_copied(ctx, visit, tmp_path):
    film = tmp_path / "0001.mp4"
    film.write_bytes(bytes(range(256)) * 9000)
    told = []
    evidence.register_recording(ctx, visit, film, CAMERA, lambda done, total: told.append((done, total)))
    (line,) = evidence.schedule(ctx, visit)
    assert (line.sha256, line.size) == (sha256(film.read_bytes()).hexdigest(), film.stat().st_size)
    assert (line.extent, line.device, line.kept) == ("1:25:07", "记录仪 07", "采集站 2 号盘")
    assert told[-1] == (2, 2)
    assert not any((ctx.folder / blobs.FOLDER).glob("*/*"))
    with pytest.raises(UserError):
        evidence.content(ctx, line)


@pytest.mark.parametrize("length", ["", "25", "25:61", "1:61:00", "一小时", "-1:00", "0:00"])
def test_a_recording_without_a_length_is_refused_at_its_field(ctx, visit, tmp_path, length):
    (tmp_path / "0001.mp4").write_bytes(b"film")
    said = Recording(device="记录仪 07", length=length, kept_at="采集站")
    with pytest.raises(ProblemsError) as refused:
        evidence.register_recording(ctx, visit, tmp_path / "0001.mp4", said)
    assert [each.field for each in refused.value.problems] == ["length"]


def test_evidence_is_marked_taken_off_and_written_as_a_schedule(ctx, visit, paper, tmp_path):
    attach_photo(ctx, visit, "", picture())
    evidence.attach(ctx, visit, [paper])
    for each in evidence.schedule(ctx, visit):
        evidence.mark(ctx, visit, each, Sensitive.PRIVACY)
    assert {each.sensitive for each in evidence.schedule(ctx, visit)} == {Sensitive.PRIVACY}
    assert evidence.export(ctx, visit, tmp_path / "清单.xlsx").count == 2
    rows = list(openpyxl.load_workbook(tmp_path / "清单.xlsx").active.values)
    assert [row[1] for row in rows[1:]] == ["照片", "文件"]
    assert rows[2][11] == sha256(paper.read_bytes()).hexdigest()
    photo, file = evidence.schedule(ctx, visit)
    with pytest.raises(UserError):
        evidence.remove(ctx, visit, photo)  # among the photos
    evidence.remove(ctx, visit, file)
    assert [each.kind for each in evidence.schedule(ctx, visit)] == [EvidenceKind.PHOTO]


def test_after_the_visit_evidence_may_come_and_none_goes(ctx, visit, paper):
    with ctx.transaction() as session:
        conduct.close(session, visit, ctx.now())
    evidence.attach(ctx, visit, [paper])
    (file,) = evidence.schedule(ctx, visit)
    with pytest.raises(UserError):
        evidence.remove(ctx, visit, file)


def test_before_the_start_there_is_no_evidence(ctx, paper):
    visit = planned_visit(ctx)
    with pytest.raises(UserError):
        evidence.attach(ctx, visit, [paper])
