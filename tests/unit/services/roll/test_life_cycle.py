"""Whether an employer is in business: with day, proof and reason; a closed gate suggests it and changes nothing."""

import pytest

from ohdesk.domain.visit import Ending
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.changes import Change
from ohdesk.services.pictures.taking import clean_picture
from ohdesk.services.register import attachments
from ohdesk.services.roll import entries, importing, life_cycle, merging, proposals, transfer, undo
from ohdesk.services.visit import conduct, photos
from tests.rectifying import finalize, found, on, visit_of
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, pass_on
from tests.unit.services.roll.test_proposals import shown
from tests.visiting import add_firm, picture

PROOF, WHY = "登记机关注销通知", "电话核实"


def state(ctx, entry):
    fields = entries.detail(ctx, entry).fields
    return fields["status"], fields["status_on"], fields["status_proof"]


def at_a_closed_gate(ctx, firm, day="2026-03-02", outcome="no_contact", proof="电话联系记录"):
    visit = visit_of(ctx, firm, day)
    conduct.end_without_checklist(on(ctx, day), visit, Ending(outcome, proof, "三次无人接听"))
    return visit


def test_a_state_is_set_down_with_its_day_proof_and_reason(ctx):
    firm = add_firm(ctx)
    assert life_cycle.close(ctx, firm, "注销", "2026-02-28", PROOF, WHY) is Change.ROLL
    assert state(ctx, firm) == ("注销", "2026-02-28", PROOF)
    assert {(each.field, each.reason) for each in entries.detail(ctx, firm).history if each.reason} == {
        ("status", WHY), ("status_on", WHY), ("status_proof", WHY), ("status_file", WHY)
    }  # fmt: skip
    assert life_cycle.close(ctx, firm, "注销", "2026-02-28", PROOF, WHY) is Change.NOTHING
    life_cycle.close(ctx, firm, "在业", "2026-03-01", "新执照", WHY)
    assert state(ctx, firm)[0] == "在业"


def test_all_that_is_missing_is_said_at_once_and_nothing_changes(ctx):
    firm = add_firm(ctx)
    with pytest.raises(ProblemsError) as caught:
        life_cycle.close(ctx, firm, "没了", "2026-03-03", " ", "")
    assert [each.field for each in caught.value.problems] == ["status", "status_on", "status_proof", "reason"]
    assert state(ctx, firm) == ("在业", "", "")


def test_a_state_corrected_without_its_day_does_not_keep_that_of_another(ctx, tmp_path):
    firm, other = add_firm(ctx), add_firm(ctx, "岚石五金厂")
    for each in (firm, other):
        life_cycle.close(ctx, each, "停业", "2026-02-01", PROOF, WHY)
    entries.correct(ctx, firm, {"status": "在业"}, "复工")
    path = tmp_path / "list.csv"
    path.write_text("单位名称,状态\n岚石五金厂,注销\n", encoding="utf-8")
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    assert (state(ctx, firm), state(ctx, other)) == (("在业", "", ""), ("注销", "", ""))
    undo.undo(ctx)
    assert state(ctx, other) == ("停业", "2026-02-01", PROOF)


def test_a_visit_at_a_closed_gate_suggests_a_state_once_it_is_final_and_changes_nothing(ctx):
    firm = add_firm(ctx)
    visit = at_a_closed_gate(ctx, firm)
    assert life_cycle.offered(ctx, firm) is None  # the ending can still be taken back
    finalize(ctx, visit)
    one = life_cycle.offered(ctx, firm)
    assert (one.visit, one.state, one.on, one.proof) == (visit, "失联", "2026-03-02", "电话联系记录；三次无人接听")
    assert state(ctx, firm) == ("在业", "", "")
    assert [(each.id, each.offered) for each in life_cycle.all_offered(ctx)] == [(firm, one)]
    life_cycle.accept(ctx, firm)
    assert state(ctx, firm) == ("失联", "2026-03-02", one.proof)
    assert (life_cycle.offered(ctx, firm), life_cycle.all_offered(ctx)) == (None, [])
    with pytest.raises(UserError, match="没有检查提出"):
        life_cycle.accept(ctx, firm)


@pytest.mark.parametrize(
    ("outcome", "proof", "suggested"),
    [
        ("closed", "登记信息打印件", "停业"),
        ("moved", "门牌或厂区照片", "搬迁"),
        ("no_activity", "现场照片", None),
        ("refused", "录音录像", None),
    ],
)
def test_what_a_visit_suggests_follows_from_how_it_ended(ctx, outcome, proof, suggested):
    firm = add_firm(ctx)
    finalize(ctx, at_a_closed_gate(ctx, firm, outcome=outcome, proof=proof))
    one = life_cycle.offered(ctx, firm)
    assert (one and one.state) == suggested


def test_who_says_since_then_that_it_is_in_business_ends_the_suggestion(ctx):
    firm = add_firm(ctx)
    finalize(ctx, at_a_closed_gate(ctx, firm))
    life_cycle.close(ctx, firm, "在业", "2026-03-02", "下午到场，正常生产", WHY)
    assert life_cycle.offered(ctx, firm) is None


def test_a_later_visit_with_a_checklist_ends_the_suggestion(ctx):
    firm = add_firm(ctx)
    finalize(ctx, at_a_closed_gate(ctx, firm))
    found(ctx, "2026-03-09", firm)
    assert life_cycle.offered(on(ctx, "2026-03-09"), firm) is None


