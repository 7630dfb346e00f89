"""Fields of the roll with several writes that have not seen each other: what each says, and a person's word on them."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import (
    ContestedField,
    Establishment,
    EstablishmentHead,
    Merged,
    OperationRow,
)
from ohdesk.db.queries.operations import true_body
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import MERGED_INTO, WRITTEN_BY_KEY, Value, read_value, value_text
from ohdesk.domain.kept_columns import as_pairs
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.entries import why_written
from ohdesk.services.roll.proposals import writers
from ohdesk.services.roll.values import along, checked, entry_written, said_text, with_move


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the values a field could have: the value, who wrote it, when and why.

    text: the value as people read it
    office, person: their names as far as they are known here; by: the person's id
    """

    value: str
    text: str
    division: str
    operation: str
    at: str
    by: str
    reason: str
    office: str
    person: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field with several writes that have not seen each other (待核); `shown` is the value that stands meanwhile."""

    establishment: str
    name: str
    field: str
    heading: str
    shown: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Turned:
    """One field in dispute, the `at`th of `count` by employer, from 0; without one where there is none any more."""

    at: int
    count: int
    conflict: Conflict | None


def waiting(ctx: Context) -> int:
    """Return how many fields are in dispute."""
    with ctx.reading() as session:
        return _count(session)


def in_dispute(ctx: Context) -> list[Conflict]:
    """Return every field in dispute, by employer."""
    with ctx.reading() as session:
        return _conflicts(ctx, session, _CONTESTED)


def turn_to(ctx: Context, at: int, named: tuple[str, str] | None = None) -> Turned:
    """Return one field in dispute: the one named by its employer and key, while it is, else the `at`th or the last."""
    with ctx.reading() as session:
        count = _count(session)
        if named:
            at = _place(session, *named, otherwise=at)
        at = max(0, min(at, count - 1))
        return Turned(at, count, next(iter(_conflicts(ctx, session, _CONTESTED.offset(at).limit(1))), None))


_ORDER = (Establishment.name, Establishment.id, ContestedField.field)
_CONTESTED = (
    select(Establishment, ContestedField.field)
    .join(ContestedField, ContestedField.establishment == Establishment.id)
    .order_by(*_ORDER)
)


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ContestedField)) or 0


def _place(session: Session, establishment: str, field: str, *, otherwise: int) -> int:
    places = _CONTESTED.with_only_columns(
        Establishment.id, ContestedField.field, func.row_number().over(order_by=_ORDER).label("place")
    ).subquery()
    wanted = select(places.c.place).where(places.c.id == establishment, places.c.field == field)
    place = session.scalar(wanted)
    return otherwise if place is None else place - 1


def _conflicts(ctx: Context, session: Session, contested: Select[Establishment, str]) -> list[Conflict]:
    office, person = writers(ctx, session)
    found: list[Conflict] = []
    for entry, key in session.execute(contested):
        candidates = []
        for head in _heads_of(session, entry.id, key):
            body = parse(true_body(session.get_one(OperationRow, (head.replica, head.seq))))
            candidates.append(
                Candidate(
                    value=value_text(head.fields[key]),
                    text=said_text(session, key, head.fields[key]),
                    division=head.division,
                    operation=f"{head.replica}:{head.seq}",
                    at=body["at"],
                    by=body["by"],
                    reason=why_written(body["v"]["source"], body["v"]["reason"]),
                    office=office(head.replica, head.division),
                    person=person(body["by"]),
                )
            )
        # The entry has no column of what it is merged into: what is said of that may have no effect.
        value = _said(session, entry.id) if key == MERGED_INTO.key else getattr(entry, key)
        heading, shown = tr(WRITTEN_BY_KEY[key].heading), said_text(session, key, value)
        found.append(Conflict(entry.id, entry.name, key, heading, shown, tuple(candidates)))
    return found


def _said(session: Session, establishment: str) -> Value:
    merged = session.get(Merged, establishment)
    return merged.other if merged else ""


def settle(ctx: Context, establishment: str, field: str, value: str, reason: str) -> Change:
    """Settle a field in dispute: the value that holds from now on, and why.

    Raises UserError without a reason, or when the field is not in dispute, and ProblemsError for a value
    that is none of those in dispute and may not stand on the roll.
    """
    ctx.require(Right.ROLL)
    if not reason.strip():
        raise UserError(tr("处理冲突要写明理由。"), tr("例如：已电话核实。"))
    with ctx.transaction() as session:
        if session.get(ContestedField, (establishment, field)) is None:
            raise UserError(tr("这一项没有待核的冲突。"), tr("请刷新冲突列表后重试。"))
        # A value in dispute may be one that would not be accepted today; choosing it must stay possible, for it was
        # written.
        written = {
            value_text(head.fields[field]): head.fields[field] for head in _heads_of(session, establishment, field)
        }
        if value not in written:
            written[value] = read_value(WRITTEN_BY_KEY[field], checked({field: value})[field])
        entry, said = session.get(Establishment, establishment), {field: as_pairs(written[value])}
        also = along(ctx, session, entry, said, clean_text(reason), "settle")
        fields = with_move(ctx, session, entry, said)
        settled = entry_written(establishment, fields, clean_text(reason), "settle")
        for operation in (settled, *also):
            journal.record(session, operation, ctx.stamp())
    return Change.ROLL


def _heads_of(session: Session, establishment: str, field: str) -> list[EstablishmentHead]:
    """Return the writes of a field that have not seen each other, in a fixed order."""
    heads = select(EstablishmentHead).where(EstablishmentHead.establishment == establishment)
    in_order = session.scalars(heads.order_by(EstablishmentHead.replica, EstablishmentHead.seq))
    return [head for head in in_order if field in head.fields]
