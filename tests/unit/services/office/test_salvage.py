"""Of a damaged workspace everything that can be read comes out, and what is lost is said."""

import shutil

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ohdesk.db.models import OwnOffice
from ohdesk.domain.people import Role
from ohdesk.errors import UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.security.signing_keys import age_recipient, new_age_identity
from ohdesk.services.backup import automatic, making
from ohdesk.services.backup.checking import by_code, by_password
from ohdesk.services.exchange import sending
from ohdesk.services.office import accounts, restoring, salvage
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.register import entries as register_entries
from ohdesk.services.roll import entries
from ohdesk.services.visit import filling
from tests.conftest import PASSWORD, noon, town_workspace
from tests.unit.services.exchange.bundle_world import new_world, write_entry, write_with_photo
from tests.visiting import started_visit

OPENS = by_password("李旸", PASSWORD)
PAGE = 4096
FIRMS = 120


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = town_workspace(tmp_path_factory.mktemp("salvage") / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        for number in range(FIRMS):
            entries.add(ctx, {"name": f"安泰机械厂{number}", "address": "工业大道1号"})
        write_with_photo(ctx, b"%PDF-1.7 paper")
        register_entries.add(ctx, "equipment", {"title": "声级计", "kind": "sound", "serial": "1"})
        register_entries.add(ctx, "incoming_tasks", {"from": "县局", "title": "专项行动", "received_on": "2026-03-02"})
    return folder


@pytest.fixture
def town(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "town")


def names(out):
    sheet = load_workbook(out / "抢救出的资料.xlsx")["单位名录"]
    headings, *rows = sheet.values
    return {row[headings.index("单位名称")] for row in rows}


def damage(folder, *pages):
    place = folder / "workspace.db"
    data = bytearray(place.read_bytes())
    for page in pages:
        data[page * PAGE + 100] ^= 1
    place.write_bytes(data)


def test_of_a_whole_workspace_everything_comes_out(town, tmp_path):
    found = salvage.salvage(town, tmp_path / "out", OPENS)
    assert (found.damaged, found.lost, found.attachments) == ([], [], 1)
    assert names(tmp_path / "out") == {f"安泰机械厂{number}" for number in range(FIRMS)}
    assert [path.suffix for path in (tmp_path / "out" / "附件").iterdir()] == [".pdf"]
    book = load_workbook(tmp_path / "out" / "抢救出的资料.xlsx")
    assert [row[0] for row in book["登记簿"].values] == ["register", "equipment"]
    assert [row[0] for row in book["登记簿（只留本机）"].values] == ["register", "incoming_tasks"]


def test_an_account_without_a_role_gets_nothing_out(town, tmp_path):
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "无职", PASSWORD, ())
        accounts.add(ctx, "王𠅤", PASSWORD, {Role.SUPERVISOR})
        accounts.reset(ctx, "王𠅤", "gegeben-vom-anderen")
    for account, password in (("无职", PASSWORD), ("王𠅤", "gegeben-vom-anderen")):
        with pytest.raises(UserError, match="没有角色"):
            salvage.salvage(town, tmp_path / "out", by_password(account, password))
    assert not (tmp_path / "out").exists()


