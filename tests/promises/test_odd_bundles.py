"""Promise: whatever a town signs, its county takes the bundle in, says what it set aside, and every screen goes on."""

import pytest

from tests.odd_bundles import Told, odd_town, take_in

BUNDLES = 100


@pytest.mark.parametrize("seed", [1])
def test_bundles_with_odd_values_are_taken_in_and_everything_can_be_read(tmp_path, seed):
    told = Told()
    with odd_town(tmp_path, seed) as town:
        take_in(town, BUNDLES, told)
    assert told.crashes == []
    assert told.dead == []
    assert not told.refused
    assert "" not in told.aside
    assert told.aside.total() > BUNDLES
    assert told.applied > BUNDLES / 2
