"""Taking an import or an edit of a book back, and doing it again: what is written is written once more, as it was.

Both journals know a batch by one name.  What was taken back is `UNDONE`, what is done again is a batch of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.collector import uncollected
from ohdesk.db import local_journal
from ohdesk.db.engine import roomy
from ohdesk.db.local_journal import LocalWrite
from ohdesk.db.models import BundleOut, Entry, LocalEntry, LocalOperation, OperationRow
from ohdesk.db.queries.among import among
from ohdesk.db.queries.operations import true_body
from ohdesk.domain.authority import past
from ohdesk.domain.canonical import parse
from ohdesk.domain.kept_columns import as_pairs
from ohdesk.domain.merge import Write, Written, heads, shown
from ohdesk.domain.operations import EntryWritten, Source
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register.entries import record_parts, written, written_here

IMPORT: Source = "import"
HAND: Source = "hand"
UNDONE = "~"  # the batch of what takes another back: its name, the last character replaced
_REDONE = "+"  # ends the name of a batch that was done again
_AT_ONCE = 500  # operations taken back between two reports, that is, between two places where it can be cancelled


class BookBatch(NamedTuple):
    """What was written into a book at once. source: "import" or "hand" · reason: the file, or why · writes: how many

    sent, local: the numbers of its first and last operation in either journal, 0 for none there
    """

    batch: str
    source: str
    at: str
    by: str
    reason: str
    writes: int
    sent: tuple[int, int] = (0, 0)
    local: tuple[int, int] = (0, 0)


class Undone(NamedTuple):
    """What taking back did: entries taken out again, entries put back to their former values."""

    withdrawn: int
    restored: int


def batches(ctx: Context, register: str) -> list[BookBatch]:
    """Return the imports and edits of a book on this laptop that stand, the newest first."""
    ctx.require(Right.READ)
    with ctx.reading() as session:
        return _standing(_batches(ctx, session, register))[0]


def undo(ctx: Context, register: str, batch: str = "", source: str = IMPORT, report: Progress = unwatched) -> Undone:
    """Take an import or an edit (`source`) of a book back, the newest when none is named, in one transaction.

    batch: its name, or the file of an import
    report: called with what is done and how much there is; what it raises, as when the user cancels, leaves all of it
    Raises UserError where there is none, ProblemsError naming the entries that were written since or were sent.
    """
    ctx.require(Right.REGISTER)
    definition = written_here(ctx, register)
    with uncollected(), ctx.transaction() as session, roomy(session):
        standing, settled = _standing(_batches(ctx, session, register))
        alike = [each for each in standing if each.source == source]
        said = [each for each in standing if each.batch == batch] or [each for each in alike if each.reason == batch]
        chosen = next(iter(said if batch else alike), None)
        if chosen is None:
            remedy = tr("用 ohdesk register undo {book} --list 查看。", book=register)
            raise UserError(tr("没有可以撤销的导入或登记。"), remedy)
        return _take_back(ctx, session, definition, chosen, settled, chosen.batch[:-1] + UNDONE, report)


def redo(ctx: Context, register: str, report: Progress = unwatched) -> Undone:
    """Do again what was taken back last. Raises UserError where something was written into the book since."""
    ctx.require(Right.REGISTER)
    definition = written_here(ctx, register)
    with uncollected(), ctx.transaction() as session, roomy(session):
        there = _batches(ctx, session, register)
        if not there or not there[0].batch.endswith(UNDONE):
            raise UserError(tr("没有可以重做的内容。"), tr("只有刚刚撤销的才能重做。"))
        source = next(each.source for each in there if each.batch[:-1] == there[0].batch[:-1] and each != there[0])
        chosen = there[0]._replace(source=source)
        _, settled = _standing(there)
        return _take_back(ctx, session, definition, chosen, settled, ctx.new_id()[:-1] + _REDONE, report)


def _standing(there: Sequence[BookBatch]) -> tuple[list[BookBatch], set[str]]:
    """Return the batches that stand, the newest first, and the names of all that cancel each other."""
    undone = {each.batch[:-1] for each in there if each.batch.endswith(UNDONE)}
    settled = {each.batch for each in there if each.batch[:-1] in undone}
    return [each for each in there if each.batch not in settled], settled


def _batches(ctx: Context, session: Session, register: str) -> list[BookBatch]:
    """Return everything that was written into a book here, the newest first."""
    found: dict[str, BookBatch] = {}
    first, last, count = func.min(OperationRow.seq), func.max(OperationRow.seq), func.count()
    ours = (OperationRow.replica == ctx.office.replica, OperationRow.batch != "")
    sent = select(OperationRow.batch, first, last, count).join(Entry, Entry.id == OperationRow.record)
    of_book = (Entry.register == register, OperationRow.kind == EntryWritten.kind)
    for name, begins, ends, many in session.execute(sent.where(*ours, *of_book).group_by(OperationRow.batch)):
        body = parse(true_body(session.get_one(OperationRow, (ctx.office.replica, ends))))
        said = body["v"]
        found[name] = BookBatch(name, said["source"], body["at"], body["by"], said["reason"], many, sent=(begins, ends))
    first, last = func.min(LocalOperation.seq), func.max(LocalOperation.seq)
    local = select(LocalOperation.batch, first, last, count).join(LocalEntry, LocalEntry.id == LocalOperation.record)
    of_book = (LocalEntry.register == register, LocalOperation.batch != "")
    ends_of = {name: row for name, *row in session.execute(local.where(*of_book).group_by(LocalOperation.batch))}
    writes = local_journal.writes_of(session, among(LocalOperation.seq, [ends for _, ends, _ in ends_of.values()]))
    for write in writes:
        begins, ends, many = ends_of[write.batch]
        there = found.get(write.batch) or BookBatch(write.batch, write.source, write.at, write.by, write.reason, 0)
        found[write.batch] = there._replace(local=(begins, ends), writes=max(there.writes, many))
    return sorted(found.values(), key=lambda each: (each.at, each.sent[1], each.local[1]), reverse=True)


class _Sent(NamedTuple):
    """An operation on an entry that travels, as the journal holds it."""

    name: str
    record: str
    batch: str
    hash: str
    division: str
    base: tuple[str, ...]
    fields: dict[str, Value]


def _take_back(
    ctx: Context,
    session: Session,
    definition: Definition,
    chosen: BookBatch,
    settled: Collection[str],
    into: str,
    report: Progress,
) -> Undone:
    """Write once more what showed before a batch."""
    problems = [*_sent_problems(session, chosen)]
    done, withdrawn, restored = 0, set[str](), set[str]()
    source: Source = "undo" if into.endswith(UNDONE) else "import" if chosen.source == IMPORT else "hand"
    for sent, here in _portions(ctx, session, chosen):
        report(done, chosen.writes)
        problems += _changed(session, sent, here, settled)
        counters: tuple[list[EntryWritten], list[EntryWritten]] = ([], [])
        before = {**_sent_before(session, sent), **_local_before(session, here)}
        for (record, travels), fields in before.items():
            counters[not travels].append(written(definition, record, fields, chosen.reason, source))
            (withdrawn if fields.get("withdrawn") is True else restored).add(record)
        if not problems:
            # Taking back is writing once more: no journal ever loses an operation.
            record_parts(ctx, session, definition, *counters, into)
        done += len(sent) or len(here)
    if problems:
        remedy = tr("请改用更正，逐条修改需要改回的内容。")
        raise ProblemsError(tr("之后又有了变动，不能撤销。"), tuple(problems), remedy)
    report(chosen.writes, chosen.writes)
    return Undone(len(withdrawn), len(restored - withdrawn))


def _portions(ctx: Context, session: Session, chosen: BookBatch) -> Iterator[tuple[list[_Sent], list[LocalWrite]]]:
    """Yield the operations of a batch, some at a time: one transaction wrote them, one behind the other."""
    begins, ends = chosen.sent
    for start in range(begins, ends + 1, _AT_ONCE) if ends else ():
        place = OperationRow.seq.between(start, min(start + _AT_ONCE - 1, ends))
        which = (OperationRow.replica == ctx.office.replica, OperationRow.batch == chosen.batch, place)
        rows = session.scalars(select(OperationRow).where(*which, OperationRow.set_aside == ""))
        yield [_sent(row) for row in rows], []
    begins, ends = chosen.local
    for start in range(begins, ends + 1, _AT_ONCE) if ends else ():
        place = LocalOperation.seq.between(start, min(start + _AT_ONCE - 1, ends))
        yield [], list(local_journal.writes_of(session, LocalOperation.batch == chosen.batch, place))


def _sent(row: OperationRow) -> _Sent:
    body = parse(true_body(row))
    fields = {key: as_pairs(value) for key, value in body["v"]["fields"].items()}
    name = f"{body['r']}:{body['s']}"
    return _Sent(name, row.record, row.batch, row.first_hash or row.hash, body["d"], tuple(body["base"]), fields)


def _all_sent(session: Session, records: Collection[str]) -> dict[str, dict[str, _Sent]]:
    """Return by record, and by name, all that counts of it."""
    found: dict[str, dict[str, _Sent]] = defaultdict(dict)
    counting = (among(OperationRow.record, records), OperationRow.set_aside == "")
    for row in session.scalars(select(OperationRow).where(*counting, OperationRow.kind == EntryWritten.kind)):
        sent = _sent(row)
        found[sent.record][sent.name] = sent
    return found


def _sent_before(session: Session, sent: Sequence[_Sent]) -> dict[tuple[str, bool], dict[str, Value]]:
    """Return what to write that each entry shows again what it showed before an operation on it."""
    everything = _all_sent(session, {each.record for each in sent}) if sent else {}
    found: dict[tuple[str, bool], dict[str, Value]] = {}
    for each in sent:
        if not each.base:
            found[each.record, True] = {"withdrawn": True}
            continue
        there = everything[each.record]
        seen = past(each.base, there)
        writes = [
            Written(one.name, one.division, one.hash, one.base, one.fields) for one in map(there.get, seen) if one
        ]
        by_field: dict[str, list[Write[Any]]] = defaultdict(list)
        for write, fields in heads(writes):
            for key, value in fields.items():
                by_field[key].append(Write(value, write.division, write.hash))
        before = {key: shown(several) for key, several in by_field.items()}
        found[each.record, True] = _former(each.fields, before)
    return found


def _local_before(session: Session, here: Sequence[LocalWrite]) -> dict[tuple[str, bool], dict[str, Value]]:
    found: dict[tuple[str, bool], dict[str, Value]] = {}
    earlier: dict[str, dict[str, Value]] = defaultdict(dict)
    if not here:
        return found
    records, last = {each.record for each in here}, {each.record: each.seq for each in here}
    for write in local_journal.writes_of(session, among(LocalOperation.record, records)):
        if write.seq < last[write.record]:
            earlier[write.record] |= {key: as_pairs(value) for key, value in write.fields.items()}
    travelling = set(session.scalars(select(Entry.id).where(among(Entry.id, records))))
    for each in here:
        # Of an entry that travels only its private fields lie here; what was new goes with the entry itself.
        is_new = each.record not in earlier and each.record not in travelling
        found[each.record, False] = {"withdrawn": True} if is_new else _former(each.fields, earlier[each.record])
    return found


def _former(fields: Mapping[str, Value], before: Mapping[str, Value]) -> dict[str, Value]:
    return {key: before.get(key, False if key == "withdrawn" else None) for key in fields}


def _sent_problems(session: Session, chosen: BookBatch) -> Iterator[Problem]:
    # What the county may hold cannot be taken back here behind its back; a correction tells it.
    if chosen.sent[0] and (session.scalar(select(func.max(BundleOut.last))) or 0) >= chosen.sent[0]:
        yield Problem(tr("要撤销的内容"), tr("还没有上报"), tr("已写入上报包"), tr("已上报的内容只能更正。"))


def _changed(
    session: Session, sent: Sequence[_Sent], here: Sequence[LocalWrite], settled: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each entry that was written since, other than by what was taken back again."""
    everything = _all_sent(session, {each.record for each in sent}) if sent else {}
    changed = [
        each.record
        for each in sent
        if any(
            everything[each.record][name].batch not in settled
            for name in everything[each.record].keys() - past([each.name], everything[each.record])
        )
    ]
    if here:
        last = {each.record: each.seq for each in here}
        rows = select(LocalOperation.record, LocalOperation.seq, LocalOperation.batch)
        for record, seq, batch in session.execute(rows.where(among(LocalOperation.record, last))):
            if seq > last[record] and batch not in settled:
                changed.append(record)
    for record in dict.fromkeys(changed):
        row = session.get(Entry, record) or session.get(LocalEntry, record)
        place = row.number if row is not None and row.number else record
        yield Problem(place, tr("之后没有再改"), tr("又有更正"))
