"""The focus stays in the page: what has it may be hidden, disabled or gone, and Qt would go on to the sidebar."""

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from shiboken6 import isValid

from ohdesk.ui.kit.page import Page


class FocusKeeper(QObject):
    """Brings the focus back into the page in front, where it was last or where one begins there."""

    def __init__(self, pages: QStackedWidget) -> None:
        super().__init__(pages)
        self._pages = pages
        self._last: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._is_in_front(now):
            self._last = now
        elif before is None or not isValid(before) or not (before.isVisible() and before.isEnabled()):
            QTimer.singleShot(0, self, self._bring_back)  # whoever took it away may be about to give it back

    def _bring_back(self) -> None:
        page, now = self._pages.currentWidget(), QApplication.focusWidget()
        if not isinstance(page, Page) or not (page.isVisible() and page.isActiveWindow()):
            return  # as after locking: hidden pages must not take the focus from the password
        if now is not None and self._is_in_front(now):
            return
        if self._last is not None and isValid(self._last) and self._can_have_focus(self._last):
            self._last.setFocus()
            return
        # A page may say nothing of where one begins there, or have hidden it.
        page.focus_first()
        if not self._is_in_front(QApplication.focusWidget()):
            self._focus_any(page)

    def _focus_any(self, page: QWidget) -> None:
        each: QWidget | None = page.nextInFocusChain()
        while each is not None and each is not page:
            if self._can_have_focus(each) and each.focusPolicy() & Qt.FocusPolicy.TabFocus:
                each.setFocus()
                return
            each = each.nextInFocusChain()

    def _can_have_focus(self, widget: QWidget) -> bool:
        return self._is_in_front(widget) and widget.isVisible() and widget.isEnabled()

    def _is_in_front(self, widget: QWidget | None) -> bool:
        page = self._pages.currentWidget()
        return page is not None and widget is not None and page.isAncestorOf(widget)
