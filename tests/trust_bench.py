"""A county with two towns, and whatever a liar can make: laptops, bundles, requests and signatures of every kind."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from ohdesk.db import journal
from ohdesk.db.chain import NO_HASH
from ohdesk.db.models import KeyPurpose, OwnKey
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.canonical import canonical, plain
from ohdesk.domain.ids import uuid7
from ohdesk.domain.operations import CertificateReinstated, CertificateRevoked, Operation, PhotoPageAdded
from ohdesk.domain.record import PHOTO_PAGE_FORMAT
from ohdesk.security import certificates
from ohdesk.security.certificates import DeviceSubject, PersonSubject
from ohdesk.security.sealing import AgeSealer
from ohdesk.security.signing_keys import DeviceKey, PersonKey, replica_of
from ohdesk.services.context import Context
from ohdesk.services.exchange import sending
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import composing
from ohdesk.services.trust import certified, joining
from ohdesk.sync.container import Entry, chunks, local_header
from ohdesk.sync.manifest import (
    OPS_NAME,
    OUTER_CAPS,
    PAYLOAD,
    SIGNED_PREFIX,
    Made,
    Range,
    Said,
    Schema,
    Sender,
    held_name,
)
from ohdesk.sync.reader import read_outer
from ohdesk.sync.writer import Contents, Member, member, write
from tests import final_papers, rectifying
from tests.asker import Asker, Person, person
from tests.conftest import NOON, PASSWORD, noon, town_workspace
from tests.unit.services.exchange.bundle_world import TOWNS, World, new_world, write_entry
from tests.visiting import add_firm

COUNTY, HOME, OTHER = "000000", TOWNS[0][0], TOWNS[1][0]
END = datetime(2031, 3, 1, 4, 0, tzinfo=UTC)  # of the certificates issued at NOON


@dataclass(frozen=True)
class Laptop:
    """A device key with a certificate: signs whatever its owner likes."""

    key: DeviceKey
    certificate: bytes
    division: str

    @property
    def replica(self) -> str:
        """The replica its key makes it."""
        return replica_of(self.key.public_der)

    @property
    def name(self) -> str:
        """SHA-256 of its public key: what the county takes back."""
        return certified.key_of(self.key.public_der)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the device."""
        return self.key.sign(message)


