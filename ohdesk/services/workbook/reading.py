"""Hand a file to the child process and take back its list or its rows, or one clear sentence."""

import os
import stat
import subprocess
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import BinaryIO, NamedTuple, TypeVar

from ohdesk.domain.list_columns import Choices, Shape
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.roll.sheet import Taker
from ohdesk.domain.roll.table import Merge
from ohdesk.domain.secrecy import secret_mark
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import spoken_language, tr
from ohdesk.services.child import starting
from ohdesk.services.workbook import limits, wire
from ohdesk.services.workbook.cells import NotReadableError
from ohdesk.services.workbook.kept import Kept

Said = TypeVar("Said")

CHILD_OPTION = "--read-workbook"  # how a frozen program is told to be the child
_LOOK_EVERY = 0.1  # seconds between two looks at whether the reading is still wanted
_WAITING = 8  # frames read ahead: the child waits for whoever takes them, so that nobody holds the list
GRACE_SECONDS = 5  # the child's own limit counts processor time, ours the clock


def read_list(
    path: Path,
    taker: Taker,
    choices: Choices | None = None,
    report: Progress = unwatched,
    shapes: Sequence[Shape] = (),
    *,
    memory: int = limits.MEMORY_BYTES,
    seconds: int | None = None,
) -> wire.End:
    """Hand the employers of a workbook, and the rows refused, to `taker`; return what is known of it as a whole.

    The file is opened here, read in a child with `memory` bytes and `seconds` at most, and never written.
    choices, shapes: what is said of its columns now, going before what the headings say, and was of earlier lists
    report: called with rows done and rows in all, 0 and 0 while the file is opened; what it raises, as when the user
    cancels, ends the child
    Raises UserError for a file that cannot be used, MachineError when the child cannot be started.
    """
    return _said(path, wire.asked_text(choices, shapes), lambda frames: _taken(frames, taker), report, memory, seconds)


def read_rows(path: Path, report: Progress = unwatched) -> "SheetRows":
    """Return the rows of all visible sheets of a workbook as they stand; raises as `read_list` does."""
    return _said(path, wire.AS_THEY_STAND, SheetRows, report, limits.MEMORY_BYTES, None)


def read_held_rows(name: str, content: bytes) -> "SheetRows":
    """As `read_rows`, of a file called `name` that lies on no disk as it is: its bytes go to the child alone."""
    given = partial(_piped, content)
    return _said(Path(name), wire.AS_THEY_STAND, SheetRows, unwatched, limits.MEMORY_BYTES, None, given)


class SheetOfRows(NamedTuple):
    """One sheet: its merged cells, the numbers of its hidden rows, and the rows that are not blank.

    formulas: row and column, from 0, of the first cells that are computed; none where the format does not tell
    """

    name: str
    merges: tuple[Merge, ...]
    hidden: frozenset[int]
    rows: Kept[wire.Row]
    formulas: frozenset[tuple[int, int]] = frozenset()


class SheetRows:
    """The visible sheets of a workbook, their rows kept aside, and what is to be said of what was left out."""

    def __init__(self, frames: Iterable[wire.Frame]) -> None:
        self.sheets: list[SheetOfRows] = []
        self.warnings: list[str] = []
        end = None
        for frame in frames:
            if end is not None:
                raise ValueError("goes on behind its end")
            match frame:
                case wire.SheetBegins(name, merges, hidden, formulas):
                    kept = Kept(wire.Row)
                    self.sheets.append(SheetOfRows(name, merges, frozenset(hidden), kept, frozenset(formulas)))
                case wire.Rows(rows) if self.sheets:
                    for row in rows:
                        self.sheets[-1].rows.add(row)
                case wire.RowsEnd():
                    end = frame
                case wire.Refused(code, found):
                    raise NotReadableError(code, found)
                case _:
                    raise ValueError("says something else")
        if end is None:
            raise ValueError("has no end")
        self.warnings = left_out_sentences(end.notes, end.hidden_sheets, end.other_sheets)


