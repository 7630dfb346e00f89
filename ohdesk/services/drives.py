"""Where a live database may stand: on a local, fixed disk; never on a share or a stick."""

import os
import sys
from pathlib import Path

from ohdesk.errors import UserError
from ohdesk.i18n import tr

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "davfs", "fuse.davfs2", "fuse.sshfs", "fuse.rclone", "9p"}
)
_WINDOWS_REMOVABLE, _WINDOWS_REMOTE, _WINDOWS_FIXED = 2, 4, 3  # GetDriveTypeW


def check_drive(folder: Path) -> str:
    """Raise UserError when `folder` is on a share or a removable drive; return a warning when it cannot be told."""
    kind = _windows_drive(folder) if sys.platform == "win32" else _linux_drive(folder)
    if kind == "network":
        raise UserError(
            tr("工作区不能放在网络共享上：{folder}").format(folder=folder), tr("请放在本机硬盘，用上报包交换数据。")
        )
    if kind == "removable":
        raise UserError(
            tr("工作区不能放在 U 盘等可移动磁盘上：{folder}").format(folder=folder),
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
    best: tuple[int, str, str] | None = None
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        columns = left.split()
        if len(columns) < 5 or not right:
            continue
        point = Path(columns[4].replace("\\040", " "))
        if folder == point or point in folder.parents:
            length = len(point.parts)
            if best is None or length >= best[0]:
                best = (length, columns[2], right.split()[0])
    return None if best is None else best[1:]


def _is_removable(device: str) -> bool:
    block = Path("/sys/dev/block") / device
    for place in (block / "removable", block / ".." / "removable"):
        try:
            if place.read_text(encoding="ascii").strip() == "1":
                return True
        except OSError:
            continue
    return False


def _windows_drive(folder: Path) -> str:
    import ctypes

    root = os.path.splitdrive(folder.resolve())[0] + "\\"
    kind = ctypes.windll.kernel32.GetDriveTypeW(root)  # type: ignore[attr-defined,unused-ignore]
    return {_WINDOWS_REMOVABLE: "removable", _WINDOWS_REMOTE: "network", _WINDOWS_FIXED: "fixed"}.get(kind, "unknown")
