"""Automatic backups are made, opened and rotated; when one fails it is said, and the work goes on."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ohdesk.db.models import BackupMade, Establishment
from ohdesk.errors import UserError
from ohdesk.services import blobs
from ohdesk.services.backup import automatic, by_hand, making
from ohdesk.services.backup.checking import Depth, by_password, check
from ohdesk.services.office import closing, restoring
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.roll import entries, importing
from tests.conftest import NOON, PASSWORD, noon, town_workspace

OPENS = by_password("李旸", PASSWORD)


def at(ctx, **later):
    return replace(ctx, now=lambda: NOON + timedelta(**later))


def here(ctx):
    return making.list_in(ctx.folder / "backups")


def photo(ctx):
    found = blobs.put(ctx, b"photo")
    with ctx.transaction() as session:
        blobs.note(session, found, 5)


def test_the_backup_of_the_day_is_made_once_and_opened(ctx):
    assert automatic.is_due(ctx)
    assert automatic.protection(ctx).days is None
    assert automatic.run(ctx).problems == ()
    assert not automatic.is_due(ctx)
    assert automatic.is_due(at(ctx, days=1))
    (made,) = here(ctx)
    assert automatic.checked(ctx) == {made.sha256: NOON}
    assert check(made.file, OPENS).problems == ()


def test_after_days_without_one_it_is_old(ctx):
    automatic.run(ctx)
    limit = automatic.backup_rules().attention_days
    assert not automatic.protection(at(ctx, days=limit)).is_old
    assert automatic.protection(at(ctx, days=limit + 1)).is_old


def test_the_oldest_go_and_what_a_person_made_stays(ctx):
    making.make(ctx, ctx.folder / "backups" / "mine.ohbak")
    for day in range(automatic.backup_rules().kept + 3):
        automatic.run(at(ctx, days=day))
    names = [backup.file.name for backup in here(ctx)]
    assert len(names) == automatic.backup_rules().kept + 1
    assert "mine.ohbak" in names
    assert "20260302T040000Z.ohbak" not in names


def test_a_second_place_holds_all_that_a_restore_needs(ctx, tmp_path):
    photo(ctx)
    stick = tmp_path / "stick"
    stick.mkdir()
    automatic.set_second(ctx, stick)
    assert automatic.run(ctx).second == stick
    (folder,) = stick.iterdir()
    (made,) = making.list_in(folder)
    assert restoring.restore(made.file, tmp_path / "new", OPENS).problems == ()


def test_a_second_place_that_is_gone_is_told_and_the_first_is_made(ctx, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    automatic.set_second(ctx, stick)
    stick.rmdir()
    assert str(stick) in automatic.run(ctx).problems[0]
    assert len(here(ctx)) == 1
    stick.mkdir()
    assert automatic.run(ctx).problems == ()


def test_the_second_place_is_not_inside_the_workspace(ctx):
    with pytest.raises(UserError, match="工作区里面"):
        automatic.set_second(ctx, ctx.folder / "backups")
    assert automatic.is_on_same_disk(ctx, ctx.folder.parent)


def test_before_an_import_what_was_there_is_kept(ctx, tmp_path):
    entries.add(ctx, {"name": "安泰机械厂", "address": "工业大道1号"})
    table = tmp_path / "list.csv"
    table.write_text("单位名称,地址\n永兴五金厂,工业大道2号\n", encoding="utf-8")
    importing.apply(ctx, importing.compare(ctx, importing.preview(table)))
    assert [backup.employers for backup in here(ctx)] == [1]
    entries.add(at(ctx, minutes=1), {"name": "宏达家具厂", "address": "工业大道3号"})
    automatic.before(at(ctx, minutes=1))
    assert len(here(ctx)) == 1
    automatic.before(at(ctx, minutes=31))
    assert [backup.employers for backup in here(ctx)] == [3, 1]


def test_under_a_clock_of_another_age_no_backup_is_made_and_the_import_goes_on(ctx):
    automatic.before(replace(ctx, now=lambda: NOON.replace(year=9998)))
    assert here(ctx) == []
    assert "9998" in automatic.protection(ctx).problems[0]


def test_a_backup_that_fails_stops_no_import(ctx, tmp_path):
    backups = ctx.folder / "backups"
    backups.rmdir()
    backups.write_text("no folder", encoding="utf-8")
    table = tmp_path / "list.csv"
    table.write_text("单位名称,地址\n永兴五金厂,工业大道2号\n", encoding="utf-8")
    importing.apply(ctx, importing.compare(ctx, importing.preview(table)))
    assert entries.count_rows(ctx) == 1
    assert len(automatic.protection(ctx).problems) == 1


def depths(ctx):
    with ctx.reading() as session:
        return list(session.scalars(select(BackupMade.depth).order_by(BackupMade.made_at, BackupMade.file)))


def test_every_backup_is_opened_for_real_in_each_place_once(ctx, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    automatic.set_second(ctx, stick)
    for day in range(2):
        automatic.run(at(ctx, days=day))
    assert depths(ctx) == [Depth.QUICK] * 4
    assert automatic.verify(ctx).problems == ()
    # The newest of each place to the last attachment, which is enough for some days.
    assert sorted(depths(ctx)) == [Depth.DAILY, Depth.DAILY, Depth.ALL, Depth.ALL]
    for backup in here(ctx):
        backup.file.write_bytes(b"nobody looks at it again")
    assert automatic.verify(ctx).problems == ()


def test_after_the_days_of_the_rules_every_attachment_is_read_again(ctx):
    photo(ctx)
    automatic.run(ctx)
    automatic.verify(ctx)
    for path in (ctx.folder / "blobs").rglob("*"):
        if path.is_file():
            path.write_bytes(b"rot")
    later = at(ctx, days=1)
    automatic.run(later)
    assert automatic.verify(later).problems == ()
    later = at(ctx, days=automatic.backup_rules().whole_days)
    automatic.run(later)
    assert "附件" in automatic.verify(later).problems[0]


def test_a_verification_that_is_given_up_goes_on_where_it_stopped(ctx):
    entries.add(ctx, {"name": "安泰机械厂", "address": "工业大道1号"})
    for day in range(2):
        automatic.run(at(ctx, days=day))

    def give_up(_done, _total):
        if Depth.ALL in depths(ctx):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        automatic.verify(ctx, give_up)
    assert depths(ctx) == [Depth.QUICK, Depth.ALL]
    automatic.verify(ctx)
    assert depths(ctx) == [Depth.DAILY, Depth.ALL]


def test_a_backup_another_was_renamed_over_is_told(ctx):
    for day in range(2):
        automatic.run(at(ctx, days=day))
    newest, older = (backup.file for backup in here(ctx))
    shutil.copyfile(older, newest)
    (problem,) = automatic.verify(ctx).problems
    assert newest.name in problem
    assert "替换" in problem


def test_one_made_before_the_key_changed_is_no_fault(tmp_path):
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as before:
        automatic.run(before)
        closing.renew_code(before, closing.new_code())
    with open_workspace(folder, "李旸", PASSWORD, noon) as again:
        assert automatic.verify(again).problems == ()


def test_looking_at_an_old_backup_makes_none_of_today(ctx, tmp_path):
    old = making.make(ctx, tmp_path / "old.ohbak").file
    later = at(ctx, days=100)
    assert by_hand.open_again(later, old).problems == ()
    assert automatic.protection(later).days == 100
    damaged = bytearray(old.read_bytes())
    damaged[-100] ^= 1
    old.write_bytes(damaged)
    assert by_hand.open_again(later, old).problems != ()
    assert automatic.protection(later).days == 100


def test_a_backup_whose_tables_do_not_follow_from_its_journal_is_noted(ctx):
    entries.add(ctx, {"name": "安泰机械厂", "address": "工业大道1号"})
    automatic.run(ctx)
    assert automatic.verify(ctx).problems == ()
    with ctx.transaction() as session:
        session.execute(update(Establishment).values(name="改过的厂"))
    automatic.run(at(ctx, days=1))
    assert "establishment" in automatic.verify(ctx).problems[0]
