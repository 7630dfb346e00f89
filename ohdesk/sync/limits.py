"""How much one bundle holds: known to whoever writes one and to whoever reads it, so that none is written in vain.

What is more goes in several, the volumes of a set.  The limits follow from memory: all operations of a bundle are held
at once, to be applied in one transaction, and so is one attachment.  The reader stays below 300 MB.
"""

from collections.abc import Iterable, Iterator

from ohdesk.domain.bounds import LARGEST_BLOB, LARGEST_OPERATION
from ohdesk.i18n import tr

MIB = 1 << 20
# Lengths are 32 bits without Zip64, and no file on FAT32 may be longer.
LARGEST_CONTAINER = 2**32 - 2
LARGEST_MANIFEST = 8 * MIB
MOST_PARTS = 30_000
MOST_BLOBS = 25_000
MOST_OPERATIONS, MOST_OPERATIONS_BYTES = 50_000, 16 * MIB  # of whoever wrote them
# Operations that one part holds, except a single one that is larger.
MOST_OF_PART, PART_BYTES = 2_000, 4 * MIB
LARGEST_RECEIPT = 8 * MIB
_OPERATIONS = ("ops", "held")
HEADERS = 1 * MIB  # of the container and of the seal, whose tags are 16 bytes for each 64 KiB
_TAGGED, _ROUNDING = 4096, 1024

MOST_VOLUMES = 9_999
VOLUME = 1024 * MIB  # bytes of one, unless chosen otherwise


def largest_part(kind: str) -> int:
    """Return the most bytes of one part, by the first word of its name; one part at a time is held in memory."""
    if kind in _OPERATIONS:
        return max(PART_BYTES, LARGEST_OPERATION + 1)
    return {"blobs": LARGEST_BLOB, "acks.json": LARGEST_RECEIPT}.get(kind, 4 * MIB)


def sealed(inner: int) -> int:
    """Return the most bytes a file takes whose manifest and parts are `inner` bytes."""
    return inner + inner // _TAGGED + HEADERS


def room(size: int) -> int:
    """Return how many bytes of operations or attachments surely go into a file of `size` bytes."""
    fits = min(size, LARGEST_CONTAINER) - HEADERS
    return fits - fits // _TAGGED - LARGEST_MANIFEST - LARGEST_RECEIPT


def least_volume() -> int:
    """Return the least size of a volume in bytes: one into which the largest attachment goes, and what is beside it."""
    return sealed(max(LARGEST_BLOB, LARGEST_OPERATION + 1) + LARGEST_MANIFEST + LARGEST_RECEIPT) + _ROUNDING


def problems(manifest: int, parts: Iterable[tuple[str, int]], operations: int) -> Iterator[str]:
    """Yield, in words, what is more than a bundle holds: the manifest's length, name and length of each part, and how
    many operations there are.
    """
    if manifest > LARGEST_MANIFEST:
        yield tr("清单过大")
    count = size = said = blobs = 0
    for name, length in parts:
        kind = name.partition("/")[0]
        count, size = count + 1, size + length
        if length > largest_part(kind):
            yield tr("{place} 过大", place=name)
        if kind in _OPERATIONS:
            said += length
        blobs += kind == "blobs"
    if count > MOST_PARTS or blobs > MOST_BLOBS:
        yield tr("附件过多")
    if said > MOST_OPERATIONS_BYTES or operations > MOST_OPERATIONS:
        yield tr("操作过多")
    if sealed(manifest + size) > LARGEST_CONTAINER:
        yield tr("文件过大")
