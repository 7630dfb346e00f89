"""Promise: a photo that was acknowledged while a folder is taken in survives the death of the program."""

import random
from contextlib import suppress

from ohdesk.db.engine import integrity_problems
from ohdesk.services import blobs
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit import photo_intake, photo_order
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.apart import begun, kill
from tests.promises.intake_worker import take_in
from tests.visiting import picture, started_visit

KILLS, PHOTOS = 5, 12
OWNER = ("李旸", PASSWORD)


def test_no_acknowledged_photo_is_lost_and_going_on_takes_each_once(tmp_path):
    chance = random.Random(20260302)  # noqa: S311 - where to kill
    folder, photos = town_workspace(tmp_path / "town"), tmp_path / "photos"
    photos.mkdir()
    for number in range(PHOTOS):
        (photos / f"{number}.jpg").write_bytes(picture(f"#{number * 20:02x}40c0", (640, 480)))
    with open_workspace(folder, *OWNER, noon) as ctx:
        visit = started_visit(ctx)
    for _ in range(KILLS):
        worker, told = begun(take_in, folder, *OWNER, visit, photos)
        acknowledged = 0
        with suppress(EOFError):
            for _ in range(chance.randrange(1, PHOTOS)):
                acknowledged = told.recv()
        kill(worker)
        with suppress(EOFError):  # what it still told before it died was acknowledged too
            while True:
                acknowledged = told.recv()
        with open_workspace(folder, *OWNER, noon) as ctx:
            assert integrity_problems(ctx.engine) == []
            held = [each.line for each in photo_order.view(ctx, visit).photos]
            assert len(held) >= acknowledged
            assert all(blobs.is_sound(ctx, line.sha256) and blobs.is_sound(ctx, line.original_sha256) for line in held)
    with open_workspace(folder, *OWNER, noon) as ctx:
        taken = photo_intake.take_in(ctx, visit, photo_intake.files_in(photos)).taken
        assert [each.file for each in taken] == [f"{number}.jpg" for number in range(PHOTOS)]
        assert sorted(each.file for each in photo_order.view(ctx, visit).photos) == sorted(each.file for each in taken)
