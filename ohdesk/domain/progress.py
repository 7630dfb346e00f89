"""Telling whoever looks on how far a piece of long work is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is in all, in whatever the work counts.

What it raises ends the work where it stands: that is how a person cancels, so no work needs a flag to look at.
"""


def unwatched(_done: int, _total: int) -> None:
    """Nobody looks on, nobody cancels."""
