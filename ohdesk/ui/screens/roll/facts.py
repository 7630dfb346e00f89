"""What is known of one employer, heading beside value; the lines are made once and filled again for each."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.i18n import tr
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui import theme
from ohdesk.ui.screens.roll.visit_list import VisitList

_LINES = (
    "address",
    "legal_representative",
    "person_in_charge",
    "contact",
    "phone",
    "industry",
    "workers",
    "exposed_workers",
    "hazards",
    "declared_on",
    "tested_on",
    "exam_on",
    "inspected_on",
    "note",
)
_VISITS_SHOWN = 8


class Facts(QWidget):
    """The fields that are filled, the visits and records, and the changes; emits `line_wanted(VisitLine)`."""

    line_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lines = {key: (_heading(tr(FIELD_BY_KEY[key].heading)), _value()) for key in _LINES}
        self._visits_heading = QLabel(tr("检查与文书(&H)"))
        self._visits_heading.setObjectName("heading")
        self._visits: VisitList | None = None
        self._shown: Sequence[VisitLine] | None = None
        self._visits_place = QVBoxLayout()
        self._changes_heading = QLabel(tr("变更记录"))
        self._changes_heading.setObjectName("heading")
        self._changes = _value()
        self._changes.setObjectName("muted")
        gap = theme.size("gap_small")
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap)
        grid.setVerticalSpacing(gap)
        grid.setColumnStretch(1, 1)
        for row, (heading, value) in enumerate(self._lines.values()):
            grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, gap, 0)
        whole.setSpacing(gap)
        whole.addLayout(grid)
        whole.addWidget(self._visits_heading)
        whole.addLayout(self._visits_place)
        whole.addWidget(self._changes_heading)
        whole.addWidget(self._changes)
        whole.addStretch(1)

    def show_facts(self, fields: Mapping[str, str], visits: Sequence[VisitLine], changes: Sequence[str]) -> None:
        """Show one employer."""
        for key, (heading, value) in self._lines.items():
            value.setText(fields[key])
            heading.setVisible(bool(fields[key]))
            value.setVisible(bool(fields[key]))
        self._show_visits(visits[:_VISITS_SHOWN])
        self._changes.setText("\n".join(changes))
        self._changes.setVisible(bool(changes))
        self._changes_heading.setVisible(bool(changes))

    def _show_visits(self, visits: Sequence[VisitLine]) -> None:
        if visits == self._shown:  # read again without a change: the list keeps its focus
            return
        self._shown = visits
        if self._visits is not None:
            self._visits_place.removeWidget(self._visits)
            self._visits.deleteLater()
            self._visits = None
        self._visits_heading.setVisible(bool(visits))
        if visits:
            self._visits = VisitList(visits)
            self._visits.opened.connect(self.line_wanted)
            self._visits_heading.setBuddy(self._visits)
            self._visits_place.addWidget(self._visits)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    label.setFixedWidth(theme.layout("fact_name"))
    return label


def _value() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
