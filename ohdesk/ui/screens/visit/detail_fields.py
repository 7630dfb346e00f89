"""The further entries of a question (专职人数 …), side by side."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.i18n import tr
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import row


class DetailFields(QWidget):
    """Emits `edited` with each key; `editors` are those of the question shown, by key."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.editors: dict[str, QLineEdit] = {}
        self._fields: dict[str, Field] = {}
        self._made: list[tuple[Field, QLineEdit]] = []
        self._row = row(of=self, gap="gap")

    @property
    def values(self) -> dict[str, str]:
        """What is filled in, by key."""
        return {key: editor.text() for key, editor in self.editors.items() if editor.text().strip()}

    @property
    def errors(self) -> list[str]:
        """What is said to be wrong with each field."""
        return [field.error for field in self._fields.values()]

    @property
    def made(self) -> list[QLineEdit]:
        """Every editor there is, shown or not, in reading order."""
        return [editor for _field, editor in self._made]

    def ask(self, fields: Sequence[DetailField], held: Mapping[str, str]) -> list[QLineEdit]:
        """Ask for these fields, filled with what is held; the same widgets serve every question.

        Returns the editors that had to be made.
        """
        count = len(self._made)
        while len(self._made) < len(fields):
            self._made.append(self._make())
        self.editors, self._fields = {}, {}
        for asked, (field, editor) in zip(fields, self._made, strict=False):
            field.rename(asked.label)
            editor.setText(held.get(asked.key, ""))
            editor.setPlaceholderText(_example(asked.kind))
            self.editors[asked.key], self._fields[asked.key] = editor, field
        for place, (field, _editor) in enumerate(self._made):
            field.setVisible(place < len(fields))
        self.setVisible(bool(fields))
        return self.made[count:]

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

    def field(self, key: str) -> Field | None:
        """Return the field of a key, if it is one of these."""
        return self._fields.get(key)


def _example(kind: FieldKind) -> str:
    return {FieldKind.INT: tr("整数"), FieldKind.DATE: "2026-03-02", FieldKind.TEXT: ""}[kind]
