"""What was exchanged, and how far it is acknowledged."""

import pytest

from ohdesk.db.models import OperationRow, Peer, PeerRefused, Record
from ohdesk.domain.canonical import canonical
from ohdesk.services.exchange import history, receipts, receiving, sending
from tests.conftest import NOON
from tests.unit.services.exchange.bundle_world import copied_world, write_entry


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path) as opened:
        yield opened


def note_record(ctx, seq, visit="0198a000-0000-7000-8000-00000000000a"):
    """Set down that operation `seq` finalized a record."""
    with ctx.transaction() as session:
        session.add(
            OperationRow(
                replica=ctx.office.replica,
                seq=seq,
                hash=f"{seq:064x}",
                kind="visit.finalized@1",
                record=visit,
                body=canonical({"blobs": [], "base": []}),
            )
        )
        text = {"number": "2026-0001", "establishment": "e", "establishment_name": "安泰机械厂", "form": "employer"}
        text |= {"draw": "", "outcome": "checked", "outcome_name": "检查完毕"}
        times = dict.fromkeys(("started_at", "ended_at", "finalized_at"), "2026-03-02T04:00:00Z")
        times |= {"inspected_on": NOON.date()}
        hashes = {"record_sha256": "", "pdf_sha256": ""}
        carried = {"answers": 0, "findings": 0, "replica": ctx.office.replica, "seq": seq}
        session.flush()
        session.add(Record(visit=visit, division="000000001", **text, **times, **hashes, **carried))


def test_what_is_new_is_counted_by_what_it_concerns(world):
    assert sending.pending(world.town).since is None
    write_entry(world.town, "安泰机械厂")
    pending = sending.pending(world.town)
    assert (pending.new.roll, pending.new.records, pending.new.total, pending.again) == (1, 0, 1, 0)


def test_after_a_bundle_nothing_is_new_but_what_is_not_acknowledged_goes_again(world):
    write_entry(world.town, "安泰机械厂")
    sending.export(world.town, world.stick)
    pending = sending.pending(world.town)
    assert (pending.since, pending.new.total, pending.again) == (NOON, 0, 1)


def test_a_bundle_is_open_until_the_receipt_comes_by_stick_or_by_telephone(world):
    write_entry(world.town, "安泰机械厂")
    path = sending.export(world.town, world.stick).path
    assert [bundle.state for bundle in history.exchanged(world.town)] == ["open"]
    receipt = receiving.take_in(world.county, path).receipt
    receipts.register_code(world.town, receipt)
    (sent,) = history.exchanged(world.town)
    assert (sent.state, sent.partner, sent.counts.roll, sent.name) == ("received", "青原县卫生健康局", 1, path.name)


def test_the_county_sees_who_sent_what_and_has_a_code_for_each_town(world):
    write_entry(world.town, "安泰机械厂")
    taken = receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    (came,) = history.exchanged(world.county)
    assert (came.sent, came.state, came.partner, came.counts.roll) == (False, "applied", "石桥镇", 1)
    (code,) = history.receipt_codes(world.county)
    assert (code.name, code.code, code.held) == ("石桥镇", taken.receipt, 1)


def test_a_record_is_open_then_received_then_returned_with_the_countys_reason(world):
    note_record(world.town, 1)
    assert [(row.state, row.bundle) for row in history.record_receipts(world.town)] == [("open", "")]
    with world.town.transaction() as session:
        county = session.query(Peer).filter_by(role="county").one()
        county.acked = 1
    assert [row.state for row in history.record_receipts(world.town)] == ["received"]
    with world.town.transaction() as session:
        county = session.query(Peer).filter_by(role="county").one()
        why = "the record's fingerprint does not fit its content"
        session.add(PeerRefused(replica=county.replica, seq=1, reason=why))
    (row,) = history.record_receipts(world.town)
    assert (row.state, row.establishment) == ("returned", "安泰机械厂")
    assert "fingerprint" in row.reason
