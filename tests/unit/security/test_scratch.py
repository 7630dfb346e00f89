"""Bytes put aside for a while."""

import tempfile
from pathlib import Path

import pytest

from ohdesk.security import scratch
from ohdesk.security.scratch import Scratch
from ohdesk.services.workbook.kept import Kept


def test_pieces_come_back_in_order_as_often_as_asked_and_more_may_be_added() -> None:
    aside = Scratch()
    for number in range(5):
        aside.add(bytes([number]) * number)
    assert [*aside] == [*aside] == [bytes([number]) * number for number in range(5)]
    both = zip(aside, aside, strict=True)  # two readers do not disturb each other
    assert all(one == other for one, other in both)
    aside.add(b"more")
    assert [*aside][-1] == b"more"


def test_many_bytes_go_to_the_disk_and_nobody_can_read_them_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    class Noted(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def write(self, piece: bytes) -> int:
            written.append(piece)
            return super().write(piece)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "SpooledTemporaryFile", Noted)
    aside = Scratch()
    for _ in range(50):
        aside.add("青沐竹器厂".encode() * 80_000)
    assert sum(map(len, written)) > 50 << 20
    assert "青沐".encode() not in b"".join(written)
    assert sum(len(piece) for piece in aside) == 50 * 80_000 * 15
    del aside
    assert list(tmp_path.iterdir()) == []


def test_rows_are_kept_with_their_type() -> None:
    rows = Kept[tuple[int, str]](tuple[int, str])
    for number in range(2_500):
        rows.add((number, str(number)))
    assert len(rows) == 2_500
    assert [*rows] == [*rows] == [(number, str(number)) for number in range(2_500)]
