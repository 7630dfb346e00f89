"""The theme: type that grows, panels that grow less, and marks in the colours of their theme."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFontInfo, QImageReader

from ohdesk.ui import preferences, theme
from ohdesk.ui.theme import apply_theme

HERE = Path(theme.__file__).parent


@pytest.fixture
def themed_as(themed):
    yield lambda name, scale: apply_theme(themed, name, scale)
    apply_theme(themed, "light", 100)


@pytest.mark.parametrize("scale", [90, 100, 115, 130])
def test_type_grows_as_chosen_and_times_do_not(themed, themed_as, scale):
    themed_as("light", scale)
    assert QFontInfo(themed.font()).pixelSize() == theme.size("font_body") == round(14 * scale / 100)
    assert theme.layout("progress_after_ms") == 600
    assert theme.size("gap") == 16


def test_at_130_per_cent_panels_grow_by_less_than_type(themed_as):
    narrow = theme.size("sidebar")
    themed_as("light", 130)
    assert narrow < theme.size("sidebar") < narrow * 1.3


@pytest.mark.parametrize("name", theme.THEMES)
def test_a_theme_sets_the_palette_for_what_is_disabled_too(themed, themed_as, name):
    themed_as(name, 100)
    palette, colours = themed.palette(), theme.colours(name)
    assert palette.color(palette.ColorGroup.Normal, palette.ColorRole.Text).name() == colours["text"].lower()
    assert palette.color(palette.ColorGroup.Disabled, palette.ColorRole.Text).name() == colours["text_3"].lower()
    assert palette.color(palette.ColorRole.Link).name() == colours["accent"].lower()


def test_the_systems_choice_is_one_of_the_two(themed_as):
    preferences.THEME.choose(preferences.SYSTEM)
    themed_as(preferences.theme_name(), 100)
    assert theme.colour("window").name() in {theme.colours(name)["window"].lower() for name in theme.THEMES}


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_marks_of_a_theme_have_its_colours_and_no_others(themed, name):
    colours = set(theme.colours(name).values())
    drawn = sorted((HERE / name).glob("*.svg"))
    assert drawn
    for path in drawn:
        assert set(re.findall(r"#[0-9A-Fa-f]{6}", path.read_text(encoding="utf-8"))) <= colours, path.name


def test_every_mark_the_style_sheet_names_is_there(themed):
    named = set(re.findall(r"url\(theme:\$\{theme\}/(\w+\.svg)\)", (HERE / "base.qss").read_text(encoding="utf-8")))
    assert named
    for name in theme.THEMES:
        assert all(QImageReader(f"theme:{name}/{mark}").canRead() for mark in named)
