"""age v1 for X25519 recipients, in pieces of a MiB (https://age-encryption.org/v1, C2SP age).

The binding of the Rust library takes 8 KiB at a time through Python, and its ChaCha20 is a quarter as fast as
OpenSSL's: for bundles only the keys are its business. What is written here it opens, and the other way round.
"""

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import cycle

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ohdesk.files import FillsBytes, WritesBytes

CHUNK, TAG = 64 * 1024, 16  # bytes: each chunk is sealed by itself
_AT_ONCE = 16  # chunks read, sealed and written together
_FILE_KEY, _NONCE = 16, 16  # bytes
_LONGEST_HEADER = 256 * 1024  # bytes: over a thousand recipients
_KIND = b"age-encryption.org/v1"
_STANZA = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63})\n")
_HEADER = re.compile(_KIND + rb"\n((?:" + _STANZA.pattern + rb")+)--- ([A-Za-z0-9+/]{43})\n")
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class NoKeyError(Exception):
    """None of the keys opens it."""


class DamagedError(Exception):
    """No age file, or one that was changed or cut."""


def seal(recipients: Iterable[str], plain: FillsBytes, cipher: WritesBytes) -> None:
    """Read `plain` to its end and write it for recipients "age1…", which are well-formed, in pieces of a MiB.

    A piece that was written stays as it is until the next but one is.
    """
    file_key, nonce = secrets.token_bytes(_FILE_KEY), secrets.token_bytes(_NONCE)
    header = _KIND + b"\n" + b"".join(_stanza(_bits(key), file_key) for key in recipients) + b"---"
    cipher.write(header + b" " + _written(_mac(file_key, header)) + b"\n" + nonce)
    stream = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    number = 0
    rooms = cycle([memoryview(bytearray(_AT_ONCE * (CHUNK + TAG))) for _ in range(2)])
    for (piece, is_end), room in zip(_filled(plain, _AT_ONCE * CHUNK), rooms, strict=False):
        end = 0
        # An empty file is one empty chunk.
        for start in range(0, len(piece) or 1, CHUNK):
            last = is_end and start + CHUNK >= len(piece)
            chunk = piece[start : start + CHUNK]
            begun, end = end, end + len(chunk) + TAG
            stream.encrypt_into(_counter(number, last=last), chunk, None, room[begun:end])
            number += 1
        cipher.write(room[:end])


def open_(identities: Sequence[tuple[str, str]], cipher: FillsBytes, plain: WritesBytes) -> None:
    """Decrypt in pieces of a MiB; what was written before an error must not be used.

    A piece that was read stays as it is until the next but one is; one that was written, until `write` returns.

    identities: pairs of secret key "AGE-SECRET-KEY-1…" and its recipient, both well-formed

    Raises NoKeyError and DamagedError.
    """
    begun = bytes(_fill(cipher, memoryview(bytearray(_LONGEST_HEADER + _NONCE))))
    found = _HEADER.match(begun, 0, _LONGEST_HEADER)
    if found is None:
        raise DamagedError("header")
    file_key = _file_key(identities, found[1])
    header, mac = found[0][: -len(found[4]) - 2], found[4]
    # Spelt again and not decoded: the last of its characters has bits that say nothing.
    if not hmac.compare_digest(_written(_mac(file_key, header)), mac):
        raise DamagedError("header")
    nonce, rest = begun[found.end() :][:_NONCE], begun[found.end() + _NONCE :]
    stream = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    try:
        _open_chunks(stream, _filled(cipher, _AT_ONCE * (CHUNK + TAG), rest), plain)
    except InvalidTag as error:
        raise DamagedError("payload") from error


def _open_chunks(stream: ChaCha20Poly1305, pieces: Iterable[tuple[memoryview, bool]], plain: WritesBytes) -> None:
    number = 0
    room = memoryview(bytearray(_AT_ONCE * CHUNK))
    for piece, is_end in pieces:
        end = 0
        for start in range(0, len(piece) or 1, CHUNK + TAG):
            last = is_end and start + CHUNK + TAG >= len(piece)
            sealed = piece[start : start + CHUNK + TAG]
            # One form: only an empty file ends with an empty chunk.
            if len(sealed) < TAG or (len(sealed) == TAG and number):
                raise DamagedError("payload")
            begun, end = end, end + len(sealed) - TAG
            stream.decrypt_into(_counter(number, last=last), sealed, None, room[begun:end])
            number += 1
        plain.write(room[:end])


def _stanza(public: bytes, file_key: bytes) -> bytes:
    """Return the lines that give one recipient the key of the file."""
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    wrap = _wrapping(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), share, public)
    return b"-> X25519 " + _written(share) + b"\n" + _written(wrap.encrypt(bytes(12), file_key, None)) + b"\n"


def _file_key(identities: Sequence[tuple[str, str]], stanzas: bytes) -> bytes:
    for said, body in _STANZA.findall(stanzas):
        kind, *words = said.split(b" ")
        if kind != b"X25519":  # of other kinds there may be any, also made up ones ("grease")
            continue
        try:
            # 32 bytes each; ValueError else, and for a share that gives all keys one secret.
            share, wrapped = (b64decode(word + b"=", validate=True) for word in (*words, body))
            for secret, recipient in identities:
                with suppress(InvalidTag):  # for another key
                    return _unwrapped(secret, _bits(recipient), share, wrapped)
        except ValueError as error:
            raise DamagedError("header") from error
    raise NoKeyError


def _unwrapped(secret: str, public: bytes, share: bytes, wrapped: bytes) -> bytes:
    key = X25519PrivateKey.from_private_bytes(_bits(secret))
    shared = key.exchange(X25519PublicKey.from_public_bytes(share))
    # Of one length: else a wrapped key might open under two.
    if len(wrapped) != _FILE_KEY + TAG:
        raise ValueError(len(wrapped))
    return _wrapping(shared, share, public).decrypt(bytes(12), wrapped, None)


def _wrapping(shared: bytes, share: bytes, public: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(shared, share + public, _KIND + b"/X25519"))


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")


def _written(value: bytes) -> bytes:
    return b64encode(value).rstrip(b"=")


def _counter(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _bits(key: str) -> bytes:
    """Return the 32 bytes of a key in bech32 whose checksum somebody has checked."""
    number = 0
    for letter in key.lower().rpartition("1")[2][:-6]:
        number = number << 5 | _BECH32.index(letter)
    return (number >> 4).to_bytes(32, "big")


def _filled(stream: FillsBytes, size: int, begun: bytes = b"") -> Iterator[tuple[memoryview, bool]]:
    """Yield `begun` and the rest of a stream in pieces of `size` bytes, and whether it is the last, maybe shorter one.

    Always in the same memory: new memory costs more than the sealing.

    begun: at most `size` bytes
    """
    rooms = [memoryview(bytearray(size)) for _ in range(2)]
    rooms[0][: len(begun)] = begun
    piece = rooms[0][: len(begun) + len(_fill(stream, rooms[0][len(begun) :]))]
    while True:
        rooms.reverse()
        following = _fill(stream, rooms[0])
        if not following:
            break
        yield piece, False
        piece = following
    yield piece, True


def _fill(stream: FillsBytes, room: memoryview) -> memoryview:
    """Read as many bytes as there is room for, fewer only at the end."""
    end = 0
    while end < len(room) and (came := stream.readinto(room[end:])):
        end += came
    return room[:end]
