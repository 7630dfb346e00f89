"""Bundles between real workspaces: what arrives, what is said, and that a refusal changes nothing."""

import errno
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ohdesk.db import journal
from ohdesk.db.apply import applied
from ohdesk.db.models import OwnKey, Peer, PeerMissing, PeerRefused
from ohdesk.domain.facts import Verdict
from ohdesk.domain.operations import CertificateRevoked
from ohdesk.errors import MachineError, UserError
from ohdesk.services import blobs
from ohdesk.services.county.digest import digest
from ohdesk.services.county.towns import town_states
from ohdesk.services.exchange import checks, history, receipts, receiving, sending, stick
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.trust import certified, keys
from ohdesk.sync.problems import (
    BundleRefusedError,
    CopiedHereError,
    CutBundleError,
    DiskFullError,
    ForkedReplicaError,
    NotABundleError,
    NothingToSendError,
    OtherTownError,
    OwnBundleError,
    ReadBackError,
    RevokedSenderError,
    StickFullError,
    UnknownSenderError,
    UnwritableError,
)
from tests.conftest import NOON
from tests.unit.services.exchange.bundle_world import (
    TOWNS,
    bodies,
    copied_world,
    copy_of,
    enrol,
    new_world,
    write_entry,
    write_with_photo,
)


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world") as opened:
        yield opened


@pytest.fixture
def sent(world):
    write_entry(world.town, "安泰机械厂")
    return sending.export(world.town, world.stick).path


def everything(ctx):
    """All that could change: the shared state, the files, the bookkeeping."""
    files = sorted(path.relative_to(ctx.folder).as_posix() for path in ctx.folder.rglob("*") if path.is_file())
    files = [name for name in files if not name.startswith(("workspace.db", "quarantine/", "backups/"))]
    with ctx.reading() as session:
        acked = [(peer.replica, peer.acked) for peer in session.query(Peer)]
        acked += [(each.replica, each.sha256) for each in session.query(PeerMissing)]
    return digest(ctx), files, history.exchanged(ctx), acked


def refused(ctx, path, kind):
    """The import raises `kind` and leaves everything as it was."""
    before = everything(ctx)
    with pytest.raises(kind) as caught:
        receiving.take_in(ctx, path)
    assert everything(ctx) == before
    assert caught.value.message
    assert caught.value.remedy
    return caught.value


def test_a_towns_operations_and_photos_reach_the_county(world):
    write_entry(world.town, "安泰机械厂")
    photo = write_with_photo(world.town, b"\xff\xd8 a photo")
    out = sending.export(world.town, world.stick)
    taken = receiving.take_in(world.county, out.path)
    assert (taken.outcome, taken.applied, taken.blobs, taken.set_aside) == (Outcome.APPLIED, 2, 1, ())
    assert (taken.sender, taken.division) == ("石桥镇", "000000001")
    assert bodies(world.county, world.town.office.replica) == bodies(world.town, world.town.office.replica)
    assert blobs.read(world.county, photo) == b"\xff\xd8 a photo"
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    assert digest(world.county) == digest(world.town)


def test_the_same_bundle_again_is_success_and_changes_nothing(world, sent):
    first = receiving.take_in(world.county, sent)
    before = everything(world.county)
    again = receiving.take_in(world.county, sent)
    assert (again.outcome, again.receipt) == (Outcome.ALREADY, first.receipt)
    assert everything(world.county) == before


def test_what_was_not_acknowledged_goes_again_and_what_was_does_not(world, sent):
    write_entry(world.town, "宏达铸造")
    second = sending.export(world.town, world.stick)
    assert (second.first, second.last, second.bundle_seq) == (1, 2, 2)
    receiving.take_in(world.county, second.path)
    receipt = sending.export(world.county, world.stick)
    assert receiving.take_in(world.town, receipt.path).acked == 2
    write_entry(world.town, "永丰木业")
    third = sending.export(world.town, world.stick)
    assert (third.first, third.last) == (3, 3)


