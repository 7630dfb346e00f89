"""keys.json opens for the right password or code and for nothing else."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.errors import MachineError, UserError
from ohdesk.security import keyfile, stretching
from ohdesk.security.keyfile import Keys
from ohdesk.security.stretching import LEAST_COST, Cost, calibrate

GOOD = "blaue-tasse"
FOUNDER = bytes(range(32))  # SHA-256 of the key of the first account


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_the_password_and_the_recovery_code_both_give_the_database_key(path):
    made, code = keyfile.create(path, "周敏", "第一 个密码在这里", FOUNDER, practice=True)
    assert keyfile.unlock(path, "周敏", "第一 个密码在这里") == made
    assert keyfile.unlock_with_recovery_code(path, code).database == made.database
    assert keyfile.unlock_with_recovery_code(path, code.lower().replace("-", " -")).database == made.database


def test_the_founder_is_named_in_every_slot_and_under_the_recovery_code(path):
    made, code = keyfile.create(path, "a", GOOD, FOUNDER, practice=True)
    keyfile.add_account(path, made, "b", GOOD)
    opened = (keyfile.unlock(path, "a", GOOD), keyfile.unlock(path, "b", GOOD))
    assert {keys.founder for keys in (*opened, keyfile.unlock_with_recovery_code(path, code))} == {FOUNDER}
    assert FOUNDER not in path.read_bytes()
    assert base64.b64encode(FOUNDER)[:40] not in path.read_bytes()


def test_a_password_typed_in_another_unicode_form_opens_too(path):
    made, _ = keyfile.create(path, "a", "caf\u00e9-garten", FOUNDER, practice=True)
    assert keyfile.unlock(path, "a", "cafe\u0301-garten") == made


def test_a_wrong_password_is_the_users_error_and_not_the_machines(path):
    keyfile.create(path, "a", "right-lamp", FOUNDER, practice=True)
    with pytest.raises(UserError) as caught:
        keyfile.unlock(path, "a", "wrong-lamp")
    assert not isinstance(caught.value, MachineError)
    assert "密码不正确" in caught.value.message


def test_an_unknown_account_is_told_which_accounts_there_are(path):
    keyfile.create(path, "周敏", "blaue-tasse", FOUNDER, practice=True)
    with pytest.raises(UserError) as caught:
        keyfile.unlock(path, "李强", "blaue-tasse")
    assert "周敏" in caught.value.remedy


def test_the_recovery_code_of_another_workspace_is_refused(path, tmp_path):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    _, other = keyfile.create(tmp_path / "other.json", "a", "blaue-tasse", FOUNDER, practice=True)
    for code in (other, "AGE-SECRET-KEY-1", "", other[:-1]):
        with pytest.raises(UserError):
            keyfile.unlock_with_recovery_code(path, code)


def test_an_existing_key_file_is_never_overwritten(path):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    before = path.read_bytes()
    with pytest.raises(UserError):
        keyfile.create(path, "b", "rote-lampe", FOUNDER, practice=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("account", "password"), [("", GOOD), ("  ", GOOD), ("a\nb", GOOD), ("a", ""), ("a", "short")])
def test_names_and_passwords_that_cannot_be_used_are_refused(path, account, password):
    with pytest.raises(UserError):
        keyfile.create(path, account, password, FOUNDER, practice=True)
    assert not path.exists()


def test_every_account_opens_the_same_database_with_its_own_personal_key(path):
    first, _ = keyfile.create(path, "a", "same-word-two", FOUNDER, practice=True)
    second = keyfile.add_account(path, first, "b", "same-word-two")
    assert second.database == first.database
    assert second.personal != first.personal
    assert keyfile.accounts(path) == ("a", "b")
    with pytest.raises(UserError):
        keyfile.add_account(path, first, "b", "other-word-two")


def test_changing_a_password_rewrites_one_slot_and_no_key(path):
    first, code = keyfile.create(path, "a", "old-wording", FOUNDER, practice=True)
    other = keyfile.add_account(path, first, "b", "stays-the-same")
    before = json.loads(path.read_bytes())["slots"]
    assert keyfile.change_password(path, "a", "old-wording", "new-wording") == first
    after = json.loads(path.read_bytes())["slots"]
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert keyfile.unlock(path, "a", "new-wording") == first
    assert keyfile.unlock(path, "b", "stays-the-same") == other
    assert keyfile.unlock_with_recovery_code(path, code).database == first.database
    for password in ("old-wording", ""):
        with pytest.raises(UserError):
            keyfile.unlock(path, "a", password)


def test_a_password_is_not_changed_without_the_old_one(path):
    keyfile.create(path, "a", "old-wording", FOUNDER, practice=True)
    before = path.read_bytes()
    for old, new in (("wrong-lamp", "new-wording"), ("old-wording", "")):
        with pytest.raises(UserError):
            keyfile.change_password(path, "a", old, new)
    assert path.read_bytes() == before


def test_a_reset_account_gets_another_personal_key_even_with_the_same_password(path):
    first, _ = keyfile.create(path, "a", "same-word-two", FOUNDER, practice=True)
    keyfile.rewrite_account(path, first.anew("a"), "same-word-two")
    assert keyfile.unlock(path, "a", "same-word-two").personal != first.personal


def test_nobody_adds_an_account_with_another_database_key(path):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    with pytest.raises(MachineError):
        keyfile.add_account(path, Keys("a", bytes(32), bytes(32), FOUNDER), "b", "blaue-tasse")
    assert keyfile.accounts(path) == ("a",)


def test_the_file_holds_no_key_and_no_password_in_any_spelling(path):
    made, code = keyfile.create(path, "周敏", "geheim-2026", FOUNDER, practice=True)
    data = path.read_bytes()
    for secret in (made.database, made.personal, code.encode(), b"geheim-2026"):
        assert secret not in data
        assert secret.hex().encode() not in data
        assert base64.b64encode(secret).rstrip(b"=")[:-1] not in data


@settings(max_examples=60)
@given(st.data())
def test_any_changed_bit_is_a_damaged_file_and_any_cut_too(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    whole = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        bit = data.draw(st.integers(0, len(whole) * 8 - 1))
        whole[bit // 8] ^= 1 << bit % 8
    else:
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    path.write_bytes(whole)
    with pytest.raises(MachineError):
        keyfile.unlock(path, "a", "blaue-tasse")


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
        {"practice": 1},
        {"practice": False},
        {"mac": "YQ=="},
    ],
)
def test_unknown_or_missing_parts_are_refused_even_with_a_right_checksum(path, change):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    content = json.loads(path.read_bytes()) | change
    content.pop("sha256")
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))
    with pytest.raises(MachineError):
        keyfile.accounts(path)


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the file as somebody without any password could."""
    content = json.loads(path.read_bytes())
    content.pop("sha256")
    change(content)
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))