@dataclass
class Bench:
    """The world, the county's root key, and the bundles of an honest exchange: `up` to the county, `down` from it."""

    world: World
    folder: Path
    root_key: PersonKey
    root: bytes
    recipients: tuple[str, ...]
    up: Path
    down: Path
    record: dict[str, Any]
    _number: Iterator[int] = field(default_factory=count)

    def place(self, name: str = "") -> Path:
        """Return where a file nobody has yet can be put."""
        folder = self.folder / str(next(self._number))
        folder.mkdir()
        return folder / (name or "handed.ohb")

    def laptop(self, division: str = HOME, at: datetime = NOON, key: DeviceKey | None = None, **more: str) -> Laptop:
        """Return a new laptop that the county's root certified, in a file that its journal does not tell of."""
        key = key or DeviceKey.create()
        subject = DeviceSubject(replica=replica_of(key.public_der), office="石桥镇", division=division, **more)
        return Laptop(key, certificates.issue(self.root_key, self.root, key.public_der, subject, at), division)

    def own(self, ctx: Context) -> Laptop:
        """Return the laptop of a workspace itself."""
        with ctx.reading() as session:
            row = session.get_one(OwnKey, KeyPurpose.DEVICE)
            key = DeviceKey.unwrap(row.secret, joining.at_rest(ctx.keys.database), ctx.office.replica)
            return Laptop(key, row.certificate_der, ctx.office.division)

    def successor(self) -> Laptop:
        """Return a machine of the county that takes over, by the word of the root, from the one on the card."""
        return self.laptop(COUNTY, takes_over=self.world.county.office.replica)

    def said(self, laptop: Laptop, kind: str, record: str, values: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """Return an operation of this laptop, without its place in the chain."""
        said = {
            "r": laptop.replica, "t": kind, "id": record, "base": [], "d": laptop.division,
            "at": "2026-03-02T04:00:00Z", "by": "李旸", "v": values, "blobs": [],
        }  # fmt: skip
        return said | changed

    def entry(self, laptop: Laptop, record: str = "", name: str = "新开的厂", **changed: Any) -> dict[str, Any]:
        """Return a write of a roll entry, of a new one of the laptop's own division unless another is given."""
        fields = changed.pop("fields", {"name": name, "town": laptop.division})
        values = {"fields": fields, "reason": "", "source": "hand"}
        return self.said(laptop, "establishment.written@1", record or self.new_id(laptop.division), values, **changed)

    def draw(
        self, laptop: Laptop, who: Person, key: PersonKey | None = None, at: datetime = NOON, **changed: Any
    ) -> dict[str, Any]:
        """Return the freeze of a draw, signed in somebody's name with their key unless another is given."""
        values = {"plan": f"2026-{next(self._number)}", "number": 1, "commit": "1" * 64, "pool_sha256": "2" * 64}
        record = changed.pop("record", "") or self.new_id(laptop.division)
        said = self.said(laptop, "draw.committed@1", record, values, at=instant_text(at), by=who.id)
        return said | {"sig": key or who.key} | changed

    def new_id(self, division: str) -> str:
        """Return an id that an office of this division makes."""
        return uuid7(NOON, division)

    def chained(self, said: Sequence[dict[str, Any]], first: int = 1, previous: str = NO_HASH) -> list[bytes]:
        """Return operations with their places in the chain; where a key stands for the signature, it signs now."""
        bodies: list[bytes] = []
        for number, each in enumerate(said, first):
            value = {"s": number, "p": previous} | each
            key = value.get("sig")
            if isinstance(key, PersonKey):
                del value["sig"]
                value["sig"] = signature(key, canonical(value))
            bodies.append(canonical(value))
            previous = sha256(bodies[-1]).hexdigest()
        return bodies

    def bundle(
        self,
        laptop: Laptop,
        *said: dict[str, Any],
        wall: datetime = NOON,
        after: Sequence[bytes] = (),
        bodies: Sequence[bytes] = (),
        more: Sequence[Member] = (),
        recipients: Sequence[str] = (),
        **head: Any,
    ) -> Path:
        """Write a bundle of one new employer, or of these operations, signed by the laptop; `head` is said instead.

        after: what the laptop has written before · bodies: operations as they are, instead of `said`
        more: members besides, and no new employer then
        wall: when, by the laptop's clock · recipients: instead of everybody
        """
        first = len(after) + 1
        previous = sha256(after[-1]).hexdigest() if after else NO_HASH
        if not more:
            bodies = bodies or self.chained(said or [self.entry(laptop)], first, previous)
        last = first + len(bodies) - 1
        told = {
            "sender": Sender(
                replica=laptop.replica, device_fp=certificates.fingerprint(laptop.certificate), town=laptop.division
            ),
            "bundle_seq": 1,
            "prev": "",
            "range": Range(first, last) if bodies else None,
            "needs": (),
            "schema": Schema(ver=1, hash="0" * 64),
            "app": "bench",
            "made": Made(instant_text(wall), 480, True, ""),
        }
        lines = b"".join(body + b"\n" for body in bodies)
        own = (member(OPS_NAME.format(first=first, last=last), lines),) if bodies else ()
        members = (*own, *more)
        file = io.BytesIO()
        sealer = AgeSealer(tuple(sorted(recipients or self.recipients)))
        write(file, Contents(Said(**told), members), sealer, laptop, lambda _written: None)
        path = self.place()
        path.write_bytes(file.getvalue())
        return self.with_head(path, laptop, **head) if head else path

    def next_bundle(
        self, before: Path, laptop: Laptop, bodies: Sequence[bytes], *said: dict[str, Any], **lies: Any
    ) -> Path:
        """Write the bundle that follows a laptop's first one, which carried all that it has written: `bodies`."""
        follows = {"bundle_seq": 2, "prev": read_outer(before).identity}
        return self.bundle(laptop, *said, after=bodies, **(follows | lies))

    def with_head(self, sent: Path, laptop: Laptop, certificate: bytes = b"", **changed: Any) -> Path:
        """Write a bundle again with other values in its head, signed by this laptop, with another certificate or not.

        A value that is a mapping changes only the values it names.
        """
        outer = read_outer(sent)
        said = msgspec.to_builtins(outer.head)
        certificate = certificate or outer.certificate
        said["from"]["device_fp"] = certificates.fingerprint(certificate)
        for key, value in changed.items():
            name = key.rstrip("_")
            said[name] = said.get(name, {}) | value if isinstance(value, dict) else value
        head = canonical(said)
        start = len(local_header(Entry(PAYLOAD, 0, 0, 0)))
        payload = sent.read_bytes()[start : start + outer.head.payload.len]
        values = (payload, certificate, head, laptop.sign(SIGNED_PREFIX + head))
        parts = dict(zip(OUTER_CAPS, values, strict=True))
        path = self.place()
        path.write_bytes(b"".join(chunks((name, partial(parts.__getitem__, name)) for name in parts)))
        return path

    def certify(self, who: Person, division: str = HOME, since: datetime = NOON, until: datetime = END) -> bytes:
        """Have the county certify a person's key for a division and a term; return the certificate."""
        subject = PersonSubject(person=who.id, name=who.name, number=who.number, office="石桥镇", division=division)
        public = who.key.public_der
        der = certificates.issue_between(self.root_key, self.root, public, subject, since, until)
        self.county_says(certified.issued(der, since))
        return der

    def inspector(self, division: str = HOME, **term: datetime) -> Person:
        """Return a new inspector of a town with a certified key."""
        who = somebody(division)
        self.certify(who, division, **term)
        return who

    def snapshot(self, laptop: Laptop, of: str, *bodies: bytes) -> Path:
        """Write what a laptop says that another replica has written."""
        name = held_name(of).format(first=1, last=len(bodies))
        return self.bundle(laptop, more=[member(name, b"".join(body + b"\n" for body in bodies))])

    def asker(self, key: DeviceKey | None = None) -> Asker:
        """Return somebody who asks this county for certificates, with a new device key unless one is given."""
        place = self.place()
        card = joining.write_card(self.world.county, place.with_name("card"))
        return Asker(card.digest, place.parent, key or DeviceKey.create())

    def spoken(self, laptop: Laptop, operation: Operation) -> dict[str, Any]:
        """Return an operation as this laptop says it."""
        values = msgspec.to_builtins(operation)
        record, _blobs = values.pop("record"), values.pop("blobs")
        return self.said(laptop, operation.kind, record, values)

    def finalized(self, laptop: Laptop, who: Person, key: PersonKey | None = None, **changed: Any) -> dict[str, Any]:
        """Return a final record of which somebody is the first inspector, signed with their key or another's.

        inspected: when the inspection began and ended, instead of at noon
        changed: other values of the record, and of the operation
        """
        visit = changed.pop("visit", "") or self.new_id(laptop.division)
        record = self.record | {"visit": visit, "number": f"2026-A-{next(self._number):04d}"}
        record["office"] = record["office"] | {"division": changed.pop("office", laptop.division)}
        if inspected := changed.pop("inspected", None):
            record |= dict.fromkeys(("started_at", "ended_at"), instant_text(inspected))
        first, *others = record["inspectors"]
        record["inspectors"] = [first | {"person": who.id}, *others]
        pdf = sha256(visit.encode()).hexdigest()
        values, blobs = final_papers.said(record, pdf)
        named = [f"sha256:{blob}" for blob in blobs]
        said = self.said(laptop, "visit.finalized@1", visit, values, by=who.id, blobs=named)
        return said | {"sig": key or who.key} | changed

    def photo_page(self, laptop: Laptop, final: dict[str, Any], who: Person) -> dict[str, Any]:
        """Return a page of later photos of a final record, with somebody for its first inspector, whose key signs."""
        record = final["v"]["content"]["record"]
        first, *others = record["inspectors"]
        pdf = sha256(who.id.encode()).hexdigest()
        page = {
            "fmt": PHOTO_PAGE_FORMAT, "renderer": record["renderer"],
            "wording": record["wording"], "forms_sha256": record["forms_sha256"],
            "number": f"{record['number']}-1", "title": "照片说明页", "visit": record["visit"],
            "record_number": record["number"], "record_title": record["title"],
            "record_sha256": final["v"]["record_sha256"], "record_pdf_sha256": final["v"]["pdf_sha256"],
            "finalized_at": final["at"], "inspectors": [first | {"person": who.id}, *others], "photos": [],
        }  # fmt: skip
        values = {"content": {"paper": "photo_page", "record": page, "strokes": []}, "pdf_sha256": pdf}
        said = self.said(laptop, PhotoPageAdded.kind, final["id"], values, by=who.id, blobs=["sha256:" + pdf])
        return said | {"sig": who.key}

    def announce(self, laptop: Laptop) -> None:
        """Have the county tell of a laptop in its journal."""
        self.county_says(certified.issued(laptop.certificate, NOON))

    def take_back(self, key: str, since: str = "2026-03-01") -> None:
        """Have the county take a key back."""
        self.county_says(CertificateRevoked(record=key, since=since, reason="遗失"))

    def give_back(self, key: str) -> None:
        """Have the county lift every revocation of a key."""
        with self.world.county.reading() as session:
            standing = tuple(certified.revocations(session, key))
        self.county_says(CertificateReinstated(record=key, revocations=standing, reason="找到了"))

    def county_says(self, operation: Any) -> None:
        """Write an operation at the county."""
        with self.world.county.transaction() as session:
            journal.record(session, operation, self.world.county.stamp())


def somebody(division: str = HOME, **known: Any) -> Person:
    """Return a person of an office, with a number that nobody else has."""
    new = person(division, **known)
    return replace(new, number=new.id[14:28])


def signature(key: PersonKey, message: bytes) -> dict[str, str]:
    """Return the signature of a person under an operation, as it stands in it."""
    value = base64.b64encode(key.sign(message)).decode("ascii")
    return {"key": sha256(key.public_der).hexdigest(), "value": value}


def later(ctx: Context, when: datetime) -> Context:
    """The same workspace with its clock set."""
    return replace(ctx, now=lambda: when)


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Yield a county and two towns that have exchanged nothing yet, with a first bundle each way beside them."""
    (folder / "world").mkdir()
    with new_world(folder / "world", TOWNS[:2]) as world:
        with world.county.reading() as session:
            row = session.get_one(OwnKey, KeyPurpose.ROOT)
            root_key = PersonKey.unwrap(row.secret, joining.at_rest(world.county.keys.database), joining.ROOT_OWNER)
            root = row.certificate_der
        recipients = []
        for ctx in (world.county, *world.towns):
            with ctx.reading() as session:
                recipients.append(session.get_one(OwnKey, KeyPurpose.AGE).public.decode("ascii"))
        write_entry(world.town, "青原县金麓陶瓷厂")
        up = sending.export(world.town, world.stick).path
        write_entry(world.county, "县级登记的厂", town=HOME)
        down = sending.export(world.county, world.stick).path
        yield Bench(world, folder, root_key, root, tuple(recipients), up, down, _record(folder / "elsewhere"))


def _record(folder: Path) -> dict[str, Any]:
    """Return the content of an honest record, as a town composes it."""
    with open_workspace(town_workspace(folder), "李旸", PASSWORD, noon) as ctx:
        visit = rectifying.visit_of(ctx, add_firm(ctx), "2026-03-02")
        rectifying.fill(ctx, visit)
        record = plain(composing.compose(ctx, visit, rectifying.NOBODY).record)
        assert isinstance(record, dict)
        return record
