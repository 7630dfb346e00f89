"""Tell a key that is held down from one that is pressed again."""

from PySide6.QtGui import QKeyEvent

from ohdesk.ui import theme


class HeldKey:
    """Remembers when the last key went down and up, by the times the window system gives.

    Qt marks repeats only where the system says so. X through a remote desktop sends a release and a press for each,
    some viewers presses alone; then only the times tell: nobody lets go of a key and presses it within `held_gap_ms`,
    nor twice within `same_key_after_ms`.  Another key in between ends the holding, as it does at the keyboard.
    """

    def __init__(self) -> None:
        self._key = 0
        self._down = 0
        self._up: int | None = None

    def is_held(self, press: QKeyEvent) -> bool:
        """Take note of a press; True when it only continues the one before."""
        at, same = press.timestamp(), press.key() == self._key
        before, let_go = self._down, self._up
        self._key, self._down, self._up = press.key(), at, None
        if press.isAutoRepeat():
            return True
        if not same or not at:  # without a time nothing can be told
            return False
        if let_go is None:  # a release that went to another window is missing too, so this ends after a while
            return at - before < theme.layout("held_again_ms")
        return at - let_go < theme.layout("held_gap_ms") or at - before < theme.layout("same_key_after_ms")

    def let_go(self, release: QKeyEvent) -> None:
        """Take note of a release."""
        if release.key() == self._key:
            self._up = release.timestamp()
