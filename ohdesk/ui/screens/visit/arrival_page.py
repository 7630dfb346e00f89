"""到场: in whose name, what was shown and told; what is missing is named while one writes."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.domain.calendar import beijing
from ohdesk.domain.problems import at_field
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import StartData
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grid, grow, muted, row, say, text
from ohdesk.ui.kit.options import Options
from ohdesk.ui.screens.visit.authority_card import AuthorityCard
from ohdesk.ui.screens.visit.gaps_card import GapsCard
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

_LETTERS = "QWERTYHJKO"  # of the answers in turn; none is a letter of a mode or of a button here
_CODE = "code"


class ArrivalPage(VisitPage):
    """Starts the visit, and goes on to its checklist, or to its ending where nothing can be inspected."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "arrival")
        self.authority = AuthorityCard(ctx)
        self.authority.edited.connect(self._edited)
        self.authority.powers_wanted.connect(lambda: self.wanted.emit("settings", "powers"))
        self.place, self.accompanied_by, self.code_at = QLineEdit(), QLineEdit(), QLineEdit()
        self.code_at.setAccessibleName(tr("亮码时间"))
        self.code_fault = text("", "fieldError")
        self.code_fault.hide()
        self.items: dict[str, Options] = {}
        self.gaps = GapsCard()
        self.reason = self.gaps.reason
        self._check = QTimer(self)  # reads the workspace: not with every letter
        self._check.setSingleShot(True)
        self._check.timeout.connect(self.check)
        for line in (self.place, self.accompanied_by, self.code_at, self.reason):
            line.textEdited.connect(self._edited)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        """Ask what is needed to start a visit; what was typed before is there again."""
        self.visit = view.id
        self.code_fault.hide()
        self.authority.reload()
        self.put({"place": view.address})
        # What a draft does not name stays as it is proposed.
        self.put({**self.typed(), **self.begin(view.id)})
        self.check()
        self.authority.focus()

    def typed(self) -> Typed:
        """Return what is chosen and typed."""
        return {**super().typed(), "mode": self.authority.mode, "authority": self.authority.authority}

    def put(self, typed: Typed) -> None:
        self.authority.choose(typed.get("mode", ""), typed.get("authority", ""))
        super().put(typed)

    def leave(self) -> None:
        """Keep what was typed."""
        self._check.stop()  # nobody sees any more what it would say
        super().leave()

    def reload(self) -> None:
        """Read the powers and the people again: they may have been entered meanwhile."""
        if self.visit:
            self.authority.reload()
            self.authority.choose(self.authority.mode, self.authority.authority)
            self.check()

    def submit(self) -> None:
        """Start the visit and go on to its checklist."""
        if self._start():
            self.advanced.emit()

    def check(self) -> None:
        """Name what forbids the start and what is missing."""
        self._check.stop()
        if not self.visit:
            return
        with self.telling():
            self.gaps.show_check(conduct.check_start(self.ctx, self.visit, self._data("")))

    def _start(self) -> bool:
        self.say_fault("")
        self.code_fault.hide()
        self.gaps.clear_error()
        try:
            code_at = conduct.code_shown(self.ctx, self.code_at.text()) if self.items[_CODE].value else ""
        except ProblemsError as error:
            say(self.code_fault, "".join(map(at_field, error.problems)))
            self.show_field(self.code_at)
            return False
        try:
            conduct.start(self.ctx, self.visit, self._data(code_at))
        except ProblemsError as error:
            self._refuse(error)
            return False
        except UserError as error:
            self.show_problems(error)
            return False
        self.finish()
        self.visit = ""  # it has started: nothing here is to be checked or kept for it any more
        self.done.emit(tr("检查已开始。"))
        self.changed.emit(Change.VISITS)
        return True

    def _refuse(self, error: ProblemsError) -> None:
        # What is refused may have come about since it was last checked: show it as it is now.
        check = conduct.check_start(self.ctx, self.visit, self._data(""))
        self.gaps.show_check(check)
        if check.stops:
            self.say_fault(error.message + tr("请先解决“还缺什么”中列出的问题。"))
            return
        self.gaps.ask_reason(error)
        self.show_field(self.reason)

    def _start_blocked(self) -> None:
        if self._start():
            self.page_wanted.emit(Page.ENDING)

    def _data(self, code_at: str) -> StartData:
        chosen = {key: options.value for key, options in self.items.items()}
        shown_at = code_at or (chosen[_CODE] and self.code_at.text())
        return StartData(
            mode=self.authority.mode,
            authority=self.authority.authority,
            place=self.place.text(),
            accompanied_by=self.accompanied_by.text(),
            arrival=Arrival(
                code_way=chosen[_CODE],
                code_at=shown_at,
                notice_given=chosen["notice"],
                certificates_shown=chosen["certificates"],
                rights_told=chosen["rights"],
                recusal_answer=chosen["recusal"],
            ),
            gap_reason=self.reason.text(),
        )

    def _edited(self) -> None:
        self._check.start(theme.layout("autosave_after_ms") // 4)

    def _choose_code(self, way: str) -> None:
        """The code is shown now, unless another time stands there."""
        if way and not self.code_at.text():
            self._set_now()
        elif not way:
            self.code_at.clear()
        self.check()

    def _set_now(self) -> None:
        self.code_at.setText(beijing(self.ctx.now()).strftime("%H:%M"))
        self.code_fault.hide()
        self.check()

    def _lay_out(self) -> None:
        letters = iter(_LETTERS)
        told: list[QWidget] = []
        for item in visit_rules().arrival:
            options = self.items[item.id] = Options()
            given = "".join(next(letters, "") for _ in item.answers)
            options.show_options([(answer, answer) for answer in item.answers], given)
            options.chosen.connect(self._choose_code if item.id == _CODE else self.check)
            options.setAccessibleName(item.name)
            told += [muted(item.name), options]
            if item.id == _CODE:
                told += [muted(tr("亮码时间")), self._code_time()]
        self.editors = {
            **self.items,
            "place": self.place,
            "accompanied_by": self.accompanied_by,
            "code_at": self.code_at,
            "reason": self.reason,
        }
        fields = (Field(tr("检查地点"), self.place), Field(tr("陪同人姓名、职务"), self.accompanied_by))
        shown = Card(tr("出示和告知"), "", grid(told, (1, 2), even=True))
        self.put_cards((self.authority, shown), (Card(tr("在哪里、谁陪同"), "", *fields), self.gaps))
        blocked = tr("大门关闭、已搬迁、无法联系、没有该项活动、拒绝检查")
        self.blocked_button = button(tr("到场但不能检查…(&G)"), blocked, act=self._start_blocked)
        start = button(tr("开始检查(&B)"), "Ctrl+Enter", act=self.submit, primary=True)
        self.add_actions(self.blocked_button, start)

    def _code_time(self) -> QWidget:
        now = button(tr("现在(&N)"), act=self._set_now)
        self.code_at.setPlaceholderText("09:05")
        return box(column(row(grow(self.code_at), now, grow()), self.code_fault))
