"""Promise: any one changed bit of a signed record, of a bundle or of a publication package is found."""

import struct

import pytest

from ohdesk.errors import MachineError, UserError
from ohdesk.security import signed_bytes
from ohdesk.services.record.verification import verify_file
from tests.bitflips import every_bit, random_bits, unnoticed

BITS = 300
END_RECORD = 22  # bytes, of a ZIP without a comment


@pytest.fixture
def accepts(demo, tmp_path):
    """Return a check as `ohdesk verify FILE --root PEM` does it: True where that would end with 0."""

    def verifies(data: bytes) -> bool:
        path = tmp_path / "changed"
        path.write_bytes(data)
        try:
            return verify_file(path, [demo.root_der]).is_good
        except MachineError:
            raise  # the file is at fault, not the machine
        except UserError:
            return False

    return verifies


def zip_structures(data: bytes) -> list[tuple[int, int]]:
    """Return the byte ranges of local headers, directory and end record of a ZIP without data descriptors."""
    directory = struct.unpack_from("<I", data, len(data) - END_RECORD + 16)[0]
    ranges = [(directory, len(data))]
    at = directory
    while data[at : at + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        local = struct.unpack_from("<I", data, at + 42)[0]
        local_name, local_extra = struct.unpack_from("<HH", data, local + 26)
        ranges.append((local, local + 30 + local_name + local_extra))
        at += 46 + name + extra + comment
    return ranges


def test_the_untouched_files_verify(demo, accepts):
    package = next((demo.out / "publication").iterdir())
    for path in (*demo.papers, *demo.sent_up, package):
        assert accepts(path.read_bytes()), path


def test_any_changed_bit_of_a_record_is_found_half_of_them_in_the_gap_of_the_last_signature(demo, accepts):
    data = min(demo.records, key=lambda path: path.stat().st_size).read_bytes()
    last = signed_bytes.find(data)[-1]
    bits = random_bits(len(data), BITS, [(last.gap_start, last.gap_end)])
    assert list(unnoticed(data, bits, accepts)) == []


def test_any_changed_bit_of_a_bundle_is_found_half_of_them_in_the_structures_of_the_zip(demo, accepts):
    data = min(demo.sent_up, key=lambda path: path.stat().st_size).read_bytes()
    bits = random_bits(len(data), BITS, zip_structures(data))
    assert list(unnoticed(data, bits, accepts)) == []


def test_any_changed_bit_of_a_publication_package_is_found(demo, accepts):
    data = next((demo.out / "publication").iterdir()).read_bytes()
    bits = random_bits(len(data), BITS, zip_structures(data))
    assert list(unnoticed(data, bits, accepts)) == []


def test_the_ends_of_every_file_are_watched_bit_by_bit(demo, accepts):
    package = next((demo.out / "publication").iterdir())
    for path in (demo.records[0], min(demo.sent_up, key=lambda path: path.stat().st_size), package):
        data = path.read_bytes()
        bits = [*every_bit(0, 4), *every_bit(len(data) - 6, len(data))]
        assert list(unnoticed(data, bits, accepts)) == []


def test_a_cut_or_a_longer_file_is_found(demo, accepts):
    package = next((demo.out / "publication").iterdir())
    for path in (demo.records[0], demo.sent_up[0], package):
        data = path.read_bytes()
        for changed in (data[:-1], data[: len(data) // 2], data[:100], b"", data + b"\0", data + b"\n", b"\0" + data):
            assert not accepts(changed)


def test_a_record_signed_under_another_root_is_not_good(demo, tmp_path):
    from ohdesk.security import certificates
    from ohdesk.security.signing_keys import PersonKey
    from tests.conftest import NOON

    other = certificates.make_root(PersonKey.create(), "别的县", "000000", NOON)
    for path in (demo.records[0], demo.sent_up[0], next((demo.out / "publication").iterdir())):
        assert not verify_file(path, [other]).is_good
