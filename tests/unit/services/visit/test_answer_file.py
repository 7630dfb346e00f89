"""A file of answers is stored whole or refused whole, with every place that is wrong."""

import json

import pytest

from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.detail_values import rows_in
from ohdesk.services.visit import photos
from ohdesk.services.visit.answer_file import fill_from_file
from ohdesk.services.visit.filling import open_form
from tests.visiting import CHECKLIST_LENGTH, picture, started_visit


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


@pytest.fixture
def handed_in(tmp_path):
    def write(content):
        path = tmp_path / "answers.json"
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_words_and_keys_photos_and_the_rest_are_stored(ctx, visit, handed_in, tmp_path):
    (tmp_path / "风机.jpg").write_bytes(picture())
    filled = fill_from_file(
        ctx,
        visit,
        handed_in(
            {
                "A01": {"value": "合格"},
                "A08": {"value": "是"},
                "A02": {"value": "met", "details": {"full_time": "1"}},
                "F03": {"value": "not_met", "fact": "风机停用", "photos": ["风机.jpg"]},
                "C01": {"value": "合理缺项", "reason": "没有建设项目"},
                "*": {"value": "未检查", "reason": "当日停产"},
            }
        ),
    )
    assert (filled.answers, filled.photos, filled.missing) == (CHECKLIST_LENGTH, 1, ())
    view = open_form(ctx, visit)
    assert (view.counts.met, view.counts.not_met, view.counts.not_applicable, view.counts.not_inspected) == (
        3,
        1,
        1,
        CHECKLIST_LENGTH - 5,
    )
    assert view.photos[0].question == "F03"


def test_counters_and_rows_are_taken_as_numbers_and_lists_or_refused_with_their_cell(ctx, handed_in):
    visit = started_visit(ctx, "hearing-survey")
    row = {"post": "打磨", "present": 10, "correct": 6, "wrong": "3", "none": 0}
    survey = {"HP01": {"value": "合格", "details": {"from": "9:10", "posts": [row]}}}
    assert fill_from_file(ctx, visit, handed_in(survey)).missing == ()
    stored = open_form(ctx, visit).answers["HP01"].answer.details["posts"]
    assert rows_in(stored) == ({"post": "打磨", "present": "10", "correct": "6", "wrong": "3", "none": "0"},)
    for wrong, field in (({"correct": -1}, "posts.0.correct"), ({"none": 2}, "posts.0.counted")):
        survey["HP01"]["details"]["posts"] = [row | wrong]
        with pytest.raises(ProblemsError) as refused:
            fill_from_file(ctx, visit, handed_in(survey))
        assert [problem.field for problem in refused.value.problems] == [field]


def test_all_that_is_wrong_is_named_at_once_and_nothing_is_stored(ctx, visit, handed_in):
    with pytest.raises(ProblemsError) as refused:
        fill_from_file(
            ctx,
            visit,
            handed_in(
                {
                    "A01": {"value": "合格"},
                    "Z99": {"value": "合格"},
                    "A02": {"value": "好"},
                    "A03": {"value": "合格", "remark": "x"},
                    "A04": {"value": "合格", "details": {"nothing": "x"}},
                    "A05": {"value": "合格", "photos": ["没有.jpg"]},
                    "A06": "合格",
                    "A07": {},
                    "A09": {"value": "met", "fact": 3},
                    "*": {"value": "合格"},
                }
            ),
        )
    places = [problem.place for problem in refused.value.problems]
    for name in ("Z99", "A02", "A03", "A04", "A05", "A06", "A07", "A09", "*"):
        assert any(name in place for place in places), name
    assert open_form(ctx, visit).counts.answered == 0


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ({"value": "合格", "reason": "停产"}, "* value"),
        ({"value": "未检查", "reason": " "}, "* reason"),
        ({"value": "未检查"}, "*"),
        ("未检查", "*"),
    ],
)
def test_the_rest_is_only_left_out_for_a_reason(ctx, visit, handed_in, rest, place):
    with pytest.raises(ProblemsError) as refused:
        fill_from_file(ctx, visit, handed_in({"*": rest}))
    assert [problem.place for problem in refused.value.problems] == [place]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"合格"', '{"A01": {"value": "合格"}, "A01": {"value": "不合格"}}', "[" * 5000]
)
def test_what_is_no_object_of_answers_is_refused(ctx, visit, handed_in, text):
    with pytest.raises(UserError) as refused:
        fill_from_file(ctx, visit, handed_in(text))
    assert refused.value.remedy


def test_a_file_that_is_not_there_is_named(ctx, visit, tmp_path):
    with pytest.raises(UserError):
        fill_from_file(ctx, visit, tmp_path / "没有.json")


def test_an_incomplete_breach_is_taken_and_its_gap_named(ctx, visit, handed_in):
    filled = fill_from_file(ctx, visit, handed_in({"A01": {"value": "不合格"}}))
    assert [problem.field for problem in filled.missing] == ["fact"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", picture()[:200]])
def test_with_a_photo_that_is_none_nothing_of_the_file_is_stored(ctx, visit, handed_in, tmp_path, content):
    (tmp_path / "风机.jpg").write_bytes(content)
    answers = {"A01": {"value": "合格"}, "F03": {"value": "不合格", "fact": "风机停用", "photos": ["风机.jpg"]}}
    with pytest.raises(ProblemsError) as refused:
        fill_from_file(ctx, visit, handed_in(answers))
    assert ["风机.jpg" in problem.found for problem in refused.value.problems] == [True]
    assert open_form(ctx, visit).counts.unanswered == CHECKLIST_LENGTH


def test_a_file_whose_last_photo_cannot_be_kept_leaves_nothing_behind(ctx, visit, handed_in, tmp_path, monkeypatch):
    (tmp_path / "风机.jpg").write_bytes(picture())
    file = handed_in({"A01": {"value": "合格"}, "F03": {"value": "合格", "photos": ["风机.jpg", "风机.jpg"]}})
    monkeypatch.setattr(photos, "MOST_PHOTOS", 1)
    with pytest.raises(UserError, match="最多 1 张"):
        fill_from_file(ctx, visit, file)
    view = open_form(ctx, visit)
    assert (view.counts.answered, view.photos) == (0, ())


def test_a_file_that_is_no_picture_is_named_with_its_question_and_nothing_is_stored(ctx, visit, handed_in, tmp_path):
    (tmp_path / "不是.jpg").write_bytes(b"no picture")
    with pytest.raises(ProblemsError) as refused:
        fill_from_file(
            ctx, visit, handed_in({"A01": {"value": "合格"}, "F03": {"value": "合格", "photos": ["不是.jpg"]}})
        )
    (problem,) = refused.value.problems
    assert "F03" in problem.place
    assert "不是.jpg" in problem.found
    assert open_form(ctx, visit).counts.answered == 0