def test_nothing_new_and_nothing_to_acknowledge_is_no_bundle(world, sent):
    receipts.register_code(world.town, receiving.take_in(world.county, sent).receipt)
    with pytest.raises(NothingToSendError):
        sending.export(world.town, world.stick)
    assert len(list(world.stick.iterdir())) == 1


def test_a_receipt_code_read_over_the_telephone_acknowledges_as_the_stick_would(world, sent):
    code = receiving.take_in(world.county, sent).receipt
    assert receipts.register_code(world.town, code.lower()) == 1
    with pytest.raises(NothingToSendError):
        sending.export(world.town, world.stick)


@pytest.mark.parametrize("code", ["", "1", "2-AAAAAAAA", "1-AAAAAAAA", "x-ABCDEFGH"])
def test_a_misheard_receipt_code_is_refused(world, sent, code):
    with pytest.raises(UserError):
        receipts.register_code(world.town, code)


def test_operations_of_the_county_go_down(world):
    write_entry(world.county, "移交的单位")
    out = sending.export(world.county, world.stick)
    # The certificate of the town's laptop is among them.
    assert receiving.take_in(world.town, out.path).applied == 2
    assert digest(world.town) == digest(world.county)


def test_a_later_bundle_waits_for_the_one_before_and_then_follows_by_itself(world, sent):
    receipts.register_code(world.town, bundle_code(world))
    write_entry(world.town, "宏达铸造")
    later = sending.export(world.town, world.stick)
    assert later.first == 2
    parked = receiving.take_in(world.county, later.path)
    assert parked.outcome is Outcome.PARKED
    assert "1–1" in parked.waits[0]
    assert digest(world.county) != digest(world.town)
    taken = receiving.take_in(world.county, sent)
    assert taken.followed == (later.path.name,)
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    assert digest(world.county) == digest(world.town)
    assert receiving.take_in(world.county, later.path).outcome is Outcome.ALREADY


def bundle_code(world):
    """The code the county would read out, had it taken in everything the town has."""
    with world.town.reading() as session:
        return receipts.receipt_code(session, world.town.office.replica)


def test_a_photo_the_county_lacks_is_sent_again(world):
    photo = write_with_photo(world.town, b"photo")
    with world.town.transaction() as session:
        blobs.note(session, photo, 5)
        row = session.get_one(blobs.BlobRow, photo)
        row.held = False
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    with world.town.transaction() as session:
        blobs.note(session, photo, 5)
    again = sending.export(world.town, world.stick)
    assert (again.first, again.blobs) == (0, 1)
    receiving.take_in(world.county, again.path)
    assert blobs.read(world.county, photo) == b"photo"


def test_an_unknown_kind_is_kept_set_aside_and_does_not_stop_the_rest(world, monkeypatch):
    write_with_photo(world.town, b"photo")
    write_entry(world.town, "安泰机械厂")
    out = sending.export(world.town, world.stick)
    monkeypatch.delitem(applied.KINDS, "person.written@1")
    taken = receiving.take_in(world.county, out.path)
    assert [(aside.seq, aside.kind) for aside in taken.set_aside] == [(1, "person.written@1")]
    assert [aside.reason for aside in taken.set_aside] == ["本版本不认识这一类内容（person.written@1）"]
    assert taken.applied == 2
    assert bodies(world.county, world.town.office.replica) == bodies(world.town, world.town.office.replica)
    monkeypatch.undo()
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    with world.town.reading() as session:
        assert session.get_one(PeerRefused, (world.county.office.replica, 1)).reason


def test_our_own_bundle_is_not_taken(world, sent):
    refused(world.town, sent, OwnBundleError)


def test_a_bundle_of_another_county_is_refused(world, sent, tmp_path):
    (tmp_path / "other").mkdir()
    with new_world(tmp_path / "other") as other:
        refused(other.county, sent, UnknownSenderError)


def test_a_bundle_for_somebody_else_is_refused(tmp_path):
    with new_world(tmp_path, TOWNS[:2]) as world:
        write_entry(world.towns[0], "安泰机械厂")
        out = sending.export(world.towns[0], world.stick)
        refused(world.towns[1], out.path, OtherTownError)


