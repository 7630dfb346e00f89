"""The child process: a workbook on standard input; on standard output the employers of its list, or its rows."""

import gc
import os
import sys
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from ohdesk.services.child import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ohdesk.domain.roll.table import Entry, Refusal, Table

_AT_ONCE = 250  # rows handed over together


def main(arguments: list[str]) -> int:
    """Read one workbook.

    Its arguments: the suffix, the memory limit (bytes), the time limit (seconds), the language, and what was said of
    the columns of a list of employers (`wire.Asked`), or "-" for the rows of any sheet as they stand.
    """
    suffix, memory, seconds, language, asked = arguments
    # Before anything that parses is even imported.
    limits.bind_process(int(memory), int(seconds))
    gc.disable()  # nothing here refers to itself, and looking for that takes a sixth of the time
    from ohdesk.domain.secrecy import SecretError
    from ohdesk.i18n import set_language
    from ohdesk.services.workbook import cells, wire

    set_language(language)
    pipe = sys.stdout.buffer
    try:
        # Not through `sys.stdin`, which would read ahead: this file is read from wherever it is asked to.
        with open(sys.stdin.fileno(), "rb", closefd=False) as given:
            # Of what lies in no file there is a pipe, which cannot be read from wherever one likes.
            file = given if given.seekable() else BytesIO(given.read())
            _read(file, suffix.lower(), asked, pipe)
    except cells.NotReadableError as refusal:
        wire.write(pipe, wire.Refused(refusal.code))
    except SecretError as marked:
        wire.write(pipe, wire.Refused("secret", (marked.mark, marked.place)))
    except MemoryError:
        wire.write(pipe, wire.Refused("too_large"))
    except OSError:
        wire.write(pipe, wire.Refused("unreadable"))
    return 0


def _read(file: BinaryIO, suffix: str, asked: str, pipe: BinaryIO) -> None:
    from ohdesk.domain.roll.reading import read_roll
    from ohdesk.domain.secrecy import refuse_marked
    from ohdesk.i18n import tr
    from ohdesk.services.workbook import formats, wire
    from ohdesk.services.workbook.wordings import roll_words

    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    contents = formats.read(file, size, suffix)
    for text in contents.beside:
        refuse_marked(text, tr("页眉、页脚或表格之外的文字"))
    for name in contents.hidden_sheets:
        refuse_marked(name, tr("工作表名称"))
    left_out = (tuple(contents.hidden_sheets), tuple(contents.other_sheets), tuple(contents.notes))
    if asked == wire.AS_THEY_STAND:
        _send_rows(contents.tables, pipe)
        wire.write(pipe, wire.RowsEnd(*left_out))
        return
    sender, said = _Sender(pipe), wire.asked(asked)
    read = read_roll(contents.tables, roll_words(), sender, said.choices, sender.report, said.shapes)
    sender.send()
    wire.write(pipe, wire.End(*read, *left_out))


def _send_rows(tables: "Sequence[Table]", pipe: BinaryIO) -> None:
    """Hand over the rows of all sheets as they stand, those left out that are blank."""
    from ohdesk.domain.secrecy import refuse_marked, refuse_row
    from ohdesk.i18n import tr
    from ohdesk.services.workbook import wire
    from ohdesk.services.workbook.cells import cell_text

    whole, done = sum(len(table.rows) for table in tables), 0
    for table in tables:
        refuse_marked(table.name, tr("工作表名称"))
        hidden = tuple(sorted(row + 1 for row in table.hidden_rows))
        wire.write(pipe, wire.SheetBegins(table.name, table.merges, hidden, tuple(sorted(table.formulas))))
        waiting = []
        for number, row in enumerate(table.rows, 1):
            cells = tuple(map(cell_text, row))
            if any("密" in cell for cell in cells):
                refuse_row(cells, tr("工作表“{sheet}”第 {row} 行", sheet=table.name, row=number))
            if any(cells):
                waiting.append(wire.Row(number, cells))
            if len(waiting) == _AT_ONCE:
                wire.write(pipe, wire.Rows(waiting))
                wire.write(pipe, wire.Done(done + number, whole))
                waiting = []
        wire.write(pipe, wire.Rows(waiting))
        done += len(table.rows)


class _Sender:
    """Hands over what a list holds, many rows at a time."""

    def __init__(self, pipe: BinaryIO) -> None:
        from ohdesk.services.workbook import wire

        self._write = partial(wire.write, pipe)
        self._wire = wire
        self._entries: list[Entry] = []
        self._refusals: list[Refusal] = []

    def entry(self, entry: "Entry") -> None:
        """Take an employer."""
        self._entries.append(entry)

    def refusal(self, refusal: "Refusal") -> None:
        """Take a row that cannot be imported."""
        self._refusals.append(refusal)

    def report(self, done: int, whole: int) -> None:
        """Tell how far the reading is, and hand over what has come together."""
        if len(self._entries) + len(self._refusals) >= _AT_ONCE:
            self.send()
        self._write(self._wire.Done(done, whole))

    def send(self) -> None:
        """Hand over what has come together."""
        if self._entries:
            self._write(self._wire.Entries(self._entries))
            self._entries = []
        if self._refusals:
            self._write(self._wire.Refusals(self._refusals))
            self._refusals = []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
