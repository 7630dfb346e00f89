"""The window does without asyncio, and whoever asks for it gets the real one."""

import subprocess
import sys

import pytest


def said(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LOADED = """
import sys
from ohdesk.app import make_application
from ohdesk.ui.window import Window
app = make_application(["ohdesk"])
window = Window(None)
window.load_ahead()
window.jobs.wait()
print("ohdesk.ui.desk" in sys.modules, {"asyncio", "ssl", "importlib.metadata"} & set(sys.modules))
"""


def test_the_desk_is_loaded_without_asyncio_and_what_it_brings():
    assert said(LOADED) == "True set()"


@pytest.mark.parametrize("before", ["", "import asyncio\n"])
def test_asyncio_is_the_real_one_for_sqlalchemy_and_for_others(before):
    program = f"{before}import ohdesk.services.start.without_asyncio\nfrom sqlalchemy.util import concurrency, queue\n"
    program += "ours = concurrency.asyncio.CancelledError, queue.asyncio.Queue, concurrency.asyncio.iscoroutine(1)\n"
    program += "import asyncio, asyncio.subprocess\nprint(ours == (asyncio.CancelledError, asyncio.Queue, False))"
    assert said(program) == "True"
