"""Certificates say whom they name, and only the county root's count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.errors import UserError
from ohdesk.security import certificates
from ohdesk.security.certificates import CertificateError, DeviceSubject, PersonSubject
from ohdesk.security.signing_keys import DeviceKey, PersonKey, replica_of
from tests.unit.security.conftest import AT, new_authority, subject


def test_a_certificate_starts_one_day_before_it_was_issued(authority):
    for der in (authority.root, authority.signer(1).certificate):
        assert x509.load_der_x509_certificate(der).not_valid_before_utc == AT - timedelta(days=1)
        certificates.check_valid_at(der, AT - timedelta(days=1))
        with pytest.raises(CertificateError):
            certificates.check_valid_at(der, AT - timedelta(days=1, seconds=1))


def test_a_name_of_64_chinese_characters_fits_into_every_certificate_of_an_office():
    name, key, device = "镇" * 64, PersonKey.create(), DeviceKey.create()
    root = certificates.make_root(key, name, "000000", AT)
    certificates.check_root(root)
    laptop = DeviceSubject(replica=replica_of(device.public_der), office=name, division="000000001")
    assert certificates.device_of(certificates.issue(key, root, device.public_der, laptop, AT)) == laptop
    somebody = replace(subject(1), office=name, name="提" * 21)
    assert certificates.person_of(certificates.make_own(key, somebody, AT)) == somebody
    with pytest.raises(UserError, match="不能写入证书"):
        certificates.make_own(key, replace(somebody, name="提" * 22), AT)


def test_a_root_issued_on_the_leap_day_ends_on_a_day_that_exists():
    key = PersonKey.create()
    leap = AT.replace(year=2028, month=3, day=1)
    own = certificates.make_own(key, subject(1), leap)
    assert x509.load_der_x509_certificate(own).not_valid_after_utc.date().isoformat() == "2033-02-28"


def test_a_persons_certificate_names_the_person(authority):
    der = authority.signer(2).certificate
    assert certificates.person_of(der) == subject(2)
    certificates.check_issued(der, authority.root)
    assert not certificates.is_self_made(der)
    with pytest.raises(CertificateError):
        certificates.device_of(der)


def test_a_self_made_certificate_is_good_for_its_own_key_only(authority):
    key = PersonKey.create()
    der = certificates.make_own(key, subject(1), AT)
    assert certificates.is_self_made(der)
    assert certificates.public_der(der) == key.public_der
    certificates.check_own(der)
    with pytest.raises(CertificateError):
        certificates.check_issued(der, authority.root)
    with pytest.raises(CertificateError):
        certificates.check_root(der)


def test_an_end_certificate_issues_nothing(authority):
    person = authority.signer(1)
    forged = certificates.issue(person.key, person.certificate, PersonKey.create().public_der, subject(2), AT)
    for root in (authority.root, person.certificate):
        with pytest.raises(CertificateError):
            certificates.check_issued(forged, root)


def test_a_root_is_not_accepted_as_an_end_certificate(authority):
    with pytest.raises(CertificateError):
        certificates.check_issued(authority.root, authority.root)


def test_another_countys_certificate_is_told_apart_even_with_the_same_names(authority):
    for other in (new_authority(), new_authority("另一个县")):
        with pytest.raises(CertificateError):
            certificates.check_issued(other.signer(1).certificate, authority.root)


@given(st.data())
def test_any_changed_bit_of_a_certificate_is_noticed(authority, data):
    der = bytearray(authority.root)
    bit = data.draw(st.integers(0, len(der) * 8 - 1))
    der[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CertificateError):
        certificates.check_root(bytes(der))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_certificate(data):
    with pytest.raises(CertificateError):
        certificates.load(data)
    with pytest.raises(UserError):
        certificates.load_file(data)


@pytest.mark.parametrize("change", [{"name": ""}, {"number": ""}, {"name": "名" * 65}, {"office": "处" * 65}])
def test_names_that_do_not_fit_are_refused_with_a_sentence(authority, change):
    parts = {"person": "p", "name": "李旸", "number": "1", "office": "镇", "division": "000000001"} | change
    with pytest.raises(UserError):
        certificates.issue(authority.key, authority.root, PersonKey.create().public_der, PersonSubject(**parts), AT)


def test_pem_and_der_files_give_the_same_certificate(authority):
    assert certificates.load_file(certificates.pem(authority.root)) == authority.root
    assert certificates.load_file(authority.root) == authority.root


def test_a_device_certificate_names_office_and_replica(authority):
    public = DeviceKey.create().public_der
    names = DeviceSubject(replica=replica_of(public), office="石桥镇", division="000000001")
    der = certificates.issue(authority.key, authority.root, public, names, AT)
    certificates.check_issued(der, authority.root)
    assert certificates.device_of(der) == names
    with pytest.raises(CertificateError):
        certificates.person_of(der)


def test_a_device_certificate_for_the_replica_of_another_key_is_none(authority):
    true, thief = DeviceKey.create(), DeviceKey.create()
    names = DeviceSubject(replica=replica_of(true.public_der), office="石桥镇", division="000000001")
    der = certificates.issue(authority.key, authority.root, thief.public_der, names, AT)
    with pytest.raises(CertificateError, match="不是由它的密钥算出"):
        certificates.device_of(der)
