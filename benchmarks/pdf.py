"""A record of 60 answers, 6 photos and 3 signatures drawn warm, against the same put on four pages by hand."""

from benchmarks.pdf_floor import draw, sample
from benchmarks.rounds import Row, interleaved
from ohdesk.domain.canonical import fingerprint
from ohdesk.reports.inspection_record import render

ROUNDS = 25
GOAL = 3.0


def measure() -> list[Row]:
    """Return the figure of this benchmark."""
    record, strokes, photos = sample(1)
    digest = fingerprint(record)
    times = interleaved(
        {
            "floor": lambda _: draw(record, strokes, photos),
            "ohdesk": lambda _: render(record, digest, strokes, photos),
        },
        ROUNDS,
    )
    return [Row("record of 60 answers, 6 photos, 3 signatures, warm", times["ohdesk"], times["floor"], GOAL)]
