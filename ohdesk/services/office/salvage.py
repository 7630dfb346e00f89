"""Salvage: what a damaged workspace, or a bundle, still holds, as workbook and files that need no program of ours."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from ohdesk.db import salvaging
from ohdesk.db.apply.applied import BLOB, decode
from ohdesk.db.engine import open_engine, reading
from ohdesk.db.lost_schema import FirstPage, fits, layouts
from ohdesk.db.salvaging import Salvaged
from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.canonical import NotCanonicalError
from ohdesk.domain.establishment import FIELDS, value_text
from ohdesk.domain.operations import EstablishmentWritten, VisitFinalized
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError
from ohdesk.files import KEY_FILE, medium_told, refuse_used_folder, safe_stem, write_durably
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, Value, workbook
from ohdesk.security.keyfile import Keys
from ohdesk.security.sealing import AgeOpener
from ohdesk.security.signing_keys import tidy_age_identity
from ohdesk.services import blobs
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import Unlock
from ohdesk.services.office import grants
from ohdesk.services.office.workspace import DATABASE, is_open, refuse_other_folders
from ohdesk.sync.reader import read_inner, read_outer

_ANSWERS = "answer"
_TABLES = (
    "operation",
    "establishment",
    "person",
    "record",
    "finding",
    "visit",
    "photo",
    "blob",
    "record_paper",
    "entry",
    "local_entry",
)
_ENTRY = ("register", "number", "state", "establishment", "person", "opened_on", "values", "withdrawn")
_ENDINGS = {b"%PDF": ".pdf", b"\xff\xd8": ".jpg", b"\x89PNG": ".png"}


@dataclass(slots=True)
class Found:
    """What is still there.

    rows: by table · damaged: tables of which rows are missing · lost: attachments that do not open, in sentences
    ways: where the rest may still be had, in sentences with the commands
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    attachments: int = 0
    lost: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)


def salvage(folder: Path, out: Path, unlock: Unlock, report: Progress = unwatched) -> Found:
    """Write what can be read of the workspace in `folder` into `out`, which is empty or absent; change nothing there.

    A workbook with roll, records, answers and findings; every attachment that opens as a file of its own; and a text
    that names what is lost.  What a table lost is taken from the journal where that still has it.  Where the database's
    own list of tables is damaged, they are looked for where this program puts them.  Raises UserError while the
    workspace is open, for a used folder, and what `unlock` raises; MachineError when nothing at all can be read.
    """
    refuse_other_folders(folder)
    if is_open(folder):
        raise UserError(tr("这个工作区正开着：{folder}", folder=folder), tr("请先关闭它。"))
    keys = unlock(folder / KEY_FILE)
    key = keys.database
    with TemporaryDirectory(prefix="ohdesk-salvage-") as scratch, medium_told(out):
        _refuse_without_role(_copied(folder, Path(scratch)), keys)
    _make(out)
    # Read from a copy: SQLite would bring the log into the file, and what is damaged must stay as it was found.
    with TemporaryDirectory(prefix="ohdesk-salvage-") as scratch, medium_told(out):
        found = _read(_copied(folder, Path(scratch)), key, report)
        if not any(found.rows.values()):
            raise MachineError(tr("数据库里一行也读不出来。"), "".join(_ways_back(folder)))
        if found.damaged:
            found.ways += _ways_back(folder)
        _add_from_journal(found, _bodies(found))
        _write(out, found, _blobs(folder, key, found))
    return found


def salvage_bundle(path: Path, out: Path, code: str) -> Found:
    """As `salvage`, of a bundle that the recovery code (an age secret key) opens: what it carried, and nothing else."""
    _make(out)
    with medium_told(out):
        found, content = Found(), dict[str, bytes]()

        def keep(digest: str, blob: memoryview) -> None:
            content[digest] = bytes(blob)

        inner = read_inner(path, read_outer(path), AgeOpener((tidy_age_identity(code),)), keep)
        _add_from_journal(found, [*inner.operations, *(body for held in inner.held.values() for body in held)])
        _write(out, found, iter(content.items()))
    return found


def _copied(folder: Path, scratch: Path) -> Path:
    """Copy the database and its log, and return where the copy lies."""
    for end in ("", "-wal"):
        if (folder / (DATABASE + end)).is_file():
            shutil.copyfile(folder / (DATABASE + end), scratch / (DATABASE + end))
    return scratch / DATABASE


