"""No certificate runs out in silence."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ohdesk.domain.calendar import legal_day
from ohdesk.errors import UserError
from ohdesk.security import certificates
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.start import today
from ohdesk.services.trust import ending, joining, keys, lending, revoking
from tests.conftest import PASSWORD, county_workspace, noon
from tests.unit.services.exchange.bundle_world import TOWNS, add_certified_inspector, copied_world, write_entry

LAST = date(2031, 3, 1)  # of the certificates issued at noon


def on(ctx: Context, day: date) -> Context:
    at = datetime(day.year, day.month, day.day, 4, tzinfo=ctx.now().tzinfo)
    return replace(ctx, now=lambda: at)


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path, TOWNS[:2]) as world:
        add_certified_inspector(world, until="2038-12-31")
        yield world


def ending_at(ctx: Context) -> list[tuple[str, int]]:
    with ctx.reading() as session:
        return [(each.whose, each.days) for each in ending.ending(ctx, session)]


def test_sixty_days_ahead_the_town_is_told_and_not_a_day_before(world):
    assert today.backlog(on(world.town, LAST - timedelta(days=61))).ending == ()
    told = today.backlog(on(world.town, LAST - timedelta(days=60))).ending
    assert {(each.whose, each.until, each.days) for each in told} == {("这台电脑", LAST, 60), ("王𠅤", LAST, 60)}
    assert [each.days for each in today.backlog(on(world.town, LAST + timedelta(days=3))).ending] == [-3, -3]
    assert joining.standing(on(world.town, LAST - timedelta(days=60))).ending
    assert not joining.standing(world.town).ending


def test_the_county_is_told_of_its_own_and_of_every_towns(world):
    assert ending_at(world.county) == []
    told = ending_at(on(world.county, LAST - timedelta(days=10)))
    assert sorted(told) == [
        ("云岭乡（000000002）", 10),
        ("王𠅤（000000001）", 10),
        ("石桥镇（000000001）", 10),
        ("这台电脑", 10),
    ]
    revoking.revoke(world.county, "DEMO-0001", "2026-03-02", "调离")
    assert ("王𠅤（000000001）", 10) not in ending_at(on(world.county, LAST - timedelta(days=10)))


def test_a_loan_that_ends_asks_for_no_renewal(world):
    lending.lend(world.county, "DEMO-0001", "000000002", "2026-03-03", "2026-03-09")
    assert ending_at(world.county) == []


def test_what_was_renewed_is_told_of_no_more(world, tmp_path):
    late = LAST - timedelta(days=10)
    town, county = on(world.town, late), on(world.county, late)
    before = joining.card(county).device
    joining.write_card(county, tmp_path / "card")
    assert joining.card(county).device != before  # the county renews its own with its card
    joining.write_request(town, tmp_path / "card", tmp_path / "request")
    joining.issue(county, tmp_path / "request", tmp_path / "answer")
    joining.accept(town, tmp_path / "answer")
    assert today.backlog(town).ending == ()
    assert ending_at(county) == [("云岭乡（000000002）", 10)]


def test_the_root_is_renewed_with_its_key_and_those_who_have_not_heard_go_on(world, tmp_path):
    late = legal_day(certificates.term(joining.card(world.county).root)[1]) - timedelta(days=30)
    county, town, other = (on(each, late) for each in (world.county, *world.towns))
    assert ("县级根证书", 30) in ending_at(county)
    before = joining.card(county).root
    joining.write_card(county, tmp_path / "card")
    assert joining.card(county).root != before
    assert "县级根证书" not in dict(ending_at(county))
    joining.write_request(town, tmp_path / "card", tmp_path / "request")
    joining.issue(county, tmp_path / "request", tmp_path / "answer")
    joining.accept(town, tmp_path / "answer")
    write_entry(town, "安泰机械厂")
    assert receiving.take_in(county, sending.export(town, world.stick).path).applied
    write_entry(county, "江口电镀厂")
    down = sending.export(county, world.stick).path
    for each in (town, other):  # the second still holds the card of old
        assert receiving.take_in(each, down).applied
    with other.reading() as session:
        assert keys.county_root(session) == before


def test_another_root_of_the_same_name_is_another_county(world, tmp_path):
    with open_workspace(county_workspace(tmp_path / "other"), "陶镕", PASSWORD, noon) as stranger:
        joining.write_card(stranger, tmp_path / "card")
    with pytest.raises(UserError, match="另一个县级"):
        joining.write_request(world.town, tmp_path / "card", tmp_path / "request")
