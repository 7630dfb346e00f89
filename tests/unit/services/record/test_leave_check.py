"""离场前核对: what a reviewer would miss is named before one leaves, and what stays open keeps its reason."""

import json
from dataclasses import replace

import openpyxl
import pytest
from msgspec import structs

from ohdesk.domain.leaving import Omission
from ohdesk.domain.people import Role
from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import ProblemsError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import Band, Score
from ohdesk.forms.detail_values import rows_text
from ohdesk.forms.loader import load_form
from ohdesk.forms.score import Scored
from ohdesk.services.finding import drafts
from ohdesk.services.office import people
from ohdesk.services.record import composing, finalizing, leave_check, leave_gaps, party_statement
from ohdesk.services.register import entries
from ohdesk.services.visit import answer_file, conduct, filling, photos, planning
from tests import rectifying
from tests.printed import pages_of
from tests.visiting import ARRIVAL, add_firm, picture, started_visit

FACT = "打磨岗位除尘风机停用，滤袋脱落"


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def gaps(ctx, visit):
    return {(gap.kind, gap.about) for gap in leave_check.leave_check(ctx, visit).gaps}


def finished(ctx, visit, question="F03", fact=FACT):
    filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact=fact))
    filling.save_rest_as_not_inspected(ctx, visit, "当日停产")
    drafts.accept_proposals(ctx, visit)


def second_visit(ctx, name="沧浪木业", form=None):
    pair = tuple(person.id for person in people.list_people(ctx))
    new = planning.NewVisit(establishment=add_firm(ctx, name), inspectors=pair, task=Task("daily", "plan"))
    with ctx.transaction() as session:
        visit = planning.plan_in(ctx, session, new, form)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0002")
    conduct.start(ctx, visit, StartData(mode="own", arrival=ARRIVAL))
    return visit


def test_every_kind_of_gap_is_named_where_it_is(ctx, visit):
    filling.save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact="现场看到__岗位的防护设施未运行"))
    filling.save_answer(ctx, visit, "A02", Answer(AnswerValue.NOT_APPLICABLE))
    photos.attach_photo(ctx, visit, "A01", picture())
    photos.announce_photo(ctx, visit, "A01")
    found = gaps(ctx, visit)
    assert {
        (Omission.UNANSWERED, "A01"),
        (Omission.INCOMPLETE, "A02"),
        (Omission.OPEN_PLACE, "F03"),
        (Omission.UNSETTLED, "F03"),
        (Omission.NO_PHOTO, "F03"),
        (Omission.NO_CAPTION, "1"),
        (Omission.PHOTO_TO_COME, "2"),
    } <= found
    assert not [each for each in found if each[0] is Omission.ARRIVAL]


def test_an_open_place_keeps_a_visit_from_being_left_and_signed(ctx, visit):
    finished(ctx, visit, fact="现场看到__岗位的防护设施未运行（或者被拆除、停用）")
    with pytest.raises(ProblemsError, match="不能离场"):
        leave_check.leave(ctx, visit, "来不及")
    assert composing.compose(ctx, visit).problems


def test_an_open_place_in_a_paragraph_typed_by_hand_keeps_the_record_from_being_signed(ctx, visit):
    finished(ctx, visit)
    whole, torn = (composing.compose(ctx, visit, situation=(text,)).problems for text in ("看了车间。", "看了__。"))
    assert len(torn) == len(whole) + 1


@pytest.mark.parametrize(("level", "value", "told"), [("86.1", "met", 1), ("84.9", "met", 0), ("86.1", "not_met", 0)])
def test_met_beside_a_result_over_its_limit_is_named_before_one_leaves(ctx, level, value, told):
    visit = started_visit(ctx, "hearing-survey")
    row = {"post": "打磨", "level": level, "source": "report", "report_no": "R-1", "sampled_on": "2026-02-01"}
    answer = Answer(AnswerValue(value), fact="打磨岗位检测结果超过限值", details={"posts": rows_text([row])})
    filling.save_answer(ctx, visit, "HP02", answer)
    found = [gap for gap in leave_check.leave_check(ctx, visit).gaps if gap.kind is Omission.OVER]
    assert [gap.question for gap in found] == ["HP02"] * told
    assert all("超过" in gap.sentence and gap.needs_reason for gap in found)


