"""A county and its towns, enrolled, in real workspaces: what bundles travel between."""

import atexit
import contextlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import msgspec
from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.models import OperationRow, OwnKey, Peer, Record
from ohdesk.domain.canonical import canonical
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten
from ohdesk.domain.people import PersonRole, Role
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.trust import joining, keys
from ohdesk.sync.container import Entry, chunks, local_header
from ohdesk.sync.manifest import OUTER_CAPS, PAYLOAD, SIGNED_PREFIX
from ohdesk.sync.reader import read_outer
from tests.conftest import NOON, PASSWORD, county_workspace, noon, town_workspace

TOWNS = (("000000001", "石桥镇"), ("000000002", "云岭乡"), ("000000003", "柳河街道"))


@dataclass(frozen=True)
class World:
    """One county, several towns, all unlocked; `stick` is where bundles are put."""

    county: Context
    towns: tuple[Context, ...]
    stick: Path

    @property
    def town(self) -> Context:
        return self.towns[0]


@contextlib.contextmanager
def new_world(folder: Path, offices: Sequence[tuple[str, str]] = TOWNS[:1]) -> Iterator[World]:
    """Yield a new county and one laptop for each (division, name); laptops of one division know each other."""
    county_workspace(folder / "county")
    for number, office in enumerate(offices):
        town_workspace(folder / f"town-{number}", *office)
    (folder / "stick").mkdir()
    with open_world(folder) as world:
        enrol(folder / "trust", world.county, world.towns)
        yield world


_made: dict[tuple[tuple[str, str], ...], Path] = {}


def copied_world(folder: Path, offices: Sequence[tuple[str, str]] = TOWNS[:1]) -> AbstractContextManager[World]:
    """As `new_world`, in a fraction of the time: all that ask for the same offices get copies of one world."""
    key = tuple(offices)
    if key not in _made:
        _made[key] = Path(mkdtemp(prefix="ohdesk-made-"))
        atexit.register(shutil.rmtree, _made[key], ignore_errors=True)
        with new_world(_made[key], offices):
            pass
    return copy_of_world(_made[key], folder)


def copy_of_world(made: Path, folder: Path) -> AbstractContextManager[World]:
    """Copy a world that nobody has open, and unlock the copy."""
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("*.lock"), dirs_exist_ok=True)
    return open_world(folder)


@contextlib.contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Unlock the world in `folder`, new or copied."""
    with contextlib.ExitStack() as stack:
        county = stack.enter_context(open_workspace(folder / "county", "陶镕", PASSWORD, noon))
        places = sorted(folder.glob("town-*"))
        towns = tuple(stack.enter_context(open_workspace(place, "李旸", PASSWORD, noon)) for place in places)
        yield World(county, towns, folder / "stick")


def enrol(folder: Path, county: Context, towns: Sequence[Context]) -> None:
    """Have the county certify the towns, and the laptops of one town know each other; again, for who has come since."""
    folder.mkdir(exist_ok=True)
    joining.write_card(county, folder / "card")
    for town in towns:
        joining.write_request(town, folder / "card", folder / "request")
        joining.issue(county, folder / "request", folder / "answer")
        joining.accept(town, folder / "answer")
        for other in towns:
            if other is not town and other.office.division == town.office.division:
                _introduce(town, other)


def pass_on(world: World, sender: Context, *receivers: Context) -> None:
    """Have what is new at one office taken in by others."""
    sent = sending.export(sender, world.stick).path
    for receiver in receivers:
        receiving.take_in(receiver, sent)


def add_certified_inspector(world: World, until: str = "2028-12-31") -> str:
    """Add an inspector, "王𠅤", to the first town and have the county certify the key; return the person's id."""
    person = people.add_person(world.town, "王𠅤", PersonRole.INSPECTOR, "DEMO-0001", until)
    accounts.add(world.town, "王𠅤", "zweites-wort", {Role.INSPECTOR}, person)
    enrol(world.stick.with_name("again"), world.county, world.towns[:1])
    return person


