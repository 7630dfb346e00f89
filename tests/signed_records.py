"""Records that two certified inspectors of a town have signed, PDF and all, and that are on their way to the county."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ohdesk.domain.record import PartyStatement, Way
from ohdesk.reports import record_papers
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.finding import drafts
from ohdesk.services.office import accounts, people, powers
from ohdesk.services.record import finalizing, signing
from tests import rectifying
from tests.unit.services.exchange.bundle_world import World, enrol, new_world
from tests.visiting import POWER, add_firm

FIRST, SECOND = "周沄", "吴翙"
SECRET = "ohdesk-test-2"
NOBODY = PartyStatement(way=Way.ABSENT, reason="现场无人", video="现场录像 1")
PAPERS = 2  # of each: the record and its checklist
TRUE_DRAWING = record_papers.render_record_paper


def make_signing_world(folder: Path, offices: Sequence[tuple[str, str]] = (("000000001", "石桥镇"),)) -> None:
    """Make a county and towns, each with two inspectors whom the county has certified."""
    folder.mkdir()
    with new_world(folder, offices) as world:
        for town in world.towns:
            powers.add_power(town, POWER)
            for number, name in enumerate((FIRST, SECOND)):
                person = people.add_person(town, name, "inspector", f"T-{number}", "2027-12-31", leads=True)
                accounts.add(town, name, SECRET, {"inspector"}, person)
        enrol(folder / "trust", world.county, world.towns)


def signed(world: World, count: int = 1, firm: str = "") -> list[str]:
    """The two inspectors make records final, of new employers or of one; return their visits."""
    visits = []
    for _ in range(count):
        visit = ready(world, firm)
        colleagues = [signing.SecondSigner(name, SECRET) for name in (FIRST, SECOND)]
        visits.append(finalizing.finalize(world.town, visit, NOBODY, (), *colleagues).visit)
    return visits


def ready(world: World, firm: str = "") -> str:
    """Return a visit of a new employer, or of this one, that can be made final."""
    visit = rectifying.visit_of(world.town, firm or add_firm(world.town), "2026-03-02")
    rectifying.fill(world.town, visit)
    drafts.accept_proposals(world.town, visit)
    return visit


def elsewhere(key, drawing):
    """A drawing that says another place than the record."""
    return TRUE_DRAWING(key, replace(drawing, record=replace(drawing.record, place="别处")))


def sent(world: World) -> None:
    """The county takes in what the town has to send."""
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
