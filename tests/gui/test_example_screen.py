"""The example of the guide for a new screen, used by keyboard over a real workspace."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from PySide6.QtCore import Qt

from ohdesk.services.office import people
from tests.gui.exchanging import alt
from tests.gui.showing import in_front

EXAMPLE = Path(__file__).parents[2] / "docs" / "howto" / "example_screen.py"
CTRL = Qt.KeyboardModifier.ControlModifier


def example():
    spec = spec_from_file_location("example_screen", EXAMPLE)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_lists_asks_refuses_adds_and_finds_by_keyboard(ctx, jobs, qtbot, commit_text):
    people.add_person(ctx, "罗杉", "technical_person")
    screen = in_front(example().PeopleScreen(ctx, jobs), qtbot)

    def press(key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(screen.focusWidget(), key, modifier)

    assert [row.name for row in screen.list.shown] == ["罗杉"]
    alt(qtbot, screen, "A")
    press(Qt.Key.Key_Return)
    assert screen.form.fields["name"].error == "请填写。"
    commit_text(screen.focusWidget(), "王喆")
    press(Qt.Key.Key_Return)  # as an inspector, who needs a certificate
    assert screen.form.isVisible()
    assert [row.name for row in people.list_people(ctx)] == ["罗杉"]
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert not screen.form.isVisible()
    assert [(row.name, row.role) for row in people.list_people(ctx)] == [
        ("王喆", "assistant"),
        ("罗杉", "technical_person"),
    ]
    press(Qt.Key.Key_F, CTRL)
    commit_text(screen.focusWidget(), "王")
    assert [row.name for row in screen.list.shown] == ["王喆"]


def test_the_example_asks_before_it_throws_away_what_was_typed(ctx, jobs, qtbot, commit_text):
    screen = in_front(example().PeopleScreen(ctx, jobs), qtbot)
    alt(qtbot, screen, "A")
    commit_text(screen.focusWidget(), "王喆")
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Escape)
    assert screen.form.isVisible()
    assert screen.form.value("name") == "王喆"


def test_the_example_takes_less_than_sixty_lines():
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) < 60
