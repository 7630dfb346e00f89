"""A screen of the program: what the desk asks of it, and what it may ask of the desk."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.services.changes import Change
from ohdesk.ui.kit.page import Page


class Parting(NamedTuple):
    """What is done as soon as the program is locked, as it puts another key under the workspace; else a screen would
    write past it.

    password: of whoever does it · account: the one to be closed; empty for another recovery code
    """

    password: str
    account: str = ""


class Screen(Page):
    """One of the places of the sidebar; one at a time is in front.

    reloads_on: the changes made elsewhere after which it reads again what it shows (`reload`)
    """

    kiosk_wanted = Signal(bool)  # nothing but this screen may be reached, or everything again
    display_changed = Signal()  # theme, size of type or language: all is made anew
    left = Signal()  # lock the program
    left_for = Signal(object)  # lock the program for a Parting
    reloads_on = Change.NOTHING

    def arrive(self) -> None:
        """Come to the front: put the focus where one goes on."""
        self.focus_first()

    def leave(self) -> None:
        """Go to the back: save what was just typed."""

    def open(self, thing: str) -> None:
        """Show one thing, by its id."""

    def open_for(self, thing: str) -> None:
        """Start something new for a thing of another screen, by its id."""

    def verify(self, files: Sequence[Path]) -> None:
        """Look at files that were dropped somewhere on the window."""

    @property
    def unsaved(self) -> bool:
        """True while something stands here that was to be stored and could not be: closing would lose it."""
        return False
