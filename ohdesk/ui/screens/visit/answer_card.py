"""One question: its text and basis, the four answers, and the fields that the answer asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from ohdesk.domain.calendar import beijing
from ohdesk.domain.problems import at_field
from ohdesk.errors import Problem
from ohdesk.forms.answers import Answer, AnswerValue, photo_wanted
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.detail_values import detail_of
from ohdesk.i18n import tr
from ohdesk.services.visit.filling import AnswerView, SavedAt
from ohdesk.services.visit.known import Known
from ohdesk.services.visit.self_check_views import OfItself
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.keys import ENTERS, HeldKey
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import column, grow, muted, row
from ohdesk.ui.kit.repeat_table import RepeatTable
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.screens.visit.answer_buttons import ANSWER_KEYS, AnswerButtons
from ohdesk.ui.screens.visit.details import DetailFields
from ohdesk.ui.screens.visit.fact_edit import FactEdit, asked_beside
from ohdesk.ui.screens.visit.offered import PhraseList
from ohdesk.ui.screens.visit.question_head import QuestionHead
from ohdesk.ui.screens.visit.visit_photos import VisitPhotos

# Their text is a reason and not a fact: it is printed in another place.
_REASONED = {AnswerValue.NOT_APPLICABLE, AnswerValue.NOT_INSPECTED}
_NONE: Mapping[str, str] = {}


class AnswerCard(QFrame):
    """Shows a question; emits each answer as soon as it is given. Digits count only while an answer has the focus.

    Whoever stores an answer says at once what came of it: `show_saved` or `show_failed`.
    """

    answered = Signal(object)  # Answer
    noted = Signal(object)  # texts by field, typed before there is an answer
    given = Signal()  # the answer is complete: the next question can come
    next_wanted = Signal()
    previous_wanted = Signal()
    phrases_wanted = Signal(object)  # AnswerValue
    photos_wanted = Signal()  # all of the visit

    def __init__(self, photos: VisitPhotos) -> None:
        super().__init__()
        self.setObjectName("card")
        self._photos = photos
        self._question: Question | None = None
        self._value: AnswerValue | None = None
        self._is_last = self._is_filling = False
        self._shown: Mapping[str, str] = {}
        self._lacking: tuple[Problem, ...] = ()
        self.unsaved = False  # storing it failed: nobody may go on from here
        self._held = HeldKey()
        self._beside: QWidget | None = None  # what answers as the buttons do
        self._pause = later(self, self.flush)
        self.head = QuestionHead()
        self.answers = AnswerButtons()
        self.answers.given.connect(self._choose)
        self.text = FactEdit()
        self.text.edited.connect(lambda at_once: self._save_soon(at_once=at_once))
        self.text_field = Field(tr("说明"), self.text)
        self.phrases = PhraseList(self.text)
        self.details = DetailFields(self)
        self.details.edited.connect(self._save_soon)
        self.details.left.connect(self._go_on)
        self._photo_hint = muted(tr("这一项不合格，最好附照片。"))
        self.stamp = StatusChip()
        self._lay_out()

    def show_question(
        self,
        form: Form,
        question: Question,
        view: AnswerView | None,
        typed: Mapping[str, str] | None = None,
        *,
        note: str = "",
        known: Mapping[str, Known] | None = None,
        of_itself: OfItself | None = None,
        is_last: bool = False,
    ) -> None:
        """Show a question with its answer, if there is one, and with what was typed beside it; nothing is saved.

        note: what was found last time, or why it is not put · known: what roll and books say, by field, shown until
        there is an answer · of_itself: what its self-check says · is_last: behind it one leaves
        """
        self._question = question
        self._value = view.answer.value if view else None
        self.unsaved = False
        self._is_last = is_last
        self._name_following()
        self.head.show_question(form, question, note, of_itself)
        self.head.compare(self._value)
        self.answers.show_value(self._value)
        self.phrases.hide()
        known = (known or {}) if view is None else {}
        held = view.answer.texts if view else {key: each.text for key, each in known.items()}
        self._fill(question, {**held, **(typed or {})}, {key: each.source for key, each in known.items()})
        if view is None:
            self.show_noted()
            self._show_missing(())
        else:
            self.show_saved(SavedAt(view.saved_at, view.answer, view.missing, typed or {}))
        self.focus_answers()

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

    def offer_phrases(self, phrases: Sequence[str]) -> None:
        """Show ready sentences under the text."""
        self.text_field.show()
        self.phrases.offer(phrases)
        self._name_following(enter=not phrases)

    def focus_answers(self) -> None:
        """Put the focus where digits answer."""
        (self._beside or self.answers.by_value[self._value or AnswerValue.MET]).setFocus()

    def answer_from(self, beside: QWidget | None) -> None:
        """Let digits answer in another place, and the focus go back there; None for the buttons alone."""
        if self._beside is not None:
            self._beside.removeEventFilter(self)
        self._beside = beside
        if beside is not None:
            beside.installEventFilter(self)

    def flush(self) -> None:
        """Save texts that were typed and not saved yet."""
        self._pause.stop()  # what it waited for is done now
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
        self.answers.show_value(value)
        self._fill(self._question, texts)  # takes the texts for stored ones, which they are not
        self._store(texts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyRelease:
                self._held.let_go(event)
            elif event.type() == QEvent.Type.KeyPress:
                return self._key(watched, event)
        if event.type() == QEvent.Type.FocusOut and not (self._is_filling or self._answers(watched)):
            self.flush()
        if watched is self.text and event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self._name_following(enter=event.type() == QEvent.Type.FocusOut)
        return False

    def _name_following(self, *, enter: bool = True) -> None:
        """Name the key that goes on: in a text Enter makes a line, and among ready sentences it takes one."""
        if self._is_last:
            self.following.setText(tr("离场  Enter") if enter else tr("离场  Ctrl+Enter"))
        else:
            self.following.setText(tr("下一项  Enter") if enter else tr("下一项  PgDn"))

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        held, in_text = self._held.is_held(event), watched is self.text
        if event.key() == Qt.Key.Key_F2 and self._value is not None:
            self.phrases_wanted.emit(self._value)
        elif self._answers(watched):
            return (held and event.key() in ANSWER_KEYS) or self._answer_key(event)  # a key held down answers once
        elif event.key() == Qt.Key.Key_Escape:
            # Out of a text to the answers, where digits count again; nothing is thrown away.
            self.flush()
            self.focus_answers()
        elif in_text and event.key() == Qt.Key.Key_Tab and self.text.to_place():
            pass
        elif in_text and event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
            return self._keypad_in_text(event)
        elif event.key() in ENTERS and not in_text and not isinstance(watched, RepeatTable):
            if not held:
                self._leave_field(watched)
        else:
            return False
        return True

    def _keypad_in_text(self, event: QKeyEvent) -> bool:
        """On the keypad one hand does without Esc: its Enter goes on, its asterisk offers ready sentences."""
        if event.key() == Qt.Key.Key_Enter:
            self._go_on()
        elif event.key() == Qt.Key.Key_Asterisk and self._value is not None:
            self.phrases_wanted.emit(self._value)
        else:
            return False
        return True

    def _answers(self, watched: QObject) -> bool:
        return watched is self._beside or watched in self.answers.by_value.values()

    def _answer_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in ANSWER_KEYS:
            self.answers.by_value[ANSWER_KEYS[key]].click()
        elif key in {*ENTERS, Qt.Key.Key_Plus, Qt.Key.Key_PageDown}:
            self.next_wanted.emit()
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_PageUp}:
            self.previous_wanted.emit()
        elif key == Qt.Key.Key_Asterisk:
            self._photos.choose()
        elif key == Qt.Key.Key_Slash:
            self.text_field.show()
            self.text.setFocus()
        else:
            return False
        return True

    def _choose(self, value: AnswerValue) -> None:
        question = self._question
        if question is None:
            return
        before, self._value = self._value, value
        self.head.compare(value)
        # A new answer starts with its own text, the question's phrase for a breach; what was typed before there was
        # any answer belongs to the first one.
        if value is not before and (before is not None or not self.text.toPlainText()):
            self.text.put(question.phrase if value is AnswerValue.NOT_MET else "")
        self._label_text()
        self._pause.stop()
        self._store(self._typed())
        self.hint_at_photo()
        if self.unsaved:
            self.focus_answers()
        elif value is not AnswerValue.MET:
            self._focus_text()  # every other answer needs words, or may want others than those proposed
        elif self._lacking:
            self._focus_lacking()
        elif self.details.wants_rows:
            self.details.focus_next()
        else:
            self.given.emit()

    def _leave_field(self, field: QObject) -> None:
        """Leave a field by Enter: to the one behind it, unless what stands here cannot be stored."""
        self.flush()
        if not self.details.is_refused(field) and not self.details.focus_next(field):
            self._go_on()

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
        if not self.details.focus_on(self._lacking[0].field):
            self._focus_text()

    def _focus_text(self) -> None:
        self.text_field.show()  # keys must not go where nobody sees them
        self.text.to_first_place()
        self.text.setFocus()

    def _fill(self, question: Question, texts: Mapping[str, str], sources: Mapping[str, str] = _NONE) -> None:
        self._is_filling = True  # an editor that is put away loses the focus, and nobody has typed anything
        self.text.put(texts.get("fact") or texts.get("reason") or "")
        self._label_text()
        self.details.ask(question.fields, texts, sources)
        self._is_filling = False
        self._shown = self._typed()
        self._pause.stop()
        if question.fields:
            self._order()

    def _save_soon(self, *, at_once: bool = False) -> None:
        self.stamp.show_state(tr("○ 未保存"), "plain")
        self._pause.start(0 if at_once else theme.layout("text_saved_after_ms"))

    def _label_text(self) -> None:
        asked = asked_beside(self._value)
        self.text_field.rename(*(asked or (tr("备注（可不填）"), "")))
        # A note is seldom written: "/" or F2 shows where.
        self.text_field.setVisible(asked is not None or bool(self.text.toPlainText()))

    def _typed(self) -> dict[str, str]:
        """Return what stands in the fields, by their keys; nothing empty."""
        text = self.text.toPlainText()
        return {**({"reason" if self._value in _REASONED else "fact": text} if text else {}), **self.details.values}

    def _show_missing(self, lacking: tuple[Problem, ...]) -> None:
        """Say beside each field what it still lacks, or why its text cannot be stored."""
        self._lacking = lacking
        self.details.show_problems(lacking)
        self.text_field.clear_error()
        for problem in lacking:
            if detail_of(problem.field) not in self.details.fields:
                self.text_field.show()  # a fault nobody sees would keep one from going on for no reason
                self.text_field.set_error(at_field(problem))

    def hint_at_photo(self) -> None:
        """Say that a photo would be well, where there is none; or that none may be kept."""
        question, refused = self._question, self._photos.refused
        wanted = question is not None and photo_wanted(self._value, question, self._photos.count)
        self._photo_hint.setText(refused.message if refused else tr("这一项不合格，最好附照片。"))
        self._photo_hint.setVisible(wanted or refused is not None)

    def _lay_out(self) -> None:
        for each in (*self.answers.by_value.values(), self.text):
            each.installEventFilter(self)
        self._photo = action("photo", tr("附照片  F6"), self._photos.choose)
        self.announce = button(tr("登记待补照片(&A)"), act=self._photos.announce)
        self._all_photos = button(tr("全部照片(&H)"), "Shift+F6", act=self.photos_wanted.emit)
        self._photos.offer_by(self._photo, self.announce)
        self._previous = button(tr("上一项  PgUp"), act=self.previous_wanted.emit)
        self.following = button("", act=self.next_wanted.emit, primary=True)
        inside = QWidget()
        content = column(
            self.head,
            self.answers,
            self.details,
            self.text_field,
            self.phrases,
            row(self._photo, self.announce, self._all_photos, self._photo_hint, grow()),
            self._photos,
            grow(),
            of=inside,
        )
        foot = row(self.stamp, grow(), self._previous, self.following)
        side, top = theme.size("page_side") + theme.size("gap_tiny"), theme.size("page_top")
        content.setContentsMargins(side, top, side, 0)
        content.setSpacing(theme.size("gap_small") + theme.size("gap_tiny"))
        foot.setContentsMargins(side, 0, side, top)
        column(grow(FollowingScroll(inside)), foot, of=self)
        self._order()

    def _order(self) -> None:
        """Let Tab go in reading order; fields made later would come after the buttons at the foot."""
        way = (
            *self.answers.by_value.values(),
            *self.details.in_order,
            self.text,
            self.phrases,
            self._photo,
            self.announce,
            self._all_photos,
        )
        for before, after in pairwise((*way, self._previous, self.following)):
            QWidget.setTabOrder(before, after)


def _saved(at: datetime) -> str:
    return tr("● 已保存 {time}", time=beijing(at).strftime("%H:%M:%S"))
