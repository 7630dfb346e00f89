"""Systems beside this one whose lists come into books: `resources/lists/<id>.toml`."""

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from ohdesk.domain.provenance import written
from ohdesk.domain.register.definition import Words, word
from ohdesk.domain.roll.values import heading_of
from ohdesk.i18n import tr
from ohdesk.paths import resources

_ABOVE, _PERSONS = "above.toml", "persons.toml"
_FEWEST = 2  # headings of its own by which the lists of a system are known


class ListSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system whose lists come into a book.

    columns: field of the book → how the system heads it, best first · words: field → its word for a choice → the key
    source: where that is known from · unconfirmed: nobody has compared it with what the system puts out
    """

    id: str
    version: str
    register: str
    title: Words
    source: str
    columns: dict[str, tuple[str, ...]]
    unconfirmed: bool = False
    words: dict[str, dict[str, str]] = {}

    def heads(self, headings: Iterable[str]) -> int:
        """Return how many of these headings are the system's."""
        own = {heading_of(each) for several in self.columns.values() for each in several}
        return sum(heading_of(each) in own for each in headings)


class _Above(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How lists say of themselves, above their heading, of which day they are and under which number."""

    version: str
    listed_on: tuple[str, ...]
    report_no: tuple[str, ...]


class _Persons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How columns are headed that tell of one person."""

    version: str
    headings: tuple[str, ...]


@cache
def list_sources() -> Mapping[str, ListSource]:
    """Return all systems, by id."""
    files = sorted((resources() / "lists").glob("*.toml"))
    read = [
        msgspec.toml.decode(each.read_bytes(), type=ListSource) for each in files if each.name not in {_ABOVE, _PERSONS}
    ]
    return {each.id: each for each in read}


def sources_of(register: str) -> list[ListSource]:
    """Return the systems whose lists come into a book."""
    return [each for each in list_sources().values() if each.register == register]


def told_by(register: str, headings: Iterable[str]) -> str:
    """Return the id of the system whose list this is by its headings, "" where too few are its own."""
    texts = list(headings)
    counted = [(each.heads(texts), each.id) for each in sources_of(register)]
    most, source = max(counted, default=(0, ""))
    return source if most >= _FEWEST else ""


@cache
def words_above() -> Mapping[str, tuple[str, ...]]:
    """Return how lists say of themselves of which day they are, and under which number."""
    read = msgspec.toml.decode((resources() / "lists" / _ABOVE).read_bytes(), type=_Above)
    return {"listed_on": read.listed_on, "report_no": read.report_no}


def tells_of_a_person(heading: str) -> bool:
    """True for the heading of a column that no book of counts keeps."""
    parts = (heading, *heading.split(" "))  # below a group
    return not _headings_of_persons().isdisjoint(map(heading_of, parts))


@cache
def _headings_of_persons() -> frozenset[str]:
    read = msgspec.toml.decode((resources() / "lists" / _PERSONS).read_bytes(), type=_Persons)
    return frozenset(map(heading_of, read.headings))


def provenance_text(value: object) -> str:
    """Return in words where a list was from, as it was written with an entry."""
    known = written(value if isinstance(value, tuple | list) else ())
    source = list_sources().get(known.source)
    said = (
        word(source.title) if source else known.source,
        tr("名单日期 {day}", day=known.listed_on) if known.listed_on else "",
        tr("编号 {number}", number=known.report_no) if known.report_no else "",
    )
    return tr("，").join(filter(None, said))


def words_of(register: str) -> dict[str, dict[str, str]]:
    """Return by field how those systems call a choice, folded as headings are → its key."""
    found: dict[str, dict[str, str]] = {}
    for source in sources_of(register):
        for key, words in source.words.items():
            found.setdefault(key, {}).update({heading_of(each): chosen for each, chosen in words.items()})
    return found
