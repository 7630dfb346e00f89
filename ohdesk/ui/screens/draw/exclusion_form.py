"""Leaving somebody out of a draw, or barring an inspector from a firm: always with a reason that goes on record."""

from collections.abc import Mapping, Sequence

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.ui.kit.form import Form

_ASKED = (
    Field("who", mark("单位"), Kind.CHOICE),
    Field("reason", mark("理由（随名单公开）"), Kind.CHOICE),
    Field("note", mark("说明（只留内部，可不填）")),
)


class ExclusionForm(Form):
    """Asks who, for which reason, and for a note that stays internal."""

    def __init__(self) -> None:
        super().__init__(_ASKED, columns=3)
        self.submit.setProperty("primary", False)  # the freeze stands out on the page

    def begin(self, title: str, label: str, who: Sequence[tuple[str, str]], reasons: Mapping[str, str]) -> None:
        """Ask for a reason; who: (id, name), to be chosen from where there are several."""
        self.fields["who"].rename(label)
        self.fields["who"].editor.setEnabled(len(who) > 1)
        self.offer("who", who)
        self.offer("reason", reasons.items())
        self.ask(title, tr("记入名单(&W)"), {"who": who[0][0], "reason": next(iter(reasons))})
