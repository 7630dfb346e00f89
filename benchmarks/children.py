"""Functions and programs in a process of their own, with what it took of memory and time."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that came to its end.

    peak: MB, 0 where the system does not tell · seconds: by the clock, from its start on · processor: seconds of it
    """

    peak: float
    seconds: float
    processor: float
    output: str

    @property
    def value(self) -> Any:
        """What a function of ours returned."""
        return json.loads(self.output.splitlines()[-1])


def run(command: Sequence[str], **environment: str) -> Ended:
    """Run a program to its end. Raises RuntimeError when it fails."""
    known = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **environment}
    done = subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, "-I", "-S", str(_LAUNCHER), *command],
        env=known,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    *output, last = done.stdout.splitlines() or [""]
    numbers = last.split()
    if len(numbers) != 4 or numbers[3] != "0":
        raise RuntimeError(f"{' '.join(command)[:300]}: {last}\n{done.stderr[-1000:]}")
    return Ended(float(numbers[0]) / 1024, float(numbers[1]), float(numbers[2]), "\n".join(output[:-1]))


def call(function: str, *arguments: object) -> Ended:
    """Call a function, "module:name", with arguments that JSON can hold; it returns what JSON can hold."""
    return run([sys.executable, "-m", "benchmarks.children", function, json.dumps(arguments)])


def main() -> None:
    """Call what the command line names and print what it returns."""
    module, _, name = sys.argv[1].partition(":")
    result = getattr(importlib.import_module(module), name)(*json.loads(sys.argv[2]))
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
