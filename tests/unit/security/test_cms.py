"""The signature container has exactly one form."""

import pytest
from asn1crypto.algos import DSASignature
from asn1crypto.cms import ContentInfo
from asn1crypto.core import Null
from asn1crypto.x509 import Certificate
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.security import certificates, cms, signing_keys
from ohdesk.security.cms import Container, FormError
from tests.bitflips import every_bit, unnoticed

DIGEST = bytes(32)


@pytest.fixture(scope="module")
def built(authority) -> bytes:
    signer = authority.signer(1)
    attributes = cms.signed_attributes(DIGEST, signer.certificate)
    return cms.build(Container(signer.certificate, attributes, cms.lower_half(signer.key.sign(attributes))))


def test_another_reader_understands_the_container(built):
    signed = ContentInfo.load(built, strict=True)["content"]
    (signer,) = signed["signer_infos"]
    assert signed["version"].native == "v1"
    assert len(signed["certificates"]) == 1
    assert signer["digest_algorithm"]["algorithm"].native == "sha256"
    assert signer["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert [attribute["type"].native for attribute in signer["signed_attrs"]] == [
        "content_type",
        "message_digest",
        "signing_certificate_v2",
    ]
    assert signer["unsigned_attrs"].native is None
    assert ContentInfo.load(built).dump(force=True) == built


def test_what_was_built_is_read_back_with_its_length(built):
    container, length = cms.parse(built + bytes(50))
    assert length == len(built)
    assert cms.build(container) == built


@given(st.data())
def test_a_changed_bit_is_refused_or_lies_in_a_free_part(built, data):
    changed = bytearray(built)
    bit = data.draw(st.integers(0, len(built) * 8 - 1))
    changed[bit // 8] ^= 1 << bit % 8
    try:
        container, length = cms.parse(bytes(changed))
    except FormError:
        return
    assert cms.build(container) == bytes(changed)[:length]
    assert container != cms.parse(built)[0]


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_no_container(data):
    with pytest.raises(FormError):
        cms.parse(data)


@given(st.binary(max_size=100), st.integers(0, 60))
def test_bytes_around_and_inside_a_container_raise_nothing_else(built, data, at):
    for hostile in (data + built, built[:at] + data + built[at:], built[:at] + data):
        try:
            cms.parse(hostile)
        except FormError:
            continue
        assert hostile.startswith(built)


def test_lengths_without_an_end_nested_without_an_end_are_refused():
    with pytest.raises(FormError):
        cms.parse(b"\x30\x80" * 2048)


def lengthened(der, at):
    """Return DER with the length of the element at `at` (below 128) written in two bytes."""
    assert der[at + 1] < 128
    return der[: at + 1] + bytes([0x81, der[at + 1]]) + der[at + 2 :]


def test_a_length_in_any_longer_form_is_refused(built):
    version = built.index(bytes.fromhex("020101"))
    grown = bytearray(lengthened(built, version))
    with pytest.raises(FormError):
        cms.parse(bytes(grown))
    for place, size in ((2, len(built) - 4 + 1), (17, len(built) - 19 + 1), (21, len(built) - 23 + 1)):
        grown[place : place + 2] = size.to_bytes(2, "big")
    assert ContentInfo.load(bytes(grown))["content"]["version"].native == "v1"  # the library itself takes it
    with pytest.raises(FormError):
        cms.parse(bytes(grown))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda signed: signed["digest_algorithms"].append({"algorithm": "sha256"}),
        lambda signed: signed["certificates"].append(signed["certificates"][0].copy()),
        lambda signed: signed["signer_infos"].append(signed["signer_infos"][0].copy()),
        lambda signed: signed.__setitem__("version", "v3"),
        lambda signed: signed["signer_infos"][0].__setitem__("unsigned_attrs", []),
        lambda signed: signed["signer_infos"][0]["digest_algorithm"].__setitem__("parameters", Null()),
    ],
)
def test_what_others_may_write_as_well_is_refused(built, spoil):
    changed = ContentInfo.load(built)
    spoil(changed["content"])
    assert changed.dump(force=True) != built
    with pytest.raises(FormError):
        cms.parse(changed.dump(force=True))


@pytest.mark.parametrize(
    "numbers",
    [
        "300702020001020101",  # a leading zero
        "300702810101020101",  # a length in two bytes
        "308106020101020101",
        "30060201010201ff",  # negative
        "3006020100020101",  # zero
        "300602010102010100",  # more behind
        "3009020101020101020101",  # a third number
        "",
    ],
)
def test_a_signature_whose_numbers_have_another_spelling_is_refused(authority, numbers):
    signer = authority.signer(1)
    attributes = cms.signed_attributes(DIGEST, signer.certificate)
    with pytest.raises(FormError):
        cms.parse(cms.build(Container(signer.certificate, attributes, bytes.fromhex(numbers))))


def test_no_bit_of_a_certificate_around_its_signed_body_is_free(authority):
    der = authority.signer(1).certificate
    body = x509.load_der_x509_certificate(der).tbs_certificate_bytes
    start = der.index(body)
    around = [*every_bit(0, start), *every_bit(start + len(body), len(der))]
    assert list(unnoticed(der, around, lambda changed: is_issued(changed, authority.root))) == []


def is_issued(certificate, root):
    try:
        certificates.check_issued(certificate, root)
    except certificates.CertificateError:
        return False
    return True


def test_a_certificate_with_unused_bits_or_null_parameters_is_refused(authority):
    der = authority.signer(1).certificate
    found = Certificate.load(der)
    found["signature_algorithm"]["parameters"] = Null()
    for changed in (found.dump(force=True), der.replace(b"\x03\x48\x00\x30", b"\x03\x48\x01\x30") + b"\0", der + b"\0"):
        with pytest.raises(FormError):
            cms.check_certificate_form(changed)


def test_the_other_value_that_the_same_key_would_accept_is_refused(authority):
    signer = authority.signer(1)
    attributes = cms.signed_attributes(DIGEST, signer.certificate)
    ours = cms.lower_half(signer.key.sign(attributes))
    numbers = DSASignature.load(ours).native
    twin = DSASignature({"r": numbers["r"], "s": cms.P256_ORDER - numbers["s"]}).dump()
    assert signing_keys.verify(signer.key.public_der, twin, attributes)  # anybody can make it of ours
    assert cms.lower_half(twin) == ours
    container = Container(signer.certificate, attributes, ours)
    assert cms.parse(cms.build(container))[0] == container
    with pytest.raises(FormError):
        cms.parse(cms.build(container._replace(signature=twin)))
