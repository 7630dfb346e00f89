"""The only label and the only tool tip of the window: names come from others, and nothing in them is markup."""

from PySide6.QtWidgets import QLabel

_HARMLESS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # `html` would bring 2,000 names of characters


class Label(QLabel):
    """Words shown as they are; look: the name by which the style sheet draws them."""

    def __init__(self, words: str = "", look: str = "") -> None:
        super().__init__(words)
        # Qt guesses otherwise, and draws "<h1>" as a heading and "<img>" as a picture from any place. By name: with the
        # first enumeration of `Qt` PySide sets up all of them, which takes 15 ms before the unlock prompt is painted.
        self.setProperty("textFormat", "PlainText")
        self.setObjectName(look)


def plain_tip(words: str) -> str:
    """Return words as a tool tip that shows them as they are: tool tips guess too, and cannot be told."""
    harmless = words.translate(_HARMLESS)
    return words if harmless == words else "<span>{}</span>".format(harmless.replace("\n", "<br>"))
