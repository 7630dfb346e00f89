"""A sender and a receiver with real keys, but a certificate that nobody issued."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ohdesk.domain.canonical import canonical
from ohdesk.security.sealing import AgeOpener, AgeSealer
from ohdesk.security.signing_keys import DeviceKey, age_recipient, new_age_identity
from ohdesk.sync.manifest import OPS_NAME, Made, Range, Said, Schema, Sender, blob_name
from ohdesk.sync.writer import Contents, Member, member, write

REPLICA = "00aa11bb22cc33dd"
TOWN = "000000001"


@dataclass(frozen=True)
class Keys:
    """Both ends of one bundle; itself the signer."""

    identity: str = field(default_factory=new_age_identity)
    recovery: str = field(default_factory=new_age_identity)
    device: DeviceKey = field(default_factory=DeviceKey.create)
    certificate: bytes = b"a certificate, as far as sync is concerned" * 12

    @property
    def sealer(self):
        return AgeSealer((age_recipient(self.identity), age_recipient(self.recovery)))

    @property
    def opener(self):
        return AgeOpener((self.identity,))

    def sign(self, message):
        return self.device.sign(message)


def operations(first, count, *, replica=REPLICA, town=TOWN, previous="0" * 64, texts=()):
    """Return the lines of a chain of invented operations."""
    lines = []
    for seq in range(first, first + count):
        value = {
            "r": replica, "s": seq, "p": previous, "t": "invented@1", "id": "x", "base": [], "d": town,
            "at": "2026-03-02T01:00:00Z", "by": "", "v": {"text": texts[seq - first] if texts else ""}, "blobs": [],
        }  # fmt: skip
        lines.append(canonical(value))
        previous = sha256(lines[-1]).hexdigest()
    return lines


def blob(content):
    digest = sha256(content).hexdigest()
    return Member(blob_name(digest), len(content), digest, lambda: content)


def contents(keys, lines, blobs=(), *, first=1, extra=(), **changed):
    """Return a bundle's contents around these operations and blobs."""
    carried = []
    if lines:
        carried.append(
            member(OPS_NAME.format(first=first, last=first + len(lines) - 1), b"".join(line + b"\n" for line in lines))
        )
    carried += [blob(content) for content in blobs]
    carried += list(extra)
    said = {
        "sender": Sender(replica=REPLICA, device_fp=sha256(keys.certificate).hexdigest(), town=TOWN),
        "bundle_seq": 1,
        "prev": "",
        "range": Range(first, first + len(lines) - 1) if lines else None,
        "needs": (),
        "schema": Schema(ver=1, hash="5" * 64),
        "app": "0.0",
        "made": Made("2026-03-02T01:00:00Z", 480, True, ""),
    }
    return Contents(Said(**said | changed), tuple(carried))


def unwatched(_written):
    """Report to nobody."""


def write_to(path: Path, keys: Keys, said: Contents) -> None:
    with path.open("w+b") as target:
        write(target, said, keys.sealer, keys, unwatched)
