"""What a form asks and a list shows, as data; the words are sources of the catalogue (`i18n.mark`)."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is written into a field."""

    TEXT = "text"
    NOTE = "note"  # several lines
    COUNT = "count"
    DAY = "day"
    CHOICE = "choice"
    CHOICES = "choices"  # any number of a few words; the keys are given with spaces between them
    PASSWORD = "password"  # noqa: S105 - the name of a kind; what is typed is kept nowhere


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    key: the word of the glossary · help: stands under the field · choices: key and word of what can be chosen
    most: characters at most, 0 for as many as one likes · repeats: key of the field that must hold the same
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 0
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What is asked for one entry, in the order of the form, and which fields a list shows."""

    id: str
    title: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...] = ()

    def field(self, key: str) -> Field:
        """Return a field by its key; raises LookupError for an unknown one."""
        for each in self.fields:
            if each.key == key:
                return each
        raise LookupError(key)
