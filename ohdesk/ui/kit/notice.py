"""What went well and what went wrong, said in a bar above the page; nothing is said in boxes."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QEvent, QMetaMethod, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame

from ohdesk.domain.problems import in_list
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import column, grow, muted, repaint_state, row, say, text

log = logging.getLogger(__name__)
_SHOWN_PROBLEMS = 6


class NoticeBar(QFrame):
    """One notice at a time: done (goes by itself), a problem to solve, or trouble with the machine.

    Esc closes it. What stays until it is closed takes Esc before the screen does, unless the field with the focus
    wants it; what goes by itself takes only an Esc that nobody else wants.
    """

    diagnostics_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._text, self._remedy = text(), muted()
        self._act: Callable[[], object] | None = None
        self._action = button("", act=self._do, quiet=True)
        close = button(tr("知道了(&X)"), "Esc", act=self.hide, quiet=True)
        said = column(self._text, self._remedy, gap="gap_tiny")
        row(grow(said), self._action, close, of=self, edges=("gap_small", "gap_small"))
        self._goes = later(self, self.hide, "notice_ms")
        self.hide()

    @property
    def text(self) -> str:
        """What is being said, empty when nothing is."""
        return "" if self.isHidden() else self._text.text()

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._remedy.text()

    def done(self, words: str, action: str = "", act: Callable[[], object] | None = None) -> None:
        """Say that something is done, with one thing that can be done next; the notice goes by itself."""
        self._say("done", words, "")
        self._offer(action, act)
        self._goes.start()

    def error(self, error: Exception) -> None:
        """Say what went wrong, in words chosen by the kind of failure; stays until closed."""
        if isinstance(error, UserError):
            log.warning("%s: %s", type(error).__name__, error.message)
            kind = "machine" if isinstance(error, MachineError) else "problem"
            self._say(kind, error.message, _remedy(error))
            return
        log.error("unexpected error", exc_info=error)
        self._say(
            "machine", tr("程序出现意外错误，已填写的内容都已保存。"), tr("请重新打开程序；仍然出现时联系县级管理员。")
        )
        if self.isSignalConnected(QMetaMethod.fromSignal(self.diagnostics_wanted)):
            self._offer(tr("另存诊断文件(&G)"), self.diagnostics_wanted.emit)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Watch the keys that reach the window: those nothing inside it wanted."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and not self.isHidden():
            if event.type() == QEvent.Type.ShortcutOverride and self.property("kind") != "done":
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.hide()
                return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)  # only while it is seen: it listens to every key

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.window().removeEventFilter(self)

    def _offer(self, action: str, act: Callable[[], object] | None) -> None:
        self._act = act
        say(self._action, action)

    def _do(self) -> None:
        act = self._act
        self.hide()
        if act is not None:
            act()

    def _say(self, kind: str, words: str, remedy: str) -> None:
        self._goes.stop()
        self._offer("", None)
        repaint_state(self, "kind", kind)
        self._text.setText(words)
        say(self._remedy, remedy)
        self.show()


def _remedy(error: UserError) -> str:
    lines = [error.remedy] if error.remedy else []
    if isinstance(error, ProblemsError):
        shown = error.problems[:_SHOWN_PROBLEMS]
        lines += map(in_list, shown)
        if len(error.problems) > len(shown):
            lines.append(tr("另有 {count} 处。", count=len(error.problems) - len(shown)))
    return "\n".join(lines)
