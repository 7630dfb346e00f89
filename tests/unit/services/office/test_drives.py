"""Which sticks are plugged in, by what the system says of its mounts."""

from pathlib import Path

from ohdesk.services.office import drives

MOUNTS = "36 35 {device} / {point} rw,nosuid - vfat /dev/sdb1 rw\n40 35 8:1 / / rw - ext4 /dev/sda1 rw\n"


def test_a_removable_drive_is_listed_with_its_room_and_a_fixed_one_is_not(tmp_path, monkeypatch):
    point = tmp_path / "OH STICK"
    point.mkdir()
    text = MOUNTS.format(device="8:17", point=str(point).replace(" ", "\\040"))
    monkeypatch.setattr(Path, "read_text", lambda *_args, **_more: text)
    monkeypatch.setattr(drives, "_is_removable", lambda device: device == "8:17")
    monkeypatch.setattr(drives, "_is_on_usb", lambda _device: False)
    (stick,) = list(drives._linux_sticks())
    assert (stick.path, stick.label) == (point, "OH STICK")
    assert 0 < stick.free <= stick.total


def test_a_drive_pulled_out_between_two_looks_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda *_a, **_m: MOUNTS.format(device="8:17", point=tmp_path / "gone"))
    monkeypatch.setattr(drives, "_is_removable", lambda device: device == "8:17")
    monkeypatch.setattr(drives, "_is_on_usb", lambda _device: False)
    assert list(drives._linux_sticks()) == []
