"""Promise: what binds a person counts only with that person's own signature, certified for the town it is an act of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ohdesk.db import journal
from ohdesk.db.apply.applied import RefusedError
from ohdesk.db.journal import Signature
from ohdesk.db.models import Draw, Record
from ohdesk.domain.operations import DrawCommitted, RecordAmended
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.county import coverage
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.receiving import Taken
from ohdesk.services.office import accounts, people, powers
from ohdesk.services.trust import lending
from tests import rectifying
from tests.conftest import signing
from tests.unit.services.exchange.bundle_world import World, copy_of_world, enrol, new_world
from tests.visiting import POWER, add_firm

TOWNS = (("000000001", "石桥镇"), ("000000002", "云岭乡"))
SECRET = "ohdesk-test-2"


@dataclass(frozen=True)
class Inspectors:
    """A town's two inspectors: their ids, and the key of the first."""

    first: str
    second: str
    key: PersonKey


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A county and two towns, each with two inspectors whom the county has certified; copied for each test."""
    folder = tmp_path_factory.mktemp("binding") / "world"
    folder.mkdir()
    with new_world(folder, TOWNS) as world:
        for town in world.towns:
            powers.add_power(town, POWER)
            for number, name in enumerate(("周沄", "吴翙", "卓屿")):
                number = f"T{town.office.division[-1]}-{number}"
                person = people.add_person(town, name, "inspector", number, "2027-12-31", leads=True)
                accounts.add(town, name, SECRET, {"inspector"}, person)
        enrol(folder / "trust", world.county, world.towns)
    return folder


@pytest.fixture
def world(made, tmp_path) -> Iterator[World]:
    with copy_of_world(made, tmp_path / "world") as world:
        yield world


def inspectors(ctx: Context) -> Inspectors:
    first, second, _third = sorted(people.list_people(ctx), key=lambda each: each.certificate_no)
    return Inspectors(first.id, second.id, accounts.unlock_inspector(ctx, first.name, SECRET).signer.key)


def freeze(ctx: Context, number: int = 1) -> None:
    """Freeze a draw, by whatever `ctx` signs with."""
    committed = DrawCommitted(record=ctx.new_id(), plan="2026-1", number=number, commit="1" * 64, pool_sha256="2" * 64)
    with ctx.transaction() as session:
        journal.record(session, committed, ctx.stamp())


@contextmanager
def not_signing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A program that writes binding operations without a signature, as ours refuses to."""
    with monkeypatch.context() as patch:
        for kind in (DrawCommitted, RecordAmended):
            patch.setattr(kind, "binding", False)
        yield


def begun(ctx: Context) -> str:
    """A visit with all its answers, before its record is final."""
    visit = rectifying.visit_of(ctx, add_firm(ctx), "2026-03-02")
    rectifying.fill(ctx, visit)
    return visit


def record_of(ctx: Context, by: Inspectors) -> str:
    """Make a record final in the name of the first inspector; return its visit."""
    return rectifying.finalize(ctx, begun(ctx), by.key)


def sent(world: World, town: Context) -> Taken:
    return receiving.take_in(world.county, sending.export(town, world.stick).path)


def reasons(taken: Taken) -> list[str]:
    return [each.reason for each in taken.set_aside]


def records(ctx: Context) -> list[str]:
    with ctx.reading() as session:
        return list(session.scalars(Record.__table__.select().with_only_columns(Record.visit)))


def test_an_act_with_the_persons_certified_signature_counts(world):
    own = inspectors(world.town)
    visit = record_of(world.town, own)
    freeze(signing(world.town, own.first, own.key))
    taken = sent(world, world.town)
    assert taken.set_aside == ()
    assert records(world.county) == [visit]


def test_an_act_without_a_signature_in_somebodys_name_is_set_aside(world, monkeypatch):
    own = inspectors(world.town)
    with not_signing(monkeypatch):
        freeze(signing(world.town, own.first))
    assert reasons(sent(world, world.town)) == ["没有办理人的个人签名"]


def test_a_key_that_the_device_itself_chose_is_not_the_persons(world):
    own = inspectors(world.town)
    record_of(world.town, replace(own, key=PersonKey.create()))
    assert reasons(sent(world, world.town)) == ["这把密钥没有县级签发的证书"]
    assert coverage.by_town(world.county, 2026)[0].inspected.part == 0


def test_a_signature_under_something_else_is_none(world):
    own = inspectors(world.town)
    sign = signing(world.town, own.first, own.key).sign
    freeze(replace(signing(world.town, own.first), sign=lambda _message: sign(b"something else")))
    freeze(replace(signing(world.town, own.first), sign=lambda message: Signature("0" * 64, sign(message).value)), 2)
    assert reasons(sent(world, world.town)) == ["个人签名核验不通过", "这把密钥没有县级签发的证书"]


def test_the_inspectors_of_one_town_bind_no_other(world):
    here, there = world.towns
    strangers = inspectors(there)
    freeze(signing(here, strangers.first, strangers.key))
    assert reasons(sent(world, here)) == ["周沄的证书是给 000000002 的，不能用于 000000001"]


def test_a_colleague_who_was_not_there_makes_no_record_final(world):
    own = inspectors(world.town)
    (third,) = [each.id for each in people.list_people(world.town) if each.id not in {own.first, own.second}]
    key = accounts.unlock_inspector(world.town, "卓屿", SECRET).signer.key
    visit = begun(world.town)
    with pytest.raises(RefusedError, match="不是文书写明的检查人员"):
        rectifying.finalize(world.town, visit, key, third)


def draws(ctx: Context) -> int:
    with ctx.reading() as session:
        return session.scalar(select(func.count()).select_from(Draw)) or 0


def test_what_came_before_its_certificate_counts_as_soon_as_the_county_issues_it(world, tmp_path):
    new = people.add_person(world.town, "新人", "inspector", "T1-9", "2027-12-31", leads=True)
    accounts.add(world.town, "新人", SECRET, {"inspector"}, new)
    freeze(signing(world.town, new, accounts.unlock_inspector(world.town, "新人", SECRET).signer.key))
    assert reasons(sent(world, world.town)) == ["这把密钥没有县级签发的证书"]
    assert draws(world.county) == 0
    enrol(tmp_path / "again", world.county, [world.town])
    assert draws(world.county) == 1


def test_what_a_lent_inspector_signed_counts_as_soon_as_the_county_lends(world):
    here, there = world.towns
    lent = inspectors(there)
    freeze(signing(here, lent.first, lent.key))
    assert reasons(sent(world, here)) == ["周沄的证书是给 000000002 的，不能用于 000000001"]
    lending.lend(world.county, lent.first, here.office.division, "2026-03-01", "2026-03-31")
    assert draws(world.county) == 1
