"""An administrator who resets two inspectors and signs in their names gets no record that counts."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ohdesk.db.models import KeyReset, Record
from ohdesk.services.county.towns import town_states
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.finding import drafts
from ohdesk.services.office import accounts
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, signing, verification, views
from ohdesk.services.trust import joining, keys
from tests.conftest import NOON, PASSWORD, county_workspace
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, SECOND, fill, party, pen

GIVEN, CHOSEN = "von-mir-gegeben", "von-mir-gewaehlt"


class Clock:
    """An hour later with every step."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self):
        return self.now

    def goes_on(self) -> None:
        self.now += timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path, clock):
    """A town with two inspectors whom the county has certified, and a visit of theirs filled to the end."""
    made = record_world.make(tmp_path / "town")
    county_workspace(tmp_path / "county")
    with opened(tmp_path / "town", "李旸", clock) as town, opened(tmp_path / "county", "陶镕", clock) as county:
        joining.write_card(county, tmp_path / "card")
        certify(town, county, tmp_path)
    with opened(made.folder, FIRST, clock, OWN[FIRST]) as ctx:
        fill(ctx, made.visit)
        drafts.accept_proposals(ctx, made.visit)
    clock.goes_on()
    return made


@contextmanager
def opened(folder: Path, account: str, clock: Clock, password: str = PASSWORD):
    with open_workspace(folder, account, password, clock) as ctx:
        yield ctx


def certify(town, county, folder, *, confirm_earlier=False):
    """The routine: a request, an answer, taken in; returns what the clerk was shown."""
    joining.write_request(town, folder / "card", folder / "request")
    shown = joining.issue(county, folder / "request", folder / "answer", confirm_earlier=confirm_earlier)
    joining.accept(town, folder / "answer")
    return shown


def signs_for_both(world, clock):
    """Reset both, log in as both, sign with both; everything an administrator can do with this program."""
    for account in (FIRST, SECOND):
        with opened(world.folder, "李旸", clock) as ctx:
            accounts.reset(ctx, account, GIVEN)
        with opened(world.folder, account, clock, GIVEN) as ctx:
            accounts.change_password(ctx, GIVEN, CHOSEN)
    clock.goes_on()
    with opened(world.folder, FIRST, clock, CHOSEN) as ctx:
        finalizing.finalize(ctx, world.visit, party(), (pen(),), signing.SecondSigner(SECOND, CHOSEN))
    clock.goes_on()


def send(town, county, stick):
    stick.mkdir(exist_ok=True)
    return receiving.take_in(county, sending.export(town, stick).path)


def counted(ctx):
    """The records that are held."""
    with ctx.reading() as session:
        return session.scalars(select(Record)).all()


def pdf_of(world, clock, folder):
    with opened(world.folder, "李旸", clock) as ctx:
        folder.mkdir()
        return views.export(views.open_record(ctx, world.visit).papers[0], folder)


def test_a_record_signed_after_resetting_both_inspectors_is_good_nowhere(world, clock, tmp_path):
    signs_for_both(world, clock)
    with opened(world.folder, "李旸", clock) as town, opened(tmp_path / "county", "陶镕", clock) as county:
        send(town, county, tmp_path / "stick")
        assert counted(county) == []
        with county.reading() as session:
            assert len(session.scalars(select(KeyReset)).all()) == 2
        shown = certify(town, county, tmp_path)
        assert shown.has_other_keys
        assert all("重置" in person.remark for person in shown.people)
        assert counted(county) == []
        clock.goes_on()
        send(town, county, tmp_path / "stick")
        assert counted(county) == []


def test_the_county_sees_a_reset_until_the_new_key_is_certified(world, clock, tmp_path):
    with opened(world.folder, "李旸", clock) as town, opened(tmp_path / "county", "陶镕", clock) as county:
        assert [state.resets for state in town_states(county)] == [()]
        accounts.reset(town, FIRST, GIVEN)
        send(town, county, tmp_path / "stick")
        assert [state.resets for state in town_states(county)] == [
            (f"{FIRST}的密码 2026-03-02 由李旸重置，新的签名密钥还没有县级证书",)
        ]
    clock.goes_on()
    with opened(world.folder, FIRST, clock, GIVEN) as ctx:
        accounts.change_password(ctx, GIVEN, CHOSEN)
    with opened(world.folder, "李旸", clock) as town, opened(tmp_path / "county", "陶镕", clock) as county:
        certify(town, county, tmp_path)
        assert [state.resets for state in town_states(county)] == [()]


def test_the_pdf_of_such_a_record_is_not_good_after_the_next_routine_certificate(world, clock, tmp_path):
    signs_for_both(world, clock)
    pdf = pdf_of(world, clock, tmp_path / "out")
    with opened(world.folder, "李旸", clock) as town, opened(tmp_path / "county", "陶镕", clock) as county:
        send(town, county, tmp_path / "stick")
        certify(town, county, tmp_path)
        clock.goes_on()
        for ctx in (town, county):
            with ctx.reading() as session:
                roots = keys.county_roots(ctx, session)
            assert not verification.verify_file(pdf, roots, ctx).is_good
        assert not verification.verify_file(pdf, roots).is_good


def test_even_with_the_countys_word_such_a_record_says_that_the_keys_came_by_a_reset(world, clock, tmp_path):
    signs_for_both(world, clock)
    with opened(world.folder, "李旸", clock) as town, opened(tmp_path / "county", "陶镕", clock) as county:
        send(town, county, tmp_path / "stick")
        certify(town, county, tmp_path, confirm_earlier=True)
        clock.goes_on()
        send(town, county, tmp_path / "stick")
        assert len(counted(county)) == 1
    pdf = pdf_of(world, clock, tmp_path / "out")
    with opened(tmp_path / "county", "陶镕", clock) as county, county.reading() as session:
        found = verification.verify_file(pdf, keys.county_roots(county, session), county)
    (certified,) = (fact for fact in found.facts if fact.key == "certified")
    assert "重置过签名人的密码" in certified.detail
