"""Keys that sign and keys that receive: P-256 for persons, Ed25519 for devices, age (X25519) for bundles.

Private keys exist unwrapped in memory only; what is stored is wrapped (AES-256-GCM) under a key
that the caller derives from a password or from the database key.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_public_key,
)

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import vault

# P-256 for persons: a record is signed in 25 ms, where RSA of 3,072 bits takes 224. Ed25519 for devices: one signature
# for one message.
PublicKey = EllipticCurvePublicKey | Ed25519PublicKey
_Private = TypeVar("_Private", EllipticCurvePrivateKey, Ed25519PrivateKey)


_REPLICA_LENGTH = 16  # hexadecimal digits: what names, screens and the telephone can bear


class KeyFormatError(ValueError):
    """Bytes that are no public key of a kind in use here (P-256 or Ed25519, DER)."""


@dataclass(frozen=True, slots=True)
class _StoredKey(Generic[_Private]):
    """A private key, unwrapped for as long as it is needed; stored sealed, bound to its owner's id."""

    private: _Private = field(repr=False)
    kind: ClassVar[str]
    private_kind: ClassVar[type[Any]]

    @classmethod
    def unwrap(cls, wrapped: bytes, wrapping_key: bytes, owner: str) -> Self:
        """Return the key that `wrap` stored. Raises BrokenSealError for another key or owner."""
        private: Any = load_der_private_key(vault.unseal(wrapping_key, wrapped, cls._context(owner)), None)
        if not isinstance(private, cls.private_kind):
            raise vault.BrokenSealError
        return cls(private)

    def wrap(self, wrapping_key: bytes, owner: str) -> bytes:
        """Return the private key sealed for storage, bound to its owner's id."""
        der = self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return vault.seal(wrapping_key, der, self._context(owner))

    @classmethod
    def _context(cls, owner: str) -> bytes:
        # Binds the wrapped key to its owner: a row copied to a colleague's id does not open.
        return f"{cls.kind} key {owner}".encode()

    @property
    def public_der(self) -> bytes:
        return public_der(self.private.public_key())


@dataclass(frozen=True, slots=True)
class PersonKey(_StoredKey[EllipticCurvePrivateKey]):
    """A person's signing key, or the county root's: ECDSA on P-256 with SHA-256."""

    kind = "person"
    private_kind = EllipticCurvePrivateKey

    @classmethod
    def create(cls) -> Self:
        return cls(generate_private_key(SECP256R1()))

    def sign(self, message: bytes) -> bytes:
        """Return the DER-encoded ECDSA signature over SHA-256 of `message`."""
        return self.private.sign(message, ECDSA(SHA256()))


@dataclass(frozen=True, slots=True)
class AccountKey(PersonKey):
    """The key of an account: what it grants and approves it signs, as a person's on P-256, and no document.

    What only that account shall read is sealed for its public half.
    """

    kind = "account"

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what `seal_for` was given. Raises BrokenSealError for another key, another context and any change."""
        length, rest = sealed[0] if sealed else 0, sealed[1:]
        try:
            fleeting = load_public(rest[:length])
        except KeyFormatError as error:
            raise vault.BrokenSealError from error
        if not isinstance(fleeting, EllipticCurvePublicKey):
            raise vault.BrokenSealError
        shared = self.private.exchange(ECDH(), fleeting)
        return vault.unseal(_shared_key(shared, rest[:length], self.public_der), rest[length:], context)


def seal_for(public: bytes, plain: bytes, context: bytes) -> bytes:
    """Return `plain` sealed so that only the account with this public key (DER) opens it.

    ECDH on P-256 with a key made for this once, HKDF-SHA256, AES-256-GCM (the scheme of SEC 1 ECIES); context as in
    `vault.seal`.  Raises KeyFormatError for a key that is none.
    """
    receiver = load_public(public)
    if not isinstance(receiver, EllipticCurvePublicKey):
        raise KeyFormatError("not a P-256 key")
    fleeting = generate_private_key(SECP256R1())
    own = public_der(fleeting.public_key())
    key = _shared_key(fleeting.exchange(ECDH(), receiver), own, public)
    return bytes([len(own)]) + own + vault.seal(key, plain, context)


def _shared_key(shared: bytes, *publics: bytes) -> bytes:
    # Both public halves go in: what was sealed for one account never opens as sealed for another.
    return vault.derive(shared, f"sealed for an account {sha256(b''.join(publics)).hexdigest()}")


class PersonSigner(Protocol):
    """An inspector about to sign: a certificate (DER), and what its key signs, wherever that key lies.

    alg: how it signs, in the words of CMS (RFC 5652); another one, as SM2, needs a container of its own
    """

    @property
    def alg(self) -> str: ...

    @property
    def certificate(self) -> bytes: ...

    @property
    def public_der(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class KeySigner:
    """An inspector whose key is in memory for this moment: the own one of this workspace, or that of a file."""

    key: PersonKey
    certificate: bytes
    alg: ClassVar[str] = "sha256_ecdsa"

    @property
    def public_der(self) -> bytes:
        return self.key.public_der

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA signature of `message`, DER."""
        return self.key.sign(message)