@pytest.mark.parametrize(
    "cost",
    [
        {"iterations": 1, "memory_kib": 2**40},
        {"iterations": 32, "memory_kib": 512 * 1024},
        {"iterations": 64, "memory_kib": 1024 * 1024},
        {"iterations": 10**9, "memory_kib": 8},
        {"iterations": 1, "memory_kib": 1},
        {"iterations": 0, "memory_kib": 8},
        {"iterations": 1, "memory_kib": 8, "lanes": 16},
    ],
)
def test_parameters_this_program_never_uses_are_refused_before_any_work_is_done(path, cost):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    rewritten(path, lambda content: content["slots"][0]["guess"].update(argon2id=cost))
    begun = time.process_time()
    with pytest.raises(MachineError):
        keyfile.unlock(path, "a", "blaue-tasse")
    assert time.process_time() - begun < 0.1


def test_an_empty_salt_is_a_sentence_and_no_crash(path):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    rewritten(path, lambda content: content["slots"][0].update(salt=""))
    with pytest.raises(MachineError):
        keyfile.unlock(path, "a", "blaue-tasse")


@pytest.mark.parametrize(
    "change",
    [
        {"account": "b"},
        {"salt": "YWJjZGVmZ2hpamtsbW5vcA=="},
        {"guess": {"argon2id": {"iterations": 2, "memory_kib": 8}, "milliseconds": 0}},
        {"guess": {"argon2id": {"iterations": 1, "memory_kib": 8}, "milliseconds": 9}},
    ],
)
def test_a_slot_changed_in_any_place_opens_nothing_even_with_a_right_checksum(path, change):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    rewritten(path, lambda content: content["slots"][0].update(change))
    with pytest.raises(UserError):
        keyfile.unlock(path, "a", "blaue-tasse")


def planted(path: Path) -> None:
    """Put a cheap slot of a file of one's own in front of the others."""
    keyfile.create(path.with_name("other.json"), "0", "blaue-tasse", FOUNDER, practice=True)
    other = json.loads(path.with_name("other.json").read_bytes())
    rewritten(path, lambda content: content["slots"].insert(0, other["slots"][0]))


