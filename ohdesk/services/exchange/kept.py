"""What stays of a bundle that was taken in: proof of who said what, and its operations; the blobs are in their store.

A county's bundle stays as it came: a county that lost its machine takes it in again from a town.  Of any other there
stays head, signature, certificate, manifest and receipts, and those of its operations that were not here before, in one
file, sealed for this workspace and its recovery code.  What it leaves out is in the files before it, and in the
journal: together they give every part that the manifest names.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import decode as decode_operation
from ohdesk.db.models import BundleIn, BundleState, KeyPurpose
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.merge import is_county
from ohdesk.errors import UserError
from ohdesk.files import medium_told, write_durably
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.sealing import AgeSealer
from ohdesk.services.context import Context
from ohdesk.services.exchange.carrying import Span, bodies
from ohdesk.services.trust import keys
from ohdesk.sync.manifest import SIGNED_PREFIX, Head, Manifest, decode, decode_head, encode
from ohdesk.sync.protocols import Opener
from ohdesk.sync.reader import Inner, Outer, read_outer

INBOX = "inbox"
SUFFIX = ".kept"
_NAMED = 5  # files named where many are damaged


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stays of a bundle, as bytes; operations: by replica, the number of the first and all from there on."""

    head: bytes
    signature: bytes
    certificate: bytes
    manifest: bytes
    acks: bytes
    digest: bytes
    operations: dict[str, tuple[int, list[bytes]]]


def stays_whole(outer: Outer) -> bool:
    """True for a bundle that is kept as it came."""
    return is_county(outer.head.sender.town)


def place(ctx: Context, outer: Outer) -> Path:
    """Return where a bundle that was taken in is kept."""
    whole = ctx.folder / INBOX / outer.name
    return whole if stays_whole(outer) else whole.with_suffix(SUFFIX)


def keep(ctx: Context, outer: Outer, inner: Inner, upto: Mapping[str, int]) -> None:
    """Keep a bundle durably. upto: by replica, up to which number its operations are kept already."""
    own = {outer.head.sender.replica: (outer.head.ends[0], inner.operations)}
    held = {replica: (decode_operation(lines[0]).seq, lines) for replica, lines in inner.held.items() if lines}
    kept = Kept(
        outer.head_bytes,
        outer.signature,
        outer.certificate,
        inner.manifest,
        encode(inner.acks),
        encode(inner.digest),
        {replica: _after(upto.get(replica, 0), *lines) for replica, lines in (own | held).items()},
    )
    with ctx.reading() as session:
        recipients = (keys.own_key(session, KeyPurpose.AGE).public.decode("ascii"), *keys.standing_recipients(session))
    sealed = BytesIO()
    AgeSealer(tuple(sorted(set(recipients)))).seal(BytesIO(msgspec.msgpack.encode(kept)), sealed)
    file = place(ctx, outer)
    with medium_told(file.parent):
        file.parent.mkdir(exist_ok=True)
    write_durably(file, sealed.getvalue())


def _after(number: int, first: int, lines: list[bytes]) -> tuple[int, list[bytes]]:
    skipped = max(0, number + 1 - first)
    return first + skipped, lines[skipped:]


def is_kept(ctx: Context, outer: Outer, opener: Opener) -> bool:
    """True where a bundle that was taken in is kept, unharmed."""
    file = place(ctx, outer)
    try:
        if stays_whole(outer):
            return read_outer(file).identity == outer.identity
        return read(file, opener).head == outer.head_bytes
    except UserError:
        return False


def read(file: Path, opener: Opener) -> Kept:
    """Return what a file keeps. Raises UserError where it is damaged or gone."""
    plain = BytesIO()
    with medium_told(file), file.open("rb") as sealed:
        opener.open(sealed, plain)
    return msgspec.msgpack.decode(plain.getvalue(), type=Kept)


def tidy(ctx: Context, session: Session) -> None:
    """Remove the bundles as they came of which the rest is kept: those that waited, and were taken in since."""
    for whole in (ctx.folder / INBOX).glob("*.ohb"):
        if whole.with_suffix(SUFFIX).exists():
            applied = select(BundleIn.name).where(BundleIn.name == whole.name, BundleIn.outcome == BundleState.APPLIED)
            if session.scalar(applied) is not None:
                with medium_told(whole):
                    whole.unlink()


def fact(ctx: Context) -> Fact:
    """Return whether what is kept of the bundles that were taken in proves them; reads all of it, and the journal."""
    with ctx.reading() as session:
        wrong = list(_wrong(ctx, session, keys.opener(ctx, session)))
    verdict = Verdict.FAILS if wrong else Verdict.HOLDS
    return Fact("workspace.bundles", tr("收进的包留存完整，签名成立"), verdict, tr("；").join(wrong[:_NAMED]))


def _wrong(ctx: Context, session: Session, opener: Opener) -> Iterator[str]:
    for file in sorted((ctx.folder / INBOX).glob(f"*{SUFFIX}")):
        try:
            proves = _proves(session, read(file, opener))
        except UserError:
            proves = False
        if not proves:
            yield tr("{file} 已损坏，或与操作日志不符", file=file.name)


def _proves(session: Session, kept: Kept) -> bool:
    """True where the head is signed and everything it names is here, by its hash; blobs by the manifest's word."""
    head = decode_head(kept.head)
    signed = certificates.has_signed(kept.certificate, kept.signature, SIGNED_PREFIX + kept.head)
    if not signed or _hash(kept.certificate) != head.sender.device_fp or _hash(kept.manifest) != head.manifest.sha256:
        return False
    small = {"acks.json": kept.acks, "digest.json": kept.digest}
    manifest = decode(kept.manifest, Manifest, "manifest.json")
    return all(
        _hash(small[part.name] if part.name in small else _operations(session, kept, head, part.name)) == part.sha256
        for part in manifest.parts
        if not part.name.startswith("blobs/")
    )


def _operations(session: Session, kept: Kept, head: Head, name: str) -> bytes:
    """Return a part of operations: those that are kept here, and those before them from the journal."""
    kind, *among, numbers = name.removesuffix(".jsonl").split("/")
    replica = among[0] if kind == "held" else head.sender.replica
    first, last = map(int, numbers.split("-"))
    begin, lines = kept.operations[replica]
    upto = min(last, begin - 1)
    before = list(bodies(session, Span(replica, first, upto))) if first <= upto else []
    here = lines[max(0, first - begin) : max(0, last + 1 - begin)]
    return b"".join(body + b"\n" for body in (*before, *here))


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
