"""Quarantine: a bundle that was refused is kept as it came, with the reason, so that it can be proved and followed up.

Bounded in number and size: an older file goes before a newer one, the line that tells of it stays.
"""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohdesk.db.models import Peer, QuarantinedBundle
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.files import flush, medium_told, move_durably
from ohdesk.services.context import Context
from ohdesk.sync.container import PIECE
from ohdesk.sync.problems import BundleRefusedError
from ohdesk.sync.reader import read_ends

QUARANTINE = "quarantine"
_MOST_FILES, _MOST_BYTES = 50, 256 * 1024 * 1024
_MOST_LINES = 1000
_LONGEST_NAME = 120

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefusedBundle:
    """A bundle that was refused, by the SHA-256 of the file.

    name:   of the file as it was handed in
    sender: whom it names itself, unproved; "" when not even that can be read
    kept:   the file still lies in the quarantine folder, as `<id>.ohb`
    """

    id: str
    name: str
    sender: str
    size: int
    reason: str
    came_at: datetime
    kept: bool


def refused_bundles(ctx: Context) -> list[RefusedBundle]:
    """Return the bundles that were refused, newest first."""
    with ctx.reading() as session:
        names = {peer.replica: peer.name for peer in session.scalars(select(Peer))}
        rows = select(QuarantinedBundle).order_by(QuarantinedBundle.came_at.desc(), QuarantinedBundle.sha256)
        return [
            RefusedBundle(
                id=row.sha256,
                name=row.name,
                sender=names.get(row.replica, f"{row.division} {row.replica[:8]}".strip()),
                size=row.size,
                reason=row.reason,
                came_at=row.came_at,
                kept=row.kept,
            )
            for row in session.scalars(rows)
        ]


def keep_refused(ctx: Context, file: Path, name: str, refusal: BundleRefusedError) -> None:
    """Set down why a bundle was refused, and keep a copy of the file; the same bytes only once.

    What fails here is only logged: the refusal itself must be told.
    """
    ctx.require(Right.BUNDLE)
    if not refusal.is_evidence:
        return
    try:
        with medium_told(file):
            _keep(ctx, file, name, refusal.message)
    except UserError as error:
        log.warning("a refused bundle could not be kept: %s", error)


def _keep(ctx: Context, file: Path, name: str, reason: str) -> None:
    folder = ctx.folder / QUARANTINE
    folder.mkdir(exist_ok=True)
    arriving = folder / "arriving.part"
    fits = file.stat().st_size <= _MOST_BYTES
    try:
        digest, size = _copied(file, arriving if fits else None)
        division, replica = _named(file)
        if fits:
            # The file first: a line must never promise what a power cut took.
            move_durably(arriving, folder / f"{digest}.ohb")
    finally:
        arriving.unlink(missing_ok=True)
    with ctx.transaction() as session:
        session.merge(
            QuarantinedBundle(
                sha256=digest,
                name=clean_text(name)[:_LONGEST_NAME],
                division=division,
                replica=replica,
                size=size,
                reason=reason,
                came_at=ctx.now(),
                kept=fits,
            )
        )
        session.flush()
        staying = _bounded(session)
    for place in folder.glob("*.ohb"):
        if place.stem not in staying:
            place.unlink()


def _copied(file: Path, arriving: Path | None) -> tuple[str, int]:
    """Return SHA-256 and length in bytes of a file, copied durably where that is wanted: both of the same bytes."""
    digest, size = sha256(), 0
    with ExitStack() as stack:
        source = stack.enter_context(file.open("rb"))
        copy = stack.enter_context(arriving.open("wb")) if arriving else None
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            if copy is not None:
                copy.write(piece)
        if copy is not None:
            flush(copy)
    return digest.hexdigest(), size


def _named(file: Path) -> tuple[str, str]:
    """Return division and replica that a file names as its sender; empty when they cannot be read."""
    try:
        sender = read_ends(file).head.sender
    except UserError:
        return "", ""
    return sender.town, sender.replica


def _bounded(session: Session) -> set[str]:
    """Drop the oldest lines, unmark the files for which there is no room, and return those that stay."""
    staying: set[str] = set()
    room = _MOST_BYTES
    rows = select(QuarantinedBundle).order_by(QuarantinedBundle.came_at.desc(), QuarantinedBundle.sha256)
    for number, row in enumerate(session.scalars(rows)):
        room -= row.size if row.kept else 0
        if row.kept and room >= 0 and len(staying) < _MOST_FILES:
            staying.add(row.sha256)
        if number >= _MOST_LINES:
            session.delete(row)
    session.execute(
        update(QuarantinedBundle)
        .where(QuarantinedBundle.kept, QuarantinedBundle.sha256.not_in(staying))
        .values(kept=False)
    )
    return staying
