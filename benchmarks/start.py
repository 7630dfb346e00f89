"""The unlock prompt painted, against a bare PySide6 window with one table painted; each as a whole process."""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.rounds import Row, interleaved, scratch

ROUNDS = 9
GOAL = 1.5
BARE = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget

class Table(QTableWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: os._exit(0))

app = QApplication(sys.argv)
window = QMainWindow()
window.setCentralWidget(Table(20, 5))
window.resize(1366, 705)
window.show()
app.exec()
"""


def measure() -> list[Row]:
    """Return the figure of this benchmark, with settings of its own and a workspace that was open before."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name) / "town"
        folder.mkdir()
        environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
        environment["XDG_CONFIG_HOME"] = name
        ours = ["-m", "ohdesk", "--workspace", str(folder), "--bench-exit-after-first-paint"]
        peaks: dict[str, list[float]] = {"floor": [], "ohdesk": []}

        def run(which: str, arguments: list[str]) -> None:
            peaks[which].append(_run([sys.executable, *arguments], environment))

        times = interleaved(
            {"floor": lambda _number: run("floor", ["-c", BARE]), "ohdesk": lambda _number: run("ohdesk", ours)}, ROUNDS
        )
    if all(peaks["floor"]):
        bare, window = (median(peaks[which]) / 1024 for which in ("floor", "ohdesk"))
        print(f"peak memory: ohdesk {window:.0f} MiB | bare window {bare:.0f} MiB | ratio {window / bare:.2f}")
    return [Row("unlock prompt painted", times["ohdesk"], times["floor"], GOAL)]


def _run(command: list[str], environment: dict[str, str]) -> float:
    """Run a program to its end; return the most memory it had, in KiB, 0 where the system does not tell."""
    program = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 - our own two
    if not hasattr(os, "wait4"):
        status, peak = program.wait(), 0.0
    else:
        _, code, usage = os.wait4(program.pid, 0)
        status, peak = os.waitstatus_to_exitcode(code), float(usage.ru_maxrss)
        program.returncode = status
    if status:
        raise RuntimeError(f"ended with {status}: {command}")
    return peak


def main() -> int:
    """Measure and print; 1 when the goal is missed."""
    rows = measure()
    print(*rows, sep="\n")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