def test_what_stays_open_needs_a_reason_and_keeps_it(ctx, visit):
    finished(ctx, visit)
    with pytest.raises(ProblemsError) as refused:
        leave_check.leave(ctx, visit)
    assert [problem.field for problem in refused.value.problems] == ["leaving_reason"]
    leave_check.leave(ctx, visit, "车间禁止拍照")
    (gap,) = leave_check.leave_check(ctx, visit).gaps
    assert (gap.kind, gap.reason) == (Omission.NO_PHOTO, "车间禁止拍照")
    filling.save_answer(ctx, visit, "F01", Answer(AnswerValue.NOT_MET, fact="除尘支管脱开，粉尘外逸到通道"))
    drafts.accept_proposals(ctx, visit)
    assert [gap.question for gap in leave_check.leave_check(ctx, visit).unexplained] in ([], ["F01"])


def test_a_gap_that_was_given_a_reason_at_the_start_needs_no_second_one(ctx, visit):
    other = second_visit(ctx)
    late = planning.plan(
        ctx,
        planning.NewVisit(
            establishment=add_firm(ctx, "远山石材厂"),
            inspectors=tuple(person.id for person in people.list_people(ctx)),
            task=Task("daily", "plan"),
        ),
    )
    arrival = replace(ARRIVAL, notice_given="")
    start = StartData(mode="own", accompanied_by="门卫", arrival=arrival, gap_reason="打印机坏了")
    conduct.start(ctx, late, start)
    assert (Omission.ARRIVAL, "companion") in gaps(ctx, other)
    (gap,) = [each for each in leave_check.leave_check(ctx, late).gaps if each.kind is Omission.ARRIVAL]
    assert (gap.about, gap.reason) == ("notice", "打印机坏了")


def test_what_was_found_last_time_and_is_left_not_inspected_is_named_until_it_is_looked_at(ctx):
    firm = add_firm(ctx)
    rectifying.found(ctx, "2026-03-02", firm)
    visit = rectifying.visit_of(ctx, firm, "2026-04-02")
    left = (Omission.LEFT_AGAIN, rectifying.BREACH)
    assert left not in gaps(ctx, visit)
    filling.save_rest_as_not_inspected(ctx, visit, "当日停产")
    assert [each for each in gaps(ctx, visit) if each[0] is Omission.LEFT_AGAIN] == [left]
    leave_check.leave(ctx, visit, "设备送修")
    filling.save_answer(ctx, visit, rectifying.BREACH, Answer(AnswerValue.MET))
    assert left not in gaps(ctx, visit)


def test_an_instrument_whose_calibration_had_run_out_is_told_and_needs_a_reason_but_blocks_nothing(ctx, tmp_path):
    visit = started_visit(ctx, "hearing-survey")
    meter = {"title": "声级计", "kind": "sound", "serial": "SL-0031"}
    entries.add(ctx, "equipment", meter | {"valid_to": "2026-03-01"})
    entries.add(ctx, "equipment", meter | {"serial": "SL-0031-2", "valid_to": "2026-03-02"})
    answers = tmp_path / "answers.json"
    for name, told in (("AWA 型 sl-0031", 1), ("SL-0031-2", 0), ("借用的", 0)):
        details = {"meter": name, "calibrated_on": "2025-02-28"}
        answers.write_text(json.dumps({"HP03": {"value": "合格", "details": details}}), encoding="utf-8")
        filled = answer_file.fill_from_file(ctx, visit, answers)
        found = [each for each in leave_check.leave_check(ctx, visit).gaps if each.kind is Omission.CALIBRATION]
        assert (len(filled.expired), len(found)) == (told, told)
        assert not any(each.kind.blocks for each in found)


