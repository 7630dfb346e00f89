"""Two laptops of one town never give the same number."""

import pytest

from ohdesk.domain.record import InspectionRecord
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import composing
from ohdesk.services.roll import entries
from tests import rectifying
from tests.conftest import PASSWORD, noon, town_workspace
from tests.unit.services.exchange.bundle_world import enrol, new_world
from tests.visiting import add_firm

LAPTOPS = (("000000001", "石桥镇"), ("000000001", "石桥镇二号机"))


def small_shop(ctx: Context, name: str) -> str:
    """Set down a shop without a credit code; return the number it was given."""
    shop = entries.add(ctx, {"name": name})
    return next(row.local_id for row in entries.list_rows(ctx) if row.id == shop)


def record_of(ctx: Context) -> InspectionRecord:
    visit = rectifying.visit_of(ctx, add_firm(ctx, f"{ctx.office.name}的厂"), "2026-03-02")
    rectifying.fill(ctx, visit)
    return composing.compose(ctx, visit, rectifying.NOBODY).record


def test_before_the_county_has_certified_them_the_replica_tells_them_apart(tmp_path):
    numbers = []
    for number, office in enumerate(LAPTOPS):
        with open_workspace(town_workspace(tmp_path / f"t{number}", *office), "李旸", PASSWORD, noon) as ctx:
            mark = ctx.office.replica[:4]
            numbers += [small_shop(ctx, "小店"), record_of(ctx).number]
            assert numbers[-2:] == [f"000000001-{mark}-0001", f"2026—{mark}-001"]
    assert len(set(numbers)) == 4


def test_the_first_certified_laptop_gives_plain_numbers_and_the_second_lettered_ones(tmp_path):
    with new_world(tmp_path, LAPTOPS) as world:
        first, second = world.towns
        assert [small_shop(ctx, "小店") for ctx in world.towns] == ["000000001-0001", "000000001-B0001"]
        assert [record_of(ctx).number for ctx in world.towns] == ["2026—001", "2026—B001"]
        enrol(tmp_path / "again", world.county, (second, first))
        assert [small_shop(ctx, "小摊") for ctx in world.towns] == ["000000001-0003", "000000001-B0003"]


@pytest.mark.parametrize(("others", "after"), [(0, "000000001-0001"), (1, "000000001-B0001")])
def test_with_its_certificate_a_laptop_goes_over_to_its_letter(tmp_path, others, after):
    with open_workspace(town_workspace(tmp_path / "town"), "李旸", PASSWORD, noon) as ctx:
        assert small_shop(ctx, "小店") == f"000000001-{ctx.office.replica[:4]}-0001"
        with new_world(tmp_path / "world", LAPTOPS[:others]) as world:
            enrol(tmp_path / "again", world.county, [ctx])
        assert small_shop(ctx, "小摊") == after
