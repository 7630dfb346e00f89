"""The name of a folder is a name, whatever stands in it: never an address that leads to another workspace."""

import os
import unicodedata
from pathlib import Path

import pytest

from ohdesk.db.engine import integrity_problems
from ohdesk.db.models import Setting
from ohdesk.errors import UserError
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password, check
from ohdesk.services.office.workspace import DATABASE, NewWorkspace, create_workspace, open_workspace
from tests.conftest import PASSWORD, noon

ODD = (
    "a%20b",
    "x%79",
    "50%",
    "a?mode=ro",
    "a?b=c&d=e#f",
    "#1",
    "a&b",
    "O'Brien's",
    'say "so"',
    "a;b",
    "user:secret@host",
    "file:x",
    ":memory:",
    "工作区 🙂",
    unicodedata.normalize("NFC", "Café"),
    unicodedata.normalize("NFD", "Café"),
    " 前后 ",
    "dots...",
    "back\\slash",
    "w" * 240,
    "𠮷野",
)
NOT_ON_WINDOWS = frozenset('?:"\\')


def _can_be_called(name: str) -> bool:
    return os.name == "posix" or (not NOT_ON_WINDOWS & set(name) and name == name.strip(" ."))


NAMES = tuple(filter(_can_be_called, ODD))
TOWN = NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD)


def folder_named(home: Path, name: str) -> Path:
    """Return `home`/`name`/town, its parent made."""
    (home / name).mkdir()
    return home / name / "town"


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", NAMES)
def test_a_workspace_lies_in_the_folder_that_was_named(tmp_path, name):
    folder = folder_named(tmp_path, name)
    create_workspace(folder, TOWN, practice=True)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (folder / DATABASE).stat().st_size > 0
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        with ctx.transaction() as session:
            session.add(Setting(key="mark", value=name))
        assert integrity_problems(ctx.engine) == []
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx, ctx.reading() as session:
        assert session.get(Setting, "mark").value == name
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "neighbour"),
    [
        pair
        for pair in (
            ("x%79", "xy"),
            ("a%20b", "a b"),
            ("a?b", "a"),
            ("a#b", "a"),
            ("a+b", "a b"),
            (unicodedata.normalize("NFD", "Café"), unicodedata.normalize("NFC", "Café")),
        )
        if _can_be_called(pair[0])
    ],
)
def test_a_neighbour_whose_name_is_the_same_once_decoded_is_neither_read_nor_written(tmp_path, name, neighbour):
    other, own = folder_named(tmp_path, neighbour), folder_named(tmp_path, name)
    create_workspace(other, NewWorkspace("town", "000000002", "高岭镇", "李旸", PASSWORD), practice=True)
    before = files(other)
    create_workspace(own, TOWN, practice=True)
    with open_workspace(own, "李旸", PASSWORD, noon) as ctx:
        assert ctx.office.name == "石桥镇"
        with ctx.transaction() as session:
            session.add(Setting(key="mark", value=name))
    assert files(other) == before
    with open_workspace(other, "李旸", PASSWORD, noon) as ctx:
        assert ctx.office.name == "高岭镇"
        with ctx.reading() as session:
            assert session.get(Setting, "mark") is None


@pytest.mark.parametrize("name", NAMES)
def test_the_backup_before_a_change_of_the_tables_lies_beside_its_workspace(tmp_path, request, name):
    folder = folder_named(tmp_path, name)
    create_workspace(folder, TOWN, practice=True)
    request.getfixturevalue("newer_program")
    with open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    (made,) = making.list_in(folder / "backups")
    assert check(made.file, by_password("李旸", PASSWORD)).problems == ()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_path_in_odd_letters_may_be_given_from_here(tmp_path, monkeypatch):
    name = "file:x%79?mode=memory" if os.name == "posix" else "x%79"
    monkeypatch.chdir(tmp_path)
    create_workspace(Path(name), TOWN, practice=True)
    with open_workspace(Path(name), "李旸", PASSWORD, noon) as ctx:
        assert ctx.office.name == "石桥镇"
    assert [path.name for path in tmp_path.iterdir()] == [name]


if os.name == "posix":  # Windows refuses such a path before the program sees it

    def test_a_path_longer_than_the_database_takes_is_refused_by_name_and_leaves_nothing(tmp_path):
        home = tmp_path
        for _ in range(4):
            home /= "工" * 60
        home.mkdir(parents=True)
        with pytest.raises(UserError, match="太长"):
            create_workspace(home / "town", TOWN, practice=True)
        assert list(home.iterdir()) == []
