"""Keys taken back, certificates that ran out, and clocks that say what they like."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ohdesk.db.models import OwnKey
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.context import Context
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import accounts, people, renewal
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.trust import certified, joining, revoking
from ohdesk.services.trust.revoking import Standing
from ohdesk.sync.problems import ExpiredSenderError, OutOfTermError, RevokedSenderError
from tests.conftest import NOON, PASSWORD, noon
from tests.unit.services.exchange.bundle_world import (
    TOWNS,
    add_certified_inspector,
    copied_world,
    copy_of,
    enrol,
    new_world,
    write_entry,
)

END = datetime(2031, 3, 1, 4, 0, tzinfo=UTC)  # of the certificates issued at NOON


def at(ctx: Context, when: datetime) -> Context:
    """The same workspace with its clock set."""
    return replace(ctx, now=lambda: when)


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path, TOWNS[:2]) as opened:
        yield opened


@pytest.fixture
def inspector(world) -> str:
    return add_certified_inspector(world)


def sent(ctx: Context, world, when: datetime = NOON):
    write_entry(ctx, f"{ctx.office.name} {when:%Y%m%d%H%M}")
    return sending.export(at(ctx, when), world.stick).path


def renew(world, when: datetime, folder: str = "renewed") -> None:
    """The town asks again with the keys it has, and the county certifies them anew."""
    place = world.stick.with_name(folder)
    place.mkdir()
    joining.write_card(at(world.county, when), place / "card")
    joining.write_request(at(world.town, when), place / "card", place / "request")
    joining.issue(at(world.county, when), place / "request", place / "answer")
    joining.accept(at(world.town, when), place / "answer")


@pytest.mark.parametrize("who", ["王𠅤", "DEMO-0001"])
def test_a_persons_key_is_taken_back_by_name_or_number_and_every_office_hears(world, inspector, who):
    key = revoking.revoke(world.county, who, "2026-03-10", "调离")
    assert (key.name, key.revoked) == ("王𠅤", "县级自 2026-03-10 起吊销了这把密钥：调离")
    down = sending.export(world.county, world.stick).path
    for ctx in (world.county, *world.towns):
        if ctx is not world.county:
            receiving.take_in(ctx, down)
        with ctx.reading() as session:
            for day, good in ((9, True), (11, False)):
                when = NOON.replace(day=day)
                said = certified.signer_problem(session, key.key, inspector, "000000001", when)
                assert (said == "") is good


def test_a_laptop_is_taken_back_by_its_replica_and_may_state_any_time(world):
    early, late = sent(world.town, world), sent(world.town, world, NOON + timedelta(days=30))
    revoking.revoke(world.county, world.town.office.replica[:8], "2026-03-02", "电脑被盗")
    for bundle in (early, late):
        with pytest.raises(RevokedSenderError):
            receiving.take_in(world.county, bundle)
    down = sending.export(world.county, world.stick)
    assert down.recipients == ("云岭乡",)


def test_a_revocation_counts_from_its_day_on(world):
    bundle = sent(world.town, world)
    revoking.revoke(world.county, world.town.office.replica, "2026-04-01", "换新电脑")
    assert receiving.take_in(world.county, bundle).applied
    later = sent(world.town, world, NOON + timedelta(days=31))
    with pytest.raises(RevokedSenderError):
        receiving.take_in(at(world.county, NOON + timedelta(days=31)), later)


def test_until_its_day_a_key_revoked_for_later_still_stands(world):
    bundle = sent(world.town, world)
    key = revoking.revoke(world.county, world.town.office.replica, "2099-01-01", "届时停用")
    for day, standing in ((NOON.date(), Standing.VALID), (date(2099, 1, 1), Standing.REVOKED)):
        assert key.standing(day) is standing
    assert receiving.take_in(world.county, bundle).applied
    earlier = revoking.revoke(world.county, world.town.office.replica, "2020-01-01", "早已停用")
    assert earlier.standing(NOON.date()) is Standing.REVOKED
    with pytest.raises(RevokedSenderError):
        receiving.take_in(world.county, sent(world.town, world))


def test_the_county_does_not_take_back_the_key_it_speaks_with(world, tmp_path):
    with copy_of(world.county, tmp_path / "copy") as copied:
        renewal.renew(copied)
    with open_workspace(tmp_path / "copy", "陶镕", PASSWORD, noon) as new:
        joining.write_card(new, tmp_path / "card")
        with pytest.raises(UserError, match="本机自己"):
            revoking.revoke(new, new.office.replica, "2026-03-02", "写错了电脑")
        assert {key.revoked for key in revoking.certified_keys(new)} == {""}


@pytest.mark.parametrize("year", [1970, 2098])
def test_with_a_clock_outside_the_roots_term_nothing_is_issued(world, tmp_path, year):
    joining.write_card(world.county, tmp_path / "card")
    joining.write_request(world.town, tmp_path / "card", tmp_path / "request")
    wrong = at(world.county, datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(UserError, match=f"{year}-01-01.*有效期"):
        joining.issue(wrong, tmp_path / "request", tmp_path / "answer")
    assert not (tmp_path / "answer").exists()


@pytest.mark.parametrize("days", [3, 5000, -6 * 365])
def test_a_certificate_that_does_not_hold_today_is_not_taken_for_one_that_does(world, tmp_path, days):
    joining.write_card(world.county, tmp_path / "card")
    joining.write_request(world.town, tmp_path / "card", tmp_path / "request")
    joining.issue(at(world.county, NOON + timedelta(days=max(days, 0))), tmp_path / "request", tmp_path / "answer")
    today = at(world.town, NOON - timedelta(days=min(days, 0)))
    with pytest.raises(UserError, match="本机今天是"):
        joining.accept(today, tmp_path / "answer")
    assert receiving.take_in(world.county, sent(world.town, world)).applied  # under the one it had


def test_a_revocation_can_be_lifted_whichever_comes_first(world, inspector):
    before = digest(world.county)
    revoking.revoke(world.county, "DEMO-0001", "2026-03-01", "误报")
    revoking.revoke(world.county, "DEMO-0001", "2026-02-01", "误报")
    key = revoking.reinstate(world.county, "DEMO-0001", "电话核实，钥匙没有丢")
    assert key.revoked == ""
    assert digest(world.county) != before  # it is told, not forgotten
    with world.county.reading() as session:
        assert certified.signer_problem(session, key.key, inspector, "000000001", NOON) == ""
    with pytest.raises(UserError, match="没有被吊销"):
        revoking.reinstate(world.county, "DEMO-0001", "再一次")


def test_what_is_missing_is_said_at_once_and_a_slip_takes_nothing_back(world, inspector):
    with pytest.raises(ProblemsError) as caught:
        revoking.revoke(world.county, "DEMO-0001", "三月", " ")
    assert [problem.field for problem in caught.value.problems] == ["since", "reason"]
    for who in ("", "李四", world.town.office.replica[:4]):
        with pytest.raises(UserError, match="没有给"):
            revoking.revoke(world.county, who, "2026-03-01", "x")
    with pytest.raises(UserError, match="只能在县级"):
        revoking.revoke(world.town, "DEMO-0001", "2026-03-01", "x")
    assert {key.revoked for key in revoking.certified_keys(world.county)} == {""}


def test_one_of_two_people_of_the_same_name_is_named_by_number(world, inspector):
    other = people.add_person(world.towns[1], "王𠅤", "inspector", "DEMO-0009", "2028-12-31")
    accounts.add(world.towns[1], "王𠅤", "zweites-wort", {"inspector"}, other)
    enrol(world.stick.with_name("other"), world.county, world.towns[1:])
    with pytest.raises(UserError, match="有多把密钥"):
        revoking.revoke(world.county, "王𠅤", "2026-03-01", "x")
    assert revoking.revoke(world.county, "DEMO-0009", "2026-03-01", "x").division == "000000002"


def test_a_bundle_backdated_into_a_term_long_over_is_refused(world):
    """A laptop found in 2040 sets its clock to 2026."""
    bundle = sent(world.town, world, NOON + timedelta(days=1))
    with pytest.raises(ExpiredSenderError) as caught:
        receiving.take_in(at(world.county, datetime(2040, 1, 1, tzinfo=UTC)), bundle)
    assert "2031-03-01 已到期" in caught.value.message
    assert "2026-03-03" in caught.value.message


def test_an_honest_stick_written_in_time_is_taken_after_the_end(world):
    bundle = sent(world.town, world, END - timedelta(days=3))
    assert receiving.take_in(at(world.county, END + timedelta(days=100)), bundle).applied


def test_a_bundle_older_than_what_its_sender_said_before_is_no_honest_stick(world):
    receiving.take_in(world.county, sent(world.town, world, END - timedelta(days=30)))
    backdated = sent(world.town, world, END - timedelta(days=60))
    assert receiving.take_in(at(world.county, END - timedelta(days=1)), backdated).applied
    again = sent(world.town, world, END - timedelta(days=90))
    with pytest.raises(ExpiredSenderError):
        receiving.take_in(at(world.county, END + timedelta(days=1)), again)


def test_a_town_asks_the_countys_time_as_well_as_its_own_clock(tmp_path):
    with new_world(tmp_path, [("000000001", "石桥镇"), ("000000001", "石桥镇二号机")]) as world:
        first, second = world.towns
        backdated = sent(second, world, NOON + timedelta(days=1))
        renew(world, END - timedelta(days=5))
        late = END + timedelta(days=400)
        receiving.take_in(at(first, NOON), sending.export(at(world.county, END - timedelta(days=4)), world.stick).path)
        assert receiving.take_in(at(first, NOON), backdated).applied
        again = sent(second, world, NOON + timedelta(days=2))
        with pytest.raises(ExpiredSenderError):
            receiving.take_in(at(first, late), again)


def test_outside_its_term_a_certificate_says_so_and_not_that_it_is_another_countys(world):
    bundle = sent(world.town, world, END + timedelta(days=10))
    with pytest.raises(OutOfTermError, match="不在有效期（2026-03-01 至 2031-03-01）内"):
        receiving.take_in(at(world.county, END + timedelta(days=10)), bundle)


def test_a_renewal_keeps_the_keys_and_makes_old_sticks_good_again(world, inspector):
    with world.town.reading() as session:
        before = session.get_one(OwnKey, "device").public
    old = sent(world.town, world, END - timedelta(days=200))
    renew(world, END - timedelta(days=30))
    with world.town.reading() as session:
        assert session.get_one(OwnKey, "device").public == before
    late = END + timedelta(days=800)
    assert receiving.take_in(at(world.county, late), old).applied
    assert receiving.take_in(at(world.county, late), sent(world.town, world, late)).applied
    with world.county.reading() as session:
        key = next(each.key for each in revoking.certified_keys(world.county) if each.name == "王𠅤")
        for when in (NOON, END - timedelta(days=31), late):
            assert certified.signer_problem(session, key, inspector, "000000001", when) == ""