def _refuse_without_role(copy: Path, keys: Keys) -> None:
    """Raise UserError for an account that has no role; where it is damaged who has which, nobody is kept out."""
    try:
        engine = open_engine(copy, keys.database)
        try:
            with reading(engine) as session:
                has_role = bool(grants.own_roles(session, keys))
        finally:
            engine.dispose()
    except (MachineError, SQLAlchemyError):
        return
    if not has_role:
        raise UserError(
            tr("这个账户没有角色，不能抢救资料。"), tr("请由有角色的账户来做，或用 --code-file 给出恢复码。")
        )


def _make(out: Path) -> None:
    refuse_used_folder(out)
    with medium_told(out):
        out.mkdir(parents=True, exist_ok=True)


def _read(copy: Path, key: bytes, report: Progress) -> Found:
    found = _tables(copy, key, report)
    if any(found.rows.values()):
        return found
    # SQLite opens nothing where its list of tables is damaged, however whole the tables are.
    page = FirstPage(copy, key)
    for layout in layouts(copy.parent):
        other = _tables(copy, key, report, partial(page.name, layout))
        for table, rows in other.rows.items():
            if not fits(rows, layout[table]):
                other.rows[table] = []
                other.damaged.append(table)
        found = max(found, other, key=lambda each: sum(map(len, each.rows.values())))
    return found


def _tables(copy: Path, key: bytes, report: Progress, before: Callable[[str], object] = lambda _table: None) -> Found:
    """Read what can be read of each table; `before` is told which one comes next."""
    found = Found()
    for number, table in enumerate(_TABLES):
        report(number, len(_TABLES) + 1)
        before(table)
        _take(found, table, salvaging.read_table(copy, key, table))
    before(_ANSWERS)
    answers = Salvaged()
    for visit in found.rows["visit"]:
        some = salvaging.read_where(copy, key, _ANSWERS, "visit", visit["id"])
        answers.rows += some.rows
        answers.is_damaged |= some.is_damaged
    _take(found, _ANSWERS, answers)
    report(len(_TABLES) + 1, len(_TABLES) + 1)
    return found


def _ways_back(folder: Path) -> Iterator[str]:
    """Yield where what cannot be read here may still be had, with the commands."""
    home = folder / making.FOLDER
    backups = making.list_in(home) if home.is_dir() else []
    newest = next((backup for backup in backups if not backup.problems), None)
    if newest is None:
        yield tr(
            "工作区的 backups 里没有完好的备份，请查优盘和另选的第二处：ohdesk backup list --from 文件夹，"
            "再 ohdesk backup restore 备份文件 --workspace 新文件夹 --user 账户。"
        )
    else:
        yield tr(
            "最近的备份（{made}）可以恢复：ohdesk backup restore {file} --workspace 新文件夹 --user 账户。",
            made=f"{beijing(parse_instant(newest.made)):%Y-%m-%d %H:%M}",
            file=newest.file,
        )
    yield tr(
        "送到过县级的内容，请县级写回：ohdesk county snapshot 新电脑编号 --out 优盘，"
        "新电脑用 ohdesk bundle import 接收。"
    )


def _take(found: Found, table: str, read: Salvaged) -> None:
    found.rows[table] = read.rows
    if read.is_damaged:
        found.damaged.append(table)


def _bodies(found: Found) -> list[bytes]:
    return [bytes(row["body"]) for row in found.rows["operation"]]


def _add_from_journal(found: Found, bodies: Iterable[bytes]) -> None:
    """Add the entries and records that the journal has and the tables do not; name every blob it mentions."""
    entries = {row["id"]: row for row in found.rows.setdefault("establishment", [])}
    records = {row["visit"]: row for row in found.rows.setdefault("record", [])}
    held = {row["sha256"] for row in found.rows.setdefault("blob", [])}
    fresh: dict[str, dict[str, Any]] = {}
    for body in bodies:
        try:
            applied = decode(body)
        except NotCanonicalError:
            continue
        operation = applied.operation
        if isinstance(operation, EstablishmentWritten) and operation.record not in entries:
            fresh.setdefault(operation.record, {"id": operation.record}).update(operation.fields)
        elif isinstance(operation, VisitFinalized) and operation.record not in records:
            found.rows["record"].append(_record(operation, applied.at))
        for digest in (blob.removeprefix(BLOB) for blob in applied.blobs):
            if digest not in held:
                held.add(digest)
                found.rows["blob"].append({"sha256": digest, "held": True})
    found.rows["establishment"] += fresh.values()


