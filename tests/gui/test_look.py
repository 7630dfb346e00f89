"""What keeps the window legible: tokens, contrast, names for everything, and room at every size."""

import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontInfo, QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
)

import ohdesk.ui
from ohdesk.services import establishments, inspections
from ohdesk.ui import theme
from ohdesk.ui.desk import Desk, keys, routes
from ohdesk.ui.screens.unlock.screen import UnlockScreen
from ohdesk.ui.theme.icons import icon
from ohdesk.ui.window import Window
from tests.visiting import started_visit

UI = Path(ohdesk.ui.__file__).parent
TEXT, EDGE = 4.5, 3.0
PAIRS = (
    ("text", "surface", TEXT),
    ("text", "window", TEXT),
    ("text", "accent_soft", TEXT),
    ("text_2", "surface", TEXT),
    ("text_2", "window", TEXT),
    ("text_2", "sunken", TEXT),
    ("text_3", "surface", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "accent_soft", TEXT),
    ("on_accent", "accent", TEXT),
    ("on_accent", "accent_hover", TEXT),
    ("ok", "ok_soft", TEXT),
    ("ok", "surface", TEXT),
    ("warn", "warn_soft", TEXT),
    ("warn", "surface", TEXT),
    ("bad", "bad_soft", TEXT),
    ("bad", "surface", TEXT),
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
    assert not re.search(r"set(Fixed|Minimum|Maximum)(Width|Height|Size)\(\d|setSpacing\([1-9]|addSpacing\(\d", source)


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


@pytest.fixture
def desk(ctx, jobs, qtbot):
    visit = started_visit(ctx)
    for number in range(30):
        establishments.add(ctx, {"name": f"名称相当长的职业健康检查测试用化工制品制造有限责任公司{number}"})
    question = inspections.open_form(ctx, visit).form.questions[0].id
    inspections.save_place(ctx, visit, question)
    desk = Desk(ctx, jobs)
    qtbot.addWidget(desk)
    desk.resize(QSize(1366, 705))
    desk.show()
    for route in routes():
        desk.show_screen(route.name)
    return desk


def test_every_field_list_and_picture_button_has_a_name(desk, qtbot):
    unlock = UnlockScreen(None)
    qtbot.addWidget(unlock)
    for root in (desk, unlock):
        for kind in (QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView):
            named = (each for each in root.findChildren(kind) if not isinstance(each, QHeaderView))
            nameless = [each for each in named if not _name(each)]
            assert nameless == []
        buttons = [each for each in root.findChildren(QPushButton) if not each.isHidden()]
        assert [each for each in buttons if not (each.text() or _name(each))] == []


def _name(widget):
    inner = widget.parentWidget()
    inside_another = isinstance(inner, QComboBox) or (inner is not None and isinstance(inner.parentWidget(), QComboBox))
    return widget.accessibleName() or inside_another or widget.objectName().startswith("qt_")


def test_every_button_can_be_pressed_without_a_mouse(desk, qtbot):
    unlock = UnlockScreen(None)
    qtbot.addWidget(unlock)
    for root in (desk, unlock):
        for button in root.findChildren(QPushButton):
            in_a_group = button.group() is not None  # arrows move inside a group, Tab enters it
            assert in_a_group or button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.text()


def test_every_shortcut_stands_in_the_table_of_keys(qtbot, desk):
    window = Window(None)
    qtbot.addWidget(window)
    listed = {part.strip() for key in keys() for part in re.split(r"\s*(?:/|或|、)\s*|\s+", key.key)} | {"Esc"}
    found = {
        each.key().toString(QKeySequence.SequenceFormat.PortableText)
        for root in (window, desk)
        for each in root.findChildren(QShortcut)
    }
    assert found - listed == set()


@pytest.mark.parametrize(("width", "height"), [(1366, 705), (1093, 564)])
@pytest.mark.parametrize("stretch", ["100", "150"])
def test_nothing_is_cut_off(ctx, jobs, qtbot, monkeypatch, width, height, stretch):
    monkeypatch.setenv("OHDESK_STRETCH", stretch)
    started_visit(ctx)
    desk = Desk(ctx, jobs)
    qtbot.addWidget(desk)
    desk.resize(QSize(width, height))
    desk.show()
    screens = [desk.screen_of(route.name) for route in routes()]
    steps = [
        lambda: desk.show_screen("establishments"),
        screens[0].add,
        screens[0].back,
        lambda: desk.show_screen("inspection"),
        screens[1].show_visits,
    ]
    for step in steps:
        step()
        QApplication.processEvents()
        assert desk.size() == QSize(width, height)
        assert cut_off(desk) == []


@pytest.mark.parametrize("stretch", ["100", "150"])
def test_no_question_is_wider_than_the_room_it_has(ctx, jobs, qtbot, monkeypatch, stretch):
    monkeypatch.setenv("OHDESK_STRETCH", stretch)
    form = inspections.open_form(ctx, started_visit(ctx)).form
    desk = Desk(ctx, jobs)
    qtbot.addWidget(desk)
    desk.resize(QSize(1093, 564))
    desk.show()
    desk.show_screen("inspection")
    screen = desk.screen_of("inspection")
    for section in form.sections:
        screen.show_question(next(each.id for each in form.questions if each.section == section.id))
        QApplication.processEvents()
        wide = [area for area in desk.findChildren(QScrollArea) if area.widget() is not None and area.isVisible()]
        assert [area.widget().width() - area.viewport().width() for area in wide] == [0] * len(wide), section.title


def cut_off(root):
    """Return the texts of the labels and buttons on screen that have less room than they need."""
    short = []
    for widget in (*root.findChildren(QPushButton), *root.findChildren(QLabel)):
        if not widget.isVisible() or not widget.text() or _is_scrolled(widget):
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        needed = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
        if widget.height() < needed or (not wraps and widget.width() < widget.sizeHint().width()):
            short.append(widget.text())
    return short


def _is_scrolled(widget):
    while widget is not None:
        if isinstance(widget, QScrollArea):
            return True
        widget = widget.parentWidget()
    return False
