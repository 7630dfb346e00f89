"""A folder of telephone photos taken in, against reading, hashing, decoding, encrypting and writing them."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from benchmarks.autosave import started_visit
from benchmarks.rounds import Figure, interleaved, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.files import write_durably
from ohdesk.security import vault
from ohdesk.services.visit import photo_intake

GOALS = ("200 phone photos of 4 MB taken in",)
PHOTOS = 200
SIZE, QUALITY = (4000, 3000), 72
CORES = 2


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figure of this row, on a disk folder of this checkout."""
    rounds = 3 if scale.rounds > 1 else 1
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name, ExitStack() as stack:
        home = Path(name)
        files = _photos(home / "phone", PHOTOS if scale.large else min(8, scale.photos))
        # A visit for each round: what one has already is not taken in again.
        opened = [stack.enter_context(started_visit(home / f"town-{number}")) for number in range(rounds + 1)]
        pool = stack.enter_context(ProcessPoolExecutor(CORES))
        list(pool.map(abs, range(CORES)))  # started before it counts

        def floor(number: int) -> None:
            place = home / f"floor-{number}"
            place.mkdir()
            list(pool.map(_least, [files[start::CORES] for start in range(CORES)], [place] * CORES))

        def take_in(number: int) -> None:
            became = photo_intake.take_in(*opened[number], files)
            right([each.file for each in became.taken] == [file.name for file in files], "all photos are taken in")

        times = interleaved({"floor": floor, "ohdesk": take_in}, rounds, os.sync)
    yield ratio(GOALS[0], times)


def _least(files: Sequence[Path], place: Path) -> None:
    """Read, hash, decode, encrypt and write: what nobody gets round who shows a photo and keeps it."""
    key = vault.new_key()
    for file in files:
        content = file.read_bytes()
        digest = sha256(content).hexdigest()
        with Image.open(BytesIO(content)) as picture:
            picture.load()
        write_durably(place / digest, vault.seal_blob(key, digest, content))


def _photos(folder: Path, many: int) -> list[Path]:
    """Write photos of some 4 MB: the same picture, each with a comment of its own, so that each is another file."""
    folder.mkdir()
    grain = Image.effect_noise(SIZE, 60)
    picture = Image.merge("RGB", (grain, Image.linear_gradient("L").resize(SIZE), grain.rotate(180)))
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    content = out.getvalue()
    made = [folder / f"IMG_{number:04}.jpg" for number in range(many)]
    for number, file in enumerate(made):
        comment = f"{number:04}".encode()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment
        file.write_bytes(content[:2] + segment + content[2:])
    return made
