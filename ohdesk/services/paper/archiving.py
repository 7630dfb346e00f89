"""The book `archive` (归档移交登记簿): an entry for each volume of a file that was made, under its 档号."""

from collections.abc import Collection
from typing import NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.models import LocalEntry
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.register.definition import word
from ohdesk.domain.register.values import Value
from ohdesk.forms.registers import definition
from ohdesk.forms.retention import retention
from ohdesk.services.context import Context
from ohdesk.services.numbers import numbers
from ohdesk.services.register.entries import Write, as_new, write_many, write_new

BOOK = "archive"


class Archived(NamedTuple):
    """A volume as it stands in the book: 档号, how long it is kept by the key of the book and in words."""

    ref: str
    keep: str
    keep_word: str


def archive(
    ctx: Context, session: Session, visit: str, volume: str, title: str, pages: int, papers: Collection[str]
) -> Archived:
    """Set down a volume of the file of a visit, or how many pages it has by now; return how it stands in the book.

    papers: the keys of those in the whole file, which say how long it is kept
    """
    today, book = legal_day(ctx.now()), definition(BOOK)
    keep = retention().keep(papers)
    row = _held(session, visit, volume)
    now: dict[str, Value] = {"title": title, "pages": pages, "keep": keep}
    if row is None:
        ref = next(numbers(ctx, session, retention().ref, today, _REF, LocalEntry.register == BOOK))
        new = {**now, "year": today.year, "ref": ref, "volume": volume, "visit": visit}
        write_new(ctx, session, book, as_new(book, new, today)[0])
    else:
        ref = str(row.values["ref"])
        differing = {key: value for key, value in now.items() if row.values.get(key) != value}
        if differing:
            write_many(ctx, session, book, [Write(row.id, differing, travels=False)], "", "hand", ctx.new_id())
    return Archived(ref, keep, word(dict(book.field("keep").choices)[keep]))


def _held(session: Session, visit: str, volume: str) -> LocalEntry | None:
    own = select(LocalEntry).where(LocalEntry.register == BOOK, ~LocalEntry.withdrawn)
    return session.scalars(
        own.where(
            LocalEntry.values["visit"].as_string() == visit,
            LocalEntry.values["volume"].as_string() == volume,
        )
    ).first()


_REF = cast("InstrumentedAttribute[str]", LocalEntry.values["ref"].as_string())
