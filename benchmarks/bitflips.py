"""`python -m benchmarks.bitflips [--count 6000]`: change one bit at a time in every kind of file; count who is told.

Database (single rows and as a whole), write-ahead log, key file, attachments, bundles, backups, signed records; half of
the bits of a log, a bundle and a record inside their own structures.  Prints for each kind how many were found, how
many changed nothing that anybody reads, and how many went unnoticed.  Ends with 1 when any did.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ohdesk.domain.facts import Verdict
from ohdesk.security import signed_bytes
from ohdesk.security.pdf_verification import verify_record_pdf
from tests.flips import FOUND, HARMLESS, SILENT, Kind, kinds
from tests.unit.security.conftest import content, new_authority, record, signed_pdf


def main() -> int:
    """Flip the bits and print one line per kind of file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bitflips", description=__doc__)
    parser.add_argument("--count", type=int, default=6000, help="bits in all")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    total: Counter[str] = Counter()
    with TemporaryDirectory() as name:
        tried = {**kinds(Path(name)), "records": _record()}
        for line in _flipped(tried, args.count, args.seed, total):
            print(line, flush=True)
    print(f"all: {_spoken(total)}")
    return 1 if total[SILENT] else 0


def _flipped(tried: dict[str, Kind], count: int, seed: int, total: Counter[str]) -> Iterator[str]:
    for number, (name, kind) in enumerate(tried.items()):
        share = count // len(tried) + (number < count % len(tried))
        began = time.perf_counter()
        outcomes = kind.flip(share, seed)
        total.update(outcomes)
        yield f"{name}: {_spoken(outcomes)}, of {len(kind.data)} bytes, {time.perf_counter() - began:.0f} s"


def _spoken(outcomes: Counter[str]) -> str:
    counts = f"found {outcomes[FOUND]}, harmless {outcomes[HARMLESS]}, silent {outcomes[SILENT]}"
    return f"{outcomes.total()} flips, {counts}"


def _record() -> Kind:
    authority = new_authority()
    pdf = signed_pdf(authority.signer(1), authority.signer(2), content(record(1, 2)))
    last = signed_bytes.find(pdf)[-1]
    return Kind(pdf, [(last.gap_start, last.gap_end)], partial(_record_outcome, authority.root))


def _record_outcome(root: bytes, pdf: bytes) -> str:
    facts = verify_record_pdf(pdf, [root]).facts
    return FOUND if any(fact.verdict is Verdict.FAILS for fact in facts) else SILENT


if __name__ == "__main__":
    sys.exit(main())