def test_whichever_page_is_damaged_the_rest_comes_out_and_nothing_is_changed(town, tmp_path):
    # The first pages say where the tables lie, and lie close together.
    for page in (*range(8), *range(8, (town / "workspace.db").stat().st_size // PAGE, 16)):
        place = shutil.copytree(town, tmp_path / f"town-{page}")
        damage(place, page)
        before = (place / "workspace.db").read_bytes()
        salvage.salvage(place, tmp_path / f"out-{page}", OPENS)
        # What a table lost stands in the journal, and the other way round.
        assert len(names(tmp_path / f"out-{page}")) == FIRMS
        assert (place / "workspace.db").read_bytes() == before


def test_of_one_that_was_restored_the_tables_are_found_as_well(town, tmp_path):
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        visit = started_visit(ctx)
        filling.save_answer(ctx, visit, filling.open_form(ctx, visit).form.questions[0].id, Answer(AnswerValue.MET))
        making.make(ctx, tmp_path / "1.ohbak")
    restoring.restore(tmp_path / "1.ohbak", tmp_path / "new", OPENS)
    damage(tmp_path / "new", 0)
    found = salvage.salvage(tmp_path / "new", tmp_path / "out", OPENS)
    assert (found.damaged, found.attachments, len(found.rows["answer"])) == ([], 1, 1)


def test_what_stands_in_the_log_of_a_program_that_died_comes_out_as_well(town, tmp_path):
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        entries.add(ctx, {"name": "永兴五金厂", "address": "工业大道2号"})
        died = shutil.copytree(town, tmp_path / "died", ignore=shutil.ignore_patterns("*.lock"))
    damage(died, 0)
    salvage.salvage(died, tmp_path / "out", OPENS)
    assert "永兴五金厂" in names(tmp_path / "out")


def test_what_two_damaged_pages_took_is_said(town, tmp_path):
    pages = (town / "workspace.db").stat().st_size // PAGE
    damage(town, *range(pages - 40, pages, 3))
    found = salvage.salvage(town, tmp_path / "out", OPENS)
    assert found.damaged
    said = (tmp_path / "out" / "说明.txt").read_text("utf-8-sig")
    assert "有缺失" in said
    assert "ohdesk backup list --from" in said
    assert len(names(tmp_path / "out")) > 0


def test_a_lost_attachment_is_named(town, tmp_path):
    for path in (town / "blobs").rglob("*"):
        if path.is_file():
            path.write_bytes(b"rot")
    found = salvage.salvage(town, tmp_path / "out", OPENS)
    assert (found.attachments, len(found.lost)) == (0, 1)


@pytest.mark.parametrize("content", [b"\0" * 100_000, b"", b"short"])
def test_a_file_that_is_no_database_any_more_is_told_with_the_ways_that_are_left(town, tmp_path, content):
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        newest = automatic.run(ctx) and making.list_in(town / "backups")[0]
    (town / "workspace.db").write_bytes(content)
    with pytest.raises(UserError, match="一行也读不出来") as told:
        salvage.salvage(town, tmp_path / "out", OPENS)
    assert f"ohdesk backup restore {newest.file} --workspace" in told.value.remedy
    assert "ohdesk county snapshot" in told.value.remedy


def test_the_recovery_code_does_as_well(tmp_path):
    new = NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD)
    code = create_workspace(tmp_path / "town", new, practice=True)
    with open_workspace(tmp_path / "town", "李旸", PASSWORD, noon) as ctx:
        entries.add(ctx, {"name": "安泰机械厂", "address": "工业大道1号"})
    salvage.salvage(tmp_path / "town", tmp_path / "out", by_code(code))
    assert names(tmp_path / "out") == {"安泰机械厂"}


def test_a_workspace_that_is_open_and_a_folder_in_use_are_refused(town, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    with pytest.raises(UserError, match="不是空的"):
        salvage.salvage(town, tmp_path / "full", OPENS)
    with open_workspace(town, "李旸", PASSWORD, noon), pytest.raises(UserError, match="正开着"):
        salvage.salvage(town, tmp_path / "out", OPENS)


def test_a_bundle_is_opened_with_the_recovery_code_of_its_sender(tmp_path):
    with new_world(tmp_path) as world:
        code = new_age_identity()
        with world.town.transaction() as session:
            session.scalars(select(OwnOffice)).one().recovery_recipient = age_recipient(code)
        write_entry(world.town, "永兴五金厂")
        write_with_photo(world.town, b"%PDF-1.7 paper")
        sent = sending.export(world.town, world.stick).path
    found = salvage.salvage_bundle(sent, tmp_path / "out", code)
    assert (names(tmp_path / "out"), found.attachments) == ({"永兴五金厂"}, 1)
