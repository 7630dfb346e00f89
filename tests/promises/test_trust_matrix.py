"""What is handed in, to whom, and what must come of it: every case of trust that we could think of, in one table.

Each case goes through the services that a person's click goes through, in real workspaces.  What is refused, parked or
known already changes nothing; of what is set aside nothing shows; a proposal changes no value of the roll.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, select

from ohdesk.db.models import BundleIn, BundleState, OperationRow, Peer, Proposal, ReplicaHead
from ohdesk.db.models.base import Shared
from ohdesk.db.queries.digest import state_digest
from ohdesk.errors import UserError
from ohdesk.security import certificates
from ohdesk.security.sealing import CannotOpenError
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.roll import proposals
from ohdesk.services.trust import certified
from ohdesk.sync.manifest import held_name
from ohdesk.sync.problems import (
    BadSignatureError,
    BundleRefusedError,
    ChangedBundleError,
    ExpiredSenderError,
    ForkedReplicaError,
    HostileBundleError,
    NewerBundleError,
    NotAddressedError,
    OtherCountyError,
    OtherTownError,
    OutOfTermError,
    OwnBundleError,
    RevokedSenderError,
    StrangeCountyError,
    UnknownSenderError,
    WrongSenderError,
)
from ohdesk.sync.writer import member
from tests.conftest import NOON
from tests.trust_bench import COUNTY, END, HOME, OTHER, Bench, Laptop, Signer, bench, days, later
from tests.unit.services.exchange.bundle_world import write_entry


class To(Enum):
    """Who is handed something, and at which door."""

    COUNTY = "county"
    TOWN = "town"
    NEIGHBOUR = "the other town"


class What(Enum):
    """What comes of it."""

    REFUSED = "refused"
    PARKED = "parked"
    ALREADY = "held already"
    ASIDE = "set aside"
    PROPOSAL = "proposal"
    APPLIED = "applied"
    FLAGGED = "applied with a warning"


@dataclass(frozen=True)
class Case:
    """One row: what is handed in, to whom, on which day, and what must come of it, said how."""

    id: str
    made: Callable[[Bench], Path]
    to: To
    what: What
    said: str = ""
    on: datetime = NOON


@dataclass(frozen=True)
class Came:
    """What did come of it, in the program's words."""

    what: What
    said: str = ""


CASES: list[Case] = []


def refused(
    name: str, made: Callable[[Bench], Path], why: type[UserError], to: To = To.COUNTY, on: datetime = NOON
) -> None:
    CASES.append(Case(name, made, to, What.REFUSED, f"{why.__name__}:", on))


def comes(
    name: str, made: Callable[[Bench], Path], what: What, said: str = "", to: To = To.COUNTY, on: datetime = NOON
) -> None:
    CASES.append(Case(name, made, to, what, said, on))


def sends(**head: Any) -> Callable[[Bench], Path]:
    """A new laptop of the town sends an employer, with these lies in its head."""
    return lambda bench: bench.bundle(bench.laptop(), **head)


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
    who = Signer(bench.new_id(HOME))
    return bench.with_head(bench.up, bench.laptop(), bench.certify(who))


def device_under_a_persons_key(bench: Bench) -> Path:
    who = Signer(bench.new_id(HOME))
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


refused("another device's key signs the head", other_key_signs, BadSignatureError)
refused("a self-issued root of the same name", root_of_the_same_name, UnknownSenderError)
refused("a certificate in our root's name that the root never signed", signs_its_own_certificate, UnknownSenderError)
refused("a person's certificate as the device's", person_as_device, UnknownSenderError)
refused("a device certified by a person", device_under_a_persons_key, UnknownSenderError)
refused("a certificate of the same key for another town", other_towns_certificate, WrongSenderError)
refused("another town named in the head", sends(from_={"town": OTHER}), WrongSenderError)
refused("the county named in the head", sends(from_={"town": COUNTY}), WrongSenderError)
refused("another replica named in the head", sends(from_={"replica": "0" * 16}), WrongSenderError)
refused(
    "another certificate named in the head",
    lambda b: b.with_head(b.up, b.laptop(), from_={"device_fp": "0" * 64}),
    ChangedBundleError,
)
refused("what the reader wrote itself", of_the_reader_itself, OwnBundleError)