def test_two_records_of_one_day_with_the_same_paragraph_are_named(ctx, visit):
    other = second_visit(ctx)
    for each, fact in ((visit, FACT), (other, f" {FACT}。")):
        filling.save_answer(ctx, each, "F03", Answer(AnswerValue.NOT_MET, fact=fact))
    for each in (visit, other):
        filling.save_answer(ctx, each, "F01", Answer(AnswerValue.NOT_MET, fact="未佩戴"))
    found = [gap for gap in leave_check.leave_check(ctx, visit).gaps if gap.kind is Omission.REPEATED]
    assert [gap.question for gap in found] == ["F03"]
    assert "沧浪木业" in found[0].sentence


def test_paragraphs_typed_alike_in_two_records_of_one_day_are_named_and_keep_nothing_back(ctx, visit):
    other = second_visit(ctx)
    typed = "打磨车间北侧三台打磨机同时开动，操作工未戴防尘口罩，地面积尘。"
    for each in (visit, other):
        filling.save_answer(ctx, each, "A01", Answer(AnswerValue.MET))
    usual = composing.compose(ctx, visit).record.situation[0]
    phrase = filling.open_form(ctx, visit).form.by_id["F03"].phrase
    party_statement.keep_party(ctx, other, party_statement.NOT_YET, (usual, phrase, "看了三个车间。", typed))
    found = composing.compose(ctx, visit, situation=(usual, phrase, "看了三个车间。", f"{typed} "))
    (said,) = found.repeated
    assert "第 4 段" in said
    assert "沧浪木业" in said
    assert not [each for each in found.problems if "沧浪木业" in str(each)]
    another = "又看了另外两个车间，情形各不相同，已分别记录在后。"
    assert composing.compose(ctx, visit, situation=(usual, another)).repeated == ()


def test_a_score_is_told_to_the_inspectors_and_stands_on_no_paper(ctx):
    started_visit(ctx)
    form = structs.replace(load_form("employer-general"), score=Score(points=2, bands=(Band("0", "C"),)))
    visit = second_visit(ctx, form=form)
    filling.save_answer(ctx, visit, "A01", Answer(AnswerValue.MET))
    finished(ctx, visit)
    assert leave_check.leave_check(ctx, visit).score == Scored(2, 4, "C")
    papers = finalizing.draft(ctx, visit, party_statement.NOT_YET).papers
    assert [each.title for each in papers] == ["现场检查笔录", "现场检查表"]
    printed = "".join(page for each in papers for page in pages_of(each.pdf))
    assert "满分" not in printed
    assert "得 2 分" not in printed


def test_the_gaps_of_a_period_are_counted_by_kind_and_named_to_the_supervisor_only(ctx, visit, tmp_path):
    finished(ctx, visit)
    leave_check.leave(ctx, visit, "车间禁止拍照")
    for roles, names in (({Role.SUPERVISOR}, ["周沄、吴翙"]), ({Role.INSPECTOR}, [])):
        seen = replace(ctx, actor=replace(ctx.actor, roles=frozenset(roles)))
        found = leave_gaps.write_gaps(seen, "2026-03-01", "2026-03-31", tmp_path / "gaps.xlsx")
        assert (found.visits, found.kinds[Omission.NO_PHOTO], found.kinds[Omission.UNANSWERED]) == (1, 1, 0)
        book = openpyxl.load_workbook(tmp_path / "gaps.xlsx")
        line = [cell.value for cell in book["逐条"][2]]
        assert line[:2] == ["2026-03-02", "青溪竹器厂"]
        assert line[4:] == ["车间禁止拍照", *names]
    assert leave_gaps.gaps_between(ctx, "2026-03-03", "2026-03-31").visits == 0
    with pytest.raises(ProblemsError):
        leave_gaps.gaps_between(ctx, "2026-03-31", "昨天")
