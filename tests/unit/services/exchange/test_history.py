"""What was exchanged, and how far it is acknowledged."""

import pytest

from ohdesk.db.models import BundleOut, Peer, PeerRefused
from ohdesk.services.exchange import history, receipts, receiving, sending
from ohdesk.services.list_query import ListQuery
from tests.conftest import NOON
from tests.unit.services.exchange.bundle_world import copied_world, note_record, write_entry
from tests.unit.services.exchange.test_cost import steps

FEW, MANY = 20, 400


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path) as opened:
        yield opened


def receipts_listed(ctx, **query):
    found = history.record_receipts(ctx, ListQuery(**query))
    return history.receipts_of(ctx, found.visits)


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
    assert [(row.state, row.bundle) for row in receipts_listed(world.town)] == [("open", "")]
    with world.town.transaction() as session:
        county = session.query(Peer).filter_by(role="county").one()
        county.acked = 1
    assert [row.state for row in receipts_listed(world.town)] == ["received"]
    with world.town.transaction() as session:
        county = session.query(Peer).filter_by(role="county").one()
        why = "the record's fingerprint does not fit its content"
        session.add(PeerRefused(replica=county.replica, seq=1, reason=why))
    (row,) = receipts_listed(world.town)
    assert (row.state, row.establishment) == ("returned", "安泰机械厂")
    assert "fingerprint" in row.reason


def wrote_bundle(ctx, number, first, last):
    with ctx.transaction() as session:
        counts = dict.fromkeys(("records", "roll", "draws", "others", "blobs"), 0)
        span = {"first": first, "last": last, "head_sha256": f"{number:064x}", "written_at": NOON}
        session.add(BundleOut(seq=number, name=f"{number}.zip", **span, **counts))


def test_receipts_are_named_by_the_bundle_that_came_as_far_first(world):
    for seq in (1, 2, 3, 4):
        note_record(world.town, seq, f"0198a000-0000-7000-8000-{seq:012d}")
    for number, (first, last) in enumerate(((0, 0), (1, 3), (1, 2)), start=1):
        wrote_bundle(world.town, number, first, last)  # the third goes again, and not as far as the second
    assert [row.bundle for row in receipts_listed(world.town)] == ["", "2.zip", "2.zip", "2.zip"]


def test_receipts_come_in_every_order_the_database_knows(world):
    for seq in (1, 2, 3):
        note_record(world.town, seq, f"0198a000-0000-7000-8000-{seq:012d}")
    with world.town.transaction() as session:
        county = session.query(Peer).filter_by(role="county").one()
        county.acked = 2
        session.add(PeerRefused(replica=county.replica, seq=1, reason="…"))
    assert history.record_receipts(world.town, ListQuery()).unconfirmed == 2
    for order in history.ORDERS:
        rising, falling = (
            [getattr(row, order) for row in receipts_listed(world.town, order=order, falling=way)]
            for way in (False, True)
        )
        assert len(rising) == 3
        assert rising == falling[::-1]
    states = [row.state for row in receipts_listed(world.town, order="state")]
    assert states == ["open", "received", "returned"]


def test_a_page_of_receipts_costs_the_same_however_many_there_are(world):
    costs = []
    for held in (FEW, MANY):
        for seq in range(len(history.record_receipts(world.town, ListQuery()).visits) + 1, held + 1):
            note_record(world.town, seq, f"0198a000-0000-7000-8000-{seq:012d}")
        visits = history.record_receipts(world.town, ListQuery()).visits[:FEW]
        rows, cost = steps(world.town, lambda page=visits: history.receipts_of(world.town, page))
        assert len(rows) == FEW
        costs.append(cost)
    assert 0 < costs[1] < 2 * costs[0]
