"""What the towns of the own county are called: those of the list of divisions, and those this office knows itself."""

from sqlalchemy import select

from ohdesk.db.models import Peer
from ohdesk.domain.merge import county_of
from ohdesk.domain.people import OfficeRole
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.office.divisions import TOWN_CODE_LENGTH, code_of, divisions


def towns_of_county(ctx: Context) -> dict[str, str]:
    """Return the name of each town of the own county, by its code of 9 digits and in their order."""
    county = county_of(ctx.office.division)
    named = known_towns(ctx)
    # The list last: an office is called after its town, but by more than its name.
    named |= {each.code: each.name for each in divisions(TOWN_CODE_LENGTH) if each.code.startswith(county)}
    return dict(sorted(named.items()))


def known_towns(ctx: Context) -> dict[str, str]:
    """Return what the towns of the own county are called whose offices this one knows, by code; itself among them."""
    here = ctx.office
    towns = select(Peer.division, Peer.name).where(
        Peer.role == OfficeRole.TOWN, Peer.division.startswith(county_of(here.division))
    )
    with ctx.reading() as session:
        named = dict(session.execute(towns).all())
    return named | ({here.division: here.name} if here.role == OfficeRole.TOWN else {})


def town_code(ctx: Context, text: str) -> str:
    """Return the code that a text is, or of the town so named: of this county where it has one, else of the list.

    Raises UserError, naming those that fit, when none or several do.
    """
    named = folded(text)
    here = [code for code, name in towns_of_county(ctx).items() if folded(name) == named]
    return here[0] if len(here) == 1 else code_of(text, TOWN_CODE_LENGTH)
