"""The diagnostic file: what helps to find a fault on another machine, and nothing about any employer or person.

Nothing is taken out of it, it is put together from what cannot be personal: versions, sizes, counts, and whether each
part is sound.  Names, codes, texts and folders are never read for it.
"""

import json
import logging
import traceback
import zipfile
from collections import deque
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import func, select

from ohdesk.db import migrations
from ohdesk.db.models import Base
from ohdesk.domain.facts import Fact
from ohdesk.files import hand_out
from ohdesk.services.context import Context
from ohdesk.services.office import doctor

NAME = "diagnostics.json"
_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP knows; when it was made is said by the file system


def write(ctx: Context, target: Path, surroundings: Mapping[str, str] | None = None) -> None:
    """Write the diagnostic file.

    surroundings: what only the window knows, as "screen 1": "1366 x 768 at 125 %"
    Raises UserError without the folder, MachineError when the file cannot be written.
    """
    # Readable in any editor: whoever sends it should be able to see for themselves that nothing personal is in it.
    text = json.dumps(collected(ctx, surroundings or {}), ensure_ascii=False, indent=1, sort_keys=True)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(NAME, _DAY), text)
    hand_out(target, packed.getvalue())


def collected(ctx: Context, surroundings: Mapping[str, str]) -> dict[str, Any]:
    """Return what goes into the file."""
    return {
        "versions": doctor.versions(),
        "surroundings": dict(surroundings),
        "office": ctx.office.role,
        "roles": sorted(ctx.actor.roles),
        "schema": {"found": migrations.revision(ctx.engine), "latest": migrations.LATEST},
        "rows": _counts(ctx),
        "installation": _verdicts(doctor.installation_facts()),
        "workspace": _verdicts(doctor.workspace_facts(ctx)),
        "log": lines(),
    }


def _counts(ctx: Context) -> dict[str, int]:
    with ctx.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def _verdicts(facts: Iterable[Fact]) -> dict[str, str]:
    """Return each part with its verdict alone: the detail of a fault may name a file."""
    return {fact.key: fact.verdict for fact in facts}


LOGGER = "ohdesk"
KEPT = 200


class _Trail(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        # Since the start, not by the clock, which is read in one place only.
        seconds = record.relativeCreated / 1000
        # Place instead of message: messages may hold names and paths.
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
    # File names without folders, which hold the name of whoever is logged in.
    places = (f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace))
    return f" {kind.__name__} {' > '.join(places)}"
