"""A visit goes on in its edition of the checklist until somebody moves it, with all that was answered."""

import pytest
from msgspec.structs import replace

from ohdesk.db.queries.forms import keep_edition
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.applicability import Trait
from ohdesk.services.roll import entries
from ohdesk.services.visit import editions, lookup
from ohdesk.services.visit.filling import open_form, save_answer, undo
from ohdesk.services.visit.photos import Caption, announce_photo
from ohdesk.services.visit.traits import falling_away, traits_of
from tests.visiting import started_visit

MET = Answer(AnswerValue.MET)


@pytest.fixture
def visit(ctx):
    """Return a visit filled in an older edition, whose A01 was called A99 and whose Z01 is gone."""
    visit = started_visit(ctx)
    form = open_form(ctx, visit).form
    first, second = form.questions[:2]
    renamed = (replace(first, id="A99", text="旧的写法"), second, replace(first, id="Z01"))
    older = replace(form, version="2025.1", questions=renamed)
    with ctx.transaction() as session:
        lookup.find_visit(session, visit).form_sha256 = keep_edition(session, older)
    return visit


def test_moving_takes_answers_trail_and_photos_along_by_the_map(ctx, visit):
    save_answer(ctx, visit, "A99", Answer(AnswerValue.NOT_MET, fact="没有文件"))
    save_answer(ctx, visit, "Z01", MET)
    announce_photo(ctx, visit, "A99", Caption())
    found = editions.editions(ctx, visit)
    assert (found.is_newest, set(found.gone), "A01" in found.added) == (False, {"A99", "Z01"}, True)
    editions.move(ctx, visit, {"A99": "A01", "Z01": ""})
    view = open_form(ctx, visit)
    assert {id_: each.answer.fact for id_, each in view.answers.items()} == {"A01": "没有文件"}
    assert [photo.question for photo in view.photos] == ["A01"]
    assert undo(ctx, visit).question == "A01"
    with pytest.raises(UserError):
        editions.move(ctx, visit, {})


@pytest.mark.parametrize("to", [{}, {"A99": "X99", "Z01": ""}, {"A99": "A01", "Z01": "A01"}, {"A99": "B01", "Z01": ""}])
def test_an_answer_that_has_no_place_in_the_new_edition_stops_the_move(ctx, visit, to):
    details = {"full_time": "1"}
    save_answer(ctx, visit, "A02", Answer(AnswerValue.MET, details=details))
    save_answer(ctx, visit, "A99", MET)
    save_answer(ctx, visit, "Z01", MET)
    to = {**to, "A02": "B01"} if to.get("A99") == "B01" else to
    with pytest.raises(ProblemsError):
        editions.move(ctx, visit, to)
    assert open_form(ctx, visit).form.version == "2025.1"


def test_a_question_falls_away_by_the_hazards_of_the_roll_if_all_of_them_are_known(ctx):
    ids = [entries.add(ctx, {"name": name, "kind": "用人单位", "hazards": hazards, "size": "小型"})
           for name, hazards in (("甲厂", "矽尘"), ("乙厂", "矽尘、没人认得的东西"))]  # fmt: skip
    form = open_form(ctx, started_visit(ctx)).form
    noisy = replace(form, questions=(replace(form.questions[0], applies=({"hazard": "噪声"},)),))
    with ctx.reading() as session:
        assert {"矽尘", "粉尘"} <= traits_of(session, ids[0])[Trait.HAZARD]
        assert Trait.HAZARD not in traits_of(session, ids[1])
        assert [list(falling_away(session, noisy, each, {})) for each in ids] == [["A01"], []]
