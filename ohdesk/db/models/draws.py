"""Draws: what is shared of them, and the sheet that stays here until the result travels."""

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Held, Shared, state_of
from ohdesk.domain.draw.state import DrawState


class Draw(Shared):
    """One draw (抽取) of this or another office.

    receipt: the county's, had before the seed; "" when it was not announced
    """

    __tablename__ = "draw"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    division: Mapped[str] = mapped_column(String(9), index=True)
    plan: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[DrawState] = mapped_column(state_of(DrawState))
    commit: Mapped[str] = mapped_column(String(64))
    pool_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String(64), default="")
    sheet: Mapped[str] = mapped_column(Text, default="")
    pool_csv: Mapped[str] = mapped_column(Text, default="")
    result_csv: Mapped[str] = mapped_column(Text, default="")
    receipt: Mapped[str] = mapped_column(String(8), default="")
    minutes: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    void_reason: Mapped[str] = mapped_column(Text, default="")
    package_sha256: Mapped[str] = mapped_column(String(64), default="")
    committed_at: Mapped[str] = mapped_column(String(20), default="")
    computed_at: Mapped[str] = mapped_column(String(20), default="")


class DrawSheet(Base):
    """The frozen sheet with its nonce and pool, kept on this laptop; never in the journal before the result.

    side_file: canonical JSON of what is not published (names, reasons, notes); its hash stands in the sheet
    firms:     id in the sheet → roll entry · people: number in the sheet → person
    receipt:   the county's, read out by telephone before the seed; "" without one
    sheet:     with zeros for the nonce · nonces: the nonce, sealed for each of the accounts that keep it, hexadecimal
    """

    __tablename__ = "draw_sheet"

    draw: Mapped[str] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    sheet: Mapped[str] = mapped_column(Text)
    pool_csv: Mapped[str] = mapped_column(Text)
    side_file: Mapped[str] = mapped_column(Text)
    firms: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]))
    people: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]))
    nonces: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    receipt: Mapped[str] = mapped_column(String(8), default="")