def test_a_revoked_device_is_refused(world, sent):
    with world.county.transaction() as session:
        [laptop] = certified.devices(session, world.town.office.division, NOON.date())
        journal.record(
            session, CertificateRevoked(record=laptop.key, since="2026-03-02", reason="被盗"), world.county.stamp()
        )
    refused(world.county, sent, RevokedSenderError)


@pytest.mark.parametrize("keep", [0, 1, 29, 30, 41, 2000, -1, -22, -23])
def test_a_cut_bundle_is_refused(world, sent, keep):
    cut = world.stick / "cut.ohb"
    cut.write_bytes(sent.read_bytes()[:keep])
    refused(world.county, cut, (CutBundleError, NotABundleError))


def test_a_file_full_of_zeros_is_refused(world, sent):
    sent.write_bytes(bytes(sent.stat().st_size))
    refused(world.county, sent, CutBundleError)


def test_some_other_file_is_refused(world):
    other = world.stick / "名单.xlsx"
    other.write_bytes(b"PK\x03\x04 and more of a workbook that is no bundle at all")
    refused(world.county, other, BundleRefusedError)
    refused(world.county, world.stick, UserError)
    refused(world.county, world.stick / "absent.ohb", UserError)


def test_a_clone_that_went_its_own_way_raises_the_alarm(world, sent, tmp_path):
    """The laptop was copied; the copy writes another operation 2 than the original."""
    receiving.take_in(world.county, sent)
    clone = copy_of(world.town, tmp_path / "clone")
    write_entry(world.town, "宏达铸造")
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    with clone as copy:
        write_entry(copy, "不同的单位")
        other = sending.export(copy, world.stick).path
        alarm = refused(world.county, other, ForkedReplicaError)
    assert (alarm.replica, alarm.sequence) == (world.town.office.replica, 2)


def test_a_receipt_for_operations_we_do_not_have_raises_the_alarm(world, sent, tmp_path):
    """An old copy of the workspace was put back: the county holds more of us than we do."""
    older = copy_of(world.town, tmp_path / "older")
    write_entry(world.town, "宏达铸造")
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    receipt = sending.export(world.county, world.stick).path
    with older as restored:
        alarm = refused(restored, receipt, CopiedHereError)
    assert "本机没有这一条（本机写到第 1 号）" in alarm.message


def test_what_a_town_says_that_it_holds_of_ours_is_told_and_stops_nothing(world, sent, tmp_path):
    """An honest town that saw our lost operations and one that lies say the same: nothing shows which it is."""
    write_entry(world.county, "江口电镀厂")
    older = copy_of(world.county, tmp_path / "older")
    write_entry(world.county, "宏达铸造")
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    from_town = sending.export(world.town, world.stick).path
    last = len(bodies(world.county, world.county.office.replica))
    with older as restored:
        taken = receiving.take_in(restored, from_town)
        assert (taken.outcome, taken.applied, taken.acked) == (Outcome.APPLIED, 1, None)
        assert [f"收到过本机第 {last} 号操作" in said for said in taken.warnings] == [True]
        (state,) = town_states(restored)
        assert state.doubts == taken.warnings
        assert sending.export(restored, world.stick).first == 1


def test_a_town_without_a_county_is_told_how_to_join(ctx, tmp_path):
    write_entry(ctx, "安泰机械厂")
    with pytest.raises(UserError) as caught:
        sending.export(ctx, tmp_path)
    assert "enrol" in caught.value.remedy


def test_a_stick_without_room_is_refused_before_writing(world, monkeypatch):
    write_entry(world.town, "安泰机械厂")
    usage = stick.shutil.disk_usage(world.stick)
    monkeypatch.setattr(stick.shutil, "disk_usage", lambda _folder: usage._replace(free=1000))
    with pytest.raises(StickFullError):
        sending.export(world.town, world.stick)
    assert list(world.stick.iterdir()) == []
    assert sending.last_written(world.town) is None


