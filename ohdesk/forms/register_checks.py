"""What a book's parts must hold to fit together: keys that are known, ways that end, terms with a length."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from ohdesk.domain.calendar import day_in
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.register.conditions import HOWS, WITHOUT_VALUE, Condition
from ohdesk.domain.register.definition import (
    DAY_WORDS,
    Definition,
    Due,
    Field,
    Kind,
    Length,
    State,
    ViewCondition,
    Words,
)
from ohdesk.domain.register.numbers import PLACES, pattern_faults
from ohdesk.domain.register.text_patterns import pattern_fault
from ohdesk.domain.register.values import read_value
from ohdesk.errors import Problem
from ohdesk.i18n import tr

RESERVED = frozenset(
    {"id", "number", "state", "establishment", "person", "due_on", "withdrawn", "opened_on", "register"}
)
# What is no book and yet is named where a book may be.
NOT_BOOKS = frozenset({"roll", "visit", "record", "finding"})
MOST_INDEXED = 30
LONGEST_WORD, LONGEST_HELP, LONGEST_VALUE = 60, 500, 200  # characters
LONGEST_TERM = 36_500  # of whatever unit
_LONGEST_UNIT = 12  # characters
_LONGEST_SHIFT = 14_600  # days from today: forty years, before and after which days still are days of a field
_LARGEST_NUMBER = 10**12
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TERMS = Length.__struct_fields__
_TEXTS = {Kind.TEXT, Kind.NOTE}
_NUMBERS = {Kind.COUNT, Kind.AMOUNT}
_DAYS = {Kind.DAY, Kind.TIME}
_CHOICES = {Kind.CHOICE, Kind.CHOICES}
_UNINDEXED = {Kind.NOTE, Kind.FILES, Kind.CHOICES}


class Checks:
    """The faults found so far, each with the file and the key it stands at."""

    def __init__(self, file: str, books: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self.file = file
        self._books = books
        self.keys: set[str] = set()  # of all fields, also of those with a fault, of which no second fault is made
        self.states: set[str] = set()
        self.of_no_kind: set[str] = set()  # fields
        self._fields: dict[str, Field] = {}

    def check_head(self, head: Definition) -> None:
        """Complain of what a book says of itself."""
        stem = Path(self.file).stem
        if head.id != stem:
            self.complain(f"{self.file} id", stem, head.id)
        if not _KEY.fullmatch(head.id) or head.id in NOT_BOOKS:
            expected = tr("小写字母开头，只有小写字母、数字和下划线，不超过 40 个字符")
            not_these = tr("不是程序自用的 {names}", names=" / ".join(sorted(NOT_BOOKS)))
            self.complain(f"{self.file} id", f"{expected}；{not_these}", head.id[:LONGEST_WORD])
        self.text(f"{self.file} version", head.version, LONGEST_WORD)
        if head.source:
            self.text(f"{self.file} source", head.source, LONGEST_HELP)
        if head.about_required and head.about == "nothing":
            self.complain(f"{self.file} about", "establishment / person", head.about)
        if head.number:
            expected = tr(
                "只有一个 {{serial}} 的编号样式，可用 {places}", places=" ".join(f"{{{each}}}" for each in PLACES)
            )
            for piece in pattern_faults(head.number):
                self.complain(f"{self.file} number", expected, piece[:LONGEST_WORD])

    def check_keys(self, name: str, keys: Sequence[str]) -> None:
        """Complain of keys that cannot be, of fields, states or views."""
        place = f"{self.file} {name}"
        for key in keys:
            if not _KEY.fullmatch(key):
                expected = tr("小写字母开头，只有小写字母、数字和下划线，不超过 40 个字符")
                self.complain(f"{place} {key[:LONGEST_WORD]} key", expected, key[:LONGEST_WORD])
            elif name == "field" and key in RESERVED:
                expected = tr("不是程序自用的 {names}", names=" / ".join(sorted(RESERVED)))
                self.complain(f"{place} {key} key", expected, key)
        self.repeated(place, keys)

    def check_fields(self, fields: Sequence[Field]) -> None:
        """Complain of fields that do not fit together, or with one another."""
        fields = [each for each in fields if each.key not in self.of_no_kind]
        self._fields = {each.key: each for each in fields}
        if not self.keys:
            self.complain(f"{self.file} field", tr("至少一个 [[field]]"), tr("没有"))
        for field in fields:
            self._check_field(f"{self.file} field {field.key}", field)
            self._check_condition(f"{self.file} field {field.key} shown_when", field)
        labels = [field.label.zh for field in fields if isinstance(field.label, Words)]
        self.repeated(f"{self.file} field label", labels)  # an import could not tell their columns apart
        indexed = [field.key for field in fields if field.indexed]
        if len(indexed) > MOST_INDEXED:
            self.complain(f"{self.file} indexed", tr("不超过 {count} 个", count=MOST_INDEXED), str(len(indexed)))

    def check_computed(self, head: Definition) -> None:
        """Complain of fields that what is computed needs and there are not, and of computed ones that nothing fills."""
        asked, filled = head.computing
        self.known(f"{self.file} computes", sorted(asked | filled), self.keys)
        for key in sorted(self._fields.keys() & filled):
            if not self._fields[key].computed:
                self.complain(f"{self.file} field {key} computed", "true", "false")
        for field in self._fields.values():
            if field.computed and field.key not in filled:
                expected = tr("computes 所填的字段：{names}", names=" / ".join(sorted(filled)) or tr("没有"))
                self.complain(f"{self.file} field {field.key} computed", expected, field.key)

    def _check_field(self, place: str, field: Field) -> None:
        kind = field.kind
        if kind in _CHOICES and not field.choices:
            self.complain(f"{place} choices", tr("至少一个选项"), tr("没有"))
        # A setting that does nothing at this kind is a mistake about one of the two.
        for name, kinds in {
            "choices": _CHOICES,
            "pattern": {Kind.TEXT},
            "most": _TEXTS | _NUMBERS,
            "least": _NUMBERS,
            "unit": _NUMBERS,
            "at_most": _NUMBERS,
            "of": {Kind.ENTRY},
            "small_counts": {Kind.COUNT},
            "repeats": set[Kind](),
            "default": {*Kind} - {Kind.FILES},
        }.items():
            if getattr(field, name) and kind not in kinds:
                expected = tr("只用于 {kinds}", kinds=" / ".join(sorted(kinds))) if kinds else tr("台账中不用")
                self.complain(f"{place} {name}", expected, f'kind = "{kind}"')
        if field.indexed and kind in _UNINDEXED:
            self.complain(f"{place} indexed", tr("不用于 {kinds}", kinds=" / ".join(sorted(_UNINDEXED))), kind)
        if not all(abs(number) <= _LARGEST_NUMBER for number in (field.least, field.most)) or field.most < 0:
            self.complain(f"{place} most", tr("0 到 {most} 的整数", most=_LARGEST_NUMBER), str(field.most)[:20])
        if field.most and field.least > field.most:
            self.complain(f"{place} least", tr("不大于 most（{most}）", most=field.most), str(field.least))
        self.known(f"{place} at_most", filter(None, [field.at_most]), self.keys - {field.key})
        if field.at_most in self._fields and self._fields[field.at_most].kind is not kind:
            self.complain(f"{place} at_most", f'kind = "{kind}"', f'kind = "{self._fields[field.at_most].kind}"')
        if field.unit:
            self.text(f"{place} unit", field.unit, _LONGEST_UNIT)
        if field.of and field.of not in self._books:
            self.complain(f"{place} of", " / ".join(sorted(self._books)), field.of[:LONGEST_WORD])
        for kind_of_establishment in field.only_for:
            self.text(f"{place} only_for", kind_of_establishment, LONGEST_WORD)
        if field.pattern and (fault := pattern_fault(field.pattern)):
            self.complain(f"{place} pattern", fault, field.pattern[:LONGEST_WORD])
        if field.pattern and field.most > LONGEST_VALUE:  # the longer the text, the longer it takes to compare
            self.complain(f"{place} most", tr("0 到 {most} 的整数", most=LONGEST_VALUE), str(field.most)[:20])
        if field.default and not _may_begin_with(field):
            self.complain(f"{place} default", tr("这一字段可以填写的值"), field.default[:LONGEST_WORD])

    def _check_condition(self, place: str, field: Field) -> None:
        for key, value in field.shown_when.items():
            other = self._fields.get(key)
            self.known(place, [key], self.keys)
            if other is not None and value not in dict(other.choices):
                expected = tr("字段 {key} 的选项之一", key=key)
                self.complain(f"{place} {key}", expected, value[:LONGEST_WORD])
        seen, waiting = set[str](), list(field.shown_when)
        while waiting:
            key = waiting.pop()
            if key == field.key:
                self.complain(place, tr("不能绕回本字段"), key)
                return
            if key not in seen and key in self._fields:
                waiting += self._fields[key].shown_when
            seen.add(key)

    def check_states(self, states: Sequence[State]) -> None:
        """Complain of states that are not reached, or lead to no end."""
        place = f"{self.file} state"
        for state in states:
            self.known(f"{place} {state.key} to", state.to, self.states)
            self.known(f"{place} {state.key} needs", state.needs, self.keys)
        if not states or len(states) < len(self.states):
            return  # of one that was not understood it is not known what follows
        follow = {state.key: set(state.to) for state in states}
        for key in sorted(follow.keys() - _reached(follow, {states[0].key})):
            self.complain(f"{place} {key}", tr("能从 {first} 到达的状态", first=states[0].key), key)
        leads: dict[str, set[str]] = {key: set() for key in follow}
        for key, then in follow.items():
            for after in then & follow.keys():
                leads[after].add(key)
        ends = {key for key, then in follow.items() if not then}
        for key in sorted(follow.keys() - _reached(leads, ends)):
            self.complain(f"{place} {key} to", tr("能走到一个没有 to 的状态"), tr("没有尽头"))

    def check_due(self, place: str, due: Due) -> None:
        """Complain of a term without a day, a length or a field that there is."""
        if not due.field and not due.from_:
            self.complain(place, "field / from", tr("没有"))
        for name, key in (("field", due.field), ("from", due.from_)):
            self.known(f"{place} {name}", filter(None, [key]), self.keys)
            if key in self._fields and self._fields[key].kind not in _DAYS:
                self.complain(f"{place} {name}", tr("日期字段"), f'{key}: kind = "{self._fields[key].kind}"')
        self.known(f"{place} until", due.until, self.states)
        self.known(f"{place} done", due.done, self.keys)
        if due.basis:
            self.text(f"{place} basis", due.basis, LONGEST_HELP)
        given = [name for name in _TERMS if getattr(due, name)]
        if bool(due.from_) != (bool(given) or bool(due.by)):
            self.complain(f"{place} from", tr("from 和期限长度都要有"), due.from_ or " ".join(given) or due.by)
        if due.by:
            self._check_lengths(place, due)
        elif due.lengths:
            self.complain(f"{place} by", tr("决定期限长度的选项字段"), tr("没有"))
        if given and due.by:
            self.complain(f"{place} by", tr("by 或 {names} 其中一个", names=" / ".join(_TERMS)), " ".join(given))
        elif given:
            self._check_length(place, due)

    def _check_lengths(self, place: str, due: Due) -> None:
        self.known(f"{place} by", [due.by], self.keys)
        decider = self._fields.get(due.by)
        if decider is not None and decider.kind is not Kind.CHOICE:
            self.complain(f"{place} by", tr('kind = "choice" 的字段'), f'{due.by}: kind = "{decider.kind}"')
        elif decider is not None:
            choices = dict(decider.choices)
            self.known(f"{place} lengths", due.lengths, choices)
            for key in choices.keys() - due.lengths.keys():
                self.complain(f"{place} lengths", tr("选项 {key} 的期限长度", key=key), tr("没有"))
        for key, length in due.lengths.items():
            self._check_length(f"{place} lengths {key}", length)

    def _check_length(self, place: str, length: Due | Length) -> None:
        given = {name: getattr(length, name) for name in _TERMS if getattr(length, name)}
        if len(given) != 1 or not all(0 < number <= LONGEST_TERM for number in given.values()):
            expected = tr("{names} 其中一个，1 到 {most}", names=" / ".join(_TERMS), most=LONGEST_TERM)
            found = ", ".join(f"{name} = {number}"[:LONGEST_WORD] for name, number in given.items())
            self.complain(place, expected, found or tr("没有"))

    def check_where(self, place: str, where: Mapping[str, str]) -> None:
        """Complain of a value that no entry can have."""
        for key, value in where.items():
            field = self._fields.get(key)
            if field is not None and field.choices:
                self.known(f"{place} {key}", [value], dict(field.choices))
            if key == "state":
                self.known(f"{place} {key}", [value], self.states)

    def check_asked(self, place: str, asked: ViewCondition) -> None:
        """Complain of a condition of a view that means nothing, or of a day that is none."""
        self.known(f"{place} how", [asked.how], HOWS.keys() - {"between"})
        field = self._fields.get(asked.key)
        shift = abs(asked.days) + 31 * abs(asked.months) + 366 * abs(asked.years)
        if (asked.how in WITHOUT_VALUE) == bool(asked.value):
            expected = tr("没有值") if asked.how in WITHOUT_VALUE else tr("一个值")
            self.complain(f"{place} value", expected, asked.value[:LONGEST_WORD] or tr("没有"))
        is_day_word = asked.value in DAY_WORDS
        if shift and not is_day_word:
            self.complain(f"{place} value", " / ".join(DAY_WORDS), asked.value[:LONGEST_WORD])
        if shift > _LONGEST_SHIFT:
            self.complain(place, tr("不超过 {count} 天", count=_LONGEST_SHIFT), str(shift)[:LONGEST_WORD])
        if field is None or asked.how in {*WITHOUT_VALUE, "contains"} or (is_day_word and field.kind in _DAYS):
            return
        for text in Condition(asked.key, "one_of", asked.value).values if asked.how == "one_of" else [asked.value]:
            try:
                read_value(field, text)
            except ValueError:
                self.complain(f"{place} value", tr("这一字段可以填写的值"), text[:LONGEST_WORD])

    def text(self, place: str, text: str, most: int) -> None:
        """Complain of a text that says nothing, is too long or holds what cannot be seen."""
        if not text.strip() or len(text) > most:
            self.complain(place, tr("1 到 {most} 个字", most=most), text[:LONGEST_WORD] or tr("没有"))
        elif text != clean_text(text) or not text.replace("\u3000", " ").isprintable():
            self.complain(place, tr("看得见的文字，不换行"), ascii(text)[:LONGEST_WORD])

    def known(self, place: str, keys: Iterable[str], known: Collection[str]) -> None:
        """Complain of each key that is not among those known."""
        for key in keys:
            if key not in known:
                names = " / ".join(sorted(known)) or tr("没有")
                self.complain(place, tr("已知的：{names}", names=names), key[:LONGEST_WORD])

    def repeated(self, place: str, keys: Sequence[str]) -> None:
        """Complain of each key that stands twice."""
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.complain(place, tr("不重复"), key[:LONGEST_WORD])

    def complain(self, place: str, expected: str, found: str) -> None:
        """Add a fault."""
        self.problems.append(Problem(place, expected, found))


def _reached(follow: Mapping[str, Collection[str]], first: Collection[str]) -> set[str]:
    found, waiting = set(first), list(first)
    while waiting:
        for key in follow[waiting.pop()]:
            if key in follow and key not in found:
                found.add(key)
                waiting.append(key)
    return found


def _may_begin_with(field: Field) -> bool:
    default = field.default
    match field.kind:
        case Kind.DAY:
            return default == "today" or day_in(default) is not None
        case Kind.TIME:
            return default == "today"
        case Kind.CHOICE:
            return default in dict(field.choices)
        case Kind.CHOICES:
            return set(default.split()) <= dict(field.choices).keys()
        case Kind.COUNT | Kind.AMOUNT:
            return default.isascii() and default.isdecimal() and len(default) <= len(str(_LARGEST_NUMBER))
        case Kind.YES_NO:
            return default in {"yes", "no"}
    return field.kind in _TEXTS and len(default) <= LONGEST_VALUE
