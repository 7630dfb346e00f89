"""Add an employer, or correct one: the fields, each with its own message, and the reason."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.roll.entries import EstablishmentDetail, checked
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.scroll import Scrolled

_ASKED = (
    "name",
    "uscc",
    "address",
    "legal_representative",
    "contact",
    "phone",
    "industry_code",
    "industry",
    "workers",
    "exposed_workers",
    "hazards",
    "status",
)
_COLUMNS = 3
REASON = ""  # stands for the reason among what was typed


class FormPage(QWidget):
    """Emits `submitted(fields, reason)`; only fields that differ from what is held."""

    submitted = Signal(dict, str)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, str] = {}
        self.fields = {key: Field(tr(FIELD_BY_KEY[key].heading), QLineEdit()) for key in _ASKED}
        self.reason = Field(tr("理由"), QLineEdit(), tr("例如：营业执照变更、现场核实。"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.size("gap"))
        grid.setVerticalSpacing(theme.size("gap_small"))
        for place, field in enumerate(self.fields.values()):
            grid.addWidget(field, place // _COLUMNS, place % _COLUMNS, Qt.AlignmentFlag.AlignTop)
        self.submit = QPushButton(tr("保存单位(&S)"))
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(self._submit)
        for key, field in self.fields.items():
            _line(field).editingFinished.connect(partial(self._check, key))
        for field in (*self.fields.values(), self.reason):
            _line(field).returnPressed.connect(self._submit)
        cancel = QPushButton(tr("不保存(&Q)"))
        cancel.setToolTip("Esc")
        cancel.clicked.connect(self.cancelled)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.submit)
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(card)
        side = theme.size("page_side")
        column.setContentsMargins(side, side, side, side)
        column.setSpacing(theme.size("gap_small"))
        column.addLayout(grid)
        column.addWidget(self.reason)
        column.addLayout(buttons)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(side, theme.size("page_top"), side, theme.size("page_top"))
        inner.addWidget(card)
        inner.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scrolled(page))

    def ask_new(self) -> None:
        """Start with empty fields for a new employer."""
        self._start(tr("保存单位(&S)"), {})

    def ask_correction(self, detail: EstablishmentDetail) -> None:
        """Start with what is held."""
        self._start(tr("保存更正(&S)"), detail.fields)

    @property
    def name(self) -> str:
        """The name as it stands in the form."""
        return _line(self.fields["name"]).text().strip()

    def typed(self) -> dict[str, str]:
        """Return what was typed and differs from what is held, by field; the reason under ""."""
        found = {key: _line(field).text() for key, field in self.fields.items()}
        changed = {key: text for key, text in found.items() if text != self._held.get(key, "")}
        reason = _line(self.reason).text()
        return {**changed, REASON: reason} if reason else changed

    def type_again(self, typed: Mapping[str, str]) -> None:
        """Put back what was typed."""
        for key, text in typed.items():
            _line(self.reason if key == REASON else self.fields[key]).setText(text)

    def show_problems(self, error: ProblemsError) -> None:
        """Say beside each field what is wrong with it."""
        by_heading = {tr(FIELD_BY_KEY[key].heading): field for key, field in self.fields.items()}
        for problem in error.problems:
            _say(by_heading.get(problem.place, self.reason), problem)
        first = by_heading.get(error.problems[0].place, self.reason)
        first.editor.setFocus()

    def show_error(self, error: UserError) -> None:
        """Say what is wrong with the whole: a code that is taken, a reason that is missing."""
        self.reason.set_error(error.whole)
        self.reason.editor.setFocus()

    def _start(self, action: str, held: dict[str, str]) -> None:
        self._held = held
        self.submit.setText(action)
        for key, field in self.fields.items():
            _line(field).setText(held.get(key, ""))
            field.clear_error()
        _line(self.reason).clear()
        self.reason.clear_error()
        _line(self.fields["name"]).setFocus()

    def _check(self, key: str) -> None:
        """Say what is wrong with a field when it is left."""
        field = self.fields[key]
        try:
            checked({key: _line(field).text()})
        except ProblemsError as error:
            _say(field, error.problems[0])
        else:
            field.clear_error()

    def _submit(self) -> None:
        for field in (*self.fields.values(), self.reason):
            field.clear_error()
        changed = self.typed()
        reason = changed.pop(REASON, "")
        self.submitted.emit({key: text.strip() for key, text in changed.items()}, reason)


def _say(field: Field, problem: Problem) -> None:
    field.set_error(tr("应为{expected}。{remedy}", expected=problem.expected, remedy=problem.remedy))


def _line(field: Field) -> QLineEdit:
    editor = field.editor
    if not isinstance(editor, QLineEdit):
        raise TypeError("a field of this form is a line of text")
    return editor
