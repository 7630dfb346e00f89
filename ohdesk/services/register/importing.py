"""Bring a list into a book: its columns mapped, what would change shown, all of it written in one transaction.

A row means the entry that has its id or its number; without either, the one about the same employer or person that
agrees in the fields which the book cannot be without and finds by (`required` and `indexed`, else all that are
required).  A number that no entry has is a new entry's own, as of one kept on paper.  A blank cell changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.collector import uncollected
from ohdesk.db.engine import roomy
from ohdesk.db.models import LocalOperation, ReplicaHead
from ohdesk.domain.book_list.mapping import (
    CODE,
    ID,
    Layout,
    find_layout,
    is_named,
)
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.kept_columns import with_kept
from ohdesk.domain.list_columns import KEEP_ALL, PERSONS, Choices, unknown_columns, with_remembered
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.provenance import UNKNOWN, Provenance, found_above
from ohdesk.domain.register.definition import Definition, Field, word
from ohdesk.domain.register.values import Value, bounds_problem
from ohdesk.domain.roll.table import Refusal, Table
from ohdesk.errors import Problem, UserError
from ohdesk.forms.list_sources import tells_of_a_person, told_by, words_above
from ohdesk.forms.small_counts import has_small_counts, small_text
from ohdesk.i18n import tr
from ohdesk.services.backup import automatic
from ohdesk.services.context import Context
from ohdesk.services.register.about import one_of
from ohdesk.services.register.cells import Cells, Said, personal_problem, title_of
from ohdesk.services.register.columns import book_targets
from ohdesk.services.register.entries import (
    Write,
    as_changed,
    as_new,
    differs,
    held_entry,
    next_numbers,
    refuse,
    write_many,
    written_here,
)
from ohdesk.services.register.import_preview import BookPreview, MappedSheet, Outcome, Planned
from ohdesk.services.register.listed import Draft, first_rows, rows_of_list, shape_of_list
from ohdesk.services.register.meant import Held, Meant, match_fields
from ohdesk.services.register.tables import model_of
from ohdesk.services.workbook.kept import Kept
from ohdesk.services.workbook.reading import SheetRows
from ohdesk.services.workbook.remembered import remember, remembered

_AT_ONCE = 500  # rows looked at together, and written between two places where it can be cancelled


def preview(
    ctx: Context,
    register: str,
    listed: SheetRows,
    source: str,
    choices: Choices | None = None,
    report: Progress = unwatched,
    provenance: Provenance = UNKNOWN,
) -> BookPreview:
    """Return what importing a list would do; changes nothing.

    listed: of `workbook.reading.read_rows`, read once and held against the book as often as the columns are changed
    source: the name of the file · choices: None for those that were made when a list of this shape was imported
    report: called with rows done and rows in all; what it raises, as when the user cancels, ends it
    provenance: where the list is from, as a person says; what they do not say is told by its headings and what is above
    Raises UserError where the book is not written here, or a column that was chosen is not there.
    """
    definition = written_here(ctx, register)
    with uncollected(), ctx.reading() as session, roomy(session):
        return _Reading(ctx, session, definition, listed, choices).preview(source, report, provenance)


def apply(
    ctx: Context,
    shown: BookPreview,
    report: Progress = unwatched,
    declined: Collection[tuple[str, int, str]] = (),
) -> str:
    """Write a list into its book: one transaction, one batch that `undo.undo` takes back whole.

    Returns the name of the batch, "" where there was nothing to write.

    declined: sheet, row and key of each change that is not to be made
    report: as of `preview`; what it raises takes everything back
    Raises UserError when nothing can be imported, or the book has changed since it was shown.
    """
    ctx.require(Right.REGISTER)
    definition = written_here(ctx, shown.register)
    if not len(shown.planned):
        raise UserError(
            tr("“{name}”里没有可以导入的行。", name=shown.source),
            tr("请看预览里的提示；必要时用 --map 指明哪一列是什么。"),
        )
    automatic.before(ctx)
    batch, done = ctx.new_id(), 0
    whole = shown.counts[Outcome.NEW] + shown.counts[Outcome.CHANGED]
    with uncollected(), ctx.transaction() as session, roomy(session):
        # A person may look at the preview for an hour; what they saw is what is written, or nothing.
        if _heads(session) != shown.heads:
            again = _Reading(ctx, session, definition, shown.listed, shown.choices)
            now = again.preview(shown.source, unwatched, shown.provenance)
            if list(now.planned) != list(shown.planned):
                raise UserError(tr("预览之后登记簿有了改动，没有导入。"), tr("请重新预览后再导入。"))
        writes = _writes(ctx, session, definition, shown, frozenset(declined))
        # In portions, so that cancelling is heard and the list never stands in memory; one transaction all the same.
        while portion := list(islice(writes, _AT_ONCE)):
            report(done, whole)
            write_many(ctx, session, definition, portion, clean_text(shown.source), "import", batch)
            done += len(portion)
        rows = zip(shown.listed.sheets, shown.sheets, strict=True)
        sheets = ((shape_of_list(listed, mapped.layout), mapped.columns) for listed, mapped in rows)
        remember(session, shown.register, sheets, shown.choices)
        report(whole, whole)
    return batch if done else ""


def _writes(
    ctx: Context,
    session: Session,
    definition: Definition,
    shown: BookPreview,
    declined: Collection[tuple[str, int, str]],
) -> Iterator[Write]:
    own = {str(each.fields["number"]) for each in shown.alike(Outcome.NEW) if "number" in each.fields}
    fresh = next_numbers(ctx, session, definition) if definition.number else iter(())
    travels = definition.travels != "no"
    origin: dict[str, Value] = {"provenance": shown.provenance.pairs} if shown.provenance.pairs else {}
    for each in shown.planned:
        match each.outcome:
            case Outcome.NEW:
                # Numbers that stand in the list are given; none of them is given again.
                number = {} if not definition.number or "number" in each.fields else {"number": _not_among(fresh, own)}
                yield Write(ctx.new_id(), {**each.fields, **number, **origin}, travels)
            case Outcome.CHANGED:
                if fields := _accepted(session, definition, each, declined):
                    yield Write(each.entry, {**fields, **origin}, each.travels)


def _accepted(
    session: Session, definition: Definition, planned: Planned, declined: Collection[tuple[str, int, str]]
) -> dict[str, Value]:
    """Return what is written of a change: without the fields that were declined, and what is computed by them."""
    wanted = {key: value for key, value in planned.fields.items() if (planned.sheet, planned.row, key) not in declined}
    if len(wanted) == len(planned.fields):
        return wanted
    computed = {each.key for each in definition.fields if each.computed}
    values = {key: value for key, value in wanted.items() if key not in computed}
    fields, problems = as_changed(definition, held_entry(session, planned.entry)[1].fields, values)
    refuse(definition, problems)
    return fields


def _not_among(numbers: Iterator[str], given: Collection[str]) -> str:
    return next(number for number in numbers if number not in given)


class _Reading:
    """A list as it is held against its book."""

    def __init__(
        self, ctx: Context, session: Session, definition: Definition, listed: SheetRows, choices: Choices | None
    ) -> None:
        self._ctx, self._session, self._definition, self._listed = ctx, session, definition, listed
        self._today = legal_day(ctx.now())
        self._wanted = book_targets(definition)
        self._remembered = remembered(session, definition.id) if choices is None else []
        self._choices = choices or Choices()
        self._is_empty = not _has_entries(session, definition)
        self._few = small_text() if has_small_counts(definition) else ""
        self._cells = Cells(ctx, session, definition)
        self._names: dict[str, str] = {}
        self._met: dict[str, int] = {}  # entries that a row before meant
        self._new: dict[int, tuple[str, int]] = {}  # what new entries hold → the row that said it
        self._numbers: dict[str, int] = {}
        self._keys: list[Field] = []
        self.rows = 0
        self.planned, self.refusals = Kept(Planned), Kept(Refusal)
        self.warnings = list(listed.warnings)
        self.counts = dict.fromkeys(Outcome, 0)

    def preview(self, source: str, report: Progress, provenance: Provenance) -> BookPreview:
        heads = [first_rows(sheet) for sheet in self._listed.sheets]
        for head in heads:
            self._choices = with_remembered(self._choices, head.rows, self._remembered)
        sheets = [
            MappedSheet(sheet.name, self._layout(head)) for sheet, head in zip(self._listed.sheets, heads, strict=True)
        ]
        layouts = [each.layout for each in sheets if each.layout is not None]
        self._refuse_unknown(layouts)
        whole, done = sum(len(sheet.rows) for sheet in self._listed.sheets), 0
        for sheet, head, mapped in zip(self._listed.sheets, heads, sheets, strict=True):
            if mapped.layout is None:
                if len(sheet.rows):
                    self.warnings.append(tr("工作表“{sheet}”里没有认得出的列，没有导入。", sheet=sheet.name))
                continue
            self._keys = match_fields(self._definition, mapped.layout)
            self._note_missing(mapped)
            drafts = rows_of_list(sheet, head, mapped.layout, self._choices, self.warnings)
            while portion := list(islice(drafts, _AT_ONCE)):
                report(min(done + portion[-1].row, whole), whole)
                self._judge_all(portion)
            done += len(sheet.rows)
        report(whole, whole)
        return BookPreview(
            register=self._definition.id,
            source=source,
            listed=self._listed,
            choices=self._choices,
            provenance=provenance.over(self._found_provenance(sheets, heads)),
            sheets=tuple(sheets),
            rows=self.rows,
            planned=self.planned,
            refusals=self.refusals,
            warnings=tuple(self.warnings),
            counts=self.counts,
            heads=_heads(self._session),
            names=self._names,
        )

    def _layout(self, head: Table) -> Layout | None:
        """Return how a sheet is laid out; of a book of counts no column is kept that tells of one person."""
        layout = find_layout(head, self._wanted, self._choices.columns)
        if layout is None or not has_small_counts(self._definition):
            return layout
        columns = [
            each._replace(why=PERSONS) if not each.key and tells_of_a_person(each.heading) else each
            for each in layout.columns
        ]
        return layout._replace(columns=tuple(columns))

    def _found_provenance(self, sheets: Sequence[MappedSheet], heads: Sequence[Table]) -> Provenance:
        """Return what the first sheet that holds a list says of where it is from."""
        for sheet, head in zip(sheets, heads, strict=True):
            if sheet.layout is not None:
                source = told_by(self._definition.id, [each.heading for each in sheet.columns])
                return Provenance(source).over(found_above(head.rows[: max(sheet.layout.top, 0)], words_above()))
        return Provenance()

    def _note_missing(self, sheet: MappedSheet) -> None:
        """Say which fields that no entry can be without have no column: each new row will be refused for them."""
        taken = {column.key for column in sheet.layout.taken} if sheet.layout else set()
        missing = [word(each.label) for each in self._definition.fields if each.required and each.key not in taken]
        if missing and not taken & {ID, "number"}:
            fields = tr("、").join(missing)
            self.warnings.append(
                tr("“{sheet}”里没有必填的列：{fields}。请指明是哪一列。", sheet=sheet.name, fields=fields)
            )

    def _refuse_unknown(self, layouts: Sequence[Layout]) -> None:
        """Raise UserError for a column that a person named and that is not there: a slip must not pass unseen."""
        said = [*self._choices.columns, *(name for name in self._choices.keep if name != KEEP_ALL)]
        unknown = [] if self._remembered else [name for name in said if not is_named(layouts, name)]
        if unknown:
            raise unknown_columns(unknown, [each for layout in layouts for each in layout.columns])

    def _judge_all(self, drafts: Sequence[Draft]) -> None:
        read = self._cells.read(drafts)
        meant = Meant(self._ctx, self._session, self._definition, self._keys, drafts, read, self._is_empty)
        self._names.update({**self._cells.names, **meant.names})
        for draft, said in zip(drafts, read, strict=True):
            self.rows += 1
            self._judge(draft, meant, said)

    def _judge(self, draft: Draft, meant: Meant, said: Said) -> None:
        if personal := personal_problem(draft):
            self._refuse(draft, [personal])
            return
        held = meant.find(draft, said.about, said.values, self._met)
        if isinstance(held, Problem):
            self._refuse(draft, [*said.problems.values(), held])
            return
        # As an export writes it, also what is no value any more: a choice taken away, an employer gone.
        texts = {} if held is None else held.texts
        same = {key for key, text in draft.cells.items() if text and text == texts.get(key)}
        wrong = [problem for key, problem in said.problems.items() if key not in same]
        values = {key: value for key, value in said.values.items() if key not in same}
        if (about := self._about(draft, held, same, said.about)) is not None:
            if isinstance(about, Problem):
                wrong.append(about)
            else:
                values[self._definition.about] = about
        # What an export for outside has instead of a few says nothing that is not known better.
        fresh = {heading: text for heading, text in draft.kept.items() if text != self._few}
        if fresh:
            before = () if held is None else held.fields.get("kept") or ()
            pairs = with_kept(before, fresh)
            if problem := bounds_problem("kept", pairs):
                wrong.append(problem)
            values["kept"] = pairs
        if held is None:
            self._take_new(draft, values, wrong)
        else:
            shown = {each: held.fields[each] for each in same if each in held.fields}
            self._take_held(draft, held, values, shown, wrong)

    def _about(
        self, draft: Draft, held: Held | None, same: Collection[str], about: Sequence[str]
    ) -> str | Problem | None:
        """Return whom a row is about where it says another than the entry it means; None where it says nothing else."""
        key = self._definition.about
        said = key if draft.cells.get(key) else CODE
        if key == "nothing" or key in same or not draft.cells.get(said):
            return None
        if held is not None and str(held.fields.get(key) or "") in about:
            return None
        return one_of(about, title_of(self._definition, key), draft.cells[said], key)

    def _take_new(self, draft: Draft, values: dict[str, Value], wrong: list[Problem]) -> None:
        fields, missing = as_new(self._definition, values, self._today, wrong)
        number = str(values.get("number") or "")
        if number and number in self._numbers:
            remedy = tr("第 {row} 行已有。", row=self._numbers[number])
            wrong.append(Problem(tr("编号"), tr("每条一个编号"), number, remedy, "number"))
        if wrong or missing:
            self._refuse(draft, [*wrong, *missing])
            return
        if number:
            self._numbers[number] = draft.row
        said = hash(tuple(sorted((key, str(value)) for key, value in values.items())))
        here = (draft.sheet, draft.row)
        first = self._new.setdefault(said, here)
        outcome, repeats = (Outcome.NEW, 0) if first == here else (Outcome.REPEATED, first[1])
        self._add(Planned(*here, outcome, "", True, values, fields, {}, repeats))

    def _take_held(
        self, draft: Draft, held: Held, values: dict[str, Value], same: dict[str, Value], wrong: list[Problem]
    ) -> None:
        fresh = {key: value for key, value in values.items() if differs(held.fields.get(key), value)}
        changed, missing = as_changed(self._definition, held.fields, fresh, wrong)
        if wrong or (changed and missing):
            self._refuse(draft, [*wrong, *(missing if changed else ())])
            return
        self._met[held.id] = draft.row
        outcome = Outcome.CHANGED if changed else Outcome.SAME
        before = {key: held.fields.get(key) for key in changed}
        read = {**same, **values}
        self._add(Planned(draft.sheet, draft.row, outcome, held.id, held.travels, read, changed, before))

    def _add(self, planned: Planned) -> None:
        self.planned.add(planned)
        self.counts[Outcome(planned.outcome)] += 1

    def _refuse(self, draft: Draft, problems: Iterable[Problem]) -> None:
        for each in problems:
            self.refusals.add(draft.refused(each))


def _has_entries(session: Session, definition: Definition) -> bool:
    model: Any = model_of(definition)
    return session.scalars(select(model.id).where(model.register == definition.id).limit(1)).first() is not None


def _heads(session: Session) -> tuple[frozenset[tuple[str, int]], int]:
    """Return how far the journals are, which is the same as long as nothing was written."""
    travelling = session.execute(select(ReplicaHead.replica, ReplicaHead.seq))
    local = session.scalar(select(func.max(LocalOperation.seq))) or 0
    return frozenset((replica, seq) for replica, seq in travelling), local
