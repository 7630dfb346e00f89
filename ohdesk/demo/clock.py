"""The demonstration's clock: set by Beijing time, a second further at each look."""

from datetime import date, datetime, time, timedelta

from ohdesk.domain.calendar import BEIJING


class Clock:
    """An injected clock; every `now()` of the demonstration world comes from one of these."""

    def __init__(self, day: date, hour_minute: str) -> None:
        self._at = _beijing(day, hour_minute)

    def set(self, day: date, hour_minute: str) -> None:
        """Set the clock to "09:00" of a legal day."""
        self._at = _beijing(day, hour_minute)

    def advance(self, minutes: int) -> None:
        """Let time pass."""
        self._at += timedelta(minutes=minutes)

    def __call__(self) -> datetime:
        """Return the instant, one second later each time."""
        # So that instants keep the order of what happens.
        self._at += timedelta(seconds=1)
        return self._at


def _beijing(day: date, hour_minute: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour_minute), BEIJING)
