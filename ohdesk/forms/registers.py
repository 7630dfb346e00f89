"""The books of an office as data: `resources/registers/<id>.toml` or somebody's own file; every fault named at once.

Beside what a `Definition` holds, a file may write: a plain word where one has no English; choices as plain words, where
key and word are the same, or as `{key, zh, en}`; `choices_from`, the name of a list of the program, in their place.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.register.definition import (
    Choice,
    Definition,
    Due,
    Field,
    Kind,
    Listing,
    State,
    View,
    Words,
    Workbook,
)
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import handed_in_whole
from ohdesk.forms.register_checks import (
    LONGEST_HELP,
    LONGEST_TERM,
    LONGEST_VALUE,
    LONGEST_WORD,
    NOT_BOOKS,
    Checks,
)
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.shape import understood

LARGEST = 256 * 1024  # bytes of a definition
MOST_FIELDS, MOST_STATES, MOST_DUES, MOST_VIEWS, MOST_CHOICES = 120, 40, 12, 60, 500
_USUAL_FIELDS = 5  # in a list of which nothing is said
_DEEPEST = 12  # tables within tables; a book needs five, a paper eleven
_MOST_DOTS = 100  # in a line; a key of 50,000 parts takes the library half a minute
_KINDS = tuple(kind.value for kind in Kind if kind is not Kind.PASSWORD)
Part = TypeVar("Part")


class _ChoiceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    zh: str
    en: str = ""


def handed_in_definition(file: Path) -> bytes:
    """Return the bytes of a definition, of a book or of a paper. Raises UserError for one that is too large."""
    too_large = UserError(
        tr("“{file}”太大，不是定义文件。", file=file.name), tr("定义文件不超过 {most} 字节。", most=LARGEST)
    )
    return handed_in_whole(file, LARGEST, too_large)


def definition_ids() -> tuple[str, ...]:
    """Return the ids of the books shipped that can be used, sorted."""
    return tuple(each.id for each in registers()[0])


@cache
def definition(register: str) -> Definition:
    """Return the book shipped under this id.

    Raises LookupError when there is none, ProblemsError for one with a fault.
    """
    if register not in _shipped():
        raise LookupError(register)
    path = _folder() / f"{register}.toml"
    return read_definition(path.read_bytes(), path.name, _shipped())


@cache
def registers() -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """Return the books shipped, and what is wrong with those that cannot be used."""
    return read_folder(_folder())


def read_folder(folder: Path) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """Return the books of a folder, by id, and every fault of those left out."""
    paths = _books_in(folder)
    found: list[Definition] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(read_definition(path.read_bytes(), path.name, [each.stem for each in paths]))
        except ProblemsError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(path.name, tr("可以读取的文件"), str(error)))
    return tuple(found), tuple(problems)


def read_definition(data: bytes, file: str, others: Collection[str] = ()) -> Definition:
    """Return the book that a file says.

    file: its name, for the places of faults; its stem is the id · others: ids of the books that it may refer to
    Raises ProblemsError with all faults.
    """
    reading = Reading(file, {*others, *NOT_BOOKS, Path(file).stem})
    found = reading.definition(data)
    if found is None or reading.problems:
        message = tr("台账“{file}”有 {count} 处不符合格式，不能使用。", file=file, count=len(reading.problems))
        raise ProblemsError(message, tuple(reading.problems), tr("请改正所列各处后再试。"))
    return found


def _folder() -> Path:
    return resources() / "registers"


@cache
def _shipped() -> frozenset[str]:
    return frozenset(path.stem for path in _books_in(_folder()))


def _books_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.toml") if path.stem not in NOT_BOOKS)


@cache
def _hazards() -> tuple[Choice, ...]:
    from ohdesk.forms.hazards import hazards  # late: much to read, and whoever asks for help asks for none

    return tuple((hazard.name, Words(hazard.name)) for hazard in hazards().all)


# The lists that `choices_from` may name.
LISTS: Mapping[str, Callable[[], tuple[Choice, ...]]] = {"hazards": _hazards}


class Reading(Checks):
    """A file as far as it was understood."""

    def definition(self, data: bytes) -> Definition | None:
        """Return the book as far as it was understood; None when its head was not."""
        raw = self.toml(data)
        if raw is None:
            return None
        asked = self.tables(raw, "field", MOST_FIELDS)
        stands = self.tables(raw, "state", MOST_STATES)
        terms = self.tables(raw, "due", MOST_DUES)
        listing, workbook = self._table(raw, "list"), self._table(raw, "workbook")
        self.keys = {each["key"] for each in asked if isinstance(each.get("key"), str)}
        self.states = {each["key"] for each in stands if isinstance(each.get("key"), str)}
        self._words(raw, self.file, "title", LONGEST_WORD)
        head = understood({**raw, "field": ()}, Definition, self.file, self.problems)
        fields = self.understood_fields(asked)
        states = self._understood_parts(stands, State, "state")
        dues = self._understood_parts(terms, Due, "due")
        self.check_fields(fields)
        self.check_states(states)
        for number, due in enumerate(dues, 1):
            self.check_due(f"{self.file} due {due.field or due.from_ or f'#{number}'}", due)
        shown = {"opened_on"}
        if head is not None:
            self.check_head(head)
            self.check_computed(head)
            # Of a book that the program writes, it gives the numbers too.
            shown |= {"number"} if head.number or head.read_only else set()
            shown |= {head.about} - {"nothing"}
        shown |= ({"state"} if stands else set()) | ({"due_on"} if terms else set())
        listed = self._listing(listing, shown)
        sheet = understood(workbook, Workbook, f"{self.file} workbook", self.problems) or Workbook()
        self.known(f"{self.file} workbook layout", sheet.layout, self.keys | shown)
        self.known(f"{self.file} workbook headings", sheet.headings, set(sheet.layout))
        for key, heading in sheet.headings.items():
            self.text(f"{self.file} workbook headings {key}", heading, LONGEST_WORD)
        if head is None:
            return None
        if not listed.columns:
            listed = msgspec.structs.replace(listed, columns=_usual_columns(fields, shown))
        return msgspec.structs.replace(head, fields=fields, states=states, dues=dues, listing=listed, workbook=sheet)

    def toml(self, data: bytes) -> dict[str, Any] | None:
        if len(data) > LARGEST:
            self.complain(self.file, tr("不超过 {count} 字节", count=LARGEST), tr("{count} 字节", count=len(data)))
            return None
        if any(line.count(b".") > _MOST_DOTS for line in data.splitlines()):
            self.complain(self.file, tr("一行中不超过 {count} 个点", count=_MOST_DOTS), tr("更多"))
            return None
        try:
            raw = tomllib.loads(clean_text(data.decode("utf-8-sig")))  # as it is kept, and as values are typed
        # Not only the faults of TOML: a number of thousands of digits is a ValueError, endless brackets a recursion.
        except (ValueError, RecursionError) as error:
            self.complain(self.file, tr("TOML 格式"), str(error))
            return None
        if _depth(raw) > _DEEPEST:
            self.complain(self.file, tr("不超过 {count} 层的表", count=_DEEPEST), tr("更多"))
            return None
        return raw

    def tables(self, raw: dict[str, Any], name: str, most: int) -> list[dict[str, Any]]:
        """Take a list of tables out of `raw`."""
        found = raw.pop(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.complain(f"{self.file} {name}", f"[[{name}]]", str(found)[:LONGEST_WORD])
            return []
        if len(found) > most:
            self.complain(f"{self.file} {name}", tr("不超过 {count} 个", count=most), str(len(found)))
        return found[:most]

    def _table(self, raw: dict[str, Any], name: str) -> dict[str, Any]:
        found = raw.pop(name, {})
        if not isinstance(found, dict):
            self.complain(f"{self.file} {name}", f"[{name}]", str(found)[:LONGEST_WORD])
            return {}
        return found

    def understood_fields(self, asked: Sequence[dict[str, Any]]) -> tuple[Field, ...]:
        for number, raw in enumerate(asked, 1):
            where = f"{self.file} field {_name(raw, number)}"
            self._words(raw, where, "help", LONGEST_HELP)
            self._take_choices(raw, where)
            if (kind := raw.get("kind", "text")) not in _KINDS:
                self.complain(f"{where} kind", " / ".join(_KINDS), str(kind)[:LONGEST_WORD])
                raw["kind"] = "text"  # so that its other faults are named
                self.of_no_kind.add(str(raw.get("key")))
            if raw.get("pattern") and not raw.get("most"):
                raw["most"] = LONGEST_VALUE  # as long as one with a pattern may be
        return self._understood_parts(asked, Field, "field")

    def _understood_parts(self, raws: Sequence[dict[str, Any]], kind: type[Part], name: str) -> tuple[Part, ...]:
        """Return the fields, states or terms, without those with a fault."""
        found: list[Part] = []
        for number, raw in enumerate(raws, 1):
            where = f"{self.file} {name} {_name(raw, number)}"
            self._words(raw, where, "title" if name == "list.view" else "label", LONGEST_WORD)
            part = understood(raw, kind, where, self.problems)
            if part is not None:
                found.append(part)
        if name != "due":
            self.check_keys(name, [str(raw["key"]) for raw in raws if "key" in raw])
        return tuple(found)

    def _words(self, raw: dict[str, Any], where: str, name: str, most: int) -> None:
        """Put what a table says in words there as `Words`, so that no text of a book is looked up in our catalogue."""
        if name not in raw or raw[name] == "":
            if name != "help":
                raw.pop(name, None)  # named as wanting
            return
        said = raw[name]
        place = f"{where} {name}"
        words = Words(said) if isinstance(said, str) else understood(said, Words, place, self.problems)
        raw[name] = words or Words("?")
        if words is not None:
            self.text(f"{place}.zh", words.zh, most)
            if words.en:
                self.text(f"{place}.en", words.en, 2 * most)

    def _take_choices(self, raw: dict[str, Any], where: str) -> None:
        source, listed = raw.pop("choices_from", None), raw.get("choices", [])
        if source is not None:
            if listed:
                self.complain(f"{where} choices_from", tr("choices 或 choices_from 其中一个"), tr("两个都有"))
            if isinstance(source, str) and source in LISTS:
                raw["choices"] = LISTS[source]()
            else:
                self.complain(f"{where} choices_from", " / ".join(LISTS), str(source)[:LONGEST_WORD])
                raw.pop("choices", None)
            return
        if not isinstance(listed, list):
            return  # named with the other faults of its shape
        if len(listed) > MOST_CHOICES:
            self.complain(f"{where} choices", tr("不超过 {count} 个", count=MOST_CHOICES), str(len(listed)))
        raw["choices"] = tuple(self._choices(listed[:MOST_CHOICES], f"{where} choices"))
        keys = [key for key, _ in raw["choices"]]
        self.repeated(f"{where} choices", keys)

    def _choices(self, listed: Iterable[object], place: str) -> Iterator[Choice]:
        for each in listed:
            entry = (
                _ChoiceEntry(each, each)
                if isinstance(each, str)
                else understood(each, _ChoiceEntry, place, self.problems)
            )
            if entry is None:
                continue
            if not entry.key or entry.key.split() != [entry.key] or len(entry.key) > LONGEST_WORD:
                # Several are kept in one text with spaces between.
                self.complain(place, tr("没有空格的选项代码"), entry.key[:LONGEST_WORD])
            self.text(f"{place} {entry.key[:LONGEST_WORD]}", entry.zh, LONGEST_WORD)
            if entry.en:
                self.text(f"{place} {entry.key[:LONGEST_WORD]}", entry.en, 2 * LONGEST_WORD)
            yield entry.key, Words(entry.zh, entry.en)

    def _listing(self, raw: dict[str, Any], shown: set[str]) -> Listing:
        place = f"{self.file} list"
        raws = self.tables(raw, "view", MOST_VIEWS)
        listing = understood(raw, Listing, place, self.problems) or Listing()
        views = self._understood_parts(raws, View, "list.view")
        known = self.keys | shown
        self.known(f"{place} columns", listing.columns, known)
        self.repeated(f"{place} columns", listing.columns)
        for view in views:
            where = f"{place}.view {view.key}"
            self.known(f"{where} where", view.where, known)
            self.known(f"{where} sort", filter(None, [view.sort]), known)
            self.known(f"{where} columns", view.columns, known)
            self.check_where(f"{where} where", view.where)
            for asked in view.conditions:
                self.known(f"{where} conditions", [asked.key], known)
                self.check_asked(f"{where} conditions {asked.key}", asked)
            if view.due_within is not None and not 0 <= view.due_within <= LONGEST_TERM:
                self.complain(f"{where} due_within", tr("0 到 {most} 的整数", most=LONGEST_TERM), str(view.due_within))
            if view.due_within is not None and "due_on" not in shown:
                self.complain(f"{where} due_within", tr("有 [[due]] 的台账"), tr("没有"))
        return msgspec.structs.replace(listing, views=views)


def _usual_columns(fields: Sequence[Field], shown: Collection[str]) -> tuple[str, ...]:
    """Return the columns of a list of which the file says none: what stands in one line, and where entries stand."""
    short = [field.key for field in fields if field.kind not in {Kind.NOTE, Kind.FILES}][:_USUAL_FIELDS]
    before, behind = ("number", "establishment", "person"), ("state", "due_on")
    return (*(key for key in before if key in shown), *short, *(key for key in behind if key in shown))


def _name(raw: Mapping[str, Any], number: int) -> str:
    """Return what a table of a list is called in the place of a fault: its key, or its number."""
    key = raw.get("key")
    return key[:LONGEST_WORD] if isinstance(key, str) and key else f"#{number}"


def _depth(raw: object) -> int:
    """Return how many tables and lists lie within one another; not by recursion, which a hostile file would exhaust."""
    depth, level = 0, [raw]
    while level:
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        depth, level = depth + 1, inner
        if depth > _DEEPEST:
            break
    return depth
