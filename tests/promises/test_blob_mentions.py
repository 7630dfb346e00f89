"""Whatever a laptop mentions that there is not: the county goes on asking for the others' and sending them theirs."""

from hashlib import sha256

import pytest
from sqlalchemy import select

from ohdesk.db.models import BlobRow
from ohdesk.services.exchange import contents, receiving, sending
from ohdesk.sync.manifest import Acks, encode
from ohdesk.sync.writer import member
from tests.trust_bench import OTHER, Bench, bench
from tests.unit.services.exchange.bundle_world import copy_of


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    with bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


@pytest.fixture
def county(benched, tmp_path):
    with copy_of(benched.world.county, tmp_path / "county") as copied:
        yield copied


def digests(word, count):
    return [sha256(f"{word}{number}".encode()).hexdigest() for number in range(count)]


def mentioning(benched: Bench, division: str, blobs):
    laptop = benched.laptop(division)
    parts = [blobs[start : start + 1000] for start in range(0, len(blobs), 1000)]
    return benched.bundle(laptop, *(benched.entry(laptop, blobs=[f"sha256:{each}" for each in part]) for part in parts))


def test_one_town_that_mentions_what_there_is_not_leaves_the_others_their_places(benched, county, monkeypatch):
    monkeypatch.setattr(contents, "MOST_MISSING", 500)
    false, true = sorted(digests("false", 3000)), sorted(digests("true", 200))
    receiving.take_in(county, mentioning(benched, benched.world.towns[0].office.division, false))
    receiving.take_in(county, mentioning(benched, OTHER, true))
    with county.reading() as session:
        asked = contents.acks(county, session).missing
        held = set(session.scalars(select(BlobRow.sha256).where(BlobRow.held.is_(False))))
    assert set(true) < set(asked) < held
    assert len(asked) == 500
    assert list(asked) == sorted(asked)


def test_a_malformed_operation_that_mentions_a_blob_stops_no_receipt_and_no_snapshot(benched, county, tmp_path):
    laptop = benched.laptop()
    (good,) = benched.chained([benched.entry(laptop, blobs=["sha256:" + "1" * 64])])
    malformed = good.replace(b'"v":{', b'"v": {')
    receiving.take_in(county, benched.bundle(laptop, bodies=[malformed]))
    asks = [member("acks.json", encode(Acks(missing=("1" * 64,))))]
    taken = receiving.take_in(
        county, benched.bundle(laptop, after=[malformed], more=asks, bundle_seq=2, prev="0" * 64, range_=None)
    )
    assert taken.outcome is receiving.Outcome.APPLIED
    town = benched.world.towns[0].office.replica
    assert sending.export_snapshot(county, tmp_path, town).blobs == 0
