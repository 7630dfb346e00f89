"""Read a checklist from `resources/checklists`; whatever is not understood is refused, all of it at once."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ohdesk.errors import MachineError, Problem, ProblemsError
from ohdesk.forms.definition import Form, FormHead, LegalBasis, Question, QuestionEntry, Section
from ohdesk.forms.question_checks import condition_problems, field_problems
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import mark, tr
from ohdesk.paths import resources
from ohdesk.shape import understood

HEAD, LAWS = "form.toml", "laws.toml"
SEVERITIES = (mark("提示"), mark("一般"), mark("严重"))  # from the least to the gravest


class _FormFile(FormHead, frozen=True, kw_only=True):
    """form.toml: the form with sections of its own, or with questions taken over from a base."""

    base: str = ""
    questions: tuple[str, ...] = ()


class _SectionEntry(Section, frozen=True, kw_only=True):
    file: str


class _QuestionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: str
    version: str
    section: str


class _Law(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    edition: date | None = None
    number: str = ""
    unconfirmed: bool = False


@cache
def load_form(form_id: str) -> Form:
    """Return the form shipped under this id.

    Raises MachineError when there is none, ProblemsError (file and question named) when it cannot be understood.
    """
    known = {form.id: form for form in form_files().forms}
    return known[form_id] if form_id in known else read_form(resources() / "checklists", form_id)


Laws = frozenset[tuple[str, date | None]]


class FormFiles(NamedTuple):
    """The forms of a folder that can be used, by id, and what is wrong with the others."""

    forms: tuple[Form, ...]
    faults: Mapping[str, ProblemsError]


@cache
def form_files() -> FormFiles:
    """Return the shipped forms. One with a fault is left out whole, and the others work."""
    return read_forms(resources() / "checklists")


def read_forms(folder: Path) -> FormFiles:
    """Return the forms of a folder of checklists; one with a fault is left out whole."""
    known: dict[str, Form] = {}
    faults = {}
    for form_id in sorted(path.parent.name for path in folder.glob(f"*/{HEAD}")):
        try:
            known[form_id] = read_form(folder, form_id, known)
        except ProblemsError as error:
            faults[form_id] = error
    return FormFiles(tuple(known.values()), faults)


def form_ids() -> tuple[str, ...]:
    """Return the ids of the shipped forms that can be used, sorted."""
    return tuple(form.id for form in form_files().forms)


def forms_for(kind: str) -> tuple[Form, ...]:
    """Return the forms that a visit to a kind of establishment (用人单位 …) may be filled with, the usual one first."""
    fitting = [form for form in form_files().forms if kind in form.kinds and form.is_for_visits]
    # The fullest that is filled on site is what a new visit is offered.
    return tuple(sorted(fitting, key=lambda form: (form.off_site, -len(form.questions))))


def read_form(folder: Path, form_id: str, known: Mapping[str, Form] | None = None, *, anywhere: bool = False) -> Form:
    """Return the form `form_id` of a folder of checklists; errors as `load_form`.

    known: forms read before, by id · anywhere: its folder need not be called as it is
    """
    reading = _Reading(folder, known or {})
    form = reading.form(form_id, anywhere=anywhere)
    if reading.problems or form is None:
        raise ProblemsError(
            tr("检查表“{form}”有 {count} 处不符合格式，不能使用。", form=form_id, count=len(reading.problems)),
            tuple(reading.problems),
            tr("请改正所列文件，或者重新安装程序。"),
        )
    return form


def read_form_in(folder: Path) -> Form:
    """Return the form of a folder that may lie anywhere, and be called anything; errors as `load_form`.

    The laws and bases it does not bring along are those of the program.
    """
    return read_form(folder.parent, folder.name, {form.id: form for form in form_files().forms}, anywhere=True)


def base_of(form_id: str) -> str:
    """Return the form that a shipped one takes its questions from, "" where they are its own."""
    return str(read_raw(resources() / "checklists", f"{form_id}/{HEAD}").get("base", ""))


@cache
def known_laws() -> Laws:
    """Return name and edition of each law that the shipped checklists may cite."""
    return _Reading(resources() / "checklists", {}).laws


def read_raw(folder: Path, name: str) -> dict[str, Any]:
    """Return what a file of a folder of checklists says, as it stands there."""
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


class _Reading:
    """The problems found so far, each with the file and the question it stands in."""

    def __init__(self, folder: Path, known: Mapping[str, Form]) -> None:
        self.problems: list[Problem] = []
        self._folder, self._known = folder, known
        # Name and edition: a citation of a law in an edition that nobody looked up is a mistake.
        self._laws = self._own_laws() if (folder / LAWS).is_file() else known_laws()

    @property
    def laws(self) -> Laws:
        """Name and edition of each law that may be cited."""
        return self._laws

    def _own_laws(self) -> Laws:
        laws = [understood(each, _Law, LAWS, self.problems) for each in self._toml(LAWS).get("law", [])]
        return frozenset((law.name, law.edition) for law in laws if law is not None)

    def form(self, form_id: str, *, anywhere: bool = False) -> Form | None:
        """Return the form as far as it was understood; None when its head was not."""
        place = f"{form_id}/{HEAD}"
        raw = self._toml(place)
        entries = understood(raw.pop("section", []), tuple[_SectionEntry, ...], f"{place} section", self.problems) or ()
        head = understood(raw, _FormFile, place, self.problems)
        if head is not None and head.base:
            sections, questions = self._chosen(place, head)
        else:
            sections = tuple(Section(each.id, each.title, each.title_en) for each in entries)
            named = str(raw.get("id", form_id)) if anywhere else form_id
            questions = self._questions(form_id, named, raw.get("version"), entries)
        self._unequal(place, [("id", head.id, form_id)] if head is not None and not anywhere else [])
        self._repeated(place, [section.id for section in sections])
        self._repeated(form_id, [question.id for question in questions])
        if not questions and not (head is not None and head.from_findings):
            self._complain(place, tr("至少一个检查项"), tr("没有"))
        if head is None:
            return None
        said = {name: getattr(head, name) for name in FormHead.__struct_fields__}
        return Form(**said, sections=sections, questions=questions)

    def _questions(
        self, folder: str, form_id: str, version: object, sections: Sequence[_SectionEntry]
    ) -> tuple[Question, ...]:
        found: list[Question] = []
        for section in sections:
            place = f"{folder}/{section.file}"
            raw = self._toml(place)
            listed = understood(raw.pop("question", None), list[dict[str, Any]], f"{place} question", self.problems)
            told = understood(raw, _QuestionFile, place, self.problems)
            if told is not None:
                named = (told.form, told.version, told.section)
                expected = (form_id, version, section.id)
                self._unequal(place, zip(_QuestionFile.__struct_fields__, named, expected, strict=True))
            for each in listed or ():
                number = len(found) + 1
                where = f"{place} {each.get('id', f'#{number}')}"
                entry = understood(each, QuestionEntry, where, self.problems)
                if entry is not None:
                    self._check(where, entry, {each.id: each for each in found})
                    found.append(Question(**msgspec.structs.asdict(entry), number=number, section=section.id))
        return tuple(found)

    def _chosen(self, place: str, head: _FormFile) -> tuple[tuple[Section, ...], tuple[Question, ...]]:
        """Return the questions that a special form takes over from its base, numbered anew in its own order."""
        try:
            base = self._known.get(head.base) or read_form(self._folder, head.base)
        except ProblemsError as error:
            self.problems += error.problems
            return (), ()
        self._repeated(place, head.questions)
        for name in head.questions:
            if name not in base.by_id:
                self._complain(place, tr("{base} 中的检查项", base=base.id), name)
        known = [base.by_id[name] for name in dict.fromkeys(head.questions) if name in base.by_id]
        used = {question.section for question in known}
        order = {section.id: index for index, section in enumerate(base.sections)}
        # Sections stay together whatever order the special form lists; the sort is stable within each.
        known.sort(key=lambda question: order[question.section])
        return (
            tuple(section for section in base.sections if section.id in used),
            tuple(msgspec.structs.replace(question, number=number) for number, question in enumerate(known, 1)),
        )

    def _check(self, place: str, entry: QuestionEntry, before: Mapping[str, QuestionEntry]) -> None:
        """Complain of what a question says that does not fit together."""
        self.problems += field_problems(place, entry.fields)
        self.problems += condition_problems(place, entry, before)
        if not entry.text_en:
            self._complain(f"{place} text_en", tr("英文"), tr("没有"))
        # Nothing may be asked of a company that no rule obliges it to: the record prints the duty beside each finding.
        if not entry.duty:
            self._complain(f"{place} duty", tr("检查依据"), tr("没有"))
        disposals = [each.id for each in visit_rules().disposals]
        if entry.disposal and entry.disposal not in disposals:
            self._complain(f"{place} disposal", " / ".join(disposals), entry.disposal)
        for bases, where in ((entry.duty, "duty"), (entry.penalty, "penalty")):
            for basis in bases:
                self._check_basis(f"{place} {where}", basis)

    def _check_basis(self, place: str, basis: LegalBasis) -> None:
        if not basis.law and not basis.text:
            self._complain(place, tr("法律名称或原文"), basis.article)
        if basis.law and (basis.law, basis.edition) not in self._laws:
            self._complain(place, tr("laws.toml 中的法律和版本"), f"{basis.law} {basis.edition or ''}")

    def _toml(self, name: str) -> dict[str, Any]:
        try:
            return read_raw(self._folder, name)
        except FileNotFoundError as error:
            if not name.endswith(HEAD):
                self._complain(name, tr("form.toml 所列的文件"), tr("没有"))
                return {}
            raise MachineError(
                tr("找不到检查表文件 {name}。", name=name), tr("请重新安装程序，或者检查检查表的名称。")
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self._complain(name, tr("TOML 格式"), str(error))
            # Empty rather than raised: the other files are still read, so that all faults are named at once.
            return {}

    def _complain(self, place: str, expected: str, found: str) -> None:
        self.problems.append(Problem(place, expected, found))

    def _unequal(self, place: str, told: Iterable[tuple[str, str, object]]) -> None:
        for name, found, expected in told:
            if found != expected:
                self._complain(f"{place} {name}", str(expected), found)

    def _repeated(self, place: str, names: Sequence[str]) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._complain(place, tr("编号不重复"), name)
