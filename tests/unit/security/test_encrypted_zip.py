"""The encrypted file in which originals leave: any program for ZIP files opens it, with its password alone."""

from io import BytesIO

import pytest

from ohdesk.security.encrypted_zip import EncryptedZip, new_password
from tests.encrypted_zips import opened

PASSWORD = "K7QM-2222-3333-4444-5555-6666"
FILES = {"001.jpg": bytes(range(256)) * 9, "空.txt": b"", "清单.xlsx": b"x" * 17}


def sealed(files=FILES):
    out = BytesIO()
    with EncryptedZip(out, PASSWORD) as made:
        for name, content in files.items():
            made.add(name, content)
    return out.getvalue()


def test_files_come_out_bit_for_bit_with_the_password_and_with_no_other(tmp_path):
    path = tmp_path / "originals.zip"
    path.write_bytes(sealed())
    assert opened(path, PASSWORD) == FILES
    with pytest.raises(ValueError, match="001"):
        opened(path, new_password())


def test_what_is_changed_does_not_open(tmp_path):
    whole = sealed()
    place = whole.index(b"001.jpg") + 200
    (tmp_path / "changed.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.raises(ValueError, match="001"):
        opened(tmp_path / "changed.zip", PASSWORD)


def test_nothing_plain_stands_in_it_and_no_two_are_alike():
    content = b"a face and a name " * 100
    once, again = sealed({"1.jpg": content}), sealed({"1.jpg": content})
    assert content[:18] not in once
    assert once != again


def test_passwords_are_long_and_never_the_same():
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert {len(each) for each in made} == {29}
