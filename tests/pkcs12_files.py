"""Certificate files (PKCS#12) as other programs write them."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from tests.conftest import NOON

SECRET = "file-password"


def write(path: Path, key, certificate: x509.Certificate) -> Path:
    """Write a key with its certificate under SECRET; without a key for None."""
    encrypted = BestAvailableEncryption(SECRET.encode())
    path.write_bytes(serialize_key_and_certificates(None, key, certificate, None, encrypted))
    return path


def of_another_authority(path: Path, name: str, *, days: int = 365, kind: str = "p256") -> Path:
    """Write a person's file as another authority issues it: its own subject, signed by itself for want of it."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Invented Authority")]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOON - timedelta(days=400))
        .not_valid_after(NOON + timedelta(days=days))
        .sign(key, SHA256())
    )
    return write(path, None if kind == "no key" else key, certificate)
