"""What a bundle needs of the keys: encryption for several recipients (age v1), and the sending device's signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ohdesk.errors import UserError
from ohdesk.files import ReadsBytes, WritesBytes
from ohdesk.i18n import tr
from ohdesk.security import signing_keys
from ohdesk.security.signing_keys import DeviceKey


class CannotOpenError(UserError):
    """Cipher text for somebody else, or damaged."""


@dataclass(frozen=True, slots=True)
class AgeSealer:
    """Encrypts for a fixed set of recipients, "age1…"; any one of them can open."""

    keys: tuple[str, ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(recipient_fingerprint(key) for key in self.keys)

    def seal(self, plain: ReadsBytes, cipher: WritesBytes) -> None:
        """Read `plain` to its end and write the cipher text, in pieces of at most 64 KiB.

        Whatever reading or writing raises passes through unchanged.
        """
        import pyrage  # late: 1 MB, for new keys and for bundles only

        with _watched(plain, cipher) as (source, target):
            # In pieces: a bundle of gigabytes neither fits in memory nor may lie on the disk in clear.
            pyrage.encrypt_io(source, target, [pyrage.x25519.Recipient.from_str(key) for key in self.keys])


@dataclass(frozen=True, slots=True)
class AgeOpener:
    """Decrypts with the age secret keys of this workspace."""

    identities: tuple[str, ...] = field(repr=False)

    @property
    def fingerprints(self) -> frozenset[str]:
        """Fingerprints under which this workspace may be addressed."""
        return frozenset(recipient_fingerprint(signing_keys.age_recipient(identity)) for identity in self.identities)

    def open(self, cipher: ReadsBytes, plain: WritesBytes) -> None:
        """Decrypt in pieces; what was written before an error must not be used.

        Raises CannotOpenError when no key fits or the cipher text is damaged.  Whatever reading or
        writing raises passes through unchanged.
        """
        import pyrage  # late: as above

        with _watched(cipher, plain) as (source, target):
            try:
                pyrage.decrypt_io(source, target, [pyrage.x25519.Identity.from_str(key) for key in self.identities])
            except (pyrage.DecryptError, OSError) as error:
                raise _cannot_open(error) from error


@dataclass(frozen=True, slots=True)
class DeviceSigner:
    """Signs in the name of this workspace: the device key and its certificate, DER."""

    key: DeviceKey
    certificate: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `message`."""
        return self.key.sign(message)


def recipient_fingerprint(recipient: str) -> str:
    """Return the SHA-256 of an age recipient "age1…", 64 hexadecimal digits."""
    return sha256(recipient.encode("ascii")).hexdigest()


@contextmanager
def _watched(*streams: ReadsBytes | WritesBytes) -> Iterator[tuple[Any, ...]]:
    """Hand out streams to a library that wraps what reading and writing raise, or forgets it; raise it in the end."""
    ends = tuple(_Watched(stream) for stream in streams)
    try:
        yield ends
    finally:
        # A stick that is full shows here first: a failure of its last write the library forgets.
        for end in ends:
            if end.failure is not None:
                raise end.failure


class _Watched:
    """A stream that remembers what it raised."""

    def __init__(self, stream: Any) -> None:
        self.failure: BaseException | None = None
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        with self._watching():
            piece: bytes = self._stream.read(size)
            return piece

    def write(self, chunk: bytes, /) -> int:
        with self._watching():
            taken: int = self._stream.write(chunk)
            return taken

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            # The first: the library may call once more on its way out, and what comes of that is no news.
            self.failure = self.failure or error
            raise


def _cannot_open(error: Exception) -> CannotOpenError:
    if "No matching keys" in str(error):
        return CannotOpenError(tr("内容不是发给本单位的，无法解开。"), tr("请核对收件单位，或联系发送单位重新导出。"))
    return CannotOpenError(tr("加密内容已损坏或不完整。"), tr("请让发送单位重新导出，再复制一次。"))
