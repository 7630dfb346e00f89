"""A paper from making to served, by keys alone: each step where one looks for it, what is wanting at its field."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from ohdesk.domain.paper_life import PaperState
from ohdesk.services.paper import life, listing
from ohdesk.services.paper.export import paper_file
from ohdesk.services.paper.subject import Subject
from ohdesk.ui import theme
from ohdesk.ui.desk import Desk
from ohdesk.ui.kit import scan_page
from tests.gui.exchanging import alt
from tests.gui.hands import type_into
from tests.gui.showing import bring_forward
from tests.printed import pages_of
from tests.scanned import jpeg, printed
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import INQUIRY, World

Key = Qt.Key


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return record_world.final(tmp_path_factory.mktemp("papers") / "town")


class Seat:
    """Whoever sits before the papers of the visit."""

    def __init__(self, ctx, world: World, jobs, qtbot) -> None:
        self.ctx, self.jobs, self.qtbot = ctx, jobs, qtbot
        self.desk = Desk(ctx, jobs)
        qtbot.addWidget(self.desk)
        self.desk.resize(QSize(1366, 705))
        bring_forward(self.desk, qtbot)
        self.desk.show_screen("record", f"papers-of-visit:{world.visit}")
        self.settle()

    @property
    def paper(self):
        return self.desk.screen_of("record").lives.paper

    def settle(self) -> None:
        for _ in range(3):
            self.jobs.wait()
            QTest.qWait(theme.layout("selection_rests_ms"))

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier, times: int = 1) -> None:
        for _ in range(times):
            self.qtbot.keyClick(self.focus, key, modifier)
        self.settle()

    def alt(self, letter: str) -> None:
        alt(self.qtbot, self.desk, letter)
        self.settle()

    def enter(self, text: str) -> None:
        type_into(self.qtbot, self.focus, text)

    @property
    def focus(self) -> QWidget:
        return self.desk.focusWidget() or self.desk


@pytest.fixture
def seat(world, jobs, qtbot) -> Iterator[Callable[[], Seat]]:
    with ExitStack() as opened:
        yield lambda: Seat(opened.enter_context(world.opened()), world, jobs, qtbot)
        jobs.wait()


def test_an_opinion_goes_from_making_to_served_by_keys_alone(seat, world):
    at = seat()
    flow = at.desk.screen_of("record").lives
    at.press(Key.Key_Tab)
    while flow.papers.offered.current.paper != "opinion":
        at.press(Key.Key_Down)
    at.press(Key.Key_Return)
    assert at.paper.form.isVisible()
    at.alt("P")
    assert at.paper.form.fields["opinion"].error
    before = at.paper.pdf.count
    at.enter("装设局部排风罩。")
    at.alt("S")
    at.alt("P")
    at.enter("陶镕")
    at.press(Key.Key_Return)
    at.alt("P")
    at.press(Key.Key_Return)
    at.alt("P")
    at.press(Key.Key_Return)
    assert at.paper.opened.entry.state is PaperState.SEALED
    at.desk.show_screen("today")
    at.settle()
    (line,) = (each for each in at.desk.findChildren(QPushButton) if "1 份文书未送达" in each.accessibleName())
    line.setFocus()
    at.press(Key.Key_Return)
    assert at.paper.isVisible()
    at.alt("P")
    at.press(Key.Key_Return)
    assert at.paper.asking.fields["way"].error
    at.press(Key.Key_Down)
    at.press(Key.Key_Tab, times=2)
    at.enter("陈某")
    at.press(Key.Key_Return)
    entry = at.paper.opened.entry
    assert (entry.state, entry.fields["served_way"], before) == (PaperState.SERVED, "direct", at.paper.pdf.count)
    at.press(Key.Key_Escape)
    (row,) = (row for row in flow.papers.list.shown if row.id == entry.id)
    assert (row.title, row.state) == ("卫生监督意见书", PaperState.SERVED)


def test_what_cannot_be_made_says_why_and_what_is_typed_is_asked_about_before_it_goes(seat, world):
    at = seat()
    flow = at.desk.screen_of("record").lives
    at.press(Key.Key_Tab)
    at.press(Key.Key_End)
    assert flow.papers.offered.current.paper == "patrol_note"
    assert "受委托" in flow.papers.why.text()
    assert not flow.papers.make.isEnabled()
    at.press(Key.Key_Return)
    flow.papers.offered.select("opinion")
    at.settle()
    at.alt("N")
    at.enter("口罩换新。")
    at.press(Key.Key_Escape)
    assert at.paper.form.isVisible()
    kept = at.desk.screen_of("record").draft()
    assert kept.values["opinion"] == "口罩换新。"
    at.alt("Y")
    assert flow.papers.isVisible()
    made = [row for row in listing.list_papers(at.ctx, world.visit) if row.state is PaperState.DRAFT]
    assert [row.paper for row in made] == ["opinion"]


def test_a_note_comes_back_through_its_page_and_another_paper_does_not(seat, world, tmp_path, monkeypatch):
    with world.opened() as ctx:
        note, other = (life.new_paper(ctx, "inquiry", Subject(visit=world.visit), INQUIRY) for _ in range(2))
        life.make(ctx, note)
        life.make(ctx, other)
        pictures = {each: pictures_of(paper_file(ctx, each).pdf, tmp_path / each) for each in (note, other)}
    at = seat()
    at.desk.show_screen("record", f"paper:{note}")
    at.settle()
    at.alt("P")
    scans = at.desk.screen_of("record").lives.scans
    for of in (other, note):
        monkeypatch.setattr(scan_page, "choose_files", lambda *_, of=of: pictures[of])
        scans.choose()
        at.settle()
        at.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert scans.isVisible() == (of == other)
        if of == other:  # told, and taken out again
            at.press(Key.Key_Delete, times=len(pictures[other]))
    assert at.paper.opened.entry.state is PaperState.SIGNED


def pictures_of(pdf: bytes, folder: Path) -> list[Path]:
    """Write a picture of each page, upside down."""
    folder.mkdir()
    found = []
    for number in range(1, len(pages_of(pdf)) + 1):
        found.append(folder / f"{number}.jpg")
        found[-1].write_bytes(jpeg(printed(pdf, number, 120).rotate(180)))
    return found
