"""The offices of the demonstration: workspaces, accounts, people, powers, and their trust in the county."""

from pathlib import Path

from ohdesk.demo import cast
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.domain.visit import Power
from ohdesk.services import accounts, people, powers, trust
from ohdesk.services.context import Context
from ohdesk.services.workspace import NewWorkspace, create_workspace, open_workspace


def make_county(out: Path, clock: Clock) -> Path:
    """Create the county's workspace and write its card; return the card."""
    folder = out / cast.COUNTY_FOLDER
    create_workspace(
        folder, NewWorkspace("county", cast.COUNTY_DIVISION, cast.COUNTY_NAME, cast.COUNTY_CLERK, PASSWORD)
    )
    trust_folder = out / "trust"
    trust_folder.mkdir()
    with open_workspace(folder, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        trust.write_card(ctx, trust_folder / "county.ohcard")
        trust.write_root(ctx, trust_folder / "county-root.pem")
    return trust_folder / "county.ohcard"


def make_town(out: Path, town: Town, card: Path, clock: Clock) -> None:
    """Create a town's workspace with its people and accounts, and have the county certify its keys."""
    folder = out / town.folder
    create_workspace(folder, NewWorkspace("town", town.division, town.name, town.administrator, PASSWORD))
    with open_workspace(folder, town.administrator, PASSWORD, clock) as ctx:
        _staff(ctx, town)
        powers.add_power(ctx, Power(town.mode, town.authority, "2026-01-01", "", town.basis))
    request, answer = card.with_name(f"{town.folder}.ohreq"), card.with_name(f"{town.folder}.ohans")
    with open_workspace(folder, town.administrator, PASSWORD, clock) as ctx:
        trust.write_request(ctx, card, request)
    with open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        trust.issue(ctx, request, answer)
    with open_workspace(folder, town.administrator, PASSWORD, clock) as ctx:
        trust.accept(ctx, answer)


def _staff(ctx: Context, town: Town) -> None:
    for inspector in town.inspectors:
        person = people.add_person(
            ctx,
            inspector.name,
            "inspector",
            inspector.certificate,
            cast.CERTIFICATE_UNTIL,
            "是" if inspector.leads else "否",
        )
        accounts.add(ctx, inspector.name, PASSWORD, {"inspector"}, person)
