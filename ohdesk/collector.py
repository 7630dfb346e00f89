"""The garbage collector kept from what a large job makes; the one place that switches it.

It looks at every object that may be in a circle, and no thread runs meanwhile, the interface's least of all. A job over
a long list makes so many that a look takes 0.2 s, again and again. The longest stall while 20,000 employers are
imported, exported and imported again, on two cores (`python -m benchmarks.window`): 119, 45 and 63 ms with this, 206,
195 and 397 ms without. Of the 150 ms until the prompt is painted it saves 4, while Qt is loaded. It may go when the
collector of the oldest Python we run on works in small steps.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 20_000  # objects: to look at fewer takes a few milliseconds
_SELDOM = 250_000  # objects: more than the libraries of any short command


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look at what is made in here.

    What a large job leaves behind is put aside until `collect`; reference counting frees it as ever. What a small one
    leaves is collected as usual.
    """
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY:
            gc.freeze()
        gc.enable()


def collect_seldom() -> None:
    """Look less often, in a process without a window, and not at all when it ends: 0.2 s of a short command."""
    gc.set_threshold(_SELDOM)
    # Python looks twice more at everything there is before it ends, and the system frees it in any case.
    atexit.register(gc.freeze)


def collect() -> None:
    """Look at all that was put aside, and free what nothing leads to; while nobody works, for it takes 0.2 s."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
