"""Which entry of the roll a row of a list means."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Merged
from ohdesk.db.queries.among import among
from ohdesk.domain.establishment import FIELD_KEYS, uscc_is_right, value_text
from ohdesk.domain.kept_columns import Pairs, as_pairs
from ohdesk.domain.roll.table import Entry
from ohdesk.domain.roll.values import folded_name, name_key

_NUMBERS = ("uscc", "registration", "local_id")  # that tell whom a row means, the surest first


class Meant:
    """The entries of the roll that some rows of a list may mean, by code and by name; kept: of those that have any."""

    def __init__(self, session: Session, listed: Sequence[Entry]) -> None:
        self.fields: dict[str, dict[str, str]] = {}
        self.kept: dict[str, Pairs] = {}
        self._by_number: dict[tuple[str, str], str] = {}
        self._by_name: dict[str, list[str]] = {}
        for key in _NUMBERS:
            listed_numbers = {entry.fields[key] for entry in listed if key in entry.fields}
            if listed_numbers:
                self._find(session, among(getattr(Establishment, key), listed_numbers))
        for identity, fields in self.fields.items():
            self._by_number.update({(key, fields[key]): identity for key in _NUMBERS if fields[key]})
        # Only those of no number on the roll: of a list that comes again nearly none.
        unknown = {name_key(entry.name) for entry in listed if not self._numbered(entry)}
        self._find(session, among(Establishment.name_key, unknown))
        for identity, fields in self.fields.items():
            self._by_name.setdefault(folded_name(fields["name"]), []).append(identity)
        gone = select(Establishment.uscc, Establishment.name).join(Merged, Merged.establishment == Establishment.id)
        codes = {entry.fields["uscc"] for entry in listed if "uscc" in entry.fields}
        which = or_(among(Establishment.uscc, codes), among(Establishment.name_key, unknown))
        self._merged = [tuple(row) for row in session.execute(gone.where(Merged.into != "", which))]

    def _find(self, session: Session, which: ColumnElement[bool]) -> None:
        columns = [getattr(Establishment, key) for key in FIELD_KEYS]
        wanted = select(Establishment.id, Establishment.kept, *columns).where(which, Establishment.withdrawn.is_(False))
        for identity, kept, *values in session.execute(wanted.order_by(Establishment.id)):
            self.fields[identity] = dict(zip(FIELD_KEYS, map(value_text, values), strict=True))
            if kept:
                self.kept[identity] = as_pairs(kept)

    def find(self, entry: Entry) -> str:
        """Return the id of the roll entry meant by a row, or "".

        The same number; else, where one of the two has no code that could be relied on, the only entry of that name,
        or among several the only one of that address.
        """
        if numbered := self._numbered(entry):
            return numbered
        if not self.fields:
            return ""
        namesakes = [
            identity
            for identity in self._by_name.get(folded_name(entry.name), ())
            if not _are_two(entry.fields, self.fields[identity])
        ]
        if len(namesakes) == 1:
            return namesakes[0]
        address = entry.fields.get("address", "")
        # Several of one name and no code to tell them: the address may, otherwise it is a new one. Two entries can be
        # put together later, one made of two cannot be taken apart.
        there = [identity for identity in namesakes if address and self.fields[identity]["address"] == address]
        return there[0] if len(there) == 1 else ""

    def was_merged(self, entry: Entry) -> bool:
        """True for a row of no entry that means one which was merged into another: not set down once more."""
        code, name = entry.fields.get("uscc", ""), folded_name(entry.name)
        return any(
            (code and code == uscc)
            or (name == folded_name(named) and not (uscc_is_right(code) and uscc_is_right(uscc)))
            for uscc, named in self._merged
        )

    def _numbered(self, entry: Entry) -> str:
        """Return the id of the entry that has a number of the row, the credit code before the others, or ""."""
        numbers = ((key, entry.fields[key]) for key in _NUMBERS if key in entry.fields)
        return next((self._by_number[number] for number in numbers if number in self._by_number), "")


def _are_two(listed: Mapping[str, str], held: Mapping[str, str]) -> bool:
    """True for two employers, whatever they are called: branches of a chain share their name, and so do shops."""
    if uscc_is_right(listed.get("uscc", "")) and uscc_is_right(held["uscc"]):
        return True
    registered = listed.get("registration", "")
    return bool(registered and held["registration"]) and registered != held["registration"]
