"""The actual PDF on screen: pages in sight, keys, and a file that cannot be read."""

import io

import pytest
from PySide6.QtCore import Qt
from reportlab.pdfgen.canvas import Canvas

from ohdesk.ui.kit.pdf_view import PdfView

A4 = (595, 842)


def pdf(pages, size=A4):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size)
    for page in range(pages):
        canvas.setFillGray(0)
        canvas.rect(100, 100, 300, 300, fill=1)
        canvas.drawString(100, 700, f"page {page + 1}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.fixture
def view(qtbot, jobs):
    made = PdfView(jobs)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


@pytest.fixture
def three(view, qtbot):
    view.show_pdf(pdf(3))
    qtbot.waitUntil(lambda: view.pages.has_picture(0))
    return view


def test_the_first_page_is_drawn_and_the_last_one_not_yet(three):
    assert (three.count, three.text) == (3, "")
    assert not three.pages.has_picture(2)
    assert "第 1 / 3 页" in three.pages.accessibleDescription()


def test_what_is_on_the_page_is_on_the_screen(three):
    shown = three.pages.grab().toImage()
    middle = shown.width() // 2
    colours = {shown.pixelColor(middle, y).lightness() for y in range(10, shown.height() - 10)}
    assert max(colours) > 250
    three.pages.verticalScrollBar().setValue(400)
    scrolled = three.pages.grab().toImage()
    assert min(scrolled.pixelColor(middle, y).lightness() for y in range(10, shown.height() - 10)) < 20


def test_keys_go_to_the_end_and_back_and_pages_are_drawn_on_the_way(three, qtbot):
    qtbot.keyClick(three.pages, Qt.Key.Key_End)
    assert three.pages.page == 2
    qtbot.waitUntil(lambda: three.pages.has_picture(2))
    qtbot.keyClick(three.pages, Qt.Key.Key_Home)
    assert three.pages.page == 0
    qtbot.keyClick(three.pages, Qt.Key.Key_PageDown)
    assert 0 < three.pages.verticalScrollBar().value() < three.pages.viewport().height()
    qtbot.keyClick(three.pages, Qt.Key.Key_PageUp)
    assert three.pages.verticalScrollBar().value() == 0


def test_plus_and_minus_zoom_and_the_width_comes_back(three, qtbot):
    fitting = three.pages.zoom
    qtbot.keyClick(three.pages, Qt.Key.Key_Plus)
    assert three.pages.zoom > fitting
    qtbot.keyClick(three.pages, Qt.Key.Key_Minus)
    qtbot.keyClick(three.pages, Qt.Key.Key_Minus)
    assert three.pages.zoom < fitting
    three.pages.fit()
    assert three.pages.zoom == pytest.approx(fitting)


def test_two_pages_lie_side_by_side(three, qtbot):
    three.pages.fit(2)
    qtbot.waitUntil(lambda: three.pages.has_picture(1))
    assert three.pages.horizontalScrollBar().maximum() == 0


def test_a_wider_pane_shows_the_same_place_larger(three, qtbot):
    three.pages.go_to(1)
    before = three.pages.zoom
    three.resize(900, 500)
    qtbot.waitUntil(lambda: three.pages.zoom > before)
    assert three.pages.page == 1


def test_a_broken_pdf_says_so_in_its_place(view, qtbot):
    view.show_pdf(pdf(2)[:400])
    qtbot.waitUntil(lambda: "损坏" in view.text)
    assert view.count == 0
    view.show_pdf(pdf(2))
    qtbot.waitUntil(lambda: view.pages.has_picture(0))
    assert view.text == ""


def test_of_two_pdfs_asked_for_at_once_the_second_is_shown(view, qtbot):
    view.show_pdf(pdf(5))
    view.show_pdf(pdf(2))
    qtbot.waitUntil(lambda: view.pages.has_picture(0))
    assert view.count == 2


def test_the_same_pdf_again_stays_where_it_is(view, qtbot):
    data = pdf(3)
    view.show_pdf(data)
    qtbot.waitUntil(lambda: view.pages.has_picture(0))
    view.pages.go_to(2)
    view.show_pdf(data)
    assert view.pages.page == 2


def test_an_empty_view_says_what_would_be_there(view):
    assert view.text
    assert view.count == 0


@pytest.mark.parametrize("data", [pdf(1001), pdf(1, (20_000, 100)), b"%PDF-1.7" + b" " * (65 << 20)])
def test_a_pdf_that_would_take_all_memory_or_all_day_is_said_and_not_drawn(view, qtbot, data):
    view.show_pdf(data)
    qtbot.waitUntil(lambda: "过大" in view.text)
    assert view.count == 0
