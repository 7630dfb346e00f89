"""填写: the outline on the left, one question on the right, every answer saved at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.rectification import UNSETTLED
from ohdesk.errors import UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit import filling, phrases, together
from ohdesk.services.visit.filling import FillingView
from ohdesk.services.visit.outline import OutlineRow, arranged
from ohdesk.services.visit.self_check_views import OfItself, self_check_of
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import preferences
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import grow, row
from ohdesk.ui.kit.page import Page
from ohdesk.ui.screens.visit.answer_card import AnswerCard
from ohdesk.ui.screens.visit.outline import OutlinePane
from ohdesk.ui.screens.visit.visit_photos import VisitPhotos

_MINUTE = 60_000  # milliseconds


class Unsaved(NamedTuple):
    """What was typed at a question and could not be stored. value: None where there is no answer yet."""

    visit: str
    question: str
    value: AnswerValue | None
    texts: Mapping[str, str]  # by the key of their field


class FillingPage(Page):
    """Fills the checklist of one visit; emits `shown` when what stands above it may have changed."""

    shown = Signal()
    leaving_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.visit: VisitView | None = None
        self._visit = self._question = ""
        self._earlier: Mapping[str, RectificationRow] = {}  # by question, what nobody has looked at again
        self._of_itself: Mapping[str, OfItself] = {}  # by question, what the establishment said
        self.view: FillingView | None = None
        self._rest = later(self, self._keep_place, "text_saved_after_ms")
        self.outline = OutlinePane()
        self.outline.chosen.connect(self.show_question)
        self.photos = VisitPhotos(ctx, jobs)
        self.photos.stored.connect(self._read_photos)
        self.hand_on(self.photos)
        self.card = AnswerCard(self.photos)
        self.card.answered.connect(self._save)
        self.card.noted.connect(self._note)
        self.card.given.connect(self._answer_next)
        self.card.next_wanted.connect(lambda: self._step(1))
        self.card.previous_wanted.connect(lambda: self._step(-1))
        self.card.phrases_wanted.connect(self._offer_phrases)
        self._clock = QTimer(self)
        self._clock.setInterval(_MINUTE)
        self._clock.timeout.connect(self.shown)  # what is above it says how long one has been here
        self.outline.bulk_wanted.connect(self._save_bulk)
        self._beside = row(
            grow(self.outline, 2), grow(self.card, 5), of=self, gap="gap", edges=("page_side", "page_top")
        )
        self._list_by(preferences.FILLING.chosen)
        self._keys()

    @property
    def undo_label(self) -> str:
        """What Ctrl+Z would take back; empty when there is nothing."""
        return self.view.undo_label if self.view else ""

    def show_visit(self, visit: VisitView) -> None:
        """Show the checklist of a visit where one stopped. Raises UserError when it has none."""
        self.view = filling.open_form(self.ctx, visit.id)
        self.visit, self._visit = visit, visit.id
        waiting = follow_up.waiting_at(self.ctx, visit.establishment, UNSETTLED)
        self._earlier = {each.question: each for each in waiting}
        checked = self_check_of(self.ctx, visit.id)
        self._of_itself = checked.by_question if checked else {}
        self.card.details.day = legal_day(visit.started_at) if visit.started_at else None
        self.card.details.instruments = self.view.instruments
        self.show_question(self.view.current)

    def reload(self) -> None:
        """Read the visit again."""
        if self._visit:
            self._read()

    def keep(self) -> None:
        """Save what was just typed, and where one stands."""
        self.card.flush()
        if self._rest.isActive():
            self._keep_place()

    def draft(self) -> Unsaved | None:
        """Return what stands here and could not be stored."""
        answer = self.card.unsaved_answer()
        return None if answer is None else Unsaved(self._visit, self._question, *answer)

    def take_draft(self, draft: object) -> None:
        """Show again what could not be stored, and try once more."""
        if isinstance(draft, Unsaved):
            self.show_question(draft.question)
            self.card.take_answer(draft.value, draft.texts)

    def show_question(self, question: str) -> None:
        """Show a question; what was typed at the one before is saved first, and while that fails it stays in front."""
        self.card.flush()
        view = self.view
        if view is None:
            return
        if self.card.unsaved:
            self.outline.select(self._question)  # a click has moved the mark already
            return
        self._question = question
        rows = self._rows()
        self.outline.show_outline(rows, view.counts)
        self.outline.select(question)
        self.card.show_question(
            view.form,
            view.form.by_id[question],
            view.answers.get(question),
            view.typed.get(question),
            note=next(each.note for each in rows if each.question.id == question),
            known=view.known.get(question),
            of_itself=self._of_itself.get(question),
            is_last=question == self._way()[-1],
        )
        self.photos.show_those_of(self._visit, question, view.photos, self._earlier.get(question))
        self.card.hint_at_photo()
        self._rest.start()  # of a run of answers only the last place counts, and each would be a write to the disk

    def focus_search(self) -> None:
        """Put the cursor into the search of the outline."""
        self.outline.search.setFocus()
        self.outline.search.selectAll()

    @property
    def minutes(self) -> int:
        """How long one has been here."""
        began = self.visit.started_at if self.visit else None
        return int((self.ctx.now() - began).total_seconds() // 60) if began else 0

    def turn(self) -> None:
        """Show one question at a time, or the whole section as a list; the choice is remembered."""
        single, listed = preferences.FILLING.allowed
        way = single if preferences.FILLING.chosen == listed else listed
        preferences.FILLING.choose(way)
        self.card.flush()
        self._list_by(way)
        self.card.focus_answers()

    def reorder(self) -> None:
        """Go through the questions as the form has them, or papers, walk, talk; the choice is remembered."""
        as_form, by_way = preferences.ORDER.allowed
        preferences.ORDER.choose(as_form if preferences.ORDER.chosen == by_way else by_way)
        self.show_question(self._question)

    def next_open(self) -> None:
        """Show the next question that has no answer, else the next whose answer lacks something."""
        if self.view is None:
            return
        rows = [each for each in self._rows() if not each.fallen or each.question.id == self._question]
        place = next(number for number, each in enumerate(rows) if each.question.id == self._question)
        behind = [*rows[place + 1 :], *rows[: place + 1]]
        left = [each for each in behind if each.value is None] or [each for each in behind if each.incomplete]
        if left:
            self.show_question(left[0].question.id)
        else:
            self.leaving_wanted.emit()

    def undo(self) -> None:
        """Take back the last step and show its question."""
        if self.view is None:
            return
        self.card.flush()  # what is being typed is the last step, and the one to be taken back
        with self.telling():
            undone = filling.undo(self.ctx, self._visit)
            self._read()
            self.show_question(undone.question)
            self.done.emit(tr("已撤销：{label}", label=undone.label))

    def _keys(self) -> None:
        for key, act in (
            ("Ctrl+Z", self.undo),
            ("F6", self.photos.choose),
            ("F4", self.reorder),
            ("F7", self.turn),
            ("F8", self.next_open),
            ("F9", self.card.details.count),
            ("Ctrl+Return", self.leaving_wanted.emit),
            ("PgDown", lambda: self._step(1)),
            ("PgUp", lambda: self._step(-1)),
        ):
            self.on_key(key, act)

    def _rows(self) -> tuple[OutlineRow, ...]:
        view = self.view
        if view is None:
            return ()
        by_way = preferences.ORDER.chosen == preferences.ORDER.allowed[1]
        waiting = {question: _last_time(row) for question, row in self._earlier.items()}
        return arranged(view.outline, view.fallen, waiting, by_way=by_way)

    def _way(self) -> list[str]:
        """Return the questions one goes through, in order; what is not put is among them only where one stands."""
        return [each.question.id for each in self._rows() if not each.fallen or each.question.id == self._question]

    def _list_by(self, way: str) -> None:
        is_listing = way == preferences.FILLING.allowed[1]
        self.outline.show_listing(is_listing=is_listing)
        self._beside.setStretchFactor(self.outline, 3 if is_listing else 2)
        self._beside.setStretchFactor(self.card, 5)
        self.card.answer_from(self.outline.list if is_listing else None)

    def _save_bulk(self, questions: tuple[str, ...]) -> None:
        self.card.flush()
        with self.telling():
            count = together.save_bulk(self.ctx, self._visit, questions)
            self._read()
            self.show_question(self._question)
            self.done.emit(tr("{count} 项已批量答为合格；逐项看过的才能这样答。", count=count))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _read(self) -> None:
        self._take(filling.open_form(self.ctx, self._visit))

    def _read_photos(self) -> None:
        self.reload()
        self.card.hint_at_photo()

    def _take(self, view: FillingView) -> None:
        self.view = view
        self.outline.show_outline(self._rows(), view.counts)
        self.shown.emit()

    def _save(self, answer: Answer) -> None:
        with self._storing():
            saved = filling.save_typed(self.ctx, self._visit, self._question, answer)
            self.card.show_saved(saved)
            if self.view is not None:
                # Not read again: after each key the next question has to be there at once.
                self._take(self.view.with_answer(self._question, saved))

    def _keep_place(self) -> None:
        self._rest.stop()
        with self.telling():  # the place is a convenience: without it the question is shown all the same
            filling.save_place(self.ctx, self._visit, self._question)

    def _note(self, texts: Mapping[str, str]) -> None:
        """Keep what was typed at a question that has no answer yet."""
        with self._storing():
            filling.keep_typed(self.ctx, self._visit, self._question, texts)
            self.card.show_noted()
            if self.view is not None:
                self.view = self.view.with_typed(self._question, texts)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Say at the question that it could not be stored, and when it is after all."""
        failed_before = self.card.unsaved
        try:
            yield
        except UserError as error:
            self.card.show_failed()
            self.failed.emit(error)
        else:
            if failed_before:
                self.done.emit(tr("刚才没有保存的，现在已保存。"))

    def _answer_next(self) -> None:
        """Show the next question, if there is one; at the last one the way on is pointed out and not taken."""
        if self.view is not None and self._question != self._way()[-1]:
            self._step(1)

    def _step(self, by: int) -> None:
        if self.view is None:
            return
        ids = self._way()
        place = ids.index(self._question) + by
        if place == len(ids):
            self.leaving_wanted.emit()
        elif place >= 0:
            self.show_question(ids[place])

    def _offer_phrases(self, value: AnswerValue) -> None:
        if self.view is not None:
            question = self.view.form.by_id[self._question]
            self.card.offer_phrases(phrases.phrases_for(self.ctx, question, value))


def _last_time(row: RectificationRow) -> str:
    return tr("上次（{day}，{state}）：{fact}", day=row.found_on, state=row.word, fact=row.fact)
