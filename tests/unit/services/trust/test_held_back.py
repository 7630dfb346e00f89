"""All that is set aside can be listed, with what is to be done about it, and taken along as a workbook."""

import pytest
from openpyxl import load_workbook

from ohdesk.db.models import OperationRow
from ohdesk.domain.people import Role
from ohdesk.services.office import accounts, people
from ohdesk.services.record import finalizing
from ohdesk.services.trust import held_back
from ohdesk.services.trust.held_back import ToDo
from tests.conftest import signing
from tests.signed_records import FIRST, make_signing_world, sent, signed
from tests.unit.services.exchange.bundle_world import enrol, open_world

LATER, SECRET = "江瑀", "ohdesk-test-3"


@pytest.fixture
def world(tmp_path):
    make_signing_world(tmp_path / "world")
    with open_world(tmp_path / "world") as world:
        yield world


def amended_by_a_newcomer(world) -> None:
    """Somebody whom the county has not certified yet adds to a record."""
    (visit,) = signed(world)
    person = people.add_person(world.town, LATER, "inspector", "T-9", "2027-12-31")
    accounts.add(world.town, LATER, SECRET, {Role.INSPECTOR}, person)
    newcomer = accounts.unlock_inspector(world.town, LATER, SECRET)
    ctx = signing(world.town, newcomer.person, newcomer.signer.key)
    finalizing.amend(ctx, visit, "检查地点为一楼东侧车间", "笔误")
    sent(world)


def test_what_waits_for_a_certificate_is_listed_until_it_is_issued(world, tmp_path):
    assert held_back.held_back(world.county) == []
    amended_by_a_newcomer(world)
    (row,) = held_back.held_back(world.county)
    assert (row.office, row.subject, row.person, row.to_do) == ("石桥镇", "文书", LATER, ToDo.CERTIFY)
    assert "没有县级签发的证书" in row.reason
    held_back.export((row,), tmp_path / "out.xlsx")
    cells = [cell.value for cell in load_workbook(tmp_path / "out.xlsx").active[2]]
    assert (cells[0], cells[1], cells[-1]) == ("石桥镇", row.seq, ToDo.CERTIFY.word)
    enrol(tmp_path / "trust", world.county, world.towns)
    assert held_back.held_back(world.county) == []


def test_what_a_newer_program_wrote_and_what_is_wrong_in_itself_differ_in_what_to_do(world):
    people.add_person(world.town, FIRST + "甲", "inspector", "T-8", "2027-12-31")
    sent(world)
    with world.county.transaction() as session:
        first, second = session.query(OperationRow).filter_by(replica=world.town.office.replica).limit(2)
        first.set_aside, first.kind = "本版本不认识", "person.written@9"
        second.set_aside, second.outdone = "别的占先", True
    rows = {row.seq: row.to_do for row in held_back.held_back(world.county)}
    assert sorted(rows.values()) == [ToDo.UPDATE, ToDo.WAIT]
    with world.county.transaction() as session:
        for row in session.query(OperationRow).filter(OperationRow.outdone):
            row.outdone = False
    assert ToDo.CORRECT in {row.to_do for row in held_back.held_back(world.county)}
