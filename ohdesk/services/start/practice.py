"""The practice world: known by a mark beside its workspaces, so that it is never taken for the real thing."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ohdesk.domain.people import OfficeRole
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr

MARK = ".ohdesk-demo"
_LARGEST_MARK = 1 << 16  # bytes
_BESIDE_OFFICES = frozenset(
    {"bundles", "lists", "papers", "photo-pages", "publication", "records", "trust", "summary.json", "county"}
)
_IN_AN_OFFICE = ("backups", "blobs", "inbox", "outbox", "keys.json", "workspace.")


@dataclass(frozen=True, slots=True)
class PracticeOffice:
    """One workspace of the practice world. folder: its name in the world."""

    folder: str
    role: OfficeRole
    name: str


@dataclass(frozen=True, slots=True)
class PracticeWorld:
    """A practice world: where it is, its offices, and the password of every account; both empty while it is made."""

    folder: Path
    password: str = ""
    offices: tuple[PracticeOffice, ...] = ()


class _Mark(msgspec.Struct):
    password: str
    offices: tuple[PracticeOffice, ...]


def mark_as_practice(folder: Path, password: str = "", offices: Sequence[PracticeOffice] = ()) -> None:
    """Mark `folder` and what will be in it as practice; again with password and offices once they are made."""
    (folder / MARK).write_bytes(msgspec.json.encode(_Mark(password, tuple(offices))))


def is_practice(folder: Path) -> bool:
    """True for a practice world and for each workspace in it."""
    return _root(folder) is not None


def find_world(folder: Path) -> PracticeWorld | None:
    """Return the practice world that `folder` is, or is a workspace of; None for a real one."""
    root = _root(folder)
    if root is None:
        return None
    try:
        with (root / MARK).open("rb") as file:
            mark = msgspec.json.decode(file.read(_LARGEST_MARK), type=_Mark)
        return PracticeWorld(root, mark.password, mark.offices)
    except (OSError, ValueError, RecursionError):
        return PracticeWorld(root)  # a mark without content is a mark all the same


def make_world(folder: Path, make: Callable[[Path], object]) -> Path:
    """Have `make` make a practice world in a folder and return where it is.

    One that is there already is taken as it is; one left half way, also by a cancel, is taken away.
    """
    found = find_world(folder)
    if found is not None and found.offices:
        return found.folder
    try:
        make(folder)
    except BaseException:
        if (folder / MARK).is_file():  # else it is a folder of somebody's own, in which nothing was made
            throw_away(folder)
        raise
    return folder


def throw_away(folder: Path) -> None:
    """Delete the practice world that `folder` is, or is a workspace of.

    Raises UserError, deleting nothing, for any other folder, while one of its workspaces is open, and when
    something lies in it that is no part of a practice world.
    """
    from ohdesk.services.office.workspace import (
        is_open,  # late: the unlock screen asks for the mark before this is loaded
    )

    root = _root(folder)
    if root is None:
        raise UserError(tr("这个文件夹不是练习库：{folder}", folder=folder), tr("只能删除带练习库标记的文件夹。"))
    # People put their own files anywhere. Deleting a folder is only safe while everything in it is known.
    if foreign := sorted(_foreign(root)):
        raise UserError(
            tr("练习库文件夹里有别的内容：{names}", names="、".join(foreign[:5])),
            tr("请先把它们移到别处，再删除练习库；现在没有删除任何文件。"),
        )
    if any(is_open(each) for each in _offices(root)):
        raise UserError(tr("练习库正在另一个窗口中打开。"), tr("请先关闭那个窗口，再删除。"))
    try:
        _delete(root)
    except OSError as error:
        raise MachineError(
            tr("练习库没有删净：{folder}", folder=root), tr("请关闭正在使用其中文件的程序，再删除一次。")
        ) from error


def _root(folder: Path) -> Path | None:
    return next((place for place in (folder, folder.parent) if (place / MARK).is_file()), None)


def _offices(root: Path) -> Iterable[Path]:
    return (path for path in root.iterdir() if (path / "keys.json").is_file() and not path.is_symlink())


def _foreign(root: Path) -> Iterable[str]:
    """Return what lies in the world, or in one of its workspaces, and was not put there by the program."""
    for path in root.iterdir():
        known = path.name in _BESIDE_OFFICES or path.name == MARK or _is_town(path)
        if not known or path.is_symlink():
            yield path.name
    for office in _offices(root):
        for path in office.iterdir():
            if not path.name.startswith(_IN_AN_OFFICE):
                yield f"{office.name}/{path.name}"


def _is_town(path: Path) -> bool:
    head, _, number = path.name.partition("-")
    return head == "town" and (number.isdecimal() or not number)


def _delete(root: Path) -> None:
    """Delete everything, the mark last: what is left half way is still a practice world."""
    for path in root.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    (root / MARK).unlink()
    root.rmdir()
