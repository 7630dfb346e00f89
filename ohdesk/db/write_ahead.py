"""Look at a write-ahead log before SQLite does: what it would pass over without a word.

SQLite reads a log up to the first frame whose checksum does not fit, as after a power cut, and drops what stands
behind. One damaged bit there would take every later answer along that was called saved.  The format is that of
sqlite.org/fileformat2.html, section 4; a page in it is cipher text, and the checksums are over that.
"""

import hmac
import struct
from collections.abc import Iterator
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import NamedTuple

PAGE = 4096  # bytes of a page of SQLCipher
_HEADER = struct.Struct(">8I")  # magic, version, page size, checkpoint, two salts, two checksums
_FRAME = struct.Struct(">6I")  # page, pages of the database after a commit or 0, two salts, two checksums
_MAGIC, _VERSION = 0x377F0682, 3007000  # with the lowest bit of the magic set the checksums take big-endian words
_WORD = 0xFFFFFFFF
_SALT, _SEAL = 16, 64  # bytes: at the beginning of the database, and at the end of each page of SQLCipher

_Sums = tuple[int, int]


class _Frame(NamedTuple):
    """One frame of a log: what its checksum is over, and what it says of itself."""

    summed: bytes
    commits: bool
    salts: tuple[int, int]
    sums: _Sums

    @property
    def page(self) -> int:
        """Which page of the database it is; the first is 1."""
        return int.from_bytes(self.summed[:4], "big")

    @property
    def content(self) -> bytes:
        """The page, as it stands in the database."""
        return self.summed[8:]


def fold_in(log: Path, database: Path) -> None:
    """Write what a log holds into its database, as SQLite does when it begins the log anew, and take the log away.

    For copies of what is damaged, which SQLite itself no longer opens.
    """
    with database.open("r+b") as file:
        for frame in _used(log):
            file.seek((frame.page - 1) * PAGE)
            file.write(frame.content)
    log.unlink(missing_ok=True)


def has_frames(log: Path) -> bool:
    """False for a log that is missing, or too short for a single page."""
    return log.is_file() and log.stat().st_size >= _HEADER.size + _FRAME.size + PAGE


def belongs(log: Path, database: Path, key: bytes) -> bool:
    """False for a log of another database or key.

    SQLite takes any log that lies beside a database, and writes its pages over those that are whole.
    """
    frames = _used(log)
    if not frames:
        return True  # nothing of it is used
    with database.open("rb") as file:
        return _is_sealed(frames[0], file.read(_SALT), key)


def _is_sealed(frame: _Frame, salt: bytes, key: bytes) -> bool:
    """True when the HMAC of a page fits, made as SQLCipher 4 does, by a key that follows from the database's."""
    own = pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
    page = frame.content[_SALT if frame.page == 1 else 0 :]
    expected = hmac.digest(own, page[:-_SEAL] + frame.page.to_bytes(4, "little"), "sha512")
    return hmac.compare_digest(expected, page[-_SEAL:])


def _used(log: Path) -> list[_Frame]:
    """Return the frames that SQLite uses: up to the last commit before the first that does not fit."""
    data = log.read_bytes() if log.is_file() else b""
    frames, last = list(_frames(data)), 0
    if frames:
        *said, salt1, salt2, sum1, sum2 = _HEADER.unpack_from(data)
        sums, words = (sum1, sum2), ">" if said[0] & 1 else "<"
        for number, frame in enumerate(frames, 1):
            sums = _summed(frame.summed, sums, words)
            if sums != frame.sums or frame.salts != (salt1, salt2):
                break
            last = number if frame.commits else last
    return frames[:last]


def lost_commits(log: Path) -> int:
    """Return how many commits SQLite would pass over in a log that is damaged; 0 when nothing is lost.

    After a power cut the last, which nobody was told of, may be counted: from the log alone they look alike.
    """
    if not log.is_file():
        return 0
    data = log.read_bytes()
    frames = list(_frames(data))
    if not frames:
        return 0
    *said, salt1, salt2, sum1, sum2 = _HEADER.unpack_from(data)
    words = ">" if said[0] & 1 else "<"
    sums = _summed(data[: _HEADER.size - 8], (0, 0), words)
    if [said[0] & ~1, said[1], said[2]] != [_MAGIC, _VERSION, PAGE] or sums != (sum1, sum2):
        return _commits(frames, frames[0].salts)  # nothing at all would be read
    return _behind_the_first_bad(frames, (salt1, salt2), sums, words)


def _behind_the_first_bad(frames: list[_Frame], salts: tuple[int, int], sums: _Sums, words: str) -> int:
    for number, frame in enumerate(frames):
        after = _summed(frame.summed, sums, words)
        fits, current = after == frame.sums, frame.salts == salts
        if fits and current:
            sums = after
            continue
        behind = _commits(frames[number + 1 :], salts)
        if fits:  # its salts alone were changed: salts are not in the sum
            return behind + frame.commits
        if not current:  # of an earlier round, before the log was begun anew; nothing of this round may follow
            return behind + bool(behind)
        return behind + (frame.commits or _was_a_commit(frame, sums, words))
    return 0


def _was_a_commit(frame: _Frame, sums: _Sums, words: str) -> bool:
    """True when the sum fits once one bit says that this is a commit; else a write was cut short before any commit."""
    page, rest = frame.summed[:4], frame.summed[8:]
    sizes = (struct.pack(">I", 1 << bit) for bit in range(32))
    return any(_summed(page + size + rest, sums, words) == frame.sums for size in sizes)


def _commits(frames: list[_Frame], salts: tuple[int, int]) -> int:
    return sum(frame.commits for frame in frames if frame.salts == salts)


def _frames(data: bytes) -> Iterator[_Frame]:
    """Yield the frames that are there whole; behind the last a power cut may have left a part of one."""
    step = _FRAME.size + PAGE
    for start in range(_HEADER.size, len(data) - step + 1, step):
        _, size, salt1, salt2, sum1, sum2 = _FRAME.unpack_from(data, start)
        summed = data[start : start + 8] + data[start + _FRAME.size : start + step]
        yield _Frame(summed, size > 0, (salt1, salt2), (sum1, sum2))


def _summed(data: bytes, sums: _Sums, words: str) -> _Sums:
    first, second = sums
    pairs = iter(struct.unpack(f"{words}{len(data) // 4}I", data))
    for one, other in zip(pairs, pairs, strict=True):
        first = (first + one + second) & _WORD
        second = (second + other + first) & _WORD
    return first, second