@dataclass(frozen=True, slots=True)
class DeviceKey(_StoredKey[Ed25519PrivateKey]):
    """The signing key of one workspace (replica): Ed25519, RFC 8032."""

    kind = "device"
    private_kind = Ed25519PrivateKey

    @classmethod
    def create(cls) -> Self:
        return cls(Ed25519PrivateKey.generate())

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `message`."""
        return self.private.sign(message)


def load_public(der: bytes) -> PublicKey:
    """Return the P-256 or Ed25519 public key in `der`, which must be its one DER form; else KeyFormatError."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFormatError("not a public key") from error
    if not isinstance(key, PublicKey) or (isinstance(key, EllipticCurvePublicKey) and key.curve.name != SECP256R1.name):
        raise KeyFormatError("not a P-256 or Ed25519 key")
    # Fingerprints are taken of these bytes: a second spelling of a key would have a second fingerprint.
    if public_der(key) != der:
        raise KeyFormatError("not in canonical DER")
    return key


def public_der(key: PublicKey) -> bytes:
    """Return the SubjectPublicKeyInfo of a public key (RFC 5280), DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def replica_of(public_der: bytes) -> str:
    """Return the id of the workspace whose device has this public key: the first 16 digits of its SHA-256."""
    # Follows from the key: nobody can ask for a certificate in the name of a workspace whose key he does not hold.
    return sha256(public_der).hexdigest()[:_REPLICA_LENGTH]


def is_device_key(public_der: bytes) -> bool:
    """True for the public key (DER) of a device: Ed25519, of a person it is P-256."""
    return isinstance(load_public(public_der), Ed25519PublicKey)


def public_pem(der: bytes) -> bytes:
    """Return a public key (DER) as PEM text."""
    return load_public(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_pem(pem: bytes) -> bytes:
    """Return the public key (DER) of PEM text, which must be exactly what `public_pem` gives; else KeyFormatError."""
    try:
        der = load_pem_public_key(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFormatError("not a public key") from error
    if public_pem(der) != pem:
        raise KeyFormatError("not in canonical PEM")
    return der


def verify(der: bytes, signature: bytes, message: bytes) -> bool:
    """True when `signature` over `message` was made with the private half of the public key `der`."""
    try:
        key = load_public(der)
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ECDSA(SHA256()))
    except (InvalidSignature, KeyFormatError):
        return False
    return True


def new_age_identity() -> str:
    """Return a fresh age secret key, "AGE-SECRET-KEY-1…"."""
    import pyrage  # late: 1 MB, for new keys and for bundles only

    return str(pyrage.x25519.Identity.generate())


CODE_BEGINS = "AGE-SECRET-KEY-1"
_CODE = re.compile("AGESECRETKEY[1IL]([0-9A-Z]{58})")
_MISREAD = str.maketrans("O1IB", "0LL8")


def tidy_age_identity(typed: str) -> str:
    """Return an age secret key as typed by a person in its one spelling; other text only without spaces.

    Whatever stands around it, as in the file in which a code is kept, is left out.
    """
    # Printed in groups and read from paper: spaces, dashes and quotes say nothing, and of letters that look alike
    # bech32 has one only. Its checksum finds what is wrong all the same.
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))
    found = _CODE.search(plain)
    return "".join(typed.split()) if found is None else CODE_BEGINS + found[1].translate(_MISREAD)


def age_recipient(identity: str) -> str:
    """Return the public half "age1…" of an age secret key. Raises UserError when it is not one."""
    import pyrage  # late: as above

    try:
        return str(pyrage.x25519.Identity.from_str(tidy_age_identity(identity)).to_public())
    except pyrage.IdentityError as error:
        raise UserError(
            tr("恢复码不正确。"), tr("请对照打印的恢复码逐字核对：以 AGE-SECRET-KEY-1 开头，共 74 个字符。")
        ) from error


def seal_to(recipient: str, secret: bytes) -> bytes:
    """Return a short secret sealed to an age recipient."""
    import pyrage  # late: as above

    return pyrage.encrypt(secret, [pyrage.x25519.Recipient.from_str(recipient)])


def unseal_with(identity: str, sealed: bytes) -> bytes:
    """Return what `seal_to` sealed. Raises BrokenSealError."""
    import pyrage  # late: as above

    try:
        return pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise vault.BrokenSealError from error


def is_age_recipient(text: str) -> bool:
    """True for a well-formed age recipient in lower case, "age1…"."""
    import pyrage  # late: as above

    try:
        return str(pyrage.x25519.Recipient.from_str(text)) == text
    except pyrage.RecipientError:
        return False
