"""Bundles that a town could sign and no ohdesk would write: odd values at every place of every kind of operation."""

import base64
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from ohdesk.db.models import ReplicaHead
from ohdesk.domain.canonical import NotCanonicalError, fingerprint, plain
from ohdesk.domain.draw.drawing import PoolEntry, commitment, pool_csv
from ohdesk.domain.record import PHOTO_PAGE_FORMAT
from ohdesk.security import certificates
from ohdesk.security.sealing import AgeSealer
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office import accounts, people, powers
from ohdesk.services.record import composing
from ohdesk.services.roll import entries
from ohdesk.services.roll.export import export_roll
from ohdesk.services.trust import keys
from ohdesk.sync.manifest import OPS_NAME, Made, Range, Said, Schema, Sender
from ohdesk.sync.problems import BundleRefusedError
from ohdesk.sync.writer import Contents, member, write
from tests import final_papers, rectifying
from tests.published_draw import SHEET
from tests.reads import Read, reads
from tests.unit.services.exchange.bundle_world import TOWNS, World, enrol, new_world
from tests.visiting import POWER, add_firm

AT = "2026-03-02T04:00:00Z"
DEEP: Any = "x"
for _ in range(40):
    DEEP = [DEEP]
# Types, extremes, Unicode, depth, lengths; some are right at one place or another.
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 10_000_000, 10_000_001, 2**31, 2**53 - 1, 2**53 + 1, 10**20, 10**400, 1.5,
    "", " ", "昨天", "x", "county", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-02-30",
    "2026-02-29T00:00:00Z", "2999-12-31", "厂" * 201, "厂" * 2_001, "厂" * 20_001, "e\u0301", "\u202e石桥", "\x00",
    "一\n二", "\u2028", "🏭" * 60,
    "000000-" + "9" * 5000, "000000001-999999999", "'; DROP TABLE record; --", "../../x", "=1+1", "0" * 64, "F" * 64,
    "sha256:" + "0" * 64, "019cacb3-f200-7869-bae0-041923b82a72", "1970-01-01T00:00:00Z", "000000", "000000002",
    [], {}, [[]], [None], {"": 1}, {"deep": DEEP}, ["x"] * 2000, ["sha256:" + "0" * 64] * 2000, {"一": 1},
    {f"k{number}": number for number in range(200)}, [1, "a", None], "not_met", "establishment.written@1", "@", "9.9",
)  # fmt: skip
BINDING = {"draw.committed@1", "draw.voided@1", "visit.finalized@1", "record.photo_page_added@1", "record.amended@1"}


@dataclass
class Told:
    """What became of the bundles. aside, refused: reasons and how often · crashes, dead: what must not be."""

    bundles: int = 0
    operations: int = 0
    applied: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


