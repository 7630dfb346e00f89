"""What a paper of an office is, as data: `resources/documents/<set>/<paper>.toml`, read, joined with its base, checked.

A paper is a head, blocks in order and seats to sign in, with `{places}` that the program fills or somebody types.  A
file may stand on one of the folder `common` (`base`) and say only what differs; so may a mode in which one acts.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.record import RECORD_PAPERS
from ohdesk.domain.register.definition import Field
from ohdesk.domain.register.numbers import pattern_faults
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.paper_blocks import KINDS, Block
from ohdesk.forms.paper_places import LISTS, About, places_of
from ohdesk.forms.registers import Reading, definition, definition_ids
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.shape import understood

COMMON = "common"
PLACE = re.compile(r"\{(\w*)\}")
MOST_BLOCKS, MOST_ASKED = 60, 40
_OTHER_BRACES = re.compile(r"[{}]")
_WIDTH = 156  # of the text in mm
_PART = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_SHORTEST_FOUND = 2  # characters by which a line may be found again


class Issue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In whose name, and under whose number and seal, a paper is issued in one mode.

    review: the body for 行政复议, where the paper carries remedies and it is not the one of the office's settings
    off: why it is not made until the county confirms it
    confirmed_by: what the county confirms it with, a paper for just that or the one on assistants
    """

    body: Literal["town", "entrusting"] = "town"
    review: str = ""
    off: str = ""
    confirmed_by: Literal["paper", "assistants"] = "paper"


class PaperForm(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True, rename={"for_": "for"}
):
    """The form of a paper.

    unconfirmed: nobody compared it with the original · life: the states it goes through
    about: what it is made for · entry: the book whose entry fills places besides · for_: who gets to read it
    volume: of the case file · head: in whose name · number: as it stands below the title
    foot: what every page says of itself · page: how pages are counted · fingerprint: how that is told there
    cut: said where a slip is torn off · series: pattern of its numbers, "" for none
    needs: what the mode must be allowed to produce · issue: by mode; one that is not named does not have this paper
    annex_of: the paper that must have been issued before · is_signed_on_foot: received there, without 送达回证
    strips: every page says who signed it · correct_by: the key asked for by which something is to be corrected
    opens_lead: approved, it opens a case lead where an article joins what it orders with a warning
    words: by which values are worded · asked: what somebody types
    """

    title: str
    source: str = ""
    unconfirmed: bool = False
    life: Literal["internal", "note", "outward", "letter"] = "internal"
    about: About = "visit"
    entry: str = ""
    for_: Literal["inside", "party", "authority", "public"] = "inside"
    volume: Literal["main", "side"] = "main"
    copies: int = 1
    head: str = "{authority}"
    number: str = ""
    foot: str = ""
    page: str
    fingerprint: str
    cut: str
    series: str = ""
    needs: tuple[str, ...] = ()
    issue: Mapping[str, Issue] = {}
    annex_of: str = ""
    is_signed_on_foot: bool = False
    strips: bool = False
    opens_lead: bool = False
    correct_by: str = ""
    words: Mapping[str, str] = {}
    asked: tuple[Field, ...] = msgspec.field(name="ask", default=())
    blocks: tuple[Block, ...] = msgspec.field(name="block", default=())

    @cached_property
    def sha256(self) -> str:
        """What tells this form from another edition of it."""
        return fingerprint(msgspec.to_builtins(self))


class Paper(NamedTuple):
    """A paper of a set: its key, its form, and the form as each mode has it that says something else."""

    key: str
    form: PaperForm
    by_mode: Mapping[str, PaperForm]

    def of(self, mode: str) -> PaperForm:
        """Return the form in one mode."""
        return self.by_mode.get(mode, self.form)


class PaperSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A family of papers (`set.toml`): its name, the text it follows, from when, and what nobody compared with it."""

    name: str
    source: str
    valid_from: str
    unconfirmed: bool = False


def set_ids() -> tuple[str, ...]:
    """Return the sets there are, sorted."""
    return tuple(sorted(each.name for each in _folder().iterdir() if (each / "set.toml").is_file()))


@cache
def paper_set(set_id: str) -> PaperSet:
    """Return what a set says of itself. Raises UserError when there is none of that id."""
    if set_id not in set_ids():
        raise UserError(
            tr("没有名为 {name} 的文书格式。", name=set_id[:40]),
            tr("可用的文书格式：{names}。", names="、".join(set_ids())),
        )
    raw = tomllib.loads((_folder() / set_id / "set.toml").read_text("utf-8"))
    return msgspec.convert(raw, PaperSet)


@cache
def papers_of(set_id: str) -> Mapping[str, Paper]:
    """Return the papers of a set by their keys. Raises ProblemsError for a file with a fault."""
    paper_set(set_id)
    files = sorted(path for path in (_folder() / set_id).glob("*.toml") if path.stem != "set")
    return {path.stem: read_paper(path.read_bytes(), path.name) for path in files}


def paper_of(set_id: str, key: str) -> Paper:
    """Return a paper of a set. Raises UserError when the set has none of that key."""
    found = papers_of(set_id)
    if key not in found:
        known = "、".join(f"{key}（{each.form.title}）" for key, each in found.items())
        raise UserError(
            tr("文书格式“{name}”里没有 {key}。", name=paper_set(set_id).name, key=key[:40]),
            tr("可用的文书：{names}。", names=known),
        )
    return found[key]


def record_forms(papers: Mapping[str, Paper], mode: str) -> dict[str, PaperForm]:
    """Return the forms of the papers that a record comes as, by their keys, as a mode has them."""
    return {key: papers[key].of(mode) for key in RECORD_PAPERS}


def edition(forms: Mapping[str, PaperForm]) -> str:
    """Return what tells these forms from other editions of them."""
    return fingerprint({key: form.sha256 for key, form in forms.items()})


def read_paper(data: bytes, file: str) -> Paper:
    """Return the paper that a file says.

    file: its name, for the places of faults; its stem is the key
    Raises ProblemsError with all faults, each with its line.
    """
    reading = _Reading(file, definition_ids())
    found = reading.paper(data)
    if found is None or reading.problems:
        lines = data.decode("utf-8", "replace").splitlines()
        problems = tuple(_located(problem, file, lines) for problem in dict.fromkeys(reading.problems))
        message = tr("文书式样“{file}”有 {count} 处不符合格式，不能使用。", file=file, count=len(problems))
        raise ProblemsError(message, problems, tr("请改正所列各处后再试。"))
    return found


def _folder() -> Path:
    return resources() / "documents"


@cache
def _usual() -> Mapping[str, str]:
    """Return what a paper says that says nothing else."""
    return tomllib.loads((_folder() / "usual.toml").read_text("utf-8"))


@cache
def _base(key: str) -> bytes | None:
    path = _folder() / COMMON / f"{key}.toml"
    return path.read_bytes() if key.isidentifier() and path.is_file() else None


class _Reading(Reading):
    """A file as far as it was understood."""

    def paper(self, data: bytes) -> Paper | None:
        """Return the paper; None when it was not understood."""
        raw = self.toml(data)
        if raw is None or (raw := self._on_its_base(raw)) is None:
            return None
        raw = {**_usual(), **raw}
        modes = raw.pop("mode", {})
        if not isinstance(modes, dict) or not all(isinstance(each, dict) for each in modes.values()):
            self.complain(f"{self.file} mode", "[mode.…]", str(modes)[:60])
            return None
        known = {mode.id for mode in visit_rules().modes}
        self.known(f"{self.file} mode", modes, known)
        form = self._form(raw)
        by_mode = {mode: self._form(self._joined(raw, over)) for mode, over in modes.items()}
        if form is None or None in by_mode.values():
            return None
        return Paper(Path(self.file).stem, form, {mode: each for mode, each in by_mode.items() if each is not None})

    def _on_its_base(self, raw: dict[str, Any]) -> dict[str, Any] | None:
        name = raw.pop("base", None)
        if name is None:
            return raw
        folder, _, key = str(name).partition("/")
        data = _base(key) if folder == COMMON else None
        below = None if data is None else self.toml(data)
        if below is None:
            known = sorted(f"{COMMON}/{path.stem}" for path in (_folder() / COMMON).glob("*.toml"))
            self.complain(f"{self.file} base", " / ".join(known), str(name)[:60])
            return None
        self._check_words(below.get("words", {}), [raw, *_dicts(list(_table(raw.get("mode")).values()))])
        return self._joined(below, raw)

    def _check_words(self, below: Mapping[str, str], files: Sequence[Mapping[str, Any]]) -> None:
        """Complain of a word with a place that the program does not fill: it fills those that the base has there."""
        for over in files:
            for key, text in _table(over.get("words")).items():
                known = set(PLACE.findall(below.get(key, "")))
                unknown = [name for name in PLACE.findall(str(text)) if name not in known]
                for name in unknown:
                    names = " ".join(sorted(known)) or tr("没有")
                    self.complain(f"{self.file} words {key}", tr("已知的空：{names}", names=names), f"{{{name}}}")

    def _joined(self, below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a file says on top of another one."""
        joined = {**below, **over}
        for name in ("words", "mode"):
            if isinstance(below.get(name), dict) and isinstance(over.get(name), dict):
                joined[name] = {**below[name], **over[name]}
        for name in ("block", "ask"):
            joined[name] = self._parts(name, _dicts(below.get(name)), _dicts(over.get(name)))
        without = joined.pop("without", ())
        names = [each for each in without if isinstance(each, str)] if isinstance(without, list) else []
        self.known(
            f"{self.file} without", names, {each.get("key") for name in ("block", "ask") for each in joined[name]}
        )
        return joined | {
            name: [each for each in joined[name] if each.get("key") not in names] for name in ("block", "ask")
        }

    def _parts(self, name: str, below: list[dict[str, Any]], over: list[dict[str, Any]]) -> list[dict[str, Any]]:
        parts = [dict(each) for each in below]
        for each in over:
            part, after = dict(each), each.get("after")
            part.pop("after", None)
            keys = [there.get("key") for there in parts]
            if part.get("key") and part["key"] in keys:
                place = keys.index(part["key"])
                parts[place] = {**parts[place], **part}
            elif after is not None:
                self.known(f"{self.file} {name} after", [str(after)], {str(key) for key in keys if key})
                parts.insert(keys.index(after) + 1 if after in keys else len(parts), part)
            else:
                parts.append(part)
        return parts

    def _form(self, raw: Mapping[str, Any]) -> PaperForm | None:
        raw = {**raw}
        asks = self.tables(raw, "ask", MOST_ASKED)
        blocks = self.tables(raw, "block", MOST_BLOCKS)
        self.keys = {each["key"] for each in asks if isinstance(each.get("key"), str)}
        asked = self.understood_fields([dict(each) for each in asks])
        if asks:
            self.check_fields(asked)
        found = [self._block(number, each) for number, each in enumerate(blocks, 1)]
        understood_blocks = tuple(each for each in found if each is not None)
        head = understood({**raw, "ask": (), "block": ()}, PaperForm, self.file, self.problems)
        # The places of what was understood are asked all the same, so that all faults are told at once.
        about, entry = (head.about, head.entry) if head else ("visit", "")
        places = places_of(about) | self.keys | self._of_entry(entry)
        for block in understood_blocks:
            self._check_block(f"{self.file} block {block.key or block.heading}", block, places)
        if head is None:
            return None
        form = msgspec.structs.replace(head, asked=asked, blocks=understood_blocks)
        self._check(form, places)
        return form

    def _block(self, number: int, raw: dict[str, Any]) -> Block | None:
        place = f"{self.file} block {raw.get('key') or f'#{number}'}"
        kind = raw.get("kind")
        if kind not in KINDS:
            self.complain(f"{place} kind", " / ".join(KINDS), str(kind)[:60])
            return None
        struct = next(each for each in Block.__args__ if each.__struct_config__.tag == kind)
        return understood({key: value for key, value in raw.items() if key != "kind"}, struct, place, self.problems)

    def _check(self, form: PaperForm, places: Collection[str]) -> None:
        modes = visit_rules().modes
        self.text(f"{self.file} title", form.title, 60)
        self.known(f"{self.file} issue", form.issue, {mode.id for mode in modes})
        self.known(f"{self.file} needs", form.needs, {each for mode in modes for each in mode.may_produce})
        self.known(f"{self.file} correct_by", filter(None, [form.correct_by]), self.keys)
        for piece in pattern_faults(form.series) if form.series else ():
            expected = tr(
                "只有一个 {{serial}} 的编号样式，可用 {places}", places="{year} {month} {mark} {region} {serial}"
            )
            self.complain(f"{self.file} series", expected, piece[:60])
        for text in (form.head, form.number, form.foot):
            self._check_text(text, places)
        self._check_text(form.page, {"number", "total"})
        self._check_text(form.fingerprint, {"digits"})

    def _of_entry(self, book: str) -> frozenset[str]:
        """Return the places that an entry of a book fills."""
        if not book:
            return frozenset()
        self.known(f"{self.file} entry", [book], definition_ids())
        return frozenset(each.key for each in definition(book).fields) if book in definition_ids() else frozenset()

    def _check_block(self, place: str, block: Block, places: Collection[str]) -> None:
        self.known(f"{place} of", filter(None, [block.list_of]), LISTS)
        self.known(f"{place} when", filter(None, [block.when]), {*places, *LISTS})
        columns = getattr(block, "columns", ())
        if columns and sum(column.width for column in columns) != _WIDTH:
            found = " + ".join(str(column.width) for column in columns)
            self.complain(f"{place} columns width", tr("合计 {width} 毫米", width=_WIDTH), found)
        for _, text, of in block.texts:
            self._check_text(text, {*places, *LISTS.get(of, ()), *(("ordinal",) if of else ())})

    def _check_text(self, text: str, known: Collection[str]) -> None:
        for name in PLACE.findall(text):
            if name not in known:
                self.complain(f"{self.file}", tr("已知的空：{names}", names=" ".join(sorted(known))), f"{{{name}}}")
        if _OTHER_BRACES.search(PLACE.sub("", text)):
            self.complain(self.file, tr("成对的花括号，里面是空的名字"), text[:60])


def _table(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _dicts(found: object) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _located(problem: Problem, file: str, lines: Sequence[str]) -> Problem:
    """Return a fault with the line in which what was found stands, or that where its part of the file begins."""
    line = next(_lines_with(problem.found, lines), 0) or next(_lines_of(problem.place, file, lines), 0)
    if not line:
        return problem
    where = tr("{file} 第 {line} 行", file=file, line=line)
    return replace(problem, place=f"{where} {problem.place.removeprefix(file).strip()}".strip())


def _lines_with(found: str, lines: Sequence[str]) -> Iterator[int]:
    if len(found) >= _SHORTEST_FOUND:
        yield from (number for number, line in enumerate(lines, 1) if found in line)


def _lines_of(place: str, file: str, lines: Sequence[str]) -> Iterator[int]:
    """Yield the line in which the part that a place names begins: "order.toml block #3 kind" the third [[block]]."""
    words = place.removeprefix(file).split()
    if not words:
        return
    heads = [number for number, line in enumerate(lines, 1) if (match := _PART.match(line)) and match[1] == words[0]]
    if len(words) > 1 and words[1].startswith("#") and words[1][1:].isdigit():
        heads = heads[int(words[1][1:]) - 1 :]
    yield from heads
