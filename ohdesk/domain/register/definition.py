"""What a book of an office asks, shows and reminds of, as data: `resources/registers/<id>.toml`, or a form in code.

The words of a form in code are sources of the catalogue (`i18n.mark`); a book brings its own, in each language.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec

from ohdesk.i18n import SOURCE_LANGUAGE, spoken_language, tr


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a book says of itself, in Chinese and, where somebody wrote it, in English."""

    zh: str
    en: str = ""


Said = Words | str
Choice = tuple[str, Said]  # what can be chosen: its key and its word


def word(said: Said) -> str:
    """Return words in the language spoken; those of a book that brings none in it stay Chinese."""
    if isinstance(said, str):
        return tr(said)
    return said.en if said.en and spoken_language() != SOURCE_LANGUAGE else said.zh


class Kind(StrEnum):
    """What is written into a field."""

    TEXT = "text"
    NOTE = "note"  # several lines
    COUNT = "count"
    AMOUNT = "amount"  # a decimal number with the unit of the field, kept as text: "85.5"
    DAY = "day"
    TIME = "time"  # day and time of the day, "2026-03-02T09:30"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"  # any number of a few words; the keys are given with spaces between them
    PERSON = "person"  # the id of a person of the office
    ESTABLISHMENT = "establishment"  # the id of an entry of the roll
    ENTRY = "entry"  # the id of an entry of another book, or of a visit, a record or a finding
    FILES = "files"  # SHA-256 and caption of each
    PASSWORD = "password"  # noqa: S105 - the name of a kind, of forms alone; what is typed is kept nowhere


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field.

    key: the word of the glossary · help: stands under the field · most: characters at most (0: as many as one likes),
    or the greatest number · least: the smallest number · repeats: key of the field that must hold the same
    default: a value, or "today"
    of: the book whose entries an `entry` names, or visit, record or finding; "" for those of any
    private: stays on this laptop: in no export, paper or bundle · indexed: the list is quick to filter and sort by it
    only_for: the kinds of establishment that it is asked of; () for all
    computed: filled by the program, asked of nobody
    small_counts: "inside" where a count of a few persons stays inside town and county, as it may tell who they are
    shown_when: key of another field → the value at which this one is asked
    pattern: of a text, a regular expression for the whole of it
    at_most: of a number, key of the field that it may not exceed
    """

    key: str
    label: Said
    kind: Kind = Kind.TEXT
    required: bool = False
    help: Said = ""
    choices: tuple[Choice, ...] = ()
    most: int = 0
    repeats: str = ""
    least: int = 0
    unit: str = ""
    default: str = ""
    pattern: str = ""
    at_most: str = ""
    of: str = ""
    private: bool = False
    computed: bool = False
    small_counts: Literal["", "inside"] = ""
    indexed: bool = False
    only_for: tuple[str, ...] = ()
    shown_when: Mapping[str, str] = {}  # frozen with the struct that holds it


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an entry stands.

    to: the states that may follow · needs: the fields that are filled before it is reached
    """

    key: str
    label: Said
    to: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """By when something of an entry is to be done; 今日 and the list show the earliest that is open.

    field: the day itself, as it was typed, which goes before what is counted
    from_: the day counted from, with one of the lengths below
    by: key of a choice that decides the length: `lengths` holds one for each · basis: standard and article
    until: the states in which it is done
    done: the fields of which each says, once filled, that it is done
    """

    label: Said = ""
    field: str = ""
    from_: str = ""
    days: int = 0
    working_days: int = 0
    months: int = 0
    years: int = 0
    by: str = ""
    lengths: Mapping[str, "Length"] = {}
    until: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    basis: str = ""
    unconfirmed: bool = False


class Length(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a term is; one of the four is given."""

    days: int = 0
    working_days: int = 0
    months: int = 0
    years: int = 0


class ViewCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a view asks of a field; how: of `conditions.HOWS`, but between.

    value: as it is typed, or one of `DAY_WORDS`, from which days, months and years are counted
    """

    key: str
    how: str
    value: str = ""
    days: int = 0
    months: int = 0
    years: int = 0


DAY_WORDS = ("today", "last_year_end")


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list kept under a name: which entries (`where`: key → value), by which field, which columns.

    due_within: only those with something open that is due within so many days from today, or was due before
    """

    key: str
    title: Said
    where: Mapping[str, str] = {}
    conditions: tuple[ViewCondition, ...] = ()
    sort: str = ""
    falling: bool = False
    columns: tuple[str, ...] = ()
    due_within: int | None = None


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of the list: keys of fields, or number, establishment, person, state, due_on."""

    columns: tuple[str, ...] = ()
    views: tuple[View, ...] = msgspec.field(default=(), name="view")


class Workbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of the official sheet, in its order: for the export, and known again by the import.

    headings: key of a column → its heading there, where it is another one than its label
    """

    layout: tuple[str, ...] = ()
    headings: Mapping[str, str] = {}


class Computing(NamedTuple):
    """What the program fills in a book by itself: the keys of the fields it goes by, and of those that it fills."""

    asked: frozenset[str]
    filled: frozenset[str]


# What a book may have computed (`computes`): its fields have these keys.
COMPUTINGS: Mapping[str, Computing] = {
    "verdict": Computing(
        frozenset({"hazard", "kind", "value", "unit", "sampled_on", "condition", "below_lod"}),
        frozenset({"limit", "standard", "verdict", "why"}),
    ),
    "risk": Computing(
        frozenset(
            {
                "hazards",
                "severe_level",
                "severe_exposed",
                "general_level",
                "general_exposed",
                "exposed",
                "points",
                "points_full",
            }
        ),
        frozenset({"grade", "score", "management", "risk_class", "scheme", "basis", "why"}),
    ),
}


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What is asked for one entry, in the order of the form, and what a list shows.

    version: of the definition, "2026.1" · about: what an entry is about
    travels: "no" never leaves this laptop; "yes" goes with every bundle; "county" as well, and is meant for it
    number: the pattern of an entry's number, "投〔{year}〕{serial:03}"; "" where it has none
    source: the law or notice that asks for the book, and unconfirmed where nobody has looked it up
    states: the first is where an entry begins; none where it has no states
    computes: the name of what the program fills in it by itself (`COMPUTINGS`), "" for nothing
    read_only: entries come from the county, or the program writes them; nobody does by hand
    needs_paper: nothing is entered before a paper of the county for this (`county_papers`) is in force
    """

    id: str
    title: Said
    fields: tuple[Field, ...] = msgspec.field(name="field")
    version: str = ""
    about: Literal["establishment", "person", "nothing"] = "nothing"
    about_required: bool = False
    travels: Literal["yes", "county", "no"] = "no"
    number: str = ""
    source: str = ""
    unconfirmed: bool = False
    states: tuple[State, ...] = msgspec.field(default=(), name="state")
    dues: tuple[Due, ...] = msgspec.field(default=(), name="due")
    listing: Listing = msgspec.field(default=Listing(), name="list")
    workbook: Workbook = Workbook()
    computes: Literal["", "verdict", "risk"] = ""
    read_only: bool = False
    needs_paper: Literal["", "assistants"] = ""

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """The fields by their keys."""
        return {each.key: each for each in self.fields}

    @property
    def computing(self) -> Computing:
        """The fields that the program fills by itself, and those that it goes by."""
        return COMPUTINGS.get(self.computes, Computing(frozenset(), frozenset()))

    def field(self, key: str) -> Field:
        """Return a field by its key; raises LookupError for an unknown one."""
        return self.by_key[key]
