"""The paper that announces a frozen draw (冻结确认单): its fingerprint, before anybody knows the seed."""

from dataclasses import dataclass
from datetime import datetime

from ohdesk.domain.calendar import printed_minute
from ohdesk.domain.draw.drawing import VERSION
from ohdesk.reports import fonts
from ohdesk.reports.draw_frame import Running, counted, in_groups, labelled, opened, painted, signatures, wording
from ohdesk.reports.styles import BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentPaper:
    """What is printed and signed when a draw is frozen, before there is a seed; counts of firms and persons."""

    office: str
    plan: str
    number: int
    commit: str
    pool_sha256: str
    frozen_at: datetime
    seed_source: str
    taking_part: int
    left_out: int
    inspectors: int


def render_commitment(paper: CommitmentPaper) -> bytes:
    """Return the PDF that announces a frozen draw's fingerprint, for two people to sign."""
    words = wording()
    title = words["commitment_title"]
    fonts.refuse_missing_glyphs((paper.plan, text) for text in (paper.office, paper.plan, paper.seed_source))
    pages = opened(paper.office, title, paper.plan, paper.number)
    rows = [
        ("frozen_at", printed_minute(paper.frozen_at)),
        ("taking_part", counted("firms", paper.taking_part)),
        ("excluded", counted("firms", paper.left_out)),
        ("people", counted("people", paper.inspectors)),
        ("seed_source", paper.seed_source),
        ("commit", in_groups(paper.commit)),
        ("pool_sha256", in_groups(paper.pool_sha256)),
        ("version", VERSION),
    ]
    labelled(pages, rows)
    pages.skip(6)
    pages.paragraph(words["words"]["announced"], BODY)
    signatures(pages, ("operator", "witness"))
    return painted(pages, Running(paper.office, paper.plan, paper.number, paper.commit), title)
