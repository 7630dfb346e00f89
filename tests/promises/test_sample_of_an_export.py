"""Promise: what an export looks at before it writes does not grow with the history; the short form of the benchmark."""

import subprocess
import sys
from pathlib import Path


def test_the_sample_is_taken_and_found_quick():
    command = [sys.executable, "-m", "benchmarks.sample", "--count", "2000"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("heads and a sample of 2000 operations")
