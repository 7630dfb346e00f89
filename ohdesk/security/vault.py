"""Encryption at rest: keys for a purpose, bytes sealed with AES-256-GCM, blobs under names that reveal nothing."""

import hmac
import secrets
import struct
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ohdesk.errors import MachineError
from ohdesk.files import way_back
from ohdesk.i18n import tr

KEY_LENGTH = 32  # bytes, AES-256
NONCE_LENGTH, TAG_LENGTH = 12, 16  # bytes, NIST SP 800-38D
AROUND = NONCE_LENGTH + TAG_LENGTH  # bytes that sealing adds
# Names program and generation, so that a key derived here never equals one derived elsewhere from the same secret.
_INFO_PREFIX = b"ohdesk/1 "


_CUT = struct.Struct(">32sQQ")  # SHA-256 of the whole, where it begins there, how long it is
SEALED_CUT = _CUT.size + AROUND  # bytes


class BrokenSealError(MachineError):
    """Sealed bytes that were changed, cut, moved to another place, or sealed under another key."""

    def __init__(self) -> None:
        super().__init__(
            tr("加密保存的内容无法解开：内容已损坏，或密钥不符。"),
            way_back(),
        )


def new_key() -> bytes:
    """Return 32 random bytes from the operating system."""
    return secrets.token_bytes(KEY_LENGTH)


def derive(key: bytes, purpose: str) -> bytes:
    """Return the 32-byte key of `key` for one purpose (HKDF-SHA256, RFC 5869, no salt)."""
    # No salt: the input has full entropy already, and RFC 5869 section 2.2 lets it be left out.
    return HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=_INFO_PREFIX + purpose.encode()).derive(key)


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Return `plain` encrypted and authenticated together with `context`: nonce, cipher text, tag.

    `context` says where the bytes belong; the same context must be given to `unseal`.
    """
    # Random nonces are safe for some 2^32 seals under one key (SP 800-38D section 8.3); blobs have a key each.
    nonce = secrets.token_bytes(NONCE_LENGTH)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Return what `seal` was given. Raises BrokenSealError for any change of bytes, key or context."""
    whole = memoryview(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_LENGTH], whole[NONCE_LENGTH:], context)
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError from error


def blob_file_name(key: bytes, sha256: str) -> str:
    """Return the file name of a blob, 64 hexadecimal digits: keyed, so it tells nothing about the content."""
    # A plain hash would let the finder of a laptop prove that it holds a document he knows.
    return hmac.digest(_names(key), sha256.encode(), "sha256").hex()


@lru_cache(maxsize=2)  # of the database's key and, while it is exchanged, of the next: asked of each of 100,000 blobs
def _names(key: bytes) -> bytes:
    return derive(key, "blob names")


def seal_blob(key: bytes, sha256: str, plain: bytes) -> bytes:
    """Return a blob encrypted under its own key, bound to the SHA-256 of its plain bytes."""
    # The context binds the cipher text to its name: two files exchanged in the folder do not open.
    return seal(derive(key, f"blob {sha256}"), plain, b"blob " + sha256.encode())


def seal_blob_into(room: memoryview, key: bytes, sha256: str, plain: memoryview) -> memoryview:
    """As `seal_blob`, into memory with room for `plain` and `AROUND` bytes more; return the part that is filled."""
    filled, nonce = room[: len(plain) + AROUND], secrets.token_bytes(NONCE_LENGTH)
    filled[:NONCE_LENGTH] = nonce
    own = AESGCM(derive(key, f"blob {sha256}"))
    own.encrypt_into(nonce, plain, b"blob " + sha256.encode(), filled[NONCE_LENGTH:])
    return filled


def unseal_blob(key: bytes, sha256: str, sealed: bytes) -> bytes:
    """Return the plain bytes of a blob. Raises BrokenSealError when they are damaged or another blob's."""
    return unseal(derive(key, f"blob {sha256}"), sealed, b"blob " + sha256.encode())


def unseal_blob_into(room: memoryview, key: bytes, sha256: str, sealed: memoryview) -> memoryview:
    """As `unseal_blob`, into memory that has room for as many bytes as `sealed` has; return the part that is filled."""
    filled = room[: max(0, len(sealed) - AROUND)]
    context = b"blob " + sha256.encode()
    try:
        own = AESGCM(derive(key, f"blob {sha256}"))
        own.decrypt_into(bytes(sealed[:NONCE_LENGTH]), sealed[NONCE_LENGTH:], context, filled)
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError from error
    return filled


def seal_cut(key: bytes, sha256: str, cut: tuple[str, int, int]) -> bytes:
    """Return, in the place of a blob, where its bytes stand: SHA-256 of another blob, first byte and length there."""
    whole, at, size = cut
    return seal(derive(key, f"blob {sha256}"), _CUT.pack(bytes.fromhex(whole), at, size), b"cut " + sha256.encode())


def unseal_cut(key: bytes, sha256: str, sealed: bytes) -> tuple[str, int, int] | None:
    """Return what `seal_cut` was given; None where the blob itself lies there, or something damaged."""
    if len(sealed) != SEALED_CUT:
        return None
    try:
        whole, at, size = _CUT.unpack(unseal(derive(key, f"blob {sha256}"), sealed, b"cut " + sha256.encode()))
    except BrokenSealError:
        return None
    return whole.hex(), at, size
