"""Choosing files and folders: the only dialogs of the program; each starts where the last one ended."""

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from ohdesk.i18n import tr
from ohdesk.services.pictures.taking import ENDINGS

_LAST = "files/last_folder"


def choose_file(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Ask for one file; kinds: as in "名单 (*.xlsx *.csv)". None when nothing was chosen."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, _last_folder(), kinds)
    return _remembered(chosen)


def choose_files(parent: QWidget, title: str, kinds: str) -> tuple[Path, ...]:
    """Ask for any number of files of one folder; empty when nothing was chosen."""
    chosen, _ = QFileDialog.getOpenFileNames(parent, title, _last_folder(), kinds)
    return tuple(path for each in chosen if (path := _remembered(each)) is not None)


def picture_kinds() -> str:
    """Return the kinds of files that are photos, for `choose_file`."""
    return tr("照片 ({endings})", endings=" ".join(f"*{each}" for each in ENDINGS))


def choose_target(
    parent: QWidget, title: str, suggested: str, kinds: str, away_from: Path | None = None
) -> Path | None:
    """Ask where to write a file, with a name suggested; the dialog itself asks before one is replaced.

    away_from: a folder in and beside which it is not suggested
    """
    folder = Path(_last_folder())
    if away_from is not None and folder.is_relative_to(away_from.parent):
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DesktopLocation))
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(folder / suggested), kinds)
    return _remembered(chosen)


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder; None when nothing was chosen."""
    chosen = QFileDialog.getExistingDirectory(parent, title, _last_folder())
    if chosen:
        QSettings().setValue(_LAST, chosen)
    return Path(chosen) if chosen else None


def _last_folder() -> str:
    """Return where the last file was chosen; empty if that is gone, as after a stick was pulled out."""
    folder = str(QSettings().value(_LAST) or "")
    return folder if folder and Path(folder).is_dir() else ""


def _remembered(chosen: str) -> Path | None:
    if not chosen:
        return None
    QSettings().setValue(_LAST, str(Path(chosen).parent))
    return Path(chosen)
