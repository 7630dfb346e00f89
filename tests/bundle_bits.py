"""A real bundle under a county root, where its structures lie, and whether a changed copy still verifies."""

from dataclasses import dataclass
from pathlib import Path

from ohdesk.db.models import OwnKey
from ohdesk.domain.facts import Verdict
from ohdesk.services.exchange.checks import verify_bundle
from ohdesk.services.exchange.sending import export
from ohdesk.sync.container import Entry, local_header
from ohdesk.sync.manifest import OUTER_CAPS
from ohdesk.sync.reader import read_outer
from tests.unit.services.exchange.bundle_world import new_world, write_entry, write_with_photo


@dataclass(frozen=True)
class SealedBundle:
    """The bytes of a bundle, the county root (DER), and the byte ranges of the ZIP's structures and certificate."""

    data: bytes
    root: bytes
    structures: tuple[tuple[int, int], ...]


def sealed_bundle(folder: Path) -> SealedBundle:
    """Return a bundle with an operation and a photo, written by a town of a new county in `folder`."""
    with new_world(folder) as world:
        write_entry(world.town, "安泰机械厂")
        write_with_photo(world.town, b"\xff\xd8 a photo" * 40)
        path = export(world.town, world.stick).path
        with world.county.reading() as session:
            root = session.get_one(OwnKey, "root").certificate_der
        return SealedBundle(path.read_bytes(), root, _structures(path))


def _structures(path: Path) -> tuple[tuple[int, int], ...]:
    outer = read_outer(path)
    sizes = (outer.head.payload.len, len(outer.certificate), len(outer.head_bytes), len(outer.signature))
    ranges, at = [], 0
    for name, size in zip(OUTER_CAPS, sizes, strict=True):
        header = len(local_header(Entry(name, 0, 0, 0)))
        ranges.append((at, at + header))
        if name == "sender.cer":
            ranges.append((at + header, at + header + size))
        at += header + size
    return (*ranges, (at, outer.size))


def verifies(folder: Path, sealed: SealedBundle, changed: bytes) -> bool:
    """True when no fact about the changed bytes fails, checked with the root and without any key."""
    path = folder / "changed.ohb"
    path.write_bytes(changed)
    return all(fact.verdict is not Verdict.FAILS for fact in verify_bundle(path, [sealed.root], None))
