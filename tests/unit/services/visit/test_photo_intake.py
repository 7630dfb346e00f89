"""A folder of photos at once, and putting them in order before the visit is signed."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from ohdesk.domain.photo_time import Moment
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.visit import photo_intake, photo_order
from ohdesk.services.visit.filling import save_answer
from ohdesk.services.visit.photo_order import Particulars
from ohdesk.services.visit.photos import attach_photo, photo_bytes
from tests.conftest import NOON
from tests.unit.services.pictures.odd_pictures import saved, scene
from tests.visiting import picture, started_visit

COLOURS = [f"#{step * 3:02x}40{255 - step * 5:02x}" for step in range(40)]


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def at(ctx, minutes):
    return replace(ctx, now=lambda: NOON + timedelta(minutes=minutes))


def shot(minute, colour="teal", hour=12):
    return picture(colour, shot_at=f"2026:03:02 {hour:02}:{minute:02}:00")


def taken(ctx, visit, folder):
    return photo_intake.take_in(ctx, visit, photo_intake.files_in(folder))


def captions(ctx, visit):
    return [each.line.caption for each in photo_order.view(ctx, visit).photos]


def test_of_forty_files_three_are_bad_and_thirty_seven_are_in_with_the_three_named(ctx, visit, tmp_path):
    for number, colour in enumerate(COLOURS, 1):
        (tmp_path / f"IMG_{number}.jpg").write_bytes(picture(colour))
    for number, content in ((3, b""), (10, b"not a picture"), (40, picture()[:300])):
        (tmp_path / f"IMG_{number}.jpg").write_bytes(content)
    (tmp_path / "IMG_5.jpg").write_bytes(saved(scene()))  # a PNG by what stands in it
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "Thumbs.db").write_bytes(b"")
    became = taken(ctx, visit, tmp_path)
    assert [each.file for each in became.refused] == ["IMG_3.jpg", "IMG_10.jpg", "IMG_40.jpg"]
    assert all(each.reason and each.remedy for each in became.refused)
    good = [number for number in range(1, 41) if number not in {3, 10, 40}]
    assert [(each.file, each.number) for each in became.taken] == [
        (f"IMG_{number}.jpg", place) for place, number in enumerate(good, 1)
    ]
    assert became.taken[0].sha256 == sha256((tmp_path / "IMG_1.jpg").read_bytes()).hexdigest()
    held = photo_order.view(ctx, visit).photos
    assert [each.file for each in held] == [each.file for each in became.taken]
    assert all(photo_bytes(ctx, each.line) for each in held)


def test_the_same_folder_again_changes_nothing(ctx, visit, tmp_path):
    for number, colour in enumerate(COLOURS[:3]):
        (tmp_path / f"{number}.jpg").write_bytes(picture(colour))
    assert taken(ctx, visit, tmp_path) == taken(ctx, visit, tmp_path)
    assert len(photo_order.view(ctx, visit).photos) == 3


def test_who_stops_it_in_the_middle_keeps_what_was_told(ctx, visit, tmp_path):
    class StoppedError(Exception):
        pass

    told = []

    def report(done, total):
        told.append(done)
        if done == 2:
            raise StoppedError

    for number, colour in enumerate(COLOURS[:6]):
        (tmp_path / f"{number}.jpg").write_bytes(picture(colour))
    with pytest.raises(StoppedError):
        photo_intake.take_in(ctx, visit, photo_intake.files_in(tmp_path), report=report)
    assert [each.file for each in photo_order.view(ctx, visit).photos] == ["0.jpg", "1.jpg"]


def test_each_photo_is_offered_to_what_was_answered_nearest_in_time_and_none_from_outside(ctx, visit):
    for minutes, question in ((5, "A01"), (20, "B01"), (40, "F03")):
        save_answer(at(ctx, minutes), visit, question, Answer(AnswerValue.MET))
    for minute, hour in ((18, 12), (39, 12), (50, 11), (30, 13)):
        attach_photo(ctx, visit, "", shot(minute, f"#0{minute}{hour}f0"[:7], hour))
    attach_photo(ctx, visit, "", picture("white"))
    seen = photo_order.view(at(ctx, 60), visit).photos
    assert [each.moment for each in seen] == [
        *(Moment.WITHIN, Moment.WITHIN, Moment.BEFORE, Moment.AFTER),
        Moment.UNKNOWN,
    ]
    assert [each.offers for each in seen] == [("B01", "A01", "F03"), ("F03", "B01", "A01"), (), (), ()]
    assert photo_order.settle_all(at(ctx, 60), visit) == 2
    assert [each.line.question for each in photo_order.view(ctx, visit).photos] == ["B01", "F03", "", "", ""]


def test_a_picture_of_the_laptops_clock_puts_all_times_of_its_telephone_right(ctx, visit):
    attach_photo(ctx, visit, "", shot(7, "red"))
    attach_photo(ctx, visit, "", shot(37, "blue"))
    attach_photo(ctx, visit, "", picture("white"))
    assert photo_order.correct_clock(ctx, visit, 1, "12:00:30") == 2
    later = attach_photo(ctx, visit, "", shot(57, "green"))
    lines = [each.line for each in photo_order.view(ctx, visit).photos]
    assert [line.taken_at for line in lines] == [
        *("2026-03-02T04:00:30Z", "2026-03-02T04:30:30Z"),
        *("", "2026-03-02T04:50:30Z"),
    ]
    assert later.clock_error == 390
    for wrong in ("", "25:00", "noon"):
        with pytest.raises(ProblemsError) as refused:
            photo_order.correct_clock(ctx, visit, 1, wrong)
        assert refused.value.problems[0].field == "shown"
    with pytest.raises(UserError):
        photo_order.correct_clock(ctx, visit, 3, "12:00:30")  # it says no time itself
    assert photo_order.correct_clock(ctx, visit, 1, "2026-03-01 12:07:00") == 3
    assert photo_order.view(ctx, visit).photos[0].line.taken_at == "2026-03-01T04:07:00Z"


def test_photos_are_captioned_moved_taken_away_and_brought_back_before_the_signing(ctx, visit):
    for number, word in enumerate("甲乙丙丁"):
        attach_photo(ctx, visit, "", picture(COLOURS[number]))
        photo_order.describe(ctx, visit, number + 1, Particulars(caption=word, place="车间", question="F03"))
    photo_order.move(ctx, visit, 4, 2)
    assert captions(ctx, visit) == ["甲", "丁", "乙", "丙"]
    photo_order.remove(ctx, visit, 1)
    photo_order.remove(ctx, visit, 2)
    assert captions(ctx, visit) == ["丁", "丙"]
    assert [each.line.number for each in photo_order.view(ctx, visit).photos] == [1, 2]
    assert photo_order.view(ctx, visit).removed == 2
    assert photo_order.restore(ctx, visit) == 2
    assert photo_order.restore(ctx, visit) == 1
    assert captions(ctx, visit) == ["甲", "丁", "乙", "丙"]
    assert {each.line.place for each in photo_order.view(ctx, visit).photos} == {"车间"}
    for wrong in (
        lambda: photo_order.restore(ctx, visit),
        lambda: photo_order.move(ctx, visit, 1, 5),
        lambda: photo_order.remove(ctx, visit, 9),
        lambda: photo_order.describe(ctx, visit, 1, Particulars(question="Z99")),
        lambda: photo_order.describe(ctx, visit, 1, Particulars(caption="长" * 2001)),
    ):
        with pytest.raises(UserError):
            wrong()
    assert captions(ctx, visit) == ["甲", "丁", "乙", "丙"]


def test_when_all_were_taken_away_the_next_photo_is_the_first(ctx, visit):
    attach_photo(ctx, visit, "", picture("red"))
    photo_order.remove(ctx, visit, 1)
    assert attach_photo(ctx, visit, "", picture("blue")).number == 1


@pytest.mark.parametrize("folder", ["gone", "empty", "file.jpg"])
def test_a_folder_without_anything_is_refused(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.jpg").write_bytes(picture())
    with pytest.raises(UserError):
        photo_intake.files_in(tmp_path / folder)
