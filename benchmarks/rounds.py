"""Run variants in turn, round by round, so that a noisy machine disturbs all of them alike."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

Variant = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Times in milliseconds; `goal` is the largest ratio of medians that is good enough."""

    case: str
    ours: tuple[float, ...]
    floor: tuple[float, ...]
    goal: float

    @property
    def ratio(self) -> float:
        """Median over the rounds of ours divided by the floor of the same round."""
        return median(ours / floor for ours, floor in zip(self.ours, self.floor, strict=True))

    @property
    def holds(self) -> bool:
        """True when the goal is reached."""
        return self.ratio <= self.goal

    def __str__(self) -> str:
        ours, floor = _spoken(self.ours), _spoken(self.floor)
        rounds = [a / b for a, b in zip(self.ours, self.floor, strict=True)]
        return (
            f"{self.case}: n {len(self.ours)} | ohdesk {ours} ms | floor {floor} ms | "
            f"ratio {self.ratio:.2f} [{min(rounds):.2f}..{max(rounds):.2f}] | goal <= {self.goal:g} | "
            f"{'ok' if self.holds else 'MISSED'}"
        )


def _spoken(times: Sequence[float]) -> str:
    return f"{median(times):.3f} (p99 {quantiles(times, n=100)[98]:.3f})"


def scratch() -> Path:
    """Return a folder on a real disk for what a benchmark writes: `build/`, which git ignores."""
    folder = Path(__file__).resolve().parents[1] / "build"
    folder.mkdir(exist_ok=True)
    return folder


def interleaved(variants: Mapping[str, Variant], rounds: int) -> dict[str, tuple[float, ...]]:
    """Return the times of every variant in milliseconds; the order shifts each round and the first is dropped."""
    names = list(variants)
    times: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            began = time.perf_counter()
            variants[name](number)
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: tuple(measured[1:]) for name, measured in times.items()}
