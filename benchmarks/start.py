"""The unlock prompt painted, against a bare PySide6 window with one table painted; each as a whole process."""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import children
from benchmarks.rounds import Figure, interleaved, ratio, scratch
from benchmarks.scale import Scale

ROUNDS = 9
GOALS = ("unlock prompt painted", "unlock prompt, peak memory")
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


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row, with settings of its own and a workspace that was open before."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name) / "town"
        folder.mkdir()
        ours = ["-m", "ohdesk", "--workspace", str(folder), "--bench-exit-after-first-paint"]
        peaks: dict[str, list[float]] = {"floor": [], "ohdesk": []}

        def run(which: str, arguments: list[str]) -> None:
            peaks[which].append(children.run([sys.executable, *arguments], XDG_CONFIG_HOME=name).peak)

        times = interleaved(
            {"floor": lambda _number: run("floor", ["-c", BARE]), "ohdesk": lambda _number: run("ohdesk", ours)},
            ROUNDS if scale.rounds > 1 else 1,
        )
    yield ratio(GOALS[0], times)
    if all(peaks["floor"]):
        yield Figure(GOALS[1], median(peaks["ohdesk"]) / median(peaks["floor"]))
