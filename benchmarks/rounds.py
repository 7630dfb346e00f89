"""Run variants in turn, round by round, so that a noisy machine disturbs all of them alike, and say what was found."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from ohdesk.collector import uncollected

Variant = Callable[[int], object]
NO_PEER = "无对照"


class WrongResultError(Exception):
    """What was measured did not give the right result: its figure says nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that was found; `name` is that of its goal.

    value: what the goal judges, in `unit`; None for a peer that is not on this machine
    samples: what each variant took in each round, milliseconds · least, most: of the value over the rounds
    """

    name: str
    value: float | None
    unit: str = "×"
    samples: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.name}: {NO_PEER}"
        between = "" if self.least is None else f" [{self.least:.2f}..{self.most:.2f}]"
        said = [f"{variant} {_spoken(taken)}" for variant, taken in self.samples.items()]
        return " | ".join([f"{self.name}: {self.value:.3g} {self.unit}{between}", *said])


def ratio(name: str, times: Mapping[str, Sequence[float]], over: str = "floor", ours: str = "ohdesk") -> Figure:
    """Return the median over the rounds of what `ours` took divided by what `over` took in the same round."""
    if not times.get(over):
        return Figure(name, None)
    rounds = [a / b for a, b in zip(times[ours], times[over], strict=True)]
    samples = {variant: tuple(times[variant]) for variant in (ours, over)}
    return Figure(name, median(rounds), "×", samples, min(rounds), max(rounds))


def middle(name: str, unit: str, taken: Sequence[float]) -> Figure:
    """Return the median of what was found in several rounds."""
    return Figure(name, median(taken), unit, {}, min(taken), max(taken))


def right(is_so: bool, what: str) -> None:
    """Raise WrongResultError, saying `what` should have been, unless it is so."""
    if not is_so:
        raise WrongResultError(what)


def p99(taken: Sequence[float]) -> float:
    """Return what all but one in a hundred stay below, of a hundred or more.

    It lies between two that were measured: taken beyond the worst of few, one outlier would count twice.
    """
    return quantiles(taken, n=100, method="inclusive")[98]


def worst_p99(name: str, variants: Mapping[str, Callable[[], object]], rounds: int) -> Figure:
    """Return how long the slowest of what a list is asked takes, but for one time in a hundred.

    Asked as the window asks: the work of a job is not looked through by the collector.
    """

    def ask(variant: Callable[[], object]) -> Variant:
        def asked(_round: int) -> None:
            with uncollected():
                variant()

        return asked

    times = interleaved({said: ask(variant) for said, variant in variants.items()}, rounds, nothing)
    slow = {said: p99(taken) for said, taken in times.items()}
    return Figure(name, max(slow.values()), "ms", {said: (slow[said],) for said in times})


def _spoken(times: Sequence[float]) -> str:
    if len(times) < 100:
        return f"{median(times):.3f} ms"
    return f"{median(times):.3f} ms (p99 {p99(times):.3f})"


def scratch() -> Path:
    """Return a folder on a real disk for what a benchmark writes: `build/`, which git ignores."""
    folder = Path(__file__).resolve().parents[1] / "build"
    folder.mkdir(exist_ok=True)
    return folder


def nothing() -> None:
    """Between two of what is asked at once there is no time to tidy up."""


def interleaved(
    variants: Mapping[str, Variant], rounds: int, before: Callable[[], object] = gc.collect
) -> dict[str, tuple[float, ...]]:
    """Return the times of every variant in milliseconds; the order shifts each round and the first is dropped.

    before: done ahead of each variant and not measured, as `os.sync` of what has to wait for the disk
    """
    names = list(variants)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            before()
            began = time.perf_counter()
            variants[name](number)
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: tuple(measured[1:]) for name, measured in times.items()}
