"""A form made from a definition: fields by key, each problem at its field, nothing half-filled thrown away unasked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLayout, QLineEdit, QPlainTextEdit, QWidget

from ohdesk.domain.problems import at_field
from ohdesk.domain.register.definition import Field as Asked
from ohdesk.domain.register.definition import Kind, word
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.confirm import Asking, Confirm
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import LongChoice, note_edit, put_value, value_of
from ohdesk.ui.kit.field import Choice, Field, PasswordEdit, say_beside, show_problems
from ohdesk.ui.kit.jobs import Worker
from ohdesk.ui.kit.lay import box, clear, column, grid, grow, muted, row, say, text
from ohdesk.ui.kit.scroll import FollowingScroll

Result = TypeVar("Result")
Values = Mapping[str, str]
_NOTE_LINES = 3
Check = Callable[[str, str], Problem | None]


class Form(Asking):
    """Hidden until it asks; Enter and the button at its foot submit, Esc gives up, after a question if it is touched.

    A field is checked when it is left and when the form is submitted; what is wrong with it goes while it is being
    corrected.
    """

    submitted = Signal()  # every field is as its definition asks
    closed = Signal()  # given up or saved
    edited = Signal(str)  # the key of a field in which something else stands now

    def __init__(
        self,
        asked: Sequence[Asked],
        today: str = "",
        columns: int = 1,
        check: Check | None = None,
        warn: Check | None = None,
    ) -> None:
        """Make the fields.

        today: ISO day that days typed without a year are near to · columns: of fields beside each other
        check: says of a field's text what the service would say against it · warn: what should be looked at in one that
        it takes
        """
        super().__init__()
        self.setObjectName("card")
        self._asked = {each.key: each for each in asked}
        self._check, self._warn = check, warn
        self._held: dict[str, str] = {}
        self._then: Callable[[], object] | None = None
        lines = _NOTE_LINES if columns > 1 else 0  # of a form of one column a note takes the room that is left
        self.fields = {
            each.key: Field(word(each.label), _editor(each, today, lines), word(each.help)) for each in asked
        }
        for key, field in self.fields.items():
            field.editor.installEventFilter(self)
            _on_edit(field.editor, partial(self._edited, key))
        self._title, self._about, self._wrong = text("", "question"), muted(), text("", "fieldError")
        self.extra = column()
        self.cancel = button(tr("不保存(&Q)"), "Esc", act=self.give_up)
        self.submit = button("", act=self._submit, primary=True)
        self._question = Confirm()
        self._question.confirmed.connect(self._throw_away)
        self._question.declined.connect(self._fill_on)
        inside = QWidget()
        column(*self._blocks(columns), self.extra, grow(), of=inside)
        self._buttons = box(row(grow(), self.cancel, self.submit))
        parts = (self._title, self._about, grow(FollowingScroll(inside)), self._wrong, self._question, self._buttons)
        column(*parts, of=self, edges=("gap", "gap"))
        self.hide()

    def _blocks(self, columns: int) -> Iterator[QLayout | QWidget]:
        """Yield the fields in their order: beside each other, but a note over the whole width."""
        for is_note, run in groupby(self._asked.values(), key=lambda asked: asked.kind is Kind.NOTE):
            fields = [self.fields[asked.key] for asked in run]
            if is_note:
                yield from fields
            else:
                yield grid(fields, [1] * columns)

    @property
    def is_touched(self) -> bool:
        """True when something was typed that is not saved."""
        return not self.isHidden() and self.values() != self._held

    def ask(self, title: str, action: str, values: Values, about: str = "", held: Values | None = None) -> None:
        """Show the form with these values; held: what is saved, where it differs from them, as with a draft."""
        say(self._title, title)
        say(self._about, about)
        say(self._wrong, "")
        self.submit.setText(action)
        self.submit.setEnabled(True)
        self._question.hide()
        self._buttons.show()
        for key, field in self.fields.items():
            self.put(key, (values if held is None else held).get(key, ""))
            field.clear_error()
        self._held = self.values()
        if held is not None:
            for key in self.fields.keys() & values.keys():
                self.put(key, values[key])
        self.show()
        self.focus_first()

    def value(self, key: str) -> str:
        """Return what stands in a field: its text, an ISO day, the key of a choice, or keys with spaces between."""
        return value_of(self.fields[key].editor)

    def day(self, key: str) -> date | None:
        """Return the day in a field; None while no day stands there."""
        editor = self.fields[key].editor
        return date.fromisoformat(editor.day()) if isinstance(editor, DayEdit) and editor.is_day else None

    def values(self) -> dict[str, str]:
        return {key: self.value(key) for key in self.fields}

    def changed(self) -> dict[str, str]:
        """Return what stands in the fields that differ from what is saved, without white space around it."""
        return {key: value.strip() for key, value in self.values().items() if value != self._held[key]}

    def draft(self) -> dict[str, str] | None:
        """Return what was typed and is not saved, but no password; None when there is nothing."""
        if not self.is_touched:
            return None
        return {key: self.value(key) for key, asked in self._asked.items() if asked.kind is not Kind.PASSWORD}

    def put(self, key: str, value: str) -> None:
        """Put a value into a field."""
        put_value(self.fields[key].editor, value)

    def want(self, key: str, *, wanted: bool) -> None:
        """Ask for a field, or not any more: then it stays in its place, grey, and nothing is wrong with it."""
        self.fields[key].setEnabled(wanted)
        if not wanted:
            self.fields[key].clear_error()

    def word(self, key: str) -> str:
        """Return the word that is chosen in a field."""
        editor = self.fields[key].editor
        return editor.currentText() if isinstance(editor, QComboBox) else self.value(key)

    def offer(self, key: str, choices: Iterable[tuple[str, str]]) -> None:
        """Offer other choices in a field: key and word."""
        editor = self.fields[key].editor
        if isinstance(editor, Choice | _Boxes):
            editor.offer((choice, tr(word)) for choice, word in choices)

    def show_problems(self, error: UserError) -> None:
        """Say what is wrong at the fields it belongs to by key, and above the buttons what belongs to none."""
        self.set_busy(busy=False)
        say(self._wrong, show_problems(self.fields, error))

    def save(self, page: Worker, act: Callable[[], Result], then: Callable[[Result], object]) -> None:
        """Let a page do on the worker what is asked for, once; then close, or say in its place what is refused.

        It may wait behind longer work: whoever gave the form up meanwhile hears of a refusal from the page.
        """
        held = self._held

        def still_asks() -> bool:
            return self._held is held and not self.isHidden()

        def saved(result: Result) -> None:
            if still_asks():
                self.close_form()
            then(result)

        def refused(error: Exception) -> None:
            if still_asks():
                self.set_busy(busy=False)
                page.refusal(self.show_problems)(error)
            else:
                page.failed.emit(error)

        self.set_busy(busy=True)
        page.work(act, saved, otherwise=refused)

    def set_busy(self, *, busy: bool) -> None:
        """Take no second submission while the first is being saved."""
        self.submit.setEnabled(not busy)

    def focus_first(self) -> None:
        """Put the cursor into the first field that can be filled."""
        for field in self.fields.values():
            if not field.isHidden() and field.editor.isEnabled():
                field.editor.setFocus()
                if isinstance(field.editor, QLineEdit):
                    field.editor.selectAll()
                return

    def focus_field(self, key: str) -> None:
        """Put the cursor into a field; where there is none, or it cannot be filled, into the first that can."""
        field = self.fields.get(key)
        if field is None or field.isHidden() or not field.editor.isEnabled():
            self.focus_first()
        else:
            field.editor.setFocus()

    def give_up(self, then: Callable[[], object] | None = None) -> None:
        """Close, and do what comes then; ask first when something was typed."""
        self._then = then
        if self.is_touched:
            self._buttons.hide()  # one letter would press a button of each
            self._question.ask(tr("放弃填写的内容？"), tr("放弃(&Y)"))
        else:
            self._throw_away()

    def close_form(self) -> None:
        """Close; no password stays."""
        for key, asked in self._asked.items():
            if asked.kind is Kind.PASSWORD:
                self.put(key, "")
        self._question.hide()
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def go_on(self, focused: object) -> None:
        if not isinstance(focused, QPlainTextEdit):  # in which Enter makes a line
            self._submit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Check a field once the focus has gone to another one of this form."""
        if event.type() == QEvent.Type.FocusOut:
            for key, field in self.fields.items():
                if field.editor is watched:
                    # Only then does the next field have the focus, if it is one of this form.
                    QTimer.singleShot(0, self, partial(self._left, key))
        return False

    def _edited(self, key: str) -> None:
        self.fields[key].clear_error()
        self.edited.emit(key)

    def _left(self, key: str) -> None:
        if self.isAncestorOf(self.window().focusWidget() or self) and self.value(key) != self._held[key]:
            problem = self._problem(key)
            if problem is not None:
                self.fields[key].set_error(at_field(problem))
            elif self._warn and (doubtful := self._warn(key, self.value(key).strip())):
                self.fields[key].set_warning(at_field(doubtful))

    def _submit(self) -> None:
        if not self.submit.isEnabled():
            return
        say(self._wrong, "")
        problems = tuple(problem for key in self.fields if (problem := self._problem(key)) is not None)
        say_beside(self.fields, {})
        if problems:
            self.show_problems(ProblemsError("", problems))
        else:
            self.submitted.emit()

    def _problem(self, key: str) -> Problem | None:
        asked, given = self._asked[key], self.value(key).strip()
        field = self.fields[key]
        if field.isHidden() or not field.isEnabled():
            return None
        if not given:
            return Problem(word(asked.label), "", "", tr("请填写。"), field=key) if asked.required else None
        if asked.most and len(given) > asked.most:
            expected = tr("不超过 {count} 个字", count=asked.most)
            return Problem(word(asked.label), expected, tr("{count} 个字", count=len(given)), field=key)
        if asked.repeats and self.value(key) != self.value(asked.repeats):
            return Problem(word(asked.label), "", "", tr("两次输入的密码不一样，请重新输入。"), field=key)
        editor = field.editor
        if isinstance(editor, DayEdit) and not editor.is_day:
            return Problem(word(asked.label), tr("日期"), given, field=key, example=editor.example)
        return self._check(key, given) if self._check is not None else None

    def _fill_on(self) -> None:
        self._buttons.show()
        self.focus_first()

    def _throw_away(self) -> None:
        then, self._then = self._then, None
        self.close_form()
        if then is not None:
            then()


