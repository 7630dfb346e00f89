"""A draw whose visits have begun is not declared void any more, whichever laptop of the office made them."""

from dataclasses import replace

import pytest

from ohdesk.errors import UserError
from ohdesk.services.draw.holding import freeze, void
from ohdesk.services.draw.views import draw_detail
from ohdesk.services.office import accounts, people, powers
from ohdesk.services.visit import conduct, planning
from tests import rectifying
from tests.conftest import NOON
from tests.unit.services.draw.test_announcing import (  # noqa: F401 - fixtures
    SECRET,
    check_of,
    flags,
    made,
    seeded,
    sent,
    signed,
    town,
    world,
)
from tests.unit.services.draw.test_holding import PLAN
from tests.visiting import POWER


def drawn(ctx):
    draw = freeze(ctx, PLAN)
    seeded(ctx, draw)
    return draw


def visited(ctx, draw):
    """Make the record of the first visit of a draw final, signed by its first inspector."""
    powers.add_power(ctx, POWER)
    visit = rectifying.begin(ctx, planning.plan_drawn(ctx, draw, "2026-03-02")[0])
    rectifying.fill(ctx, visit)
    with ctx.reading() as session:
        leading = session.get_one(conduct.Visit, visit).inspectors[0]
    name = next(each.name for each in people.list_people(ctx) if each.id == leading)
    nobody = replace(ctx, actor=replace(ctx.actor, person=""))  # who is logged in may be the one who leads
    rectifying.finalize(ctx, visit, accounts.unlock_inspector(nobody, name, SECRET).signer.key)


def test_once_a_visit_of_the_draw_has_begun_it_can_only_be_corrected(town):  # noqa: F811
    draw = drawn(town)
    visit = planning.plan_drawn(town, draw, "2026-03-02")[0]
    with town.transaction() as session:
        session.get_one(conduct.Visit, visit).started_at = town.now()
    with pytest.raises(UserError, match="不能再作废") as refused:
        void(town, draw, "不满意")
    assert "更正" in refused.value.remedy
    assert draw_detail(town, draw).row.state == "computed"


def test_a_visit_made_with_another_laptop_of_the_office_has_begun_too(world, town):  # noqa: F811
    other = signed(world.towns[1])
    draw = drawn(town)
    visited(town, draw)
    sent(world.county, other, world.stick)
    sent(town, other, world.stick)
    with pytest.raises(UserError, match="1 家"):
        void(other, draw, "不满意")


def test_of_a_visit_with_its_record_here_both_are_one(town):  # noqa: F811
    draw = drawn(town)
    visited(town, draw)
    with pytest.raises(UserError, match="1 家"):
        void(town, draw, "不满意")


def test_a_void_beside_records_of_the_draw_is_flagged_at_the_county(world, town):  # noqa: F811
    other = signed(world.towns[1])
    draw = drawn(town)
    sent(world.county, other, world.stick)
    sent(town, other, world.stick)
    visited(town, draw)
    void(other, draw, "另一台电脑还不知道检查过")
    later = replace(world.county, now=lambda: NOON)
    for laptop in (town, other):
        sent(laptop, later, world.stick)
    assert check_of(later, draw).state == "void"
    assert "visited" in flags(later, draw)
