"""The line under a step: what is still missing, what was refused, and the buttons that go on or back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.ui import theme


class Foot(QWidget):
    """Left what is missing, right the buttons; a refusal stands above both."""

    def __init__(self, *buttons: QPushButton) -> None:
        super().__init__()
        self._refusal = QLabel()
        self._refusal.setObjectName("fieldError")
        self._refusal.setWordWrap(True)
        self._refusal.hide()
        self._missing = QLabel()
        self._missing.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self._missing, 1)
        for button in buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_tiny"))
        column.addWidget(self._refusal)
        column.addLayout(row)

    @property
    def missing(self) -> str:
        """What is said to be missing."""
        return self._missing.text()

    @property
    def refusal(self) -> str:
        """Why the last attempt was refused; empty when it was not."""
        return self._refusal.text()

    def show_missing(self, things: Sequence[str], ready: str) -> None:
        """Name what is missing; with nothing missing say what comes next."""
        self._missing.setText(tr("还差：{things}", things="、".join(things)) if things else ready)

    def refuse(self, error: Exception) -> None:
        """Say why it was refused, and what to do."""
        message = f"{getattr(error, 'message', str(error))}{getattr(error, 'remedy', '')}"
        problems = error.problems if isinstance(error, ProblemsError) else ()
        self._refusal.setText("\n".join((message, *(f"· {sentence_of(problem)}" for problem in problems))))
        self._refusal.show()

    def forgive(self) -> None:
        """Take the refusal back."""
        self._refusal.clear()
        self._refusal.hide()


def frame(page: QWidget, header: QWidget, body: QLayout, foot: Foot) -> None:
    """Lay out a step: the header across, the body with the page's margins, the foot under it."""
    side, top = theme.size("page_side"), theme.size("page_top")
    inside = QVBoxLayout()
    inside.setContentsMargins(side, top, side, top)
    inside.setSpacing(theme.size("gap_small"))
    inside.addLayout(body, 1)
    inside.addWidget(foot)
    whole = QVBoxLayout(page)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    whole.addWidget(header)
    whole.addLayout(inside, 1)


def grouped(fingerprint: str) -> str:
    """Return a fingerprint in groups of eight digits, so that it can be compared and broken into lines."""
    return " ".join(fingerprint[start : start + 8] for start in range(0, len(fingerprint), 8))


def sentence_of(problem: Problem) -> str:
    """Return one line: where, what is there, what should be, and what to do."""
    return tr(
        "{place}：应为{expected}，现为“{found}”。{remedy}",
        place=problem.place,
        expected=problem.expected,
        found=problem.found,
        remedy=problem.remedy,
    )
