"""Who speaks: laptops of any division, keys taken back, and what only another may write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ohdesk.db.chain import NO_HASH
from ohdesk.services.exchange import receiving
from ohdesk.services.roll import proposals
from ohdesk.services.trust import certified
from ohdesk.sync.problems import (
    HostileBundleError,
    OtherCountyError,
    OtherTownError,
    OwnBundleError,
    RevokedSenderError,
    StrangeCountyError,
)
from tests.conftest import NOON
from tests.trust_bench import COUNTY, HOME, OTHER, Bench, days
from tests.trust_matrix.case import Table, To, What, came_before
from tests.unit.services.exchange.bundle_world import write_entry

TABLE = Table()


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


def held_beside(bench: Bench, division: str = OTHER) -> Path:
    """A town carries what another laptop wrote."""
    other = bench.laptop(division)
    return bench.snapshot(bench.laptop(), other.replica, *bench.chained([bench.entry(other)]))


TABLE.refused("an operation of another replica", writes(r="0" * 16), HostileBundleError)
TABLE.refused("an operation of another division", writes(d=OTHER), HostileBundleError)
TABLE.refused("what the other town wrote, carried by a town", held_beside, HostileBundleError)
TABLE.refused("what a laptop of its own wrote, carried by a town", lambda b: held_beside(b, HOME), HostileBundleError)
TABLE.refused("a laptop certified for the county's division", by(COUNTY), StrangeCountyError)
TABLE.refused("a laptop certified for the county's division", by(COUNTY), StrangeCountyError, To.TOWN)
TABLE.refused("a laptop of another county", by("000001001"), OtherCountyError)
TABLE.refused("another county's own", by("000001"), OtherCountyError)
TABLE.refused("the other town's laptop", by(OTHER), OtherTownError, To.TOWN)
TABLE.refused("the town's bundle, in the other town", lambda b: b.up, OtherTownError, To.NEIGHBOUR)
TABLE.refused("the county's bundle, at the county", lambda b: b.down, OwnBundleError)
TABLE.refused("the town's own bundle, at the town", lambda b: b.up, OwnBundleError, To.TOWN)
TABLE.comes(
    "a laptop of ones own that the county has not announced", by(HOME), What.PARKED, "县级下发的这台电脑", To.TOWN
)
TABLE.comes("a first bundle of an honest town", lambda b: b.up, What.APPLIED)
TABLE.comes("the county's honest bundle", lambda b: b.down, What.APPLIED, to=To.TOWN)
TABLE.comes("a laptop the town has beside the first", by(HOME), What.APPLIED)


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


TABLE.refused("a laptop taken back", taken_back(), RevokedSenderError)
TABLE.refused("a laptop taken back from today", taken_back("2026-03-02"), RevokedSenderError)
TABLE.comes("a laptop that is taken back from tomorrow", taken_back("2026-03-03"), What.APPLIED)
TABLE.refused("a laptop taken back, a day later", taken_back("2026-03-03"), RevokedSenderError, on=NOON + days(1))
TABLE.comes("a laptop taken back and given back", taken_back(again=True), What.APPLIED)
TABLE.refused("another certificate of the key taken back", renewed_after_taken_back, RevokedSenderError)


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


def issued_again(bench: Bench, *, linked: bool = False) -> Path:
    """A laptop says that what it writes was written by another one first, for which it goes on or not."""
    laptop, other = bench.laptop(), bench.laptop()
    stood = {"r": other.replica, "s": 1, "p": NO_HASH, "base": []}
    if linked:
        bench.county_says(certified.issued(laptop.certificate, NOON, "", other.replica))
    return bench.bundle(laptop, bench.entry(laptop, o=stood))


def settled_at_the_county(bench: Bench, *, accepted: bool) -> Path:
    """The next bundle of a town whose proposal the county has settled."""
    laptop = bench.laptop()
    record = write_entry(bench.world.county, "县级写的厂", bench.new_id(OTHER), OTHER)
    first, bodies = came_before(bench, laptop, bench.entry(laptop, record, fields={"name": "建议的名"}))
    settle = proposals.accept if accepted else proposals.decline
    settle(bench.world.county, f"{laptop.replica}:1", "电话核实")
    again = bench.entry(laptop, record, base=[f"{laptop.replica}:1"], fields={"name": "又改"})
    return bench.next_bundle(first, laptop, bodies, again)


TABLE.comes("an employer of ones own", own_write_after_own, What.APPLIED)
TABLE.comes("the other town's employer, as if it were new", entry_of_other, What.PROPOSAL)
TABLE.comes("the other town's employer, having seen it", lambda b: entry_of_other(b, seen=True), What.PROPOSAL)
TABLE.comes("the other town's employer, moved here", lambda b: entry_of_other(b, seen=True, town=HOME), What.PROPOSAL)
TABLE.comes("an employer of the county's in another town", closes_what_the_county_wrote, What.PROPOSAL)
TABLE.comes("a new employer for another town", writes(fields={"name": "代写的厂", "town": OTHER}), What.PROPOSAL)
TABLE.comes("an employer that was given away since", given_away, What.PROPOSAL)
TABLE.comes("a second write of one employer out of nothing", second_out_of_nothing, What.PROPOSAL)
TABLE.comes(
    "a write after a proposal that was accepted", lambda b: settled_at_the_county(b, accepted=True), What.PROPOSAL
)
TABLE.comes(
    "a write after a proposal that was declined", lambda b: settled_at_the_county(b, accepted=False), What.PROPOSAL
)
TABLE.comes("a write that has seen its own future", based_on_its_own_future, What.ASIDE, "在它之后才写")
TABLE.comes("a write issued again for a laptop that it does not go on for", issued_again, What.ASIDE, "接替")
TABLE.comes(
    "a write issued again for the laptop that it goes on for", lambda b: issued_again(b, linked=True), What.APPLIED
)
TABLE.comes("a write that has seen what nobody has", writes(base=["0" * 16 + ":1"]), What.ASIDE, "还没有收到")
TABLE.comes("a head-count beyond any", writes(fields={"name": "厂", "workers": 10_000_001}), What.ASIDE, "从业人数")
TABLE.comes("an instant that is none", writes(at="昨天"), What.ASIDE, "at")


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
    return bench.bundle(laptop, bench.spoken(laptop, certified.issued(bench.laptop().certificate, NOON)))


def settles_its_own(bench: Bench) -> Path:
    laptop, other = bench.laptop(), bench.laptop(OTHER)
    record = bench.new_id(OTHER)
    receiving.take_in(bench.world.county, bench.bundle(other, bench.entry(other, record)))
    first, bodies = came_before(bench, laptop, bench.entry(laptop, record))
    values = {"proposal": f"{laptop.replica}:1", "accepted": True, "reason": "同意"}
    said = bench.said(laptop, "proposal.settled@1", record, values)
    return bench.next_bundle(first, laptop, bodies, said)


_INSPECTOR = {"fields": {"name": "冒名", "role": "inspector"}}
TABLE.comes("a certificate that a town issues", town_certifies, What.ASIDE, "只能由县级写入")
TABLE.comes(
    "a key that a town takes back",
    says("certificate.revoked@1", {"since": "2026-03-01", "reason": "x"}),
    What.ASIDE,
    "只能由县级写入",
)
TABLE.comes(
    "a key that a town gives back",
    says("certificate.reinstated@1", {"revocations": ["1" * 40], "reason": "x"}),
    What.ASIDE,
    "只能由县级写入",
)
TABLE.comes("a proposal that its town accepts itself", settles_its_own, What.ASIDE, "只能由县级写入")
TABLE.comes("a person of ones own", says("person.written@1", _INSPECTOR, ""), What.APPLIED)
TABLE.comes("a person of another town", says("person.written@1", _INSPECTOR, "", OTHER), What.ASIDE, "另一个单位")
TABLE.comes("a kind that no program knows", says("weather.observed@7", {"sky": "blue"}), What.ASIDE, "不认识")
