"""Keys sign what they should, and lie wrapped while nobody uses them."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ohdesk.errors import UserError
from ohdesk.security import signing_keys, vault
from ohdesk.security.signing_keys import DeviceKey, PersonKey

WRAPPING = bytes(range(32))


@pytest.mark.parametrize("kind", [PersonKey, DeviceKey])
def test_a_wrapped_key_comes_back_and_signs_as_before(kind):
    key = kind.create()
    again = kind.unwrap(key.wrap(WRAPPING, "owner"), WRAPPING, "owner")
    assert again.public_der == key.public_der
    assert signing_keys.verify(key.public_der, again.sign(b"text"), b"text")
    assert not signing_keys.verify(key.public_der, again.sign(b"text"), b"other text")
    assert not signing_keys.verify(kind.create().public_der, again.sign(b"text"), b"text")


@pytest.mark.parametrize("kind", [PersonKey, DeviceKey])
def test_a_wrapped_key_opens_for_nobody_else(kind):
    wrapped = kind.create().wrap(WRAPPING, "owner")
    with pytest.raises(vault.BrokenSealError):
        kind.unwrap(wrapped, WRAPPING, "colleague")
    with pytest.raises(vault.BrokenSealError):
        kind.unwrap(wrapped, bytes(32), "owner")


def test_a_private_key_is_not_printed_by_accident():
    assert "private" not in repr(PersonKey.create())


def test_other_kinds_of_public_key_are_refused():
    strange = [
        signing_keys.public_der(ec.generate_private_key(ec.SECP384R1()).public_key()),
        signing_keys.public_der(rsa.generate_private_key(65537, 2048).public_key()),  # type: ignore[arg-type]
        PersonKey.create().public_der + b"\0",
        b"",
        b"no key",
    ]
    for der in strange:
        with pytest.raises(signing_keys.KeyFormatError):
            signing_keys.load_public(der)
        assert not signing_keys.verify(der, b"", b"")


def test_the_recovery_code_gives_its_recipient_however_it_is_typed():
    code = signing_keys.new_age_identity()
    recipient = signing_keys.age_recipient(code)
    assert signing_keys.is_age_recipient(recipient)
    assert signing_keys.age_recipient(f" {code[:20].lower()} {code[20:]}\n") == recipient
    with pytest.raises(UserError):
        signing_keys.age_recipient(code[:-1] + ("Q" if code[-1] != "Q" else "P"))


@pytest.mark.parametrize("text", ["", "age1", "AGE1", "age1" + "q" * 58])
def test_other_text_is_no_age_recipient(text):
    assert not signing_keys.is_age_recipient(text)
