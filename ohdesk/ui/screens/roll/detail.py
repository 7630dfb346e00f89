"""One employer beside the list: what is known of it, and what was changed."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY
from ohdesk.i18n import tr
from ohdesk.services.roll.entries import EstablishmentDetail, FieldChange
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.status_chip import StatusChip, risk_kind, risk_text
from ohdesk.ui.screens.roll.facts import Facts
from ohdesk.ui.theme.icons import icon

_CHANGES_SHOWN = 6


class DetailPane(QFrame):
    """The employer selected; emits what is wanted: to put something right, to plan a visit, to look at one, to close.

    An empty card until the first employer is shown: the list is painted sooner without what stands in it.
    plans_visits: whether this office visits anybody
    """

    correct_wanted = Signal()
    visit_wanted = Signal()
    line_wanted = Signal(object)  # VisitLine
    close_wanted = Signal()

    def __init__(self, *, plans_visits: bool) -> None:
        super().__init__()
        self._plans_visits = plans_visits
        self._is_drawer = False
        self.setObjectName("card")

    def be_drawer(self, *, is_drawer: bool) -> None:
        """Offer to be closed, or not: what stands beside the list stays."""
        self._is_drawer = is_drawer
        if self.layout() is not None:
            self.close_button.setVisible(is_drawer)

    def make_ready(self) -> bool:
        """Make what stands in the card; False when it was there already."""
        if self.layout() is not None:
            return False
        self._build()
        return True

    def show_nothing(self) -> None:
        """Nothing is selected."""
        if self.layout() is None:
            return
        self._name.setText(tr("选择一家单位查看详情"))
        self._code.clear()
        for chip in (self._risk, self._status, self._disputed):
            chip.show_state("", "plain")
        self._scroll.hide()
        self.correct.hide()
        self.visit.hide()

    def show_detail(self, detail: EstablishmentDetail, visits: Sequence[VisitLine]) -> None:
        """Show one employer, and what was done there."""
        self.make_ready()
        fields = detail.fields
        self._name.setText(fields["name"])
        self._code.setText(fields["uscc"] or fields["local_id"])
        risk, scheme = fields["risk_class"], fields["risk_scheme"]
        self._risk.show_state(risk_text(risk, scheme), risk_kind(risk, scheme))
        self._risk.setWordWrap(False)
        self._risk.setWordWrap(self._risk.sizeHint().width() > theme.size("detail_width") // 2)
        status = fields["status"]
        self._status.show_state(tr(status) if status else "", "warn" if status in CLOSED_STATES else "plain")
        disputed = "、".join(tr(FIELD_BY_KEY[key].heading) for key in detail.contested if key in FIELD_BY_KEY)
        self._disputed.show_state(tr("待核：{fields}", fields=disputed) if disputed else "", "warn")
        self._facts.show_facts(fields, visits, _changes(detail))
        self._scroll.verticalScrollBar().setValue(0)
        self._scroll.show()
        self.correct.show()
        self.visit.setVisible(self._plans_visits)

    def _build(self) -> None:
        self._name = QLabel()
        self._name.setObjectName("question")
        self._name.setWordWrap(True)
        self._code = QLabel()
        self._code.setObjectName("muted")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QPushButton(icon("close"), "")
        self.close_button.setProperty("quiet", True)
        self.close_button.setAccessibleName(tr("关闭详情"))
        self.close_button.setToolTip(tr("关闭详情  Esc"))
        self.close_button.clicked.connect(self.close_wanted)
        self._risk, self._status, self._disputed = StatusChip(), StatusChip(), StatusChip()
        self._risk.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.MinimumExpanding)
        self.correct = action("edit", tr("更正…(&E)"), self.correct_wanted.emit)
        self.visit = action("calendar", tr("安排检查(&V)"), self.visit_wanted.emit)
        self._facts = Facts()
        self._facts.line_wanted.connect(self.line_wanted)
        self._scroll = Scrolled(self._facts)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.be_drawer(is_drawer=self._is_drawer)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        chips = QHBoxLayout()
        chips.setSpacing(theme.size("gap_small"))
        for chip in (self._risk, self._status):
            chips.addWidget(chip)
        chips.addStretch(1)
        self._scroll.setAccessibleName(tr("单位详情"))
        whole = QVBoxLayout(self)
        gap = theme.size("gap")
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.setSpacing(theme.size("gap_small"))
        whole.addLayout(head)
        whole.addWidget(self._code)
        whole.addLayout(chips)
        whole.addWidget(self._disputed)
        whole.addSpacing(theme.size("gap_tiny"))
        whole.addWidget(self._scroll, 1)
        whole.addStretch()
        whole.addWidget(self.visit)
        whole.addWidget(self.correct)


def _changes(detail: EstablishmentDetail) -> list[str]:
    """Return one line per act: a field with its new value, or how many fields an import wrote."""
    known = [change for change in detail.history if change.reason and change.field in FIELD_BY_KEY]
    acts = [list(same) for _, same in groupby(known, key=lambda change: (change.at, change.reason))]
    return [_act(changes) for changes in acts[:_CHANGES_SHOWN]]


def _act(changes: list[FieldChange]) -> str:
    first = changes[0]
    day = beijing(parse_instant(first.at)).strftime("%Y-%m-%d %H:%M")
    if len(changes) > 1:
        return tr("{day}　写入 {count} 项（{reason}）", day=day, count=len(changes), reason=first.reason)
    heading = tr(FIELD_BY_KEY[first.field].heading)
    return tr(
        "{day}　{heading}改为“{value}”（{reason}）", day=day, heading=heading, value=first.value, reason=first.reason
    )
