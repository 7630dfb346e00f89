"""Promise: in whatever order the towns' bundles reach the county, and however often, it ends in the same state."""

import shutil
from itertools import permutations

import pytest

from ohdesk.demo import cast
from ohdesk.services.county import conflicts
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office.workspace import open_workspace

ORDERS = list(permutations(range(len(cast.TOWNS))))


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_every_order_twice_gives_the_same_county(order, demo, merged_on, tmp_path):
    shutil.copytree(demo.unmerged, tmp_path / "county")
    paths = [demo.sent_up[place] for place in order]
    with open_workspace(tmp_path / "county", cast.COUNTY_CLERK, cast.PASSWORD, merged_on) as ctx:
        assert digest(ctx) != demo.merged
        assert {receiving.take_in(ctx, path).outcome for path in paths} == {Outcome.APPLIED}
        assert digest(ctx) == demo.merged
        assert {receiving.take_in(ctx, path).outcome for path in paths} == {Outcome.ALREADY}
        assert digest(ctx) == demo.merged
        assert [(each.field, len(each.candidates)) for each in conflicts.in_dispute(ctx)] == [("phone", 2)]
