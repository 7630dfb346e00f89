"""`python -m benchmarks.sample --count 500000`: what an export looks at before it writes, in a journal of so many.

The goal is 200 ms, however long the history is.  Ends with 1 when it is missed.
"""

import argparse
import sys
import time
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from ohdesk.db.chain import NO_HASH
from ohdesk.domain.canonical import canonical
from ohdesk.services.context import Context
from ohdesk.services.exchange import sampling
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace

AT_ONCE = 20_000
ROUNDS = 40
GOAL_MS = 200.0
PASSWORD = "ohdesk-benchmark"  # noqa: S105 - of a workspace that is thrown away
_INSERT = (
    "INSERT INTO operation "
    "(replica, seq, hash, first_hash, kind, record, batch, set_aside, outdone, base, blobs, body) "
    "VALUES (?, ?, ?, '', 'establishment.written@1', ?, '', '', 0, '', '', ?)"
)


def main() -> int:
    """Make the journal, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sample", description=__doc__)
    parser.add_argument("--count", type=int, default=500_000, metavar="N", help="operations")
    count = parser.parse_args().count
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name) / "town"
        create_workspace(folder, NewWorkspace("town", "000000001", "青禾镇", "周衡", PASSWORD), practice=True)
        with open_workspace(folder, "周衡", PASSWORD) as ctx:
            _write_history(ctx, count)
        with open_workspace(folder, "周衡", PASSWORD) as ctx:
            times = tuple(_check(ctx) for _ in range(ROUNDS))
    took = median(times)
    print(f"heads and a sample of {count} operations: {took:.1f} ms | goal <= {GOAL_MS:g}")
    return 0 if took <= GOAL_MS else 1


def _check(ctx: Context) -> float:
    began = time.perf_counter()
    with ctx.reading() as session:
        found = sampling.check(ctx, session, ())
    took = (time.perf_counter() - began) * 1000
    with ctx.transaction() as session:
        sampling.note(session, found)
    return took


def _write_history(ctx: Context, count: int) -> None:
    """Append a chain of operations that nobody applies: only the journal is looked at."""
    replica, previous = ctx.office.replica, NO_HASH
    for start in range(1, count + 1, AT_ONCE):
        rows = []
        for seq in range(start, min(start + AT_ONCE, count + 1)):
            body = canonical(_operation(ctx, seq, previous))
            previous = sha256(body).hexdigest()
            rows.append((replica, seq, previous, f"{seq:036d}", body))
        with ctx.transaction() as session:
            session.connection().exec_driver_sql(_INSERT, rows)
    with ctx.transaction() as session:
        head = (replica, count, previous, ctx.office.division)
        session.connection().exec_driver_sql("INSERT OR REPLACE INTO replica_head VALUES (?, ?, ?, ?)", head)


def _operation(ctx: Context, seq: int, previous: str) -> dict[str, object]:
    note = "打磨岗位已装除尘风机，操作位有人轮换。" * 5
    fields = {"name": f"青禾第 {seq} 家制品有限公司", "address": f"工业大道 {seq} 号", "kind": "用人单位", "note": note}
    return {
        "r": ctx.office.replica,
        "s": seq,
        "p": previous,
        "t": "establishment.written@1",
        "id": f"{seq:036d}",
        "base": [],
        "d": ctx.office.division,
        "at": "2026-03-02T04:00:00Z",
        "by": "",
        "v": {"fields": fields, "reason": "", "source": "hand"},
        "blobs": [],
    }


if __name__ == "__main__":
    sys.exit(main())
