"""Photos and scans of signed pages that come in: read from where a person said, looked at in children."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from ohdesk.domain.bounds import LARGEST_BLOB
from ohdesk.domain.paper_mark import read_mark
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.scan import Scan, ScanId, place_of
from ohdesk.errors import UserError
from ohdesk.files import handed_in_whole
from ohdesk.i18n import tr
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.pictures import taking as pictures
from ohdesk.services.pictures.wire import Refusal as PictureRefusal
from ohdesk.services.pictures.wire import Shrunk
from ohdesk.services.scans.reader import KIND
from ohdesk.services.scans.wire import Asked, Refusal, Seen

MOST_PAGES = 200  # looked at in one go
ENDINGS = (*pictures.ENDINGS, ".pdf")  # of files that may be looked at


@dataclass(frozen=True, slots=True)
class RefusedScan:
    """A file, or a page in it, that is none; place: in words."""

    place: str
    error: UserError


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in the files that were handed in, in their order."""

    scans: tuple[Scan, ...]
    refused: tuple[RefusedScan, ...]


def look(files: Sequence[Path], turns: Mapping[ScanId, int] | None = None, progress: Progress = unwatched) -> Looked:
    """Look at every page of these files.

    turns: degrees clockwise by which a person wants pictures turned, besides what their mark says
    progress: told of pages; what it raises ends the work
    Raises UserError for more pages than are looked at in one go.
    """
    looking = _Looking(files, turns or {}, progress)
    with closing(Pool(KIND, len(files), looking.watch)) as pool:
        looking.ask(pool, looking.first_pages())
        looking.ask(pool, looking.further_pages())
    order = {file: number for number, file in enumerate(files)}
    scans = sorted(looking.scans, key=lambda scan: (order[scan.id.file], scan.id.part))
    return Looked(tuple(scans), tuple(looking.refused))


def look_again(scan: Scan, turn: int) -> Scan:
    """Return a picture turned by `turn` degrees clockwise, from its file. Raises UserError where that is another."""
    original = original_of(scan.id.file, scan.sha256)
    with closing(Pool(KIND, 1)) as pool:
        (answer,) = pool.answers([_message(scan.id, original, turn)])
    return _scan(scan.id, scan.sha256, turn, _seen(answer))


def original_of(file: Path, digest: str) -> bytes:
    """Return the bytes of a file that was looked at, by its SHA-256. Raises UserError where it is another by now."""
    content = _content(file)
    if sha256(content).hexdigest() != digest:
        raise UserError(tr("“{file}”在读取以后被改动了。", file=file.name), tr("请重新选择这个文件。"))
    return content


class _Looking:
    """The pages asked for, and what came of them."""

    def __init__(self, files: Sequence[Path], turns: Mapping[ScanId, int], progress: Progress) -> None:
        self._turns, self._progress = turns, progress
        self._asked: deque[ScanId] = deque()  # in the order of the answers
        self._digests = dict.fromkeys(files, "")
        self._parts: dict[Path, int] = {}
        self._done, self._total = 0, len(self._digests)
        self.scans: list[Scan] = []
        self.refused: list[RefusedScan] = []
        _refuse_too_many(self._total)

    def watch(self) -> None:
        self._progress(self._done, self._total)

    def ask(self, pool: Pool, messages: Iterator[bytes]) -> None:
        for answer in pool.answers(messages):
            scan = self._asked.popleft()
            self._done += 1
            seen = _seen(answer)
            if isinstance(seen, Seen):
                self._parts.setdefault(scan.file, seen.parts)
            try:
                self.scans.append(_scan(scan, self._digests[scan.file], self._turns.get(scan, 0), seen))
            except UserError as error:
                self._refuse(scan, error)

    def first_pages(self) -> Iterator[bytes]:
        for file in self._digests:
            try:
                content = _content(file)
            except UserError as error:
                self._done += 1
                self._refuse(ScanId(file), error)
                continue
            self._digests[file] = sha256(content).hexdigest()
            yield self._message(ScanId(file), content)

    def further_pages(self) -> Iterator[bytes]:
        """Ask for the pages behind the first ones, now that it is known how many there are."""
        several = {file: count for file, count in self._parts.items() if count > 1}
        self._total += sum(several.values()) - len(several)
        _refuse_too_many(self._total)
        for file, count in several.items():
            try:
                content = original_of(file, self._digests[file])
            except UserError as error:
                self._done += count - 1
                self._refuse(ScanId(file, 2), error)
                continue
            for part in range(2, count + 1):
                yield self._message(ScanId(file, part), content)

    def _message(self, scan: ScanId, content: bytes) -> bytes:
        self._asked.append(scan)
        return _message(scan, content, self._turns.get(scan, 0))

    def _refuse(self, scan: ScanId, error: UserError) -> None:
        self.refused.append(RefusedScan(place_of(scan, self._parts.get(scan.file, 1)), error))


def _message(scan: ScanId, content: bytes, turn: int) -> bytes:
    return msgspec.msgpack.encode(Asked(content, scan.part - 1, turn))


def _content(file: Path) -> bytes:
    too_large = UserError(
        tr("文件超过 {limit} MB。", limit=LARGEST_BLOB >> 20), tr("请分成几个文件，或用 200 dpi 重新扫描。")
    )
    content = handed_in_whole(file, LARGEST_BLOB, too_large)  # it is kept as well
    if not content:
        raise UserError(tr("文件是空的。"), tr("请重新复制或重新扫描。"))
    return content


def _refuse_too_many(count: int) -> None:
    if count > MOST_PAGES:
        raise UserError(
            tr("一共有 {count} 页，一次最多 {most} 页。", count=count, most=MOST_PAGES),
            tr("请只选这一份文书的扫描件。"),
        )


def _seen(answer: bytes | Broken) -> Seen | Broken:
    if isinstance(answer, Broken):
        return answer
    try:
        return msgspec.msgpack.decode(answer, type=Seen)
    except msgspec.MsgspecError:  # whatever took the child over
        return Broken(slow=False)


def _scan(scan: ScanId, digest: str, turn: int, seen: Seen | Broken) -> Scan:
    """Return the picture that was seen. Raises UserError where there is none."""
    if isinstance(seen, Broken) or not (seen.copy or seen.refusal):
        reason = seen.said if isinstance(seen, Broken) else Broken(slow=False).said
        raise UserError(tr("打开这一页时出错：{reason}。", reason=reason), tr("请重新拍照或扫描这一页。"))
    if seen.refusal is not None:
        raise _refused(seen.refusal, seen)
    return Scan(scan, seen.parts, digest, read_mark(seen.text), seen.copy, turn)


def _refused(why: Refusal, seen: Seen) -> UserError:
    if why is Refusal.PASSWORD:
        return UserError(tr("这个 PDF 设有密码，打不开。"), tr("请去掉密码后另存一份，或直接拍照。"))
    if why is Refusal.DRAWN:
        return UserError(tr("这一页不是扫描的图像，是从程序导出的 PDF。"), tr("请选择签字以后拍的照片或扫描件。"))
    if why is Refusal.SEVERAL:
        return UserError(tr("一张图片里有两页。"), tr("请每页单独拍一张。"))
    if why is Refusal.NO_PICTURE:
        return UserError(tr("这个文件不是照片，也不是 PDF 扫描件。"), tr("请选择 JPG、PNG、HEIC 照片或 PDF 扫描件。"))
    return pictures.refused(Shrunk(refusal=PictureRefusal(why.value), width=seen.width, height=seen.height))
