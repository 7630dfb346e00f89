"""What roll, books and earlier records know is there before the first answer; the order is one's own."""

import pytest

from ohdesk.forms.known import known_file
from ohdesk.forms.loader import form_ids, load_form
from ohdesk.forms.registers import definition
from ohdesk.forms.ways import Way, read_ways, way_of
from ohdesk.paths import resources
from ohdesk.services.register import entries as books
from ohdesk.services.roll import entries
from ohdesk.services.visit import filling, views
from ohdesk.services.visit.outline import arranged
from tests.visiting import started_visit

FORMS = [load_form(each) for each in form_ids()]


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def ids(rows):
    return [row.question.id for row in rows]


def test_what_waits_comes_first_and_what_is_not_put_last_with_the_reason(ctx, visit):
    rows = filling.open_form(ctx, visit).outline
    found = arranged(rows, {"A02": "没有噪声"}, {"F03": "风机停用"}, by_way=False)
    assert ids(found) == ["F03", *(each for each in ids(rows) if each not in {"A02", "F03"}), "A02"]
    assert (found[0].note, found[-1].note, found[-1].fallen) == ("风机停用", "没有噪声", True)


def test_papers_come_before_the_walk_and_the_walk_before_the_talk(ctx, visit):
    found = arranged(filling.open_form(ctx, visit).outline, {}, {}, by_way=True)
    ways = [way_of(row.question) for row in found]
    assert ways == sorted(ways, key=list(Way).index)
    assert set(ways) == set(Way)
    assert {row.section_title for row in found} == {way.word for way in Way}


def test_every_question_named_by_its_way_is_there_once():
    text = (resources() / "visits" / "ways.toml").read_text(encoding="utf-8")
    named = [question for questions in read_ways(text).ways.values() for question in questions]
    known = {question.id for form in FORMS for question in form.questions}
    assert len(named) == len(set(named))
    assert set(named) <= known


def test_every_field_that_may_be_known_is_there_and_so_is_where_it_comes_from():
    asked = {(question.id, field.key) for form in FORMS for question in form.questions for field in question.fields}
    for each in known_file().known:
        assert (each.question, each.field) in asked
        assert bool(each.roll) != bool(each.book)
        if each.book:
            newest = known_file().newest[each.book]
            assert {each.key, *newest, *each.where} <= {field.key for field in definition(each.book).fields}


def test_figures_that_roll_and_books_have_are_shown_with_where_they_come_from(ctx, visit):
    firm = views.visit_view(ctx, visit).establishment
    entries.correct(ctx, firm, {"exposed_workers": "39", "tested_on": "2025-05-06"}, "核实")
    assert filling.open_form(ctx, visit).known["E02"]["date"].text == "2025-05-06"
    lab = entries.add(ctx, {"name": "清源检测有限公司", "address": "工业路 9 号", "kind": "职业卫生技术服务机构"})
    for day, number in (("2025-06-01", "新-2"), ("2024-06-01", "旧-1")):  # the older one is entered later
        said = {"kind": "regular", "sampled_from": day, "reported_on": day, "report_no": number, "lab": lab}
        books.add(ctx, "tests", said, about=firm)
    known = filling.open_form(ctx, visit).known
    assert known["B04"]["exposed"].text == "39"
    assert "名录" in known["B04"]["exposed"].source
    assert {key: each.text for key, each in known["E02"].items()} == {
        "date": "2025-06-01",
        "report_no": "新-2",
        "agency": "清源检测有限公司",
    }
    assert "E02" not in filling.open_form(ctx, visit).answers
