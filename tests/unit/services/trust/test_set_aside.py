"""A certificate that comes has tried again what waits for it, and nothing else of all that is set aside."""

import pytest

from ohdesk.db import accepting
from ohdesk.db.models import Setting
from ohdesk.domain.people import Role
from ohdesk.services.office import accounts, people
from ohdesk.services.record import finalizing
from ohdesk.services.trust import held_back, own_people, set_aside
from tests.conftest import signing
from tests.signed_records import make_signing_world, sent, signed
from tests.unit.services.exchange.bundle_world import enrol, open_world

LATER, SECRET = "江瑀", "ohdesk-test-3"
WAITING = 5


@pytest.fixture
def world(tmp_path):
    make_signing_world(tmp_path / "world")
    with open_world(tmp_path / "world") as world:
        yield world


@pytest.fixture
def tried(monkeypatch):
    """The persons of whom something is tried again, once for each."""
    seen, real = [], accepting.decode

    def decode(body):
        applied = real(body)
        seen.append(applied.by)
        return applied

    monkeypatch.setattr(accepting, "decode", decode)
    return seen


def joins(ctx, name, number):
    person = people.add_person(ctx, name, "inspector", number, "2027-12-31")
    accounts.add(ctx, name, SECRET, {Role.INSPECTOR}, person)
    return person


def waiting_for_a_newcomer(world):
    """Somebody whom the county has not certified adds to a record, again and again; return the person."""
    (visit,) = signed(world)
    person = joins(world.town, LATER, "T-9")
    newcomer = accounts.unlock_inspector(world.town, LATER, SECRET)
    ctx = signing(world.town, newcomer.person, newcomer.signer.key)
    for number in range(WAITING):
        finalizing.amend(ctx, visit, f"检查地点为一楼东侧车间 {number}", "笔误")
    sent(world)
    assert len(held_back.held_back(world.county)) == WAITING
    return person


def test_a_certificate_of_somebody_else_has_nothing_tried_again(world, tried):
    waiting_for_a_newcomer(world)
    joins(world.county, "闻人甲", "X-1")
    tried.clear()
    own_people.certify(world.county)
    assert tried == []
    assert len(held_back.held_back(world.county)) == WAITING


def test_what_waits_for_a_certificate_is_tried_once_when_it_comes(world, tried, tmp_path):
    person = waiting_for_a_newcomer(world)
    tried.clear()
    enrol(tmp_path / "trust", world.county, world.towns)
    assert tried.count(person) == WAITING
    assert held_back.held_back(world.county) == []


def test_where_the_database_cannot_choose_a_certificate_has_everything_tried_again(world, tried, tmp_path, monkeypatch):
    monkeypatch.setattr(set_aside, "is_numbered", lambda _: False)
    person = waiting_for_a_newcomer(world)
    tried.clear()
    joins(world.county, "闻人甲", "X-1")
    own_people.certify(world.county)
    assert tried.count(person) == WAITING
    enrol(tmp_path / "trust", world.county, world.towns)
    assert held_back.held_back(world.county) == []


def test_another_program_tries_everything_again(world, tried, tmp_path):
    person = waiting_for_a_newcomer(world)
    joins(world.county, "闻人甲", "X-1")
    with world.county.transaction() as session:
        row = session.get_one(Setting, "set_aside/tried_with")
        row.value = row.value | {"kinds": "of another program"}
    tried.clear()
    own_people.certify(world.county)
    assert tried.count(person) == WAITING
