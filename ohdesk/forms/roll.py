"""The roll as a register: `resources/registers/roll.toml`, with the headings and kinds of its fields."""

from functools import cache

import msgspec

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.register.definition import Definition, Field, Kind, Listing, Said, Words
from ohdesk.paths import resources

_KINDS = {"count": Kind.COUNT, "day": Kind.DAY, "flag": Kind.YES_NO}


class _FieldEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    required: bool = False
    computed: bool = False
    most: int = 0
    indexed: bool = False
    help: Said = ""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields that stand together on the page of an employer; the file says what each part means."""

    key: str
    title: Words
    fields: tuple[_FieldEntry, ...] = msgspec.field(name="field")
    only_for: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    title: Said
    listing: Listing = msgspec.field(name="list")
    groups: tuple[Group, ...] = msgspec.field(name="group")


def roll_groups() -> tuple[Group, ...]:
    """Return the groups of fields, in their order."""
    return _file().groups


@cache
def roll_definition() -> Definition:
    """Return the roll as a register, its fields in the order of their groups."""
    file = _file()
    fields = tuple(_field(each, group) for group in file.groups for each in group.fields)
    return Definition("roll", file.title, fields, file.version, listing=file.listing)


def _field(entry: _FieldEntry, group: Group) -> Field:
    of = FIELD_BY_KEY[entry.key]
    return Field(
        entry.key,
        of.heading,
        _KINDS.get(of.kind, Kind.TEXT),
        required=entry.required,
        help=entry.help,
        most=entry.most,
        computed=entry.computed,
        indexed=entry.indexed,
        only_for=group.only_for,
    )


@cache
def _file() -> _File:
    return msgspec.toml.decode((resources() / "registers" / "roll.toml").read_bytes(), type=_File)
