"""Before a bundle is written heads are compared with the receipts, and another part of the journal each time."""

# ruff: noqa: S608 - the attacks are plain SQL

import pytest

from ohdesk.db.queries import sampling
from ohdesk.errors import MachineError
from ohdesk.services.exchange import receiving, sending
from tests import behind_its_back
from tests.unit.services.exchange.bundle_world import copied_world, write_entry

REPLACED = "UPDATE operation SET body = CAST(replace(body, '{old}', '{new}') AS BLOB)"


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world") as made:
        yield made


def test_an_operation_that_was_changed_does_not_travel(world):
    write_entry(world.town, "青溪竹器厂")
    behind_its_back.write(world.town, REPLACED.format(old="青溪", new="青山"))
    with pytest.raises(MachineError, match=f"{world.town.office.replica}:"):
        sending.export(world.town, world.stick)
    assert list(world.stick.iterdir()) == []


def test_each_export_looks_at_another_part_and_begins_again_at_the_end(world, monkeypatch):
    monkeypatch.setattr(sampling, "MOST", 3)
    parts, true = [], sampling.sample

    def watched(session, after):
        parts.append((after, true(session, after).operations))
        return true(session, after)

    monkeypatch.setattr("ohdesk.services.exchange.sampling.sample", watched)
    with world.town.reading() as session:
        held = session.connection().exec_driver_sql("SELECT count(*) FROM operation").scalar_one()
    for number in range(7 - held):
        write_entry(world.town, f"青溪竹器{number}厂")
    assert [sending.export(world.town, world.stick).sampled for _ in range(4)] == [3, 3, 1, 3]
    assert parts == [(0, 3), (3, 3), (6, 1), (0, 3)]


def test_many_large_records_are_no_reason_to_wait_either(world, monkeypatch):
    write_entry(world.town, "青溪竹器厂")
    write_entry(world.town, "岚石五金制品厂")
    monkeypatch.setattr(sampling, "LARGEST", 10)
    assert sending.export(world.town, world.stick).sampled == 1


def test_what_the_county_acknowledged_must_be_what_is_held(world):
    write_entry(world.town, "青溪竹器厂")
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    behind_its_back.write(world.town, f"UPDATE peer SET acked_hash = '{'0' * 64}' WHERE acked > 0")
    with pytest.raises(MachineError, match="没有导出"):
        sending.export(world.town, world.stick)


def test_a_head_that_names_another_operation_stops_it(world):
    write_entry(world.town, "青溪竹器厂")
    behind_its_back.write(world.town, f"UPDATE replica_head SET hash = '{'0' * 64}'")
    with pytest.raises(MachineError, match="没有导出"):
        sending.export(world.town, world.stick)


def test_two_who_hold_the_same_operations_and_not_the_same_tables_are_told(world):
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    write_entry(world.town, "青溪竹器厂")
    assert receiving.take_in(world.county, sending.export(world.town, world.stick).path).warnings == ()
    write_entry(world.town, "岚石五金制品厂")
    behind_its_back.write(world.county, "UPDATE establishment SET status = '注销'")
    [said] = receiving.take_in(world.county, sending.export(world.town, world.stick).path).warnings
    assert "摘要却不同" in said
