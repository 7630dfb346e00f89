"""The diagnostic file: what helps to find a fault on another machine, and nothing about any employer or person.

Nothing is taken out of it, it is put together from what cannot be personal: versions, sizes, counts, and whether each
part is sound.  Names, codes, texts and folders are never read for it.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ohdesk.db import migrations
from ohdesk.db.models import Base
from ohdesk.domain.facts import Fact
from ohdesk.errors import MachineError
from ohdesk.i18n import tr
from ohdesk.services import doctor, log_trail
from ohdesk.services.blobs import write_durably
from ohdesk.services.context import Context

NAME = "diagnostics.json"
_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP knows; when it was made is said by the file system


def write(ctx: Context, target: Path, surroundings: Mapping[str, str] | None = None) -> None:
    """Write the diagnostic file.

    surroundings: what only the window knows, as "screen 1": "1366 x 768 at 125 %"
    Raises MachineError when the file cannot be written.
    """
    text = json.dumps(collected(ctx, surroundings or {}), ensure_ascii=False, indent=1, sort_keys=True)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(NAME, _DAY), text)
    try:
        write_durably(target, packed.getvalue())
    except OSError as error:
        raise MachineError(tr("诊断文件没有写成。"), tr("请换一个文件夹，或检查磁盘空间和写入权限。")) from error


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
        "log": log_trail.lines(),
    }


def _counts(ctx: Context) -> dict[str, int]:
    with ctx.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def _verdicts(facts: Sequence[Fact]) -> dict[str, str]:
    """Return each part with its verdict alone: the detail of a fault may name a file."""
    return {fact.key: fact.verdict.value for fact in facts}
