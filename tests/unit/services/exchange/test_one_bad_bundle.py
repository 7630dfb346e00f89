"""One bad bundle never stops the rest: parked ones each by itself, refused ones kept with their reason."""

import os

import pytest

from ohdesk.db.models import BundleIn, OwnOffice, Peer
from ohdesk.errors import UserError
from ohdesk.security.signing_keys import age_recipient, new_age_identity
from ohdesk.services.county.towns import town_states
from ohdesk.services.exchange import history, quarantine, receipts, receiving, sending
from ohdesk.services.exchange.quarantine import QUARANTINE, refused_bundles
from ohdesk.services.exchange.receiving import INBOX, Outcome
from ohdesk.sync.problems import (
    BadSignatureError,
    BundleRefusedError,
    ChangedBundleError,
    CutBundleError,
    ForkedReplicaError,
    NewerBundleError,
    NotABundleError,
    NotAddressedError,
    OwnBundleError,
    UnknownSenderError,
)
from ohdesk.sync.reader import read_outer
from tests.unit.services.exchange.bundle_world import (
    TOWNS,
    bodies,
    copied_world,
    copy_of,
    new_world,
    with_head,
    write_entry,
)


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path, TOWNS[:2]) as opened:
        yield opened


def sent_by(town, stick, name="安泰机械厂"):
    write_entry(town, name)
    return sending.export(town, stick).path


def acknowledge(town):
    """The county's word over the telephone for everything the town holds, so that it does not send it again."""
    with town.reading() as session:
        code = receipts.receipt_code(session, town.office.replica)
    receipts.register_code(town, code)


@pytest.fixture
def parked(world):
    """The first bundle of the first town, which never came, and the second, which waits for it at the county."""
    first = sent_by(world.town, world.stick)
    acknowledge(world.town)
    second = sent_by(world.town, world.stick, "宏达铸造")
    assert receiving.take_in(world.county, second).outcome is Outcome.PARKED
    return first, second


def held_of(ctx, town):
    return bodies(ctx, town.office.replica)


def name_of(path):
    return read_outer(path).name


