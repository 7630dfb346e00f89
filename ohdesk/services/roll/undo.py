"""Taking an import or an edit back: counter-operations for the whole batch, or a list of what stands in the way."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Text, cast, exists, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.collector import uncollected
from ohdesk.db import journal
from ohdesk.db.apply.roll import heads_of
from ohdesk.db.engine import roomy
from ohdesk.db.models import BundleOut, Draw, Establishment, FrozenFile, FrozenPiece, OperationRow, Record, Visit
from ohdesk.db.queries.among import among
from ohdesk.db.queries.operations import true_bodies, true_body
from ohdesk.domain.authority import past
from ohdesk.domain.canonical import parse
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.establishment import WITHDRAWN, WRITTEN_BY_KEY, Value
from ohdesk.domain.kept_columns import as_pairs
from ohdesk.domain.merge import Write, shown
from ohdesk.domain.operations import EstablishmentWritten, Source
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.roll.proposals import not_proposed

UNDO: Source = "undo"
IMPORT: Source = "import"
HAND: Source = "hand"
UNDONE = "~"  # the batch of the counter-operations: the import's own id, its last character replaced
REDONE = "+"  # ends the batch of an edit done again

Body = dict[str, Any]
_AT_A_TIME = 500  # operations taken back between two reports, that is, between two places where it can be cancelled


@dataclass(frozen=True, slots=True)
class RollBatch:
    """One import, or one edit by hand, of this workspace.

    source: "import" or "hand" · reason: the file, or why · count: entries it wrote · last: its last sequence
    """

    batch: str
    source: str
    at: str
    by: str
    reason: str
    count: int
    last: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did: entries taken out again, entries put back to their former values."""

    withdrawn: int
    restored: int


def imports(ctx: Context) -> list[RollBatch]:
    """Return the imports of this workspace that still stand, newest first."""
    with ctx.reading() as session:
        return [each for each in _standing(ctx, session)[0] if each.source == IMPORT]


def undo(ctx: Context, batch: str = "", report: Progress = unwatched) -> Undone:
    """Take an import back, the newest when none is named, in one transaction.

    report: called with entries done and entries in all; what it raises, as when the user cancels, leaves the import
    Raises UserError when there is no such import, ProblemsError with everything that has changed since: entries
    written again, drawn, visited, or already sent to the county.
    """
    none = UserError(tr("没有可以撤销的导入。"), tr("只有导入过的名单可以撤销（命令行为 roll undo --list）。"))
    return _undo_newest(ctx, lambda each: each.source == IMPORT and batch in {"", each.batch}, none, report)


def undo_edit(ctx: Context) -> Undone:
    """Take back the newest entry added or corrected by hand; raises as `undo` does."""
    none = UserError(tr("没有可以撤销的新增或更正。"), tr("要撤销一次导入，请在导入记录里选择。"))
    return _undo_newest(ctx, lambda each: each.source == HAND, none, unwatched)


def _undo_newest(ctx: Context, wanted: Callable[[RollBatch], bool], none: UserError, report: Progress) -> Undone:
    ctx.require(Right.ROLL)
    with uncollected(), ctx.transaction() as session, roomy(session):
        standing, settled = _standing(ctx, session)
        chosen = next(filter(wanted, standing), None)
        if chosen is None:
            raise none
        return _take_back(ctx, session, chosen, settled, report)


def redo_edit(ctx: Context) -> Undone:
    """Do the edit again that was taken back last; the entries put back are counted as restored.

    Raises UserError when nothing was taken back since the last edit, ProblemsError with the entries written since.
    """
    ctx.require(Right.ROLL)
    with ctx.transaction() as session:
        batch = _taken_back(ctx, session)
        if not batch:
            raise UserError(tr("没有可以重做的新增或更正。"), tr("只有刚刚撤销的才能重做。"))
        bodies = _bodies(session, batch)
        _refuse_written_since(session, bodies, batch[:-1] + UNDONE)
        again = [
            EstablishmentWritten(
                record=body["id"],
                fields={**body["v"]["fields"], **({} if body["base"] else {WITHDRAWN.key: False})},
                reason=body["v"]["reason"],
                source=HAND,
            )
            for body in bodies
        ]
        journal.record_many(session, again, ctx.stamp(), ctx.new_id()[:-1] + REDONE)
    return Undone(0, len(again))


def find_import(ctx: Context, wanted: str) -> str:
    """Return the batch of the newest standing import with this id or from this file. Raises UserError without one."""
    for each in imports(ctx):
        if wanted in {each.batch, each.reason}:
            return each.batch
    raise UserError(tr("没有名为“{wanted}”的导入可以撤销。", wanted=wanted), tr("用 ohdesk roll undo --list 查看。"))


