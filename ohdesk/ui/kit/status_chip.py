"""A state as a word on a soft ground; never colour alone."""

from PySide6.QtWidgets import QLabel, QSizePolicy

from ohdesk.i18n import mark, tr
from ohdesk.ui.kit.lay import repaint_state, say

# Which letter is the highest risk depends on the scheme: 甲 is lowest under the 2022 pilot, highest in the older guide.
_RISK = {
    "pilot2022": {"甲": "ok", "乙": "warn", "丙": "bad"},
    "guide2019": {"甲": "bad", "乙": "warn", "丙": "ok"},
}
_SCHEMES = {"pilot2022": mark("2022 试点"), "guide2019": mark("2019 指南")}


class StatusChip(QLabel):
    """A short word, or a sentence that wraps; kind "ok", "warn", "bad" or "plain"."""

    def __init__(self, *, wraps: bool = False) -> None:
        super().__init__()
        self.setWordWrap(wraps)
        width = QSizePolicy.Policy.Preferred if wraps else QSizePolicy.Policy.Maximum
        self.setSizePolicy(width, QSizePolicy.Policy.Maximum)
        self.setProperty("chip", "plain")
        self.hide()

    def show_state(self, text: str, kind: str) -> None:
        """Show a word of this kind; an empty word shows nothing."""
        say(self, text)
        repaint_state(self, "chip", kind)


def risk_kind(risk_class: str, scheme: str) -> str:
    """Return the kind of a risk class under its scheme; "plain" where the scheme is not stated."""
    return _RISK.get(scheme, {}).get(risk_class[:1], "plain")


def risk_text(risk_class: str, scheme: str) -> str:
    """Return the class with its scheme, as in "丙类（2022 试点）"; empty without a class."""
    if not risk_class:
        return ""
    letter = risk_class[:1]
    name = tr(_SCHEMES[scheme]) if scheme in _SCHEMES else (scheme or tr("分类依据未注明"))
    return tr("{letter}类（{scheme}）", letter=letter, scheme=name)
