"""Each wrong password after the fifth in a row makes the next try wait longer."""

from pathlib import Path

FREE_TRIES = 5
# Whoever has the file can try without this window; the wait is for somebody at an unlocked laptop.
_FIRST_WAIT, _LONGEST_WAIT = 5, 300  # seconds


class WrongPasswords:
    """Counts wrong passwords in a row, for each account of each workspace."""

    def __init__(self) -> None:
        self._wrong: dict[tuple[Path, str], int] = {}

    def count(self, folder: Path, account: str) -> int:
        """Count one more and return how many there are now."""
        count = self._wrong.get((folder, account), 0) + 1
        self._wrong[folder, account] = count
        return count

    def wait(self, folder: Path, account: str) -> int:
        """Return how many seconds the next try has to wait; 0 for the first few."""
        over = self._wrong.get((folder, account), 0) - FREE_TRIES
        return 0 if over < 0 else min(_FIRST_WAIT * 2**over, _LONGEST_WAIT)

    def forget(self, folder: Path, account: str) -> None:
        """Start counting again: the account has another password."""
        self._wrong.pop((folder, account), None)
