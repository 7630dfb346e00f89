"""Definitions that an administrator installed: the text of a file by its id, kept on this laptop with its history."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import local_journal
from ohdesk.db.models import LocalEntry
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.operations import EntryWritten
from ohdesk.services.context import Context

# What the definitions are of, as the book they are kept in; of papers every edition there ever was, since whoever
# checks one of long ago draws it again.
BOOKS, PAPERS, EDITIONS = "definitions", "paper_forms", "paper_form_editions"
_PIECE = 10_000  # characters of a definition in one value


def installed(session: Session, kind: str) -> dict[str, str]:
    """Return the texts installed of a kind, by their ids."""
    kept = select(LocalEntry.number, LocalEntry.values).where(LocalEntry.register == kind, ~LocalEntry.withdrawn)
    return {identity: _text(values) for identity, values in session.execute(kept)}


def keep(ctx: Context, session: Session, kind: str, identity: str, data: bytes, file: str) -> None:
    """Keep the text of a file under an id, in place of the one before; `file` is its name, for the history."""
    text = clean_text(data.decode("utf-8-sig"))
    pieces = tuple(("toml", text[start : start + _PIECE]) for start in range(0, len(text), _PIECE))
    written = EntryWritten(
        record=_entry_of(session, kind, identity) or ctx.new_id(),
        register=kind,
        fields={"number": identity, "kept": pieces},
        reason=clean_text(file),
        source="import",
    )
    local_journal.record_many(session, [written], ctx.stamp(), ctx.new_id())


def _text(kept: Mapping[str, Any]) -> str:
    return "".join(piece for _, piece in kept.get("kept", ()))


def _entry_of(session: Session, kind: str, identity: str) -> str | None:
    kept = (LocalEntry.register == kind, LocalEntry.number == identity)
    return session.scalars(select(LocalEntry.id).where(*kept)).first()
