"""Look the installation and a workspace over, and say of each part whether it is sound."""

import importlib
import platform
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from sqlalchemy import select

from ohdesk import __version__
from ohdesk.db import local_journal, migrations, rebuilding
from ohdesk.db.chain import chain_problems
from ohdesk.db.engine import integrity_problems
from ohdesk.db.mentions import mentioned
from ohdesk.db.models import BlobRow
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.problems import in_list
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError
from ohdesk.forms.loader import read_forms
from ohdesk.forms.work_calendar import read_calendar
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.reports.fonts import FILES, missing_glyphs
from ohdesk.services import blobs, local_rows
from ohdesk.services.context import Context
from ohdesk.services.office import grants, opening

# Each package by the name it is installed under, and the module that shows that its native part loads as well.
LIBRARIES = {
    "PySide6-Essentials": "PySide6.QtWidgets",
    "SQLAlchemy": "sqlalchemy.orm",
    "sqlcipher3": "sqlcipher3.dbapi2",
    "alembic": "alembic.command",
    "reportlab": "reportlab.pdfgen.canvas",
    "rl_accel": "_rl_accel",
    "pyHanko": "pyhanko.sign.signers",
    "cryptography": "cryptography.hazmat.primitives.asymmetric.ec",
    "pyrage": "pyrage",
    "pyzipper": "pyzipper.zipfile_aes",
    "msgspec": "msgspec",
    "openpyxl": "openpyxl",
    "python-calamine": "python_calamine",
    "pypinyin": "pypinyin",
    "Pillow": "PIL.Image",
    "pi-heif": "pi_heif",
    "platformdirs": "platformdirs",
    "filelock": "filelock",
    "pypdfium2": "pypdfium2",
    "zxing-cpp": "zxingcpp",
}
# Characters of real names, among them some beyond the first plane, where fonts and encodings fail first.
RARE_NAMES = "䶮𠅤㸃堃喆镕旸𬭎㵟堉犇淼"
RECORD_SIGNS = "、，。；：（）《》〔〕“”√×□■●○①②③ⅠⅡⅢ℃％±≥≤μ"
SHOWN = 5


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python, of the system and of every library that is installed."""
    from importlib import metadata  # late: large, and no screen shows it

    found = {"ohdesk": __version__, "Python": platform.python_version(), "system": platform.platform()}
    for package in LIBRARIES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def installation_facts(libraries: Iterable[str] = LIBRARIES.values()) -> Iterator[Fact]:
    """Yield, as it is found, what can be said without a workspace: libraries, fonts, the data shipped with them."""
    yield from map(_library, libraries)
    yield from _fonts()
    yield from _resources()


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What came of applying the whole journal anew: rows that differ from those held, and how quick that was."""

    operations: int
    operations_per_second: int
    problems: tuple[str, ...]

    @property
    def fact(self) -> Fact:
        """Whether the shared tables are those that follow from the journal."""
        looked_at = tr("{count} 条操作，每秒 {speed} 条", count=self.operations, speed=self.operations_per_second)
        fact = _fact("workspace.tables", tr("名录、文书、抽取等与操作日志重算的结果一致"), self.problems)
        return fact if self.problems else replace(fact, detail=looked_at)


def recompute(ctx: Context, report: Progress = unwatched) -> Recomputed:
    """Apply the whole journal to empty tables and compare them with those held.

    `report` is told operations; what it raises ends the work.
    """
    began = perf_counter()
    with ctx.reading() as session:
        compared = rebuilding.compare(session, ctx.folder, report)
    speed = compared.operations / max(perf_counter() - began, 0.001)
    return Recomputed(compared.operations, round(speed), compared.problems)


