"""How the inspected party ends the record: signs, objects, refuses or is not there; each way asks for its own words."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.domain.record import PartyStatement
from ohdesk.i18n import tr
from ohdesk.services.record.party_statement import WAYS
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field

_LINES = 2
_ASKED = {  # the fields of each way, in reading order
    "signed": ("name", "position"),
    "objected": ("name", "position", "statement"),
    "refused": ("name", "position", "reason", "witness", "video"),
    "absent": ("name", "reason", "witness", "video"),
}


class PartyForm(QWidget):
    """Emits `changed` with each key and choice."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ways = dict(zip(WAYS, map(_chip, way_words()), strict=True))
        self._group = QButtonGroup(self)
        ways = QGridLayout()
        ways.setSpacing(theme.size("gap_small"))
        for place, button in enumerate(self.ways.values()):
            self._group.addButton(button)
            ways.addWidget(button, place // 2, place % 2)
        self.ways["signed"].setChecked(True)
        self._group.buttonToggled.connect(self._choose)
        self.statement = QPlainTextEdit()
        self.statement.setTabChangesFocus(True)
        self.statement.setFixedHeight(theme.size("row") * _LINES)
        self.statement.textChanged.connect(self.changed)
        self.lines = {name: QLineEdit() for name in ("name", "position", "reason", "witness", "video")}
        self._fields = {name: Field("", self.lines[name]) for name in self.lines}
        self._fields["statement"] = Field(tr("异议内容"), self.statement, tr("也可以由当事人在签名页上写。"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        column.addLayout(ways)
        for name in ("name", "position", "statement", "reason", "witness", "video"):
            column.addWidget(self._fields[name])
        for line in self.lines.values():
            line.textEdited.connect(self.changed)
        self._ask()

    @property
    def way(self) -> str:
        """How the party ends the record."""
        return next(way for way, button in self.ways.items() if button.isChecked())

    @property
    def party(self) -> PartyStatement:
        """What is filled in; what the way does not ask for stays out of the record."""
        way = self.way
        given = {name: line.text().strip() for name, line in self.lines.items()}
        given["statement"] = self.statement.toPlainText().strip()
        return PartyStatement(way=way, **{name: given[name] if name in _ASKED[way] else "" for name in given})

    @property
    def missing(self) -> tuple[str, ...]:
        """What the way still asks for before the party may be handed the pen."""
        party = self.party
        lacking = []
        if party.way in {"signed", "objected"} and not party.name:
            lacking.append(tr("当事人姓名"))
        if party.way == "refused" and not party.reason:
            lacking.append(tr("拒签原因"))
        if party.way == "refused" and not (party.witness or party.video):
            lacking.append(tr("见证人或录像"))
        if party.way == "absent" and not party.reason:
            lacking.append(tr("不在场的原因"))
        return tuple(lacking)

    def show_party(self, party: PartyStatement) -> None:
        """Fill in what is known."""
        self.blockSignals(True)
        for name, line in self.lines.items():
            line.setText(getattr(party, name))
        self.lines["reason"].setCursorPosition(0)  # a long text is read from its beginning
        self.statement.setPlainText(party.statement)
        self.ways[party.way].setChecked(True)
        self.blockSignals(False)
        self._ask()

    def focus_first(self) -> None:
        """Put the cursor into the first field that lacks something."""
        asked = [self.lines[name] for name in _ASKED[self.way] if name in self.lines]
        next((line for line in asked if not line.text()), asked[0]).setFocus()

    def _choose(self, _button: QPushButton, checked: bool) -> None:
        if checked:
            self._ask()
            self.changed.emit()

    def _ask(self) -> None:
        way = self.way
        for name, field in self._fields.items():
            field.setVisible(name in _ASKED[way])
        needed = way in {"signed", "objected"}
        self._fields["name"].rename(tr("当事人姓名") if needed else tr("当事人姓名（知道的话）"))
        self._fields["position"].rename(tr("职务或身份"))
        self._fields["reason"].rename(tr("拒签原因") if way == "refused" else tr("不在场的原因"))
        self._fields["witness"].rename(
            tr("见证人姓名和单位"), tr("见证人在签名页上签名；没有见证人的，写明录像。") if way == "refused" else ""
        )
        self._fields["video"].rename(tr("录音录像编号"))


def _chip(word: str) -> QPushButton:
    button = QPushButton(word)
    button.setCheckable(True)
    button.setProperty("chip", True)
    return button


def way_words() -> tuple[str, ...]:
    """Return the words of the ways, in the order of `WAYS`."""
    return tr("核对属实，签名"), tr("有异议，签名"), tr("拒绝签名"), tr("不在现场")
