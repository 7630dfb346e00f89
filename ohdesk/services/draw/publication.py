"""Publishing a draw (公示): the package from which anybody can draw again, signed by this office's device."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Draw, Record, Visit
from ohdesk.db.queries.draws import commit_entries, files_of
from ohdesk.domain.calendar import instant_text, legal_day, parse_instant, printed_minute
from ohdesk.domain.canonical import canonical
from ohdesk.domain.draw.drawing import csv_bytes, grouped
from ohdesk.domain.operations import DrawPublished
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.files import medium_told, safe_stem, write_durably
from ohdesk.reports.draw_papers import announced_text, wording
from ohdesk.security import certificates, signing_keys
from ohdesk.security.sealing import DeviceSigner
from ohdesk.services.context import Context
from ohdesk.services.draw import package as draw_package
from ohdesk.services.draw.held import own_draw
from ohdesk.services.draw.papers import public_papers
from ohdesk.services.draw.views import draw_detail
from ohdesk.services.trust import keys


def publish(ctx: Context, draw_id: str, folder: Path) -> Path:
    """Write the publication package of a draw into `folder` and return its path.

    A void draw that had a result is published too, with the reason.  Raises UserError before there is a result,
    MachineError when the folder cannot be written; the journal then knows of no publication.
    """
    ctx.require(Right.PUBLISH)
    papers = public_papers(ctx, draw_id)
    with ctx.reading() as session:
        draw = own_draw(session, ctx, draw_id)
        package = draw_package.pack(_signed_members(ctx, session, draw, papers))
        place = folder / f"公示_{safe_stem(draw.plan)}_{draw.number}.zip"
    # The file comes last within the transaction: a folder that cannot be written takes the journal's entry back.
    with ctx.transaction() as session:
        own_draw(session, ctx, draw_id)
        published = DrawPublished(record=draw_id, package_sha256=sha256(package).hexdigest())
        journal.record(session, published, ctx.stamp())
        with medium_told(place.parent):
            place.parent.mkdir(parents=True, exist_ok=True)
        write_durably(place, package)
    return place


def _signed_members(ctx: Context, session: Session, draw: Draw, papers: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a package by name, with their checksums and the device's signature over those."""
    signer, files = keys.own_signer(ctx, session), files_of(session, draw)
    assert files is not None  # noqa: S101 - `public_papers` has seen to it
    members = {
        **draw_package.shipped_files(),
        **papers,
        "sheet.json": files.sheet,
        "seed.txt": draw.seed.encode("ascii"),
        "pool.csv": files.pool,
        "result.csv": files.result,
        "commit.txt": _commit_text(ctx, session, draw),
        draw_package.FACTS: _particulars(ctx, draw),
        draw_package.DEVICE: _device(signer),
    }
    if visits := _visits(session, ctx, draw):
        members["visits.csv"] = csv_bytes([("id", "day", "outcome", "result"), *visits])
    sums = draw_package.checksums(members)
    return members | {draw_package.SUMS: sums, draw_package.SIGNATURE: signer.sign(sums)}


def _visits(session: Session, ctx: Context, draw: Draw) -> tuple[tuple[str, str, str, str], ...]:
    """Return id, day, code and words of the result of every finished visit of the draw, by id."""
    finished = (
        select(Record.establishment, Record.ended_at, Record.outcome, Record.outcome_name)
        .join(Visit, Visit.id == Record.visit)
        .where(Visit.draw == draw.id)
    )
    numbers = {firm.establishment: firm.id for firm in draw_detail(ctx, draw.id).firms}
    rows = (
        (numbers[firm], legal_day(parse_instant(ended_at)).isoformat(), outcome, word)
        for firm, ended_at, outcome, word in session.execute(finished)
        if firm in numbers
    )
    return tuple(sorted(rows))


def _commit_text(ctx: Context, session: Session, draw: Draw) -> bytes:
    entry = commit_entries(session, draw.id)[0]
    words = wording()["commit"]
    lines = [
        draw.commit,
        words["groups"].format(groups=grouped(draw.commit)),
        words["office"].format(office=ctx.office.name, division=ctx.office.division),
        words["number"].format(plan=draw.plan, number=draw.number),
        words["frozen_at"].format(time=printed_minute(parse_instant(draw.committed_at))),
        words["journal"].format(entry=f"{entry.replica}:{entry.seq} {entry.hash}"),
    ]
    if ctx.office.role == OfficeRole.TOWN:
        lines.append(announced_text(draw.receipt))
    if draw.void_reason:
        lines.append(words["void"].format(reason=draw.void_reason))
    return ("\n".join(lines) + "\n").encode()


def _particulars(ctx: Context, draw: Draw) -> bytes:
    return canonical(
        {
            "fmt": draw_package.FORMAT,
            "replica": ctx.office.replica,
            "division": ctx.office.division,
            "office": ctx.office.name,
            "plan": draw.plan,
            "draw": draw.number,
            "commit": draw.commit,
            "state": draw.state,
            "void_reason": draw.void_reason,
            "published_at": instant_text(ctx.now()),
        }
    )


def _device(signer: DeviceSigner) -> bytes:
    if signer.certificate:
        return certificates.pem(signer.certificate)
    return signing_keys.public_pem(signer.key.public_der)
