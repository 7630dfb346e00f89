"""What the child says of a workbook, and its spelling on the pipe: frames of MessagePack, each with its length."""

import base64
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

import msgspec

from ohdesk.domain.establishment import FIELD_KEYS
from ohdesk.domain.kept_columns import fits
from ohdesk.domain.list_columns import Choices, Shape
from ohdesk.domain.roll.reading import ListSheet
from ohdesk.domain.roll.table import Entry, Merge, Refusal
from ohdesk.errors import UserError
from ohdesk.i18n import tr

LONGEST_FRAME = 64 << 20  # bytes
_LENGTH = 4  # bytes
_LONGEST_ARGUMENT = 24_000  # characters
AS_THEY_STAND = "-"
_KEYS = frozenset(FIELD_KEYS)


class Asked(msgspec.Struct):
    """What was said of the columns of a list of employers: now, or None, and of earlier lists."""

    choices: Choices | None
    shapes: list[Shape]


def asked_text(choices: Choices | None, shapes: Sequence[Shape]) -> str:
    """Return this as it goes to the child on its command line, which Windows bounds: of the shapes the last ones."""
    for first in range(len(shapes) + 1):
        said = msgspec.json.encode(Asked(choices, list(shapes[first:])))
        text = base64.urlsafe_b64encode(zlib.compress(said)).decode("ascii")
        if len(text) <= _LONGEST_ARGUMENT:
            return text
    raise UserError(tr("对列的说明太多。"), tr("请减少 --map 和 --keep。"))


def asked(text: str) -> Asked:
    """Return what `asked_text` wrote. Raises ValueError for any other text."""
    return msgspec.json.decode(zlib.decompress(base64.urlsafe_b64decode(text)), type=Asked)


class Row(NamedTuple):
    """A row of a sheet that is not blank: its number as the user sees it, from 1, and its cells as text."""

    number: int
    cells: tuple[str, ...]


class Done(msgspec.Struct, array_like=True, tag=True):
    """How far the reading is, in rows."""

    done: int
    whole: int


class Entries(msgspec.Struct, array_like=True, tag=True):
    """Some of the employers; what the child says is checked as it is read."""

    entries: list[Entry]

    def __post_init__(self) -> None:
        if any(
            entry.row < 1 or not _KEYS.issuperset(entry.fields) or not (not entry.kept or fits(entry.kept))
            for entry in self.entries
        ):
            raise ValueError("no entry of a list")


class Refusals(msgspec.Struct, array_like=True, tag=True):
    """Some of the rows that cannot be imported."""

    refusals: list[Refusal]


class SheetBegins(msgspec.Struct, array_like=True, tag=True):
    """A sheet whose rows follow as they stand; hidden: the numbers of its hidden rows, from 1.

    formulas: row and column, from 0, of the first cells that are computed
    """

    name: str
    merges: tuple[Merge, ...]
    hidden: tuple[int, ...]
    formulas: tuple[tuple[int, int], ...] = ()


class Rows(msgspec.Struct, array_like=True, tag=True):
    """Some rows of the sheet that was begun last."""

    rows: list[Row]

    def __post_init__(self) -> None:
        if any(row.number < 1 for row in self.rows):
            raise ValueError("no row of a sheet")


class RowsEnd(msgspec.Struct, array_like=True, tag=True):
    """The last frame where rows were asked for as they stand: the names of what was left out."""

    hidden_sheets: tuple[str, ...]
    other_sheets: tuple[str, ...]
    notes: tuple[str, ...]


class End(msgspec.Struct, array_like=True, tag=True):
    """The last frame: what is known of the list as a whole, and the names of what was left out.

    notes: words of `reading.note_sentence` about the file, e.g. "macros"
    """

    rows: int
    warnings: tuple[str, ...]
    mapping: dict[str, str]
    sheets: tuple[ListSheet, ...]
    choices: Choices
    unknown: tuple[str, ...]
    hidden_sheets: tuple[str, ...]
    other_sheets: tuple[str, ...]
    notes: tuple[str, ...]


class Refused(msgspec.Struct, array_like=True, tag=True):
    """The file cannot be used; `code` says why, in a word of `reading`, `found` what stands where."""

    code: str
    found: tuple[str, ...] = ()


Frame = Done | Entries | Refusals | End | SheetBegins | Rows | RowsEnd | Refused


def write(pipe: BinaryIO, frame: Frame) -> None:
    """Write a frame onto the pipe."""
    body = msgspec.msgpack.encode(frame)
    pipe.write(len(body).to_bytes(_LENGTH) + body)
    pipe.flush()


def frames(pipe: BinaryIO) -> Iterator[Frame]:
    """Yield the frames on the pipe until its end. Raises ValueError for bytes that are none."""
    decoder = msgspec.msgpack.Decoder(Frame)
    while head := pipe.read(_LENGTH):
        length = int.from_bytes(head)
        if len(head) < _LENGTH or length > LONGEST_FRAME:
            raise ValueError("no frame")
        # A frame cut short does not decode.
        yield decoder.decode(pipe.read(length))