def left_out_sentences(notes: Sequence[str], hidden: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return what is to be said of a file as a whole, and of its sheets that were not read."""
    sentences = [*map(note_sentence, notes)]
    if hidden:
        sentences.append(tr("隐藏的工作表没有读取：{names}。", names=_quoted(hidden)))
    if other:
        sentences.append(tr("图表等不是表格的页没有读取：{names}。", names=_quoted(other)))
    return sentences


def _quoted(names: Sequence[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


def _said(
    path: Path,
    asked: str,
    taken: Callable[[Iterable[wire.Frame]], Said],
    report: Progress,
    memory: int,
    seconds: int | None,
    opened: Callable[[Path], AbstractContextManager[tuple[BinaryIO, int]]] | None = None,
) -> Said:
    """Let the child read a file and return what `taken` makes of what it says; opened: in another way than by path."""
    if mark := secret_mark(path.stem.replace("_", " ")):
        raise _secret(path, mark, tr("文件名"))
    with (opened or _opened)(path) as (file, size):
        allowed = limits.seconds_for(size) if seconds is None else seconds
        arguments = (path.suffix or "-", memory, allowed, spoken_language(), asked)
        try:
            with closing(_frames(file, arguments, allowed + GRACE_SECONDS, report)) as frames:
                return taken(frames)
        except subprocess.TimeoutExpired as error:
            raise _unusable(path, "too_slow") from error
        except NotReadableError as refusal:
            if refusal.code == "secret":
                raise _secret(path, *refusal.found) from refusal
            raise _unusable(path, refusal.code) from refusal
        except ValueError as error:
            raise _unusable(path, "broke_reader") from error


def _taken(frames: Iterable[wire.Frame], taker: Taker) -> wire.End:
    """Hand over what the child says. Raises NotReadableError with its reason, ValueError when it does not say all."""
    end = None
    for frame in frames:
        # The end is the last thing that is said, and without it nothing was.
        if end is not None:
            raise ValueError("goes on behind its end")
        match frame:
            case wire.Entries(entries):
                for entry in entries:
                    taker.entry(entry)
            case wire.Refusals(refusals):
                for refusal in refusals:
                    taker.refusal(refusal)
            case wire.End():
                end = frame
            case wire.Refused(code, found):
                raise NotReadableError(code, found)
            case _:
                raise ValueError("says something else")
    if end is None:
        raise ValueError("has no end")
    return end


def _frames(file: BinaryIO, arguments: tuple[object, ...], seconds: float, report: Progress) -> Generator[wire.Frame]:
    """Yield what the child says, refused when it is no frame; the child does not outlive an exception.

    Raises TimeoutExpired after `seconds`, ValueError when it ends badly, MachineError when it
    cannot be started, and whatever `report` raises.
    """
    try:
        # The open file and not its name: the child needs no right to any, and a hostile workbook finds nothing to read.
        started = starting.start(CHILD_OPTION, "ohdesk.services.workbook", *arguments, given=file)
    except OSError as error:
        raise MachineError(tr("无法启动读取表格的程序。"), tr("请重新启动电脑后再试；仍不行请重新安装。")) from error
    with started as child:
        said: Queue[wire.Frame | None] = Queue(_WAITING)
        over = Event()
        listener = Thread(target=_listen, args=(child.stdout, said, over), daemon=True)
        listener.start()
        try:
            until = monotonic() + seconds
            done = (0, 0)
            while True:
                try:
                    frame = said.get(timeout=_LOOK_EVERY)
                except Empty:
                    report(*done)
                    if monotonic() > until:
                        raise subprocess.TimeoutExpired(child.args, seconds) from None
                    continue
                if frame is None:
                    break
                if isinstance(frame, wire.Done):
                    done = (frame.done, frame.whole)
                    report(*done)
                else:
                    yield frame
            if child.wait() != 0:
                raise ValueError("ended badly")
        finally:
            child.kill()
            over.set()
            listener.join()


def _listen(pipe: BinaryIO, said: "Queue[wire.Frame | None]", over: Event) -> None:
    """Pass on what stands on the pipe, as fast as it is taken; beside the caller, who looks up now and then."""

    def pass_on(frame: wire.Frame | None) -> None:
        waits = True
        while waits and not over.is_set():
            with suppress(Full):
                said.put(frame, timeout=_LOOK_EVERY)
                waits = False

    try:
        for frame in wire.frames(pipe):
            pass_on(frame)
    except Exception:  # noqa: BLE001 - a child that a file has got the better of may say anything
        pass_on(wire.Refused("broke_reader"))
    pass_on(None)


def note_sentence(note: str) -> str:
    """Return what a word of `Contents.notes` means to the user."""
    return {
        "macros": tr("文件含有宏；只读取了单元格，宏没有运行。"),
        "not_computed": tr("有的公式没有保存计算结果；请用 WPS 或 Excel 打开文件，保存后再导入。"),
        "hidden_rows_unknown": tr("这种格式看不出哪些行是隐藏的；隐藏的行也一并读取。"),
    }.get(note, note)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file for the child; gives it and its size in bytes."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UserError(tr("“{name}”是文件夹，不是表格文件。", name=path.name), tr("请选择表格文件。"))
        # A device has no size and no end.
        if not stat.S_ISREG(mode):
            raise _unusable(path, "not_workbook")
        file = path.open("rb")
    except FileNotFoundError as error:
        raise UserError(tr("找不到文件“{name}”。", name=path), tr("请核对文件名和位置。")) from error
    except PermissionError as error:
        raise MachineError(
            tr("没有权限读取“{name}”，或文件正被别的程序打开。", name=path.name),
            tr("请关闭打开它的程序，或换一个位置后再试。"),
        ) from error
    except OSError as error:
        raise _unread(path) from error
    with file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.FILE_BYTES:
            raise _unusable(path, "too_large")
        yield file, size


@contextmanager
def _piped(content: bytes, _path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Give bytes to the child through a pipe, as fast as it takes them."""
    reads, writes = os.pipe()

    def write() -> None:
        # A child that ended early takes no more.
        with suppress(OSError), os.fdopen(writes, "wb") as pipe:
            pipe.write(content)

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        with os.fdopen(reads, "rb") as file:
            yield file, len(content)
    finally:
        writer.join()


def _secret(path: Path, mark: str = "", place: str = "") -> UserError:
    return UserError(
        tr("“{name}”的{place}标有国家秘密标志“{mark}”，没有读取。", name=path.name, place=place, mark=mark),
        tr("涉密的名单不得存入本程序，请按保密规定处理；标错了的，请先更正标志。"),
    )


def _unread(path: Path) -> MachineError:
    return MachineError(tr("读不出“{name}”。", name=path.name), tr("请检查优盘或磁盘，把文件复制到本机后再试。"))


def _unusable(path: Path, code: str) -> UserError | MachineError:
    if code == "unreadable":
        return _unread(path)
    sentences = {
        "empty": (tr("“{name}”是空文件。"), tr("请换一份有内容的名单。")),
        "not_workbook": (
            tr("“{name}”不是能读的表格文件（或扩展名与内容不符）。"),
            tr("请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入。"),
        ),
        "read_only": (
            tr("“{name}”是只读保护的表格（系统导出时加的，没有人设过密码），不能直接读取。"),
            tr("请在 WPS 或 Excel 里打开，另存为普通的 .xlsx 后再导入。"),
        ),
        "encrypted": (tr("“{name}”设有打开密码。"), tr("请在 WPS 或 Excel 里取消密码，另存后再导入。")),
        "damaged": (
            tr("“{name}”已损坏或不完整，无法读取。"),
            tr("请用 WPS 或 Excel 打开修复、另存为 .xlsx，或重新索取文件。"),
        ),
        "duplicate_parts": (
            tr("“{name}”内部有重名的部分，不同程序会读出不同内容，因此不予导入。"),
            tr("请用 WPS 或 Excel 打开，核对内容后另存为新文件。"),
        ),
        "too_large": (
            tr("“{name}”展开后太大，超出导入的限度。"),
            tr("请只保留名单所在的工作表，删去多余的行列后另存再导入。"),
        ),
        "too_slow": (tr("“{name}”读取超时，已停止。"), tr("请只保留名单所在的工作表，另存后再导入。")),
        "broke_reader": (
            tr("“{name}”内容异常，读取程序已中止，没有改动任何数据。"),
            tr("请用 WPS 或 Excel 打开，只复制名单到新文件后再导入。"),
        ),
    }
    # Any other word comes from a reader that a file has got the better of.
    message, remedy = sentences.get(code, sentences["broke_reader"])
    return UserError(message.format(name=path.name), remedy)
