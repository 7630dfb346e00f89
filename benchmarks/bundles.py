"""A bundle of records and photos packed and taken in; against one pass over its bytes, tar through age, and 7z.

Twice: as bundles are, where photos stand within the signed documents, and of photos by themselves.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks import world
from benchmarks.rounds import Figure, Variant, interleaved, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.errors import UserError
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving, sending
from tests.signed_records import make_signing_world

PHOTO = 312_500  # bytes; 1,200 of them are 375 MB
PIECE = 1 << 20
TEXT = 64 << 10  # bytes of a document beside its photos
_WHAT = ("pack", "pack, to tar through age", "unpack and verify", "unpack, to 7z", "identical with photos")
_APART = ", photos by themselves"
GOALS = tuple(f"{what}, 375 MB{more}" for more in ("", _APART) for what in _WHAT)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    for kind, papers, more in (("documents", _documents, ""), ("photos", _photos, _APART)):
        name = f"{kind}-{scale.records}-{scale.photos}"
        past = world.kept(name, partial(_make, scale, papers))
        for figure in _measured(past, min(scale.rounds, 5)):
            yield replace(figure, name=f"{figure.name}, {scale.photos * PHOTO // 10**6} MB{more}")


def _measured(past: world.Past, rounds: int) -> Iterator[Figure]:
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name)
        copy = past.copied(folder / "world")
        with copy.town() as town:
            digests = _plain(town, folder / "plain")
            yield from _packed(town, len(digests), folder, rounds)
            bundles = [volume.path for volume in sending.export(town, folder).volumes]
            yield from _unpacked(copy, digests, bundles, folder, rounds)


def _make(scale: Scale, papers: Callable[[Context, int], Iterator[Sequence[str]]], folder: Path) -> None:
    make_signing_world(folder)
    past = world.Past(folder)
    with past.inspector() as ctx:
        world.add_employers(ctx, scale.records)
        world.add_visits(ctx, scale.records, papers(ctx, scale.photos // scale.records))


def _documents(ctx: Context, each: int) -> Iterator[Sequence[str]]:
    """Yield for each visit its document, a checklist that all share, and the photos kept within the document."""
    checklist = _stored(ctx, b"%PDF-1.7 checklist")
    while True:
        images = [os.urandom(PHOTO) for _ in range(each)]
        document = b"%PDF-1.7\n" + b"\n".join([os.urandom(TEXT), *images])
        found = [_stored(ctx, content) for content in (document, *images)]
        blobs.keep_within(ctx, found[0], document, found[1:])
        yield found[0], checklist, *found[1:]


def _photos(ctx: Context, each: int) -> Iterator[Sequence[str]]:
    """Yield for each visit papers that all of them share, and photos."""
    papers = [_stored(ctx, content) for content in (b"%PDF-1.7", b"%PDF-1.7 checklist")]
    while True:
        yield *papers, *(_stored(ctx, os.urandom(PHOTO)) for _ in range(each))


def _stored(ctx: Context, content: bytes) -> str:
    digest = blobs.put(ctx, content)
    with ctx.transaction() as session:
        blobs.note(session, digest, len(content))
    return digest


def _plain(ctx: Context, folder: Path) -> Sequence[str]:
    """Write what is carried as plain files, the operations' bytes as one; return the hashes of all blobs."""
    folder.mkdir()
    with ctx.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT body FROM operation ORDER BY replica, seq")
        (folder / "operations").write_bytes(b"\n".join(row[0] for row in rows))
        held = session.connection().exec_driver_sql("SELECT sha256 FROM blob WHERE held").scalars().all()
    for digest in held:
        if blobs.cut_of(ctx, digest) is None:
            (folder / digest).write_bytes(blobs.read(ctx, digest))
    return held


def _packed(town: Context, count: int, folder: Path, rounds: int) -> Iterator[Figure]:
    plain, stick = folder / "plain", folder / "stick"
    stick.mkdir()
    files = sorted(plain.iterdir())

    def ours(_number: int) -> None:
        sent = sending.export(town, stick)
        right(sent.blobs == count and not sent.lost, "every photo goes")

    variants: dict[str, Variant] = {
        "floor": lambda _: _one_pass(files, folder / "floor"),
        "ohdesk": ours,
    }
    if shutil.which("tar"):
        variants["tar|age"] = lambda _: _tar_through_age(plain, folder / "tar.age")
    times = interleaved(variants, rounds, os.sync)
    yield ratio(_WHAT[0], times)
    yield ratio(_WHAT[1], times, "tar|age")


