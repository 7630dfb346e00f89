"""涉密单位: of an employer that the roll says handles state secrets no photo is kept and no file is written."""

import pytest
from openpyxl import load_workbook

from ohdesk.db.models import Photo
from ohdesk.errors import UserError
from ohdesk.services.draw import pool
from ohdesk.services.draw.plan import DrawPlan, StratumPlan
from ohdesk.services.finding import follow_up
from ohdesk.services.list_query import ListQuery
from ohdesk.services.register import attachments
from ohdesk.services.register import entries as books
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.register.export import export_book
from ohdesk.services.roll import entries, importing, merging
from ohdesk.services.roll.export import export_roll
from ohdesk.services.visit import answer_file, photos
from tests.rectifying import found, visit_of
from tests.unit.services.exchange.bundle_world import copied_world, pass_on
from tests.visiting import add_firm, picture

TRAINED = {"held_on": "2026-03-01", "whom": "during"}


def guard(ctx, firm, said="是"):
    entries.correct(ctx, firm, {"state_secrets": said}, "保密部门通知")


def names(path):
    sheet = load_workbook(path).active
    return {cell for row in sheet.iter_rows(min_row=2, values_only=True) for cell in row}


@pytest.fixture
def firm(ctx):
    return add_firm(ctx, "岚石精密厂")


def test_no_photo_is_taken_announced_or_brought_in_and_nothing_is_stored(ctx, firm, tmp_path):
    visit = visit_of(ctx, firm, "2026-03-02")
    earlier = photos.announce_photo(ctx, visit, "D01")
    guard(ctx, firm)
    answers = tmp_path / "answers.json"
    answers.write_text('{"D01": {"value": "met", "photos": ["a.jpg"]}}', encoding="utf-8")
    (tmp_path / "a.jpg").write_bytes(picture())
    for act in (
        lambda: photos.attach_photo(ctx, visit, "D01", picture()),
        lambda: photos.announce_photo(ctx, visit, "D01"),
        lambda: photos.bring_in_photo(ctx, visit, earlier.number, picture()),
        lambda: answer_file.fill_from_file(ctx, visit, answers),
    ):
        with pytest.raises(UserError, match="涉密单位") as refused:
            act()
        assert "更正" in refused.value.remedy
    with ctx.reading() as session:
        assert [each.sha256 for each in session.query(Photo)] == [""]
    guard(ctx, firm, "否")
    assert photos.attach_photo(ctx, visit, "D01", picture()).sha256


def test_lists_are_written_without_it_and_say_how_many_rows_are_left_out(ctx, firm, tmp_path):
    other = add_firm(ctx)
    for each in (firm, other):
        books.add(ctx, "firm_training", TRAINED, each)
        found(ctx, "2026-03-02", each)
    guard(ctx, firm)
    target = tmp_path / "out.xlsx"
    for write in (
        lambda: export_roll(ctx, target),
        lambda: export_book(ctx, "firm_training", target, EntryQuery(), private=True),
        lambda: follow_up.export(ctx, follow_up.rectifications(ctx, ListQuery()), target),
    ):
        written = write()
        assert (written.count, written.guarded) == (1, 1)
        assert "涉密单位的 1 行" in "".join(written.notes)
        assert "岚石精密厂" not in names(target)
        assert "青溪竹器厂" in names(target)


def test_what_is_merged_with_it_is_the_same_employer(ctx, firm, tmp_path):
    other = add_firm(ctx)
    guard(ctx, other)
    merging.merge(ctx, firm, other, "同一张执照")
    assert export_roll(ctx, tmp_path / "roll.xlsx").guarded == 1


def test_while_two_offices_say_different_things_it_counts_as_one(tmp_path):
    with copied_world(tmp_path / "world") as world:
        firm = add_firm(world.town)
        guard(world.town, firm, "否")
        pass_on(world, world.town, world.county)
        for ctx, said in ((world.town, "是"), (world.county, "")):
            guard(ctx, firm, said)
        pass_on(world, world.town, world.county)
        assert export_roll(world.county, tmp_path / "roll.xlsx").guarded == 1


def test_a_list_from_outside_says_who_is_one(ctx, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("单位名称,是否涉密\n岚石精密厂,是\n青溪竹器厂,否\n", encoding="utf-8")
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    assert export_roll(ctx, tmp_path / "roll.xlsx").guarded == 1


def test_in_a_draw_it_stands_by_its_number_and_not_by_its_name(ctx, firm):
    guard(ctx, firm)
    every = (StratumPlan(code="all", num=1, den=1),)
    plan = DrawPlan(plan="P1", title="抽查", seed_source="骰子", strata=every, team=2, cap=9, slack=1)
    with ctx.reading() as session:
        (one,) = pool.settle(ctx, session, plan).firms
    assert (one.publishable, one.name, one.reason) == (False, "岚石精密厂", "")


def test_no_picture_is_put_to_an_entry_about_it_and_no_file_of_one_is_written_out(ctx, firm, tmp_path):
    letter, photo = tmp_path / "来函.pdf", tmp_path / "a.jpg"
    letter.write_bytes(b"%PDF-1.4 letter")
    photo.write_bytes(picture())
    entry = books.add(ctx, "firm_training", TRAINED, firm)
    attachments.attach(ctx, entry, "", [letter])
    guard(ctx, firm)
    with pytest.raises(UserError, match="照片"):
        attachments.attach(ctx, entry, "", [photo])
    (one,) = attachments.attached(ctx, entry)
    with pytest.raises(UserError, match="不导出"):
        attachments.write_out(ctx, one, tmp_path / "copy.pdf")
    assert not (tmp_path / "copy.pdf").exists()
