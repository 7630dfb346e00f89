"""The further entries of a question (专职人数 …), side by side."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ohdesk.errors import Problem
from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field


class DetailFields(QWidget):
    """Emits `edited` with each key; `editors` are those of the question shown, by key."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.editors: dict[str, QLineEdit] = {}
        self._fields: dict[str, Field] = {}
        self._made: list[tuple[Field, QLineEdit]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap"))

    @property
    def values(self) -> dict[str, str]:
        """What is filled in, by key."""
        return {key: editor.text() for key, editor in self.editors.items() if editor.text().strip()}

    @property
    def first_open(self) -> QLineEdit | None:
        """The first that is empty, else the first there is."""
        editors = list(self.editors.values())
        return next((editor for editor in editors if not editor.text().strip()), editors[0] if editors else None)

    @property
    def errors(self) -> list[str]:
        """What is said to be wrong with each field."""
        return [field.error for field in self._fields.values()]

    def ask(self, fields: Sequence[DetailField], held: dict[str, str]) -> None:
        """Ask for these fields, filled with what is held; the same widgets serve every question."""
        while len(self._made) < len(fields):
            self._made.append(self._make())
        self.editors, self._fields = {}, {}
        for asked, (field, editor) in zip(fields, self._made, strict=False):
            field.rename(asked.label)
            editor.setText(held.get(asked.key, ""))
            editor.setPlaceholderText(_example(asked.kind))
            self.editors[asked.key], self._fields[asked.label] = editor, field
        for place, (field, _editor) in enumerate(self._made):
            field.setVisible(place < len(fields))
        self.setVisible(bool(fields))

    def _make(self) -> tuple[Field, QLineEdit]:
        editor = QLineEdit()
        editor.textEdited.connect(self.edited)
        field = Field("", editor)
        self._row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        return field, editor

    def clear_errors(self) -> None:
        """Nothing is wrong."""
        for field in self._fields.values():
            field.clear_error()

    def field_of(self, problem: Problem) -> Field | None:
        """Return the field a problem is about, if it is one of these."""
        return next((field for label, field in self._fields.items() if problem.place.endswith(f" {label}")), None)


def _example(kind: FieldKind) -> str:
    return {FieldKind.INT: tr("整数"), FieldKind.DATE: "2026-03-02", FieldKind.TEXT: ""}[kind]
