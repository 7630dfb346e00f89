"""An older copy of a workspace or of its key file that is put back is noticed, and a person decides to go on."""

import shutil
from contextlib import contextmanager

import pytest

from ohdesk.cli.main import main
from ohdesk.errors import OlderWorkspaceError
from ohdesk.services import last_seen
from ohdesk.services.backup import making
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import accounts, renewal
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.visit import drafts
from tests.conftest import noon
from tests.unit.services.office.test_renewal import enrol_again
from tests.visiting import add_firm, started_visit

PASSWORD = "gift-of-the-garden-7"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace and its county in earnest, not to practise in: those are not looked after."""
    home = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(last_seen.PLACE_SETTING, str(home / "seen"))
        create_workspace(home / "town", NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD))
        create_workspace(home / "county", NewWorkspace("county", "000000", "青原县卫生健康局", "陶镕", PASSWORD))
    return home


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    monkeypatch.setenv(last_seen.PLACE_SETTING, str(tmp_path / "seen"))
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "town"


def opened(folder, **options):
    return open_workspace(folder, "李旸", PASSWORD, noon, **options)


def said(folder, **options):
    with opened(folder, **options) as ctx:
        return [each.message for each in ctx.noticed]


@contextmanager
def on_another_computer(place):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(last_seen.PLACE_SETTING, str(place))
        yield


def put_back(folder, copy, *names):
    for name in names:
        shutil.copyfile(copy / name, folder / name)


def test_of_a_workspace_that_only_grows_nothing_is_said(folder):
    assert said(folder) == []
    with opened(folder) as ctx:
        add_firm(ctx)
    assert said(folder) == []


@pytest.mark.parametrize("write", [add_firm, lambda ctx: drafts.keep(ctx, "", "plan", {"note": "明天去"})])
def test_an_older_database_is_told_and_opens_only_when_somebody_decides_so(folder, tmp_path, write):
    copy = shutil.copytree(folder, tmp_path / "copy")
    with opened(folder) as ctx:
        write(ctx)
    put_back(folder, copy, "workspace.db")
    with pytest.raises(OlderWorkspaceError, match="2026-03-02"), opened(folder):
        pass
    assert ["上次看到的旧" in each or "较旧" in each for each in said(folder, older_ok=True)] == [True, True]
    assert "较旧" in said(folder)[0]  # until it goes on under numbers of its own
    with opened(folder) as ctx:
        renewal.renew(ctx)
    assert said(folder) == []


def test_as_many_operations_but_others_are_another_past(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    with opened(folder) as ctx:
        add_firm(ctx)
    with on_another_computer(tmp_path / "elsewhere"), opened(copy) as ctx:
        add_firm(ctx, "岚石五金制品厂")
        add_firm(ctx, "青溪竹器二厂")
    put_back(folder, copy, "workspace.db")
    with pytest.raises(OlderWorkspaceError), opened(folder):
        pass


def test_an_older_key_file_with_an_older_password_is_told(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    with opened(folder) as ctx:
        accounts.change_password(ctx, PASSWORD, "another-garden-of-gifts-8")
    put_back(folder, copy, "keys.json")
    with pytest.raises(OlderWorkspaceError), opened(folder):
        pass


def test_where_nothing_was_ever_seen_it_opens_and_says_so(folder, tmp_path):
    shutil.rmtree(tmp_path / "seen")
    assert "没有这个工作区的打开记录" in said(folder)[0]
    assert said(folder) == []


@pytest.fixture
def enrolled(folder, tmp_path):
    """The same workspace, certified by a county from which a bundle lies on the stick."""
    with open_workspace(tmp_path / "county", "陶镕", PASSWORD, noon) as county:
        with opened(folder) as ctx:
            enrol_again(ctx, county, tmp_path / "stick")
        add_firm(county)
        sending.export(county, tmp_path / "stick")
    return folder


def send(ctx, stick):
    add_firm(ctx)
    sending.export(ctx, stick)


def take_in(ctx, stick):
    receiving.take_in(ctx, next(stick.glob("*.ohb")))


def back_up(ctx, stick):
    add_firm(ctx)
    making.make(ctx, stick / "1.ohbak")


STEPS = pytest.mark.parametrize("step", [send, take_in, back_up])


@STEPS
def test_what_others_have_seen_is_noted_at_once_and_not_only_at_the_end(enrolled, tmp_path, step):
    copy = shutil.copytree(enrolled, tmp_path / "copy")
    with opened(enrolled) as ctx:
        step(ctx, tmp_path / "stick")
        when_it_died = shutil.copytree(tmp_path / "seen", tmp_path / "seen then")
    put_back(enrolled, copy, "workspace.db")
    with on_another_computer(when_it_died), pytest.raises(OlderWorkspaceError), opened(enrolled):
        pass


class DiedError(BaseException):
    """Stands for a program that is killed."""


def die(*_arguments):
    raise DiedError


@STEPS
def test_dying_between_the_step_and_its_note_says_nothing_that_is_not_so(enrolled, tmp_path, step, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(last_seen, "note", die)
        with pytest.raises(DiedError), opened(enrolled) as ctx:
            step(ctx, tmp_path / "stick")
    assert said(enrolled) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00", b'{"at": 3}'])
def test_a_note_that_says_nothing_keeps_nobody_from_working(folder, tmp_path, content):
    for file in (tmp_path / "seen").glob("*.json"):
        file.write_bytes(content)
    assert "没有这个工作区的打开记录" in said(folder)[0]


def test_a_command_says_so_and_goes_on(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    copy = shutil.copytree(folder, tmp_path / "copy")
    with opened(folder) as ctx:
        started_visit(ctx)
    put_back(folder, copy, "workspace.db")
    assert main(["visit", "list", "--workspace", str(folder)]) == 0
    assert "比这台电脑上次看到的旧" in capsys.readouterr().err


def test_a_workspace_to_practise_in_leaves_nothing_in_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(last_seen.PLACE_SETTING, str(tmp_path / "seen"))
    create_workspace(tmp_path / "town", NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    with opened(tmp_path / "town"):
        pass
    assert not (tmp_path / "seen").exists()
