"""`python -m benchmarks.mutants [--count 2000]`: change signed papers in every way there is; count what is valid still.

Half of the mutants are of a record as it is drawn and signed here, half of a small paper under a county root.  Prints
for each kind of change how many were tried and how many went through.  Ends with 1 when any did.
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from ohdesk.services.office.accounts import signing_inspector, unlock_inspector
from ohdesk.services.record import finalizing, views
from ohdesk.services.trust.keys import anchors
from tests.mutants import KINDS, Paper, mutants, small_paper
from tests.unit.security.conftest import new_authority
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import OWN, SECOND, party, pen, second


def main() -> int:
    """Make the mutants and print one line per kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    tried: Counter[str] = Counter()
    valid: Counter[str] = Counter()
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        papers = (record_paper(Path(folder)), small_paper(new_authority()))
    for place, paper in enumerate(papers):
        # That nothing passes says something only where what is left alone does.
        if not (paper.is_valid(paper.pdf) and paper.is_valid(paper.signed(0, 1))):
            sys.exit("a paper that nobody changed is not valid")
        share = args.count // 2 + (place < args.count % 2)
        for kind, pdf in mutants(paper, share, args.seed + place):
            tried[kind] += 1
            valid[kind] += paper.is_valid(pdf)
    for kind in KINDS:
        print(f"{kind}: {tried[kind]} tried, {valid[kind]} valid")
    print(f"all: {tried.total()} tried, {valid.total()} valid, {time.perf_counter() - began:.0f} s")
    return 1 if valid.total() else 0


def record_paper(folder: Path) -> Paper:
    """Return a record with its checklist, signed by two inspectors of a town without a county."""
    world = record_world.filled(folder / "town")
    with world.opened() as ctx:
        signers = (signing_inspector(ctx).signer, unlock_inspector(ctx, SECOND, OWN[SECOND]).signer)
        final = finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        pdf = views.open_record(ctx, world.visit).papers[0].pdf
        first, other = (each.field for each in final.record.inspectors)
        reason = f"{final.record.title} {final.record.number}"
        paper = Paper(pdf, pdf, signers, (first, other), ctx.now(), reason, anchors(ctx).roots)
        later = replace(paper, at=ctx.now() + timedelta(minutes=30))
        return replace(paper, other=later.signed(0, 1))


if __name__ == "__main__":
    sys.exit(main())
