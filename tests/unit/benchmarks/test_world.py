"""The large worlds of the benchmarks, made small: what they hold has to count as if it had been made day by day."""

import pytest

from benchmarks import world
from ohdesk.domain.facts import Verdict
from ohdesk.services.county import coverage
from ohdesk.services.office import doctor
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    made = world.make(tmp_path_factory.mktemp("benchmark") / "world", employers=12, visits=30, with_papers=1)
    world.take_in(made)
    return made


def test_the_town_has_its_employers_and_their_records(past):
    with past.town() as ctx:
        assert {"罕见鲸", "样本厂"} <= {row.name[:3] for row in entries.list_rows(ctx)}
        records = finalizing.list_records(ctx)
    assert len(records) == 30
    assert len({record.number for record in records}) == 30


def test_the_county_holds_all_of_it_and_sets_nothing_aside(past):
    with past.county() as ctx:
        (town,) = [each for each in coverage.by_town(ctx, 2026) if each.division == "000000001"]
        assert len(finalizing.list_records(ctx)) == 30
    assert town.inspected.part == 12
    assert town.findings > 5


def test_nothing_is_wrong_with_either(past):
    for opened in (past.town, past.county):
        with opened() as ctx:
            assert not [fact for fact in doctor.workspace_facts(ctx) if fact.verdict is Verdict.FAILS]


def test_a_county_takes_in_a_town_it_has_never_heard_of(tmp_path):
    made = world.make(tmp_path / "world", employers=3, visits=0)
    world.take_in(made)
    with made.county() as ctx:
        assert entries.count_rows(ctx) == 3
