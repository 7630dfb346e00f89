"""A damaged page is found by whoever reads from it, also where it is the last page that a statement needs."""

from collections import Counter
from contextlib import contextmanager, suppress
from random import Random

import pytest
from sqlalchemy import text

from ohdesk.db.engine import memory_engine, reading
from ohdesk.errors import MachineError
from ohdesk.services.office.workspace import DATABASE, open_workspace
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries
from ohdesk.services.visit import drafts, filling
from tests.conftest import PASSWORD, noon, town_workspace
from tests.rectifying import fill, found, visit_of
from tests.visiting import add_firm

PAGE = 4096
ENOUGH = 80  # reads of a damaged page that were refused
LONG = "打磨岗位的除尘风机停用，操作位可见粉尘外逸。" * 400  # pages of its own, one after the other


@contextmanager
def unlocked(folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        yield ctx


@pytest.fixture
def office(tmp_path):
    """A workspace that is closed, and how single things are read from it, by what they are."""
    folder = town_workspace(tmp_path / "town")
    with unlocked(folder) as ctx:
        visit = found(ctx)
        firm = add_firm(ctx, "岚石五金制品厂")
        entries.correct(ctx, firm, {"note": LONG}, "补记")
        other = entries.add(ctx, {"name": "青溪竹器二厂", "address": "工业路 2 号", "kind": "用人单位", "note": LONG})
        filled = visit_of(ctx, firm, "2026-03-02")
        fill(ctx, filled)
        drafts.keep(ctx, filled, "arrival", {"place": LONG})
    reads = {
        "record": lambda ctx: finalizing.final_record(ctx, visit),
        "records": finalizing.list_records,
        "entry": lambda ctx: entries.detail(ctx, firm),
        "another entry": lambda ctx: entries.detail(ctx, other),
        "roll": entries.list_rows,
        "draft": lambda ctx: drafts.kept(ctx, filled, "arrival"),
        "form": lambda ctx: filling.open_form(ctx, filled).answers,
    }
    return folder, reads


def test_no_read_of_a_single_row_believes_a_damaged_page(office):
    folder, reads = office
    with unlocked(folder) as ctx:
        true = {name: read(ctx) for name, read in reads.items()}
    database = folder / DATABASE
    sound = database.read_bytes()
    found, silent = Counter(), []
    pages = range(len(sound) // PAGE)
    for page in Random(len(sound)).sample(pages, len(pages)):  # noqa: S311
        if set(found) == {*reads, "opening"} and found.total() >= ENOUGH:
            break
        changed = bytearray(sound)
        changed[page * PAGE + 1000] ^= 1
        database.write_bytes(changed)
        try:
            with unlocked(folder) as ctx:
                for name, read in reads.items():
                    try:
                        if read(ctx) != true[name]:
                            silent.append((page, name))
                    except MachineError:
                        found[name] += 1
        except MachineError:
            found["opening"] += 1
    assert silent == []
    assert set(found) == {*reads, "opening"}


def test_what_is_whole_is_read_after_a_damaged_page_was_met(office):
    folder, reads = office
    database = folder / DATABASE
    sound = database.read_bytes()
    with unlocked(folder) as ctx:
        true = reads["another entry"](ctx)
    read_beside = False
    for page in range(1, len(sound) // PAGE):
        changed = bytearray(sound)
        changed[page * PAGE + 1000] ^= 1
        database.write_bytes(changed)
        with suppress(MachineError), unlocked(folder) as ctx:
            try:
                reads["draft"](ctx)
            except MachineError:
                read_beside |= reads["another entry"](ctx) == true
        if read_beside:
            break
    assert read_beside


def test_an_operation_that_is_not_what_was_written_is_given_to_nobody(ctx):
    firm = add_firm(ctx)
    with ctx.transaction() as session:
        session.execute(text("UPDATE operation SET body = CAST(replace(body, '青溪', '青山') AS BLOB)"))
    with pytest.raises(MachineError, match="第 1 号"):
        entries.detail(ctx, firm)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE operation SET body = CAST(replace(body, 'D01', 'D02') AS BLOB)", "操作日志第"),
        ("UPDATE record SET seq = 1", "操作日志第 1 号"),
        ("UPDATE record SET record_sha256 = replace(record_sha256, '0', '1')", "文档指纹"),
    ],
)
def test_a_record_whose_content_was_changed_is_not_shown(ctx, change, told):
    visit = found(ctx)
    with ctx.transaction() as session:
        session.execute(text(change))
    with pytest.raises(MachineError, match=told):
        finalizing.final_record(ctx, visit)


def test_an_empty_database_in_memory_is_whole():
    engine = memory_engine()
    with reading(engine) as session:
        assert session.scalar(text("SELECT 1")) == 1
    engine.dispose()
