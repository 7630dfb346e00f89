"""What an indicator counts: numerator, denominator, and the list behind the number."""

from dataclasses import dataclass
from decimal import Decimal

from ohdesk.i18n import tr


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
        # Whole numbers up to the last step: a float would show 99.9 as 99.9000001 or round it up.
        return Decimal(self.part * 1000 // self.whole) / 10

    @property
    def word(self) -> str:
        """The rate as it is said wherever it is shown: "0.4 %"."""
        return tr("无对象") if self.percent is None else f"{self.percent:.1f} %"