def workspace_facts(ctx: Context) -> Iterator[Fact]:
    """Yield whether the unlocked workspace is sound: database file, schema, journal, own rows, evidence files."""
    found = migrations.revision(ctx.engine)
    yield _fact("workspace.database", tr("数据库文件完整，加密页校验一致"), integrity_problems(ctx.engine))
    yield _fact("workspace.schema", tr("数据库结构与程序一致"), [] if found == migrations.LATEST else [found])
    kept = opening.kept_copies(ctx.folder)
    yield _fact("workspace.log", tr("没有因日志损坏而留存的旧文件"), kept)
    with ctx.reading() as session:
        yield _fact(
            "workspace.local", tr("本机的草稿、答案、设置和账户没有被别的程序改动"), local_rows.problems(session)
        )
        broken = [*chain_problems(session), *local_journal.chain_problems(session)]
        yield _fact("workspace.journal", tr("操作日志的哈希链没有断开"), broken)
        yield _fact("workspace.grants", tr("各账户的角色都有管理员签名"), grants.problems(session, ctx.keys.founder))
        held = session.scalars(select(BlobRow.sha256).where(BlobRow.held).order_by(BlobRow.sha256)).all()
        gone = session.scalars(select(BlobRow.sha256).where(BlobRow.held.is_(False))).all()
        # Ours were here when they were mentioned; those of others may still be on their way.
        lost = sorted(mentioned(session, [ctx.office.replica], gone))
    # Read and decrypted, not only looked for: a file that rotted is of no more use than one that is gone.
    lost += [digest for digest in held if not blobs.is_sound(ctx, digest)]
    sentence = tr("照片和附件文件齐全，逐个读出核对（{count} 个）", count=len(held))
    yield _fact("workspace.blobs", sentence, [f"{digest[:12]}…" for digest in lost])


def _library(module: str) -> Fact:
    problems = []
    try:
        # Imported, not looked up: a wheel for another machine is installed all right and fails only here.
        importlib.import_module(module)
    except ImportError as error:
        problems.append(str(error))
    return _fact(f"library.{module}", tr("程序库 {module} 可用", module=module), problems)


def _fonts() -> Iterator[Fact]:
    for file in FILES.values():
        missing = [] if (resources() / "fonts" / file).is_file() else [file]
        yield _fact(f"font.{file}", tr("字体 {file} 随程序安装", file=file), missing)
    try:
        undrawn = list(missing_glyphs(RARE_NAMES + RECORD_SIGNS))
    except MachineError as error:
        undrawn = [error.message]
    yield _fact("font.glyphs", tr("生僻人名用字和文书符号都能印出"), undrawn)


def _resources() -> Iterator[Fact]:
    yield _fact("resources.checklists", tr("检查表随程序安装，格式正确"), list(_faulty_forms()))
    for folder, sentence in {
        "cities": tr("各市指标随程序安装，格式正确"),
        "documents": tr("文书用语随程序安装，格式正确"),
    }.items():
        files = sorted((resources() / folder).rglob("*.toml"))
        yield _fact(f"resources.{folder}", sentence, list(_unreadable(files)) if files else [folder])
    read = read_calendar(resources() / "calendar")
    wrong = list(map(in_list, read.problems))
    absent = [] if read.calendar.years else ["calendar"]
    yield _fact("resources.calendar", tr("各年放假安排随程序安装，格式正确"), wrong or absent)
    from ohdesk.forms.hazards import read_hazards  # late: the help of the commands is printed without

    limits = read_hazards(resources() / "codes" / "hazards")
    faults = list(map(in_list, limits.problems)) or ([] if limits.hazards.all else ["codes/hazards"])
    yield _fact("resources.hazards", tr("危害因素和限值随程序安装，格式正确"), faults)
    catalogues = list((resources() / "locale").rglob("*.mo"))
    yield _fact("resources.locale", tr("界面语言包随程序安装"), [] if catalogues else ["locale"])
    yield _fact(
        "resources.migrations",
        tr("数据库升级脚本随程序安装"),
        [] if migrations.is_known(migrations.LATEST) else [migrations.LATEST],
    )


def _faulty_forms() -> Iterator[str]:
    """Yield what is wrong with the checklists; one with a fault is left out, and nobody else says so."""
    folder = resources() / "checklists"
    yield from _unreadable(sorted(folder.glob("*.toml")))
    files = read_forms(folder)
    for error in files.faults.values():
        yield from map(in_list, error.problems)
    if not files.forms:
        yield "checklists"


def _unreadable(files: Sequence[Path]) -> Iterator[str]:
    for file in files:
        try:
            tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            yield f"{file.name}: {error}"


def _fact(key: str, sentence: str, problems: Sequence[str]) -> Fact:
    shown = "；".join(problems[:SHOWN])
    if len(problems) > SHOWN:
        shown += tr("；等 {count} 处", count=len(problems))
    return Fact(key, sentence, Verdict.FAILS if problems else Verdict.HOLDS, shown)
