"""The numbers given here, of papers, of entries of books and of the roll: no two laptops of one town give the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.models import Certificate, Entry, KeyPurpose, OwnKey, Record
from ohdesk.db.queries.among import has_serial, last_serial, serial_in
from ohdesk.domain.record import RECORD
from ohdesk.domain.register.number_blocks import Block, Gap, Series, block_serials, gaps
from ohdesk.domain.register.numbers import device_mark, framed
from ohdesk.domain.register.values import Value
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.services.context import Context

BLOCKS, PAPERS = "number_blocks", "papers"  # the books: what the county hands out, and where given numbers stand
_ANOTHER = "other"  # a kind of paper that the book's list does not name
_LARGEST = 999_999_999


@dataclass(frozen=True, slots=True)
class SeriesNumbers:
    """What is known here of the numbers of one series.

    given: without a mark and with one, as they stand on the papers · withdrawn: those of them that are, given no more
    gaps: serials that nobody gave here, with the reason · devices: replica → its letter, where it is certified
    """

    given: tuple[str, ...]
    withdrawn: tuple[str, ...]
    gaps: tuple[Gap, ...]
    devices: Mapping[str, str]


def numbers(
    ctx: Context,
    session: Session,
    pattern: str,
    day: date,
    column: InstrumentedAttribute[str],
    *among: ColumnElement[bool],
    series: Series | None = None,
    region: str = "",
) -> Iterator[str]:
    """Yield the numbers that come next by a pattern (`domain/register/numbers.py`).

    column: where those given before stand · among: which rows of it count, all by default
    series: whose blocks count (`domain/register/number_blocks.py`) · region: short name of where the body is
    Raises UserError where the pattern has a region and none is set.
    """
    _check_region(pattern, region)
    blocks = () if series is None else blocks_of(session, series, day.year)
    plain = framed(pattern, day, ctx.office.division, "", region)
    given = last_serial(column, plain.before, plain.after).where(*among)
    serial = serial_in(column, plain.before, plain.after)

    def last_within(piece: range) -> int:
        return session.scalar(given.where(serial.between(piece.start, piece[-1]))) or 0

    yield from map(plain.number, block_serials(blocks, ctx.office.replica, last_within))
    mark = _mark(ctx, session, in_blocks=bool(blocks))
    frame = framed(pattern, day, ctx.office.division, mark, region)
    # Counted from the numbers that are held, not from a counter of their own: after a restore a counter could run
    # behind. The largest, not how many: a number of something withdrawn stands on old papers and is not given again.
    last = session.scalar(last_serial(column, frame.before, frame.after).where(*among)) or 0
    yield from map(frame.number, count(last + 1))


def paper_numbers(
    ctx: Context, session: Session, pattern: str, day: date, series: Series, region: str = ""
) -> Iterator[str]:
    """Yield the numbers that come next for a kind of paper of one body; withdrawn ones count as given."""
    return numbers(ctx, session, pattern, day, Entry.number, *_of(series), series=series, region=region)


def series_numbers(ctx: Context, pattern: str, day: date, series: Series, region: str = "") -> SeriesNumbers:
    """Return what was given of a series, and why the rest was not; day: of the year (or month) that is asked for."""
    _check_region(pattern, region)
    frame = framed(pattern, day, ctx.office.division, "", region)
    of_record = series.paper == RECORD
    column = Record.number if of_record else Entry.number
    among = (Record.division == ctx.office.division,) if of_record else _of(series)
    withdrawn = false() if of_record else or_(Entry.withdrawn, Entry.state == "withdrawn")
    around = (column, frame.before, frame.after)
    with ctx.reading() as session:
        here = column.startswith(frame.before, autoescape=True), column.endswith(frame.after)
        rows = session.execute(select(column, withdrawn).where(column != "", *here, *among).order_by(column)).all()
        held = set(session.scalars(select(serial_in(*around)).where(has_serial(*around), *among)))
        known = session.execute(select(Certificate.replica, Certificate.mark).where(Certificate.replica != "")).all()
        blocks = blocks_of(session, series, day.year)
    return SeriesNumbers(
        given=tuple(number for number, _ in rows),
        withdrawn=tuple(number for number, is_withdrawn in rows if is_withdrawn),
        gaps=tuple(gaps(held, blocks, ctx.office.replica)),
        devices={each.replica: each.mark for each in known},
    )


def blocks_of(session: Session, series: Series, year: int) -> tuple[Block, ...]:
    """Return the blocks of a series in a year, as far as they are heard of here; a row that says nonsense is none."""
    rows = session.execute(select(Entry.id, Entry.values).where(Entry.register == BLOCKS, ~Entry.withdrawn))
    found = (_block(entry, values) for entry, values in rows if _is_of(values, series, year))
    return tuple(block for block in found if block is not None)


def kind_of_paper(values: Mapping[str, Value]) -> Value:
    """Return the key of the kind of paper that an entry names: one of the list of its book, or one typed."""
    return values.get("other_paper" if values.get("paper") == _ANOTHER else "paper")


def _is_of(values: Mapping[str, Value], series: Series, year: int) -> bool:
    same = (kind_of_paper(values), values.get("year")) == (series.paper, year)
    return same and series.body in {"", values.get("body")}


def _block(entry: str, values: Mapping[str, Value]) -> Block | None:
    replica, first, last = values.get("device"), values.get("first"), values.get("last")
    if not (isinstance(replica, str) and isinstance(first, int) and isinstance(last, int)):
        return None
    return Block(entry, replica, first, last) if 1 <= first <= last <= _LARGEST else None


def _of(series: Series) -> tuple[ColumnElement[bool], ...]:
    paper, body = (Entry.values[key].as_string() for key in ("paper", "body"))
    return (Entry.register == PAPERS, paper == series.paper, body == series.body)


def _check_region(pattern: str, region: str) -> None:
    if "{region}" in pattern and not region:
        raise UserError(
            tr("文号要用的地区简称（例如“江蓬”）没有设置。"), tr("请在“设置”的“本单位”中填写制发机关的地区简称。")
        )


def _mark(ctx: Context, session: Session, *, in_blocks: bool) -> str:
    der = session.scalar(select(OwnKey.certificate_der).where(OwnKey.purpose == KeyPurpose.DEVICE))
    letter = certificates.device_of(der).mark if der else ""
    return device_mark(letter, ctx.office.replica, in_blocks=in_blocks)
