"""Nobody speaks for another: what a certified laptop may say at the county and at a town, and what comes to nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ohdesk.db import accepting, apply, journal
from ohdesk.db.models import (
    Draw,
    Establishment,
    KeyPurpose,
    OperationRow,
    OwnKey,
    Peer,
    PeerRefused,
    Person,
    Proposal,
)
from ohdesk.domain.facts import Verdict
from ohdesk.domain.operations import (
    DrawCommitted,
    EstablishmentWritten,
    PersonWritten,
    ProposalSettled,
)
from ohdesk.security import certificates
from ohdesk.security.certificates import DeviceSubject
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.county.conflicts import in_dispute
from ohdesk.services.exchange import inbox, receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office.own_keys import at_rest
from ohdesk.services.trust import certified, joining, keys
from ohdesk.sync.problems import OtherCountyError, OtherTownError, StrangeCountyError
from tests.conftest import NOON, signing
from tests.unit.services.exchange.bundle_world import TOWNS, bodies, copied_world, new_world, write_entry

NAME = "青原县金麓陶瓷厂"


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as opened:
        yield opened


@pytest.fixture
def liar(world):
    return world.towns[0]


@pytest.fixture
def victim(world):
    return world.towns[1]


@pytest.fixture
def unchecked(monkeypatch):
    """A program that was changed so that it writes whatever it is told, as having seen what it is told."""

    def write(ctx, operation, base=()):
        with monkeypatch.context() as patch, ctx.transaction() as session:
            patch.setattr(journal, "speaks_against", lambda _: "")
            patch.setattr(apply, "apply_many", lambda *_: {})
            patch.setattr(apply, "bases", lambda *_: [tuple(base)])
            journal.record(session, operation, signing(ctx).stamp())

    return write


def to_county(world, *towns):
    """Have the county take in the towns' bundles; return what it set aside."""
    paths = [sending.export(town, world.stick).path for town in towns]
    return [each for path in paths for each in receiving.take_in(world.county, path).set_aside]


def overheard(ctx, other):
    """The laptop somehow has what the other one wrote, past its own door."""
    with ctx.transaction() as session:
        for body in bodies(other, other.office.replica):
            accepting.accept(session, body)


def shown(ctx, entry, field="name"):
    with ctx.reading() as session:
        return getattr(session.get_one(Establishment, entry), field)


def writes_of(ctx, entry):
    with ctx.reading() as session:
        rows = select(OperationRow.replica, OperationRow.seq).where(OperationRow.record == entry)
        return [f"{replica}:{seq}" for replica, seq in session.execute(rows)]


def proposed(ctx):
    with ctx.reading() as session:
        return [(each.division, each.state) for each in session.scalars(select(Proposal).order_by(Proposal.seq))]


def written(entry, **fields):
    return EstablishmentWritten(record=entry, fields=fields)


def test_another_towns_employer_is_not_renamed_with_its_own_writes_in_the_base(world, liar, victim, unchecked):
    entry = write_entry(victim, NAME)
    overheard(liar, victim)
    unchecked(liar, written(entry, name="冒名厂", status="注销"), writes_of(victim, entry))
    assert to_county(world, victim, liar) == []
    assert (shown(world.county, entry), shown(world.county, entry, "status")) == (NAME, "")
    assert in_dispute(world.county) == []
    assert proposed(world.county) == [(liar.office.division, "open")]


def test_grinding_the_hash_shows_no_forged_value(world, liar, victim, unchecked):
    entry = write_entry(victim, NAME)
    for number in range(20):
        unchecked(liar, written(entry, name=f"冒名厂{number}"))
    to_county(world, liar, victim)
    assert shown(world.county, entry) == NAME
    assert in_dispute(world.county) == []
    assert len(proposed(world.county)) == 20


def test_an_employer_is_not_taken_by_writing_the_own_code(world, liar, victim, unchecked):
    entry = write_entry(victim, NAME)
    overheard(liar, victim)
    unchecked(liar, written(entry, town=liar.office.division), writes_of(victim, entry))
    unchecked(liar, written(entry, name="冒名厂"), writes_of(liar, entry))
    to_county(world, victim, liar)
    assert (shown(world.county, entry), shown(world.county, entry, "town")) == (NAME, victim.office.division)


def test_an_employer_that_the_county_gave_away_is_not_written_as_if_nothing_had_been_said(world, liar, unchecked):
    entry = write_entry(liar, NAME)
    to_county(world, liar)
    write_entry(world.county, NAME, entry, TOWNS[1][0])
    unchecked(liar, written(entry, name="旧主改名"), writes_of(liar, entry))
    to_county(world, liar)
    assert (shown(world.county, entry), in_dispute(world.county)) == (NAME, [])


