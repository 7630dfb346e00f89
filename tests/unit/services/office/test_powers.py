"""Powers end with a day; what cannot be is refused and the list stays."""

from dataclasses import replace
from datetime import date

import pytest

from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.office import powers
from tests.visiting import POWER


def test_a_power_ends_with_its_last_day(ctx):
    powers.add_power(ctx, POWER)
    powers.end_power(ctx, POWER, "2026-06-30")
    (ended,) = powers.list_powers(ctx)
    assert ended == replace(POWER, valid_to="2026-06-30")
    assert ended.holds_on(date(2026, 6, 30))
    assert not ended.holds_on(date(2026, 7, 1))


@pytest.mark.parametrize("day", ["", "2026-13-01", "2025-12-31"])
def test_a_day_that_cannot_be_is_refused(ctx, day):
    powers.add_power(ctx, POWER)
    with pytest.raises(ProblemsError) as refused:
        powers.end_power(ctx, POWER, day)
    assert [problem.field for problem in refused.value.problems] == ["valid_to"]
    assert powers.list_powers(ctx) == (POWER,)


def test_a_power_that_is_not_entered_cannot_end(ctx):
    with pytest.raises(UserError, match="找不到"):
        powers.end_power(ctx, POWER, "2026-06-30")
