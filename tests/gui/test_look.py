"""What keeps the window legible: tokens, contrast, names and keys for everything, and room at every size."""

import re
import shutil
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QIcon
from PySide6.QtWidgets import QApplication

import ohdesk.ui
from ohdesk.demo import towns, world
from ohdesk.screenshots import PARTS
from ohdesk.screenshots.stage import Stage
from ohdesk.ui import display, preferences, theme
from ohdesk.ui.routes import routes
from ohdesk.ui.theme.icons import icon
from ohdesk.ui.window import Window
from tests.gui import looking

UI = Path(ohdesk.ui.__file__).parent
TEXT, EDGE = 4.5, 3.0
PAIRS = (
    ("text", "surface", TEXT),
    ("text", "window", TEXT),
    ("text", "accent_soft", TEXT),
    ("text_2", "surface", TEXT),
    ("text_2", "window", TEXT),
    ("text_2", "sunken", TEXT),
    ("text_2", "accent_soft", TEXT),
    ("text_2", "ok_soft", TEXT),
    ("text_2", "line", TEXT),
    ("text_3", "surface", TEXT),
    ("text_3", "window", TEXT),
    ("text_3", "accent_soft", EDGE),
    ("text_3", "line", EDGE),
    ("accent", "surface", TEXT),
    ("accent", "accent_soft", TEXT),
    ("on_accent", "accent", TEXT),
    ("on_accent", "accent_hover", TEXT),
    ("ok", "ok_soft", TEXT),
    ("ok", "surface", TEXT),
    ("ok", "accent_soft", TEXT),
    ("warn", "warn_soft", TEXT),
    ("warn", "surface", TEXT),
    ("warn", "sunken", TEXT),
    ("bad", "bad_soft", TEXT),
    ("bad", "surface", TEXT),
    ("bad", "window", TEXT),
    ("bad", "accent_soft", TEXT),
    ("text", "warn_soft", TEXT),
    ("text_2", "bad_soft", TEXT),
    ("text", "ok_soft", TEXT),
    ("text", "bad_soft", TEXT),
    ("text_2", "warn_soft", TEXT),
    ("accent", "ok_soft", TEXT),
    ("accent", "bad_soft", TEXT),
    ("accent", "window", TEXT),
    ("ink", "paper", TEXT),
    ("paper_hint", "paper", TEXT),
    ("paper_line", "paper", EDGE),
    ("outline", "surface", EDGE),
    ("outline", "window", EDGE),
    ("outline", "accent_soft", EDGE),
)


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_every_pair_of_tokens_can_be_read(name, ink, ground, least):
    colours = theme.colours(name)
    light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_both_themes_know_the_same_tokens():
    tokens = tomllib.loads((UI / "theme" / "tokens.toml").read_text(encoding="utf-8"))
    assert tokens["light"].keys() == tokens["dark"].keys()


@pytest.mark.parametrize(
    "path", sorted((UI / "screens").rglob("*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_screens_hold_no_colour_no_pixels_no_style_sheet_and_no_box(path):
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"#[0-9A-Fa-f]{6}\b|\d+px|setStyleSheet|QMessageBox|QColor\(", source)
    assert not re.search(
        r"set(Fixed|Minimum|Maximum)(Width|Height|Size)\((?!\d \* theme)\d|setSpacing\([1-9]|addSpacing\(\d", source
    )


def test_the_font_is_loaded_before_anything_is_shown(themed):
    metrics = QFontMetrics(themed.font())
    assert all(metrics.inFontUcs4(ord(character)) for character in "职业健康检查合格✓")
    assert QFontInfo(themed.font()).pixelSize() == theme.size("font_body")


def test_every_icon_asked_for_is_there(themed):
    asked = set()
    for path in UI.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'\b(?:icon|action|primary_action)\("(\w+)"', source))
    asked |= {route.icon for route in routes()}
    assert asked
    assert not any(icon(role).isNull() for role in asked)


@pytest.mark.parametrize(("tint", "off"), [("on_accent", "text_2"), ("text_2", "outline"), ("bad", "outline")])
def test_the_icon_of_a_disabled_button_can_be_seen_and_looks_disabled(themed, tint, off):
    drawn = icon("lock", tint).pixmap(theme.size("icon"), QIcon.Mode.Disabled).toImage()
    pixels = [drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
    assert max(pixels, key=QColor.alpha).name() == theme.colour(off).name()


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_marks_of_check_boxes_have_the_colours_of_their_theme(name):
    drawn = "".join(path.read_text(encoding="utf-8") for path in (UI / "theme" / name).glob("*.svg"))
    assert set(re.findall(r"#[0-9A-F]{6}", drawn)) <= set(theme.colours(name).values())


WIDE, NARROW, SMALL = QSize(1366, 705), QSize(1093, 564), QSize(910, 480)  # at 100, 125, 150 % of 1366 × 768
SIZES = {"long words": (WIDE, NARROW), "large type": (WIDE,), "small screen": (SMALL,)}
STRETCH, SCALE = "150", 130


@pytest.fixture(scope="session")
def demo(themed, tmp_path_factory):
    """A small demonstration world, with passwords that are quick to try."""
    out = tmp_path_factory.mktemp("look") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(towns.LIST_SIZES, "town", 40)  # of the others another process asks
        world.build(out)
    return out


@pytest.fixture
def look(request, own_settings, monkeypatch):
    """Every text half as long again, type as large as it gets, or as usual; afterwards as before."""
    if request.param == "long words":
        monkeypatch.setenv("OHDESK_STRETCH", STRETCH)
    elif request.param == "large type":
        preferences.SCALE.choose(SCALE)
    display.apply()
    yield request.param
    preferences.SCALE.choose(preferences.SCALE.usual)
    display.apply()


@pytest.mark.parametrize("look", SIZES, indirect=True)
@pytest.mark.parametrize("part", PARTS)
def test_every_state_of_every_screen_can_be_read_and_worked_by_keys(demo, look, part, tmp_path, monkeypatch):
    shutil.copytree(demo, tmp_path / "demo")
    shown = Stage(tmp_path, WIDE)
    flashes = looking.Flashes(Window)
    QApplication.instance().installEventFilter(flashes)
    try:
        pictures = import_module(f"ohdesk.screenshots.{part}").pictures(shown)
        found = [
            f"{name} {size.width()}: {complaint}"
            for name, window in pictures
            for size in SIZES[look]
            for complaint in complaints(window, size)
        ]
    finally:
        QApplication.instance().removeEventFilter(flashes)
        shown.close()
        throw_away_windows()
    assert found + flashes.seen == []


def throw_away_windows():
    """Closed windows would be restyled with every change of the display."""
    for each in QApplication.topLevelWidgets():
        if each.windowType() is not Qt.WindowType.Popup:  # which goes with the line that it completes
            each.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def complaints(window, size):
    """What is wrong with a window of this size."""
    window.resize(size)
    for _ in range(3):
        QApplication.processEvents()
    found = {
        "nameless": looking.nameless(window),
        "no key": looking.keyless(window),
        "not reached by Tab": looking.unreachable(window),
        "letter": looking.letters_twice(window),
        "key in no table": looking.unlisted(window),
        "cut off": looking.cut_off(window),
        "too wide": looking.too_wide(window),
        "outside": looking.outside(window),
        "nothing said of an empty list": looking.empty_lists(window),
        "window grew": [] if window.size() == size else [str(window.size())],
    }
    return [f"{kind}: {thing}" for kind, things in found.items() for thing in things]