def test_what_another_office_would_have_to_say_is_set_aside_with_the_reason(world, liar, victim, unchecked):
    someone, draw = victim.new_id(), victim.new_id()
    unchecked(liar, PersonWritten(record=someone, fields={"name": "冒名", "role": "inspector"}))
    forged = DrawCommitted(record=draw, plan="2026-1", number=1, commit="1" * 64, pool_sha256="2" * 64)
    unchecked(liar, forged)
    aside = to_county(world, liar)
    assert [each.kind for each in aside] == ["person.written@1", "draw.committed@1"]
    assert all("另一个单位" in each.reason for each in aside)
    with world.county.reading() as session:
        assert (session.get(Person, someone), session.get(Draw, draw)) == (None, None)


def test_a_town_says_no_word_of_the_countys(world, liar, victim, unchecked):
    with liar.reading() as session:
        said = certified.issued(keys.own_key(session, KeyPurpose.DEVICE).certificate_der, NOON)
    entry = write_entry(victim, NAME)
    overheard(liar, victim)
    unchecked(liar, said)
    unchecked(liar, written(entry, name="冒名厂"), writes_of(victim, entry))
    own = next(each for each in writes_of(liar, entry) if each.startswith(liar.office.replica))
    settled = ProposalSettled(record=entry, proposal=own, accepted=True, reason="x")
    unchecked(liar, settled)
    aside = to_county(world, victim, liar)
    assert [each.kind for each in aside] == ["certificate.issued@1", "proposal.settled@1"]
    assert all("县级" in each.reason for each in aside)
    assert (shown(world.county, entry), proposed(world.county)) == (NAME, [(liar.office.division, "open")])


def test_what_was_set_aside_is_told_to_who_wrote_it(world, liar, victim, unchecked):
    unchecked(liar, PersonWritten(record=victim.new_id(), fields={"name": "冒名", "role": "inspector"}))
    to_county(world, liar)
    receiving.take_in(liar, sending.export(world.county, world.stick).path)
    with liar.reading() as session:
        assert [each.seq for each in session.scalars(select(PeerRefused))] == [1]


def test_a_town_takes_nothing_from_another_town(world, liar, victim):
    """The recipient's key stands in clear in its request, so anybody can seal a bundle to it."""
    entry = write_entry(victim, NAME)
    with victim.reading() as session:
        recipient = session.get_one(OwnKey, KeyPurpose.AGE).public.decode()
    with liar.transaction() as session:
        county = keys.county_peer(session)
        county.age_recipient = recipient
    write_entry(liar, "冒名厂")
    path = sending.export(liar, world.stick).path
    with pytest.raises(OtherTownError) as refused:
        receiving.take_in(victim, path)
    preview = inbox.look(victim, path)
    assert [fact.verdict for fact in preview.facts][2] is Verdict.FAILS
    assert preview.remedy == refused.value.remedy
    assert shown(victim, entry) == NAME


def certified_as(world, ctx, division, name):
    """The laptop with a certificate under the county's root that says it belongs to another division."""
    with world.county.reading() as session, ctx.transaction() as own:
        root = session.get_one(OwnKey, KeyPurpose.ROOT)
        key = PersonKey.unwrap(root.secret, at_rest(world.county.keys.database), joining.ROOT_OWNER)
        device = own.get_one(OwnKey, KeyPurpose.DEVICE)
        subject = DeviceSubject(replica=ctx.office.replica, office=name, division=division)
        device.certificate_der = certificates.issue(key, root.certificate_der, device.public, subject, NOON)
    return replace(ctx, office=replace(ctx.office, division=division, name=name))


def test_the_countys_division_alone_does_not_make_a_county(world, liar, victim):
    false = certified_as(world, liar, "000000", "青原县卫生健康局")
    entry = write_entry(false, "假县级写的", town=victim.office.division)
    path = sending.export(false, world.stick).path
    for ctx in (victim, world.county):
        with pytest.raises(StrangeCountyError):
            receiving.take_in(ctx, path)
        with ctx.reading() as session:
            assert session.get(Establishment, entry) is None


def test_a_county_takes_nothing_from_another_county(world, liar):
    stranger = certified_as(world, liar, "000001001", "外县镇")
    write_entry(stranger, "外县的厂")
    with pytest.raises(OtherCountyError):
        receiving.take_in(world.county, sending.export(stranger, world.stick).path)


def test_a_laptop_of_ones_own_waits_until_the_county_has_announced_it(tmp_path):
    with new_world(tmp_path, (TOWNS[0], TOWNS[0])) as world:
        first, second = world.towns
        with first.transaction() as session:
            session.delete(session.get_one(Peer, second.office.replica))
        entry = write_entry(second, NAME)
        with second.transaction() as session:
            assert session.get(Peer, first.office.replica)
        path = sending.export(second, world.stick).path
        waits = receiving.take_in(first, path)
        assert waits.outcome is Outcome.PARKED
        assert "登记" in waits.waits[0]
        announced = receiving.take_in(first, sending.export(world.county, world.stick).path)
        assert announced.followed == (path.name,)
        assert shown(first, entry) == NAME