@dataclass
class OddTown:
    """A town's laptop whose owner writes what he likes, with the town's certified keys, to its county."""

    world: World
    inspector: str
    key: PersonKey
    record: dict[str, Any]
    folder: Path
    chance: random.Random
    bundle_seq: int = 1000
    _made: int = 0

    @property
    def replica(self) -> str:
        return self.world.town.office.replica

    def bundle(self) -> tuple[Path, int]:
        """Write a bundle of a few operations, one of them odd; return it and how many there are."""
        said = self.chance.choice((self.roll, self.book, self.person, self.draw, self.visit, self.certificates))()
        return self.bundle_of(said, self.chance.randrange(len(said))), len(said)

    def bundle_of(self, said: list[Any], odd: int = -1) -> Path:
        """Write a bundle of these operations, that at the place `odd` spoilt."""
        with self.world.county.reading() as session:
            head = session.get_one(ReplicaHead, self.replica)
            seq, previous = head.seq, head.hash
        bodies: list[bytes] = []
        for place, value in enumerate(said):
            body = self._body(value | {"s": seq + 1, "p": previous}, odd=place == odd)
            seq, previous = seq + 1, sha256(body).hexdigest()
            bodies.append(body)
        return self._sealed(bodies, seq)

    def _sealed(self, bodies: list[bytes], last: int) -> Path:
        ctx, first = self.world.town, last - len(bodies) + 1
        with ctx.reading() as session:
            signer, recipients = keys.signer(ctx, session), keys.standing_recipients(session)
        self.bundle_seq += 1
        device = certificates.fingerprint(signer.certificate)
        contents = Contents(
            Said(
                sender=Sender(replica=self.replica, device_fp=device, town=ctx.office.division),
                bundle_seq=self.bundle_seq,
                prev="",
                range=Range(first, last),
                needs=(),
                schema=Schema(ver=1, hash="0" * 64),
                app="odd",
                made=Made(AT, 480, True, ""),
            ),
            (member(OPS_NAME.format(first=first, last=last), b"".join(body + b"\n" for body in bodies)),),
        )
        path = self.folder / "odd.ohb"
        with path.open("w+b") as target:
            write(target, contents, AgeSealer(tuple(sorted(recipients))), signer, lambda _written: None)
        return path

    def _body(self, value: dict[str, Any], *, odd: bool) -> bytes:
        if odd:
            for _ in range(self.chance.choice((1, 1, 1, 2))):
                self._spoil(value)
        if str(value.get("t")) in BINDING:
            message = _bytes(value)
            signed = {"key": sha256(self.key.public_der).hexdigest(), "value": _base64(self.key.sign(message))}
            value["sig"] = signed if not odd or self.chance.random() < 0.9 else self.chance.choice(ODD)
        return _bytes(value)

    def _spoil(self, value: dict[str, Any]) -> None:
        """Change one place, however deep, to something odd; the link to the chain stays."""
        places = [place for place in _places(value) if place[0] not in {"r", "s", "p", "d"} or len(place) > 1]
        *way, last = self.chance.choice(places)
        inside: Any = value
        for step in way:
            inside = inside[step]
        what = self.chance.random()
        if what < 0.1 and isinstance(inside, dict):
            del inside[last]
        elif what < 0.2 and isinstance(inside, dict):
            inside[self.chance.choice(("more", "x", "", "name", "一"))] = self.chance.choice(ODD)
        elif what < 0.3 and isinstance(inside, list):
            inside.append(deepcopy(inside[last]))
        else:
            inside[last] = deepcopy(self.chance.choice(ODD))
        record = value.get("v", {}).get("content", {}) if isinstance(value.get("v"), dict) else {}
        if isinstance(record, dict) and self.chance.random() < 0.9:  # a liar makes the fingerprint fit
            try:
                value["v"]["record_sha256"] = fingerprint(record["record"])
            except (NotCanonicalError, KeyError, TypeError):
                return

    def _said(self, kind: str, record: str, values: dict[str, Any], *blobs: str, base: tuple[str, ...] = ()) -> Any:
        return {
            "r": self.replica, "t": kind, "id": record, "base": list(base), "d": self.world.town.office.division,
            "at": AT, "by": self.inspector, "v": values, "blobs": ["sha256:" + blob for blob in blobs],
        }  # fmt: skip

    def _new_id(self) -> str:
        self._made += 1
        tag = self.world.town.new_id()[-6:]
        return f"019cacb3-f200-7{self.chance.randrange(4096):03x}-bae0-{self._made:06x}{tag}"

    def roll(self) -> list[Any]:
        """An employer set down, and corrected."""
        entry, division = self._new_id(), self.world.town.office.division
        fields = {
            "name": f"石桥{self._made}厂", "town": division, "workers": 12, "uscc": "", "local_id": f"{division}-1",
            "declared": True, "tested_on": "2026-02-01", "status": "在业", "hazards": "噪声", "withdrawn": None,
            "merged_into": self._new_id(), "transfer_to": "000000002", "status_file": "ab" * 32,
        }  # fmt: skip
        rest = {"reason": "核实", "source": "hand"}
        return [
            self._said("establishment.written@1", entry, {"fields": fields, **rest}),
            self._said("establishment.written@1", entry, {"fields": {"phone": "000-1"}, **rest}),
        ]

    def book(self) -> list[Any]:
        """An entry of a book, and a correction of it."""
        entry = self._new_id()
        fields = {
            "number": f"移〔2026〕{self._made}", "state": "open", "establishment": self._new_id(),
            "opened_on": "2026-03-02", "subject": "粉尘", "evidence": [["0" * 64, "照片"]], "people": 3, "done": True,
            "withdrawn": False,
        }  # fmt: skip
        rest = {"register": "hand_over", "reason": "核实", "source": "hand"}
        return [
            self._said("entry.written@1", entry, {"fields": fields, **rest}),
            self._said("entry.written@1", entry, {"fields": {"state": "sent", "subject": "噪声"}, **rest}),
        ]

    def person(self) -> list[Any]:
        """A person set down, and gone."""
        fields = {
            "name": "陶镕", "role": "inspector", "certificate_no": f"X{self._made}", "certificate_until": "2027-12-31",
            "unit": "石桥镇", "leads": True,
        }  # fmt: skip
        person = self._new_id()
        return [
            self._said("person.written@1", person, {"fields": fields}, "ab" * 32),
            self._said("person.written@1", person, {"fields": {"role": "retired"}}),
            self._said("person.key_reset@1", person, {"key": "6" * 64}),
        ]

    def draw(self, *, enormous: bool = False) -> list[Any]:
        """A draw from its freeze on; its sheet may be spoilt as well, or one that would be computed for hours."""
        draw, sheet = self._new_id(), deepcopy(SHEET)
        if self.chance.random() < 0.5:
            self._spoil({"v": {"sheet": sheet}})
        if enormous or self.chance.random() < 0.05:
            ids = [f"F{number:05d}" for number in range(20_000)]
            inspectors = [{"id": f"I{number:04d}", "lead": True} for number in range(2000)]
            strata = [{"code": "A", "ids": ids, "num": 1, "den": 1, "min": 0}]
            sheet = SHEET | {"team": 99, "strata": strata, "recusals": [], "inspectors": inspectors}
        written = _bytes(sheet)
        pool = b"".join(pool_csv([PoolEntry("A001", "石桥厂", "A", "")]))
        minutes = {"source": "骰子", "witnesses": "甲、乙"}
        computed = {"sheet": written.decode(), "pool_csv": pool.decode(), "result_csv": f"commit,{'0' * 64}\n"}
        parts = [self._said("draw.part@1", self._new_id(), {"text": "commit,"})]
        computed |= {"sheet_parts": [], "pool_parts": [], "result_parts": [each["id"] for each in parts]}
        committed = {"plan": f"2026-{self._made}", "number": 1, "commit": commitment(written), "pool_sha256": "1" * 64}
        last = self.chance.choice((("draw.voided@1", {"reason": "名录有误"}), ("draw.published@1", _PUBLISHED)))
        return [
            self._said("draw.committed@1", draw, committed),
            self._said("draw.seeded@1", draw, {"seed": "1234567890", "minutes": minutes, "receipt": ""}),
            *parts,
            self._said("draw.computed@1", draw, computed),
            self._said(last[0], draw, last[1]),
        ]

    def visit(self) -> list[Any]:
        """A final record, a photo page and a correction to it."""
        visit, pdf = self._new_id(), sha256(f"pdf {self._made}".encode()).hexdigest()
        record = self.record | {"visit": visit, "number": f"2026-{self._made:04d}"}
        final, blobs = final_papers.said(record, pdf)
        page_pdf = sha256(f"page {self._made}".encode()).hexdigest()
        page = {
            "fmt": PHOTO_PAGE_FORMAT, "renderer": record["renderer"],
            "wording": record["wording"], "forms_sha256": record["forms_sha256"],
            "number": f"{record['number']}-1", "title": "照片说明页", "visit": visit, "record_number": record["number"],
            "record_title": record["title"], "record_sha256": fingerprint(record), "record_pdf_sha256": pdf,
            "finalized_at": AT, "inspectors": record["inspectors"], "photos": record["photos"],
        }  # fmt: skip
        added = {"content": {"paper": "photo_page", "record": page, "strokes": []}, "pdf_sha256": page_pdf}
        return [
            self._said("visit.finalized@1", visit, deepcopy(final), *blobs),
            self._said("record.photo_page_added@1", visit, deepcopy(added), page_pdf),
            self._said("record.amended@1", visit, {"statement": "更正", "reason": "笔误"}),
        ]

    def certificates(self) -> list[Any]:
        """What only the county may say, and what nobody says."""
        issued = {
            "der": _base64(b"no certificate"), "key": "2" * 64, "person": self.inspector, "replica": "",
            "division": "000000001", "name": "周沄", "number": "T1", "since": AT, "until": AT, "recipient": "",
            "mark": "", "takes_over": "",
        }  # fmt: skip
        revoked = {"since": "2026-03-01", "reason": "遗失"}
        settled = {"proposal": f"{self.replica}:1", "accepted": True, "reason": "核实"}
        reinstated = {"revocations": [f"{self.replica}:2"], "reason": "找回"}
        strange = {"sky": "blue"}
        return [
            self._said("certificate.issued@1", "3" * 64, issued),
            self._said("certificate.revoked@1", "4" * 64, revoked),
            self._said("certificate.reinstated@1", "4" * 64, reinstated),
            self._said("proposal.settled@1", self._new_id(), settled),
            self._said("weather.observed@7", "x", strange),
        ]


