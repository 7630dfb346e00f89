"""What the county said of keys, asked wherever its operations have come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.models import Certificate, OperationRow, Peer, SigningKey
from ohdesk.domain.operations import CertificateRevoked
from ohdesk.security import certificates
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.trust import certified, joining
from tests.conftest import NOON
from tests.unit.services.exchange.bundle_world import World, add_certified_inspector, copied_world, write_entry

YEAR = timedelta(days=365)


@pytest.fixture
def world(tmp_path):
    """A county and two laptops of one town; nothing was sent yet."""
    with copied_world(tmp_path, [("000000001", "石桥镇"), ("000000001", "石桥镇二号机")]) as opened:
        yield opened


@pytest.fixture
def person(world) -> str:
    """An inspector of the first laptop, with a certified key."""
    return add_certified_inspector(world)


def key_of(ctx: Context, person: str) -> str:
    with ctx.reading() as session:
        return certified.key_of(session.get_one(SigningKey, person).public_der)


def hand_down(world: World) -> None:
    """The county's next bundle reaches both laptops."""
    path = sending.export(world.county, world.stick).path
    for town in world.towns:
        receiving.take_in(town, path)


def problem(ctx: Context, key: str, person: str, division: str = "000000001", at=NOON) -> str:
    with ctx.reading() as session:
        return certified.signer_problem(session, key, person, division, at)


def revoke(ctx: Context, key: str, since: str) -> None:
    with ctx.transaction() as session:
        journal.record(session, CertificateRevoked(record=key, since=since, reason="电脑被盗"), ctx.stamp())


def test_every_office_says_the_same_of_a_key_once_the_countys_bundle_has_come(world, person):
    key = key_of(world.town, person)
    assert "没有县级签发的证书" in problem(world.towns[1], key, person)
    hand_down(world)
    for ctx in (world.county, *world.towns):
        assert problem(ctx, key, person) == ""
        assert "不是签名人本人的" in problem(ctx, key, "another person")
        assert "不能用于 000000002" in problem(ctx, key, person, "000000002")
        assert "没有县级签发的证书" in problem(ctx, "0" * 64, person)
        assert "有效期不含" in problem(ctx, key, person, at=NOON + 6 * YEAR)
        assert "有效期不含" in problem(ctx, key, person, at=NOON - YEAR)


def test_a_key_taken_back_counts_until_the_day_before(world, person):
    key = key_of(world.town, person)
    revoke(world.county, key, "2026-04-01")
    revoke(world.county, key, "2026-03-20")
    hand_down(world)
    for ctx in (world.county, *world.towns):
        assert problem(ctx, key, person, at=NOON) == ""
        assert "自 2026-03-20 起吊销了这把密钥：电脑被盗" in problem(ctx, key, person, at=NOON + timedelta(days=18))
        with ctx.reading() as session:
            # Nothing that was applied hangs on when the word of it came.
            assert certified.certificate_problem(session, key, person, "000000001", NOON + YEAR) == ""


def test_two_laptops_of_one_town_open_each_others_bundles_once_the_county_announced_them(world):
    first, second = world.towns
    with first.transaction() as session, second.transaction() as other:
        for each, peer in ((session, second), (other, first)):
            each.delete(each.get_one(Peer, peer.office.replica))
    hand_down(world)
    for ctx, other in ((first, second), (second, first)):
        write_entry(ctx, f"{ctx.office.name}的厂")
        assert receiving.take_in(other, sending.export(ctx, world.stick).path).applied == 1


def test_a_laptop_taken_back_is_no_receiver_any_more(world):
    hand_down(world)
    with world.county.reading() as session:
        found = certified.devices(session, "000000001", NOON.date())
        [lost] = [row.key for row in found if row.name == "石桥镇二号机"]
    revoke(world.county, lost, "2026-03-02")
    assert sending.export(world.county, world.stick).recipients == ("石桥镇",)
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    write_entry(world.town, "安泰机械厂")
    assert sending.export(world.town, world.stick).recipients == ("青原县卫生健康局",)


def test_a_town_cannot_speak_of_certificates(world, person):
    key = key_of(world.town, person)
    with pytest.raises(Exception, match="只能由县级写入"):
        revoke(world.town, key, "2026-03-01")


OTHER = "019cacb3-f200-7869-bae0-041923b82a72"


@pytest.mark.parametrize("lie", [{"division": "000000002"}, {"person": OTHER}, {"key": "0" * 64}, {"recipient": "a"}])
def test_an_announcement_that_says_something_else_than_its_certificate_is_set_aside(world, person, lie):
    with world.county.transaction() as session:
        row = session.scalars(select(Certificate).where(Certificate.person == person)).one()
        key, root = joining.root_of(world.county, session)
        told = certificates.public_der(row.der), certificates.person_of(row.der)
        renewed = certified.issued(certificates.issue(key, root, *told, NOON), row.since)
        journal.record(session, replace(renewed, **lie), world.county.stamp())
    hand_down(world)
    with world.town.reading() as session:
        aside = session.scalars(select(OperationRow).where(OperationRow.set_aside != "")).all()
        assert len(aside) == 1