def damage(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def came(ctx, name):
    return next(bundle for bundle in history.exchanged(ctx) if bundle.name == name)


def quarantined(ctx):
    folder = ctx.folder / QUARANTINE
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def test_a_parked_bundle_that_rotted_stops_nobody_and_the_receipt_is_shown(world, parked):
    first, second = parked
    damage(world.county.folder / INBOX / second.name)
    other = receiving.take_in(world.county, sent_by(world.towns[1], world.stick))
    assert (other.outcome, other.applied) == (Outcome.APPLIED, 1)
    assert other.receipt
    assert second.name in other.warnings[0]
    taken = receiving.take_in(world.county, first)
    assert (taken.outcome, taken.followed) == (Outcome.APPLIED, ())
    assert taken.receipt
    refused = came(world.county, second.name)
    assert refused.state == "refused"
    assert refused.reason


def test_the_good_file_again_heals_the_rotten_copy(world, parked):
    first, second = parked
    kept = world.county.folder / INBOX / second.name
    damage(kept)
    receiving.take_in(world.county, first)
    assert receiving.take_in(world.county, second).applied == 1
    assert held_of(world.county, world.town) == held_of(world.town, world.town)


def test_while_it_waits_the_good_file_again_replaces_the_rotten_copy(world, parked):
    first, second = parked
    damage(world.county.folder / INBOX / second.name)
    assert receiving.take_in(world.county, second).outcome is Outcome.PARKED
    assert receiving.take_in(world.county, first).followed == (second.name,)


def test_a_parked_bundle_whose_copy_is_gone_says_so_and_stops_nobody(world, parked):
    first, second = parked
    (world.county.folder / INBOX / second.name).unlink()
    taken = receiving.take_in(world.county, first)
    assert second.name in taken.warnings[0]
    assert came(world.county, second.name).state == "refused"
    assert receiving.take_in(world.county, second).applied == 1


def test_a_parked_bundle_of_another_past_is_kept_as_evidence_and_stops_nobody(world, tmp_path):
    clone = copy_of(world.town, tmp_path / "clone")
    original = sent_by(world.town, world.stick)
    with clone as copy:
        write_entry(copy, "不同的单位")
        acknowledge(copy)
        forked = sent_by(copy, world.stick, "又一家")
    assert receiving.take_in(world.county, forked).outcome is Outcome.PARKED
    taken = receiving.take_in(world.county, original)
    assert taken.outcome is Outcome.APPLIED
    assert taken.warnings
    assert came(world.county, forked.name).state == "refused"
    (kept,) = refused_bundles(world.county)
    assert (kept.kept, kept.sender) == (True, "石桥镇")
    assert (world.county.folder / QUARANTINE / f"{kept.id}.ohb").read_bytes() == forked.read_bytes()
    assert held_of(world.county, world.town) == held_of(world.town, world.town)


def test_a_full_disk_while_a_parked_one_follows_leaves_it_parked(world, parked, monkeypatch):
    first, second = parked
    true = receiving.blobs.Coming.settle
    calls = iter([true, _full])
    monkeypatch.setattr(receiving.blobs.Coming, "settle", lambda *arguments: next(calls)(*arguments))
    taken = receiving.take_in(world.county, first)
    assert (taken.outcome, taken.applied, taken.followed) == (Outcome.APPLIED, 1, ())
    assert came(world.county, second.name).state == "parked"
    monkeypatch.undo()
    assert receiving.take_in(world.county, sent_by(world.towns[1], world.stick)).followed == (second.name,)


def _full(*_arguments):
    raise OSError(28, os.strerror(28))


def test_what_was_refused_is_kept_once_with_its_reason(world, tmp_path):
    clone = copy_of(world.town, tmp_path / "clone")
    receiving.take_in(world.county, sent_by(world.town, world.stick))
    with clone as copy:
        forked = sent_by(copy, world.stick, "不同的单位")
    for _ in range(2):
        with pytest.raises(ForkedReplicaError) as refused:
            receiving.take_in(world.county, forked)
    (kept,) = refused_bundles(world.county)
    assert kept.name == forked.name
    assert kept.reason == refused.value.message
    assert kept.size == forked.stat().st_size
    assert quarantined(world.county) == [f"{kept.id}.ohb"]
    assert held_of(world.county, world.town) == held_of(world.town, world.town)


def test_a_bundle_with_a_foreign_signature_is_kept_and_the_true_one_still_taken(world):
    sent = sent_by(world.town, world.stick)
    data = bytearray(sent.read_bytes())
    forged = world.stick / "forged.ohb"
    forged.write_bytes(with_head(world.towns[1], sent, app="9").read_bytes())
    with pytest.raises(BadSignatureError):
        receiving.take_in(world.county, forged)
    assert [kept.sender for kept in refused_bundles(world.county)] == ["石桥镇"]
    assert sent.read_bytes() == data
    assert receiving.take_in(world.county, sent).applied == 1


def test_a_stranger_and_a_newer_form_are_kept_a_bad_copy_and_the_wrong_file_are_not(world, tmp_path):
    sent = sent_by(world.town, world.stick)
    cut, note = world.stick / "cut.ohb", world.stick / "note.ohb"
    cut.write_bytes(sent.read_bytes()[:-9])
    note.write_text("not a bundle")
    for path, kind in ((cut, CutBundleError), (note, NotABundleError)):
        with pytest.raises(kind):
            receiving.take_in(world.county, path)
    changed = world.stick / "changed.ohb"
    changed.write_bytes(sent.read_bytes())
    damage(changed)
    with pytest.raises(ChangedBundleError):
        receiving.take_in(world.county, changed)
    with pytest.raises(OwnBundleError):
        receiving.take_in(world.town, sent)
    assert refused_bundles(world.county) == refused_bundles(world.town) == []
    with pytest.raises(NewerBundleError):
        receiving.take_in(world.county, with_head(world.town, sent, fmt="ohb/2.0"))
    (tmp_path / "other").mkdir()
    with new_world(tmp_path / "other") as other, pytest.raises(UnknownSenderError):
        receiving.take_in(other.county, sent)
    assert len(quarantined(world.county)) == 1
    assert len(quarantined(other.county)) == 1


def test_the_quarantine_is_bounded_and_its_lines_tell_of_files_that_went(world, monkeypatch):
    monkeypatch.setattr(quarantine, "_MOST_FILES", 2)
    sent = sent_by(world.town, world.stick)
    for app in ("1", "2", "3"):
        with pytest.raises(BundleRefusedError):
            receiving.take_in(world.county, with_head(world.towns[1], sent, app=app))
    assert len(quarantined(world.county)) == 2
    kept = refused_bundles(world.county)
    assert sorted(bundle.kept for bundle in kept) == [False, True, True]
    monkeypatch.setattr(quarantine, "_MOST_BYTES", 10)
    with pytest.raises(BundleRefusedError):
        receiving.take_in(world.county, with_head(world.towns[1], sent, app="4"))
    assert quarantined(world.county) == []
    assert len(refused_bundles(world.county)) == 4


def test_a_full_disk_does_not_hide_why_a_bundle_was_refused(world, monkeypatch):
    sent = sent_by(world.town, world.stick)
    forged = with_head(world.towns[1], sent, app="9")
    monkeypatch.setattr(quarantine, "move_durably", _full)
    with pytest.raises(BadSignatureError):
        receiving.take_in(world.county, forged)


def test_another_past_than_the_sender_claims_is_said(world):
    receiving.take_in(world.county, sent_by(world.town, world.stick))
    second = sent_by(world.town, world.stick, "宏达铸造")
    lie = with_head(world.town, second, prev="0" * 64)
    taken = receiving.take_in(world.county, lie)
    assert "对不上" in taken.warnings[0]
    assert came(world.county, name_of(lie)).reason == taken.warnings[0]


def test_two_bundles_of_one_number_are_said(world):
    sent = sent_by(world.town, world.stick)
    assert receiving.take_in(world.county, sent).warnings == ()
    again = receiving.take_in(world.county, with_head(world.town, sent, app="again"))
    assert "两个不同的第 1 号包" in again.warnings[0]


def test_a_chain_of_bundles_that_fits_is_not_doubted_in_any_order(world):
    paths = [sent_by(world.town, world.stick, f"单位{number}") for number in range(3)]
    for path in (paths[2], paths[0], paths[1]):
        assert receiving.take_in(world.county, path).warnings == ()


def test_a_hole_in_the_numbers_is_shown(world):
    sent_by(world.town, world.stick)
    receiving.take_in(world.county, sent_by(world.town, world.stick, "宏达铸造"))
    state = next(state for state in town_states(world.county) if state.name == "石桥镇")
    assert state.missing == ((1, 1),)


def test_operations_of_a_newer_shape_wait_for_the_newer_program(world, monkeypatch):
    sent = sent_by(world.town, world.stick)
    newer = with_head(world.town, sent, schema={"ver": 99, "hash": "0" * 64})
    parked = receiving.take_in(world.county, newer)
    assert parked.outcome is Outcome.PARKED
    assert "99" in parked.waits[0]
    monkeypatch.setattr(receiving, "SCHEMA_VERSION", 99)
    followed = receiving.take_in(world.county, sent_by(world.towns[1], world.stick)).followed
    assert followed == (name_of(newer),)


def test_a_bundle_that_is_parked_is_for_us(world):
    """One for another town waits for nothing here: it is refused at once."""
    sent_by(world.town, world.stick)
    acknowledge(world.town)
    with pytest.raises(BundleRefusedError):
        receiving.take_in(world.towns[1], sent_by(world.town, world.stick, "宏达铸造"))
    with world.towns[1].reading() as session:
        assert session.query(BundleIn).all() == []


def test_the_recovery_code_of_a_laptop_that_is_gone_opens_what_it_wrote(tmp_path):
    code = new_age_identity()
    with new_world(tmp_path, (TOWNS[0], TOWNS[0])) as world:
        gone, other = world.towns
        with gone.transaction() as session:
            session.get_one(OwnOffice, gone.office.replica).recovery_recipient = age_recipient(code)
            session.delete(session.get_one(Peer, other.office.replica))
        sent = sent_by(gone, world.stick)
        with pytest.raises(NotAddressedError):
            receiving.take_in(other, sent)
        with pytest.raises(UserError, match="恢复码"):
            receiving.take_in(other, sent, "AGE-SECRET-KEY-1")
        assert receiving.take_in(other, sent, code.lower()).applied == 1
        assert held_of(other, gone) == held_of(gone, gone)
