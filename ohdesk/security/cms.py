"""The signature container of a record (CMS, RFC 5652; PAdES B-B, ETSI EN 319 142-1) in its one fixed form.

Version 1, SHA-256, ECDSA; exactly one certificate, the signer's (the county root issues persons
directly and is never embedded); three signed attributes (content type, message digest, signing
certificate v2), no unsigned ones.  Signer and verifier share `build`: a container is only good
when building it again from its three free parts gives the same bytes.
"""

from hashlib import sha256
from typing import NamedTuple

from ohdesk.security.der import (
    BIT_STRING,
    CONTEXT_0,
    INTEGER,
    OBJECT_ID,
    OCTET_STRING,
    SEQUENCE,
    SET,
    DerError,
    element,
    integer,
    members,
    only,
    read,
    set_of,
)

_DATA = element(OBJECT_ID, bytes.fromhex("2a864886f70d010701"))
_SIGNED_DATA = element(OBJECT_ID, bytes.fromhex("2a864886f70d010702"))
_CONTENT_TYPE = element(OBJECT_ID, bytes.fromhex("2a864886f70d010903"))
_MESSAGE_DIGEST = element(OBJECT_ID, bytes.fromhex("2a864886f70d010904"))
_SIGNING_CERTIFICATE_V2 = element(OBJECT_ID, bytes.fromhex("2a864886f70d010910022f"))
_SHA256 = element(SEQUENCE, element(OBJECT_ID, bytes.fromhex("608648016503040201")))
ECDSA_WITH_SHA256 = element(SEQUENCE, element(OBJECT_ID, bytes.fromhex("2a8648ce3d040302")))


class Container(NamedTuple):
    """The three free parts of a container, DER: certificate, signed attributes (as SET OF), ECDSA signature."""

    certificate: bytes
    attributes: bytes
    signature: bytes


def signed_attributes(document_sha256: bytes, certificate: bytes) -> bytes:
    """Return what the signer signs: SET OF attributes that name the document's digest and the certificate."""
    certificate_id = element(SEQUENCE, element(OCTET_STRING, sha256(certificate).digest()))
    return set_of(
        (
            element(SEQUENCE, _CONTENT_TYPE, element(SET, _DATA)),
            element(SEQUENCE, _MESSAGE_DIGEST, element(SET, element(OCTET_STRING, document_sha256))),
            element(
                SEQUENCE, _SIGNING_CERTIFICATE_V2, element(SET, element(SEQUENCE, element(SEQUENCE, certificate_id)))
            ),
        )
    )


def build(parts: Container) -> bytes:
    """Return the container, DER. Raises DerError when the certificate is none."""
    issuer, serial = _issuer_and_serial(parts.certificate)
    signer = element(
        SEQUENCE,
        integer(1),
        element(SEQUENCE, issuer, serial),
        _SHA256,
        element(CONTEXT_0, only(parts.attributes, SET).content),
        ECDSA_WITH_SHA256,
        element(OCTET_STRING, parts.signature),
    )
    signed_data = element(
        SEQUENCE,
        integer(1),
        element(SET, _SHA256),
        element(SEQUENCE, _DATA),
        element(CONTEXT_0, parts.certificate),
        element(SET, signer),
    )
    return element(SEQUENCE, _SIGNED_DATA, element(CONTEXT_0, signed_data))


def parse(data: bytes) -> tuple[Container, int]:
    """Return the parts of the container at the start of `data`, and its length in bytes.

    Raises DerError unless those bytes are the fixed form.
    """
    whole = read(data, SEQUENCE)
    _, wrapped = members(whole.content, (OBJECT_ID, CONTEXT_0))
    parts = members(only(wrapped.content, SEQUENCE).content, (INTEGER, SET, SEQUENCE, CONTEXT_0, SET))
    signer = members(
        only(parts[4].content, SEQUENCE).content, (INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0, SEQUENCE, OCTET_STRING)
    )
    container = Container(
        certificate=only(parts[3].content, SEQUENCE).whole,
        attributes=element(SET, signer[3].content),
        signature=canonical_ecdsa(signer[5].content),
    )
    if build(container) != whole.whole:
        raise DerError("not the fixed form of a signature container")
    return container, len(whole.whole)


def canonical_ecdsa(signature: bytes) -> bytes:
    """Return an ECDSA signature if it is the one DER form of its two numbers, else raise DerError."""
    numbers = members(only(signature, SEQUENCE).content, (INTEGER, INTEGER))
    if any(integer(int.from_bytes(number.content, "big")) != number.whole for number in numbers):
        raise DerError("a number of the signature is not in its shortest form")
    return signature


def check_certificate_form(certificate: bytes) -> None:
    """Raise DerError unless serial number, algorithm (ECDSA, SHA-256) and signature are in their one form."""
    body, algorithm, signature = members(only(certificate, SEQUENCE).content, (SEQUENCE, SEQUENCE, BIT_STRING))
    if algorithm.whole != ECDSA_WITH_SHA256 or ECDSA_WITH_SHA256 not in body.content:
        raise DerError("not signed with ECDSA and SHA-256")
    if signature.content[:1] != b"\0":
        raise DerError("unused bits in the signature of the certificate")
    canonical_ecdsa(signature.content[1:])
    _, serial = _issuer_and_serial(certificate)
    number = int.from_bytes(only(serial, INTEGER).content, "big", signed=True)
    if number <= 0 or integer(number) != serial:
        raise DerError("serial number is not a positive number in its shortest form")


def _issuer_and_serial(certificate: bytes) -> tuple[bytes, bytes]:
    body = read(only(certificate, SEQUENCE).content, SEQUENCE).content
    version = read(body, CONTEXT_0)
    serial = read(body[len(version.whole) :], INTEGER)
    algorithm = read(body[len(version.whole) + len(serial.whole) :], SEQUENCE)
    issuer = read(body[len(version.whole) + len(serial.whole) + len(algorithm.whole) :], SEQUENCE)
    return issuer.whole, serial.whole
