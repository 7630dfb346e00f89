"""Ten new operations sent when a long history is acknowledged; against the same behind a short one."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import world
from benchmarks.rounds import Figure, interleaved, middle, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.services.context import Context
from ohdesk.services.exchange import receipts, sending
from ohdesk.services.exchange.receipts import receipt_code

NEW, SHORT = 10, 1000
GOALS = ("export of 10 new, long history to short",)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name, ExitStack() as opened:
        folder = Path(name)
        towns = {}
        for which, size in (("floor", min(SHORT, scale.history // 10)), ("ohdesk", scale.history)):
            past = world.past(size, 0).copied(folder / which)
            towns[which] = opened.enter_context(past.town())
            _acknowledge(towns[which])
        took: dict[str, list[float]] = {which: [] for which in towns}
        interleaved(
            {which: lambda _, which=which: took[which].append(_sent(towns[which], folder)) for which in towns},
            scale.rounds,
        )
        yield ratio(GOALS[0], {which: times[1:] for which, times in took.items()})
        for size in scale.curve:
            if size <= scale.large:
                yield _curve(size, folder)


def _acknowledge(ctx: Context) -> None:
    """Let the county say by telephone that it holds everything."""
    with ctx.reading() as session:
        code = receipt_code(session, ctx.office.replica)
    receipts.register_code(ctx, code)


def _sent(ctx: Context, folder: Path) -> float:
    """Write ten operations and send them; return the milliseconds that sending took."""
    world.add_employers(ctx, NEW, 2_000_000)
    began = time.perf_counter()
    sent = sending.export(ctx, folder)
    took = (time.perf_counter() - began) * 1000
    right(sent.last - sent.first + 1 == NEW, "the ten new operations go, and no other")
    sent.path.unlink()
    _acknowledge(ctx)
    return took


def _curve(size: int, folder: Path) -> Figure:
    past = world.past(size, 0).copied(folder / f"curve-{size}")
    with past.town() as ctx:
        _acknowledge(ctx)
        return middle(f"curve of the export, {size} operations before", "ms", [_sent(ctx, folder) for _ in range(3)])
