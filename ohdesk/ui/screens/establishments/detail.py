"""One employer beside the list: what is known of it, and what was changed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY
from ohdesk.i18n import tr
from ohdesk.services.establishments import EstablishmentDetail
from ohdesk.ui import theme
from ohdesk.ui.kit.status_chip import StatusChip, risk_kind, risk_text

_LINES = (
    "uscc",
    "local_id",
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
_CHANGES_SHOWN = 6


class DetailPane(QFrame):
    """The employer selected; emits `correct_wanted` to put something right."""

    correct_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._name = QLabel()
        self._name.setObjectName("question")
        self._name.setWordWrap(True)
        self._risk, self._status, self._disputed = StatusChip(), StatusChip(), StatusChip()
        chips = QHBoxLayout()
        chips.setSpacing(theme.size("gap_small"))
        for chip in (self._risk, self._status, self._disputed):
            chips.addWidget(chip)
        chips.addStretch(1)
        self._lines = QLabel()
        self._changes = QLabel()
        for label in (self._lines, self._changes):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._changes.setObjectName("muted")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self._lines)
        column.addWidget(self._changes)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.correct = QPushButton(tr("更正…(&E)"))
        self.correct.clicked.connect(self.correct_wanted)
        whole = QVBoxLayout(self)
        whole.setSpacing(theme.size("gap_small"))
        whole.addWidget(self._name)
        whole.addLayout(chips)
        whole.addWidget(scroll, 1)
        whole.addWidget(self.correct)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Nothing is selected."""
        self._name.setText(tr("选择一家单位查看详情"))
        for chip in (self._risk, self._status, self._disputed):
            chip.show_state("", "plain")
        self._lines.clear()
        self._changes.clear()
        self.correct.hide()

    def show_detail(self, detail: EstablishmentDetail) -> None:
        """Show one employer."""
        fields = detail.fields
        self._name.setText(fields["name"])
        risk, scheme = fields["risk_class"], fields["risk_scheme"]
        self._risk.show_state(risk_text(risk, scheme), risk_kind(risk, scheme))
        status = fields["status"]
        self._status.show_state(status, "warn" if status in CLOSED_STATES else "plain")
        disputed = "、".join(tr(FIELD_BY_KEY[key].heading) for key in detail.contested if key in FIELD_BY_KEY)
        self._disputed.show_state(tr("待核：{fields}").format(fields=disputed) if disputed else "", "warn")
        lines = [f"{tr(FIELD_BY_KEY[key].heading)}　{fields[key]}" for key in _LINES if fields[key]]
        self._lines.setText("\n".join(lines))
        self._changes.setText(_changes(detail))
        self.correct.show()


def _changes(detail: EstablishmentDetail) -> str:
    lines = []
    for change in detail.history:
        if not change.reason or change.field not in FIELD_BY_KEY:
            continue
        day = beijing(parse_instant(change.at)).strftime("%m-%d %H:%M")
        heading = tr(FIELD_BY_KEY[change.field].heading)
        lines.append(f"{day}　{heading} → {change.value}（{change.reason}）")
    if not lines:
        return ""
    return "\n".join([tr("变更"), *lines[:_CHANGES_SHOWN]])
