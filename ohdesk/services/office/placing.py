"""Putting a new workspace in its place: wholly there or not at all, also when the program dies meanwhile."""

import os
import shutil
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ohdesk.errors import MachineError, UserError
from ohdesk.files import partial_of, sync_folder
from ohdesk.i18n import tr


@contextmanager
def made_beside(folder: Path, ours: Container[str], aside: Path | None = None) -> Iterator[Path]:
    """Yield a new folder that takes the place of `folder` when the block ends well; else nothing of it is left.

    ours: the names of all that the block puts there; what is left of one that died is told by them · aside: where a
    folder that stands there already, and is not empty, is moved whole.  Raises MachineError where it cannot be written,
    UserError where what is to hold it is no folder.
    """
    new = partial_of(folder)
    existed, moved = folder.exists(), False
    _clear(new, ours)  # of one that died
    try:
        new.mkdir(parents=True)
        if os.name == "posix":
            # Other accounts of the machine have no business even with cipher texts; Windows profiles are closed
            # already.
            new.chmod(0o700)
        yield new
        sync_folder(new)
        if aside is not None:
            folder.rename(aside)
        elif existed:
            folder.rmdir()  # empty; Windows renames onto no folder at all
        new.rename(folder)
        moved = True
        sync_folder(folder.parent)
    except BaseException as error:
        with suppress(OSError):
            # Dying between the two renames leaves the old one beside, under a name that says so; failing puts it back.
            if moved and aside is not None:
                folder.rename(new)
                moved = False
            if aside is not None and aside.exists() and not folder.exists():
                aside.rename(folder)
        # In its place as well: whoever is told that nothing was left tries again.
        _clear(folder if moved and aside is None else new, ours)
        with suppress(OSError):
            if existed and not folder.exists():
                folder.mkdir()
        if isinstance(error, NotADirectoryError):
            raise UserError(
                tr("这里不是文件夹：{folder}", folder=folder.parent), tr("请另选文件夹；没有留下任何文件。")
            ) from error
        if isinstance(error, OSError):
            raise MachineError(
                tr("工作区放不到这里，这个文件夹不能写入：{folder}", folder=folder),
                tr("请检查磁盘空间和写入权限，或另选文件夹；没有留下任何文件。"),
            ) from error
        raise


def _clear(new: Path, ours: Container[str]) -> None:
    # Only what we put there: somebody may have a folder of this name.
    if new.is_dir() and all(path.name in ours for path in new.iterdir()):
        with suppress(OSError):
            shutil.rmtree(new)
