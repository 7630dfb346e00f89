"""What is sealed here the library of age opens, and the other way round; of anything else nothing is believed."""

from io import BytesIO

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.security import age
from ohdesk.security.age import CHUNK, TAG, DamagedError, NoKeyError

OWN, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
PAIRS = [(str(OWN), str(OWN.to_public()))]
# Around the ends of a chunk and of what is taken at once.
SIZES = sorted({max(0, chunks * CHUNK + more) for chunks in (0, 1, 16, 32) for more in (-1, 0, 1)})


def sealed(plain, *recipients):
    cipher = BytesIO()
    age.seal([str(each.to_public()) for each in recipients or (OTHER, OWN)], BytesIO(plain), cipher)
    return cipher.getvalue()


def opened(cipher, pairs=PAIRS):
    plain = BytesIO()
    age.open_(pairs, BytesIO(cipher), plain)
    return plain.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_the_library_opens_what_is_sealed_here_and_the_other_way_round(size):
    plain = bytes(range(251)) * (size // 251 + 1)
    plain = plain[:size]
    assert pyrage.decrypt(sealed(plain), [OWN]) == pyrage.decrypt(sealed(plain), [OTHER]) == plain
    assert opened(pyrage.encrypt(plain, [OTHER.to_public(), OWN.to_public()])) == plain
    assert opened(sealed(plain)) == plain


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(1, 12))
def test_any_number_of_recipients_opens(plain, count):
    others = [pyrage.x25519.Identity.generate() for _ in range(count)]
    cipher = sealed(plain, *others, OWN)
    assert opened(cipher) == pyrage.decrypt(cipher, others[:1]) == plain


def test_two_seals_of_the_same_bytes_have_nothing_in_common():
    # 32 bytes in a row would be a key or a chunk that came twice.
    first, second = sealed(bytes(CHUNK)), sealed(bytes(CHUNK))
    assert not any(first[at : at + 32] in second for at in range(len(first) - 64, len(first) - 32))
    assert first.split(b"\n")[1] != second.split(b"\n")[1]


def test_keys_that_do_not_fit_are_told_from_damage():
    with pytest.raises(NoKeyError):
        opened(sealed(b"x", OTHER))
    with pytest.raises(DamagedError):
        opened(b"")


@settings(max_examples=150)
@given(st.data())
def test_a_changed_bit_is_found_by_both_or_makes_nobody_a_recipient(data):
    cipher = bytearray(sealed(b"x" * 300))
    bit = data.draw(st.integers(0, len(cipher) * 8 - 1))
    cipher[bit // 8] ^= 1 << bit % 8
    with pytest.raises((DamagedError, NoKeyError)):
        opened(bytes(cipher))
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(bytes(cipher), [OWN])


@pytest.mark.parametrize("kept", [CHUNK + TAG, 16 * (CHUNK + TAG), 16 * (CHUNK + TAG) - 1, 0, 1, -1])
def test_a_cut_is_found_also_at_the_end_of_a_chunk(kept):
    cipher = sealed(bytes(17 * CHUNK))
    payload = len(cipher) - 17 * (CHUNK + TAG)
    with pytest.raises(DamagedError):
        opened(cipher[: payload + kept if kept >= 0 else kept])


def test_chunks_that_changed_places_or_came_twice_are_found():
    cipher = sealed(bytes(3 * CHUNK))
    size = CHUNK + TAG
    head, chunks = cipher[: -3 * size], [cipher[-(3 - at) * size :][:size] for at in range(3)]
    for order in ([1, 0, 2], [0, 0, 1, 2], [0, 2], [0, 1, 2, 2]):
        with pytest.raises(DamagedError):
            opened(head + b"".join(chunks[at] for at in order))


def test_stanzas_of_other_kinds_are_passed_over_only_where_the_seal_of_the_header_holds():
    # The library adds one of a made up kind now and then; one that is put in afterwards breaks the seal.
    cipher = sealed(b"x")
    with pytest.raises(DamagedError):
        opened(cipher.replace(b"\n-> ", b"\n-> made-up word\n\n-> ", 1))


@pytest.mark.parametrize(
    "stanza", [b"-> X25519\n\n", b"-> X25519 short\nYQ\n", b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"]
)
def test_a_stanza_that_cannot_be_is_refused(stanza):
    with pytest.raises(DamagedError):
        opened(b"age-encryption.org/v1\n" + stanza + b"--- " + b"A" * 43 + b"\n" + bytes(48))


def test_a_header_without_end_costs_no_more_than_the_longest():
    class Endless:
        taken = 0

        def readinto(self, room):
            self.taken += len(room)
            room[:] = b"-> X\n\n" * (len(room) // 6) + b"-> X\n\n"[: len(room) % 6]
            return len(room)

    endless = Endless()
    with pytest.raises(DamagedError):
        age.open_(PAIRS, endless, BytesIO())
    assert endless.taken <= 257 * 1024
