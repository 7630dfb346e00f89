"""Draws: what is shared of them, and the sheet that stays here until the result travels."""

from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Held, Shared, state_of
from ohdesk.domain.draw.state import DrawState


class Draw(Shared):
    """One draw (抽取) of this or another office.

    receipt: the county's, had before the seed; "" when it was not announced
    replica, seq: of the operation that carries its result, with sheet and pool; None before there is one
    candidates, drawn: how many firms took part in the result and how many it names; 0 before there is one
    """

    __tablename__ = "draw"
    __table_args__ = (ForeignKeyConstraint(["replica", "seq"], ["operation.replica", "operation.seq"]),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    division: Mapped[str] = mapped_column(String(9), index=True)
    plan: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[DrawState] = mapped_column(state_of(DrawState))
    commit: Mapped[str] = mapped_column(String(64))
    pool_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String(64), default="")
    replica: Mapped[str | None] = mapped_column(String(16), default=None)
    seq: Mapped[int | None] = mapped_column(Integer, default=None)
    candidates: Mapped[int] = mapped_column(Integer, default=0)
    drawn: Mapped[int] = mapped_column(Integer, default=0)
    receipt: Mapped[str] = mapped_column(String(8), default="")
    minutes: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    void_reason: Mapped[str] = mapped_column(Text, default="")
    package_sha256: Mapped[str] = mapped_column(String(64), default="")
    committed_at: Mapped[str] = mapped_column(String(20), default="")
    computed_at: Mapped[str] = mapped_column(String(20), default="")


class DrawSheet(Base):
    """What is kept on this laptop of a frozen draw beside its files; never in the journal before the result.

    side_file:  canonical JSON of what is not published (names, reasons, notes); its hash stands in the sheet
    people:     number in the sheet → person
    receipt:    the county's, read out by telephone before the seed; "" without one
    nonces:     the nonce, sealed for each of the accounts that keep it, hexadecimal
    candidates: how many firms take part
    """

    __tablename__ = "draw_sheet"

    draw: Mapped[str] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    candidates: Mapped[int] = mapped_column(Integer)
    side_file: Mapped[str] = mapped_column(Text, deferred=True)  # looked at by few
    people: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]))
    nonces: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    receipt: Mapped[str] = mapped_column(String(8), default="")


class FrozenFile(StrEnum):
    """The files of a frozen draw that are as long as the roll.

    SHEET: with zeros for the nonce · POOL: pool.csv · FIRMS: the roll entries in the order of pool.csv, in JSON lists
    """

    SHEET = "sheet"
    POOL = "pool"
    FIRMS = "firms"


class FrozenPiece(Base):
    """A piece of a file of a frozen draw, as short as those in which it travels; UTF-8.

    Of sheet and pool there are none once the result is in the journal, which carries both.
    """

    __tablename__ = "frozen_piece"

    # Looked at when the transaction ends: the pieces are written as the sheet is drawn up, which names their hashes.
    draw: Mapped[str] = mapped_column(
        ForeignKey("draw_sheet.draw", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    file: Mapped[FrozenFile] = mapped_column(state_of(FrozenFile), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
