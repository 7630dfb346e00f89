"""A person's key and certificate in a file under a password: PKCS#12 (RFC 7292), named .p12 or .pfx."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security.signing_keys import PersonKey

LARGEST = 256 << 10  # bytes; a key and a chain of certificates take 10 KiB
# How often the password is hashed stands in the file; others write 2,048 to 600,000. One that asks for more would hold
# the program up for minutes.
_MOST_ROUNDS = 2_000_000
# asn1crypto reads late and checks little: what it stumbles over in hostile bytes can be any of these.
_UPSETS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


class Pkcs12Error(UserError):
    """A file that cannot be signed with. field: "file" or "password", whichever is to be given anew."""

    def __init__(self, message: str, remedy: str, field: str = "file") -> None:
        super().__init__(message, remedy)
        self.field = field


@dataclass(frozen=True, slots=True)
class Pkcs12:
    """What a file holds: the key, its certificate (DER, of whatever issuer), its term, and whom it names."""

    key: PersonKey
    certificate: bytes
    first: datetime
    last: datetime
    name: str


def read(data: bytes, password: str) -> Pkcs12:
    """Return what a file holds. Raises Pkcs12Error: damaged, another password, no key, a key of another kind."""
    # Late: these and asn1crypto take 60 ms that no start should wait for.
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
    from cryptography.x509 import NameOID

    try:
        too_slow = any(rounds > _MOST_ROUNDS for rounds in _rounds(data))
    except _UPSETS as error:
        raise Pkcs12Error(
            tr("这个文件不是证书文件，或者已经损坏。"), tr("请选择带私钥的 .p12 或 .pfx 文件，或请签发单位重新导出。")
        ) from error
    if too_slow:
        raise Pkcs12Error(tr("这个证书文件的加密方式异常，没有打开。"), tr("请签发单位重新导出。"))
    try:
        held = load_pkcs12(data, password.encode())
    except UnsupportedAlgorithm as error:
        raise _another_kind() from error
    except ValueError as error:  # the library tells no wrong password from a changed content: both break the checksum
        raise Pkcs12Error(
            tr("证书文件的密码不正确，或者文件内容已经改动。"),
            tr("请核对大小写后重输；还是不行，请签发单位重新导出。"),
            "password",
        ) from error
    if held.key is None or held.cert is None:
        raise _no_key()
    key, certificate = held.key, held.cert.certificate
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise _another_kind()
    if certificate.public_key() != key.public_key():
        raise _no_key()
    return Pkcs12(
        PersonKey(key),
        certificate.public_bytes(Encoding.DER),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        "、".join(str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)),
    )


def _rounds(data: bytes) -> Iterator[int]:
    """Yield how often each part of a file has the password hashed, as far as that stands in the open."""
    from asn1crypto.pkcs12 import Pfx, SafeContents

    if len(data) > LARGEST:
        raise ValueError("too large")
    file = Pfx.load(data, strict=True)
    if file["mac_data"].native is not None:
        yield file["mac_data"]["iterations"].native
    for content in file.authenticated_safe:
        if content["content_type"].native == "encrypted_data":
            yield _hashed(content["content"]["encrypted_content_info"]["content_encryption_algorithm"])
            continue
        for bag in SafeContents.load(content["content"].native, strict=True):
            if bag["bag_id"].native == "pkcs8_shrouded_key_bag":
                yield _hashed(bag["bag_value"]["encryption_algorithm"])


def _hashed(algorithm: Any) -> int:
    return int(algorithm.kdf_iterations)


def _no_key() -> Pkcs12Error:
    return Pkcs12Error(
        tr("证书文件里没有私钥，或者没有与私钥相配的证书。"), tr("请选择连私钥一起导出的 .p12 或 .pfx 文件。")
    )


def _another_kind() -> Pkcs12Error:
    return Pkcs12Error(
        tr("证书文件里的密钥不是本程序使用的种类（ECDSA P-256）。"), tr("请用本人账户签名，或请签发单位换发这种证书。")
    )
