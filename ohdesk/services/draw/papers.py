"""The papers of a draw: its record for the file, and what the public is given of it."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from ohdesk.db.models import Draw
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.draw.checks import as_id
from ohdesk.domain.draw.drawing import Sheet
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.people import OfficeRole
from ohdesk.errors import UserError
from ohdesk.forms.papers import PaperForm
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.draw_papers import (
    CommitmentPaper,
    DrawPaper,
    FirmLine,
    render_commitment,
    render_draw,
    render_minutes,
)
from ohdesk.services.context import Context
from ohdesk.services.draw.held import frozen_sheet, own_draw
from ohdesk.services.draw.rules import draw_rules
from ohdesk.services.draw.views import DrawDetail, DrawnFirm, Seat, draw_detail
from ohdesk.services.office import paper_forms
from ohdesk.services.office.people import list_people

_SET = "moj-2025"  # a draw is the same under whatever rules one inspects


@in_chinese()
def record_pdf(ctx: Context, draw_id: str) -> bytes:
    """Return the record of a draw (抽取记录) with names, for the file. Raises UserError before there is a result."""
    detail = _computed(ctx, draw_id)
    # Names by number, from today's list: the sheet has only numbers, and those are what was drawn.
    names = {as_id(person.certificate_no): person.name for person in list_people(ctx)}
    firms = [_line(firm, firm.name, firm.address, map(_named, firm.seats)) for firm in detail.firms]
    return render_draw(_form(ctx, "draw_record"), _paper(ctx, detail, firms, names))


@in_chinese()
def commitment_pdf(ctx: Context, draw_id: str) -> bytes:
    """Return the paper that announces a frozen draw (冻结确认单), for two people to sign."""
    with ctx.reading() as session:
        draw = own_draw(session, ctx, draw_id)
        sheet = frozen_sheet(session, draw)
        paper = CommitmentPaper(
            office=_office(sheet, ctx.office.name),
            sheet=sheet,
            commit=draw.commit,
            pool_sha256=draw.pool_sha256,
            frozen_at=parse_instant(draw.committed_at),
        )
    return render_commitment(_form(ctx, "draw_commitment"), paper)


@in_chinese()
def public_papers(ctx: Context, draw_id: str) -> dict[str, bytes]:
    """Return notice and minutes for the public, by their names: inspectors by number, no addresses, banned firms by id.

    Raises UserError before there is a result.
    """
    detail = _computed(ctx, draw_id)
    # From the published pool, not from the roll: a name that was kept back there must not come out here.
    listed = {entry.id: entry.name for entry in detail.pool}
    firms = [_line(firm, listed[firm.id], "", [seat.number for seat in firm.seats]) for firm in detail.firms]
    paper = _paper(ctx, detail, firms, {})
    notice, minutes = _form(ctx, "draw_notice"), _form(ctx, "draw_minutes")
    return {"notice.pdf": render_draw(notice, paper), "seed_minutes.pdf": render_minutes(minutes, paper)}


def _form(ctx: Context, key: str) -> PaperForm:
    with ctx.reading() as session:
        return paper_forms.paper(session, _SET, key).form


def _computed(ctx: Context, draw_id: str) -> DrawDetail:
    detail = draw_detail(ctx, draw_id)
    if not detail.row.own:
        raise UserError(tr("这次抽取由另一单位举行，记录和公示由该单位出具。"), tr("请向该单位索取。"))
    if detail.sheet is None:
        raise UserError(tr("这次抽取还没有结果。"), tr("请先输入种子并抽取。"))
    return detail


def _paper(ctx: Context, detail: DrawDetail, firms: Sequence[FirmLine], names: dict[str, str]) -> DrawPaper:
    assert detail.sheet is not None  # noqa: S101 - `_computed` has seen to it
    sheet, rules = detail.sheet, draw_rules()
    absences = sheet.more.get("absences", [])
    return DrawPaper(
        office=_office(sheet, ctx.office.name),
        kind=rules.drawn_by[ctx.office.role],
        void_reason=detail.row.void_reason,
        sheet=sheet,
        commit=detail.row.commit,
        pool_sha256=detail.pool_sha256,
        frozen_at=parse_instant(detail.row.committed_at),
        computed_at=parse_instant(detail.row.computed_at),
        seed=detail.row.seed,
        minutes=detail.minutes,
        # A county that draws has nobody above it to announce to.
        receipt=detail.row.receipt if ctx.office.role == OfficeRole.TOWN else None,
        roll_size=len(detail.pool),
        scope=tuple(_scope(sheet)),
        left_out=tuple((entry.id, entry.name, entry.excluded) for entry in detail.pool if entry.excluded),
        firms=tuple(firms),
        people=tuple((each.id, names.get(each.id, ""), each.lead) for each in sheet.inspectors),
        absent=tuple((number, rules.absence_reasons.get(code, code)) for number, code in absences),
        voided=_voided(ctx, detail),
    )


def _office(sheet: Sheet, usual: str) -> str:
    office = sheet.more.get("office")
    return str(office["name"]) if isinstance(office, dict) and "name" in office else usual


def _scope(sheet: Sheet) -> Iterator[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    for stratum in sheet.more.get("scope", []):
        where = sorted(stratum["where"].items())
        # A sheet from elsewhere may name a field that this version does not know; it is printed by its key.
        headings = ((FIELD_BY_KEY[key].heading if key in FIELD_BY_KEY else key, values) for key, values in where)
        yield stratum["code"], tuple((heading, tuple(values)) for heading, values in headings)


def _voided(ctx: Context, detail: DrawDetail) -> tuple[tuple[int, str], ...]:
    statement = select(Draw.number, Draw.void_reason).where(
        Draw.division == ctx.office.division,
        Draw.plan == detail.row.plan,
        Draw.state == DrawState.VOID,
        Draw.id != detail.row.id,
    )
    with ctx.reading() as session:
        return tuple((number, reason) for number, reason in session.execute(statement.order_by(Draw.number)))


def _named(seat: Seat) -> str:
    return f"{seat.name}\n{seat.number}" if seat.name else seat.number


def _line(firm: DrawnFirm, name: str, address: str, seats: Iterable[str]) -> FirmLine:
    return FirmLine(
        stratum=firm.stratum, id=firm.id, name=name, address=address, ticket=firm.ticket, seats=tuple(seats)
    )
