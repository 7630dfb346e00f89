"""What an indicator counts: numerator, denominator, and the list behind the number."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as reported: `part` of `whole`; without a whole there is no rate (无对象), not nought."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """The rate in percent, one decimal place, rounded down so that no target is met by rounding."""
        if self.whole == 0:
            return None
        return Decimal(self.part * 1000 // self.whole) / 10
