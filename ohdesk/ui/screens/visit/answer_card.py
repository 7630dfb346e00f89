"""One question: its text and basis, the four answers, and the fields that the answer asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ohdesk.domain.calendar import beijing
from ohdesk.domain.record import PhotoLine
from ohdesk.errors import Problem
from ohdesk.forms.answers import Answer, AnswerValue, photo_wanted
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.loader import SEVERITIES
from ohdesk.i18n import tr
from ohdesk.services.visit.filling_views import AnswerView, SavedAt
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.held_key import HeldKey
from ohdesk.ui.kit.photo_strip import PhotoStrip
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.visit.detail_fields import DetailFields
from ohdesk.ui.screens.visit.phrase_list import PhraseList

_ANSWER_KEYS = {
    Qt.Key.Key_1: AnswerValue.MET,
    Qt.Key.Key_2: AnswerValue.NOT_MET,
    Qt.Key.Key_3: AnswerValue.NOT_APPLICABLE,
    Qt.Key.Key_4: AnswerValue.NOT_INSPECTED,
}
_REASONED = {AnswerValue.NOT_APPLICABLE, AnswerValue.NOT_INSPECTED}
_TEXT_LINES = 3
_PASTED = 8  # characters at once: more than an input method usually commits


class AnswerCard(QFrame):
    """Shows a question; emits each answer as soon as it is given. Digits count only while an answer has the focus.

    Whoever stores an answer says at once what came of it: `show_saved` or `show_failed`.
    """

    answered = Signal(object)  # Answer
    noted = Signal(object)  # texts by field, typed before there is an answer
    given = Signal()  # the answer is complete: the next question can come
    next_wanted = Signal()
    previous_wanted = Signal()
    photo_wanted = Signal()
    announcement_wanted = Signal()
    phrases_wanted = Signal(object)  # AnswerValue

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._question: Question | None = None
        self._value: AnswerValue | None = None
        self._shown: Mapping[str, str] = {}
        self._lacking: tuple[Problem, ...] = ()
        self.unsaved = False  # storing it failed: nobody may go on from here
        self._held = HeldKey()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(theme.layout("text_saved_after_ms"))
        self._pause.timeout.connect(self.flush)
        self._reveal = QTimer(self)  # once everything has its place
        self._reveal.setSingleShot(True)
        self._reveal.timeout.connect(self._show_focused)
        self._place = _muted()
        self._severity = StatusChip()
        self._text = QLabel()
        self._text.setObjectName("question")
        self._basis = _muted()
        for label in (self._text, self._basis):
            label.setWordWrap(True)
        self.buttons = {value: self._answer_button(value) for value in AnswerValue}
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme.size("row") * _TEXT_LINES)
        self._length = 0
        self.text.textChanged.connect(self._text_changed)
        self._text_field = Field(tr("说明"), self.text)
        self.phrases = PhraseList(self.text)
        self.details = DetailFields()
        self.details.edited.connect(self._save_soon)
        self._photos = PhotoStrip()
        self._photo_count = 0
        self._photo_hint = _muted(tr("这一项不合格，最好附照片。"))
        self.stamp = StatusChip()
        self._lay_out()

    def show_question(
        self, form: Form, question: Question, view: AnswerView | None, typed: Mapping[str, str] | None = None
    ) -> None:
        """Show a question with its answer, if there is one, and with what was typed beside it; nothing is saved."""
        self._question = question
        self._value = view.answer.value if view else None
        self.unsaved = False
        section = next(section.title for section in form.sections if section.id == question.section)
        number, total = question.number, len(form.questions)
        self._place.setText(
            tr("{section} · 第 {number} 项，共 {total} 项", section=section, number=number, total=total)
        )
        self._following.setText(tr("下一项  Enter") if number < total else tr("离场  Enter"))
        self._severity.show_state(tr("{severity}项", severity=tr(question.severity)), _severity_kind(question))
        self._text.setText(question.text)
        self._basis.setText(_basis(question))
        self._group.setExclusive(False)  # an exclusive group keeps one button down
        for value, button in self.buttons.items():
            button.setChecked(value is self._value)
        self._group.setExclusive(True)
        self.phrases.hide()
        held = view.answer.texts if view else {}
        self._fill(question, {**held, **(typed or {})})
        if view is None:
            self.stamp.show_state(tr("○ 未答"), "plain")
            self._show_missing(())
        else:
            self.show_saved(SavedAt(view.saved_at, view.answer, view.missing, typed or {}))
        self.focus_answers()

    @property
    def place_text(self) -> str:
        """Where one stands: section and number."""
        return self._place.text()

    @property
    def question_text(self) -> str:
        """The question that is shown."""
        return self._text.text()

    @property
    def text_error(self) -> str:
        """What is said to be missing in the text; empty when nothing is."""
        return self._text_field.error

    def show_saved(self, saved: SavedAt) -> None:
        """Say since when the answer is on the disk, what it lacks, and which texts could not become part of it."""
        self.unsaved = False
        refused = bool(saved.typed)
        self.stamp.show_state(tr("✗ 没有保存") if refused else _saved(saved.at), "bad" if refused else "ok")
        self._show_missing(saved.missing)

    def show_noted(self) -> None:
        """Say that there is no answer yet; what was typed before it is kept."""
        self.unsaved = False
        self.stamp.show_state(tr("○ 未答"), "plain")

    def show_failed(self) -> None:
        """Say that what stands here is not on the disk; digits answer again, and nobody goes on meanwhile."""
        self.unsaved = True
        self.stamp.show_state(tr("✗ 没有保存"), "bad")

    def show_photos(self, photos: tuple[PhotoLine, ...], pictures: Mapping[int, bytes]) -> None:
        """Show the photos of this question."""
        self._photo_count = len(photos)
        self._photos.show_photos(photos, pictures)
        self._hint_at_photo()

    def offer_phrases(self, phrases: Sequence[str]) -> None:
        """Show ready sentences under the text."""
        self._text_field.show()
        self.phrases.offer(phrases)
        self._reveal.start()

    def focus_answers(self) -> None:
        """Put the focus where digits answer."""
        self.buttons[self._value or AnswerValue.MET].setFocus()

    def flush(self) -> None:
        """Save texts that were typed and not saved yet."""
        self._pause.stop()
        typed = self._typed()
        if typed == self._shown and not self.unsaved:
            return
        self._store(typed)

    def unsaved_answer(self) -> tuple[AnswerValue | None, Mapping[str, str]] | None:
        """Return what stands here and could not be stored, None when all is stored."""
        return (self._value, self._typed()) if self.unsaved else None

    def take_answer(self, value: AnswerValue | None, texts: Mapping[str, str]) -> None:
        """Put back what could not be stored, and try again."""
        if self._question is None:
            return
        self._value = value
        if value is not None:
            self.buttons[value].setChecked(True)
        self._fill(self._question, texts)
        self._store(texts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyRelease:
                self._held.let_go(event)
            elif event.type() == QEvent.Type.KeyPress:
                return self._key(watched, event)
        if event.type() == QEvent.Type.FocusOut and watched not in self.buttons.values():
            self.flush()
        return False

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        held = self._held.is_held(event)
        if event.key() == Qt.Key.Key_F2 and self._value is not None:
            self.phrases_wanted.emit(self._value)
        elif watched in self.buttons.values():
            return held or self._answer_key(event)  # a key held down answers once
        elif event.key() == Qt.Key.Key_Escape:
            self.flush()
            self.focus_answers()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and watched is not self.text:
            if not held:
                self._go_on()
        else:
            return False
        return True

    def _answer_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _ANSWER_KEYS:
            self.buttons[_ANSWER_KEYS[key]].click()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Plus, Qt.Key.Key_PageDown}:
            self.next_wanted.emit()
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_PageUp}:
            self.previous_wanted.emit()
        elif key == Qt.Key.Key_Asterisk:
            self.photo_wanted.emit()
        elif key == Qt.Key.Key_Slash:
            self._text_field.show()
            self.text.setFocus()
        else:
            return False
        return True

    def _choose(self, value: AnswerValue) -> None:
        question = self._question
        if question is None:
            return
        before, self._value = self._value, value
        if value is not before:
            self._start_text(before, value, question)
        self._label_text(value)
        self._pause.stop()
        self._store(self._typed())
        self._hint_at_photo()
        if self.unsaved:
            self.focus_answers()
        elif value is not AnswerValue.MET:
            self._focus(self.text)
        elif self._lacking:
            self._focus_lacking()
        else:
            self.given.emit()

    def _go_on(self) -> None:
        """Leave a field by Enter: to the next that lacks something, else to the next question."""
        self.flush()
        if self._lacking:
            self._focus_lacking()
        elif not self.unsaved:
            self.next_wanted.emit()

    def _store(self, texts: Mapping[str, str]) -> None:
        self._shown = texts
        self.text.document().setModified(False)  # undo in the text goes from one saved state to the next
        if self._value is None:
            self.noted.emit(texts)
        else:
            self.answered.emit(Answer(self._value).with_texts(texts))

    def _focus_lacking(self) -> None:
        self._focus(self.details.editors.get(self._lacking[0].field, self.text))

    def _focus(self, editor: QPlainTextEdit | QLineEdit) -> None:
        if editor is self.text:
            self._text_field.show()  # keys must not go where nobody sees them
            self.text.moveCursor(QTextCursor.MoveOperation.End)
        editor.setFocus()
        self._reveal.start()

    def _start_text(self, before: AnswerValue | None, value: AnswerValue, question: Question) -> None:
        """A new answer starts with its own text: the question's phrase for a breach, nothing otherwise.

        What was typed before there was any answer belongs to the first one.
        """
        if before is not None or not self.text.toPlainText():
            self._set_text(question.phrase if value is AnswerValue.NOT_MET else "")

    def _fill(self, question: Question, texts: Mapping[str, str]) -> None:
        self._set_text(texts.get("fact") or texts.get("reason") or "")
        self._label_text(self._value)
        made = self.details.ask(question.fields, texts)
        for editor in made:
            editor.installEventFilter(self)
        self._shown = self._typed()
        self._pause.stop()
        if made:
            self._order()

    def _set_text(self, text: str) -> None:
        self.text.blockSignals(True)
        self.text.setPlainText(text)
        self.text.blockSignals(False)
        self._length = self.text.document().characterCount()

    def _text_changed(self) -> None:
        before, self._length = self._length, self.text.document().characterCount()
        self._save_soon(at_once=self._length - before > _PASTED)

    def _save_soon(self, *, at_once: bool = False) -> None:
        self.stamp.show_state(tr("○ 未保存"), "plain")
        self._pause.start(0 if at_once else theme.layout("text_saved_after_ms"))

    def _label_text(self, value: AnswerValue | None) -> None:
        labels = {
            AnswerValue.NOT_MET: (
                tr("事实描述  F2 选常用语"),
                tr("写明时间、岗位、看到的情形和数字，不写推测和处罚。"),
            ),
            AnswerValue.NOT_APPLICABLE: (tr("合理缺项的理由  F2 选常用语"), ""),
            AnswerValue.NOT_INSPECTED: (tr("未检查的原因  F2 选常用语"), ""),
        }
        label, hint = labels.get(value, (tr("备注（可不填）"), "")) if value else (tr("备注（可不填）"), "")
        self._text_field.rename(label, hint)
        self._text_field.setVisible(value in labels or bool(self.text.toPlainText()))

    def _typed(self) -> dict[str, str]:
        """Return what stands in the fields, by their keys; nothing empty."""
        text = self.text.toPlainText()
        return {**({"reason" if self._value in _REASONED else "fact": text} if text else {}), **self.details.values}

    def _show_missing(self, lacking: tuple[Problem, ...]) -> None:
        """Say beside each field what it still lacks, or why its text cannot be stored."""
        self._lacking = lacking
        self._text_field.clear_error()
        self.details.clear_errors()
        for problem in lacking:
            field = self.details.field(problem.field) or self._text_field
            field.show()
            field.set_error(_gap(problem, bool(self._typed().get(problem.field))))

    def _show_focused(self) -> None:
        focused = self.focusWidget()
        if focused is not None and self._scrolled.isAncestorOf(focused):
            self._scrolled.ensureWidgetVisible(focused)

    def _hint_at_photo(self) -> None:
        question, value = self._question, self._value
        wanted = question is not None and value is not None and photo_wanted(Answer(value), question, self._photo_count)
        self._photo_hint.setVisible(wanted)

    def _answer_button(self, value: AnswerValue) -> QPushButton:
        button = QPushButton(f"{value.digit}  {value.word}")
        button.setCheckable(True)
        button.setProperty("answer", True)
        button.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        button.setAccessibleName(value.word)
        button.installEventFilter(self)
        button.clicked.connect(lambda: self._choose(value))
        return button

    def _lay_out(self) -> None:
        self._group = QButtonGroup(self)
        answers = QHBoxLayout()
        answers.setSpacing(theme.size("gap_small"))
        for button in self.buttons.values():
            self._group.addButton(button)
            answers.addWidget(button)
        answers.addStretch(1)
        self.text.installEventFilter(self)
        self._photo = action("photo", tr("附照片  F6"), self.photo_wanted.emit)
        self.announce = QPushButton(tr("登记待补照片(&A)"))
        self.announce.clicked.connect(self.announcement_wanted)
        photo_row = QHBoxLayout()
        photo_row.setSpacing(theme.size("gap_small"))
        photo_row.addWidget(self._photo)
        photo_row.addWidget(self.announce)
        photo_row.addWidget(self._photo_hint)
        photo_row.addStretch(1)
        self._previous = QPushButton(tr("上一项  PgUp"))
        self._previous.clicked.connect(self.previous_wanted)
        self._following = QPushButton(tr("下一项  Enter"))
        self._following.setProperty("primary", True)
        self._following.clicked.connect(self.next_wanted)
        foot = QHBoxLayout()
        foot.setSpacing(theme.size("gap_small"))
        foot.addWidget(self.stamp)
        foot.addStretch(1)
        foot.addWidget(self._previous)
        foot.addWidget(self._following)
        head = QHBoxLayout()
        self._place.setWordWrap(True)
        head.addWidget(self._place, 1)
        head.addWidget(self._severity)
        inside = QWidget()
        content = QVBoxLayout(inside)
        side, top = theme.size("page_side") + theme.size("gap_tiny"), theme.size("page_top")
        content.setContentsMargins(side, top, side, 0)
        content.setSpacing(theme.size("gap_small") + theme.size("gap_tiny"))
        content.addLayout(head)
        content.addWidget(self._text)
        content.addWidget(self._basis)
        content.addLayout(answers)
        content.addWidget(self.details)
        content.addWidget(self._text_field)
        content.addWidget(self.phrases)
        content.addLayout(photo_row)
        content.addWidget(self._photos)
        content.addStretch(1)
        foot.setContentsMargins(side, 0, side, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        self._scrolled = Scrolled(inside)
        column.addWidget(self._scrolled, 1)
        column.addLayout(foot)
        self._order()

    def _order(self) -> None:
        """Let Tab go in reading order; fields made later would come after the buttons at the foot."""
        way = (*self.buttons.values(), *self.details.made, self.text, self.phrases, self._photo, self.announce)
        for before, after in pairwise((*way, self._previous, self._following)):
            QWidget.setTabOrder(before, after)


def _muted(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName("muted")
    return label


def _severity_kind(question: Question) -> str:
    return "warn" if question.severity == SEVERITIES[-1] else "plain"


def _basis(question: Question) -> str:
    parts = [tr("依据：{duty}", duty="；".join(question.printed_duty))] if question.printed_duty else []
    if question.how:
        parts.append(tr("检查方式：{how}", how=question.how))
    if question.na_when:
        parts.append(tr("可合理缺项：{when}", when=question.na_when))
    return "\n".join(parts)


def _gap(problem: Problem, something: bool) -> str:
    """Say what a field lacks, or that what stands there is wrong."""
    if something:
        return tr("应为{expected}，现为“{found}”。", expected=problem.expected, found=problem.found)
    return tr("请{expected}。{remedy}", expected=problem.expected, remedy=problem.remedy)


def _saved(at: datetime) -> str:
    return tr("● 已保存 {time}", time=beijing(at).strftime("%H:%M:%S"))
