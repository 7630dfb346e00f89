"""Words sought in a large book: by the index of its texts, and by that of the roll for whom its entries are about."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment
from ohdesk.db.prepared import Cursor, cursor_of
from ohdesk.db.row_numbers import is_numbered, number
from ohdesk.db.search_index import BOOKS, ROLL, SearchIndex, pieces_sought
from ohdesk.search import folded
from ohdesk.services.register.conditions import EntryQuery

_SHARE = 300  # one entry in so many: where more are found, a walk in the order of the list meets a page of them sooner
_FEW = 500  # entries: looked up and put in their order in 3 ms; a walk that meets none of them is 15 ms of 20,000


def found_by_index(session: Session, model: Any, query: EntryQuery) -> ColumnElement[bool] | None:
    """Return what is true of the entries that hold what is sought; None where a walk is as good, or no index stands."""
    sought = folded(query.sought)
    pieces = pieces_sought(sought) if sought else ""
    if not pieces or not is_numbered(session.get_bind()):
        return None
    cursor = cursor_of(session)
    index = BOOKS[model.__tablename__]
    if not _tells(cursor, index, pieces):
        return None
    called = select(Establishment.id).where(func.instr(Establishment.search, sought) > 0)
    if _tells(cursor, ROLL, pieces):
        called = called.where(number(Establishment).in_(_rows(ROLL, pieces)))
    about = model.establishment.in_(called)
    either = union_all(_rows(index, pieces), select(number(model)).where(about, model.establishment != ""))
    return and_(number(model).in_(select(either.subquery())), or_(func.instr(model.search, sought) > 0, about))


def _tells(cursor: Cursor, index: SearchIndex, pieces: str) -> bool:
    return index.is_ready(cursor) and index.are_few(cursor, pieces, _SHARE, _FEW)


def _rows(index: SearchIndex, pieces: str) -> Select[Any]:
    return index.rows().params(pieces=pieces)
