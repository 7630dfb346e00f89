"""Risk classes: the table of exposure, the bands of management, and both together, at each edge."""

from decimal import Decimal

import pytest

from ohdesk.domain.risk.grading import Exposed, Inputs, risk_class
from ohdesk.errors import ProblemsError
from ohdesk.forms.risk import CURRENT, read_schemes, schemes, severe_hazards
from ohdesk.paths import resources

PILOT = resources() / "risk" / "pilot2022.toml"


def classed(nature="general", level="met", persons=1, points="95", full="100", scheme=CURRENT, **more):
    score = None if points is None else Decimal(points)
    inputs = Inputs({nature: Exposed(level, persons)}, None, score, Decimal(full), **more)
    return risk_class(schemes()[scheme], inputs)


@pytest.mark.parametrize(
    ("nature", "level", "grades"),
    [
        ("general", "met", "Ⅰ Ⅰ Ⅰ Ⅰ Ⅰ"),
        ("general", "not_met", "Ⅱ Ⅱ Ⅱ Ⅱ Ⅲ"),
        ("severe", "met", "Ⅱ Ⅱ Ⅱ Ⅱ Ⅲ"),
        ("severe", "not_met", "Ⅲ Ⅲ Ⅲ Ⅲ Ⅲ"),
    ],
)
def test_exposure_is_graded_by_nature_level_and_persons(nature, level, grades):
    assert [classed(nature, level, persons).grade for persons in (0, 9, 10, 49, 50)] == grades.split()


@pytest.mark.parametrize(
    ("points", "full", "band", "score"),
    [
        ("100", "100", "A", "100"),
        ("90", "100", "A", "90"),
        ("89.999", "100", "B", "89.99"),  # never shown as more than it is
        ("89.5", "100", "B", "89.5"),  # nothing is rounded
        ("70", "100", "B", "70"),
        ("69.999999999", "100", "C", "69.99"),
        ("0", "100", "C", "0"),
        ("81", "90", "A", "90"),  # items that do not apply are left out of what could be had
        ("80", "90", "B", "88.88"),
    ],
)
def test_management_goes_by_points_out_of_those_that_could_be_had(points, full, band, score):
    found = classed(points=points, full=full)
    assert (found.management, found.score) == (band, score)


@pytest.mark.parametrize(
    ("exposed", "classes"),
    [(("general", "met"), "甲甲乙"), (("severe", "met"), "甲乙丙"), (("severe", "not_met"), "乙丙丙")],
)
def test_both_axes_make_the_class(exposed, classes):
    assert "".join(classed(*exposed, points=points).risk_class for points in ("90", "70", "69")) == classes


def test_of_both_natures_the_higher_grade_counts():
    both = {"severe": Exposed("met", 3), "general": Exposed("not_met", 50)}
    inputs = Inputs(both, None, Decimal(95), Decimal(100))
    assert risk_class(schemes()[CURRENT], inputs).grade == "Ⅲ"


def test_all_that_is_missing_is_named_and_nothing_is_guessed():
    found = classed("severe", None, 3, points=None)
    assert (found.grade, found.management, found.risk_class) == ("", "", "")
    for word in ("严重危害的接触水平是否符合", "得分"):
        assert word in found.why
    assert "接触人数" in classed("severe", "met", None).why
    assert "接触水平和人数" in risk_class(schemes()[CURRENT], Inputs(points=Decimal(1), full=Decimal(1))).why
    assert "得分" in classed(points="101").why


def test_a_severe_hazard_that_is_named_and_not_graded_leaves_no_class():
    found = classed(severe=("苯",))
    assert (found.grade, found.risk_class) == ("", "")
    assert "苯" in found.why
    assert severe_hazards(["苯", "矽尘", "石棉粉尘", "甲苯", "噪声"]) == ("苯", "矽尘", "石棉粉尘")


def test_every_class_names_its_scheme_its_direction_and_the_tables_nobody_has_confirmed():
    basis = classed().basis
    for word in ("2022 试点", "甲类风险最低", "综合表 2026.1 版（待县级确认）", "风险分级 2026.1 版"):
        assert word in basis
    assert "风险分级 2026.1 版（待" not in basis


def test_the_two_schemes_run_in_opposite_directions_and_by_the_older_nothing_is_classed():
    assert schemes()["guide2019"].classes == tuple(reversed(schemes()[CURRENT].classes))
    found = classed(scheme="guide2019")
    assert found.risk_class == ""
    assert "2019 指南" in found.why


@pytest.mark.parametrize(
    ("part", "instead", "named"),
    [
        ('class."Ⅲ" = ["乙", "丙", "丙"]', 'class."Ⅲ" = ["乙", "丙"]', "matrix"),
        ('class."Ⅲ" = ["乙", "丙", "丙"]', "", "matrix"),
        ('["甲", "乙", "丙"]  #', '["甲", "乙"]  #', "classes"),
        ("persons = [0, 10, 50]", "persons = [0, 50, 10]", "persons"),
        ('severe.met = ["Ⅱ", "Ⅱ", "Ⅲ"]', 'severe.met = ["Ⅱ", "Ⅳ", "Ⅲ"]', "severe"),
        ('least = "0"', 'least = "10"', "band"),
        ("[matrix]", "[other]", "other"),
    ],
)
def test_a_file_that_does_not_fit_together_is_refused_with_its_place(tmp_path, part, instead, named):
    text = PILOT.read_text("utf-8")
    assert part in text
    (tmp_path / "odd.toml").write_text(text.replace(part, instead), "utf-8")
    with pytest.raises(ProblemsError) as refused:
        read_schemes(tmp_path)
    assert all(each.place == "odd.toml" for each in refused.value.problems)
    assert any(named in each.expected + each.found for each in refused.value.problems)