def _take_back(ctx: Context, session: Session, chosen: RollBatch, settled: set[str], report: Progress) -> Undone:
    replica = ctx.office.replica
    if problems := list(_obstacles(session, replica, chosen, settled)):
        raise ProblemsError(
            tr("之后又有了变动，不能撤销。"), tuple(problems), tr("请改用更正，逐条修改需要改回的内容。")
        )
    withdrawn = done = 0
    for bodies in _in_pieces(session, replica, chosen):
        report(done, chosen.count)
        counter = [_counter(session, body, chosen.reason) for body in bodies]
        done += len(counter)
        # Taking back is writing once more: the journal never loses an operation.
        journal.record_many(session, counter, ctx.stamp(), chosen.batch[:-1] + UNDONE)
        withdrawn += sum(WITHDRAWN.key in operation.fields for operation in counter)
    report(done, chosen.count)
    return Undone(withdrawn, done - withdrawn)


def _in_pieces(session: Session, replica: str, batch: RollBatch) -> Iterator[list[Body]]:
    """Yield what the operations of a batch say, some at a time: it may have brought a million entries."""
    of_batch = (OperationRow.replica == replica, OperationRow.batch == batch.batch)
    first = session.scalars(select(func.min(OperationRow.seq)).where(*of_batch)).one()
    # One transaction wrote them, so they stand one behind the other.
    for start in range(first, batch.last + 1, _AT_A_TIME):
        place = OperationRow.seq.between(start, min(start + _AT_A_TIME - 1, batch.last))
        held = true_bodies(session, *of_batch, place, not_proposed(), in_order=(OperationRow.seq,))
        # They are canonical: that was asked when they came, and their hash says that they are the same.
        yield [msgspec.json.decode(body) for body in held]


def _bodies(session: Session, batch: str) -> list[Body]:
    held = true_bodies(session, OperationRow.batch == batch, not_proposed(), in_order=(OperationRow.seq,))
    return [parse(body) for body in held]


def _taken_back(ctx: Context, session: Session) -> str:
    """Return the batch of the edit that was taken back last and not done again, "" when an edit came after it."""
    waiting: list[str] = []
    rows = session.execute(
        select(OperationRow.batch, func.min(OperationRow.body))
        .where(OperationRow.replica == ctx.office.replica, OperationRow.batch != "", not_proposed())
        .group_by(OperationRow.batch)
        .order_by(func.min(OperationRow.seq))
    ).all()
    edits = {batch[:-1]: batch for batch, body in rows if parse(body)["v"]["source"] == HAND}
    for batch, _ in rows:
        if batch.endswith(UNDONE):
            waiting += [edits[batch[:-1]]] if batch[:-1] in edits else []
        elif batch.endswith(REDONE):
            waiting = waiting[:-1]
        else:
            waiting = []
    return waiting[-1] if waiting else ""


def _refuse_written_since(session: Session, bodies: Sequence[Body], undone: str) -> None:
    """Raise ProblemsError for entries written after they were taken back, other than by undoing and redoing."""
    written = []
    for record in {body["id"] for body in bodies}:
        operations = _operations(session, record)
        taking_back = [name for name, each in operations.items() if each.batch == undone]
        later = operations.keys() - past(taking_back, operations)
        if any(not operations[name].batch.endswith((UNDONE, REDONE)) for name in later):
            written.append(record)
    if written:
        names = _names(session, written)
        problems = tuple(Problem(names[each], tr("之后没有再改"), tr("又有更正或合并")) for each in written)
        raise ProblemsError(tr("之后又有了变动，不能重做。"), problems, tr("请改用更正。"))


def _standing(ctx: Context, session: Session) -> tuple[list[RollBatch], set[str]]:
    """Return the batches that stand, newest first, and all that cancel each other: undone and undoing."""
    rows = session.execute(
        select(OperationRow.batch, func.count(), func.max(OperationRow.seq))
        .where(OperationRow.replica == ctx.office.replica, OperationRow.batch != "", not_proposed())
        .group_by(OperationRow.batch)
        .order_by(func.max(OperationRow.seq).desc())
    ).all()
    undone = {row.batch[:-1] for row in rows if row.batch.endswith(UNDONE)}
    settled = {row.batch for row in rows if row.batch.endswith(UNDONE) or row.batch[:-1] in undone}
    standing = []
    for batch, count, last in rows:
        if batch not in settled:
            body = parse(true_body(session.get_one(OperationRow, (ctx.office.replica, last))))
            value = body["v"]
            standing.append(RollBatch(batch, value["source"], body["at"], body["by"], value["reason"], count, last))
    return standing, settled


