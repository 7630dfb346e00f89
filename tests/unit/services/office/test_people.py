"""People are set down, corrected, and leave; what is wrong is named and nothing is changed."""

from dataclasses import replace

import pytest

from ohdesk.domain.people import PersonRole
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.changes import Change
from ohdesk.services.context import Actor
from ohdesk.services.office import people
from ohdesk.services.visit import views
from tests.visiting import planned_visit


@pytest.fixture
def person(ctx):
    people.add_person(ctx, "周沄", "inspector", "T0001", "2027-12-31")
    return people.list_people(ctx)[0]


def test_a_correction_changes_what_differs_and_nothing_else(ctx, person):
    assert people.correct_person(ctx, replace(person, certificate_until="2029-06-30", leads=True)) is Change.PEOPLE
    assert people.list_people(ctx) == [replace(person, certificate_until="2029-06-30", leads=True)]
    assert people.correct_person(ctx, people.list_people(ctx)[0]) is Change.NOTHING


def test_a_person_is_found_however_the_name_is_typed(ctx, person):
    people.add_person(ctx, "阿依古丽·买买提", PersonRole.INSPECTOR, "T0002", "2027-12-31")
    dotted = people.find_person(ctx, "T0002")
    found = [people.find_person(ctx, typed) for typed in ("阿依古丽•买买提", "阿依古丽 买买提", "ｔ0002", "周 沄")]
    assert found == [dotted, dotted, dotted, person.id]


@pytest.mark.parametrize("typed", ["", " ", "·", "不在册"])
def test_what_names_nobody_finds_nobody(ctx, person, typed):
    with pytest.raises(UserError, match="没有登记"):
        people.find_person(ctx, typed)


def test_a_correction_names_everything_that_is_wrong_and_changes_nothing(ctx, person):
    with pytest.raises(ProblemsError) as refused:
        people.correct_person(ctx, replace(person, name=" ", certificate_no="", certificate_until="next year"))
    assert {problem.field for problem in refused.value.problems} == {"name", "certificate_no", "certificate_until"}
    assert people.list_people(ctx) == [person]


def test_what_no_certificate_takes_is_refused_while_it_can_be_mended(ctx, person):
    with pytest.raises(ProblemsError) as refused:
        people.correct_person(ctx, replace(person, name="周" * 22, certificate_no="T" * 41))
    assert {problem.field for problem in refused.value.problems} == {"name", "certificate_no"}
    with pytest.raises(ProblemsError) as refused:
        people.correct_person(ctx, replace(person, name="周\u202e沄", certificate_no="T\u200b0001"))
    assert {problem.field for problem in refused.value.problems} == {"name", "certificate_no"}
    assert people.list_people(ctx) == [person]


def test_two_people_cannot_have_one_certificate(ctx, person):
    people.add_person(ctx, "吴翙", "inspector", "T0002", "2027-12-31")
    with pytest.raises(ProblemsError, match="没有保存") as refused:
        people.correct_person(ctx, replace(person, certificate_no="ｔ-0002"))
    assert [problem.field for problem in refused.value.problems] == ["certificate_no"]
    assert "已登记给吴翙" in refused.value.problems[0].remedy


def test_who_has_left_is_no_inspector_any_more_and_can_come_back(ctx, person):
    people.retire_person(ctx, person.id)
    left = people.list_people(ctx)[0]
    assert (left.role, left.name, left.certificate_no) == (PersonRole.RETIRED, "周沄", "T0001")
    with pytest.raises(ProblemsError, match="没有保存"):
        people.correct_person(ctx, left)
    people.correct_person(ctx, person)
    assert people.list_people(ctx) == [person]


def test_nobody_leaves_in_the_middle_of_a_visit(ctx):
    visit = planned_visit(ctx)
    sent = views.list_visits(ctx)[0].inspectors[0]
    who = next(row.id for row in people.list_people(ctx) if row.name == sent)
    with pytest.raises(UserError, match="1 次检查没有结束"):
        people.retire_person(ctx, who)
    assert visit
    assert all(row.role == "inspector" for row in people.list_people(ctx))


def test_only_those_in_charge_correct_people(ctx, person):
    inspector = replace(ctx, actor=Actor("周沄", person.id, "周沄", frozenset({"inspector"})))
    for act in (lambda: people.correct_person(inspector, person), lambda: people.retire_person(inspector, person.id)):
        with pytest.raises(UserError, match="没有做这一步的权限"):
            act()
