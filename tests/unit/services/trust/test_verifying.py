"""What `verify` says of records and bundles when certificates were renewed, taken back, or given for another key."""

import dataclasses
from datetime import UTC, datetime

import pytest

from ohdesk.db.models import Record
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.people import Role
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.finding import drafts
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, verification, views
from ohdesk.services.trust import joining, revoking
from tests.conftest import PASSWORD, county_workspace, noon
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second

AFTER = datetime(2031, 2, 1, tzinfo=UTC)  # a month before the certificates of noon end


class Offices:
    """A town with a final record that two inspectors signed, and its county; all on one stick."""

    def __init__(self, town, county, folder, world):
        self.town, self.county, self.folder, self.world = town, county, folder, world
        (folder / "stick").mkdir()

    def enrol(self, at=None, **how):
        ctxs = (self.county, self.town) if at is None else (self.on(self.county, at), self.on(self.town, at))
        county, town = ctxs
        joining.write_card(county, self.folder / "card")
        joining.write_request(town, self.folder / "card", self.folder / "request")
        joining.issue(county, self.folder / "request", self.folder / "answer", **how)
        joining.accept(town, self.folder / "answer")
        self.hand_down(at)

    def hand_down(self, at=None):
        county = self.county if at is None else self.on(self.county, at)
        receiving.take_in(self.town if at is None else self.on(self.town, at), self.sent(county))

    def sent(self, ctx):
        return sending.export(ctx, self.folder / "stick").path

    @staticmethod
    def on(ctx, at):
        return dataclasses.replace(ctx, now=lambda: at)

    def finalize(self):
        record_world.fill(self.town, self.world.visit)
        drafts.accept_proposals(self.town, self.world.visit)
        finalizing.finalize(self.town, self.world.visit, party(), (pen(),), second())

    def record(self):
        path = self.folder / "record.pdf"
        path.write_bytes(views.open_record(self.town, self.world.visit).papers[0].pdf)
        return path


@pytest.fixture
def offices(tmp_path):
    world = record_world.make(tmp_path / "town")
    county_folder = county_workspace(tmp_path / "county")
    with world.opened() as town, open_workspace(county_folder, "陶镕", PASSWORD, noon) as county:
        everything = dataclasses.replace(town.actor, roles=frozenset(Role))  # who signs enrols as well
        yield Offices(dataclasses.replace(town, actor=everything), county, tmp_path, world)


def fact(path, ctx, key: str) -> Fact:
    facts = verification.verify_file(path, (), ctx).facts
    return next(each for each in facts if each.key == key)


def test_a_record_signed_before_the_town_joined_holds_once_the_county_confirmed_the_keys(offices):
    offices.finalize()
    assert fact(offices.record(), offices.town, "certified").verdict is Verdict.UNCHECKED
    offices.enrol()
    for ctx in (offices.town, offices.county):
        assert fact(offices.record(), ctx, "certified") == Fact(
            "certified", "签名的密钥在签名时经县级确认，没有被吊销", Verdict.HOLDS, ""
        )
    assert verification.verify_file(offices.record(), (), offices.town).is_good


def test_a_record_stays_good_after_its_certificates_were_renewed(offices):
    offices.enrol()
    offices.finalize()
    offices.enrol(AFTER)
    for ctx in (offices.town, offices.county):
        after = offices.on(ctx, AFTER.replace(year=2033))
        assert fact(offices.record(), after, "certified").verdict is Verdict.HOLDS
        assert fact(offices.record(), after, "validity").verdict is Verdict.HOLDS


def test_a_record_signed_with_a_key_taken_back_by_then_names_the_revocation(offices):
    offices.enrol()
    offices.finalize()
    revoking.revoke(offices.county, record_world.SECOND, "2026-03-03", "调离")
    offices.hand_down()
    assert fact(offices.record(), offices.town, "certified").verdict is Verdict.HOLDS
    revoking.revoke(offices.county, record_world.SECOND, "2026-03-01", "密码外泄")
    offices.hand_down()
    for ctx in (offices.town, offices.county):
        found = fact(offices.record(), ctx, "certified")
        assert (found.verdict, found.detail) == (Verdict.FAILS, "县级自 2026-03-01 起吊销了这把密钥：密码外泄")
        assert not verification.verify_file(offices.record(), (), ctx).is_good
    with offices.town.reading() as session:
        assert session.get(Record, offices.world.visit) is not None  # flagged, never deleted


def test_a_bundle_of_a_laptop_taken_back_does_not_verify(offices):
    offices.enrol()
    bundle = offices.sent(offices.town)
    assert verification.verify_file(bundle, (), offices.county).is_good
    revoking.revoke(offices.county, offices.town.office.replica, "2026-03-02", "电脑被盗")
    found = fact(bundle, offices.county, "bundle.sender")
    assert (found.verdict, found.detail) == (Verdict.FAILS, "县级自 2026-03-02 起吊销了这把密钥：电脑被盗")