def _obstacles(session: Session, replica: str, batch: RollBatch, settled: set[str]) -> Iterator[Problem]:
    sent = session.scalar(select(func.max(BundleOut.last))) or 0
    changed: list[str] = []
    is_first = True
    for bodies in _in_pieces(session, replica, batch):
        # What the county may hold cannot be undone here behind its back; a correction tells it.
        if is_first and sent >= bodies[0]["s"]:
            yield Problem(tr("要撤销的内容"), tr("还没有上报"), tr("已写入上报包"), tr("已上报的内容只能更正。"))
        is_first = False
        heads = heads_of(session, {body["id"] for body in bodies})
        for body in bodies:
            # Seen heads alone decide: an entry that somebody corrected since must not lose that correction.
            allowed = {*body["base"], _name(body)}
            if not set(heads.get(body["id"], ())) <= allowed and _written_since(session, body, settled):
                changed.append(body["id"])
    drawn, visited = sorted(_drawn(session, batch.batch)), sorted(_visited(session, batch.batch))
    names = _names(session, {*changed, *drawn, *visited})
    for record in changed:
        yield Problem(names[record], tr("之后没有再改"), tr("又有更正或合并"))
    # A frozen list names these entries by their numbers; without them nobody could check the draw.
    for record in drawn:
        yield Problem(names[record], tr("没有列入抽取名单"), tr("已列入冻结的抽取名单"))
    for record in visited:
        yield Problem(names[record], tr("没有检查任务或记录"), tr("已有检查任务或记录"))


def _names(session: Session, records: Collection[str]) -> dict[str, str]:
    named = select(Establishment.id, Establishment.name).where(among(Establishment.id, records))
    return dict(session.execute(named).all())


def _drawn(session: Session, batch: str) -> set[str]:
    firms = func.json_each(cast(FrozenPiece.data, Text)).table_valued("value")
    listed = select(firms.c.value).select_from(FrozenPiece).join(Draw, Draw.id == FrozenPiece.draw).join(firms, true())
    standing = listed.where(FrozenPiece.file == FrozenFile.FIRMS, Draw.state != DrawState.VOID)
    return set(session.scalars(standing.where(_is_of(batch, firms.c.value))))


def _visited(session: Session, batch: str) -> set[str]:
    columns = (Visit.establishment, Record.establishment)
    return {found for each in columns for found in session.scalars(select(each).where(_is_of(batch, each)))}


def _is_of(batch: str, entry: ColumnElement[Any] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """True for an entry that a batch wrote: asked of the few that are drawn or visited, not of all it wrote."""
    return exists().where(OperationRow.record == entry, OperationRow.batch == batch)


def _counter(session: Session, body: Body, reason: str) -> EstablishmentWritten:
    """Return the operation that takes one import operation back: withdraw what it made, restore what it changed."""
    before = _shown_before(session, body)
    came_back = body["v"]["fields"].get(WITHDRAWN.key) is False  # as when an entry was added, undone and redone
    if before is None or came_back:
        fields: dict[str, Value] = {WITHDRAWN.key: True}
    else:
        fields = {key: before.get(key, WRITTEN_BY_KEY[key].unknown) for key in body["v"]["fields"]}
    return EstablishmentWritten(record=body["id"], fields=fields, reason=reason, source=UNDO)


def _written_since(session: Session, body: Body, settled: set[str]) -> bool:
    """True when the entry was written after an import operation, other than by imports undone again."""
    operations = _operations(session, body["id"])
    later = operations.keys() - past([_name(body)], operations)
    return any(operations[name].batch not in settled for name in later)


def _shown_before(session: Session, body: Body) -> Mapping[str, Value] | None:
    """Return the values that showed before an operation, from the journal; None when the entry did not exist."""
    if not body["base"]:
        return None
    operations = _operations(session, body["id"])
    earlier = past(body["base"], operations)
    values: dict[str, Value] = {}
    for key in body["v"]["fields"]:
        # Worked out from the journal, not from a copy kept for undoing: the journal is what every office agrees on.
        writers = {name for name in earlier if key in operations[name].body["v"]["fields"]}
        overwritten = {seen for name in writers for seen in past(operations[name].base, operations)}
        standing = [operations[name] for name in writers - overwritten]
        if standing:
            written = [Write(as_pairs(each.body["v"]["fields"][key]), each.body["d"], each.hash) for each in standing]
            values[key] = shown(written)
    return values


class _Written(NamedTuple):
    """An operation on one entry, as the journal holds it."""

    body: Body
    hash: str
    batch: str

    @property
    def base(self) -> Sequence[str]:
        """The names of the operations that its writer had seen."""
        base: Sequence[str] = self.body["base"]
        return base


def _operations(session: Session, record: str) -> dict[str, _Written]:
    counting = (OperationRow.record == record, OperationRow.set_aside == "", not_proposed())
    rows = session.scalars(select(OperationRow).where(*counting))
    found = (_Written(parse(true_body(row)), row.hash, row.batch) for row in rows)
    return {_name(each.body): each for each in found}


def _name(body: Body) -> str:
    """Return an operation's name, as `base` of later ones has it."""
    return f"{body['r']}:{body['s']}"
