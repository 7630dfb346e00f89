"""The papers of a record of 60 answers, 6 photos and 3 signatures drawn warm, against the same put on pages by hand."""

from collections.abc import Iterator

from benchmarks.pdf_floor import draw, sample
from benchmarks.rounds import Figure, interleaved, ratio, right
from benchmarks.scale import Scale
from tests.unit.reports.sample_record import papers

ROUNDS = 25
GOALS = ("record of 60 answers, 6 photos, 3 signatures, warm",)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figure of this row."""
    record, strokes, photos = sample(1)
    times = interleaved(
        {
            "floor": lambda _: draw(record, strokes, photos),
            "ohdesk": lambda _: papers(record, *strokes, photos=photos),
        },
        ROUNDS if scale.rounds > 1 else 2,
    )
    pdf = papers(record, *strokes, photos=photos)["photo_page"].pdf
    right(all(photo in pdf for photo in photos.values()), "every photo stands on the page of photos byte for byte")
    yield ratio(GOALS[0], times)
