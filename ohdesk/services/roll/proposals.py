"""Proposals (建议): what towns wrote of entries that are not their own, and the county's word on each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Establishment, OperationRow, Peer, Person, Proposal
from ohdesk.db.queries.operations import true_body
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import MERGED_INTO, WRITTEN_BY_KEY, value_text
from ohdesk.domain.operations import ProposalSettled
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.proposal import ProposalState
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.entries import why_written
from ohdesk.services.roll.values import along, entry_written, refuse_same_code, said_text, with_move


@dataclass(frozen=True, slots=True)
class ProposedValue:
    """One field of a proposal: the value that shows now, and the one proposed."""

    field: str
    heading: str
    shown: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with who made it, when and why.

    id: of the write, "replica:seq" · name: the entry's as it shows, of one that is not on the roll as proposed
    is_new: the entry is not on the roll · answer: the county's reason, once there is one
    """

    id: str
    establishment: str
    name: str
    is_new: bool
    division: str
    office: str
    person: str
    at: str
    reason: str
    values: tuple[ProposedValue, ...]
    state: ProposalState
    answer: str


def proposed_text() -> str:
    """Say that what was saved only waits for the county's word."""
    return tr("这属于别的镇街，已作为建议交县级决定；县级处理之前，名录按原样显示。")


def proposals(ctx: Context) -> list[Proposed]:
    """Return every proposal, those that wait for the county first, then the newest."""
    with ctx.reading() as session:
        named = writers(ctx, session)
        found = [_proposed(session, row, *named) for row in session.scalars(select(Proposal))]
    found.sort(key=lambda each: each.at, reverse=True)
    return sorted(found, key=lambda each: each.state is not ProposalState.OPEN)


def about(ctx: Context, establishment: str) -> list[Proposed]:
    """Return the proposals for one entry, the newest first."""
    with ctx.reading() as session:
        rows = session.scalars(select(Proposal).where(Proposal.establishment == establishment))
        named = writers(ctx, session)
        found = [_proposed(session, row, *named) for row in rows]
    return sorted(found, key=lambda each: each.at, reverse=True)


def waiting(ctx: Context) -> int:
    """Return how many proposals wait for the county."""
    with ctx.reading() as session:
        return session.scalar(select(func.count()).where(Proposal.state == ProposalState.OPEN)) or 0


def is_waiting(ctx: Context, establishment: str) -> bool:
    """True when something this workspace wrote of an entry waits for the county."""
    mine = (Proposal.establishment == establishment, Proposal.replica == ctx.office.replica)
    with ctx.reading() as session:
        waits = select(Proposal.seq).where(*mine, Proposal.state == ProposalState.OPEN)
        return session.scalars(waits.limit(1)).first() is not None


def accept(ctx: Context, proposal: str, reason: str = "") -> Change:
    """Write at the county what a town proposed, and say so.

    Raises UserError outside a county and for what does not wait, ProblemsError where a value may not stand here.
    """
    return _settle(ctx, proposal, reason, is_accepted=True)


def decline(ctx: Context, proposal: str, reason: str) -> Change:
    """Say that a proposal is not taken up, and why. Raises UserError as `accept`, and without a reason."""
    if not reason.strip():
        raise UserError(tr("不采纳要写明理由。"), tr("例如：已与镇街电话核实，原值正确。"))
    return _settle(ctx, proposal, reason, is_accepted=False)


def writers(ctx: Context, session: Session) -> tuple[Callable[[str, str], str], Callable[[str], str]]:
    """Return what names an office, by replica and division, and what names a person, as far as they are known here."""
    offices = {peer.replica: peer.name for peer in session.scalars(select(Peer))}
    offices[ctx.office.replica] = ctx.office.name
    people = {person.id: person.name for person in session.scalars(select(Person))}
    return lambda replica, division: offices.get(replica, division), lambda person: people.get(person, person)


def not_proposed() -> ColumnElement[bool]:
    """True for operations that are no proposals."""
    proposal = (Proposal.replica == OperationRow.replica) & (Proposal.seq == OperationRow.seq)
    return ~select(Proposal.seq).where(proposal).exists()


def _settle(ctx: Context, proposal: str, reason: str, *, is_accepted: bool) -> Change:
    ctx.require(Right.ROLL)
    if ctx.office.role != OfficeRole.COUNTY:
        raise UserError(tr("建议由县级处理。"), tr("县级的答复随它的下一个包收到。"))
    with ctx.transaction() as session:
        replica, _, seq = proposal.partition(":")
        row = session.get(Proposal, (replica, int(seq))) if seq.isdecimal() else None
        if row is None or row.state is not ProposalState.OPEN:
            raise UserError(tr("没有这条待处理的建议。"), tr("请刷新建议列表后重试。"))
        body, why = _body(session, row), clean_text(reason).strip()
        if is_accepted:
            fields = body["v"]["fields"]
            refuse_same_code(session, str(fields.get("uscc", "")), row.establishment)
            entry, said = session.get(Establishment, row.establishment), why or body["v"]["reason"]
            also = along(ctx, session, entry, fields, said, "proposal")
            fields = with_move(ctx, session, entry, fields)
            accepted = entry_written(row.establishment, fields, said, "proposal")
            for written in (accepted, *also):
                journal.record(session, written, ctx.stamp())
        settled = ProposalSettled(record=row.establishment, proposal=proposal, accepted=is_accepted, reason=why)
        journal.record(session, settled, ctx.stamp())
    return Change.ROLL


def _proposed(
    session: Session, row: Proposal, office: Callable[[str, str], str], person: Callable[[str], str]
) -> Proposed:
    body, entry = _body(session, row), session.get(Establishment, row.establishment)
    fields = body["v"]["fields"]
    return Proposed(
        id=f"{row.replica}:{row.seq}",
        establishment=row.establishment,
        name=entry.name if entry else value_text(fields.get("name")),
        is_new=entry is None,
        division=row.division,
        office=office(row.replica, row.division),
        person=person(body["by"]),
        at=body["at"],
        reason=why_written(body["v"]["source"], body["v"]["reason"]),
        values=tuple(
            ProposedValue(
                field=key,
                heading=tr(WRITTEN_BY_KEY[key].heading),
                shown=value_text(getattr(entry, key)) if entry and key != MERGED_INTO.key else "",
                proposed=said_text(session, key, value),
            )
            for key, value in fields.items()
        ),
        state=row.state,
        answer=row.reason,
    )


def _body(session: Session, row: Proposal) -> dict[str, Any]:
    body: dict[str, Any] = parse(true_body(session.get_one(OperationRow, (row.replica, row.seq))))
    return body
