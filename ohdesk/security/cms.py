"""The signature container of a record (CMS, RFC 5652; PAdES B-B, ETSI EN 319 142-1) in its one fixed form.

Version 1, SHA-256, ECDSA; exactly one certificate, the signer's (the county root issues persons
directly and is never embedded); three signed attributes (content type, message digest, signing
certificate v2), no unsigned ones.  Signer and verifier share `build`: a container is only good
when building it again from its three free parts gives the same bytes.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from asn1crypto import parser
from asn1crypto.algos import DSASignature
from asn1crypto.cms import CMSAttributes, ContentInfo, IssuerAndSerialNumber, SignedData, SignerIdentifier
from asn1crypto.tsp import SigningCertificateV2
from asn1crypto.x509 import Certificate

# RFC 5754 section 2: SHA-256 is written without parameters; left to itself asn1crypto writes NULL.
_SHA256 = {"algorithm": "sha256", "parameters": None}
ALG = "sha256_ecdsa"  # the only one of this form; another gets a form of its own beside it
_ECDSA_WITH_SHA256 = {"algorithm": ALG}
# asn1crypto reads late and checks little: what it stumbles over in hostile bytes can be any of these.
_UPSETS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


# Needed to tell the lower of the two values s and order - s that verify alike.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # NIST SP 800-186, P-256


class FormError(ValueError):
    """Bytes that are not in the one form a container or certificate has here."""


class Container(NamedTuple):
    """The three free parts of a container, DER: certificate, signed attributes (as SET OF), ECDSA signature."""

    certificate: bytes
    attributes: bytes
    signature: bytes


def signed_attributes(document_sha256: bytes, certificate: bytes) -> bytes:
    """Return what the signer signs: SET OF attributes that name the document's digest and the certificate."""
    named = SigningCertificateV2({"certs": [{"cert_hash": sha256(certificate).digest()}]})
    # Given as bytes: a built value is encoded again at every level around it, which made this 0.6 ms cost 7.
    named = SigningCertificateV2.load(_der(named))
    attributes = {"content_type": "data", "message_digest": document_sha256, "signing_certificate_v2": named}
    return _der(CMSAttributes([{"type": name, "values": [value]} for name, value in attributes.items()]))


def build(parts: Container) -> bytes:
    """Return the container, DER. Raises FormError when the certificate is none."""
    try:
        return _build(parts)
    except _UPSETS as error:
        raise FormError("not parts of a signature container") from error


def parse(data: bytes) -> tuple[Container, int]:
    """Return the parts of the container at the start of `data`, and its length in bytes.

    Raises FormError unless those bytes are the fixed form.
    """
    try:
        # The container stands in front of padding, so its own header says where it ends.
        length = parser.peek(data)
        signed = ContentInfo.load(data[:length], strict=True)["content"]
        # More certificates or signers would be bytes that no signature covers.
        (certificate,), (signer,) = signed["certificates"], signed["signer_infos"]
        # Signed as SET OF, though they travel under an implicit tag [0] (RFC 5652 section 5.4).
        attributes = _der(signer["signed_attrs"].untag())
        container = Container(_der(certificate), attributes, _canonical_ecdsa(signer["signature"].native))
        # The library takes other lengths, orders and tags as well; only what it would write itself is let through.
        if _build(container) != data[:length] or lower_half(container.signature) != container.signature:
            raise FormError("not the fixed form of a signature container")
    except _UPSETS as error:
        raise FormError("not a signature container") from error
    return container, length


def lower_half(signature: bytes) -> bytes:
    """Return the one of the two ECDSA signatures with the same meaning, s and order - s, whose s is the lower."""
    numbers = DSASignature.load(signature, strict=True).native
    return _der(DSASignature({"r": numbers["r"], "s": min(numbers["s"], P256_ORDER - numbers["s"])}))


def check_certificate_form(certificate: bytes) -> None:
    """Raise FormError unless serial number, algorithm (ECDSA, SHA-256) and signature are in their one form.

    The issuer's signature covers what lies between them; only the wrapping could have two spellings.
    """
    try:
        found = Certificate.load(certificate, strict=True)
        body, signature = found["tbs_certificate"], _canonical_ecdsa(found["signature_value"].native)
        rebuilt = Certificate(
            {"tbs_certificate": body, "signature_algorithm": _ECDSA_WITH_SHA256, "signature_value": signature}
        )
        # Stated twice, and only the inner one is signed (RFC 5280 section 4.1.1.2).
        inner_algorithm, outer_algorithm = _der(body["signature"]), _der(rebuilt["signature_algorithm"])
        sound = _der(rebuilt) == certificate and inner_algorithm == outer_algorithm and found.serial_number > 0
    except _UPSETS as error:
        raise FormError("not a certificate") from error
    if not sound:
        raise FormError("not signed with ECDSA and SHA-256, or in another spelling")


def _build(parts: Container) -> bytes:
    certificate = Certificate.load(parts.certificate, strict=True)
    issuer_and_serial = IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate["tbs_certificate"]["serial_number"]}
    )
    signer = {
        "version": "v1",
        "sid": SignerIdentifier({"issuer_and_serial_number": issuer_and_serial}),
        "digest_algorithm": _SHA256,
        "signed_attrs": CMSAttributes.load(parts.attributes, strict=True),
        "signature_algorithm": _ECDSA_WITH_SHA256,
        "signature": parts.signature,
    }
    signed = {
        "version": "v1",
        "digest_algorithms": [_SHA256],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [signer],
    }
    return _der(ContentInfo({"content_type": "signed_data", "content": SignedData(signed)}))


def _canonical_ecdsa(signature: bytes) -> bytes:
    """Return an ECDSA signature if it is the one DER form of its two numbers, else raise FormError."""
    numbers = DSASignature.load(signature, strict=True).native
    # DER numbers have a sign; zero or less is no ECDSA value, whatever the library reads.
    if min(numbers.values()) <= 0 or _der(DSASignature(numbers)) != signature:
        raise FormError("a number of the signature is not positive or not in its shortest form")
    return signature


def _der(value: Any) -> bytes:
    encoded: bytes = value.dump()
    return encoded
