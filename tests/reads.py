"""Every way in which a screen or a command reads a workspace, by what it is called there."""

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice

from ohdesk.db import chain
from ohdesk.db.models import OperationRow
from ohdesk.domain.canonical import canonical
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts, coverage, draw_checks, towns
from ohdesk.services.county.digest import digest
from ohdesk.services.draw import planning
from ohdesk.services.draw import views as draws
from ohdesk.services.exchange import history, sending
from ohdesk.services.finding import follow_up
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import accounts, doctor, people, powers
from ohdesk.services.record import finalizing, verdicts
from ohdesk.services.record import views as records
from ohdesk.services.register import books, listing
from ohdesk.services.register import entries as register_entries
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries, proposals
from ohdesk.services.start import today
from ohdesk.services.trust import ending, held_back, joining
from ohdesk.services.visit import views as visits
from tests import rectifying

Read = Callable[[Context], object]
DIVISIONS = ("000000001", "000000002", "000000003")


def reads(most: int | None = None) -> dict[str, Read]:
    """Return what reads; of a list each line is opened, or `most` of them."""

    def each(opened: Iterable[object]) -> None:
        deque(islice(opened, most), maxlen=0)  # as on a screen, what was looked at before is let go

    return {
        "digest": digest,
        "conflicts": lambda ctx: (conflicts.in_dispute(ctx), conflicts.waiting(ctx), conflicts.turn_to(ctx, 1)),
        "coverage": lambda ctx: [coverage.by_town(ctx, year) for year in (1970, 2026, 2999)],
        "covered": lambda ctx: [rectifying.covered(ctx, code, 2026) for code in DIVISIONS],
        "town states": towns.town_states,
        "held back": held_back.held_back,
        "draws checked": draw_checks.check_draws,
        "draws": lambda ctx: each(draws.draw_detail(ctx, row.id) for row in draws.list_draws(ctx)),
        "usual plan": planning.usual_plan,
        "strata": lambda ctx: planning.strata_sizes(ctx, planning.strata_by(ctx, "risk_class")),
        "pool": lambda ctx: planning.preview(ctx, planning.usual_plan(ctx)),
        "records": lambda ctx: each(finalizing.final_record(ctx, row.visit) for row in finalizing.list_records(ctx)),
        "records counted": lambda ctx: (verdicts.count_records(ctx), verdicts.waiting(ctx)),
        "documents": _documents,
        "documents searched": lambda ctx: [
            records.documents(ctx, ListQuery(records.FINAL, "sq", order)) for order in records.ORDERS
        ],
        "roll": lambda ctx: each(entries.detail(ctx, row.id) for row in entries.all_rows(ctx)),
        "roll counted": entries.count_rows,
        "books": lambda ctx: each(
            register_entries.detail(ctx, row.id)
            for register in books.books(ctx).by_id
            for row in listing.all_rows(ctx, register)
        ),
        "roll searched": lambda ctx: entries.listed(ctx, EntryQuery("sq", order="workers")),
        "proposals": proposals.proposals,
        "findings": lambda ctx: each(follow_up.detail(ctx, row) for row in rectifying.listed(ctx)),
        "findings searched": lambda ctx: [
            follow_up.rectifications(ctx, ListQuery("waiting", "sq", order)) for order in follow_up.ORDERS
        ],
        "pressing findings": follow_up.pressing,
        "people": lambda ctx: (people.list_people(ctx), accounts.list_accounts(ctx), powers.list_powers(ctx)),
        "today": lambda ctx: (today.agenda(ctx), today.backlog(ctx)),
        "bundles": lambda ctx: (history.exchanged(ctx), history.receipt_codes(ctx)),
        "receipts": _receipts,
        "pending": sending.pending,
        "certificates": lambda ctx: (joining.standing(ctx), ending.list_ending(ctx)),
        "visits": visits.list_visits,
        "visits in pages": _visits,
        "doctor": lambda ctx: list(doctor.workspace_facts(ctx)),
        "rebuilt": doctor.recompute,
        "chains": _chains,
    }


def _documents(ctx: Context) -> None:
    for part in records.PARTS:
        listed = records.documents(ctx, ListQuery(part))
        records.document_rows(ctx, listed, listed.visits[:100])


def _receipts(ctx: Context) -> None:
    for order in ("", *history.ORDERS):
        history.receipts_of(ctx, history.record_receipts(ctx, ListQuery(order=order)).visits[:100])


def _visits(ctx: Context) -> None:
    for order in ("", *visits.ORDERS):
        visits.rows_of(ctx, visits.visits(ctx, ListQuery(sought="sq", order=order)).ids[:100])


def _chains(ctx: Context) -> None:
    with ctx.reading() as session:
        assert chain.chain_problems(session) == []
        for reason in session.scalars(OperationRow.__table__.select().with_only_columns(OperationRow.set_aside)):
            canonical(reason)
