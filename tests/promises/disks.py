"""Places that cannot be written to, or not any more, as the system makes them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _mount(*options: object) -> None:
    done = subprocess.run(["mount", *map(str, options)], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"this system does not let us mount: {done.stderr.strip()}")


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Path]:
    """Yield `folder` as a disk of its own that holds no more than so much; needs the right to mount."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill_up(disk: Path, left: int) -> Path:
    """Write one file that leaves `left` bytes free on the disk; return it."""
    free = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(b"\1" * (free.f_bavail * free.f_frsize - left))
    return filler


@contextmanager
def write_protected(folder: Path) -> Iterator[Path]:
    """Yield `folder` as one that can be read only: by its mode, and for root by a mount."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)
        return
    _mount("--bind", folder, folder)
    try:
        _mount("-o", "remount,bind,ro", folder)
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
