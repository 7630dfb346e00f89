"""A row of the table of trust: what is handed in, at which door, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from ohdesk.errors import UserError
from ohdesk.services.exchange import receiving
from tests.conftest import NOON
from tests.trust_bench import Bench, Laptop


class To(Enum):
    """Who is handed something, and at which door."""

    COUNTY = "county"
    TOWN = "town"
    NEIGHBOUR = "the other town"
    COUNTY_LOOKS = "the county looks"
    TOWN_LOOKS = "the town looks"
    CLERK = "the county is asked"
    CLERK_COMPARED = "the county has compared"
    TOWN_ASKING = "the town asks"
    TOWN_COMPARED = "the town has compared"
    TOWN_WAITING = "the town waits"


class What(Enum):
    """What comes of it."""

    REFUSED = "refused"
    PARKED = "parked"
    ALREADY = "held already"
    ASIDE = "set aside"
    PROPOSAL = "proposal"
    APPLIED = "applied"
    FLAGGED = "applied with a warning"
    HOLDS = "nothing speaks against it"


@dataclass(frozen=True)
class Case:
    """One row: what is handed in, to whom, on which day, and what must come of it, said how."""

    id: str
    made: Callable[[Bench], Path]
    to: To
    what: What
    said: str = ""
    on: datetime = NOON


class Table(list[Case]):
    """Rows that belong together."""

    def refused(
        self, name: str, made: Callable[[Bench], Path], why: type[UserError], to: To = To.COUNTY, on: datetime = NOON
    ) -> None:
        """Add a bundle that is refused for this reason."""
        self.append(Case(name, made, to, What.REFUSED, f"{why.__name__}:", on))

    def comes(
        self,
        name: str,
        made: Callable[[Bench], Path],
        what: What,
        said: str = "",
        to: To = To.COUNTY,
        on: datetime = NOON,
    ) -> None:
        """Add what comes to this, said so."""
        self.append(Case(name, made, to, what, said, on))


def sends(**head: Any) -> Callable[[Bench], Path]:
    """A new laptop of the town sends an employer, with these lies in its head."""
    return lambda bench: bench.bundle(bench.laptop(), **head)


def came_before(bench: Bench, laptop: Laptop, *said: dict[str, Any]) -> tuple[Path, list[bytes]]:
    """Have the county take in a laptop's first bundle; return it, and what it carried."""
    bodies = bench.chained(said)
    first = bench.bundle(laptop, bodies=bodies)
    receiving.take_in(bench.world.county, first)
    return first, bodies
