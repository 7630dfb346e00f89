"""What the bundle needs of the keys, declared here and handed in: sync itself knows no cryptography but SHA-256."""

from typing import Protocol

from ohdesk.files import FillsBytes, WritesBytes


class Sealer(Protocol):
    """Encrypts for a fixed set of recipients (age v1)."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Fingerprints of the recipients, SHA-256 of "age1…" in hexadecimal: the head's `to`."""

    def seal(self, plain: FillsBytes, cipher: WritesBytes) -> None:
        """Read `plain` to its end and write the cipher text, in pieces; never holds the whole.

        A piece that was written stays as it is until the next but one is.
        What reading or writing raises passes through unchanged.
        """


class Opener(Protocol):
    """Decrypts what is addressed to this workspace."""

    @property
    def fingerprints(self) -> frozenset[str]:
        """Fingerprints under which this workspace may be addressed."""

    def open(self, cipher: FillsBytes, plain: WritesBytes) -> None:
        """Decrypt in pieces. Raises UserError when no key fits or the cipher text is damaged.

        A piece that was read stays as it is until the next but one is; one that was written, until `write` returns.
        What reading or writing raises passes through unchanged.
        """


class HeadSigner(Protocol):
    """Signs in the name of this workspace (Ed25519)."""

    @property
    def certificate(self) -> bytes:
        """The device's certificate, DER."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
