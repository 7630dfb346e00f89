"""How the inspected party ends the record: signs, objects, refuses or is not there; each way asks for its own words.

What is typed here is kept while it is typed (`edited`), so there is nothing to submit and nothing to give up.
"""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QWidget

from ohdesk.domain.record import PartyStatement, Way
from ohdesk.i18n import mark, tr
from ohdesk.services.record.party_statement import party_problems
from ohdesk.ui.kit.chips import chip
from ohdesk.ui.kit.editors import note_edit, put_value, value_of
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grid

_NAME, _NAME_IF_KNOWN = mark("当事人姓名"), mark("当事人姓名（知道的话）")
_POSITION, _WITNESS, _VIDEO = mark("职务或身份"), mark("见证人姓名和单位"), mark("录音录像编号")
_ASKED = {  # the fields of each way, with what stands over them there
    Way.SIGNED: {"name": _NAME, "position": _POSITION},
    Way.OBJECTED: {"name": _NAME, "position": _POSITION, "statement": mark("异议内容")},
    Way.REFUSED: {
        "name": _NAME_IF_KNOWN,
        "position": _POSITION,
        "reason": mark("拒签原因"),
        "witness": _WITNESS,
        "video": _VIDEO,
    },
    Way.ABSENT: {"name": _NAME_IF_KNOWN, "reason": mark("不在场的原因"), "witness": _WITNESS, "video": _VIDEO},
}
_HINTS = {
    (Way.OBJECTED, "statement"): mark("也可以由当事人在签名页上写。"),
    (Way.REFUSED, "witness"): mark("见证人在签名页上签名；没有见证人的，写明录像。"),
}
_LINES = 2


class PartyForm(QWidget):
    """Emits `edited` with each key and choice."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ways = {way: chip(way.word) for way in Way}
        self._group = QButtonGroup(self)
        for button in self.ways.values():
            self._group.addButton(button)
        self.ways[Way.SIGNED].setChecked(True)
        self._group.buttonToggled.connect(self._choose)
        self.lines = {key: QLineEdit() for key in ("name", "position", "reason", "witness", "video")}
        for line in self.lines.values():
            line.textEdited.connect(self.edited)
        statement = note_edit(_LINES)
        statement.textChanged.connect(self.edited)
        in_order = ("name", "position", "statement", "reason", "witness", "video")
        self._fields = {key: Field("", self.lines.get(key, statement)) for key in in_order}
        ways = grid(self.ways.values(), (1, 1), ("gap_small", "gap_small"), even=True)
        column(ways, *self._fields.values(), of=self)
        self._ask()

    @property
    def way(self) -> Way:
        """How the party ends the record."""
        return next(way for way, button in self.ways.items() if button.isChecked())

    @property
    def party(self) -> PartyStatement:
        """What is filled in; what the way does not ask for stays out of the record."""
        way = self.way
        given = {key: value_of(field.editor).strip() for key, field in self._fields.items()}
        return PartyStatement(way=way, **{key: given[key] if key in _ASKED[way] else "" for key in given})

    @property
    def missing(self) -> tuple[str, ...]:
        """What the way still asks for before the party may be handed the pen; an objection may be written then."""
        return tuple(each.place for each in party_problems(self.party) if each.field != "statement")

    def show_party(self, party: PartyStatement) -> None:
        """Fill in what is known."""
        with QSignalBlocker(self):  # nobody typed it
            for key, field in self._fields.items():
                put_value(field.editor, getattr(party, key))
            self.lines["reason"].setCursorPosition(0)  # a long text is read from its beginning
            self.ways[party.way].setChecked(True)
        self._ask()

    def focus_first(self) -> None:
        """Put the cursor into the first field that lacks something."""
        asked = [self.lines[key] for key in _ASKED[self.way] if key in self.lines]
        next((line for line in asked if not line.text()), asked[0]).setFocus()

    def _choose(self, _button: QPushButton, checked: bool) -> None:
        if checked:
            self._ask()
            self.edited.emit()

    def _ask(self) -> None:
        way = self.way
        for key, field in self._fields.items():
            field.setVisible(key in _ASKED[way])
            field.rename(tr(_ASKED[way].get(key, "")), tr(_HINTS.get((way, key), "")))
