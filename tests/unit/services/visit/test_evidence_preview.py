"""Attachments looked at in the program: a sheet as it stands, nothing computed; a sound by what its file says."""

import struct
import wave
from io import BytesIO

import openpyxl
import pytest

from ohdesk.domain.sound_length import seconds_of
from ohdesk.errors import UserError
from ohdesk.services.visit import evidence, evidence_preview
from tests.visiting import started_visit


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def sheet_of(ctx, visit, path):
    evidence.attach(ctx, visit, [path])
    return evidence_preview.sheet(ctx, evidence.schedule(ctx, visit)[-1])


def test_the_first_sheet_is_shown_as_it_stands_and_no_formula_is_computed(ctx, visit, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["岗位", "接害人数"])
    book.active.append(["打磨", "=1+1"])
    for number in range(evidence_preview.MOST_ROWS):
        book.active.append([f"岗位 {number}", "x" * 500])
    book.create_sheet("第二张").append(["不在这里"])
    book.save(tmp_path / "台账.xlsx")
    shown = sheet_of(ctx, visit, tmp_path / "台账.xlsx")
    assert shown.rows[0] == ("岗位", "接害人数")
    assert shown.rows[1][0] == "打磨"
    assert "2" not in shown.rows[1]
    assert len(shown.rows) == evidence_preview.MOST_ROWS
    assert len(shown.rows[-1][1]) == evidence_preview.LONGEST_CELL
    assert "不在这里" not in str(shown.rows)
    assert any("202" in each for each in shown.notes)
    assert any("公式" in each for each in shown.notes)


def test_a_broken_workbook_is_told_and_a_csv_is_shown(ctx, visit, tmp_path):
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(UserError):
        sheet_of(ctx, visit, tmp_path / "坏.xlsx")
    (tmp_path / "好.csv").write_text("岗位,人数\n打磨,3\n", encoding="utf-8")
    assert sheet_of(ctx, visit, tmp_path / "好.csv").rows == (("岗位", "人数"), ("打磨", "3"))


def wav(seconds):
    out = BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(bytes(2 * 8000 * seconds))
    return out.getvalue()


def box(kind, content):
    return struct.pack(">I4s", 8 + len(content), kind) + content


M4A = box(b"ftyp", b"M4A ") + box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 754_600)))
AMR = b"#!AMR\n" + b"".join(bytes([7 << 3]) + bytes(31) for _ in range(150))


@pytest.mark.parametrize(("content", "seconds"), [(wav(7), 7), (M4A, 754), (AMR, 3), (b"ID3" + bytes(99), 0)])
def test_how_long_a_sound_is_stands_in_its_file(content, seconds):
    assert seconds_of(content) == seconds


def test_a_file_that_lies_about_its_length_is_of_no_known_length():
    for whole in (wav(1), M4A, AMR):
        for cut in range(len(whole)):
            assert seconds_of(whole[:cut]) <= 754
    assert seconds_of(box(b"ftyp", b"M4A ") + struct.pack(">I4s", 4, b"moov") * 9) == 0
    assert seconds_of(M4A.replace(struct.pack(">I", 1000), bytes(4))) == 0


def test_the_length_of_a_sound_stands_in_the_schedule(ctx, visit, tmp_path):
    (tmp_path / "录音.wav").write_bytes(wav(65))
    evidence.attach(ctx, visit, [tmp_path / "录音.wav"])
    assert evidence.schedule(ctx, visit)[0].extent == "0:01:05"