def _unpacked(
    past: world.Past, digests: Sequence[str], bundles: list[Path], folder: Path, rounds: int
) -> Iterator[Figure]:
    plain = folder / "plain"
    files = sorted(plain.iterdir())
    _one_pass(files, folder / "floor")
    sizes = [path.stat().st_size for path in files]
    counties = [_county(past, folder / f"county-{number}") for number in range(rounds + 1)]
    key = AESGCM(bytes(32))

    def ours(number: int) -> None:
        with counties[number].county() as county:
            taken = [receiving.take_in(county, bundle) for bundle in bundles]
            right(sum(each.blobs for each in taken) == len(digests), "every photo came")
            right(not any(each.set_aside for each in taken), "every operation counts")

    def again(number: int) -> None:
        with counties[number].county() as county:
            for bundle in bundles:
                right(receiving.take_in(county, bundle).outcome is receiving.Outcome.ALREADY, "it is held already")

    out = folder / "7z"
    variants: dict[str, Variant] = {"floor": lambda _: _opened(folder / "floor", sizes, key, folder / "out")}
    variants["ohdesk"] = ours
    if shutil.which("7z"):
        archive = folder / "photos.7z"
        _seven(["a", "-mx0", "-mhe", "-pohdesk", str(archive), str(plain)])
        variants["7z"] = lambda _: _seven(["x", "-y", "-pohdesk", f"-o{out}", str(archive)])
    times = interleaved(variants, rounds, os.sync)
    yield ratio(_WHAT[2], times)
    yield ratio(_WHAT[3], times, "7z")
    with counties[-1].county() as county:
        for digest in digests[:: max(1, len(digests) // 40)]:
            right(sha256(blobs.read(county, digest)).hexdigest() == digest, "a photo is the same byte for byte")
    _refuses_a_changed_bit(past, bundles[0], folder)
    repeated = interleaved({"again": lambda _: again(0)}, rounds, os.sync)
    yield ratio(_WHAT[4], {"ohdesk": repeated["again"], "floor": times["ohdesk"]})


def _county(past: world.Past, folder: Path) -> world.Past:
    shutil.copytree(past.folder / "county", folder / "county", ignore=shutil.ignore_patterns("*.lock"))
    return world.Past(folder)


def _refuses_a_changed_bit(past: world.Past, bundle: Path, folder: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    changed = folder / f"changed-{bundle.name}"
    changed.write_bytes(content)
    with _county(past, folder / "careful").county() as county:
        try:
            receiving.take_in(county, changed)
        except UserError:
            return
    right(False, "a bundle with one changed bit is refused")


def _one_pass(files: list[Path], target: Path) -> None:
    key, number, hashes = AESGCM(bytes(32)), 0, b""
    with target.open("wb", buffering=0) as out:
        for path in files:
            digest = sha256()
            with path.open("rb", buffering=0) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    number += 1
                    out.write(key.encrypt(number.to_bytes(12), piece, None))
            hashes += digest.digest()
        out.write(hashes + Ed25519PrivateKey.from_private_bytes(bytes(32)).sign(hashes))
        os.fsync(out.fileno())


def _opened(sealed: Path, sizes: list[int], key: AESGCM, target: Path) -> None:
    """Decrypt, hash and write each file, flushed."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    number = 0
    with sealed.open("rb", buffering=0) as source:
        for place, size in enumerate(sizes):
            digest = sha256()
            with (target / str(place)).open("wb", buffering=0) as out:
                for start in range(0, size, PIECE):
                    number += 1
                    piece = key.decrypt(number.to_bytes(12), source.read(min(PIECE, size - start) + 16), None)
                    digest.update(piece)
                    out.write(piece)
                os.fsync(out.fileno())


def _tar_through_age(plain: Path, target: Path) -> None:
    recipient = pyrage.x25519.Identity.generate().to_public()
    command = ["tar", "-cf", "-", "-C", str(plain), "."]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tar, target.open("wb") as out:  # noqa: S603 - fixed
        pyrage.encrypt_io(tar.stdout, out, [recipient])
        out.flush()
        os.fsync(out.fileno())
    right(tar.returncode == 0, "tar ends well")


def _seven(arguments: list[str]) -> None:
    subprocess.run(["7z", *arguments], check=True, capture_output=True)  # noqa: S603, S607 - a fixed program
    os.sync()  # it flushes nothing itself
