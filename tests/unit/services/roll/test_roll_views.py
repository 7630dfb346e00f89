"""The views that the roll ships with, and those kept: in the window and on the command line."""

import pytest

from ohdesk.db.models import Peer
from ohdesk.domain.establishment import FIELD_KEYS
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.register.conditions import Condition
from ohdesk.errors import UserError
from ohdesk.forms.roll import roll_definition, roll_groups
from ohdesk.services.register import views
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries
from ohdesk.services.roll.asked import filtered_by

# Today is 2026-03-02.
ROLL = {
    "甲厂": {"hazards": "噪声", "declared": "否", "inspected_on": "2026-01-05", "tested_on": "2023-03-03"},
    "乙厂": {"hazards": "苯", "declared_on": "2025-01-01", "inspected_on": "2025-12-31", "hazard_grade": "严重",
          "tested_on": "2025-03-02"},
    "丙厂": {"status": "停业", "hazards": "苯", "tested_on": "2020-01-01"},
    "丁医院": {"kind": "放射诊疗单位", "permit_until": "2026-05-01", "new_case_year": "2025"},
    "戊机构": {"kind": "职业健康检查机构", "permit_until": "2026-05-02"},
}  # fmt: skip
SHOWN = {
    "not_declared": {"甲厂"},
    "not_inspected": {"乙厂", "丁医院", "戊机构"},
    "test_due_severe": {"乙厂"},
    "test_due": set(),
    "severe": {"乙厂"},
    "radiology": {"丁医院"},
    "institutions": {"戊机构"},
    "permit_over_soon": {"丁医院"},
    "new_cases": {"丁医院"},
    "closed": {"丙厂"},
}


@pytest.fixture
def roll(ctx):
    for name, fields in ROLL.items():
        entries.add(ctx, {"name": name, **fields})


def names(ctx, view):
    return {row.name for row in entries.all_rows(ctx, views.query(ctx, roll_definition(), view))}


def test_each_view_shipped_shows_what_its_name_says(ctx, roll):
    assert {view.key: names(ctx, view.key) for view in roll_definition().listing.views} == SHOWN


def test_a_view_is_called_by_its_title_too_and_one_kept_stands_beside_those_shipped(ctx, roll):
    asked = EntryQuery("厂", conditions=(Condition("hazards", "is", "苯"),), order="name", falling=True)
    views.keep(ctx, roll_definition(), "苯的厂", asked)
    assert views.query(ctx, roll_definition(), "苯的厂") == asked
    assert names(ctx, "苯的厂") == {"乙厂", "丙厂"}
    assert names(ctx, "放射诊疗单位") == {"丁医院"}
    with pytest.raises(UserError) as refused:
        views.query(ctx, roll_definition(), "没有的")
    assert "苯的厂" in refused.value.remedy
    assert "not_declared（未申报）" in refused.value.remedy


def test_every_field_stands_in_one_group_of_the_roll():
    grouped = [field.key for group in roll_groups() for field in group.fields]
    assert sorted(grouped) == sorted(FIELD_KEYS)


def test_a_county_filters_by_the_names_of_its_towns_and_a_town_by_what_may_be_typed(ctx, county_ctx):
    with county_ctx.transaction() as session:
        for replica in ("1" * 16, "2" * 16):
            session.add(Peer(replica=replica, role=OfficeRole.TOWN, division="000000101", name="石桥镇"))
    towns = [
        next(each.choices for each in filtered_by(office, None) if each.key == "town") for office in (county_ctx, ctx)
    ]
    assert towns == [(("000000101", "石桥镇"),), ()]
