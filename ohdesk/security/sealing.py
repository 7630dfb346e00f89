"""What a bundle needs of the keys: encryption for several recipients (age v1), and the sending device's signature."""

from dataclasses import dataclass, field
from hashlib import sha256

from ohdesk.errors import UserError
from ohdesk.files import FillsBytes, WritesBytes
from ohdesk.i18n import tr
from ohdesk.security import age, signing_keys
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

    def seal(self, plain: FillsBytes, cipher: WritesBytes) -> None:
        """Read `plain` to its end and write the cipher text, in pieces: a bundle of gigabytes fits in no memory.

        A piece that was written stays as it is until the next but one is.  Whatever reading or writing raises passes
        through unchanged.
        """
        if not all(map(signing_keys.is_age_recipient, self.keys)):
            raise ValueError("a recipient that is none")
        age.seal(self.keys, plain, cipher)


@dataclass(frozen=True, slots=True)
class AgeOpener:
    """Decrypts with the age secret keys of this workspace."""

    identities: tuple[str, ...] = field(repr=False)

    @property
    def fingerprints(self) -> frozenset[str]:
        """Fingerprints under which this workspace may be addressed."""
        return frozenset(recipient_fingerprint(signing_keys.age_recipient(identity)) for identity in self.identities)

    def open(self, cipher: FillsBytes, plain: WritesBytes) -> None:
        """Decrypt in pieces; what was written before an error must not be used.

        A piece that was read stays as it is until the next but one is; one that was written, until `write` returns.
        Raises CannotOpenError when no key fits or the cipher text is damaged.  Whatever reading or
        writing raises passes through unchanged.
        """
        try:
            age.open_([(key, signing_keys.age_recipient(key)) for key in self.identities], cipher, plain)
        except age.NoKeyError as error:
            raise CannotOpenError(
                tr("内容不是发给本单位的，无法解开。"), tr("请核对收件单位，或联系发送单位重新导出。")
            ) from error
        except age.DamagedError as error:
            raise CannotOpenError(tr("加密内容已损坏或不完整。"), tr("请让发送单位重新导出，再复制一次。")) from error


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
