"""What is sealed opens only whole, with its key, in its place."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.security import vault

KEY = bytes(range(32))


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_what_was_sealed_comes_back(plain, context):
    assert vault.unseal(KEY, vault.seal(KEY, plain, context), context) == plain


@given(st.binary(max_size=50), st.data())
def test_any_changed_bit_or_cut_breaks_the_seal(plain, data):
    sealed = bytearray(vault.seal(KEY, plain, b"here"))
    if data.draw(st.booleans()):
        bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
        sealed[bit // 8] ^= 1 << bit % 8
    else:
        del sealed[data.draw(st.integers(0, len(sealed) - 1)) :]
    with pytest.raises(vault.BrokenSealError):
        vault.unseal(KEY, bytes(sealed), b"here")


def test_sealed_bytes_do_not_open_in_another_place_or_with_another_key():
    sealed = vault.seal(KEY, b"x", b"here")
    with pytest.raises(vault.BrokenSealError):
        vault.unseal(KEY, sealed, b"there")
    with pytest.raises(vault.BrokenSealError):
        vault.unseal(vault.derive(KEY, "other"), sealed, b"here")


def test_keys_for_different_purposes_differ_and_stay_the_same():
    assert vault.derive(KEY, "a") == vault.derive(KEY, "a") != vault.derive(KEY, "b")


def test_a_blob_opens_only_under_its_own_hash_and_its_name_tells_nothing():
    first, second = (sha256(text).hexdigest() for text in (b"photo", b"other"))
    sealed = vault.seal_blob(KEY, first, b"photo")
    assert vault.unseal_blob(KEY, first, sealed) == b"photo"
    with pytest.raises(vault.BrokenSealError):
        vault.unseal_blob(KEY, second, sealed)
    name = vault.blob_file_name(KEY, first)
    assert len(name) == 64
    assert name not in {first, vault.blob_file_name(KEY, second), vault.blob_file_name(bytes(32), first)}


def test_a_blob_that_is_sealed_into_memory_opens_as_any_other():
    room = memoryview(bytearray(100))
    for plain in (b"photo", b"", bytes(72)):
        sealed = vault.seal_blob_into(room, KEY, "a" * 64, memoryview(plain))
        assert len(sealed) == len(plain) + vault.AROUND
        assert vault.unseal_blob(KEY, "a" * 64, bytes(sealed)) == plain