_PUBLISHED = {"package_sha256": "5" * 64}


@contextmanager
def odd_town(folder: Path, seed: int) -> Iterator[OddTown]:
    """Yield a town that the county knows and certified, with one honest record and its inspector's key."""
    with ExitStack() as stack:
        world = stack.enter_context(new_world(folder, TOWNS[:2]))
        town = world.town
        powers.add_power(town, POWER)
        for number, name in enumerate(("周沄", "吴翙")):
            person = people.add_person(town, name, "inspector", f"T-{number}", "2027-12-31", leads=True)
            accounts.add(town, name, "ohdesk-test-2", {"inspector"}, person)
        enrol(folder / "again", world.county, world.towns)
        inspector = next(each.id for each in people.list_people(town) if each.name == "周沄")
        key = accounts.unlock_inspector(town, "周沄", "ohdesk-test-2").signer.key
        visit = rectifying.visit_of(town, add_firm(town), "2026-03-02")
        rectifying.fill(town, visit)
        composed = composing.compose(town, visit, rectifying.NOBODY)
        rectifying.finalize(town, visit, key)
        receiving.take_in(world.county, sending.export(town, world.stick).path)
        yield OddTown(
            world,
            inspector,
            key,
            plain(composed.record),
            folder,
            random.Random(seed),  # noqa: S311 - what is odd
        )


