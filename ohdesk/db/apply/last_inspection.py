"""When an employer was last inspected: what is written of it, or a later final record with a checklist."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, EstablishmentHead, Record
from ohdesk.db.queries.among import among, given, handed
from ohdesk.domain.authority import owns
from ohdesk.domain.calendar import parse_day
from ohdesk.domain.establishment import Value
from ohdesk.domain.merge import Write, is_county, shown

_FIELD = "inspected_on"


# A closed gate inspects nobody. Made once, as it is asked with everything that comes to the roll.
_OF_RECORDS = (
    select(Record.listed_under, Record.division, func.max(Record.inspected_on))
    .where(Record.listed_under.in_(given("entries")), Record.answers > 0)
    .group_by(Record.listed_under, Record.division)
)


def write_back(session: Session, entries: Collection[str], *, anew: bool = False) -> None:
    """Show on these entries when they were last inspected, which follows from their heads and from the records.

    anew: also on those that no record is listed with any more
    """
    days: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for entry, division, day in session.execute(_OF_RECORDS, {"entries": handed(entries)}):
        days[entry].append((division, day))
    concerned = set(entries) if anew else days.keys()
    if not concerned:
        return
    said = _said(session, concerned)
    held = select(Establishment.id, Establishment.town, Establishment.inspected_on)
    changed = []
    for entry, town, before in session.execute(held.where(among(Establishment.id, concerned))):
        # Only what the entry's own town or the county did counts, as for the coverage.
        own = [day for by, day in days[entry] if is_county(by) or owns(entry, by, town)]
        last = max((*own, *said.get(entry, ())), default=None)
        if last != before:
            changed.append({"id": entry, _FIELD: last})
    if changed:
        session.execute(update(Establishment), changed)


def _said(session: Session, entries: Collection[str]) -> dict[str, tuple[date]]:
    """Return the days that are written as fields, of those entries of which one is."""
    writes: dict[str, list[Write[Value]]] = defaultdict(list)
    heads = (EstablishmentHead.establishment, EstablishmentHead.fields, EstablishmentHead.division)
    wanted = select(*heads, EstablishmentHead.hash).where(among(EstablishmentHead.establishment, entries))
    for entry, fields, division, digest in session.execute(wanted):
        if _FIELD in fields:
            writes[entry].append(Write(fields[_FIELD], division, digest))
    found = {entry: shown(each) for entry, each in writes.items()}
    return {entry: (parse_day(day),) for entry, day in found.items() if isinstance(day, str) and day}