# Clocks


def clock(year: int, month: int = 3, day: int = 2) -> Callable[[Bench], Path]:
    return sends(made={"wall": f"{year}-{month:02d}-{day:02d}T04:00:00Z"})


for year in (1970, 2017, 2031, 2040, 2999):
    refused(f"a clock in {year}", clock(year), OutOfTermError)
refused("a clock in 9999", clock(9999), HostileBundleError)
refused("no day at all", sends(made={"wall": "昨天"}), HostileBundleError)
comes("a clock a month ahead", clock(2026, 4), What.FLAGGED, "请核对两台电脑的日期")
comes("a clock put back meanwhile", sends(made={"monotonic_ok": False}), What.FLAGGED, "曾被调回")
refused("written in time, found in 2040", clock(2026, 3, 3), ExpiredSenderError, on=datetime(2040, 1, 1, tzinfo=UTC))
comes(
    "written in time, read two months after the end",
    lambda b: b.bundle(b.laptop(), wall=END - days(3)),
    What.APPLIED,
    on=END + days(60),
)
comes(
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


refused("after the end, older than what it said before", older_than_said_before, ExpiredSenderError, on=END + days(1))


def renewed(bench: Bench) -> Path:
    laptop = bench.laptop()
    bench.announce(bench.laptop(key=laptop.key, at=END))
    return bench.bundle(laptop)


comes("an old stick whose key was renewed since", renewed, What.APPLIED, on=END + days(800))


# What the head says

refused("no encryption", sends(suite="none"), NewerBundleError)
refused("encryption of the SM kind", sends(suite="sm2+sm4+sm3"), NewerBundleError)
refused("a class that is reserved", sends(class_="config"), HostileBundleError)
refused("a receipt with operations", sends(class_="ack"), HostileBundleError)
refused("operations without a range", sends(range=None), HostileBundleError)
for number in (0, -1, 10**9):
    refused(f"bundle number {number}", sends(bundle_seq=number), HostileBundleError)
refused("volume 1 of 2", sends(volume={"n": 2}), HostileBundleError)
refused("a newer reader is needed", sends(min_reader="2.0"), NewerBundleError)
refused("format 2.0", sends(fmt="ohb/2.0"), NewerBundleError)
refused("format 0.9", sends(fmt="ohb/0.9"), HostileBundleError)
comes("format 1.7, which ours may read", sends(fmt="ohb/1.7", later={"field": 1}), What.APPLIED)
refused("an unknown field in our own format", sends(later={"field": 1}), HostileBundleError)
comes("operations of shape 99", sends(schema={"ver": 99}), What.PARKED, "99")
refused("more operations than are inside", sends(counts={"ops": 2}), HostileBundleError)
refused("more photos than are inside", sends(counts={"blobs": 1}), HostileBundleError)
refused("more bytes than are inside", sends(counts={"bytes": 1}), HostileBundleError)
refused("another manifest", sends(manifest={"sha256": "0" * 64}), ChangedBundleError)
refused("a manifest of another length", sends(manifest={"len": 10}), ChangedBundleError)
refused("another payload", sends(payload={"sha256": "0" * 64}), ChangedBundleError)
refused("a payload of another length", sends(payload={"len": 10}), ChangedBundleError)
refused("a range of more than is inside", sends(range={"to": 2}, counts={"ops": 2}), HostileBundleError)
refused("a range backwards", sends(range={"from": 2}), HostileBundleError)
comes(
    "what it needs is not here",
    sends(needs=[{"replica": "0" * 16, "town": HOME, "upto": 3}]),
    What.PARKED,
    "第 1–3 号操作",
)
comes("a first bundle that has one before it", sends(prev="0" * 64), What.FLAGGED, "前后的包对不上")
comes("a second bundle that has none before it", sends(bundle_seq=2), What.FLAGGED, "前后的包对不上")


# For whom

refused(
    "sealed for the other town alone", lambda b: b.bundle(b.laptop(), recipients=b.recipients[2:]), NotAddressedError
)
refused("recipients in no order", sends(to=["f" * 64, "0" * 64]), HostileBundleError)
refused("a recipient list without us", sends(to=["0" * 64]), NotAddressedError)


def names_us_but_seals_for_another(bench: Bench) -> Path:
    laptop = bench.laptop()
    honest = receiving.read_outer(bench.bundle(laptop)).head.to
    return bench.with_head(bench.bundle(laptop, recipients=bench.recipients[2:]), laptop, to=list(honest))


refused("names us among those it is for, but is sealed for another", names_us_but_seals_for_another, CannotOpenError)


def opens_to_more_than_it_says(bench: Bench) -> Path:
    laptop = bench.laptop()
    named = receiving.read_outer(bench.bundle(laptop, recipients=bench.recipients[:1])).head.to
    return bench.with_head(bench.bundle(laptop), laptop, to=list(named))


comes("opens for more than it names", opens_to_more_than_it_says, What.APPLIED)


# One bundle after another


def came_before(bench: Bench, laptop: Laptop, *said: dict[str, Any]) -> tuple[Path, list[bytes]]:
    """Have the county take in a laptop's first bundle; return it, and what it carried."""
    bodies = bench.chained(said)
    first = bench.bundle(laptop, bodies=bodies)
    receiving.take_in(bench.world.county, first)
    return first, bodies


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


comes("the same bundle under another name", replayed, What.ALREADY)
refused("the same number with another content", forked, ForkedReplicaError)
refused("the next number on another past", on_another_past, ForkedReplicaError)
comes("the third before the second", after_a_gap, What.PARKED, "第 2–2 号操作")
comes("the next one", next_one, What.APPLIED)
comes(
    "the next one with a lie about the one before", lambda b: next_one(b, prev="0" * 64), What.FLAGGED, "前后的包对不上"
)
comes("a bundle number twice", lambda b: next_one(b, bundle_seq=1, prev=""), What.FLAGGED, "两个不同的第 1 号包")
comes("a bundle number left out", lambda b: next_one(b, bundle_seq=3, prev="0" * 64), What.APPLIED)
refused("operations with one missing between", gap_inside, HostileBundleError)


# In whose name


def writes(**changed: Any) -> Callable[[Bench], Path]:
    """A new laptop of the town sends an employer, with these lies in the operation."""

    def made(bench: Bench) -> Path:
        laptop = bench.laptop()
        return bench.bundle(laptop, bench.entry(laptop, **changed))

    return made


def by(division: str) -> Callable[[Bench], Path]:
    """A laptop that the county's root certified for a division sends an employer."""
    return lambda bench: bench.bundle(bench.laptop(division))


def held_beside(bench: Bench) -> Path:
    laptop, other = bench.laptop(), bench.laptop(OTHER)
    body = bench.chained([bench.entry(other)])[0]
    name = held_name(other.replica).format(first=1, last=1)
    return bench.bundle(laptop, more=[member(name, body + b"\n")])


refused("an operation of another replica", writes(r="0" * 16), HostileBundleError)
refused("an operation of another division", writes(d=OTHER), HostileBundleError)
refused("what another laptop wrote, carried by a town", held_beside, HostileBundleError)
refused("a laptop certified for the county's division", by(COUNTY), StrangeCountyError)
refused("a laptop certified for the county's division", by(COUNTY), StrangeCountyError, To.TOWN)
refused("a laptop of another county", by("000001001"), OtherCountyError)
refused("another county's own", by("000001"), OtherCountyError)
refused("the other town's laptop", by(OTHER), OtherTownError, To.TOWN)
refused("the town's bundle, in the other town", lambda b: b.up, OtherTownError, To.NEIGHBOUR)
refused("the county's bundle, at the county", lambda b: b.down, OwnBundleError)
refused("the town's own bundle, at the town", lambda b: b.up, OwnBundleError, To.TOWN)
comes("a laptop of ones own that the county has not announced", by(HOME), What.PARKED, "县级下发的这台电脑", To.TOWN)
comes("a first bundle of an honest town", lambda b: b.up, What.APPLIED)
comes("the county's honest bundle", lambda b: b.down, What.APPLIED, to=To.TOWN)
comes("a laptop the town has beside the first", by(HOME), What.APPLIED)


# Taken back


def taken_back(since: str = "2026-03-01", again: bool = False) -> Callable[[Bench], Path]:
    """A bundle of a laptop whose key the county took back from a day, and gave back again or not."""

    def made(bench: Bench) -> Path:
        laptop = bench.laptop()
        bench.announce(laptop)
        bench.take_back(laptop.name, since)
        if again:
            bench.give_back(laptop.name)
        return bench.bundle(laptop)

    return made


def renewed_after_taken_back(bench: Bench) -> Path:
    laptop = bench.laptop()
    bench.take_back(laptop.name)
    return bench.bundle(bench.laptop(key=laptop.key, at=NOON))


refused("a laptop taken back", taken_back(), RevokedSenderError)
refused("a laptop taken back from today", taken_back("2026-03-02"), RevokedSenderError)
comes("a laptop that is taken back from tomorrow", taken_back("2026-03-03"), What.APPLIED)
refused("a laptop taken back, a day later", taken_back("2026-03-03"), RevokedSenderError, on=NOON + days(1))
comes("a laptop taken back and given back", taken_back(again=True), What.APPLIED)
refused("another certificate of the key taken back", renewed_after_taken_back, RevokedSenderError)


# The roll


def entry_of_other(bench: Bench, *, seen: bool = False, **fields: Any) -> Path:
    """A town writes an employer of the other town, having seen what that wrote or not."""
    laptop, other = bench.laptop(), bench.laptop(OTHER)
    record = bench.new_id(OTHER)
    receiving.take_in(bench.world.county, bench.bundle(other, bench.entry(other, record, "真的厂")))
    base = [f"{other.replica}:1"] if seen else []
    return bench.bundle(laptop, bench.entry(laptop, record, base=base, fields=fields or {"name": "冒名厂"}))


def closes_what_the_county_wrote(bench: Bench) -> Path:
    laptop, county = bench.laptop(), bench.world.county
    record = write_entry(county, "县级写的厂", bench.new_id(OTHER), OTHER)
    return bench.bundle(laptop, bench.entry(laptop, record, fields={"status": "注销"}))


def given_away(bench: Bench) -> Path:
    """An employer that the county gave to the other town, written by its former town as if it had not heard."""
    laptop = bench.laptop()
    record = bench.new_id(HOME)
    first, bodies = came_before(bench, laptop, bench.entry(laptop, record))
    write_entry(bench.world.county, "搬走的厂", record, OTHER)
    again = bench.entry(laptop, record, base=[f"{laptop.replica}:1"], fields={"name": "旧主改名"})
    return bench.next_bundle(first, laptop, bodies, again)


def second_out_of_nothing(bench: Bench) -> Path:
    laptop = bench.laptop()
    record = bench.new_id(HOME)
    first, bodies = came_before(bench, laptop, bench.entry(laptop, record))
    return bench.next_bundle(first, laptop, bodies, bench.entry(laptop, record, "第二次凭空写"))


def own_write_after_own(bench: Bench) -> Path:
    laptop = bench.laptop()
    record = bench.new_id(HOME)
    again = bench.entry(laptop, record, "改名", base=[f"{laptop.replica}:1"])
    return bench.bundle(laptop, bench.entry(laptop, record), again)


def based_on_its_own_future(bench: Bench) -> Path:
    laptop = bench.laptop()
    record = bench.new_id(HOME)
    return bench.bundle(laptop, bench.entry(laptop, record, base=[f"{laptop.replica}:7"]))


def settled_at_the_county(bench: Bench, *, accepted: bool) -> Path:
    """The next bundle of a town whose proposal the county has settled."""
    laptop = bench.laptop()
    record = write_entry(bench.world.county, "县级写的厂", bench.new_id(OTHER), OTHER)
    first, bodies = came_before(bench, laptop, bench.entry(laptop, record, fields={"name": "建议的名"}))
    settle = proposals.accept if accepted else proposals.decline
    settle(bench.world.county, f"{laptop.replica}:1", "电话核实")
    again = bench.entry(laptop, record, base=[f"{laptop.replica}:1"], fields={"name": "又改"})
    return bench.next_bundle(first, laptop, bodies, again)


comes("an employer of ones own", own_write_after_own, What.APPLIED)
comes("the other town's employer, as if it were new", entry_of_other, What.PROPOSAL)
comes("the other town's employer, having seen it", lambda b: entry_of_other(b, seen=True), What.PROPOSAL)
comes("the other town's employer, moved here", lambda b: entry_of_other(b, seen=True, town=HOME), What.PROPOSAL)
comes("an employer of the county's in another town", closes_what_the_county_wrote, What.PROPOSAL)
comes("a new employer for another town", writes(fields={"name": "代写的厂", "town": OTHER}), What.PROPOSAL)
comes("an employer that was given away since", given_away, What.PROPOSAL)
comes("a second write of one employer out of nothing", second_out_of_nothing, What.PROPOSAL)
comes("a write after a proposal that was accepted", lambda b: settled_at_the_county(b, accepted=True), What.PROPOSAL)
comes("a write after a proposal that was declined", lambda b: settled_at_the_county(b, accepted=False), What.PROPOSAL)
comes("a write that has seen its own future", based_on_its_own_future, What.ASIDE, "在它之后才写")
comes("a write that has seen what nobody has", writes(base=["0" * 16 + ":1"]), What.ASIDE, "还没有收到")
comes("a head-count beyond any", writes(fields={"name": "厂", "workers": 10_000_001}), What.ASIDE, "从业人数")
comes("an instant that is none", writes(at="昨天"), What.ASIDE, "at")


# What only another may say


def says(kind: str, values: dict[str, Any], record: str = "1" * 64, of: str = HOME) -> Callable[[Bench], Path]:
    """A new laptop of the town says something of this kind."""

    def made(bench: Bench) -> Path:
        laptop = bench.laptop()
        return bench.bundle(laptop, bench.said(laptop, kind, record or bench.new_id(of), values))

    return made


def town_certifies(bench: Bench) -> Path:
    """A town writes the operation of a true certificate, so that it comes before the county's word of it."""
    laptop = bench.laptop()
    issued = certified.issued(bench.laptop().certificate, NOON)
    values = {k: v for k, v in msgspec.to_builtins(issued).items() if k not in {"record", "blobs"}}
    return bench.bundle(laptop, bench.said(laptop, "certificate.issued@1", issued.record, values))


def settles_its_own(bench: Bench) -> Path:
    laptop, other = bench.laptop(), bench.laptop(OTHER)
    record = bench.new_id(OTHER)
    receiving.take_in(bench.world.county, bench.bundle(other, bench.entry(other, record)))
    first, bodies = came_before(bench, laptop, bench.entry(laptop, record))
    values = {"proposal": f"{laptop.replica}:1", "accepted": True, "reason": "同意"}
    said = bench.said(laptop, "proposal.settled@1", record, values)
    return bench.next_bundle(first, laptop, bodies, said)


_INSPECTOR = {"fields": {"name": "冒名", "role": "inspector"}}
comes("a certificate that a town issues", town_certifies, What.ASIDE, "只能由县级写入")
comes(
    "a key that a town takes back",
    says("certificate.revoked@1", {"since": "2026-03-01", "reason": "x"}),
    What.ASIDE,
    "只能由县级写入",
)
comes(
    "a key that a town gives back",
    says("certificate.reinstated@1", {"revocations": ["1" * 40], "reason": "x"}),
    What.ASIDE,
    "只能由县级写入",
)
comes("a proposal that its town accepts itself", settles_its_own, What.ASIDE, "只能由县级写入")
comes("a person of ones own", says("person.written@1", _INSPECTOR, ""), What.APPLIED)
comes("a person of another town", says("person.written@1", _INSPECTOR, "", OTHER), What.ASIDE, "另一个单位")
comes("a kind that no program knows", says("weather.observed@7", {"sky": "blue"}), What.ASIDE, "不认识")


def tables(ctx: Context) -> dict[str, list[Any]]:
    """All that everybody shares, but for the journal."""
    with ctx.reading() as session:
        shared = (model.__table__ for model in Shared.__subclasses__() if model is not OperationRow)
        return {table.name: session.execute(select(table).order_by(*table.primary_key)).all() for table in shared}


def journal(ctx: Context) -> Any:
    """What is held of everybody, and what is known of them."""
    with ctx.reading() as session:
        heads = select(ReplicaHead.replica, ReplicaHead.seq, ReplicaHead.hash).order_by(ReplicaHead.replica)
        peers = select(Peer.replica, Peer.role, Peer.division, Peer.age_recipient, Peer.acked).order_by(Peer.replica)
        return state_digest(session), session.execute(heads).all(), session.execute(peers).all()


def taken(ctx: Context, path: Path) -> Came:
    """What comes of a bundle."""
    try:
        told = receiving.take_in(ctx, path)
    except (BundleRefusedError, CannotOpenError) as error:
        return Came(What.REFUSED, f"{type(error).__name__}: {error.message}")
    if told.outcome is Outcome.PARKED:
        return Came(What.PARKED, "；".join(told.waits))
    if told.outcome is Outcome.ALREADY:
        return Came(What.ALREADY)
    if told.set_aside:
        return Came(What.ASIDE, "；".join(each.reason for each in told.set_aside))
    if told.warnings:
        return Came(What.FLAGGED, "；".join(told.warnings))
    with ctx.reading() as session:
        last = select(OperationRow.seq).where(OperationRow.replica == told.replica).order_by(OperationRow.seq.desc())
        is_proposal = session.get(Proposal, (told.replica, session.scalars(last.limit(1)).one())) is not None
    return Came(What.PROPOSAL if is_proposal else What.APPLIED)


def handed(bench: Bench, case: Case) -> tuple[Context, Callable[[], Came]]:
    """Return whom a case concerns, and what hands it in."""
    path = case.made(bench)
    world = bench.world
    ctx = later({To.COUNTY: world.county, To.TOWN: world.towns[0], To.NEIGHBOUR: world.towns[1]}[case.to], case.on)
    return ctx, lambda: taken(ctx, path)


@pytest.fixture(autouse=True)
def nothing_waits(benched):
    """What a case left parked does not follow when another one is taken in."""
    yield
    for ctx in (benched.world.county, *benched.world.towns):
        with ctx.transaction() as session:
            session.execute(delete(BundleIn).where(BundleIn.outcome == BundleState.PARKED))


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    with bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


@pytest.mark.parametrize("case", CASES, ids=[f"{case.to.value}: {case.id}" for case in CASES])
def test_what_is_handed_in_comes_to_what_it_should(benched, case):
    ctx, hand_in = handed(benched, case)
    before, held = tables(ctx), journal(ctx)
    came = hand_in()
    assert came.what is case.what, came
    assert case.said in came.said, came
    changed = {name for name, rows in tables(ctx).items() if rows != before[name]}
    match case.what:
        case What.REFUSED | What.PARKED | What.ALREADY:
            assert (changed, journal(ctx)) == (set(), held)
        case What.ASIDE:
            assert changed == set()
        case What.PROPOSAL:
            assert changed == {Proposal.__tablename__}
        case _:
            assert changed
