"""The drives of this machine: where a live database may stand, and which sticks bundles can travel on."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ohdesk.errors import UserError
from ohdesk.i18n import tr

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "davfs", "fuse.davfs2", "fuse.sshfs", "fuse.rclone", "9p"}
)
_WINDOWS_REMOVABLE, _WINDOWS_REMOTE, _WINDOWS_FIXED = 2, 4, 3  # GetDriveTypeW
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_LABEL = 261  # GetVolumeInformationW


@dataclass(frozen=True, slots=True)
class Stick:
    """A removable drive that is plugged in: where it stands, its label, and its room in bytes."""

    path: Path
    label: str
    free: int
    total: int


def sticks() -> tuple[Stick, ...]:
    """Return the removable drives that can be read now; one that was pulled meanwhile is left out."""
    found = _windows_sticks() if sys.platform == "win32" else _linux_sticks()
    return tuple(sorted(found, key=lambda stick: str(stick.path)))


def check_drive(folder: Path) -> str:
    """Raise UserError when `folder` is on a share or a removable drive; return a warning when it cannot be told."""
    kind = _windows_drive(folder) if sys.platform == "win32" else _linux_drive(folder)
    if kind == "network":
        raise UserError(
            tr("工作区不能放在网络共享上：{folder}", folder=folder), tr("请放在本机硬盘，用上报包交换数据。")
        )
    if kind == "removable":
        raise UserError(
            tr("工作区不能放在优盘等可移动磁盘上：{folder}", folder=folder),
            tr("请放在本机硬盘，用上报包交换数据。"),
        )
    if kind == "unknown":
        return tr("无法判断工作区所在磁盘的类型；请确认是本机硬盘。")
    return ""


def _linux_drive(folder: Path) -> str:
    mounts = Path("/proc/self/mountinfo")
    if not mounts.is_file():
        return "unknown"
    mount = _mount_of(folder.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))
    if mount is None:
        return "unknown"
    device, file_system = mount
    if file_system in NETWORK_FILE_SYSTEMS:
        return "network"
    return "removable" if _is_removable(device) else "fixed"


def _mount_of(folder: Path, mounts: str) -> tuple[str, str] | None:
    """Return (major:minor, file system) of the mount that holds `folder`, by proc(5) mountinfo."""
    holding = [
        (len(point.parts), line, device, file_system)
        for line, (point, device, file_system) in enumerate(_mounts(mounts))
        if folder.is_relative_to(point)
    ]
    # The longest; later lines hide earlier ones of the same point, for the last mount is what one sees.
    return max(holding)[2:] if holding else None


def _mounts(text: str) -> Iterator[tuple[Path, str, str]]:
    """Yield (mount point, major:minor, file system) of each line of proc(5) mountinfo."""
    for line in text.splitlines():
        left, _, right = line.partition(" - ")
        columns = left.split()
        if len(columns) >= 5 and right:
            yield Path(_unescaped(columns[4])), columns[2], right.split()[0]


def _unescaped(text: str) -> str:
    """Return a mount point as it is called: space, tab, line feed and backslash stand there in octal."""
    for written, meant in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(written, meant)
    return text


def _linux_sticks() -> Iterator[Stick]:
    mounts = Path("/proc/self/mountinfo")
    if not mounts.is_file():
        return
    for point, device, _ in _mounts(mounts.read_text(encoding="utf-8", errors="replace")):
        if _is_removable(device) or _is_on_usb(device):
            yield from _stick(point, point.name)


def _is_on_usb(device: str) -> bool:
    """True for a disk behind USB that does not call itself removable, as large ones do."""
    return "/usb" in os.path.realpath(f"/sys/dev/block/{device}")


def _stick(path: Path, label: str) -> Iterator[Stick]:
    try:
        room = shutil.disk_usage(path)
    except OSError:
        return
    yield Stick(path, label, room.free, room.total)


def _is_removable(device: str) -> bool:
    block = Path("/sys/dev/block") / device
    # A partition does not know it; the disk above it does.
    for place in (block / "removable", block / ".." / "removable"):
        try:
            if place.read_text(encoding="ascii").strip() == "1":
                return True
        except OSError:
            continue
    return False


def _windows_sticks() -> Iterator[Stick]:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    present = kernel.GetLogicalDrives()
    for number, letter in enumerate(_LETTERS):
        root = f"{letter}:\\"
        if not present >> number & 1 or kernel.GetDriveTypeW(root) != _WINDOWS_REMOVABLE:
            continue
        label = ctypes.create_unicode_buffer(_LONGEST_LABEL)
        nothing_else = (None, None, None, None, 0)
        if kernel.GetVolumeInformationW(root, label, len(label), *nothing_else):  # false for a reader without a card
            yield from _stick(Path(root), label.value)


def _windows_drive(folder: Path) -> str:
    import ctypes

    root = os.path.splitdrive(folder.resolve())[0] + "\\"
    kind = ctypes.windll.kernel32.GetDriveTypeW(root)  # type: ignore[attr-defined,unused-ignore]
    return {_WINDOWS_REMOVABLE: "removable", _WINDOWS_REMOTE: "network", _WINDOWS_FIXED: "fixed"}.get(kind, "unknown")
