"""Entries said to be merged into another: which one goes on, and what is listed with it."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply.last_inspection import write_back
from ohdesk.db.models import Establishment, EstablishmentHead, Merged, Record
from ohdesk.db.queries.among import among, given, handed
from ohdesk.domain.establishment import MERGED_INTO, WITHDRAWN, Value
from ohdesk.domain.merge import Write, shown_write
from ohdesk.domain.roll.merging import Member, goes_on

# Made once: asked with everything that comes to the roll, it would take longer to make than to answer.
_LINKED = select(Merged.establishment, Merged.other).where(
    or_(Merged.establishment.in_(given("entries")), Merged.other.in_(given("entries")))
)


def work_out(session: Session, said: Mapping[str, str]) -> None:
    """Work out anew which entries go on.

    said: by id, what entries just written are said to be merged into, "" for nothing; none that is off the roll here
    """
    # Of nearly every list nothing is: it costs one question then.
    touched = {each for pair in session.execute(_LINKED, {"entries": handed(said)}) for each in pair}
    touched |= {each for each, other in said.items() if other}
    if not touched:
        return
    before = listed_under(session, touched)
    session.execute(delete(Merged).where(among(Merged.establishment, said)))
    session.add_all(Merged(establishment=each, other=other, into="") for each, other in said.items() if other)
    session.flush()
    members = _members(session, _together(session, touched | {each for each in said.values() if each}))
    before |= listed_under(session, members)
    moved = set[str]()
    for each, root in goes_on(members).items():
        last = "" if root == each else root
        if each not in said and last == before.get(each, ""):
            continue
        session.execute(update(Merged).where(Merged.establishment == each).values(into=last))
        off = bool(last) or members[each].withdrawn
        session.execute(update(Establishment).where(Establishment.id == each).values(withdrawn=off))
        session.execute(update(Record).where(Record.establishment == each).values(listed_under=last or each))
        moved |= {each, before.get(each, each), root}
    write_back(session, moved, anew=True)


def listed_under(session: Session, entries: Collection[str]) -> dict[str, str]:
    """Return, of these entries, those that another goes on for, with that one."""
    wanted = select(Merged.establishment, Merged.into).where(among(Merged.establishment, entries), Merged.into != "")
    return dict(session.execute(wanted).all())


def _together(session: Session, entries: Collection[str]) -> set[str]:
    """Return these entries and all that are linked with them, directly or through others."""
    found, fresh = set[str](), set(entries)
    while fresh:
        found |= fresh
        fresh = {each for pair in session.execute(_LINKED, {"entries": handed(fresh)}) for each in pair} - found
    return found


def _members(session: Session, entries: Collection[str]) -> dict[str, Member]:
    """Return those of the entries that are held here, as their heads show them."""
    towns = select(Establishment.id, Establishment.town).where(among(Establishment.id, entries))
    writes: dict[str, dict[str, list[Write[Value]]]] = defaultdict(lambda: defaultdict(list))
    heads = (EstablishmentHead.establishment, EstablishmentHead.fields, EstablishmentHead.division)
    wanted = select(*heads, EstablishmentHead.hash).where(among(EstablishmentHead.establishment, entries))
    for entry, fields, division, digest in session.execute(wanted):
        for key in fields.keys() & {MERGED_INTO.key, WITHDRAWN.key}:
            writes[entry][key].append(Write(fields[key], division, digest))
    return {entry: _member(town, writes[entry]) for entry, town in session.execute(towns)}


def _member(town: str, writes: Mapping[str, list[Write[Value]]]) -> Member:
    other, withdrawn = (
        shown_write(writes[key]) if writes[key] else Write(None, "", "") for key in (MERGED_INTO.key, WITHDRAWN.key)
    )
    return Member(str(other.value or ""), other.division, town, bool(withdrawn.value))
