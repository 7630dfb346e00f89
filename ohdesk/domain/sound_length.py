"""How long a sound recording is, by what its file says: WAV (RIFF), M4A (ISO 14496-12), AMR (RFC 4867); 0 of others."""

import struct
from collections.abc import Iterator

_AMR = b"#!AMR\n"
_AMR_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6)  # of a frame of 20 ms by its type; behind them 1
_FRAMES_A_SECOND = 50
_LONGEST = 360_000  # seconds: of more a file says nothing that is so


def seconds_of(content: bytes) -> int:
    """Return whole seconds, 0 where the file does not say, or is none of these."""
    try:
        if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
            found = _wav(content)
        elif content[4:8] == b"ftyp":
            found = _m4a(content)
        elif content.startswith(_AMR):
            found = _amr(content)
        else:
            found = 0
    except (struct.error, ZeroDivisionError, IndexError):
        return 0
    return found if found <= _LONGEST else 0


def _wav(content: bytes) -> int:
    at, rate = 12, 0
    while at + 8 <= len(content):
        kind, size = struct.unpack_from("<4sI", content, at)
        if kind == b"fmt ":
            (rate,) = struct.unpack_from("<I", content, at + 16)  # bytes a second
        elif kind == b"data":
            return int(min(size, len(content) - at - 8) / rate)
        at += 8 + size + size % 2
    return 0


def _m4a(content: bytes) -> int:
    whole = (0, len(content))
    for movie in _boxes(content, whole, b"moov"):
        for start, _ in _boxes(content, movie, b"mvhd"):
            is_long = content[start] == 1
            scale, length = struct.unpack_from(">IQ" if is_long else ">II", content, start + (20 if is_long else 12))
            return int(length / scale)
    return 0


def _boxes(content: bytes, within: tuple[int, int], wanted: bytes) -> Iterator[tuple[int, int]]:
    at, end = within
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, at + 8)
            head = 16
        size = size or end - at
        if size < head:
            return
        if kind == wanted:
            yield at + head, min(end, at + size)
        at += size


def _amr(content: bytes) -> int:
    at, frames = len(_AMR), 0
    while at < len(content):
        kind = content[at] >> 3 & 15
        at += _AMR_BYTES[kind] if kind < len(_AMR_BYTES) else 1
        frames += 1
    return frames // _FRAMES_A_SECOND
