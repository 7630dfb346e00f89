"""Pictures that come in: read from where a person said, decoded in a child, refused with the reason."""

import atexit
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from io import BytesIO
from pathlib import Path

import msgspec

from ohdesk.domain.masking import Mask
from ohdesk.errors import UserError
from ohdesk.files import handed_in
from ohdesk.i18n import tr
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.pictures.decoder import KIND
from ohdesk.services.pictures.wire import Asked, Refusal, Shrunk

MOST_BYTES = 40_000_000
ENDINGS = (".jpg", ".jpeg", ".heic", ".heif", ".png", ".webp", ".bmp", ".tif", ".tiff")  # of files that are pictures
_DOTS_PER_INCH = 150  # of a page that shows one


def shrunk(original: bytes, masks: Sequence[Mask] = ()) -> Shrunk:
    """Return the copy of a picture as it is kept, and what its telephone said of it. Raises UserError.

    masks: what is covered on the copy, so that nothing of it is left
    """
    # One child for one picture after the other: starting it takes ten times as long as a photo.
    (answer,) = _kept(os.getpid()).answers([_asked(original, masks)])
    return _told(answer)


def shrunk_all(
    originals: Iterable[bytes], expected: int, watch: Callable[[], object] = lambda: None
) -> Iterator[Shrunk | UserError]:
    """Yield of each picture the copy, or why it is refused, in their order; `expected` of them, decoded side by side.

    watch: called now and then; what it raises ends the work
    """
    with closing(Pool(KIND, expected, watch)) as pool:
        for answer in pool.answers(map(_asked, originals)):
            try:
                yield _told(answer)
            except UserError as error:
                yield error


def clean_picture(original: bytes) -> bytes:
    """Return a picture as it is kept. Raises UserError as `shrunk`."""
    return shrunk(original).copy


def picture_bytes(source: Path | bytes) -> bytes:
    """Return the bytes of a picture that a person named. Raises UserError for too many, or where it cannot be read."""
    content = source if isinstance(source, bytes) else handed_in(source, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UserError(tr("照片文件超过 {limit} MB。", limit=MOST_BYTES // 1_000_000), tr("请另选较小的照片。"))
    return content


def picture_page(content: bytes) -> bytes:
    """Return a picture that is kept on a page of its own, as a PDF. Raises UserError when it cannot be decoded."""
    from PIL import Image, UnidentifiedImageError  # late: 4 MB that only a photo needs

    page = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=("JPEG",)) as opened:
            opened.convert("RGB").save(page, "PDF", resolution=_DOTS_PER_INCH)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise refused(Shrunk(refusal=Refusal.NO_PICTURE)) from error
    return page.getvalue()


def _asked(original: bytes, masks: Sequence[Mask] = ()) -> bytes:
    return msgspec.msgpack.encode(Asked(original, tuple(masks)))


@cache
def _kept(process: int) -> Pool:
    """Return the child that stays, of this process: a fork has the pipes of the one before, and none of its threads."""
    pool = Pool(KIND, 1)
    atexit.register(lambda: pool.close() if os.getpid() == process else None)
    return pool


def _told(answer: bytes | Broken) -> Shrunk:
    broken = answer if isinstance(answer, Broken) else Broken(slow=False)
    try:
        found = Shrunk() if isinstance(answer, Broken) else msgspec.msgpack.decode(answer, type=Shrunk)
    except msgspec.MsgspecError:  # whatever took the child over
        found = Shrunk()
    if found.refusal is not None:
        raise refused(found)
    if not found.copy:
        raise UserError(tr("打开这张照片时出错：{reason}。", reason=broken.said), _another())
    return found


def refused(found: Shrunk) -> UserError:
    """Return in words why there is no copy of a picture."""
    size = {"width": found.width, "height": found.height}
    if found.refusal is Refusal.TRUNCATED:
        return UserError(tr("照片文件不完整或已损坏。"), tr("请从手机重新复制；复制完再拔线。"))
    if found.refusal is Refusal.TOO_LARGE:
        return UserError(
            tr("照片太大：{width}×{height} 像素。", **size),
            tr("请用不超过 4000 万像素的照片（JPG 不超过 1.2 亿像素）。"),
        )
    if found.refusal is Refusal.MASK:
        return UserError(
            tr("要遮盖的地方不在照片上，照片的副本是 {width}×{height} 像素。", **size), tr("请在照片上重新画。")
        )
    if found.refusal is Refusal.STRIP:
        return UserError(
            tr("照片太长：{width}×{height} 像素，缩小后看不清。", **size), tr("请分段截图或分段拍摄，每段单独附上。")
        )
    if found.refusal is Refusal.SEVERAL:
        return UserError(
            tr("文件里有不止一张图片（多页或动图）。"), tr("请逐张另存为 JPG；多页扫描件请作为 PDF 附件。")
        )
    if found.refusal is Refusal.RAW:
        return UserError(tr("这是相机的 RAW 原片，不是照片。"), tr("请用同时拍下的 JPG，或在手机里关闭 RAW。"))
    if found.refusal is Refusal.COLOURS:
        return UserError(tr("这不是照片的颜色格式（32 位数值或 LAB）。"), tr("请在原来的程序里另存为 JPG 或 PNG。"))
    return UserError(tr("这个文件不是可用的照片。"), _another())


def _another() -> str:
    return tr("请选择 JPG、PNG 或 HEIC 照片；文件可能已损坏。")
