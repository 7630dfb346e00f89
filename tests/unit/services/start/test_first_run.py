"""An office is started in one go, with its request to the county, and got back into by its recovery code."""

import pytest

from ohdesk.errors import UserError, WrongPasswordError
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.start import first_run
from ohdesk.services.start.first_run import Join
from ohdesk.services.trust import joining
from tests.conftest import PASSWORD, county_workspace, noon, town_workspace

TOWN = NewWorkspace("town", "000000102", "青溪镇", "苏映", PASSWORD)


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(create_workspace, "__kwdefaults__", {"practice": True})


@pytest.fixture
def join(tmp_path):
    card = tmp_path / "county.ohcard"
    with open_workspace(county_workspace(tmp_path / "county"), "陶镕", PASSWORD, noon) as ctx:
        joining.write_card(ctx, card)
    return Join(card, joining.look_at_card(card).fingerprint, tmp_path / "request.ohreq")


def test_workspace_and_request_are_made_in_one_go(tmp_path, join):
    started = first_run.start(tmp_path / "new", TOWN, join, noon)
    assert started.request.county == "青原县卫生健康局"
    with open_workspace(tmp_path / "county", "陶镕", PASSWORD, noon) as county:
        issued = joining.issue(county, join.request, tmp_path / "answer.ohans")
    assert issued.request.fingerprint == started.request.fingerprint
    assert (issued.request.name, issued.request.division) == ("青溪镇", "000000102")


def test_a_card_exchanged_after_it_was_compared_is_not_trusted_but_the_code_is_shown(tmp_path, join):
    started = first_run.start(tmp_path / "new", TOWN, Join(join.card, "0000 " * 7 + "0000", join.request), noon)
    assert started.code.startswith("AGE-SECRET-KEY-1")
    assert started.request is None
    assert started.problem != ""
    assert not join.request.exists()


@pytest.mark.parametrize("division", ["440705102", "000001001"])
def test_a_card_of_another_county_creates_nothing(tmp_path, join, division):
    other = NewWorkspace("town", division, "青溪镇", "苏映", PASSWORD)
    with pytest.raises(UserError, match="不符"):
        first_run.start(tmp_path / "new", other, join, noon)
    assert not (tmp_path / "new").exists()


def test_a_stick_that_is_gone_creates_nothing(tmp_path, join):
    with pytest.raises(UserError, match="没有这个文件夹"):
        first_run.start(tmp_path / "new", TOWN, Join(join.card, join.compared, tmp_path / "stick" / "a.ohreq"), noon)
    assert not (tmp_path / "new").exists()


def test_the_recovery_code_gives_a_new_password_however_it_is_spaced(tmp_path):
    code = first_run.start(tmp_path / "new", TOWN).code
    spaced = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    first_run.recover(tmp_path / "new", spaced.lower(), "苏映", "another-one")
    with open_workspace(tmp_path / "new", "苏映", "another-one", noon) as ctx:
        assert ctx.actor.account == "苏映"
    with pytest.raises(WrongPasswordError), open_workspace(tmp_path / "new", "苏映", PASSWORD, noon):
        pass


def test_another_workspaces_code_changes_nothing(tmp_path):
    code = first_run.start(tmp_path / "new", TOWN).code
    other = town_workspace(tmp_path / "other")
    before = (other / "keys.json").read_bytes()
    with pytest.raises(UserError, match="不是本工作区的"):
        first_run.recover(other, code, "李旸", "another-one")
    assert (other / "keys.json").read_bytes() == before


def test_a_code_is_saved_whole_or_said_not_to_be(tmp_path):
    first_run.save_code(tmp_path / "code.txt", "石桥镇", "AGE-SECRET-KEY-1GQ4CKRL", tmp_path / "town")
    assert "AGE-SECRET-KEY-1GQ4CKRL" in (tmp_path / "code.txt").read_text(encoding="utf-8-sig")
    with pytest.raises(UserError):
        first_run.save_code(tmp_path / "gone" / "code.txt", "石桥镇", "AGE-SECRET-KEY-1GQ4CKRL", tmp_path / "town")
