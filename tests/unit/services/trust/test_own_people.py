"""A county's own people sign for it: their draws stand in every town, and lent to one they sign there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ohdesk.db.models import SigningKey
from ohdesk.domain.facts import Verdict
from ohdesk.domain.people import Role
from ohdesk.errors import UserError
from ohdesk.services.county.draw_checks import check_draws
from ohdesk.services.draw.holding import compute, freeze, set_seed
from ohdesk.services.draw.views import draw_detail, list_draws, proof_of
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import accounts, people
from ohdesk.services.office.person_keys import give_key
from ohdesk.services.trust import certified, ending, joining, lending, own_people, revoking
from ohdesk.services.trust.asked import Asking
from tests.conftest import NOON, signing
from tests.unit.services.draw.test_holding import MINUTES, PLAN, SEED, add_firm
from tests.unit.services.exchange.bundle_world import TOWNS, new_world

SECRET = "quiet-lantern-42"
NAMES = ("闻人甲", "闻人乙", "闻人丙")


@pytest.fixture
def world(tmp_path):
    with new_world(tmp_path, TOWNS[:2]) as opened:
        for number, name in enumerate(NAMES):
            person = people.add_person(opened.county, name, "inspector", f"X-{number}", "2027-12-31", leads=True)
            accounts.add(opened.county, name, SECRET, {Role.INSPECTOR}, person)
        for number in range(12):
            add_firm(opened.county, number, risk_class="甲" if number < 6 else "乙")
        yield opened


def as_inspector(county, name=NAMES[0]):
    person = next(each.id for each in people.list_people(county) if each.name == name)
    return signing(county, person, accounts.unlock_inspector(county, name, SECRET).signer.key)


def as_person(county):
    return next(each.id for each in people.list_people(county) if each.name == NAMES[0])


def renew_key(county, name):
    """What the colleague's first login after a reset does for the signing key."""
    with county.transaction() as session:
        give_key(county, session, as_person(county), bytes(32))


def drawn(ctx):
    draw = freeze(ctx, PLAN)
    set_seed(ctx, draw, SEED, SEED, MINUTES)
    compute(ctx, draw)
    return draw


def sent_down(world):
    down = sending.export(world.county, world.stick).path
    return [receiving.take_in(town, down) for town in world.towns]


def test_a_draw_of_the_county_is_taken_and_computed_again_by_every_town(world):
    own_people.certify(world.county)
    draw = drawn(as_inspector(world.county))
    assert [taken.set_aside for taken in sent_down(world)] == [(), ()]
    for town in world.towns:
        assert draw_detail(town, draw).row.state == "computed"
        assert {fact.verdict for fact in proof_of(town, draw)} == {Verdict.HOLDS}
    (check,) = check_draws(world.county)
    assert (check.problem, check.flags) == ("", ())


def test_a_draw_from_before_the_certificate_counts_once_that_has_come(world):
    draw = drawn(as_inspector(world.county))
    assert all(taken.set_aside for taken in sent_down(world))
    assert list_draws(world.town) == []
    own_people.certify(world.county)
    sent_down(world)
    assert draw_detail(world.town, draw).row.state == "computed"


def test_lent_to_a_town_they_sign_there(world):
    own_people.certify(world.county)
    lent = lending.lend(world.county, NAMES[1], TOWNS[1][0], "2026-03-02", "2026-03-03")
    sent_down(world)
    with world.town.reading() as session:
        for days, counts in ((0, True), (2, False)):
            at = NOON + timedelta(days=days)
            assert (certified.signer_problem(session, lent.key, lent.person, TOWNS[1][0], at) == "") is counts
            assert certified.signer_problem(session, lent.key, lent.person, world.county.office.division, at) == ""
    with world.county.reading() as session:
        assert session.get_one(SigningKey, lent.person).confirmed


def test_it_is_done_once_and_again_when_the_term_is_about_to_end(world):
    assert [person.asking for person in own_people.certify(world.county)] == [Asking.NEW] * 3
    assert own_people.certify(world.county) == ()
    late = replace(world.county, now=lambda: NOON + timedelta(days=5 * 365 - 30))
    theirs = [term for term in ending.list_ending(late) if any(name in term.whose for name in NAMES)]
    assert [term.days > 0 for term in theirs] == [True] * 3
    assert [person.asking for person in own_people.certify(late)] == [Asking.RENEWAL] * 3
    assert own_people.certify(late) == ()


def test_a_key_made_after_a_reset_counts_from_its_certificate_on_and_is_told_as_another(world):
    own_people.certify(world.county)
    accounts.reset(world.county, NAMES[0], "another-lantern-43")
    with world.county.reading() as session:
        assert session.get(SigningKey, as_person(world.county)) is None
    later = replace(world.county, now=lambda: NOON + timedelta(days=1))
    renew_key(later, NAMES[0])
    (person,) = own_people.certify(later)
    assert person.asking is Asking.CHANGED
    assert "重置" in person.remark
    with later.reading() as session:
        key = certified.key_of(session.get_one(SigningKey, person.id).public_der)
        division = later.office.division
        assert certified.signer_problem(session, key, person.id, division, NOON)
        assert certified.signer_problem(session, key, person.id, division, later.now()) == ""


def test_a_revoked_key_is_not_certified_again_and_the_others_are(world):
    own_people.certify(world.county)
    revoking.revoke(world.county, NAMES[0], "2026-03-02", "调离")
    late = replace(world.county, now=lambda: NOON + timedelta(days=5 * 365 - 30))
    assert [person.name for person in own_people.certify(late)] == list(NAMES[1:])


def test_a_town_certifies_nobody(world):
    with pytest.raises(UserError):
        own_people.certify(world.town)
    nobody = replace(world.county, actor=replace(world.county.actor, roles=frozenset({Role.INSPECTOR})))
    with pytest.raises(UserError, match="权限"):
        own_people.certify(nobody)


def test_the_card_is_written_as_before(world, tmp_path):
    before = joining.card(world.county).fingerprint
    own_people.certify(world.county)
    assert joining.write_card(world.county, tmp_path / "card").fingerprint == before
