"""The offices of the demonstration: workspaces, accounts, people, powers, and their trust in the county."""

from dataclasses import replace
from pathlib import Path

from ohdesk.demo import cast
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.domain.people import OfficeRole, PersonRole, Role
from ohdesk.domain.visit import Mode, Power
from ohdesk.services.context import Context
from ohdesk.services.office import accounts, issuing_bodies, people, powers
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.trust import joining

CARD = Path("trust", "county.ohcard")  # of the county, in the folder of the world


def make_county(out: Path, clock: Clock) -> None:
    """Create the county's workspace and write its card and its root certificate."""
    folder = out / cast.COUNTY_FOLDER
    create_workspace(
        folder,
        NewWorkspace(OfficeRole.COUNTY, cast.COUNTY_DIVISION, cast.COUNTY_NAME, cast.COUNTY_CLERK, PASSWORD),
        practice=True,
    )
    card = out / CARD
    with open_workspace(folder, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        joining.write_card(ctx, card)
        joining.write_root(ctx, card.with_name("county-root.pem"))


def make_town(out: Path, town: Town, clock: Clock) -> None:
    """Create a town's workspace with its people, accounts and powers."""
    folder = out / town.folder
    new = NewWorkspace(OfficeRole.TOWN, town.division, town.name, town.administrator, PASSWORD)
    create_workspace(folder, new, practice=True)
    with open_workspace(folder, town.administrator, PASSWORD, clock) as ctx:
        _staff(ctx, town)
        power = Power(town.mode, town.authority, "2026-01-01", "", town.basis)
        if town.mode == Mode.ENTRUSTED:
            power = replace(
                power, number="委托 2026-1", scope="职业卫生行政检查", published_on="2026-01-01", inspects=True
            )
        powers.add_power(ctx, power)
        own = {"region": town.region, "address": town.address}
        county = {"region": cast.COUNTY_REGION, "address": cast.COUNTY_ADDRESS}
        for body, where in {issuing_bodies.TOWN: own, issuing_bodies.ENTRUSTING: county}.items():
            issuing_bodies.change(ctx, body, where | cast.CONTESTED)


def ask_county(out: Path, town: Town, clock: Clock) -> Path:
    """Write a town's request to the county, which has given it its card; return the request."""
    card = out / CARD
    request = card.with_name(f"{town.folder}.ohreq")
    with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
        joining.write_request(ctx, card, request)
    return request


def certify(county: Context, requests: list[Path]) -> list[Path]:
    """Have the county certify the towns' keys; return its answers, one beside each request."""
    answers = [request.with_suffix(".ohans") for request in requests]
    for request, answer in zip(requests, answers, strict=True):
        joining.issue(county, request, answer)
    return answers


def _staff(ctx: Context, town: Town) -> None:
    for inspector in town.inspectors:
        person = people.add_person(
            ctx,
            inspector.name,
            PersonRole.INSPECTOR,
            inspector.certificate,
            cast.CERTIFICATE_UNTIL,
            leads=inspector.leads,
        )
        accounts.add(ctx, inspector.name, PASSWORD, {Role.INSPECTOR}, person)
