"""Promise: the tables of a county that merged its towns are those that follow from its journal."""

from ohdesk.services.office import doctor


def test_the_tables_of_the_demonstrations_county_follow_from_its_journal(county_ctx):
    recomputed = doctor.recompute(county_ctx)
    assert recomputed.problems == ()
    assert recomputed.operations > 100
