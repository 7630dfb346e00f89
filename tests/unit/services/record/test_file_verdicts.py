"""Files handed to the window: what holds is said, what is hostile is told within seconds, and nothing changes."""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.facts import Verdict
from ohdesk.services.child import pool
from ohdesk.services.record import file_verdicts, finalizing, views
from ohdesk.services.record.file_verdicts import FileVerdicts
from ohdesk.services.record.read_back import read_back
from tests.unit.security.conftest import drawn_pdf
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return record_world.final(tmp_path_factory.mktemp("template") / "town")


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_each_of_ten_files_is_told_in_its_own_words_and_nothing_changes(world, tmp_path, monkeypatch):
    monkeypatch.setattr(file_verdicts, "SECONDS", 30.0)  # this machine may be busy
    with world.opened() as ctx:
        paper = views.open_record(ctx, world.visit).papers[0]
        good = paper.pdf
        middle = len(good) // 2
        sizes = {
            "记录.pdf": good,
            "改过.pdf": good[:middle] + bytes([good[middle] ^ 4]) + good[middle + 1 :],
            "尾巴.pdf": good + b"\n",
            "半截.pdf": good[:middle],
            "加密.pdf": b"%PDF-1.7\n1 0 obj\n<</Filter/Standard/V 4>>\nendobj\ntrailer\n<</Encrypt 1 0 R>>\n%%EOF\n",
            "未签.pdf": drawn_pdf(1),
            "假.pdf": b"GIF89a" + b"\0" * 100,
            "空.pdf": b"",
            "包.ohb": b"PK\x03\x04" + b"\0" * 600,
            "公示.zip": b"PK\x03\x04" + b"\0" * 26 + b"README.txt" + b"\0" * 600,
        }
        for name, data in sizes.items():
            (tmp_path / name).write_bytes(data)
        huge = tmp_path / "巨大.pdf"
        with huge.open("wb") as file:
            file.write(b"%PDF-1.7\n")
            file.truncate(300 << 30)
        (tmp_path / "文件夹").mkdir()
        names = [*sizes, "巨大.pdf", "文件夹", "没有.pdf"]
        before = state(tmp_path) | state(ctx.folder)
        with closing(FileVerdicts(ctx)) as looks:
            told = {name: looks.of(tmp_path / name) for name in names}
        assert state(tmp_path) | state(ctx.folder) == before
    assert [name for name, one in told.items() if one.verdict is Verdict.HOLDS] == ["记录.pdf"]
    for name, said in (
        ("假.pdf", "不是检查记录"),
        ("空.pdf", "不是检查记录"),
        ("巨大.pdf", "超过 256 MB"),
        ("文件夹", "这是一个文件夹"),
        ("没有.pdf", "没有这个文件"),
    ):
        assert said in told[name].refused
    for name in ("未签.pdf", "加密.pdf"):
        assert (told[name].verdict, told[name].found.kind) == (Verdict.UNCHECKED, "unsigned")
    for name in ("改过.pdf", "尾巴.pdf", "包.ohb", "公示.zip"):
        assert told[name].verdict is Verdict.FAILS
    for one in told.values():
        assert one.found.word if one.found else one.refused
        facts = one.found.facts if one.found else ()
        assert all(fact.detail for fact in facts if fact.verdict is Verdict.UNCHECKED)


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_what_has_no_end_or_never_answers_is_told(world, tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    with world.opened() as ctx, closing(FileVerdicts(ctx)) as looks:
        for path in (tmp_path / "pipe.pdf", Path("/dev/zero")):
            assert "这不是普通的文件" in looks.of(path).refused


def test_a_file_on_which_the_child_hangs_is_given_up_and_the_next_is_looked_at(world, tmp_path, monkeypatch):
    with world.opened() as ctx, closing(FileVerdicts(ctx)) as looks:
        path = views.export(views.open_record(ctx, world.visit).papers[0], tmp_path)
        monkeypatch.setattr(file_verdicts, "SECONDS", 0.0)
        monkeypatch.setattr(pool, "_LOOK_EVERY", 0.001)
        slow = looks.of(path)
        assert slow.verdict is not Verdict.HOLDS
        assert any("没有查完，已停止" in fact.detail for fact in slow.found.facts)
        monkeypatch.setattr(file_verdicts, "SECONDS", 60.0)
        assert looks.of(path).verdict is Verdict.HOLDS


def test_the_papers_of_one_act_are_one_record_and_what_is_missing_or_changed_is_named(world, tmp_path, monkeypatch):
    monkeypatch.setattr(file_verdicts, "SECONDS", 60.0)  # this machine may be busy
    folder = tmp_path / "signed" / "below"
    folder.mkdir(parents=True)
    with world.opened() as ctx:
        final = finalizing.final_record(ctx, world.visit)
        record, sheet, *_photos = (views.export(paper, folder) for paper in views.open_record(ctx, world.visit).papers)
        (read,) = read_back(ctx, folder.parent).records
        assert read.record == final.record
        assert (read.record_sha256, read.missing) == (fingerprint(final.record), ())
        assert read.verdict is Verdict.HOLDS
        sheet.write_bytes(sheet.read_bytes() + b"\n")
        (folder / "note.PDF").write_bytes(b"hello")
        found = read_back(ctx, folder)
    assert [(each.missing, each.papers[0].path) for each in found.records] == [(("checklist",), record)]
    assert sorted(each.path.name for each in found.others) == sorted((sheet.name, "note.PDF"))
