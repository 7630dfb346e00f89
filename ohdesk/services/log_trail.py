"""The last lines of the log, kept in memory for the diagnostic file: where something happened, never what was said.

A message can hold the name of an employer, a person or a folder.  So no message is kept, only what the program's own
code is: module, line, kind of error, and the places it went through.
"""

import logging
import traceback
from collections import deque
from pathlib import PurePath

LOGGER = "ohdesk"
KEPT = 200


class _Trail(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        seconds = record.relativeCreated / 1000
        place = f"{record.name}:{record.lineno} {record.funcName}"
        self.lines.append(f"{seconds:.1f}s {record.levelname} {place}{_error(record)}")


_trail = _Trail()


def keep() -> None:
    """Keep the last lines from now on; said again, nothing changes."""
    logger = logging.getLogger(LOGGER)
    if _trail not in logger.handlers:
        logger.addHandler(_trail)


def lines() -> tuple[str, ...]:
    """Return what is kept, oldest first."""
    return tuple(_trail.lines)


def _error(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    kind, _, trace = record.exc_info
    places = (f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace))
    return f" {kind.__name__} {' > '.join(places)}"
