"""How the inspected party ends the record: signs, objects, refuses or is not there; each way asks for its own words.

What is typed here is kept while it is typed (`edited`), so there is nothing to submit and nothing to give up.
"""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QWidget

from ohdesk.domain.record import PartyStatement
from ohdesk.i18n import tr
from ohdesk.services.record.party_statement import WAYS, party_problems
from ohdesk.ui.kit.editors import note_edit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grid
from ohdesk.ui.screens.record.wording import way_word

_LINES = 2
_ASKED = {  # the fields of each way, in reading order
    "signed": ("name", "position"),
    "objected": ("name", "position", "statement"),
    "refused": ("name", "position", "reason", "witness", "video"),
    "absent": ("name", "reason", "witness", "video"),
}


class PartyForm(QWidget):
    """Emits `edited` with each key and choice."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ways = dict(zip(WAYS, map(_chip, WAYS), strict=True))
        self._group = QButtonGroup(self)
        for button in self.ways.values():
            self._group.addButton(button)
        ways = grid(self.ways.values(), (1, 1), ("gap_small", "gap_small"), even=True)
        self.ways["signed"].setChecked(True)
        self._group.buttonToggled.connect(self._choose)
        self.statement = note_edit(_LINES)
        self.statement.textChanged.connect(self.edited)
        self.lines = {name: QLineEdit() for name in ("name", "position", "reason", "witness", "video")}
        self._fields = {
            "name": Field("", self.lines["name"]),
            "position": Field(tr("职务或身份"), self.lines["position"]),
            "statement": Field(tr("异议内容"), self.statement, tr("也可以由当事人在签名页上写。")),
            "reason": Field("", self.lines["reason"]),
            "witness": Field("", self.lines["witness"]),
            "video": Field(tr("录音录像编号"), self.lines["video"]),
        }
        column(ways, *self._fields.values(), of=self)
        for line in self.lines.values():
            line.textEdited.connect(self.edited)
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
        """What the way still asks for before the party may be handed the pen; an objection may be written then."""
        return tuple(each.place for each in party_problems(self.party) if each.field != "statement")

    def show_party(self, party: PartyStatement) -> None:
        """Fill in what is known."""
        with QSignalBlocker(self):  # nobody typed it
            said = {
                "name": party.name,
                "position": party.position,
                "reason": party.reason,
                "witness": party.witness,
                "video": party.video,
            }
            for name, line in self.lines.items():
                line.setText(said[name])
            self.lines["reason"].setCursorPosition(0)  # a long text is read from its beginning
            self.statement.setPlainText(party.statement)
            self.ways[party.way].setChecked(True)
        self._ask()

    def focus_first(self) -> None:
        """Put the cursor into the first field that lacks something."""
        asked = [self.lines[name] for name in _ASKED[self.way] if name in self.lines]
        next((line for line in asked if not line.text()), asked[0]).setFocus()

    def _choose(self, _button: QPushButton, checked: bool) -> None:
        if checked:
            self._ask()
            self.edited.emit()

    def _ask(self) -> None:
        way = self.way
        for name, field in self._fields.items():
            field.setVisible(name in _ASKED[way])
        signs, refuses = way in {"signed", "objected"}, way == "refused"
        self._fields["name"].rename(tr("当事人姓名") if signs else tr("当事人姓名（知道的话）"))
        self._fields["reason"].rename(tr("拒签原因") if refuses else tr("不在场的原因"))
        hint = tr("见证人在签名页上签名；没有见证人的，写明录像。") if refuses else ""
        self._fields["witness"].rename(tr("见证人姓名和单位"), hint)


def _chip(way: str) -> QPushButton:
    button = QPushButton(way_word(way))
    button.setCheckable(True)
    button.setProperty("chip", True)
    return button
