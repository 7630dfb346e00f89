"""The workspaces opened before on this machine, the last one first, each with its last account."""

from pathlib import Path

from PySide6.QtCore import QSettings

# On this machine only: which workspaces somebody opens is no part of any of them.
_KEY = "workspace/recent"
_MOST = 5


def remember(folder: Path, account: str) -> None:
    """Put a workspace first."""
    rows = [f"{folder}\n{account}", *(f"{other}\n{name}" for other, name in _rows() if other != folder)]
    QSettings().setValue(_KEY, rows[:_MOST])


def forget(folder: Path) -> None:
    """Forget a folder and what lies in it: it is gone."""
    rows = [f"{other}\n{name}" for other, name in _rows() if folder not in (other, *other.parents)]
    QSettings().setValue(_KEY, rows)


def remembered_folders() -> tuple[Path, ...]:
    """Return the workspaces that are still there."""
    return tuple(folder for folder, _account in _rows() if folder.is_dir())


def last_account(folder: Path) -> str:
    """Return the account with which a workspace was opened last; empty when unknown."""
    return next((account for other, account in _rows() if other == folder), "")


def _rows() -> list[tuple[Path, str]]:
    value = QSettings().value(_KEY)
    lines = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [(Path(folder), account) for folder, _, account in (str(line).partition("\n") for line in lines)]