def _introduce(ctx: Context, other: Context) -> None:
    with other.reading() as session:
        recipient = session.get_one(OwnKey, "age").public.decode("ascii")
    with ctx.transaction() as session:
        session.merge(
            Peer(
                replica=other.office.replica,
                role=other.office.role,
                division=other.office.division,
                name=other.office.name,
                age_recipient=recipient,
            )
        )


def write_entry(ctx: Context, name: str, entry: str = "", town: str = "") -> str:
    """Write the name of a roll entry, a new one unless given, of the own town unless given; return its id."""
    entry = entry or ctx.new_id()
    fields = {"name": name, "town": town or ctx.office.division}
    with ctx.transaction() as session:
        journal.record(session, EstablishmentWritten(record=entry, fields=fields), ctx.stamp())
    return entry


def write_with_photo(ctx: Context, content: bytes) -> str:
    """Write an operation that mentions a photo; return the photo's hash."""
    digest = blobs.put(ctx, content)
    fields = {"name": "李旸", "role": "assistant"}
    with ctx.transaction() as session:
        blobs.note(session, digest, len(content))
        operation = PersonWritten(record=ctx.new_id(), fields=fields, blobs=(digest,))
        journal.record(session, operation, ctx.stamp())
    return digest


def with_head(ctx: Context, sent: Path, **changed: object) -> Path:
    """Write a bundle beside `sent` with other values in its head, signed by the device of `ctx`, which may lie."""
    outer = read_outer(sent)
    head = canonical(msgspec.to_builtins(outer.head) | changed)
    with ctx.reading() as session:
        signature = keys.signer(ctx, session).sign(SIGNED_PREFIX + head)
    start = len(local_header(Entry(PAYLOAD, 0, 0, 0)))
    payload = sent.read_bytes()[start : start + outer.head.payload.len]
    parts = dict(zip(OUTER_CAPS, (payload, outer.certificate, head, signature), strict=True))
    path = sent.with_name(f"with {' '.join(changed)}.ohb")
    path.write_bytes(b"".join(chunks((name, partial(parts.__getitem__, name)) for name in parts)))
    return path


def copy_of(ctx: Context, folder: Path) -> AbstractContextManager[Context]:
    """Copy a workspace as it stands, keys, identity and all, and unlock the copy."""
    with ctx.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(ctx.folder, folder, ignore=shutil.ignore_patterns("*.lock", "*-wal", "*-shm"))
    return open_workspace(folder, ctx.actor.account, PASSWORD, noon)


def bodies(ctx: Context, replica: str) -> list[bytes]:
    """The stored bytes of every operation of a replica."""
    with ctx.reading() as session:
        rows = select(OperationRow.body).where(OperationRow.replica == replica).order_by(OperationRow.seq)
        return list(session.scalars(rows))


def note_record(ctx, seq, visit="0198a000-0000-7000-8000-00000000000a", number="2026-0001"):
    """Set down that operation `seq` finalized a record."""
    with ctx.transaction() as session:
        session.add(
            OperationRow(
                replica=ctx.office.replica,
                seq=seq,
                hash=f"{seq:064x}",
                kind="visit.finalized@1",
                record=visit,
                body=canonical({"blobs": [], "base": []}),
            )
        )
        text = {
            "title": "现场检查笔录",
            "number": number,
            "establishment": "e",
            "establishment_name": "安泰机械厂",
            "form": "employer",
        }
        text |= {"listed_under": "e", "draw": "", "kind": "daily", "outcome": "checked", "outcome_name": "检查完毕"}
        times = dict.fromkeys(("started_at", "ended_at", "finalized_at"), "2026-03-02T04:00:00Z")
        times |= {"inspected_on": NOON.date()}
        hashes = {"record_sha256": "", "pdf_sha256": ""}
        carried = {
            "off_site": False,
            "signed_in": "electronic",
            "answers": 0,
            "findings": 0,
            "replica": ctx.office.replica,
            "seq": seq,
        }
        session.flush()
        session.add(Record(visit=visit, division="000000001", **text, **times, **hashes, **carried))