def take_in(town: OddTown, count: int, told: Told, every: int = 0) -> None:
    """Have the county take in `count` bundles; look at all its screens at the end, and after `every` so many."""
    for number in range(1, count + 1):
        path, operations = town.bundle()
        told.bundles += 1
        told.operations += operations
        try:
            taken = receiving.take_in(town.world.county, path)
        except BundleRefusedError as error:
            told.refused[error.message] += 1
        except Exception as error:  # noqa: BLE001 - to be told, with what was tried
            told.crashes.append(f"bundle {number}: {type(error).__name__}: {error}"[:500])
        else:
            assert taken.outcome is Outcome.APPLIED
            told.applied += taken.applied - len(taken.set_aside)
            told.aside.update(each.reason for each in taken.set_aside)
        if every and number % every == 0:
            look(town, told)
    look(town, told)


def look(town: OddTown, told: Told) -> None:
    """Call every service that reads what came in, at the county and, after the county's bundle, at another town."""
    county, other = town.world.county, town.world.towns[1]
    _read(county, told, town.folder)

    def send() -> None:
        receiving.take_in(other, sending.export(county, town.folder).path)

    _try("export", send, told)
    _read(other, told, town.folder)


def _read(ctx: Context, told: Told, folder: Path) -> None:
    screens: dict[str, Read] = reads() | {
        "roll exported": lambda ctx: export_roll(ctx, folder / "roll.xlsx"),
        "an employer added": lambda ctx: entries.add(ctx, {"name": f"岚石{told.bundles}厂", "kind": "用人单位"}),
    }
    for name, screen in screens.items():
        _try(f"{ctx.office.name} {name}", lambda screen=screen: screen(ctx), told)


def _try(name: str, act: Callable[[], object], told: Told) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - to be told
        told.dead.append(f"after {told.bundles}: {name}: {type(error).__name__}: {error}"[:500])


def _places(value: Any, *before: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside, those of a long list by its first few."""
    inside = value.items() if isinstance(value, dict) else list(enumerate(value))[:3] if isinstance(value, list) else ()
    for step, item in inside:
        yield (*before, step)
        yield from _places(item, *before, step)


def _bytes(value: Any) -> bytes:
    """Return what a program that checks nothing would write."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