def test_what_a_visit_at_a_merged_one_suggests_is_said_of_the_one_that_goes_on(ctx):
    keep, other = add_firm(ctx), add_firm(ctx, "岚石五金厂")
    finalize(ctx, at_a_closed_gate(ctx, other))
    merging.merge(ctx, keep, other, WHY)
    assert [each.id for each in life_cycle.all_offered(ctx)] == [keep]


def test_a_final_record_with_a_checklist_is_the_last_inspection_on_the_roll(ctx):
    firm = add_firm(ctx)
    finalize(ctx, at_a_closed_gate(ctx, firm))
    assert entries.detail(ctx, firm).fields["inspected_on"] == ""
    found(ctx, "2026-03-09", firm)
    assert entries.detail(ctx, firm).fields["inspected_on"] == "2026-03-09"
    entries.correct(ctx, firm, {"phone": "000-1"}, "新号码")
    assert [row.inspected_on for row in entries.list_rows(ctx)] == ["2026-03-09"]


def test_a_town_proposes_the_state_of_anothers_entry(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as world:
        firm = entries.add(world.county, {"name": "青溪竹器厂", "town": TOWNS[1][0]})
        pass_on(world, world.county, *world.towns)
        change = life_cycle.close(world.town, firm, "搬迁", "2026-03-01", PROOF, WHY)
        assert Change.PROPOSALS in change
        pass_on(world, world.town, world.county)
        (one,) = proposals.proposals(world.county)
        proposals.accept(world.county, one.id)
        pass_on(world, world.county, *world.towns)
        for each in (world.county, *world.towns):
            assert (shown(each, firm, "status"), str(shown(each, firm, "status_on"))) == ("搬迁", "2026-03-01")


@pytest.fixture
def gate(tmp_path):
    path = tmp_path / "门牌.jpg"
    path.write_bytes(picture())
    return path


@pytest.fixture
def notice(tmp_path):
    path = tmp_path / "注销通知.pdf"
    path.write_bytes(b"%PDF-1.4 notice")
    return path


def file_of(ctx, firm):
    return attachments.content(ctx, life_cycle.proof_file(ctx, firm))


def test_a_photo_or_a_paper_proves_a_state_and_its_words_are_the_caption(ctx, gate, notice, tmp_path):
    firm = add_firm(ctx)
    life_cycle.close(ctx, firm, "搬迁", "2026-02-28", "门牌照片", WHY, gate)
    assert file_of(ctx, firm) == clean_picture(picture())  # without the place in its metadata
    assert life_cycle.proof_file(ctx, firm).name == "青溪竹器厂的状态依据.jpg"
    life_cycle.close(ctx, firm, "注销", "2026-03-01", PROOF, WHY, notice)
    assert (state(ctx, firm), file_of(ctx, firm)) == (("注销", "2026-03-01", PROOF), notice.read_bytes())
    attachments.write_out(ctx, life_cycle.proof_file(ctx, firm), tmp_path / "copy.pdf")
    assert (tmp_path / "copy.pdf").read_bytes() == notice.read_bytes()
    assert life_cycle.close(ctx, firm, "注销", "2026-03-01", PROOF, WHY) is Change.NOTHING
    entries.correct(ctx, firm, {"status": "在业"}, "复工")
    with pytest.raises(UserError, match="没有依据附件"):
        life_cycle.proof_file(ctx, firm)


def test_a_file_that_proves_nothing_is_told_with_all_that_is_missing_and_not_kept(ctx, tmp_path):
    firm, words = add_firm(ctx), tmp_path / "说明.txt"
    words.write_text("已搬走", encoding="utf-8")
    for file in (words, tmp_path / "没有.jpg", tmp_path):
        with pytest.raises(ProblemsError) as caught:
            life_cycle.close(ctx, firm, "搬迁", "2026-02-28", "", WHY, file)
        assert [each.field for each in caught.value.problems] == ["status_proof", "file"]
    assert state(ctx, firm) == ("在业", "", "")
    assert not [each for each in (ctx.folder / "blobs").rglob("*") if each.is_file()]


def test_the_photo_of_the_closed_gate_proves_the_state_that_the_visit_suggests(ctx, gate):
    firm = add_firm(ctx)
    visit = visit_of(ctx, firm, "2026-03-02")
    photos.attach_photo(ctx, visit, "", gate)
    conduct.end_without_checklist(ctx, visit, Ending("moved", "门牌或厂区照片", "已搬空"))
    finalize(ctx, visit)
    life_cycle.accept(ctx, firm)
    assert file_of(ctx, firm) == clean_picture(picture())


def test_no_photo_proves_the_state_of_an_employer_that_handles_state_secrets(ctx, gate):
    firm = add_firm(ctx)
    entries.correct(ctx, firm, {"state_secrets": "是"}, "保密部门通知")
    with pytest.raises(ProblemsError) as caught:
        life_cycle.close(ctx, firm, "搬迁", "2026-02-28", "门牌照片", WHY, gate)
    assert "涉密单位" in caught.value.problems[0].found


def test_the_file_goes_up_to_the_county_and_with_a_transfer_to_the_new_town(tmp_path, gate):
    with copied_world(tmp_path / "world", TOWNS[:2]) as world:
        firm = entries.add(world.town, {"name": "青溪竹器厂"})
        life_cycle.close(world.town, firm, "停业", "2026-03-01", "门牌照片", WHY, gate)
        transfer.offer(world.town, firm, TOWNS[1][0], WHY)
        pass_on(world, world.town, world.county)
        transfer.pass_on(world.county, firm)
        pass_on(world, world.county, *world.towns)
        for ctx in (world.county, *world.towns):
            assert file_of(ctx, firm) == clean_picture(picture())
