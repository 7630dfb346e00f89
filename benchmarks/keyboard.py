"""200 answers by keyboard, each on the disk before the next key; against one 4 KiB write and fdatasync each."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks import children
from benchmarks.autosave import BLOCK, BLOCKS, started_visit
from benchmarks.rounds import Figure, middle, ratio, right, scratch
from benchmarks.scale import Scale

GOALS = ("200 answers by keyboard",)
ANSWERS = 200


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row, on a disk folder of this checkout."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        taken = children.call("benchmarks.keyboard:answers", name, ANSWERS if scale.rounds > 1 else 4).value
    right(taken.pop("as typed"), "every answer is held as it was typed")
    yield ratio(GOALS[0], taken)
    yield middle("from a key to the next question painted", "ms", taken["painted"])


def answers(folder: str, many: int) -> dict[str, object]:
    """Answer so many questions by keys in a window; return milliseconds of each, of the disk alone beside it too.

    ohdesk: from the key until the answer is on the disk · painted: until the next question is on the screen
    """
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from ohdesk.app import make_application
    from ohdesk.forms.answers import AnswerValue
    from ohdesk.services.visit import filling
    from ohdesk.ui.kit.jobs import Jobs
    from ohdesk.ui.screens.visit.screen import VisitsScreen

    _app = make_application(sys.argv[:1])
    keys = {Qt.Key.Key_1: AnswerValue.MET, Qt.Key.Key_4: AnswerValue.NOT_INSPECTED}
    given: dict[str, AnswerValue] = {}
    save = filling.save_typed
    taken: dict[str, list[float]] = {"floor": [], "ohdesk": [], "painted": []}
    with started_visit(Path(folder) / "town") as (ctx, visit), (Path(folder) / "floor").open("wb") as file:
        file.write(bytes(BLOCK * BLOCKS))
        file.flush()
        os.fsync(file.fileno())
        block = os.urandom(BLOCK)
        questions = [each.id for each in filling.open_form(ctx, visit).form.questions]
        screen = VisitsScreen(ctx, Jobs())
        screen.resize(1198, 705)
        screen.show()
        screen.arrive()
        stored_at: list[float] = []

        def store(*given: Any) -> filling.SavedAt:
            saved = save(*given)
            stored_at.append(time.perf_counter())
            return saved

        os.sync()  # else the first flushes carry what other programs have left to write
        for number in range(many + 1):
            began = time.perf_counter()
            os.pwrite(file.fileno(), block, BLOCK * (number % BLOCKS))
            os.fdatasync(file.fileno())
            taken["floor"].append(time.perf_counter() - began)
            question, key = questions[number % len(questions)], tuple(keys)[number % len(keys)]
            screen.show_question(question)
            QApplication.processEvents()
            given[question] = keys[key]
            began = time.perf_counter()
            with patch.object(filling, "save_typed", store):
                QTest.keyClick(screen.focusWidget(), key)
            taken["ohdesk"].append(stored_at[-1] - began)
            QApplication.processEvents()
            taken["painted"].append(time.perf_counter() - began)
        held = {key: view.answer.value for key, view in filling.open_form(ctx, visit).answers.items()}
    # The first is dropped: by it what is slow once gets loaded.
    return {name: [1000 * each for each in times[1:]] for name, times in taken.items()} | {"as typed": held == given}
