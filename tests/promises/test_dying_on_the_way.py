"""The process dies while a bundle is written or taken in: nothing is half there, and doing it again ends well."""

import shutil

import pytest

from ohdesk.db.engine import integrity_problems
from ohdesk.services import blobs
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import history, receiving, sending
from ohdesk.services.exchange.receipts import receipt_code, register_code
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon
from tests.promises.dying import die
from tests.unit.services.exchange.bundle_world import new_world, write_entry, write_with_photo


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A county that has taken in nothing yet, a town, and the town's bundle; nobody has them open."""
    folder = tmp_path_factory.mktemp("world")
    with new_world(folder) as world:
        write_entry(world.town, "安泰机械厂")
        photo = write_with_photo(world.town, b"photo")
        sent = sending.export(world.town, world.stick).path
        empty, of_the_town = digest(world.county), digest(world.town)
    # The county writes operations of its own, so what it holds in the end is asked of one that nothing happened to.
    shutil.copytree(folder / "county", folder / "undisturbed", ignore=shutil.ignore_patterns("*.lock"))
    with open_workspace(folder / "undisturbed", "陶镕", PASSWORD, noon) as county:
        receiving.take_in(county, sent)
        return (folder, sent, photo, empty, digest(county), of_the_town)


@pytest.mark.parametrize(
    ("place", "calls", "is_in"),
    [
        ("ohdesk.services.exchange.receiving:read_inner", 1, False),
        ("ohdesk.services.blobs:Coming.settle", 1, False),
        ("ohdesk.services.exchange.kept:keep", 1, False),
        ("ohdesk.db.accepting:store", 1, False),
        ("ohdesk.services.exchange.receiving:receipt_code", 1, False),
        ("pathlib:Path.replace", 2, False),
    ],
)
def test_an_import_that_dies_is_whole_or_absent(before, tmp_path, place, calls, is_in):
    folder, sent, photo, empty, full, _ = before
    shutil.copytree(folder / "county", tmp_path / "county", ignore=shutil.ignore_patterns("*.lock"))
    die("import", tmp_path / "county", "陶镕", sent, place, calls)
    with open_workspace(tmp_path / "county", "陶镕", PASSWORD, noon) as county:
        assert digest(county) == (full if is_in else empty)
        assert integrity_problems(county.engine) == []
        again = receiving.take_in(county, sent)
        assert again.outcome is (Outcome.ALREADY if is_in else Outcome.APPLIED)
        assert digest(county) == full
        assert blobs.read(county, photo) == b"photo"


@pytest.mark.parametrize("place", ["ohdesk.sync.writer:chunks", "os:fsync", "pathlib:Path.replace"])
def test_an_export_that_dies_leaves_no_bundle_and_the_next_one_is_whole(before, tmp_path, place):
    folder, *_, of_the_town = before
    shutil.copytree(folder / "town-0", tmp_path / "town", ignore=shutil.ignore_patterns("*.lock"))
    (tmp_path / "stick").mkdir()
    die("export", tmp_path / "town", "李旸", tmp_path / "stick", place, 1)
    assert [path.suffix for path in (tmp_path / "stick").iterdir()] == [".part"]
    with open_workspace(tmp_path / "town", "李旸", PASSWORD, noon) as town:
        written = sending.export(town, tmp_path / "stick")
        assert digest(town) == of_the_town
    assert list((tmp_path / "stick").iterdir()) == [written.path]


def test_nothing_is_parked_without_its_file(tmp_path):
    """Wherever the process dies: a row that says parked has its bundle, whole, in the inbox."""
    with new_world(tmp_path) as world:
        write_entry(world.town, "安泰机械厂")
        first = sending.export(world.town, world.stick).path
        with world.town.reading() as session:
            code = receipt_code(session, world.town.office.replica)
        register_code(world.town, code)
        write_entry(world.town, "宏达铸造")
        second = sending.export(world.town, world.stick).path
    for place, calls in (
        ("pathlib:Path.replace", 1),
        ("ohdesk.files:sync_folder", 1),
        (f"{receiving.__name__}:_park", 1),
    ):
        die("import", tmp_path / "county", "陶镕", second, place, calls)
        with open_workspace(tmp_path / "county", "陶镕", PASSWORD, noon) as county:
            assert history.exchanged(county) == []
    die("import", tmp_path / "county", "陶镕", second, f"{receiving.__name__}:_taken", 1)
    with open_workspace(tmp_path / "county", "陶镕", PASSWORD, noon) as county:
        assert [bundle.state for bundle in history.exchanged(county)] == ["parked"]
        assert (county.folder / receiving.INBOX / second.name).read_bytes() == second.read_bytes()
        assert receiving.take_in(county, first).followed == (second.name,)


def test_an_export_that_dies_before_the_rename_uses_its_number_once(before, tmp_path):
    """A number that comes twice would look like a copied laptop; one that never comes is made up for by the next."""
    folder, *_ = before
    shutil.copytree(folder / "town-0", tmp_path / "town", ignore=shutil.ignore_patterns("*.lock"))
    (tmp_path / "stick").mkdir()
    die("export", tmp_path / "town", "李旸", tmp_path / "stick", "ohdesk.services.exchange.stick:_replace_patiently", 1)
    with open_workspace(tmp_path / "town", "李旸", PASSWORD, noon) as town:
        assert sending.export(town, tmp_path / "stick").bundle_seq == 3
