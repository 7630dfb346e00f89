"""Bundles open for their recipients only, and no failure of reading or writing is lost on the way."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.security import certificates, signing_keys
from ohdesk.security.certificates import CertificateError, DeviceSubject
from ohdesk.security.sealing import AgeOpener, AgeSealer, CannotOpenError, DeviceSigner
from ohdesk.security.signing_keys import DeviceKey, replica_of
from tests.unit.security.conftest import AT, new_authority, subject

COUNTY, RECOVERY, STRANGER = (signing_keys.new_age_identity() for _ in range(3))
SEALER = AgeSealer((signing_keys.age_recipient(COUNTY), signing_keys.age_recipient(RECOVERY)))


def sealed(plain: bytes) -> bytes:
    cipher = BytesIO()
    SEALER.seal(BytesIO(plain), cipher)
    return cipher.getvalue()


def opened(cipher: bytes, *identities: str) -> bytes:
    plain = BytesIO()
    AgeOpener(identities).open(BytesIO(cipher), plain)
    return plain.getvalue()


SEALED = sealed(b"x" * 300)  # once: its length varies


@pytest.mark.parametrize("identity", [COUNTY, RECOVERY], ids=["county", "recovery"])
def test_each_recipient_opens_what_was_sealed(identity):
    plain = bytes(range(256)) * 1000
    assert opened(sealed(plain), identity) == plain
    assert AgeOpener((identity,)).fingerprints <= set(SEALER.recipients)


def test_a_stranger_is_told_that_it_is_not_for_them():
    with pytest.raises(CannotOpenError, match="不是发给本单位"):
        opened(sealed(b"x"), STRANGER)


@settings(max_examples=80)
@given(st.data())
def test_any_changed_bit_or_cut_is_refused(data):
    cipher = bytearray(SEALED)
    if data.draw(st.booleans()):
        bit = data.draw(st.integers(0, len(cipher) * 8 - 1))
        cipher[bit // 8] ^= 1 << bit % 8
    else:
        del cipher[data.draw(st.integers(0, len(cipher) - 1)) :]
    with pytest.raises(CannotOpenError):
        opened(bytes(cipher), COUNTY)


class Failing(BytesIO):
    def write(self, _chunk):
        raise OSError(28, "No space left on device")

    def read(self, _size=-1):
        raise OSError(5, "Input/output error")

    readinto = read


@pytest.mark.parametrize("size", [10, 200_000])
def test_a_full_disk_while_sealing_or_opening_is_not_swallowed(size):
    with pytest.raises(OSError, match="No space"):
        SEALER.seal(BytesIO(bytes(size)), Failing())
    with pytest.raises(OSError, match="No space"):
        AgeOpener((COUNTY,)).open(BytesIO(sealed(bytes(size))), Failing())


def test_a_failing_stick_is_not_taken_for_a_damaged_bundle():
    with pytest.raises(OSError, match="Input/output"):
        SEALER.seal(Failing(), BytesIO())
    with pytest.raises(OSError, match="Input/output"):
        AgeOpener((COUNTY,)).open(Failing(), BytesIO())


def test_a_device_certificate_names_replica_and_town_and_checks_its_signature(authority):
    key = DeviceKey.create()
    names = DeviceSubject(replica=replica_of(key.public_der), office="石桥镇", division="000000001")
    der = certificates.issue(authority.key, authority.root, key.public_der, names, AT)
    signer = DeviceSigner(key, der)
    stranger = new_authority().root
    assert certificates.device_under([stranger, authority.root], signer.certificate, AT) == names
    assert certificates.has_signed(der, signer.sign(b"head"), b"head")
    assert not certificates.has_signed(der, signer.sign(b"head"), b"heaD")
    with pytest.raises(CertificateError):
        certificates.device_under([stranger], der, AT)


def test_a_persons_certificate_is_no_device_certificate(authority):
    person = authority.signer(1)
    with pytest.raises(CertificateError):
        certificates.device_under([authority.root], person.certificate, AT)
    assert certificates.person_of(person.certificate) == subject(1)
