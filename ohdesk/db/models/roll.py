"""The roll of inspected bodies (名录库): the visible values, and the writes behind them."""

from typing import TYPE_CHECKING

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base
from ohdesk.domain.establishment import FIELDS


class Establishment(Base):
    """One roll entry as it shows. Every field of `domain.establishment.FIELDS` is a column.

    contested: keys of fields with several unseen writes (待核), comma-separated
    search:    the name's pinyin initials, folded name and codes, one space between: searched, and the list's order
    """

    __tablename__ = "establishment"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    contested: Mapped[str] = mapped_column(Text, default="")
    search: Mapped[str] = mapped_column(Text, default="")
    if TYPE_CHECKING:
        name: Mapped[str]
        uscc: Mapped[str]
        town: Mapped[str]


for _field in FIELDS:
    setattr(
        Establishment,
        _field.key,
        mapped_column(Integer, nullable=True)
        if _field.kind == "count"
        else mapped_column(Text, nullable=False, default="", server_default=""),
    )

Index("ix_establishment_search_id", Establishment.__table__.c.search, Establishment.__table__.c.id)
Index("ix_establishment_uscc", Establishment.__table__.c.uscc)


class EstablishmentHead(Base):
    """A write that no other write has seen yet, for the fields it is still a head of.

    A field with one head shows that value; with several it is 待核 (domain.merge).
    """

    __tablename__ = "establishment_head"

    establishment: Mapped[str] = mapped_column(ForeignKey("establishment.id"), primary_key=True)
    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    division: Mapped[str] = mapped_column(String(9))
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
