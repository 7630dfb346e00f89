"""Draws: what is shared of them, and the sheet that stays here until the result travels."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Integer, String, Text
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
    """The frozen sheet with its nonce and pool, kept on this laptop; never in the journal before the result.

    side_file: canonical JSON of what is not published (names, reasons, notes); its hash stands in the sheet
    firms:     the roll entries in the order of pool.csv · people: number in the sheet → person
    receipt:   the county's, read out by telephone before the seed; "" without one
    sheet:     with zeros for the nonce · nonces: the nonce, sealed for each of the accounts that keep it, hexadecimal
    sheet, pool_csv: "" once the result is in the journal, which carries both · candidates: how many firms take part
    """

    __tablename__ = "draw_sheet"

    draw: Mapped[str] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    sheet: Mapped[str] = mapped_column(Text)
    pool_csv: Mapped[str] = mapped_column(Text, deferred=True)
    candidates: Mapped[int] = mapped_column(Integer)
    # Looked at by few, and as long as the roll.
    side_file: Mapped[str] = mapped_column(Text, deferred=True)
    firms: Mapped[list[str]] = mapped_column(Held(list[str]), deferred=True)
    people: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]))
    nonces: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    receipt: Mapped[str] = mapped_column(String(8), default="")
