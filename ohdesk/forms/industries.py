"""Names of industries by code (GB/T 4754-2017), as far as `resources/codes/industries.csv` has them."""

import csv
from functools import cache

from ohdesk.domain.industry import one_code
from ohdesk.paths import resources


def industry_name(code: str) -> str:
    """Return what a code stands for, "" for one that is not in the list."""
    return _names().get(one_code(code), "")


@cache
def _names() -> dict[str, str]:
    with (resources() / "codes" / "industries.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
