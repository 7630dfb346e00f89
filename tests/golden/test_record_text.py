"""The text of the papers of a reference record, page by page, as another program reads it.

After a deliberate change of layout or wording: `python -m tests.golden.test_record_text`, and read the difference.
Whoever verifies a record draws it again: so the edition of the drawing (`reports.edition`) is raised with it, and
also when a library that draws is replaced by one that draws otherwise.
"""

import re
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf

from ohdesk.reports.edition import RENDERER
from tests.unit.reports import sample_record as sample

GOLDEN = Path(__file__).with_name("inspection_record.txt")
# By edition: SHA-256 over everything drawn on the pages, and over the fonts that draw it.
DRAWN = {"1": "825a3ccc9b4c513f8485c0a43203f99ae534852a4b0f376836a3755fb78ee2ed"}


def reference() -> list[bytes]:
    """The PDFs of the reference record."""
    record = sample.record()
    return [paper.pdf for paper in sample.papers(record, sample.ink("party", "䶮安", record)).values()]


def text() -> str:
    """Every line of every page, runs of spaces taken as one."""
    command = ["pdftotext", "-raw", "-", "-"]
    told = "".join(
        subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode() for pdf in reference()
    )
    pages = [
        "\n".join(re.sub(r"\s+", " ", line).strip() for line in page.splitlines() if line.strip())
        for page in told.split("\f")[:-1]
    ]
    return "\n\n---- page ----\n\n".join(pages) + "\n"


def test_the_reference_record_reads_as_it_did():
    assert text() == GOLDEN.read_text("utf-8")


def drawn() -> str:
    """A digest of every object of the reference record's papers, streams decompressed: all that its pages show."""
    digest = sha256()
    for paper in reference():
        with pikepdf.open(BytesIO(paper)) as pdf:
            digest.update(b"\0".join(map(held, pdf.objects)))
    return digest.hexdigest()


def held(each: pikepdf.Object) -> bytes:
    if not isinstance(each, pikepdf.Stream):
        return repr(each).encode()
    return each.read_raw_bytes() if "/DCTDecode" in str(each.get("/Filter")) else each.read_bytes()


def test_another_drawing_is_another_edition():
    assert drawn() == DRAWN[RENDERER]


if __name__ == "__main__":
    GOLDEN.write_text(text(), "utf-8")
    sys.stdout.write(f"{RENDERER}: {drawn()}\n")
