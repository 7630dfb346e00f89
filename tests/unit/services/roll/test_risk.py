"""Risk classes of the roll: by the latest assessment in the book, written to the roll only when asked."""

import pytest
from sqlalchemy import event

from ohdesk.errors import ProblemsError
from ohdesk.services.changes import Change
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries, merging
from ohdesk.services.roll.risk import ASSESSMENTS, assessed, take_over

SEVERE = {"severe_level": "met", "severe_exposed": "12", "points": "80", "hazards": "苯"}


@pytest.fixture
def plant(ctx):
    return entries.add(ctx, {"name": "石桥化工厂"})


def assess(ctx, plant, on, **texts):
    return register.add(ctx, ASSESSMENTS, {**SEVERE, "assessed_on": on, **texts}, plant)


def test_an_assessment_keeps_its_inputs_its_day_and_the_next_one(ctx, plant):
    assess(ctx, plant, "2026-03-02")
    (found,) = assessed(ctx, [plant])
    assert (found.grade, found.management, found.risk_class, found.scheme) == ("Ⅱ", "B", "乙", "pilot2022")
    assert (found.assessed_on, found.next_on) == ("2026-03-02", "2029-03-02")
    assert found.inputs == {
        "hazards": "苯", "points": "80", "points_full": "100", "severe_exposed": 12, "severe_level": "met",
    }  # fmt: skip
    assert "待县级确认" in found.basis
    assert found.on_roll == {"risk_class": "", "scheme": ""}


def test_the_latest_by_its_day_counts_not_the_last_entered(ctx, plant):
    assess(ctx, plant, "2026-03-02", points="95")
    assess(ctx, plant, "2023-01-05", points="60")
    register.add(ctx, ASSESSMENTS, {"production_on": "2022-01-01"}, plant)
    assert [each.risk_class for each in assessed(ctx, [plant])] == ["甲"]


def test_a_class_is_worked_out_anew_when_what_it_goes_by_is_corrected(ctx, plant):
    entry = assess(ctx, plant, "2026-03-02")
    register.correct(ctx, entry, {"severe_exposed": "50"})
    assert assessed(ctx, [plant])[0].risk_class == "丙"
    register.correct(ctx, entry, {"severe_level": ""})
    found = assessed(ctx, [plant])[0]
    assert (found.grade, found.risk_class) == ("", "")
    assert "接触水平" in found.why


def test_a_class_is_typed_by_nobody(ctx, plant):
    with pytest.raises(ProblemsError) as refused:
        assess(ctx, plant, "2026-03-02", risk_class="甲")
    assert [each.field for each in refused.value.problems] == ["risk_class"]


def test_a_new_employer_is_due_two_months_after_production_and_a_major_change_is_due_at_once(ctx, plant):
    entry = register.add(ctx, ASSESSMENTS, {"production_on": "2026-01-15"}, plant)
    assert assessed(ctx, [plant])[0].next_on == "2026-03-16"  # the 15th is a Sunday
    register.correct(ctx, entry, {**SEVERE, "assessed_on": "2026-03-02"})
    assert assessed(ctx, [plant])[0].next_on == "2029-03-02"
    register.correct(ctx, entry, {"changed_on": "2026-05-06"})
    assert assessed(ctx, [plant])[0].next_on == "2026-05-06"


def test_the_whole_roll_is_listed_with_those_that_have_none(ctx, plant):
    other = entries.add(ctx, {"name": "安平家具厂"})
    assess(ctx, plant, "2026-03-02")
    found = {each.id: each for each in assessed(ctx)}
    assert set(found) == {plant, other}
    assert (found[other].assessment, found[other].next_on) == ("", "")
    assert found[other].why


def test_the_roll_gets_class_and_scheme_for_a_reason_and_older_assessments_remind_no_more(ctx, plant):
    older = assess(ctx, plant, "2023-01-05")
    newer = assess(ctx, plant, "2026-03-02")
    (found,) = assessed(ctx, [plant])
    assert found.differs
    with pytest.raises(ProblemsError):
        take_over(ctx, found, " ")
    assert take_over(ctx, found, "评估报告核实") is not Change.NOTHING
    fields = entries.detail(ctx, plant).fields
    assert (fields["risk_class"], fields["risk_scheme"]) == ("乙", "pilot2022")
    assert register.detail(ctx, older).values["next_assessment"] == newer
    (again,) = assessed(ctx, [plant])
    assert not again.differs
    assert take_over(ctx, again, "再来一次") is Change.NOTHING


def test_what_was_assessed_before_a_merger_is_of_the_entry_that_goes_on(ctx, plant):
    twin = entries.add(ctx, {"name": "石桥化工有限公司"})
    older = assess(ctx, twin, "2024-01-05", points="95")
    newer = assess(ctx, plant, "2023-01-05")
    merging.merge(ctx, plant, twin, "同一家")
    (found,) = assessed(ctx)
    assert (found.id, found.assessment, found.risk_class) == (plant, older, "甲")
    take_over(ctx, found, "核实")
    assert register.detail(ctx, newer).values["next_assessment"] == older


def test_where_there_is_no_class_nothing_is_written(ctx, plant):
    register.add(ctx, ASSESSMENTS, {"production_on": "2026-01-15"}, plant)
    assert take_over(ctx, assessed(ctx, [plant])[0], "核实") is Change.NOTHING
    assert entries.detail(ctx, plant).fields["risk_class"] == ""


def test_all_are_read_in_one_statement(ctx, plant):
    for number in range(20):
        assess(ctx, entries.add(ctx, {"name": f"厂{number}"}), "2026-03-02")
    statements = []
    event.listen(ctx.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert len(assessed(ctx)) == 21
    assert sum("risk_class" in each for each in statements) == 1
