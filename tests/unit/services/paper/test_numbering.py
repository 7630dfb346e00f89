"""What was numbered is told with what was withdrawn and why the rest was not given."""

import pytest

from ohdesk.cli import paper_numbers
from ohdesk.cli.main import parse
from ohdesk.domain.register.number_blocks import Why
from ohdesk.errors import UserError
from ohdesk.services.office import issuing_bodies
from ohdesk.services.paper.numbering import numbers_of
from ohdesk.services.record import finalizing
from ohdesk.services.register import entries
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second


def test_a_block_that_nobody_has_used_is_one_gap_with_its_reason(ctx):
    issuing_bodies.change(ctx, "town", {"region": "江蓬"})
    row = {"paper": "order", "body": "town", "year": "2026", "first": "1", "last": "50"}
    entries.add(ctx, "number_blocks", row | {"device": ctx.office.replica})
    told = paper_numbers.show_numbers(ctx, parse(["paper", "numbers", "order"]))
    assert told.data["gaps"] == [{"first": 1, "last": 50, "why": "not_used_yet", "device": ctx.office.replica}]
    assert "1–50  本机号段中还没有用" in told.text
    assert numbers_of(ctx, "order", "town", 2027).gaps == ()


def test_a_paper_without_numbers_has_none(ctx):
    with pytest.raises(UserError, match="没有编号"):
        numbers_of(ctx, "photo_page", "town")


def test_records_are_numbered_from_blocks_in_one_row_for_whichever_body(tmp_path):
    world = record_world.filled(tmp_path / "town")
    with world.opened("李旸") as ctx:
        row = {"paper": "record", "body": "town", "year": "2026", "device": ctx.office.replica}
        entries.add(ctx, "number_blocks", row | {"first": "7", "last": "9"})
    with world.opened() as ctx:
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        found = numbers_of(ctx, "record", "entrusting")
    assert found.given == ("2026—007",)
    assert [(each.first, each.last, each.why) for each in found.gaps] == [
        (1, 6, Why.NOT_HANDED_OUT),
        (8, 9, Why.NOT_USED_YET),
    ]
