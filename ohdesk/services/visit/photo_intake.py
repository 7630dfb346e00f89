"""A folder of photos at once: each is durable before the next is said to be taken, and one bad file stops no other."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.files import medium_told
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.pictures.taking import picture_bytes, shrunk_all
from ohdesk.services.pictures.wire import Shrunk
from ohdesk.services.visit.photos import NO_CAPTION, Caption, check_open, fill, new_photo, rows_of, store

_NO_PHOTOS = frozenset({"thumbs.db", "desktop.ini"})  # what systems leave in a folder by themselves
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is a photo of the visit now, or was one already; sha256: of the file."""

    file: str
    sha256: str
    number: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is none, and why, in words."""

    file: str
    reason: str
    remedy: str

    @property
    def sentence(self) -> str:
        return tr("{file}：{reason}{remedy}", file=self.file, reason=self.reason, remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of files."""

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]

    @property
    def problem(self) -> ProblemsError | None:
        """What is to be said of those refused; None when there are none."""
        if not self.refused:
            return None
        counts = {"taken": len(self.taken), "refused": len(self.refused)}
        said = (Problem(each.file, "", "", UserError(each.reason, each.remedy).whole) for each in self.refused)
        return ProblemsError(tr("已保存 {taken} 张照片，{refused} 个文件没有保存。", **counts), tuple(said))


def files_in(folder: Path) -> list[Path]:
    """Return what may be photos in a folder, in the order of their names, numbers as numbers. Raises UserError."""
    with medium_told(folder):
        if not folder.is_dir():
            raise UserError(tr("没有这个文件夹：{folder}", folder=folder), tr("请检查路径，或先插好优盘、接好手机。"))
        found = [path for path in folder.iterdir() if path.is_file() and not _is_left_behind(path.name)]
    if not found:
        raise UserError(tr("这个文件夹里没有文件：{folder}", folder=folder), tr("请选直接放着照片的文件夹。"))
    return sorted(found, key=lambda path: _natural(path.name))


def take_in(
    ctx: Context,
    visit_id: str,
    files: Sequence[Path],
    question: str = "",
    caption: Caption = NO_CAPTION,
    report: Progress = unwatched,
) -> Intake:
    """Store photos under the next numbers of a visit, those it has already once only.

    report: called with how many are done and how many there are; what it raises ends the work, and those done stay
    Raises UserError for a visit that cannot be filled, MachineError from the disk.
    """
    ctx.require(Right.VISIT)
    with ctx.reading() as session:
        check_open(session, visit_id, question)
    work = _Work(ctx, visit_id, question, caption, len(files), report)
    work.take(files)
    return Intake(tuple(work.taken), tuple(work.refused))


class _Work:
    def __init__(
        self, ctx: Context, visit_id: str, question: str, caption: Caption, total: int, report: Progress
    ) -> None:
        self._ctx, self._visit, self._question, self._caption = ctx, visit_id, question, caption
        self._total, self._report = total, report
        self._known = _known(ctx, visit_id)
        self._in_hand: deque[tuple[Path, bytes]] = deque()
        self.taken: list[Taken] = []
        self.refused: list[Refused] = []

    def take(self, files: Iterable[Path]) -> None:
        for answer in shrunk_all(self._originals(files), self._total, self._watch):
            file, original = self._in_hand.popleft()
            if isinstance(answer, UserError):
                self._refuse(file, answer)
            else:
                self._keep(file, original, answer)
        self._watch()

    def _originals(self, files: Iterable[Path]) -> Iterator[bytes]:
        for file in files:
            try:
                original = picture_bytes(file)
            # A stick that was pulled out takes the others along: it is told once, not as a fault of each.
            except MachineError:
                raise
            except UserError as error:
                self._refuse(file, error)
                continue
            if not self._is_known(file, original):
                self._in_hand.append((file, original))
                yield original

    def _is_known(self, file: Path, original: bytes) -> bool:
        digest = sha256(original).hexdigest()
        number = self._known.get(digest)
        if number is not None:
            self.taken.append(Taken(file.name, digest, number))
        return number is not None

    def _keep(self, file: Path, original: bytes, picture: Shrunk) -> None:
        stored = store(self._ctx, original, picture, file.name)
        with self._ctx.transaction() as session:
            check_open(session, self._visit, self._question)
            photo = new_photo(self._ctx, session, self._visit, self._question, self._caption)
            fill(self._ctx, session, photo, stored)
            number = photo.number
        self._known[stored.original] = number
        self.taken.append(Taken(file.name, stored.original, number))
        self._watch()

    def _refuse(self, file: Path, error: UserError) -> None:
        self.refused.append(Refused(file.name, error.message, error.remedy))

    def _watch(self) -> None:
        # Not before the first is done: whoever stops it keeps one at least, and starting the children is no progress.
        if done := len(self.taken) + len(self.refused):
            self._report(done, self._total)


def _known(ctx: Context, visit_id: str) -> dict[str, int]:
    """Return the numbers of the photos that a visit has, by the SHA-256 of their originals."""
    with ctx.reading() as session:
        return {photo.original_sha256: photo.number for photo in rows_of(session, visit_id) if photo.original_sha256}


def _is_left_behind(name: str) -> bool:
    return name.startswith(".") or name.lower() in _NO_PHOTOS


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in _DIGITS.split(name.lower())]
