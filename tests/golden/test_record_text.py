"""The text of a reference record, page by page, as another program reads it.

After a deliberate change of layout or wording: `python -m tests.golden.test_record_text`, and read the difference.
"""

import re
import subprocess
from pathlib import Path

from ohdesk.domain.canonical import fingerprint
from ohdesk.reports.inspection_record import render
from tests.unit.reports import sample_record as sample

GOLDEN = Path(__file__).with_name("inspection_record.txt")


def text() -> str:
    """Every line of every page, runs of spaces taken as one."""
    record = sample.record()
    pdf = render(record, fingerprint(record), (sample.ink("party", "䶮安", record),), sample.PHOTOS).pdf
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    pages = [
        "\n".join(re.sub(r"\s+", " ", line).strip() for line in page.splitlines() if line.strip())
        for page in told.split("\f")[:-1]
    ]
    return "\n\n---- page ----\n\n".join(pages) + "\n"


def test_the_reference_record_reads_as_it_did():
    assert text() == GOLDEN.read_text("utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(text(), "utf-8")
