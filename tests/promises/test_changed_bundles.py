"""Any one changed bit of a bundle, and any cut, is found: with the county's root and without any key."""

import pytest

from tests.bitflips import every_bit, random_bits, unnoticed
from tests.bundle_bits import sealed_bundle, verifies


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    return sealed_bundle(tmp_path_factory.mktemp("sealed"))


def test_the_untouched_bundle_verifies(sealed, tmp_path):
    assert verifies(tmp_path, sealed, sealed.data)


def test_none_of_300_changed_bits_goes_unnoticed_half_of_them_in_the_structures(sealed, tmp_path):
    bits = random_bits(len(sealed.data), 300, sealed.structures)
    assert list(unnoticed(sealed.data, bits, lambda data: verifies(tmp_path, sealed, data))) == []


def test_no_bit_of_the_end_record_goes_unnoticed(sealed, tmp_path):
    bits = every_bit(len(sealed.data) - 22, len(sealed.data))
    assert list(unnoticed(sealed.data, bits, lambda data: verifies(tmp_path, sealed, data))) == []


def test_no_cut_goes_unnoticed(sealed, tmp_path):
    size = len(sealed.data)
    kept = {*range(0, 4096, 31), *range(size - 4096, size, 31), size - 1, size - 22, size - 23}
    assert [at for at in kept if 0 <= at < size and verifies(tmp_path, sealed, sealed.data[:at])] == []


def test_no_added_byte_goes_unnoticed(sealed, tmp_path):
    for changed in (sealed.data + b"\0", b"\0" + sealed.data, sealed.data * 2, sealed.data + sealed.data[-22:]):
        assert not verifies(tmp_path, sealed, changed)
