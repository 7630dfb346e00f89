"""What is exchanged costs what is new: ten operations behind many cost what they cost behind few."""

import pytest
from sqlalchemy import event

from ohdesk.db import journal
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten
from ohdesk.services.county.towns import town_states
from ohdesk.services.exchange import history, receiving, sending
from tests.unit.services.exchange.bundle_world import copied_world, write_with_photo

FEW, MANY, NEW = 200, 3000, 10
AT_ONCE = 100  # steps of the database's virtual machine that are counted together


@pytest.fixture
def world(tmp_path, monkeypatch):
    # The sample of the journal is as large as it is; it must not hide what else is read.
    monkeypatch.setattr("ohdesk.db.queries.sampling.MOST", 50)
    with copied_world(tmp_path / "world") as made:
        yield made


def write(ctx, count):
    fields = [{"name": f"青溪竹器{number}厂", "town": ctx.office.division} for number in range(count)]
    with ctx.transaction() as session:
        entries = [EstablishmentWritten(record=ctx.new_id(), fields=each) for each in fields]
        journal.record_many(session, entries, ctx.stamp(), "")
    write_with_photo(ctx, b"photo %d" % count)


def steps(ctx, act):
    """What `act` returns, and how many steps the database takes for it: the same whatever else the machine does."""
    counted = 0

    def count():
        nonlocal counted
        counted += 1

    def watch(connection, _record, _proxy):
        connection.set_progress_handler(count, AT_ONCE)

    event.listen(ctx.engine, "checkout", watch)
    try:
        return act(), counted
    finally:
        event.remove(ctx.engine, "checkout", watch)


def exchanged(world):
    """Send what is new and the receipt back; return the steps of each half, and of looking at what there is to do."""
    found = {}
    _, found["pending"] = steps(world.town, lambda: sending.pending(world.town))
    up, found["export"] = steps(world.town, lambda: sending.export(world.town, world.stick))
    _, found["take in"] = steps(world.county, lambda: receiving.take_in(world.county, up.path))
    down, found["receipt"] = steps(world.county, lambda: sending.export(world.county, world.stick))
    _, found["acknowledged"] = steps(world.town, lambda: receiving.take_in(world.town, down.path))
    _, found["history"] = steps(world.county, lambda: history.exchanged(world.county))
    _, found["towns"] = steps(world.county, lambda: town_states(world.county))
    return found


def test_what_is_new_costs_the_same_however_much_is_held(world):
    with world.town.transaction() as session:
        fields, lost = {"name": "李旸", "role": "assistant"}, "5" * 64  # a photo that nobody has, and all ask for
        operation = PersonWritten(record=world.town.new_id(), fields=fields, blobs=(lost,))
        journal.record(session, operation, world.town.stamp())
    found = []
    for before in (FEW, MANY):
        write(world.town, before)
        exchanged(world)
        write(world.town, NEW)
        found.append(exchanged(world))
    for what, few in found[0].items():
        assert found[1][what] < 1.1 * few + 20, (what, found)
