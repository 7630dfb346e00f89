"""Drills: what somebody does on a bad day, and what is there again afterwards. Each is a page of the manual."""

from dataclasses import replace

import pytest

from ohdesk.domain.people import OfficeRole
from ohdesk.errors import UserError
from ohdesk.services import blobs
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office import restoring
from ohdesk.services.office.workspace import open_workspace
from ohdesk.sync.problems import HostileBundleError, NotAddressedError
from tests.conftest import PASSWORD, noon, town_workspace
from tests.unit.services.exchange.bundle_world import (
    TOWNS,
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
        file = making.make(county, tmp_path / "county.ohbak").file
        write_entry(town, "永兴五金厂")
        send(town, county, tmp_path / "stick")  # acknowledged by a county that is gone
        restoring.restore(file, tmp_path / "new", CLERK)
        with open_workspace(tmp_path / "new", "陶镕", PASSWORD, noon) as new:
            receiving.take_in(new, sending.export(town, tmp_path / "stick", first=1).path)
            assert shown(new)["establishment"] == shown(town)["establishment"]
            assert sound(new)
