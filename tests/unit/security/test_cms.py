"""The signature container has exactly one form."""

import pytest
from asn1crypto.cms import ContentInfo
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.security import cms, der
from ohdesk.security.cms import Container
from ohdesk.security.der import DerError

DIGEST = bytes(32)


@pytest.fixture(scope="module")
def built(authority) -> bytes:
    signer = authority.signer(1)
    attributes = cms.signed_attributes(DIGEST, signer.certificate)
    return cms.build(Container(signer.certificate, attributes, signer.key.sign(attributes)))


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
    except DerError:
        return
    assert cms.build(container) == bytes(changed)[:length]
    assert container != cms.parse(built)[0]


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_no_container(data):
    with pytest.raises(DerError):
        cms.parse(data)


@given(st.integers(0, 2**300))
def test_whole_numbers_have_one_spelling(value):
    encoded = der.integer(value)
    assert int.from_bytes(der.only(encoded, der.INTEGER).content, "big", signed=True) == value


@pytest.mark.parametrize("spelling", ["0480", "048101ff", "04820001ff", "0485000000000100", "04", ""])
def test_lengths_in_any_other_form_are_refused(spelling):
    with pytest.raises(DerError):
        der.read(bytes.fromhex(spelling), der.OCTET_STRING)