def test_a_slot_put_into_the_file_by_somebody_else_is_found_at_the_next_unlocking(path):
    made, code = keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    planted(path)
    with pytest.raises(MachineError, match="改动过"):
        keyfile.unlock(path, "a", "blaue-tasse")
    with pytest.raises(MachineError, match="改动过"):
        keyfile.unlock_with_recovery_code(path, code)
    before = path.read_bytes()
    for rewrite in (
        lambda: keyfile.add_account(path, made, "b", "rote-lampe"),
        lambda: keyfile.rewrite_account(path, made.anew("a"), "rote-lampe"),
        lambda: keyfile.change_password(path, "a", "blaue-tasse", "rote-lampe"),
    ):
        with pytest.raises(MachineError, match="改动过"):
            rewrite()
    assert path.read_bytes() == before


def test_a_slot_that_was_taken_away_is_missed_at_the_next_unlocking(path):
    made, _ = keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    keyfile.add_account(path, made, "b", "rote-lampe")
    rewritten(path, lambda content: content["slots"].pop())
    with pytest.raises(MachineError, match="改动过"):
        keyfile.unlock(path, "a", "blaue-tasse")


def test_a_real_key_file_cannot_be_called_practice_and_no_practice_file_a_real_one(path, tmp_path):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    rewritten(path, lambda content: content.update(practice=False))
    with pytest.raises(MachineError):
        keyfile.unlock(path, "a", "blaue-tasse")
    real = tmp_path / "real.json"
    keyfile.create(real, "a", "blaue-tasse", FOUNDER)
    rewritten(real, lambda content: content.update(practice=True))
    with pytest.raises(UserError):
        keyfile.unlock(real, "a", "blaue-tasse")


def test_a_cheap_slot_in_a_real_file_is_refused_and_no_new_slot_becomes_cheap_by_it(path):
    made, _ = keyfile.create(path, "a", "blaue-tasse", FOUNDER)
    planted(path)
    with pytest.raises(MachineError):
        keyfile.add_account(path, made, "b", "rote-lampe")


def test_an_account_that_occurs_twice_is_refused(path):
    keyfile.create(path, "a", "blaue-tasse", FOUNDER, practice=True)
    content = json.loads(path.read_bytes())
    content.pop("sha256")
    content["slots"] *= 2
    path.write_bytes(keyfile.canonical(content | {"sha256": keyfile.fingerprint(content)}))
    with pytest.raises(MachineError):
        keyfile.accounts(path)


def test_a_missing_key_file_is_named(path):
    with pytest.raises(MachineError, match=r"keys\.json"):
        keyfile.unlock(path, "a", "blaue-tasse")


@pytest.mark.parametrize("one_pass", [8, 30, 62, 63, 100, 700])
def test_a_guess_is_made_to_take_a_quarter_second_however_fast_the_machine(one_pass):
    found = calibrate(took=lambda cost: cost.iterations * one_pass)
    assert found.milliseconds >= 250
    assert found.milliseconds == found.cost.iterations * one_pass
    assert found.cost.iterations == 4 or (found.cost.iterations - 1) * one_pass < 250
    assert found.cost.memory_kib == 64 * 1024


def test_a_machine_too_fast_to_be_slowed_down_gets_the_highest_number_of_passes():
    assert calibrate(took=lambda _cost: 0).cost.iterations == stretching.MOST_PASSES


def test_a_slow_machine_takes_no_fewer_passes_than_the_floor():
    assert calibrate(took=lambda _cost: 5000).cost == LEAST_COST


def test_every_new_slot_is_measured_anew_and_tells_what_a_guess_costs(path, monkeypatch):
    made, _ = keyfile.create(path, "a", "blaue-tasse", FOUNDER)
    assert slot(path, 0)["milliseconds"] >= 250
    monkeypatch.setattr(keyfile, "calibrate", lambda least: stretching.Calibration(Cost(5, least.memory_kib), 777))
    keyfile.add_account(path, made, "b", "rote-lampe")
    assert slot(path, 1) == {"argon2id": {"iterations": 5, "memory_kib": 64 * 1024}, "milliseconds": 777}
    keyfile.rewrite_account(path, made.anew("a"), "rote-lampe")
    assert slot(path, 0)["milliseconds"] == 777


def test_a_password_changed_on_a_slower_machine_does_not_become_cheaper_to_guess(path, monkeypatch):
    monkeypatch.setattr(keyfile, "calibrate", lambda least: stretching.Calibration(Cost(6, least.memory_kib), 250))
    keyfile.create(path, "a", "blaue-tasse", FOUNDER)
    monkeypatch.setattr(keyfile, "calibrate", lambda least: calibrate(least, lambda _cost: 5000))
    keyfile.change_password(path, "a", "blaue-tasse", "rote-lampe")
    assert slot(path, 0)["argon2id"]["iterations"] == 6


def slot(path: Path, place: int) -> dict[str, Any]:
    """Return what a slot says of its cost."""
    found: dict[str, Any] = json.loads(path.read_bytes())["slots"][place]["guess"]
    return found
