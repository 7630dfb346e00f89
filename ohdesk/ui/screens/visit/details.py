"""The further entries of a question: figures with units, choices, counters, and rows of a repeat; all by keys."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from ohdesk.domain.problems import at_field, in_list
from ohdesk.errors import Problem
from ohdesk.forms.computed import with_computed
from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.forms.detail_values import detail_of
from ohdesk.forms.shown_details import verdict_on
from ohdesk.i18n import tr
from ohdesk.services.visit.instruments import Instrument, expired
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.editors import LongChoice, put_value, value_of
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grow, muted, row, say, text
from ohdesk.ui.kit.repeat_table import RepeatTable, table_field, table_hint
from ohdesk.ui.screens.visit.counting import Counting

_BESIDE = 4  # figures in one line
_NAMING = 2  # texts that say which row is counted: the workshop and the post
Editor = QLineEdit | QComboBox | RepeatTable


class DetailFields(QWidget):
    """The entries of the question shown; emits `edited` with each key, and `left` at the end of a table or a count.

    editors, fields: by key · made: every editor there is, shown or not · day: of the visit, by which limits hold
    instruments: of the office, for readings that name one
    """

    edited = Signal()
    left = Signal()

    def __init__(self, keys: QObject) -> None:
        """keys: what listens to the keys of every editor"""
        super().__init__()
        self._keys = keys
        self._whole: Sequence[DetailField] = ()
        self._asked: Sequence[DetailField] = ()  # of those, what is not computed
        self._counting_in: RepeatTable | None = None
        self.editors: dict[str, Editor] = {}
        self.fields: dict[str, Field] = {}
        self.made: list[Editor] = []
        self._pools: dict[type[QWidget], list[Field]] = {}
        self.day: date | None = None
        self.instruments: Sequence[Instrument] = ()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.size("gap"))
        self.counting = Counting()
        self.counting.counted.connect(self._put_counted)
        self.counting.ended.connect(self._end_counting)
        self._count = button(tr("清点  F9"), act=self.count)
        self._expired, self._follows = text("", "fieldWarning"), muted()
        column(self._grid, self.counting, row(self._count, grow()), self._expired, self._follows, of=self)

    @property
    def values(self) -> dict[str, str]:
        """What is filled in, by key."""
        texts = {key: value_of(editor) for key, editor in self.editors.items()}
        return {key: text for key, text in texts.items() if text.strip()}

    @property
    def wants_rows(self) -> bool:
        """True where counters or a table have to be filled, and nothing is."""
        asks = any(field.kind in {FieldKind.REPEAT, FieldKind.COUNTER} for field in self._asked)
        return asks and not self.values

    @property
    def in_order(self) -> list[Editor]:
        """The editors of the question shown, in reading order."""
        return list(self.editors.values())

    def ask(self, asked: Sequence[DetailField], held: Mapping[str, str], sources: Mapping[str, str]) -> None:
        """Ask for these fields, filled with what is held; the same widgets serve every question.

        sources: by field, where that comes from, as long as nobody has answered
        """
        self._whole, self._asked = asked, [field for field in asked if field.computed is None]
        for field in (field for pool in self._pools.values() for field in pool):
            self._grid.removeWidget(field)
            field.hide()
        used: dict[type[QWidget], int] = {}
        self.editors, self.fields = {}, {}
        for each in self._asked:
            kind = _editor_of(each)
            place = used.get(kind, 0)
            used[kind] = place + 1
            self._fill(each, self._held(kind, place), held.get(each.key, ""), sources.get(each.key, ""))
        self._lay_out()
        self.counting.hide()
        self._count.setVisible(any(True for _ in self._counted()))
        self._show_follows()
        self.setVisible(bool(self._asked))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Say beside each field what it lacks, or why its text cannot be stored."""
        for key, field in self.fields.items():
            editor = self.editors[key]
            of_field = [each for each in problems if detail_of(each.field) == key]
            if isinstance(editor, RepeatTable):
                editor.show_faults({each.field: in_list(each) for each in of_field})
                said = "\n".join(map(in_list, of_field))
            else:
                said = "\n".join(map(at_field, of_field))
            if said:
                field.set_error(said)
            else:
                field.clear_error()

    def focus_on(self, key: str) -> bool:
        """Go to a field, or to a cell of a table, by the key a problem names; False where there is none."""
        editor = self.editors.get(detail_of(key))
        if isinstance(editor, RepeatTable):
            editor.show_cell(key)
        elif editor is not None:
            editor.setFocus()
        return editor is not None

    def is_refused(self, editor: QObject) -> bool:
        """True where what stands in an editor cannot be stored."""
        key = next((each for each, other in self.editors.items() if other is editor), "")
        return bool(key and self.fields[key].error and value_of(self.editors[key]).strip())

    def focus_next(self, behind: QObject | None = None) -> bool:
        """Go to the first field, or the one behind another; False at the last."""
        editors = self.in_order
        place = editors.index(behind) + 1 if isinstance(behind, QWidget) and behind in editors else 0
        if place >= len(editors):
            return False
        editors[place].setFocus()
        return True

    def count(self) -> None:
        """Count by single keys: in the row of the table one stands in, or in the counters of the question."""
        first = next(self._counted(), None)
        if first is None:
            return
        self._counting_in = table = first if isinstance(first, RepeatTable) else None
        if table is None:
            self.counting.begin(tr("本项"), self._asked, lambda: self.values)
            return
        field = next(each for each in self._asked if self.editors[each.key] is table)
        at = max(0, table.currentRow())
        held = table.counted(at)
        named = [held[each.key] for each in field.columns if each.kind is FieldKind.TEXT and each.key in held]
        title = tr("第 {row} 行 {name}", row=at + 1, name=" ".join(named[:_NAMING])).rstrip()
        self.counting.begin(title, field.columns, partial(table.counted, at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a choice digits choose, as they stand before its words."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QComboBox):
            place = int(event.text()) if event.text().isascii() and event.text().isdigit() else 0
            if 0 < place < watched.count():
                watched.setCurrentIndex(place)
                self._edit()
                return True
        return False

    def _fill(self, asked: DetailField, field: Field, held: str, source: str) -> None:
        editor = cast("Editor", field.editor)
        hint = table_hint(asked) if isinstance(editor, RepeatTable) else source
        field.rename(asked.said_with_unit, hint)
        self.editors[asked.key], self.fields[asked.key] = editor, field
        if isinstance(editor, RepeatTable):
            editor.ask(asked, held)
        elif isinstance(editor, LongChoice):
            editor.offer([("", ""), *((each.key, f"{at} {each.said}") for at, each in enumerate(asked.choices, 1))])
            put_value(editor, held)
        elif isinstance(editor, QLineEdit):
            editor.setText(held)
            editor.setPlaceholderText(_example(asked.kind))

    def _held(self, kind: type[Editor], place: int) -> Field:
        pool = self._pools.setdefault(kind, [])
        if place == len(pool):
            editor = kind()
            self.made.append(editor)
            field = table_field("", editor) if isinstance(editor, RepeatTable) else Field("", editor)
            if isinstance(editor, RepeatTable):
                editor.edited.connect(self._edit)
                editor.left.connect(self.left)
            elif isinstance(editor, QComboBox):
                editor.activated.connect(self._edit)
                editor.installEventFilter(self)
            else:
                editor.textEdited.connect(self._edit)
            editor.installEventFilter(self._keys)
            pool.append(field)
        return pool[place]

    def _lay_out(self) -> None:
        line, place = 0, 0
        count = sum(not isinstance(each, RepeatTable) for each in self.editors.values())
        columns = min(_BESIDE, max(1, count))
        for key, field in self.fields.items():
            if isinstance(self.editors[key], RepeatTable):
                line, place = line + bool(place), 0
                self._grid.addWidget(field, line, 0, 1, columns)
                line += 1
            else:
                self._grid.addWidget(field, line, place, Qt.AlignmentFlag.AlignTop)
                line, place = (line + 1, 0) if place + 1 == columns else (line, place + 1)
            field.show()
        for each in range(_BESIDE):
            self._grid.setColumnStretch(each, 1 if each < columns else 0)

    def _edit(self) -> None:
        self._show_follows()
        self.edited.emit()

    def _counted(self) -> Iterator[Editor]:
        """Yield what has counters, first the table one stands in."""
        for field in sorted(self._asked, key=lambda each: not self.editors[each.key].hasFocus()):
            if any(each.kind is FieldKind.COUNTER for each in (field, *field.columns)):
                yield self.editors[field.key]

    def _put_counted(self, changed: Mapping[str, str]) -> None:
        if self._counting_in is not None:
            self._counting_in.put(max(0, self._counting_in.currentRow()), changed)
            return
        for key, said in changed.items():
            put_value(self.editors[key], said)
        self._edit()

    def _end_counting(self) -> None:
        if self._counting_in is not None:
            self._counting_in.setFocus()
        else:
            self.left.emit()

    def _show_follows(self) -> None:
        say(self._follows, "\n".join(self._said_to_follow()))
        told = expired(self.instruments, self._whole, self.values, self.day) if self.day is not None else ()
        say(self._expired, "\n".join(told))

    def _said_to_follow(self) -> Iterator[str]:
        """Yield what is computed of the figures, and what the limits in force say of them."""
        if not any(field.computed or field.judged or field.columns for field in self._whole):
            return
        values, rows = with_computed(self._whole, self.values)
        for field in self._whole:
            yield from self._said_of(field, values, values)
            for number, each in enumerate(rows.get(field.key, ()), 1):
                for cell in field.columns:
                    for said in self._said_of(cell, each, values):
                        yield tr("第 {row} 行 {said}", row=number, said=said)

    def _said_of(self, field: DetailField, values: Mapping[str, str], outer: Mapping[str, str]) -> Iterator[str]:
        if field.computed is not None and field.key in values:
            yield tr("{label}：{text}", label=field.said_with_unit, text=values[field.key])
        if self.day is not None and (verdict := verdict_on(field, values, outer, self.day)):
            yield tr("{label}：{text}", label=field.said, text=verdict.why)


def _editor_of(field: DetailField) -> type[Editor]:
    kinds: dict[FieldKind, type[Editor]] = {FieldKind.REPEAT: RepeatTable, FieldKind.CHOICE: LongChoice}
    return kinds.get(field.kind, QLineEdit)


def _example(kind: FieldKind) -> str:
    if kind.is_whole:
        return tr("整数")
    return {FieldKind.DATE: "2026-03-02", FieldKind.NUMBER: tr("数字")}.get(kind, "")
