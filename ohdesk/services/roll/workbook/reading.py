"""Hand a file to the child process and take back its cells, or one clear sentence."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.services.child import starting
from ohdesk.services.roll.workbook import limits, wire

CHILD_OPTION = "--read-workbook"  # how a frozen program is told to be the child
_LOOK_EVERY = 0.1  # seconds between two looks at whether the reading is still wanted
GRACE_SECONDS = 5  # the child's own limit counts processor time, ours the clock


def read_workbook(
    path: Path,
    memory: int = limits.MEMORY_BYTES,
    seconds: int = limits.SECONDS,
    watch: Callable[[], object] = lambda: None,
) -> wire.Contents:
    """Return the visible tables of a workbook.

    The file is read here, parsed in a child with `memory` bytes and `seconds` at most, and never written.
    watch: called now and then while the child reads; what it raises, as when the user cancels, ends the child
    Raises UserError for a file that cannot be used, MachineError when the child cannot be started.
    """
    # Read here and handed over, so that the child needs no right to any file: a hostile workbook finds nothing to read.
    data = _file_bytes(path)
    try:
        status, said = _answered((path.suffix or "-", memory, seconds), data, seconds + GRACE_SECONDS, watch)
    except subprocess.TimeoutExpired as error:
        raise _unusable(path, "too_slow") from error
    except OSError as error:
        raise MachineError(tr("无法启动读取表格的程序。"), tr("请重新启动电脑后再试；仍不行请重新安装。")) from error
    if status != 0:
        raise _unusable(path, "broke_reader")
    try:
        return wire.decode(said)
    except wire.NotReadableError as refusal:
        raise _unusable(path, refusal.code) from refusal
    except ValueError as error:
        raise _unusable(path, "broke_reader") from error


def _answered(
    arguments: tuple[object, ...], data: bytes, seconds: float, watch: Callable[[], object]
) -> tuple[int, bytes]:
    """Return how the child ended and what it wrote; it does not outlive an exception.

    Raises TimeoutExpired after `seconds`, OSError when it cannot be started, and whatever `watch` raises.
    """
    with starting.start(CHILD_OPTION, "ohdesk.services.roll.workbook", *arguments) as child:
        stopped: list[BaseException] = []
        ended = Event()
        # `communicate` waits without listening; a second thread is how a person who cancels gets through.
        looker = Thread(target=_look, args=(child, watch, ended, stopped), daemon=True)
        looker.start()
        try:
            said, _ = child.communicate(data, timeout=seconds)
        except BaseException:
            child.kill()
            raise
        finally:
            ended.set()
            looker.join()
    if stopped:
        raise stopped[0]
    return child.returncode, said


def _look(
    child: "subprocess.Popen[bytes]", watch: Callable[[], object], ended: Event, stopped: list[BaseException]
) -> None:
    """Look now and then whether the reading is still wanted; beside it, for it cannot be handed its input in parts."""
    while not ended.wait(_LOOK_EVERY):
        try:
            watch()
        except BaseException as reason:  # noqa: BLE001 - raised again by the one who waits
            stopped.append(reason)
            child.kill()
            return


def note_sentence(note: str) -> str:
    """Return what a word of `Contents.notes` means to the user."""
    return {
        "macros": tr("文件含有宏；只读取了单元格，宏没有运行。"),
        "not_computed": tr("有的公式没有保存计算结果；请用 WPS 或 Excel 打开文件，保存后再导入。"),
        "hidden_rows_unknown": tr("这种格式看不出哪些行是隐藏的；隐藏的行也一并读取。"),
    }.get(note, note)


def _file_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UserError(tr("“{name}”是文件夹，不是表格文件。", name=path.name), tr("请选择表格文件。"))
        # Never more than asked for: a device has no size and no end.
        with path.open("rb") as file:
            data = file.read(limits.FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise UserError(tr("找不到文件“{name}”。", name=path), tr("请核对文件名和位置。")) from error
    except PermissionError as error:
        raise MachineError(
            tr("没有权限读取“{name}”，或文件正被别的程序打开。", name=path.name),
            tr("请关闭打开它的程序，或换一个位置后再试。"),
        ) from error
    except OSError as error:
        raise MachineError(
            tr("读不出“{name}”。", name=path.name), tr("请检查优盘或磁盘，把文件复制到本机后再试。")
        ) from error
    if len(data) > limits.FILE_BYTES:
        raise _unusable(path, "too_large")
    return data


def _unusable(path: Path, code: str) -> UserError:
    sentences = {
        "empty": (tr("“{name}”是空文件。"), tr("请换一份有内容的名单。")),
        "not_workbook": (
            tr("“{name}”不是能读的表格文件（或扩展名与内容不符）。"),
            tr("请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入。"),
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
