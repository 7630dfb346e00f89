"""A record signed in ink: printed with its number, taken back from pictures, signed over by both inspectors."""

import random

import pytest

from ohdesk.domain.facts import Verdict
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.office import powers
from ohdesk.services.record import composing, ink, verification, views
from ohdesk.services.register import entries
from ohdesk.services.visit import photos
from tests import rectifying
from tests.conftest import numbered
from tests.printed import pages_of
from tests.scanned import Shot, photographed, printed
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World, party, picture, second
from tests.visiting import POWER, add_firm

FLAT = Shot(angle=3, pixels=3_000_000)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    return record_world.filled(tmp_path_factory.mktemp("template") / "town")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


def photographs(folder, *pdfs):
    """Photos of every page of these papers, askew, in any order."""
    folder.mkdir()
    sheets = [printed(pdf, page, 150) for pdf in pdfs for page in range(1, len(pages_of(pdf)) + 1)]
    chance, files = random.Random(1), []  # noqa: S311
    for number, sheet in enumerate(sheets):
        files.append(folder / f"{number}.jpg")
        files[-1].write_bytes(photographed(sheet, FLAT, chance))
    chance.shuffle(files)
    return files


def test_photos_of_the_signed_papers_make_the_record_final_under_both_certificates(world, tmp_path):
    with world.opened() as ctx:
        copies = ink.fair_copies(ctx, world.visit, party())
        text = "".join(pages_of(copies.papers[0].pdf))
        assert "草稿" not in text
        assert "证书电子签名" not in text
        assert copies.copy.number in text
        files = photographs(tmp_path / "in", *(paper.pdf for paper in copies.papers))
        with pytest.raises(ProblemsError, match="没有归入"):
            ink.finalize_in_ink(ctx, world.visit, files[1:], second())
        assert not views.is_final(ctx, world.visit)
        final = ink.finalize_in_ink(ctx, world.visit, files, second())
        assert final.number == copies.copy.number
        papers = views.open_record(ctx, world.visit).papers
        assert len(papers) == len(copies.papers)
        for paper in papers:
            path = views.export(paper, tmp_path)
            report = verification.verify_file(path, (), ctx)
            assert report.is_good, [fact for fact in report.facts if fact.verdict is Verdict.FAILS]
            # One byte of the picture, and it is no longer what both signed.
            data = bytearray(path.read_bytes())
            data[data.index(b"\xff\xd8\xff") + 400] ^= 1
            path.write_bytes(data)
            assert not verification.verify_file(path, (), ctx).is_good


def test_what_was_changed_after_printing_is_not_made_final(world, tmp_path):
    with world.opened() as ctx:
        first = ink.fair_copies(ctx, world.visit, party())
        again = ink.fair_copies(rectifying.on(ctx, "2026-03-03"), world.visit, party())
        assert again.copy == first.copy  # the same papers, as of when they were first printed
        photos.attach_photo(ctx, world.visit, "", picture(), photos.Caption(text="后来的照片"))
        with pytest.raises(UserError, match="打印之后"):
            ink.finalize_in_ink(ctx, world.visit, [tmp_path / "any.jpg"], second())
        assert "打印之后" in ink.awaited(ctx, world.visit).outdated
        third = ink.fair_copies(rectifying.on(ctx, "2026-03-03"), world.visit, party())
        assert (third.voids, third.copy.is_late) == (True, True)


def test_ink_is_usual_until_the_county_consents_in_writing_and_again_when_that_ends(world):
    with world.opened("李旸") as ctx:
        assert ink.is_usual(ctx)
        consent = {"kind": "electronic", "title": "同意函", "valid_from": "2026-03-02", "valid_to": "2026-03-02"}
        entries.add(ctx, "county_papers", consent)
        assert not ink.is_usual(ctx)
        assert ink.is_usual(rectifying.on(ctx, "2026-03-03"))


def test_a_number_that_stands_on_paper_is_given_to_no_other_record(world):
    with world.opened("李旸") as ctx:
        powers.add_power(ctx, POWER)
    with world.opened() as ctx:
        kept = ink.fair_copies(ctx, world.visit, party()).copy.number
        assert composing.compose(ctx, world.visit).record.number == kept == numbered(ctx, 1)
        other = rectifying.visit_of(ctx, add_firm(ctx), "2026-03-02")
        assert composing.compose(ctx, other).record.number == numbered(ctx, 2)