def _record(operation: VisitFinalized, at: str) -> dict[str, Any]:
    """Return an operation's record as the table would hold it."""
    record = operation.content.record
    return {
        "visit": operation.record,
        "number": record.number,
        "establishment_name": record.body.name,
        "form": record.form,
        "outcome_name": record.outcome_name,
        "started_at": record.started_at,
        "finalized_at": at,
        "pdf_sha256": operation.pdf_sha256,
        "content": msgspec.to_builtins(operation.content),
    }


def _blobs(folder: Path, key: bytes, found: Found) -> Iterator[tuple[str, bytes]]:
    """Yield every blob that opens, by its hash; what does not is named as lost."""
    known = {row["sha256"] for row in found.rows["blob"] if row["held"]}
    for table, column in (("record", "pdf_sha256"), ("record_paper", "pdf_sha256"), ("photo", "sha256")):
        known |= {row[column] for row in found.rows[table] if row[column]}
    used = set()
    for digest in sorted(known):
        place = blobs.place_in(folder, key, digest)
        used.add(place.name)
        try:
            yield digest, blobs.content_in(folder, key, digest)
        except UserError:
            found.lost.append(tr("附件 {digest}… 丢失或损坏", digest=digest[:12]))
    nameless = sum(path.is_file() and path.name not in used for path in (folder / "blobs").rglob("*"))
    if nameless:
        # Each is sealed under a key that follows from its hash, which only the database knew.
        found.lost.append(tr("{count} 个附件文件的登记已丢失，解不开", count=nameless))


def _write(out: Path, found: Found, attachments: Iterator[tuple[str, bytes]]) -> None:
    names = {row["pdf_sha256"]: f"{row['number']}_{row['establishment_name']}" for row in found.rows["record"]}
    place = out / tr("附件")
    place.mkdir()
    for digest, content in attachments:
        ending = next((end for start, end in _ENDINGS.items() if content.startswith(start)), ".bin")
        stem = safe_stem(names[digest]) if digest in names else digest[:16]
        write_durably(place / f"{stem}{ending}", content)
        found.attachments += 1
    write_durably(out / tr("抢救出的资料.xlsx"), workbook(list(_sheets(found))))
    write_durably(out / tr("说明.txt"), "\n".join(_said(found)).encode("utf-8-sig"))


def _sheets(found: Found) -> Iterator[Sheet]:
    entries = [[_cell(row.get(each.key)) for each in FIELDS] for row in found.rows["establishment"]]
    yield Sheet(tr("单位名录"), [tr(each.heading) for each in FIELDS], entries)
    columns = {
        "record": ("number", "establishment_name", "form", "outcome_name", "started_at", "finalized_at", "visit"),
        "answer": ("visit", "seq", "question", "value", "reason", "fact", "details", "undone"),
        "finding": ("visit", "number", "question", "fact", "disposal", "due_on"),
        "person": ("name", "role", "certificate_no", "certificate_until", "unit"),
        **dict.fromkeys(("entry", "local_entry"), _ENTRY),
    }
    titles = {"record": tr("文书"), "answer": tr("检查填写"), "finding": tr("问题"), "person": tr("人员")}
    titles |= {"entry": tr("登记簿"), "local_entry": tr("登记簿（只留本机）")}
    for table, wanted in columns.items():
        rows = found.rows.get(table, [])
        yield Sheet(titles[table], wanted, [[_cell(row.get(name)) for name in wanted] for row in rows])
    texts = [[_cell(row.get("number")), _cell(row.get("content"))] for row in found.rows["record"]]
    yield Sheet(tr("文书全文"), ("number", "content"), texts)


def _said(found: Found) -> Iterator[str]:
    yield tr("从损坏的工作区读出的内容；没有改动原来的文件。")
    for table, rows in found.rows.items():
        state = tr("有缺失") if table in found.damaged else tr("完整")
        yield tr("{table}：{count} 行，{state}", table=table, count=len(rows), state=state)
    yield tr("附件：{count} 个", count=found.attachments)
    yield from found.lost
    yield from found.ways


def _cell(value: Any) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value_text(value)
