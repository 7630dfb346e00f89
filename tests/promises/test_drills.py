"""Drills: what somebody does on a bad day, and what is there again afterwards. Each is a page of the manual."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ohdesk.db.models import Certificate, Establishment, OwnOffice
from ohdesk.domain.people import OfficeRole, Role
from ohdesk.errors import UserError
from ohdesk.files import KEY_FILE
from ohdesk.security import keyfile
from ohdesk.security.signing_keys import age_recipient
from ohdesk.services import blobs
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password, check
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.receipts import receipt_code, register_code
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office import accounts, closing, people, renewal, restoring
from ohdesk.services.office.renewal import take_over
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.start import first_run
from ohdesk.services.trust import certified, joining, revoking
from ohdesk.sync.problems import (
    ForkedReplicaError,
    HostileBundleError,
    NotAddressedError,
    RevokedSenderError,
    StrangeCountyError,
)
from tests.conftest import PASSWORD, noon, town_workspace
from tests.unit.services.exchange.bundle_world import (
    TOWNS,
    copy_of,
    new_world,
    write_entry,
    write_with_photo,
)
from tests.unit.services.office.test_renewal import enrol_again, send, shown, sound

CLERK, TOWN = by_password("陶镕", PASSWORD), by_password("李旸", PASSWORD)


def down(county, town, folder):
    """One bundle, carried to another office."""
    folder.mkdir(exist_ok=True)
    return receiving.take_in(town, sending.export(county, folder).path)


def test_disk_dead_at_the_town_and_no_backup_the_county_sends_everything_back(tmp_path):
    with new_world(tmp_path, TOWNS[:2]) as world:
        old, other, county = world.town, world.towns[1], world.county
        entry = write_entry(old, "安泰机械厂")
        write_entry(old, "安泰机械厂（改）", entry)
        photo = write_with_photo(old, b"photo")
        write_entry(other, "永兴五金厂")
        for town in (old, other):
            send(town, county, tmp_path / "stick")
        before = shown(old)
        with open_workspace(town_workspace(tmp_path / "new"), "李旸", PASSWORD, noon) as new:
            enrol_again(new, county, tmp_path / "trust")
            snapshot = sending.export_snapshot(county, tmp_path / "stick", new.office.replica[:8]).path
            assert receiving.take_in(new, snapshot).outcome is Outcome.PARKED
            assert down(county, new, tmp_path / "stick").followed == (snapshot.name,)
            assert shown(new) == before
            assert blobs.read(new, photo) == b"photo"
            assert sound(new)
            write_entry(new, "安泰机械厂（又改）", entry)
            send(new, county, tmp_path / "stick")
            assert sound(county)
            with pytest.raises(NotAddressedError):
                receiving.take_in(other, snapshot)


def test_nobody_but_the_county_says_what_another_wrote(tmp_path):
    with new_world(tmp_path, (TOWNS[0], TOWNS[0])) as world:
        liar, colleague, county = world.town, world.towns[1], world.county
        write_entry(colleague, "永兴五金厂")
        down(colleague, liar, tmp_path / "stick")
        with pytest.raises(UserError, match="县级"):
            sending.export_snapshot(liar, tmp_path / "stick", county.office.replica)
        liar = replace(liar, office=replace(liar.office, role=OfficeRole.COUNTY))
        forged = sending.export_snapshot(liar, tmp_path / "stick", county.office.replica).path
        with pytest.raises(HostileBundleError, match="别的单位"):
            receiving.take_in(county, forged)


def test_restored_from_a_stick_a_week_old_the_week_comes_back(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        entry = write_entry(town, "安泰机械厂")
        send(town, county, tmp_path / "stick")
        file = making.make(town, tmp_path / "week.ohbak").file
        write_entry(town, "安泰机械厂（改）", entry)
        photo = write_with_photo(town, b"photo")
        send(town, county, tmp_path / "stick")
        last = shown(town)
        restoring.restore(file, tmp_path / "new", TOWN)
        with open_workspace(tmp_path / "new", "李旸", PASSWORD, noon) as new:
            write_entry(new, "永兴五金厂")
            enrol_again(new, county, tmp_path / "trust")
            down(county, new, tmp_path / "stick")
            receiving.take_in(new, sending.export_snapshot(county, tmp_path / "stick", new.office.replica).path)
            assert blobs.read(new, photo) == b"photo"
            assert set(last["establishment"]) < set(shown(new)["establishment"])
            send(new, county, tmp_path / "stick")
            assert shown(county)["establishment"] == shown(new)["establishment"]
            assert sound(county)
            assert sound(new)


def test_disk_dead_at_the_county_it_is_restored_and_no_town_begins_anew(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        write_entry(town, "安泰机械厂")
        send(town, county, tmp_path / "stick")
        down(county, town, tmp_path / "stick")
        file = making.make(county, tmp_path / "county.ohbak").file
        write_entry(town, "永兴五金厂")
        send(town, county, tmp_path / "stick")  # acknowledged by a county that is gone
        write_entry(county, "江口电镀厂")
        late = sending.export(county, tmp_path / "stick").path
        restoring.restore(file, tmp_path / "new", CLERK)
        with open_workspace(tmp_path / "new", "陶镕", PASSWORD, noon) as new:
            with pytest.raises(UserError, match="接替县级电脑"):
                sending.export(new, tmp_path / "stick")
            joining.write_card(new, tmp_path / "card")
            write_entry(new, "宏达家具厂")
            assert down(new, town, tmp_path / "stick").outcome is Outcome.APPLIED
            receiving.take_in(town, late)  # the old machine is heard until its key is taken back
            receiving.take_in(new, sending.export(town, tmp_path / "stick", first=1).path)
            with new.reading() as session:
                code = receipt_code(session, town.office.replica)
            assert register_code(town, code) == 2
            # All but what the old machine wrote after its last backup.
            gone = set(shown(town)["establishment"]) - set(shown(new)["establishment"])
            assert ["江口电镀厂" in row for row in gone] == [True]
            assert not joining.standing(new).ending
            write_entry(county, "海棠木业厂")
            later = sending.export(county, tmp_path / "stick").path
            revoking.revoke(new, county.office.replica[:8], "2026-03-02", "旧电脑停用")
            down(new, town, tmp_path / "stick")
            with pytest.raises(RevokedSenderError):
                receiving.take_in(town, later)
            assert sound(new)
            assert sound(town)


def test_what_the_county_sent_after_its_last_backup_stops_no_town_and_comes_back_by_a_towns_stick(tmp_path):
    with new_world(tmp_path) as world:
        town, county, code = world.town, world.county, closing.new_code()
        with county.transaction() as session:
            session.scalars(select(OwnOffice)).one().recovery_recipient = age_recipient(code)
        entry = write_entry(town, "安泰机械厂")
        send(town, county, tmp_path / "stick")
        file = making.make(county, tmp_path / "county.ohbak").file
        write_entry(county, "安泰机械厂（县级改）", entry)
        sent = sending.export(county, tmp_path / "stick").path
        receiving.take_in(town, sent)
        write_entry(town, "安泰机械厂（镇街再改）", entry)
        write_entry(town, "永兴五金厂")
        restoring.restore(file, tmp_path / "new", CLERK)
        with open_workspace(tmp_path / "new", "陶镕", PASSWORD, noon) as new:
            joining.write_card(new, tmp_path / "card")
            assert down(new, town, tmp_path / "stick").outcome is Outcome.APPLIED
            taken = receiving.take_in(new, sending.export(town, tmp_path / "stick").path)
            assert [each.reason for each in taken.set_aside] == ["这一条所依据的内容还没有收到，收到后自动处理"]
            assert names(new) == sorted(["安泰机械厂", "永兴五金厂"])
            # As the town keeps it in its inbox; the county's own recovery code opens it.
            kept = town.folder / receiving.INBOX / sent.name
            assert receiving.take_in(new, kept, code).outcome is Outcome.APPLIED
            assert names(new) == sorted(["安泰机械厂（镇街再改）", "永兴五金厂"])
            assert shown(new)["establishment"] == shown(town)["establishment"]
            assert sound(new)


def test_a_town_hears_no_machine_that_says_it_succeeds_the_county_by_itself(tmp_path):
    with new_world(tmp_path, TOWNS[:2]) as world:
        town, other, county = world.town, world.towns[1], world.county
        write_entry(county, "安泰机械厂")
        with copy_of(county, tmp_path / "copy") as copied, copied.transaction() as session:
            take_over(session, copied.keys.database)
            session.scalars(select(OwnOffice)).one().takes_over = other.office.replica
        with open_workspace(tmp_path / "copy", "陶镕", PASSWORD, noon) as stranger:
            joining.write_card(stranger, tmp_path / "card")
            with pytest.raises(StrangeCountyError):
                receiving.take_in(town, sending.export(stranger, tmp_path / "stick").path)


def test_laptop_lost_the_last_backup_goes_on_and_the_finder_sends_nothing(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        write_entry(town, "安泰机械厂")
        send(town, county, tmp_path / "stick")
        file = making.make(town, tmp_path / "last.ohbak").file
        restoring.restore(file, tmp_path / "new", TOWN)
        with open_workspace(tmp_path / "new", "李旸", PASSWORD, noon) as new:
            enrol_again(new, county, tmp_path / "trust")
            revoking.revoke(county, town.office.replica[:8], "2026-03-01", "电脑丢失")
            write_entry(new, "永兴五金厂")
            send(new, county, tmp_path / "stick")
            assert shown(county)["establishment"] == shown(new)["establishment"]
            write_entry(town, "假的厂")
            with pytest.raises(RevokedSenderError):
                receiving.take_in(county, sending.export(town, tmp_path / "stick").path)
            # Nor does it open what the county sends from now on.
            write_entry(county, "宏达家具厂")
            with pytest.raises(NotAddressedError):
                receiving.take_in(town, sending.export(county, tmp_path / "stick").path)


def test_cloned_laptop_the_copy_goes_on_as_a_new_one_and_nothing_of_either_is_lost(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        with copy_of(town, tmp_path / "copy") as copied:
            write_entry(town, "安泰机械厂")
            write_entry(copied, "永兴五金厂")
            send(town, county, tmp_path / "stick")
            with pytest.raises(ForkedReplicaError) as told:
                receiving.take_in(county, sending.export(copied, tmp_path / "stick").path)
            assert "ohdesk office renew" in told.value.remedy
            renewal.renew(copied)
        with open_workspace(tmp_path / "copy", "李旸", PASSWORD, noon) as renewed:
            enrol_again(renewed, county, tmp_path / "trust")
            send(renewed, county, tmp_path / "stick")
            write_entry(town, "宏达家具厂")
            send(town, county, tmp_path / "stick")
            assert names(county) == sorted(["宏达家具厂", "安泰机械厂", "永兴五金厂"])
            assert sound(county)


def test_forgotten_password_the_code_or_a_colleague_opens_and_nothing_is_lost(tmp_path):
    folder = tmp_path / "town"
    code = create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        write_entry(ctx, "安泰机械厂")
        accounts.add(ctx, "周沄", "zhou-yun-word", {Role.SUPERVISOR})
        accounts.reset(ctx, "周沄", "given-word-1")
    first_run.choose_password(folder, "周沄", "given-word-1", "own-word-of-zhou")
    with open_workspace(folder, "周沄", "own-word-of-zhou", noon) as ctx:
        assert names(ctx) == ["安泰机械厂"]
    first_run.recover(folder, code, "李旸", "another-word-2")
    with pytest.raises(UserError):
        keyfile.unlock(folder / KEY_FILE, "李旸", PASSWORD)


def test_inspector_left_the_account_opens_nothing_and_what_was_written_stays(tmp_path):
    folder = tmp_path / "town"
    create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        person = people.add_person(ctx, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(ctx, "王𠅤", "leaving-word-1", {Role.INSPECTOR}, person)
        write_entry(ctx, "安泰机械厂")
        people.retire_person(ctx, person)
        closing.close(ctx, "王𠅤")
    with pytest.raises(UserError):
        keyfile.unlock(folder / KEY_FILE, "王𠅤", "leaving-word-1")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert names(ctx) == ["安泰机械厂"]
        # Backups from before hold what their passwords opened that day; the next one is under the new key.
        assert making.make(ctx, tmp_path / "after.ohbak").problems == ()
    with pytest.raises(UserError):
        check(tmp_path / "after.ohbak", by_password("王𠅤", "leaving-word-1"))


def test_certificate_stolen_what_it_signs_counts_no_more_and_every_office_hears(tmp_path):
    with new_world(tmp_path) as world:
        town, county = world.town, world.county
        person = people.add_person(town, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(town, "王𠅤", "zweites-wort", {Role.INSPECTOR}, person)
        enrol_again(town, county, tmp_path / "trust")
        revoking.revoke(county, "王𠅤", "2026-03-02", "密码被人看到")
        down(county, town, tmp_path / "stick")
        for office in (county, town):
            with office.reading() as session:
                key = session.scalars(select(Certificate.key).where(Certificate.person == person)).first()
                problem = certified.signer_problem(session, key, person, "000000001", noon())
            assert "密码被人看到" in problem


def names(ctx):
    with ctx.reading() as session:
        return sorted(session.scalars(select(Establishment.name)))
