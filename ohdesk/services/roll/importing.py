"""Bring a list of employers into the roll: read it, show what would change, write it in one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.collector import uncollected
from ohdesk.db import journal
from ohdesk.db.engine import roomy
from ohdesk.db.models import Establishment, ReplicaHead
from ohdesk.db.new_entries import NewEntries, indexed_afterwards
from ohdesk.domain.establishment import KEPT, Value, uscc_is_right
from ohdesk.domain.kept_columns import Pairs, with_kept
from ohdesk.domain.list_columns import Choices, Column, Shape, unknown_columns
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.roll.fields import join_distinct
from ohdesk.domain.roll.reading import Duplicates, ListSheet
from ohdesk.domain.roll.table import Entry, Refusal
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.backup import automatic
from ohdesk.services.context import Context
from ohdesk.services.roll.meant import Meant
from ohdesk.services.roll.values import CODE_IN_DOUBT, is_proposal, local_numbers, usual_fields, values_of, with_state
from ohdesk.services.workbook.kept import Kept
from ohdesk.services.workbook.reading import left_out_sentences, read_list
from ohdesk.services.workbook.remembered import ROLL, remember

Mapped = Mapping[str, str]
Heads = frozenset[tuple[str, int]]  # each replica with the number of its last operation
# Words of the roll like 在业, the same in every language: tags are stored, sent, and found by their spelling.
_TAGS_OF_DOUBT = {"uscc_check": CODE_IN_DOUBT, "uscc_damaged": "信用代码残缺"}
_AT_ONCE = 500  # operations written between two reports, that is, between two places where it can be cancelled


@dataclass(frozen=True, slots=True)
class RollReading:
    """Everything that a list says: `rows` counts the rows of employers, continuing ones included.

    duplicates: the rows that repeat an employer, each behind the row in which it stood first
    path: the file, which is read once more when its columns are chosen otherwise
    choices: what was said of its columns, with what was remembered
    """

    path: Path
    rows: int
    entries: Kept[Entry]
    refusals: Kept[Refusal]
    duplicates: Kept[tuple[int, int]]
    warnings: tuple[str, ...]
    mapping: Mapped
    sheets: tuple[ListSheet, ...]
    choices: Choices

    @property
    def source(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def not_taken(self) -> list[tuple[str, Column]]:
        """The columns that go into no field, those that are kept as they are among them, each with its sheet."""
        return [(sheet.name, column) for sheet in self.sheets for column in sheet.columns if not column.key]


class Kind(IntEnum):
    """What importing an entry would do; nothing for all but the first two."""

    NEW = 0
    CHANGED = 1
    SAME = 2
    REPEATED = 3  # in the list itself
    FOREIGN = 4  # another town's


class Planned(NamedTuple):
    """What importing an entry that is on the roll would change.

    establishment: the roll entry it belongs to
    fields:        what would be written, "kept" among them; before: the values that would be replaced
    """

    entry: Entry
    establishment: str
    fields: dict[str, str | Pairs]
    before: dict[str, str | Pairs]

    @property
    def place(self) -> tuple[str, int]:
        """Sheet and row; a change is declined by them and its key."""
        return self.entry.sheet, self.entry.row


class Alike:
    """Those entries of a list of which the same comes."""

    def __init__(self, entries: Kept[Entry], kinds: bytes, kind: Kind) -> None:
        self._entries, self._kinds, self._kind = entries, kinds, kind

    def __len__(self) -> int:
        return self._kinds.count(self._kind)

    def __iter__(self) -> Iterator[Entry]:
        return compress(self._entries, map(self._kind.__eq__, self._kinds)) if len(self) else iter(())


@dataclass(frozen=True, slots=True)
class Comparison:
    """A list held against the roll.

    kinds: of each entry of the list, a byte · changed: what would change · heads: how far the journal was
    """

    reading: RollReading
    kinds: bytes
    changed: Kept[Planned]
    heads: Heads

    def alike(self, kind: Kind) -> Alike:
        """Return the entries of a kind."""
        return Alike(self.reading.entries, self.kinds, kind)

    @property
    def to_write(self) -> int:
        """How many entries importing would write."""
        return self.kinds.count(Kind.NEW) + self.kinds.count(Kind.CHANGED)

    @property
    def counts(self) -> dict[str, int]:
        """How many are "new", "changed", the "same", "repeated" and "foreign"."""
        return {kind.name.lower(): self.kinds.count(kind) for kind in Kind}


def preview(
    path: Path, choices: Choices | None = None, report: Progress = unwatched, shapes: Sequence[Shape] = ()
) -> RollReading:
    """Return what a workbook holds; changes nothing and needs no workspace.

    choices: what is said of its columns, going before what the headings say · shapes: `columns.remembered_here`, what
    was said of those of earlier lists, which holds where nothing is said now
    report: called with rows done and rows in all, 0 and 0 while the file is opened; what it raises, as when the user
    cancels, ends the reading
    Raises UserError for a file that cannot be used, or a column that was said and is not there.
    """
    taken = _Taken()
    with uncollected():
        end = read_list(path, taken, choices, report, () if choices else shapes)
    if choices and end.unknown:
        raise unknown_columns(end.unknown, [column for sheet in end.sheets for column in sheet.columns])
    warnings = [*end.warnings, *left_out_sentences(end.notes, end.hidden_sheets, end.other_sheets)]
    if end.mapping and not taken.entries:
        warnings.append(tr("表头下面没有读到可以导入的单位。"))
    rows = (taken.entries, taken.refusals, taken.duplicates)
    return RollReading(path, end.rows, *rows, tuple(warnings), end.mapping, end.sheets, end.choices)


class _Taken:
    """What was read of a list so far."""

    def __init__(self) -> None:
        self.entries, self.refusals = Kept(Entry), Kept(Refusal)
        self.duplicates = Kept[tuple[int, int]](tuple[int, int])
        self._seen = Duplicates()

    def entry(self, entry: Entry) -> None:
        marked = self._seen.marked(entry)
        self.entries.add(marked)
        if marked is not entry:
            self.duplicates.add((marked.repeats, entry.row))

    def refusal(self, refusal: Refusal) -> None:
        self.refusals.add(refusal)


def compare(ctx: Context, shown: RollReading, report: Progress = unwatched) -> Comparison:
    """Return which entries of a list are new, which change the roll and which are the same; changes nothing.

    report: called with rows done and rows in all; what it raises, as when the user cancels, ends the comparison
    """
    with uncollected(), ctx.reading() as session:
        return _compared(ctx, session, shown, report)


def apply(
    ctx: Context,
    comparison: Comparison,
    report: Progress = unwatched,
    declined: Collection[tuple[str, int, str]] = (),
) -> str:
    """Write a compared list into the roll: one transaction, one batch that `undo.undo` takes back whole.

    Returns the name of the batch, "" when there was nothing to write.

    report: called with rows done and rows in all; what it raises, as when the user cancels, takes everything back
    declined: sheet, row and key of each change that is not to be made
    Raises UserError when the list has nothing that could be imported, or the roll has changed since it was compared.
    """
    ctx.require(Right.ROLL)
    if not comparison.reading.entries:
        raise UserError(
            tr("“{name}”里没有可以导入的单位。", name=comparison.reading.source),
            tr("请看预览里的提示；必要时用 --map 指明哪一列是单位名称。"),
        )
    automatic.before(ctx)
    batch = ctx.new_id()
    whole, done = comparison.to_write, 0
    new = comparison.kinds.count(Kind.NEW)
    with uncollected(), ctx.transaction() as session, roomy(session):
        # A person may look at the preview for an hour; what they saw is what is written, or nothing.
        if _heads(session) != comparison.heads:
            now = _compared(ctx, session, comparison.reading, unwatched)
            if now.kinds != comparison.kinds or list(now.changed) != list(comparison.changed):
                raise UserError(tr("预览之后名录有了改动，没有导入。"), tr("请重新预览后再导入。"))
        # In portions, so that cancelling is heard and the list never stands in memory; one transaction all the same, so
        # that nothing stays of it.
        with indexed_afterwards(session, new):
            entries = _new_entries(ctx, session, comparison)
            writer = NewEntries(session, ctx.stamp(), "import", comparison.reading.source, batch)
            while added := list(islice(entries, _AT_ONCE)):
                report(done, whole)
                writer.write(added)
                done += len(added)
        changes = _changes(comparison, frozenset(declined))
        while portion := list(islice(changes, _AT_ONCE)):
            report(done, whole)
            journal.record_many(session, portion, ctx.stamp(), batch)
            done += len(portion)
        reading = comparison.reading
        remember(session, ROLL, ((each.shape, each.columns) for each in reading.sheets), reading.choices)
        report(whole, whole)
    return batch if done else ""


def _new_entries(ctx: Context, session: Session, comparison: Comparison) -> Iterator[tuple[str, Mapped, Pairs]]:
    """Yield id, fields and what is kept of each entry that is new; one without a code gets a local number."""
    numbers, usual = local_numbers(ctx, session), usual_fields(ctx)
    for entry in comparison.alike(Kind.NEW):
        fields = {**usual, **_stored(entry)}
        # Our own numbers are given here; one that stands in a list is another office's, or of an entry since gone.
        fields.pop("local_id", None)
        if "uscc" not in fields:
            fields["local_id"] = next(numbers)
        yield ctx.new_id(), fields, entry.kept


def _changes(comparison: Comparison, declined: Collection[tuple[str, int, str]]) -> Iterator[EstablishmentWritten]:
    """Yield what is written of the changes, without those that were declined."""
    for planned in comparison.changed:
        wanted = {key: value for key, value in planned.fields.items() if (*planned.place, key) not in declined}
        if wanted:
            texts = {key: value for key, value in wanted.items() if isinstance(value, str)}
            kept: dict[str, Value] = {key: value for key, value in wanted.items() if not isinstance(value, str)}
            fields = values_of(with_state(texts)) | kept
            reason = comparison.reading.source
            yield EstablishmentWritten(record=planned.establishment, fields=fields, reason=reason, source="import")


def _compared(ctx: Context, session: Session, shown: RollReading, report: Progress) -> Comparison:
    kinds, changed = bytearray(), Kept(Planned)
    met: set[str] = set()
    usual = usual_fields(ctx)
    fresh = ctx.new_id()  # stands for the id of any new one

    @lru_cache(maxsize=100)  # of the new ones the answer is nearly always the same
    def is_foreign(identity: str, held: str, town: str) -> bool:
        # A whole list of proposals would help nobody at the county: its own roll is where another town's belong.
        return is_proposal(ctx, identity or fresh, held, {"town": town or held})

    # Of nobody on an empty roll, as of the first list; to make the keys of all names takes as long as to compare them.
    is_empty = session.scalar(select(Establishment.id).limit(1)) is None
    for listed in shown.entries.pieces():
        report(len(kinds), len(shown.entries))
        roll = Meant(session, () if is_empty else listed)
        for entry in listed:
            repeats = entry.flags and entry.repeats
            identity = "" if repeats else roll.find(entry)
            held = roll.fields[identity] if identity else usual
            if repeats:
                kinds.append(Kind.REPEATED)
            elif is_foreign(identity, held.get("town", ""), entry.fields.get("town", "")):
                kinds.append(Kind.FOREIGN)
            elif not identity:
                kinds.append(Kind.REPEATED if roll.was_merged(entry) else Kind.NEW)
            elif identity in met:
                kinds.append(Kind.REPEATED)
            else:
                met.add(identity)
                planned = _against(entry, identity, held, roll.kept.get(identity, ()))
                kinds.append(Kind.CHANGED if planned.fields else Kind.SAME)
                if planned.fields:
                    changed.add(planned)
    return Comparison(shown, bytes(kinds), changed, _heads(session))


def _heads(session: Session) -> Heads:
    """Return how far the journal is, which is the same as long as nothing was written."""
    return frozenset((replica, seq) for replica, seq in session.execute(select(ReplicaHead.replica, ReplicaHead.seq)))


def _against(entry: Entry, identity: str, held: Mapped, held_kept: Pairs) -> Planned:
    """Return what a row changes: blanks clear nothing, a doubtful code replaces no right one, tags are added."""
    fields: dict[str, str | Pairs] = {}
    for key, value in _stored(entry).items():
        # Tags come from several lists, and each list knows only its own.
        wanted = join_distinct((*held["tags"].split("、"), *value.split("、"))) if key == "tags" else value
        # Our own number is on old papers.
        if key == "local_id":
            continue
        # Lists are typed by hand: a wrong code in a newer one is a slip, not news.
        if key == "uscc" and uscc_is_right(held["uscc"]) and not uscc_is_right(wanted):
            continue
        # A list knows the last inspection of when it was made; what a record says since shows all the same.
        if key == "inspected_on" and wanted < held[key]:
            continue
        if wanted != held[key]:
            fields[key] = wanted
    before: dict[str, str | Pairs] = {key: held[key] for key in fields}
    if entry.kept and (kept := with_kept(held_kept, dict(entry.kept))) != held_kept:
        fields[KEPT.key], before[KEPT.key] = kept, held_kept
    return Planned(entry, identity, fields, before)


def _stored(entry: Entry) -> Mapped:
    """Return the fields of an entry as they go into the roll; a code in doubt is marked by a tag."""
    if not entry.flags:
        return entry.fields
    fields = dict(entry.fields)
    tags = [_TAGS_OF_DOUBT[flag] for flag in entry.flags if flag in _TAGS_OF_DOUBT]
    if tags:
        fields["tags"] = join_distinct((*fields.get("tags", "").split("、"), *tags))
    return fields
