"""Photos announced in a signed record come later, on a page signed by the same inspectors and bound by hash."""

import re
import subprocess

import pytest
from sqlalchemy import select

from ohdesk.db.models import OperationRow, RecordPaper
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.canonical import parse
from ohdesk.domain.facts import Verdict
from ohdesk.errors import UserError
from ohdesk.services import blobs
from ohdesk.services.record import finalizing, photo_pages, signing, verification, views
from ohdesk.services.visit import photos
from tests.conftest import numbered
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import SECOND, World, picture, second


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    return record_world.awaiting_photos(tmp_path_factory.mktemp("template") / "town")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


def test_a_page_binds_the_photo_to_the_record_and_verifies(world, tmp_path):
    with world.opened() as ctx:
        photos.bring_in_photo(ctx, world.visit, 2, picture())
        page = photo_pages.add_photo_page(ctx, world.visit, second())
        assert (page.number, page.photos) == (f"{numbered(ctx, 1)}-2", (2,))
        path = views.export(views.open_record(ctx, world.visit).papers[-1], tmp_path)
        report = verification.verify_file(path, (), ctx)
        assert report.is_good
        assert {fact.key for fact in report.facts if fact.verdict is Verdict.HOLDS} >= {
            "photo_page",
            "journal",
            "names",
        }
        final = finalizing.final_record(ctx, world.visit)
        with ctx.reading() as session:
            row = session.scalars(select(RecordPaper).where(RecordPaper.later)).one()
            assert content_of(session, row)["record"]["record_pdf_sha256"] == final.pdf_sha256
            last = session.scalars(select(OperationRow.body).order_by(OperationRow.seq.desc())).first()
        assert len(parse(last)["blobs"]) == 2
    text = re.sub(r"\s+", "", subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode())
    assert "照片说明页" in text
    assert final.record_sha256 in text
    assert final.pdf_sha256 in text
    assert "配电房" in text
    assert "喷漆房" not in text


def test_each_photo_stands_on_one_page_only(world):
    with world.opened() as ctx:
        assert photo_pages.awaited_photos(ctx, world.visit) == (1, 2)
        photos.bring_in_photo(ctx, world.visit, 1, picture())
        photo_pages.add_photo_page(ctx, world.visit, second())
        assert photo_pages.awaited_photos(ctx, world.visit) == (2,)
        with pytest.raises(UserError, match="没有可以补入的照片"):
            photo_pages.add_photo_page(ctx, world.visit, second())
        photos.bring_in_photo(ctx, world.visit, 2, picture(40))
        assert photo_pages.add_photo_page(ctx, world.visit, second()).number == f"{numbered(ctx, 1)}-3"


def test_the_record_itself_stays_as_it_was_signed(world):
    with world.opened() as ctx:
        before = views.open_record(ctx, world.visit).papers[0], finalizing.final_record(ctx, world.visit)
        photos.bring_in_photo(ctx, world.visit, 1, picture())
        photo_pages.add_photo_page(ctx, world.visit, second())
        assert (views.open_record(ctx, world.visit).papers[0], finalizing.final_record(ctx, world.visit)) == before


def test_lost_bytes_or_a_wrong_password_add_no_page(world):
    with world.opened() as ctx:
        view = photos.bring_in_photo(ctx, world.visit, 1, picture())
        with pytest.raises(UserError, match="密码不正确"):
            photo_pages.add_photo_page(ctx, world.visit, signing.SecondSigner(SECOND, "wrong"))
        blobs.forget(ctx, view.sha256)
        with pytest.raises(UserError) as refused:
            photo_pages.add_photo_page(ctx, world.visit, second())
        assert "照片 1" in refused.value.message
        assert photo_pages.awaited_photos(ctx, world.visit) == (1, 2)
