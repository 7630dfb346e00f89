"""The county as a town hears it: its machines, its word of certificates, and what others wrote."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ohdesk.domain.operations import CertificateIssued, CertificateRevoked, Operation
from ohdesk.security import certificates
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.exchange import receiving
from ohdesk.services.trust import certified
from ohdesk.sync.problems import (
    HostileBundleError,
    RevokedSenderError,
    StrangeCountyError,
)
from tests.conftest import NOON
from tests.trust_bench import COUNTY, HOME, OTHER, Bench, Laptop
from tests.trust_matrix.case import Table, To, What

TABLE = Table()


# The county, heard by a town


def from_successor(of: str = "", *, announced: bool = False) -> Callable[[Bench], Path]:
    """A machine that takes over from the county's, or from another, by the word of the root, sends an employer."""

    def made(bench: Bench) -> Path:
        machine = bench.laptop(COUNTY, takes_over=of or bench.world.county.office.replica)
        if announced:
            town_hears(bench, certified.issued(machine.certificate, NOON))
        return bench.bundle(machine)

    return made


def town_hears(bench: Bench, *operations: Operation) -> Laptop:
    """Tell the town something as the county, from a new machine that took over there; return that machine."""
    machine = bench.successor()
    receiving.take_in(bench.world.town, bench.bundle(machine, *(bench.spoken(machine, each) for each in operations)))
    return machine


def former_machine(key_taken_back: bool) -> Callable[[Bench], Path]:
    """The county's machine from which another took over, before and after its key was taken back."""

    def made(bench: Bench) -> Path:
        former = bench.successor()
        bodies = bench.chained([bench.entry(former)])
        first = bench.bundle(former, bodies=bodies)
        receiving.take_in(bench.world.town, first)
        newer = bench.laptop(COUNTY, takes_over=former.replica)
        taken_back = CertificateRevoked(record=former.name, since="2026-03-01", reason="机器报废")
        said = [bench.spoken(newer, taken_back)] if key_taken_back else []
        receiving.take_in(bench.world.town, bench.bundle(newer, *said))
        return bench.next_bundle(first, former, bodies)

    return made


def heir_of_an_heir(bench: Bench) -> Path:
    former = bench.successor()
    receiving.take_in(bench.world.town, bench.bundle(former))
    return bench.bundle(bench.laptop(COUNTY, takes_over=former.replica))


def own_laptop(*more: Callable[[Laptop], Operation]) -> Callable[[Bench], Path]:
    """Another laptop of the town, of which the county has told it, and then some more."""

    def made(bench: Bench) -> Path:
        laptop = bench.laptop()
        town_hears(
            bench, certified.issued(laptop.certificate, NOON, bench.recipients[1]), *(tell(laptop) for tell in more)
        )
        return bench.bundle(laptop)

    return made


def own_laptop_about_others(bench: Bench) -> Path:
    laptop = bench.laptop()
    town_hears(bench, certified.issued(laptop.certificate, NOON, bench.recipients[1]))
    return bench.bundle(laptop, bench.entry(laptop, bench.new_id(OTHER)))


def county_tells_of(change: Callable[[Bench, CertificateIssued], CertificateIssued]) -> Callable[[Bench], Path]:
    """The county's own machine tells of a certificate, in other words than stand in it."""

    def made(bench: Bench) -> Path:
        machine = bench.successor()
        told = change(bench, certified.issued(bench.laptop().certificate, NOON))
        return bench.bundle(machine, bench.spoken(machine, told))

    return made


def under_another_root(bench: Bench, told: CertificateIssued) -> CertificateIssued:
    key = PersonKey.create()
    root = certificates.make_root(key, "青原县卫生健康局", COUNTY, NOON)
    named = certificates.device_of(told.der)
    return certified.issued(certificates.issue(key, root, certificates.public_der(told.der), named, NOON), NOON)


def history_of(division: str) -> Callable[[Bench], Path]:
    """The county brings a town what a laptop of a division wrote."""

    def made(bench: Bench) -> Path:
        other = bench.laptop(division)
        return bench.snapshot(bench.successor(), other.replica, *bench.chained([bench.entry(other)]))

    return made


def history_of_the_reader(bench: Bench) -> Path:
    own = bench.own(bench.world.town)
    return bench.snapshot(bench.successor(), own.replica, *bench.chained([bench.entry(own)]))


def county_speaks_for(division: str) -> Callable[[Bench], Path]:
    """The county's bundle with an operation in the name of a town."""

    def made(bench: Bench) -> Path:
        machine = bench.successor()
        return bench.bundle(machine, bench.entry(machine, d=division))

    return made


def county_writes_of_the_towns(bench: Bench) -> Path:
    machine = bench.successor()
    return bench.bundle(machine, bench.entry(machine, bench.new_id(HOME), fields={"name": "更正的名", "town": HOME}))


TABLE.comes("a machine that takes over from the county's", from_successor(), What.APPLIED, to=To.TOWN)
TABLE.comes("one that takes over from the one that took over", heir_of_an_heir, What.APPLIED, to=To.TOWN)
TABLE.comes("the former machine, in the overlap", former_machine(key_taken_back=False), What.APPLIED, to=To.TOWN)
TABLE.refused(
    "the former machine, its key taken back", former_machine(key_taken_back=True), RevokedSenderError, To.TOWN
)
TABLE.refused("a machine that takes over from nobody we know", from_successor("0" * 16), StrangeCountyError, To.TOWN)
TABLE.comes(
    "a second machine that the county announced", from_successor("0" * 16, announced=True), What.APPLIED, to=To.TOWN
)
TABLE.refused("a machine that takes over, at the county itself", from_successor(), StrangeCountyError)
TABLE.comes("the county about an employer of the town", county_writes_of_the_towns, What.APPLIED, to=To.TOWN)
TABLE.refused("the county in the name of the town", county_speaks_for(HOME), HostileBundleError, To.TOWN)
TABLE.comes("another laptop of the town, announced", own_laptop(), What.APPLIED, to=To.TOWN)
TABLE.refused(
    "another laptop of the town, announced and taken back",
    own_laptop(lambda it: CertificateRevoked(record=it.name, since="2026-03-01", reason="被盗")),
    RevokedSenderError,
    To.TOWN,
)
TABLE.comes("another laptop of the town about the other town's", own_laptop_about_others, What.PROPOSAL, to=To.TOWN)
TABLE.comes(
    "a certificate under another root", county_tells_of(under_another_root), What.ASIDE, "签发签名不成立", To.TOWN
)
TABLE.comes(
    "a certificate told to be another town's",
    county_tells_of(lambda _, told: replace(told, division=OTHER)),
    What.ASIDE,
    "不一致",
    To.TOWN,
)
TABLE.comes(
    "a certificate told to end later",
    county_tells_of(lambda _, told: replace(told, until="2099-01-01T00:00:00Z")),
    What.ASIDE,
    "不一致",
    To.TOWN,
)
TABLE.comes(
    "a certificate with a key to seal for that is none",
    county_tells_of(lambda _, told: replace(told, recipient="age1nothing")),
    What.ASIDE,
    "收件密钥",
    To.TOWN,
)
TABLE.comes("what the town's lost laptop wrote, from the county", history_of(HOME), What.APPLIED, to=To.TOWN)
TABLE.refused("what the other town wrote, from the county", history_of(OTHER), HostileBundleError, To.TOWN)
TABLE.refused("what the reader wrote, from the county", history_of_the_reader, HostileBundleError, To.TOWN)
