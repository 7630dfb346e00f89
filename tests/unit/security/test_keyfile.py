"""keys.json opens for the right password or code and for nothing else."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.errors import MachineError, UserError
from ohdesk.security import keyfile
from ohdesk.security.keyfile import Cost

CHEAP = Cost(iterations=1, lanes=1, memory_kib=8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_the_password_and_the_recovery_code_both_give_the_database_key(path):
    made, code = keyfile.create(path, "周敏", "第一 个密码", CHEAP)
    assert keyfile.unlock(path, "周敏", "第一 个密码") == made
    assert keyfile.unlock_with_recovery_code(path, code) == made.database
    assert keyfile.unlock_with_recovery_code(path, code.lower().replace("-", " -")) == made.database


def test_a_password_typed_in_another_unicode_form_opens_too(path):
    made, _ = keyfile.create(path, "a", "caf\u00e9", CHEAP)
    assert keyfile.unlock(path, "a", "cafe\u0301") == made


def test_a_wrong_password_is_the_users_error_and_not_the_machines(path):
    keyfile.create(path, "a", "right", CHEAP)
    with pytest.raises(UserError) as caught:
        keyfile.unlock(path, "a", "wrong")
    assert not isinstance(caught.value, MachineError)
    assert "密码不正确" in caught.value.message


def test_an_unknown_account_is_told_which_accounts_there_are(path):
    keyfile.create(path, "周敏", "p", CHEAP)
    with pytest.raises(UserError) as caught:
        keyfile.unlock(path, "李强", "p")
    assert "周敏" in caught.value.remedy


def test_the_recovery_code_of_another_workspace_is_refused(path, tmp_path):
    keyfile.create(path, "a", "p", CHEAP)
    _, other = keyfile.create(tmp_path / "other.json", "a", "p", CHEAP)
    for code in (other, "AGE-SECRET-KEY-1", "", other[:-1]):
        with pytest.raises(UserError):
            keyfile.unlock_with_recovery_code(path, code)


def test_an_existing_key_file_is_never_overwritten(path):
    keyfile.create(path, "a", "p", CHEAP)
    before = path.read_bytes()
    with pytest.raises(UserError):
        keyfile.create(path, "b", "q", CHEAP)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("account", "password"), [("", "p"), ("  ", "p"), ("a\nb", "p"), ("a", "")])
def test_empty_names_and_passwords_are_refused(path, account, password):
    with pytest.raises(UserError):
        keyfile.create(path, account, password, CHEAP)
    assert not path.exists()


def test_every_account_opens_the_same_database_with_its_own_personal_key(path):
    first, _ = keyfile.create(path, "a", "same", CHEAP)
    second = keyfile.add_account(path, first.database, "b", "same")
    assert second.database == first.database
    assert second.personal != first.personal
    assert keyfile.accounts(path) == ("a", "b")
    with pytest.raises(UserError):
        keyfile.add_account(path, first.database, "b", "other")


def test_changing_a_password_rewrites_one_slot_and_no_key(path):
    first, code = keyfile.create(path, "a", "old", CHEAP)
    other = keyfile.add_account(path, first.database, "b", "stays")
    before = json.loads(path.read_bytes())["slots"]
    assert keyfile.change_password(path, "a", "old", "new") == first
    after = json.loads(path.read_bytes())["slots"]
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert keyfile.unlock(path, "a", "new") == first
    assert keyfile.unlock(path, "b", "stays") == other
    assert keyfile.unlock_with_recovery_code(path, code) == first.database
    for password in ("old", ""):
        with pytest.raises(UserError):
            keyfile.unlock(path, "a", password)


def test_a_password_is_not_changed_without_the_old_one(path):
    keyfile.create(path, "a", "old", CHEAP)
    before = path.read_bytes()
    for old, new in (("wrong", "new"), ("old", "")):
        with pytest.raises(UserError):
            keyfile.change_password(path, "a", old, new)
    assert path.read_bytes() == before


def test_a_reset_account_gets_another_personal_key_even_with_the_same_password(path):
    first, _ = keyfile.create(path, "a", "same", CHEAP)
    assert keyfile.reset_account(path, first.database, "a", "same").personal != first.personal


def test_nobody_adds_an_account_with_another_database_key(path):
    keyfile.create(path, "a", "p", CHEAP)
    with pytest.raises(MachineError):
        keyfile.add_account(path, b"\0" * 32, "b", "p")
    assert keyfile.accounts(path) == ("a",)


def test_the_file_holds_no_key_and_no_password_in_any_spelling(path):
    made, code = keyfile.create(path, "周敏", "geheim-2026", CHEAP)
    data = path.read_bytes()
    for secret in (made.database, made.personal, code.encode(), b"geheim-2026"):
        assert secret not in data
        assert secret.hex().encode() not in data
        assert base64.b64encode(secret).rstrip(b"=")[:-1] not in data


@settings(max_examples=60)
@given(st.data())
def test_any_changed_bit_is_a_damaged_file_and_any_cut_too(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keyfile.create(path, "a", "p", CHEAP)
    whole = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        bit = data.draw(st.integers(0, len(whole) * 8 - 1))
        whole[bit // 8] ^= 1 << bit % 8
    else:
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    path.write_bytes(whole)
    with pytest.raises(MachineError):
        keyfile.unlock(path, "a", "p")


@pytest.mark.parametrize(
    "change",
    [
        {"surplus": 1},
        {"fmt": "ohdesk-keys/9"},
        {"slots": []},
        {"slots": [{"account": "a"}]},
        {"recovery": 5},
        {"recovery": "not base64"},
        {"recovery": "YQ"},
        {"calibration": {"argon2id": {"iterations": 1, "lanes": 1, "memory_kib": 8}, "milliseconds": -1}},
        {"calibration": {"argon2id": {"iterations": 0, "lanes": 1, "memory_kib": 8}, "milliseconds": 1}},
    ],
)
def test_unknown_or_missing_parts_are_refused_even_with_a_right_checksum(path, change):
    keyfile.create(path, "a", "p", CHEAP)
    content = json.loads(path.read_bytes()) | change
    content.pop("sha256")
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))
    with pytest.raises(MachineError):
        keyfile.accounts(path)


def test_a_key_file_that_asks_for_endless_work_is_refused(path):
    keyfile.create(path, "a", "p", CHEAP)
    content = json.loads(path.read_bytes())
    content.pop("sha256")
    content["slots"][0]["argon2id"]["memory_kib"] = 2**40
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))
    with pytest.raises(MachineError):
        keyfile.unlock(path, "a", "p")


@pytest.mark.parametrize(
    "change", [{"account": "b"}, {"salt": "YQ=="}, {"argon2id": dict.fromkeys(("iterations", "lanes"), 2)}]
)
def test_a_slot_changed_in_any_place_opens_nothing_even_with_a_right_checksum(path, change):
    keyfile.create(path, "a", "p", CHEAP)
    content = json.loads(path.read_bytes())
    content.pop("sha256")
    content["slots"][0] |= change
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))
    with pytest.raises(UserError):
        keyfile.unlock(path, "a", "p")


def test_an_account_that_occurs_twice_is_refused(path):
    keyfile.create(path, "a", "p", CHEAP)
    content = json.loads(path.read_bytes())
    content.pop("sha256")
    content["slots"] *= 2
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))
    with pytest.raises(MachineError):
        keyfile.accounts(path)


def test_a_missing_key_file_is_named(path):
    with pytest.raises(MachineError, match=r"keys\.json"):
        keyfile.unlock(path, "a", "p")


@pytest.mark.parametrize("one_pass", [5, 30, 62, 63, 100, 700])
def test_a_guess_is_made_to_take_a_quarter_second_however_fast_the_machine(one_pass):
    found = keyfile.calibrate(lambda cost: cost.iterations * one_pass)
    assert found.milliseconds >= 250
    assert found.milliseconds == found.cost.iterations * one_pass
    assert found.cost.iterations == 4 or (found.cost.iterations - 1) * one_pass < 250
    assert (found.cost.lanes, found.cost.memory_kib) == (1, 64 * 1024)


def test_a_machine_too_fast_to_be_slowed_down_gets_the_highest_number_of_passes():
    assert keyfile.calibrate(lambda _cost: 0).cost.iterations == keyfile.MOST_PASSES


def test_the_key_file_tells_what_a_guess_costs_and_every_new_slot_costs_that(path):
    made, _ = keyfile.create(path, "a", "p")
    keyfile.add_account(path, made.database, "b", "q")
    content = json.loads(path.read_bytes())
    assert content["calibration"]["milliseconds"] >= 250
    assert [slot["argon2id"] for slot in content["slots"]] == [content["calibration"]["argon2id"]] * 2
