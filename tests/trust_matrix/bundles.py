"""Bundles that lie: about who signs, the time, what is inside, for whom it is, and what came before."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ohdesk.security import certificates
from ohdesk.security.sealing import CannotOpenError
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.exchange import receiving
from ohdesk.sync.manifest import Acks, Held, encode
from ohdesk.sync.problems import (
    BadSignatureError,
    ChangedBundleError,
    ExpiredSenderError,
    ForkedReplicaError,
    HostileBundleError,
    NewerBundleError,
    NotAddressedError,
    OutOfTermError,
    OwnBundleError,
    UnknownSenderError,
    WrongSenderError,
)
from ohdesk.sync.writer import member
from tests.conftest import NOON
from tests.trust_bench import COUNTY, END, HOME, OTHER, Bench, Laptop, days, later, somebody
from tests.trust_matrix.case import Table, What, came_before, sends

TABLE = Table()


# Who signs


def other_key_signs(bench: Bench) -> Path:
    return bench.with_head(bench.up, bench.laptop())


def root_of_the_same_name(bench: Bench) -> Path:
    key = PersonKey.create()
    root = certificates.make_root(key, "青原县卫生健康局", COUNTY, NOON)
    laptop = bench.laptop()
    named = certificates.device_of(laptop.certificate)
    false = certificates.issue(key, root, laptop.key.public_der, named, NOON)
    return bench.with_head(bench.bundle(laptop), laptop, false)


def signs_its_own_certificate(bench: Bench) -> Path:
    key = PersonKey.create()
    laptop = bench.laptop()
    named = certificates.device_of(laptop.certificate)
    # Under the name of our root, which is no secret, but signed by a key of its own.
    false = certificates.issue(key, bench.root, laptop.key.public_der, named, NOON)
    return bench.with_head(bench.bundle(laptop), laptop, false)


def person_as_device(bench: Bench) -> Path:
    who = somebody()
    return bench.with_head(bench.up, bench.laptop(), bench.certify(who))


def device_under_a_persons_key(bench: Bench) -> Path:
    who = somebody()
    der, laptop = bench.certify(who), bench.laptop()
    false = certificates.issue(who.key, der, laptop.key.public_der, certificates.device_of(laptop.certificate), NOON)
    return bench.with_head(bench.bundle(laptop), laptop, false)


def other_towns_certificate(bench: Bench) -> Path:
    """The same laptop, certified for two towns, says now this and now that."""
    laptop = bench.laptop()
    false = bench.laptop(OTHER, key=laptop.key)
    return bench.with_head(bench.bundle(laptop), laptop, false.certificate)


def of_the_reader_itself(bench: Bench) -> Path:
    return bench.bundle(bench.own(bench.world.county))


TABLE.refused("another device's key signs the head", other_key_signs, BadSignatureError)
TABLE.refused("a self-issued root of the same name", root_of_the_same_name, UnknownSenderError)
TABLE.refused(
    "a certificate in our root's name that the root never signed", signs_its_own_certificate, UnknownSenderError
)
TABLE.refused("a person's certificate as the device's", person_as_device, UnknownSenderError)
TABLE.refused("a device certified by a person", device_under_a_persons_key, UnknownSenderError)
TABLE.refused("a certificate of the same key for another town", other_towns_certificate, WrongSenderError)
TABLE.refused("another town named in the head", sends(from_={"town": OTHER}), WrongSenderError)
TABLE.refused("the county named in the head", sends(from_={"town": COUNTY}), WrongSenderError)
TABLE.refused("another replica named in the head", sends(from_={"replica": "0" * 16}), WrongSenderError)
TABLE.refused(
    "another certificate named in the head",
    lambda b: b.with_head(b.up, b.laptop(), from_={"device_fp": "0" * 64}),
    ChangedBundleError,
)
TABLE.refused("what the reader wrote itself", of_the_reader_itself, OwnBundleError)


# Clocks


def clock(year: int, month: int = 3, day: int = 2) -> Callable[[Bench], Path]:
    return sends(made={"wall": f"{year}-{month:02d}-{day:02d}T04:00:00Z"})


for year in (1970, 2017, 2031, 2040, 2999):
    TABLE.refused(f"a clock in {year}", clock(year), OutOfTermError)
TABLE.refused("a clock in 9999", clock(9999), HostileBundleError)
TABLE.refused("no day at all", sends(made={"wall": "昨天"}), HostileBundleError)
TABLE.comes("a clock a month ahead", clock(2026, 4), What.FLAGGED, "请核对两台电脑的日期")
TABLE.comes("a clock put back meanwhile", sends(made={"monotonic_ok": False}), What.FLAGGED, "曾被调回")
TABLE.refused(
    "written in time, found in 2040", clock(2026, 3, 3), ExpiredSenderError, on=datetime(2040, 1, 1, tzinfo=UTC)
)
TABLE.comes(
    "written in time, read two months after the end",
    lambda b: b.bundle(b.laptop(), wall=END - days(3)),
    What.APPLIED,
    on=END + days(60),
)
TABLE.comes(
    "written in the last hour of the certificate",
    lambda b: b.bundle(b.laptop(), wall=END - days(1 / 24)),
    What.APPLIED,
    on=END,
)


def older_than_said_before(bench: Bench) -> Path:
    laptop = bench.laptop()
    bodies = bench.chained([bench.entry(laptop)])
    receiving.take_in(later(bench.world.county, END), bench.bundle(laptop, bodies=bodies, wall=END - days(5)))
    return bench.bundle(laptop, after=bodies, bundle_seq=2, prev="0" * 64, wall=END - days(60))


TABLE.refused(
    "after the end, older than what it said before", older_than_said_before, ExpiredSenderError, on=END + days(1)
)


def renewed(bench: Bench) -> Path:
    laptop = bench.laptop()
    bench.announce(bench.laptop(key=laptop.key, at=END))
    return bench.bundle(laptop)


TABLE.comes("an old stick whose key was renewed since", renewed, What.APPLIED, on=END + days(800))


# What the head says

TABLE.refused("no encryption", sends(suite="none"), NewerBundleError)
TABLE.refused("encryption of the SM kind", sends(suite="sm2+sm4+sm3"), NewerBundleError)
for reserved in ("config", "snapshot", "assignments", "forms", ""):
    TABLE.refused(f"a class that is reserved: {reserved}", sends(class_=reserved), HostileBundleError)
TABLE.refused("a receipt with operations", sends(class_="ack"), HostileBundleError)
TABLE.refused("operations without a range", sends(range=None), HostileBundleError)
for number in (0, -1, 10**9):
    TABLE.refused(f"bundle number {number}", sends(bundle_seq=number), HostileBundleError)
TABLE.comes("volume 1 of 2", sends(volume={"n": 2}), What.APPLIED)
for lie in ({"i": 3, "n": 2}, {"i": 0}, {"n": 0}, {"n": 10**9}, {"set": "x"}):
    TABLE.refused(f"a volume that says {lie}", sends(volume=lie), HostileBundleError)
TABLE.refused("a newer reader is needed", sends(min_reader="2.0"), NewerBundleError)
TABLE.refused("format 2.0", sends(fmt="ohb/2.0"), NewerBundleError)
TABLE.refused("format 0.9", sends(fmt="ohb/0.9"), HostileBundleError)
TABLE.comes("format 1.7, which ours may read", sends(fmt="ohb/1.7", later={"field": 1}), What.APPLIED)
TABLE.refused("an unknown field in our own format", sends(later={"field": 1}), HostileBundleError)
TABLE.comes("operations of shape 99", sends(schema={"ver": 99}), What.PARKED, "99")
TABLE.refused("more operations than are inside", sends(counts={"ops": 2}), HostileBundleError)
TABLE.refused("more photos than are inside", sends(counts={"blobs": 1}), HostileBundleError)
TABLE.refused("more bytes than are inside", sends(counts={"bytes": 1}), HostileBundleError)
TABLE.refused("another manifest", sends(manifest={"sha256": "0" * 64}), ChangedBundleError)
TABLE.refused("a manifest of another length", sends(manifest={"len": 10}), ChangedBundleError)
TABLE.refused("another payload", sends(payload={"sha256": "0" * 64}), ChangedBundleError)
TABLE.refused("a payload of another length", sends(payload={"len": 10}), ChangedBundleError)
TABLE.refused("a range of more than is inside", sends(range={"to": 2}, counts={"ops": 2}), HostileBundleError)
TABLE.refused("a range backwards", sends(range={"from": 2}), HostileBundleError)
TABLE.comes(
    "what it needs is not here",
    sends(needs=[{"replica": "0" * 16, "town": HOME, "upto": 3}]),
    What.PARKED,
    "第 1–3 号操作",
)
TABLE.comes("a first bundle that has one before it", sends(prev="0" * 64), What.FLAGGED, "前后的包对不上")
TABLE.comes("a second bundle that has none before it", sends(bundle_seq=2), What.FLAGGED, "前后的包对不上")


# For whom

TABLE.refused(
    "sealed for the other town alone", lambda b: b.bundle(b.laptop(), recipients=b.recipients[2:]), NotAddressedError
)
TABLE.refused("recipients in no order", sends(to=["f" * 64, "0" * 64]), HostileBundleError)
TABLE.refused("a recipient list without us", sends(to=["0" * 64]), NotAddressedError)


def names_us_but_seals_for_another(bench: Bench) -> Path:
    laptop = bench.laptop()
    honest = receiving.read_outer(bench.bundle(laptop)).head.to
    return bench.with_head(bench.bundle(laptop, recipients=bench.recipients[2:]), laptop, to=list(honest))


TABLE.refused(
    "names us among those it is for, but is sealed for another", names_us_but_seals_for_another, CannotOpenError
)


def opens_to_more_than_it_says(bench: Bench) -> Path:
    laptop = bench.laptop()
    named = receiving.read_outer(bench.bundle(laptop, recipients=bench.recipients[:1])).head.to
    return bench.with_head(bench.bundle(laptop), laptop, to=list(named))


TABLE.comes("opens for more than it names", opens_to_more_than_it_says, What.APPLIED)


# One bundle after another


def second_of(bench: Bench) -> tuple[Laptop, list[bytes], Path]:
    """A laptop that the county has one bundle of; its operations, and that bundle."""
    laptop = bench.laptop()
    first, bodies = came_before(bench, laptop, bench.entry(laptop))
    return laptop, bodies, first


def replayed(bench: Bench) -> Path:
    _, _, first = second_of(bench)
    return Path(shutil.copy(first, bench.place("别的名字.ohb")))


def forked(bench: Bench) -> Path:
    laptop, _, _ = second_of(bench)
    return bench.bundle(laptop, bundle_seq=2, prev="0" * 64)


def on_another_past(bench: Bench) -> Path:
    laptop, _, _ = second_of(bench)
    other = bench.chained([bench.entry(laptop)])
    return bench.bundle(laptop, after=other, bundle_seq=2, prev="0" * 64)


def after_a_gap(bench: Bench) -> Path:
    laptop, bodies, _ = second_of(bench)
    more = bench.chained([bench.entry(laptop)], 2, sha256(bodies[0]).hexdigest())
    return bench.bundle(laptop, after=[*bodies, *more], bundle_seq=3, prev="0" * 64)


def next_one(bench: Bench, **lies: Any) -> Path:
    laptop, bodies, first = second_of(bench)
    return bench.next_bundle(first, laptop, bodies, **lies)


def gap_inside(bench: Bench) -> Path:
    laptop = bench.laptop()
    bodies = bench.chained([bench.entry(laptop) for _ in range(3)])
    return bench.bundle(laptop, bodies=[bodies[0], bodies[2]])


TABLE.comes("the same bundle under another name", replayed, What.ALREADY)


def acknowledging(bench: Bench, replica: str) -> Path:
    acks = Acks(holds=(Held(replica, 1_000_000, "1" * 64),))
    return bench.bundle(bench.laptop(), more=[member("acks.json", encode(acks))])


TABLE.comes(
    "a receipt for what the county never wrote",
    lambda b: acknowledging(b, b.world.county.office.replica),
    What.FLAGGED,
    "收到过本机第 1000000 号操作",
)
TABLE.comes("a receipt for a laptop nobody knows", lambda b: acknowledging(b, "0" * 16), What.APPLIED)
TABLE.refused("the same number with another content", forked, ForkedReplicaError)
TABLE.refused("the next number on another past", on_another_past, ForkedReplicaError)
TABLE.comes("the third before the second", after_a_gap, What.PARKED, "第 2–2 号操作")
TABLE.comes("the next one", next_one, What.APPLIED)
TABLE.comes(
    "the next one with a lie about the one before", lambda b: next_one(b, prev="0" * 64), What.FLAGGED, "前后的包对不上"
)
TABLE.comes("a bundle number twice", lambda b: next_one(b, bundle_seq=1, prev=""), What.FLAGGED, "两个不同的第 1 号包")
TABLE.comes("a bundle number left out", lambda b: next_one(b, bundle_seq=3, prev="0" * 64), What.APPLIED)
TABLE.refused("operations with one missing between", gap_inside, HostileBundleError)