class _Boxes(QWidget):
    """A few words, any number of which can be ticked."""

    toggled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QCheckBox] = {}
        self._lines = column(of=self, gap="gap_tiny")

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer other words."""
        clear(self._lines)
        self.boxes = {}
        for key, said in choices:
            self._add(key, said)

    def _add(self, key: str, said: str) -> None:
        self.boxes[key] = box = QCheckBox(said)
        self._lines.addWidget(box)
        box.toggled.connect(self.toggled)
        self.setFocusProxy(next(iter(self.boxes.values())))

    @property
    def value(self) -> str:
        """The keys ticked, with spaces between them."""
        return " ".join(key for key, each in self.boxes.items() if each.isChecked())

    def choose(self, keys: str) -> None:
        """Tick these."""
        for key in keys.split():
            if key not in self.boxes:  # shown as such, and kept until it is unticked
                self._add(key, tr("{word}（不在列表中）", word=key))
        for key, each in self.boxes.items():
            each.setChecked(key in keys.split())


def _editor(asked: Asked, today: str, note_lines: int) -> QWidget:
    if asked.kind is Kind.DAY:
        return DayEdit(today)
    if asked.kind is Kind.PASSWORD:
        return PasswordEdit()
    if asked.kind in {Kind.CHOICE, Kind.CHOICES}:
        made: Choice | _Boxes = LongChoice() if asked.kind is Kind.CHOICE else _Boxes()
        made.offer((key, word(said)) for key, said in asked.choices)
        return made
    if asked.kind is Kind.NOTE:
        return note_edit(note_lines)
    line = QLineEdit()
    if asked.kind is Kind.TIME:
        line.setPlaceholderText(tr("年-月-日 时:分"))
    return line


def _on_edit(editor: QWidget, act: Callable[[], None]) -> None:
    if isinstance(editor, QComboBox):
        editor.currentIndexChanged.connect(lambda _place: act())
    elif isinstance(editor, QLineEdit):
        editor.textChanged.connect(lambda _text: act())
    elif isinstance(editor, QPlainTextEdit):
        editor.textChanged.connect(act)
    elif isinstance(editor, _Boxes):
        editor.toggled.connect(act)
