"""A process of its own for what is killed, or dies, on the way."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

# Forked where that is possible: to start Python and import the program takes longer than what most of them do there.
_FORKS = "fork" in multiprocessing.get_all_start_methods()
APART = multiprocessing.get_context("fork") if _FORKS else multiprocessing.get_context("spawn")
READY = "ready"


def begun(work: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """Start `work(tells, *arguments)`; return its process, and what it tells, once it has told that it is ready."""
    told, tells = APART.Pipe(duplex=False)
    worker = APART.Process(target=work, args=(tells, *arguments), daemon=True)
    worker.start()
    tells.close()  # the worker has its own; so what it tells ends with it
    assert told.recv() == READY
    return worker, told


def kill(worker: BaseProcess) -> None:
    """Kill it as nothing in it can hinder, and see it gone."""
    worker.kill()
    worker.join()
