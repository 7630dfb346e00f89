"""A workspace goes on as a new replica: nothing is lost, nothing is there twice, whichever bundle comes first."""

from contextlib import contextmanager
from itertools import permutations

import pytest
from sqlalchemy import select

from ohdesk.db import rebuilding
from ohdesk.db.chain import chain_problems
from ohdesk.db.engine import integrity_problems
from ohdesk.db.models import Establishment, OperationRow
from ohdesk.db.models.base import Base, Shared
from ohdesk.domain.record import Verification
from ohdesk.errors import UserError
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.receipts import receipt_code, register_code
from ohdesk.services.office import renewal, restoring
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, verdicts
from ohdesk.services.trust import joining
from tests.conftest import PASSWORD, noon, town_workspace
from tests.unit.services.exchange.bundle_world import copy_of, new_world, write_entry, write_with_photo
from tests.unit.services.record import record_world

OPENS = by_password("李旸", PASSWORD)


@contextmanager
def opened(folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        yield ctx


def send(ctx, county, folder):
    """One bundle to the county, and the receipt back by telephone."""
    folder.mkdir(exist_ok=True)
    path = sending.export(ctx, folder).path
    receiving.take_in(county, path)
    with county.reading() as session:
        code = receipt_code(session, ctx.office.replica)
    register_code(ctx, code)
    return path


def enrol_again(ctx, county, folder):
    folder.mkdir(exist_ok=True)
    joining.write_card(county, folder / "card")
    joining.write_request(ctx, folder / "card", folder / "request")
    asked = joining.issue(county, folder / "request", folder / "answer")
    joining.accept(ctx, folder / "answer")
    return asked


def shown(ctx):
    """What the shared tables show, the journal itself and the names of operations left out."""
    left_out = {"operation", "replica_head", "establishment_head", "certificate", "revocation"}
    found = {}
    with ctx.reading() as session:
        for model in Shared.__subclasses__():
            table = Base.metadata.tables[model.__tablename__]
            if table.name not in left_out:
                found[table.name] = sorted(map(repr, session.execute(select(table))))
    return found


def sound(ctx):
    with ctx.reading() as session:
        assert integrity_problems(ctx.engine) == []
        assert chain_problems(session) == []
        assert rebuilding.compare(session, ctx.folder).problems == ()
    return True


def test_a_restored_town_takes_over_and_what_was_not_sent_arrives_once(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        first = write_entry(town, "安泰机械厂")
        send(town, county, tmp_path / "stick")
        second = write_entry(town, "永兴五金厂")
        write_entry(town, "安泰机械厂（改）", first)
        write_with_photo(town, b"photo")
        before = shown(town)
        late = sending.export(town, tmp_path / "stick").path  # written, and the laptop is lost before it arrives
        file = making.make(town, tmp_path / "b.ohbak").file
        old = town.office.replica
        restoring.restore(file, tmp_path / "new", OPENS)
        with opened(tmp_path / "new") as new:
            assert new.office.replica != old
            assert sound(new)
            assert shown(new) == before
            with pytest.raises(UserError, match="接替"):
                sending.export(new, tmp_path / "stick")
            assert old in " ".join(enrol_again(new, county, tmp_path / "trust").lines)
            write_entry(new, "永兴五金厂（改）", second)
            after = shown(new)
            again = sending.export(new, tmp_path / "stick").path
            receiving.take_in(county, again)
            assert shown(county) == after
            receiving.take_in(county, late)
            assert shown(county) == after
            assert sound(county)


def test_whichever_of_the_old_and_the_new_bundle_comes_first_the_county_is_the_same(tmp_path):
    with new_world(tmp_path / "world") as world:
        town, county = world.town, world.county
        first = write_entry(town, "安泰机械厂")
        write_entry(town, "安泰机械厂（改）", first)
        (tmp_path / "stick").mkdir()
        late = sending.export(town, tmp_path / "stick").path
        file = making.make(town, tmp_path / "b.ohbak").file
        restoring.restore(file, tmp_path / "new", OPENS)
        with opened(tmp_path / "new") as new:
            enrol_again(new, county, tmp_path / "trust")
            write_entry(new, "安泰机械厂（又改）", first)
            again = sending.export(new, tmp_path / "stick").path
        digests, names = set(), set()
        for number, order in enumerate(permutations([late, again])):
            with copy_of(county, tmp_path / f"county-{number}") as copied:
                for path in order:
                    receiving.take_in(copied, path)
                digests.add(digest(copied))
                with copied.reading() as session:
                    names.add(session.scalar(select(Establishment.name)))
                    assert session.scalars(select(OperationRow).where(OperationRow.set_aside != "")).all() == []
        assert names == {"安泰机械厂（又改）"}
        assert len(digests) == 1


def test_a_copied_laptop_renews_and_both_go_on(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        entry = write_entry(town, "安泰机械厂")
        with copy_of(town, tmp_path / "copy") as copied:
            write_entry(town, "永兴五金厂")
            write_entry(copied, "宏达家具厂")
            write_entry(copied, "安泰机械厂（改）", entry)
            send(town, county, tmp_path / "stick")
            with pytest.raises(UserError, match="警报"):
                receiving.take_in(county, sending.export(copied, tmp_path / "stick").path)
            renewal.renew(copied)
        with opened(tmp_path / "copy") as renewed:
            enrol_again(renewed, county, tmp_path / "trust")
            send(renewed, county, tmp_path / "stick")
            assert sound(renewed)
        with county.reading() as session:
            names = sorted(session.scalars(select(Establishment.name)))
        assert names == ["安泰机械厂（改）", "宏达家具厂", "永兴五金厂"]
        assert sound(county)


def test_renewing_twice_before_the_county_answers_loses_nothing(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        write_entry(town, "安泰机械厂")
        old = town.office.replica
        with copy_of(town, tmp_path / "copy") as copied:
            renewal.renew(copied)
        with opened(tmp_path / "copy") as once:
            write_entry(once, "永兴五金厂")
            renewal.renew(once)
        with opened(tmp_path / "copy") as twice:
            assert enrol_again(twice, county, tmp_path / "trust").request.takes_over == old
            send(twice, county, tmp_path / "stick")
            assert shown(county) == shown(twice)


def test_a_renewed_county_keeps_its_card_key_and_its_towns(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        write_entry(town, "安泰机械厂")
        send(town, county, tmp_path / "stick")
        file = making.make(county, tmp_path / "b.ohbak").file
        write_entry(town, "永兴五金厂")
        late = sending.export(town, tmp_path / "stick").path
        restoring.restore(file, tmp_path / "new", by_password("陶镕", PASSWORD))
        with open_workspace(tmp_path / "new", "陶镕", PASSWORD, noon) as new:
            receiving.take_in(new, late)
            with new.reading() as session:
                assert sorted(session.scalars(select(Establishment.name))) == ["安泰机械厂", "永兴五金厂"]


def renewed(made, _tmp_path):
    """The same workspace, on the same laptop, under new numbers."""
    with made.opened("李旸") as town:
        renewal.renew(town)
    return made


def restored(made, tmp_path):
    """One restored from a backup of it."""
    with made.opened("李旸") as town:
        file = making.make(town, tmp_path / "1.ohbak").file
    restoring.restore(file, tmp_path / "restored", OPENS)
    return record_world.World(tmp_path / "restored", made.visit)


@pytest.mark.parametrize("go_on", [renewed, restored])
def test_a_signed_record_issued_again_is_accepted_and_good_at_the_county(tmp_path, go_on):
    made = record_world.filled(tmp_path / "town")
    with new_world(tmp_path / "world", ()) as world:
        with made.opened("李旸") as town:
            enrol_again(town, world.county, tmp_path / "trust")
            before = town.office.replica
        with made.opened() as town:
            finalizing.finalize(town, made.visit, record_world.party(), (record_world.pen(),), record_world.second())
        with go_on(made, tmp_path).opened("李旸") as town:
            enrol_again(town, world.county, tmp_path / "again")
            taken = receiving.take_in(world.county, sending.export(town, tmp_path).path)
            assert taken.set_aside == ()
            assert taken.replica == town.office.replica != before
        verdicts.verify_waiting(world.county)
        with world.county.reading() as session:
            (row,) = session.scalars(select(OperationRow).where(OperationRow.record == made.visit))
            assert (row.replica, bool(row.first_hash), row.set_aside) == (taken.replica, True, "")
            assert {each.verified for each in verdicts.known(session, made.visit).values()} == {Verification.GOOD}
        assert sound(world.county)


def test_a_town_that_goes_on_before_it_has_joined_any_county_joins_like_another(tmp_path):
    with new_world(tmp_path, ()) as world:
        folder = town_workspace(tmp_path / "town")
        with opened(folder) as town:
            write_entry(town, "安泰机械厂")
            renewal.renew(town)
        with opened(folder) as town:
            write_entry(town, "永兴五金厂")
            assert sound(town)
            enrol_again(town, world.county, tmp_path / "trust")
            assert receiving.take_in(world.county, send(town, world.county, tmp_path / "stick")).set_aside == ()
            assert shown(world.county) == shown(town)
            assert sound(world.county)
