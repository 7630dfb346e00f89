"""Signatures by hand of those who were there besides the party: a pad for each who wants one."""

from collections.abc import Sequence

from ohdesk.domain.record import Hand, StrokeSet
from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.lay import box, column, grow, muted, row, stack
from ohdesk.ui.kit.signature_pad import SignaturePad, written_on

_NOBODY = "nobody"


class HandsCard(Card):
    """Nobody has to: what is written stands beside the certificate signature, and in no way replaces it."""

    def __init__(self) -> None:
        super().__init__(tr("手写签名（可选）"), "", muted(tr("写在文书上证书签名的旁边，注明时间，不代替证书签名。")))
        self.people = FilterChips(tr("由谁手写"))
        self.people.chosen.connect(self._show_pad)
        self.pads: dict[Hand, SignaturePad] = {}
        self._pads = stack()
        self.again = button(tr("重新写(&H)"), act=self._clear)
        self._writing = box(column(self._pads, row(self.again, grow())))
        self.column.addWidget(self.people)
        self.column.addWidget(self._writing)
        self.show_people(())

    @property
    def strokes(self) -> tuple[StrokeSet, ...]:
        """What was written, by whom."""
        return tuple(written_on(pad, hand) for hand, pad in self.pads.items() if not pad.is_empty)

    def show_people(self, people: Sequence[Hand]) -> None:
        """Offer a clean pad to each of these people; none hides all."""
        for pad in self.pads.values():
            self._pads.removeWidget(pad)
            pad.deleteLater()
        self.pads = {hand: SignaturePad() for hand in people}
        for pad in self.pads.values():
            pad.changed.connect(self._say)
            self._pads.addWidget(pad)
        self.setVisible(bool(people))
        self._say()
        self.people.choose(_NOBODY)
        self._show_pad("")

    def _show_pad(self, _place: str) -> None:
        pad = self._in_front
        self._writing.setVisible(pad is not None)
        if pad is not None:
            self._pads.setCurrentWidget(pad)
            pad.setFocus()

    @property
    def _in_front(self) -> SignaturePad | None:
        place = self.people.current
        return list(self.pads.values())[int(place)] if place.isdigit() else None

    def _clear(self) -> None:
        if self._in_front is not None:
            self._in_front.clear()

    def _say(self) -> None:
        chips = [
            (str(place), f"{hand.name}（{hand.role.word}）{'' if pad.is_empty else ' ✔'}", None)
            for place, (hand, pad) in enumerate(self.pads.items())
        ]
        self.people.show_chips([(_NOBODY, tr("不写"), None), *chips])
