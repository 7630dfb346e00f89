"""A record of 60 answers, 6 photos and 3 signatures drawn warm, against the same put on four pages by hand."""

from collections.abc import Iterator

from benchmarks.pdf_floor import draw, sample
from benchmarks.rounds import Figure, interleaved, ratio, right
from benchmarks.scale import Scale
from ohdesk.domain.canonical import fingerprint
from ohdesk.reports.inspection_record import render

ROUNDS = 25
GOALS = ("record of 60 answers, 6 photos, 3 signatures, warm",)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figure of this row."""
    record, strokes, photos = sample(1)
    digest = fingerprint(record)
    times = interleaved(
        {
            "floor": lambda _: draw(record, strokes, photos),
            "ohdesk": lambda _: render(record, digest, strokes, photos),
        },
        ROUNDS if scale.rounds > 1 else 2,
    )
    pdf = render(record, digest, strokes, photos).pdf
    right(all(photo in pdf for photo in photos.values()), "every photo stands in the record byte for byte")
    yield ratio(GOALS[0], times)
