"""`python -m benchmarks.bitflips [--count 5000]`: change one bit at a time; name every change that goes unnoticed.

A bundle and a signed record, half of the bits inside the ZIP's own structures and the last signature's gap.
Ends with 1 when any change verifies.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ohdesk.domain.facts import Verdict
from ohdesk.security import signed_bytes
from ohdesk.security.pdf_verification import verify_record_pdf
from tests.bitflips import random_bits, unnoticed
from tests.bundle_bits import sealed_bundle, verifies
from tests.unit.security.conftest import content, new_authority, record, signed_pdf


def main() -> int:
    """Flip the bits and print one line per kind of file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bitflips", description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="bits per file")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        sealed = sealed_bundle(folder)
        bits = random_bits(len(sealed.data), args.count, sealed.structures, args.seed)
        lost = _try("bundle", sealed.data, bits, partial(verifies, folder, sealed))
    authority = new_authority()
    pdf = signed_pdf(authority.signer(1), authority.signer(2), content(record(1, 2)))
    last = signed_bytes.find(pdf)[-1]
    bits = random_bits(len(pdf), args.count, [(last.gap_start, last.gap_end)], args.seed)
    lost += _try("record", pdf, bits, partial(_record_verifies, authority.root))
    return 1 if lost else 0


def _try(name: str, data: bytes, bits: Sequence[int], accepts: Callable[[bytes], bool]) -> int:
    if not accepts(data):
        raise SystemExit(f"{name}: the untouched file does not verify")
    start = time.perf_counter()
    lost = list(unnoticed(data, bits, accepts))
    seconds = time.perf_counter() - start
    print(f"{name}: {len(bits)} changed bits of {len(data)} bytes, {len(lost)} unnoticed, {seconds:.0f} s", *lost[:20])
    return len(lost)


def _record_verifies(root: bytes, pdf: bytes) -> bool:
    return all(fact.verdict is not Verdict.FAILS for fact in verify_record_pdf(pdf, [root]).facts)


if __name__ == "__main__":
    sys.exit(main())
