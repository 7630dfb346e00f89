"""A 笔录 of the register, signed in ink and taken back; what was sealed later is attached."""

import random

import pytest

from ohdesk.domain.paper_life import PaperState
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.paper import ink, life
from ohdesk.services.paper.entries import paper_entry
from ohdesk.services.paper.export import paper_file
from ohdesk.services.paper.subject import Subject
from tests.printed import pages_of
from tests.scanned import Shot, photographed, printed
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import INQUIRY


def photos(folder, pdf, angle):
    for page in range(1, len(pages_of(pdf)) + 1):
        picture = photographed(printed(pdf, page, 150), Shot(angle=angle, pixels=3_000_000), random.Random(page))  # noqa: S311
        (folder / f"{angle}-{page}.jpg").write_bytes(picture)
        yield folder / f"{angle}-{page}.jpg"


def test_a_note_is_made_signed_in_ink_and_taken_back_and_of_another_paper_nothing_is_taken(tmp_path):
    world = record_world.filled(tmp_path / "town")
    with world.opened() as ctx:
        inquiry, other = (life.new_paper(ctx, "inquiry", Subject(visit=world.visit), INQUIRY) for _ in range(2))
        with pytest.raises(UserError, match="定稿打印"):
            ink.take_back(ctx, inquiry, [tmp_path / "any.jpg"])
        number = life.make(ctx, inquiry)
        assert life.make(ctx, other) != number
        assert "草稿" not in "".join(pages_of(paper_file(ctx, inquiry).pdf))
        foreign = list(photos(tmp_path, paper_file(ctx, other).pdf, 2))
        with pytest.raises(ProblemsError):
            ink.take_back(ctx, inquiry, foreign)
        ink.take_back(ctx, inquiry, list(photos(tmp_path, paper_file(ctx, inquiry).pdf, 181)))
        with ctx.reading() as session:
            entry = paper_entry(session, inquiry)
        assert (entry.state, len(entry.files("scans"))) == (PaperState.SIGNED, 2)