@pytest.mark.parametrize(("number", "kind"), [(28, StickFullError), (30, UnwritableError), (5, MachineError)])
def test_a_medium_that_fails_while_writing_leaves_nothing_behind(world, monkeypatch, number, kind):
    write_entry(world.town, "安泰机械厂")

    def failing(_file):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(stick, "flush", failing)
    with pytest.raises(kind):
        sending.export(world.town, world.stick)
    assert list(world.stick.iterdir()) == []
    assert sending.last_written(world.town) is None


def test_a_stick_that_gives_back_other_bytes_is_found_out(world, monkeypatch):
    write_entry(world.town, "安泰机械厂")

    def spoil(path):
        content = bytearray(path.read_bytes())
        content[-200] ^= 1
        path.write_bytes(content)

    monkeypatch.setattr(stick, "drop_from_cache", spoil)
    with pytest.raises(ReadBackError):
        sending.export(world.town, world.stick)
    assert list(world.stick.iterdir()) == []


def test_a_virus_scanner_that_lets_go_soon_does_not_stop_the_export(world, monkeypatch):
    write_entry(world.town, "安泰机械厂")
    refusals = [PermissionError(13, "in use"), PermissionError(13, "in use")]
    true_replace = Path.replace

    def busy(self, target):
        if refusals and self.suffix == ".part":
            raise refusals.pop()
        return true_replace(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr(stick.time, "sleep", lambda _seconds: None)
    assert sending.export(world.town, world.stick).path.is_file()


def test_a_sender_whose_clock_is_ahead_is_taken_with_a_warning(world):
    ahead = replace(world.town, now=lambda: NOON + timedelta(days=40))
    write_entry(ahead, "安泰机械厂")
    taken = receiving.take_in(world.county, sending.export(ahead, world.stick).path)
    assert taken.outcome is Outcome.APPLIED
    assert len(taken.warnings) == 1


def test_facts_hold_with_root_and_key_and_are_left_open_without(world, sent):
    with world.county.reading() as session:
        root = session.get_one(OwnKey, "root").certificate_der
        opener = keys.opener(world.county, session)
    verdicts = {fact.key: fact.verdict for fact in checks.verify_bundle(sent, [root], opener)}
    # Only an office can tell whether the key was taken back.
    assert verdicts.pop("bundle.sender") is Verdict.UNCHECKED
    assert set(verdicts.values()) == {Verdict.HOLDS}
    verdicts = [fact.verdict for fact in checks.verify_bundle(sent, [], None)]
    assert verdicts == [Verdict.HOLDS, Verdict.HOLDS, *[Verdict.UNCHECKED] * 3]


def test_under_another_countys_root_the_chain_does_not_hold(world, sent, tmp_path):
    (tmp_path / "other").mkdir()
    with new_world(tmp_path / "other", ()) as other, other.county.reading() as session:
        root = session.get_one(OwnKey, "root").certificate_der
    facts = {fact.key: fact.verdict for fact in checks.verify_bundle(sent, [root], None)}
    assert facts["bundle.chain"] is Verdict.FAILS


def test_a_device_certified_for_another_town_cannot_speak_for_this_one(world, sent, tmp_path):
    """The same laptop under a certificate that names another town: the head no longer fits."""
    moved = replace(world.town, office=replace(world.town.office, division="000000009"))
    write_entry(moved, "宏达铸造")
    out = sending.export(moved, world.stick)
    refused(world.county, out.path, BundleRefusedError)


def test_two_enrolments_do_not_mix(world, tmp_path):
    """A town enrolled anew under another root is no longer believed by the old county."""
    with world.town.transaction() as session:
        session.delete(session.get_one(OwnKey, "root"))
        session.query(Peer).delete()
    (tmp_path / "new").mkdir()
    with new_world(tmp_path / "new", ()) as other:
        enrol(tmp_path / "anew", other.county, [world.town])
        write_entry(world.town, "安泰机械厂")
        out = sending.export(world.town, world.stick)
        refused(world.county, out.path, UnknownSenderError)
        assert receiving.take_in(other.county, out.path).applied == 1


def test_a_full_disk_of_ours_stops_the_import_and_changes_nothing(world, sent, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(blobs.Coming, "settle", full)
    refused(world.county, sent, DiskFullError)
