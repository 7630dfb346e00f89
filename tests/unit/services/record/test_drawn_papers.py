"""Whose PDFs are drawn in this process: our own, and those in which a child process found nothing wrong."""

import pytest

from ohdesk.domain.record import SignedIn, Verification
from ohdesk.services.record.verdicts import Known
from ohdesk.services.record.views import OpenRecord, Paper


def opened(paper: Paper, *, own: bool) -> OpenRecord:
    return OpenRecord(
        visit="", number="", name="", record_sha256="", finalized_at="", own=own, papers=(paper,), amendments=(),
        awaited=(), withheld=(), signed_in=SignedIn.ELECTRONIC,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verified", "drawn"),
    [
        (Verification.GOOD, True),
        (Verification.UNCHECKED, True),
        (Verification.WAITING, False),
        (Verification.BAD, False),
    ],
)
def test_the_pdf_of_another_office_is_drawn_once_nothing_was_found_wrong_with_it(verified, drawn):
    paper = Paper("", "", "", "0" * 64, Known(verified), b"%PDF")
    assert opened(paper, own=False).is_drawn(paper) is drawn
    assert opened(paper, own=True).is_drawn(paper)


def test_a_paper_that_is_lost_is_never_drawn():
    paper = Paper("", "", "", "0" * 64, Known(Verification.GOOD), b"", "lost")
    assert not opened(paper, own=True).is_drawn(paper)
