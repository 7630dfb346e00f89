"""States and roles: stored and sent by their code, shown to people by their word."""

from enum import StrEnum
from typing import Self

from ohdesk.i18n import said, tr


class Worded(StrEnum):
    """An enumeration each of whose members is a code and its word; the code is the value.

    said: the word as it stands in the catalogue (`i18n.mark`), for those who translate later
    """

    said: str

    def __new__(cls, code: str, said: str = "") -> Self:
        """Make a member; the default is for those who look one up by its code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.said = said
        return member

    @property
    def word(self) -> str:
        return tr(self.said)


class Named:
    """Data with a name in Chinese, which is stored and printed, and one in English (`name_en`), "" without."""

    __slots__ = ()
    name: str
    name_en: str

    @property
    def said(self) -> str:
        """The name in the language of the screen."""
        return said(self.name, self.name_en)
