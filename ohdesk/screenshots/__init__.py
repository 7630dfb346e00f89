"""Pictures of every screen, filled with the demonstration, for the manual and for judging by eye."""

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.app import make_application
from ohdesk.screenshots.stage import Shot, Stage
from ohdesk.ui import display, preferences

SIZE = QSize(1366, 705)
PARTS = (
    "first_run",
    "today",
    "roll",
    "draw",
    "visit",
    "visit_kinds",
    "finding",
    "record",
    "registers",
    "exchange",
    "county",
    "settings",
    "window",
)


class Look(NamedTuple):
    """How the pictures are taken: window size in device-independent pixels, theme, language."""

    size: QSize = SIZE
    theme: str = "light"
    language: str = "zh_CN"


USUAL = Look()


def grab_all(demo: Path, out: Path, look: Look = USUAL, parts: tuple[str, ...] = PARTS) -> list[Path]:
    """Write one PNG per screen and step into `out`; works on copies of the demonstration in `demo`."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)  # nobody's own widths and sizes, and none left behind
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, scratch)
        make_application(["ohdesk"])
        preferences.THEME.choose(look.theme)
        preferences.LANGUAGE.choose(look.language)
        display.apply()
        written = []
        for number, part in enumerate(parts):
            folder = Path(scratch) / part
            # Each part changes what it shows, and none must see what another one did.
            shutil.copytree(demo, folder / "demo")
            for name, picture in _pictures(part, folder, look.size):
                written.append(_save(out / f"{number:02}-{name}.png", picture))
        return written


def _pictures(part: str, scratch: Path, size: QSize) -> Iterator[Shot]:
    stage = Stage(scratch, size)
    try:
        yield from import_module(f"ohdesk.screenshots.{part}").pictures(stage)
    finally:
        stage.close()


def _save(path: Path, picture: QWidget) -> Path:
    # A change of layout asks for another round of events, which may ask for one more.
    for _ in range(4):
        QApplication.processEvents()
    picture.grab().save(str(path))
    return path
