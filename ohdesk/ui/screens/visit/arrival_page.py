"""到场: in whose name, what was shown and told; what is missing is named while one writes."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.domain.calendar import beijing, legal_day, parse_instant
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import Power, StartData
from ohdesk.errors import UserError
from ohdesk.forms.visiting import ArrivalItem, visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import powers
from ohdesk.services.visit import conduct, phrases
from ohdesk.services.visit.start_check import StartCheck, check_start
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import Options, StatusChip
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import box, clear, column, grid, grow, muted, row, text
from ohdesk.ui.screens.visit.offered import phrases_for_line
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

# From the office nobody shows a code: its letters are free for how one looks.
_MODE_LETTERS, _MEANS_LETTERS = "ASDF", "QWC"
_DONE, _NOT_DONE = "QWERTYHJ", "KOUIV"  # of the answers in turn; none is a letter of a mode or of a button here
_CODE = "code"


class ArrivalPage(VisitPage):
    """Starts the visit, and goes on to its checklist, or to its ending where nothing can be inspected.

    Of a visit that has started it corrects what was set down, until the record is signed.
    """

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "arrival")
        self._began: datetime | None = None
        self._check = later(self, self.check)  # reads the workspace: not with every letter
        self.authority, self.gaps = AuthorityCard(ctx), GapsCard()
        self.authority.edited.connect(self._edited)
        self.authority.edited.connect(self._show_mode)
        self.authority.powers_wanted.connect(lambda: self.wanted.emit("settings", "powers"))
        self.place, self.accompanied_by = QLineEdit(), QLineEdit()
        self.code_at, self.serial = QLineEdit(), QLineEdit()
        self.reason = self.gaps.reason
        self.items = {item.id: Options() for item in visit_rules().arrival}
        self.fields = {
            "place": Field(tr("检查地点"), self.place),
            "accompanied_by": Field(tr("陪同人姓名、职务"), self.accompanied_by),
            "code_at": Field("", self._code_time()),
            "reason": self.gaps.field,
        }
        card = self.authority
        self.means = Options()
        offered = [means for mode in visit_rules().modes for means in mode.means]
        self.means.show_options([(each, each) for each in offered], _MEANS_LETTERS)
        self.means.chosen.connect(self.check)
        self.fields["means"] = Field(tr("非现场方式"), self.means)
        self.editors = {**self.items, "mode": card.modes, "authority": card.choice}
        self.editors["serial"] = self.serial
        self.editors["code_at"] = self.code_at  # of its field the line alone is kept: a button stands beside it
        for line in (self.place, self.accompanied_by, self.code_at, self.serial, self.reason):
            line.textEdited.connect(self._edited)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        """Ask what is needed to start a visit; what was typed before is there again."""
        self.visit, self._began = view.id, view.started_at
        self.begin(view.id, _set_down(view) if self._began else {"place": view.address})
        self._submit.setText(tr("保存更正(&B)") if self._began else tr("开始检查(&B)"))
        self._show_mode()
        self.check()
        self.authority.modes.buttons[self.authority.modes.value].setFocus()

    def put(self, typed: Typed) -> None:
        self.authority.show_mode(typed.get("mode", ""))  # only the authorities of a mode can be chosen
        super().put({**typed, "mode": self.authority.modes.value})

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._check.stop()  # nobody sees any more what it would say

    def reload(self) -> None:
        """Read the powers and the people again: they may have been entered meanwhile."""
        if self.visit:
            self.authority.show_mode(self.authority.modes.value)
            self.check()

    def submit(self) -> None:
        """Start the visit and go on to its checklist."""
        self._start(self.advanced.emit)

    def check(self) -> None:
        """Name what forbids the start and what is missing."""
        self._check.stop()
        if self.visit:
            with self.telling():
                self.gaps.show_check(check_start(self.ctx, self.visit, self._data()))

    def show_problems(self, error: UserError) -> None:
        self.check()  # what is refused may have come about since: it is shown as it is now
        if not error.problems or any(each.field in self.fields for each in error.problems):
            super().show_problems(error)
        elif self.gaps.forbidden:
            self.say_fault(UserError(error.message, tr("请先解决“还缺什么”中列出的问题。")).whole)
        else:
            self.fields["reason"].set_error(error.whole)
            self.show_field(self.reason)

    def _start(self, then: Callable[[], object]) -> None:
        with self.refusing():
            shown = self._code_shown()
            code_at = conduct.code_shown(self.ctx, self.code_at.text(), self._began) if shown else ""
            if self._began:
                conduct.correct_start(self.ctx, self.visit, self._data(code_at))
            else:
                conduct.start(self.ctx, self.visit, self._data(code_at))
            self.visit = ""  # nothing here is to be checked or kept for it any more
            self.finish(tr("到场登记已更正。") if self._began else tr("检查已开始。"))
            then()

    def _data(self, code_at: str = "") -> StartData:
        """Return what stands here; code_at: the instant at which the code was shown, once that is known to be one."""
        return StartData(
            mode=self.authority.modes.value,
            authority=self.authority.choice.currentText(),
            means=self.means.value,
            place=self.place.text(),
            accompanied_by=self.accompanied_by.text(),
            arrival=Arrival(
                code_at=code_at or (self.code_at.text() if self._code_shown() else ""),
                code_serial=self.serial.text() if self._code_shown() else "",
                **{item.field: self.items[item.id].value for item in visit_rules().arrival},
            ),
            gap_reason=self.reason.text(),
        )

    def _show_mode(self) -> None:
        """Ask for what belongs to the mode: a place and what is shown at the gate, or how one looks from the office."""
        rules, mode = visit_rules(), self.authority.modes.value
        there = rules.mode(mode).on_site
        asked = {item.id for item in rules.arrival_in(mode)} if "record" in rules.mode(mode).may_produce else set()
        for key, widgets in self._told.items():
            for widget in widgets:
                widget.setVisible(key in asked)
        self._shown.setVisible(bool(asked))
        self.fields["place"].setVisible(there)
        self.fields["means"].setVisible(not there)
        self._where.entitle(tr("在哪里、谁陪同") if there else tr("怎样检查、联系谁"))
        self.blocked_button.setVisible(there and self._began is None)
        if not asked:
            whom = tr("同意进入的人（没有进入企业的留空）")
        else:
            whom = tr("陪同人姓名、职务") if there else tr("联系人姓名、职务")
        self.fields["accompanied_by"].rename(whom)

    def _edited(self) -> None:
        # Sooner than a draft is kept: what is missing is waited for.
        self._check.start(theme.layout("autosave_after_ms") // 4)

    def _choose_code(self, _way: str) -> None:
        """The code is shown now, unless another time stands there."""
        shown = self._code_shown()
        if shown and not self.code_at.text():
            self._set_now()
        elif not shown:
            self.code_at.clear()
        self.check()

    def _code_shown(self) -> bool:
        return self.items[_CODE].value in _code().answers

    def _set_now(self) -> None:
        self.code_at.setText(beijing(self.ctx.now()).strftime("%H:%M"))
        self.fields["code_at"].clear_error()
        self.check()

    def _lay_out(self) -> None:
        done, not_done = iter(_DONE), iter(_NOT_DONE)
        told: list[QWidget] = []
        self._told: dict[str, list[QWidget]] = {}
        for item in visit_rules().arrival:
            options = self.items[item.id]
            given = "".join(next(done, "") for _ in item.answers) + next(not_done, "")
            options.show_options([(answer, answer) for answer in (*item.answers, item.not_done)], given)
            options.chosen.connect(self._choose_code if item.id == _CODE else self.check)
            options.setAccessibleName(item.said)
            self._told[item.id] = [muted(item.said), options]
            if item.id == _CODE:
                self._told[item.id] += [muted(tr("亮码时间")), self.fields["code_at"]]
            told += self._told[item.id]
        at = self.fields
        self._where = Card("", "", at["means"], at["place"], at["accompanied_by"])
        self._shown = Card(tr("出示和告知"), "", grid(told, (1, 2), even=True))
        self.put_cards((self.authority, self._shown), (self._where, self.gaps))
        why = tr("大门关闭、已搬迁、无法联系、没有该项活动、拒绝检查")
        self.blocked_button = button(
            tr("到场但不能检查…(&G)"), why, act=lambda: self._start(lambda: self.page_wanted.emit(Page.ENDING))
        )
        self._submit = button(tr("开始检查(&B)"), act=self.submit, primary=True)
        self.add_actions(self.blocked_button, self._submit)

    def _code_time(self) -> QWidget:
        now = button(tr("现在(&N)"), act=self._set_now)
        self.code_at.setAccessibleName(tr("亮码时间"))
        self.code_at.setPlaceholderText("09:05")
        self.serial.setAccessibleName(tr("流水号"))
        self.serial.setPlaceholderText(tr("流水号"))
        time = box(row(grow(self.code_at), now, grow(self.serial)))
        time.setFocusProxy(self.code_at)
        return time


def _code() -> ArrivalItem:
    return next(item for item in visit_rules().arrival if item.id == _CODE)


def _set_down(view: VisitView) -> Typed:
    """Return what was set down when a visit started, as the editors hold it."""
    start, arrival = view.start, view.start.arrival
    typed = {item.id: getattr(arrival, item.field) for item in visit_rules().arrival}
    shown = beijing(parse_instant(arrival.code_at)).strftime("%H:%M") if arrival.code_at else ""
    typed |= {
        "serial": arrival.code_serial,
        "means": start.means,
        "place": start.place,
        "accompanied_by": start.accompanied_by,
        "code_at": shown,
    }
    return typed | {"mode": start.mode, "authority": start.authority, "reason": start.gap_reason}


class AuthorityCard(Card):
    """In whose name one inspects, and on which power; without one it says so and leads to where it is entered."""

    edited = Signal()
    powers_wanted = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__(tr("以什么名义"))
        self._ctx = ctx
        self._held: list[Power] = []  # under the mode that is chosen
        self.modes, self.choice, self.about = Options(lasting=True), LongChoice(), muted()
        self.modes.show_options([(each.id, each.said) for each in visit_rules().modes], _MODE_LETTERS)
        self.modes.setAccessibleName(tr("检查方式"))
        self.modes.chosen.connect(self.show_mode)
        self.choice.currentIndexChanged.connect(lambda _place: self._tell())
        self._authority = Field(tr("有权机关"), self.choice)
        self._enter = button(tr("去登记检查权限(&P)"), act=self.powers_wanted.emit)
        self.column.addLayout(column(self.modes, self._authority, self.about, row(self._enter, grow())))

    def show_mode(self, mode: str) -> None:
        """Choose a mode, without one the first that a power allows, and offer those in whose name it can be."""
        today = legal_day(self._ctx.now())
        valid = [power for power in powers.list_powers(self._ctx) if power.holds_on(today)]
        first = valid[0].mode if valid else visit_rules().modes[0].id
        self.modes.choose(mode or first)
        held_under = visit_rules().mode(self.modes.value).powers
        self._held = [power for power in valid if power.mode in held_under]
        self.choice.offer((name, name) for name in dict.fromkeys(power.authority for power in self._held))
        self._authority.setVisible(self.choice.count() > 1)
        self._tell()

    def _tell(self) -> None:
        rule = visit_rules().mode(self.modes.value)
        self._enter.setVisible(bool(rule.powers) and not self._held)
        power = next((each for each in self._held if each.authority == self.choice.currentText()), None)
        if not rule.powers:
            self.about.setText(tr("只写情况，不填检查表，不作判定，不制作笔录；经企业同意才进入。"))
        elif power is not None:
            until = tr("，有效期至 {day}", day=power.valid_to) if power.valid_to else ""
            self.about.setText(
                tr("{authority}　依据：{basis}{until}", authority=power.authority, basis=power.basis, until=until)
            )
        else:
            self.about.setText(tr("今天没有有效的“{mode}”权限，不能以这种方式检查。", mode=rule.said))
        self.edited.emit()


class GapsCard(Card):
    """What stands between a visit and its start: what forbids it, and the gaps that need a reason."""

    def __init__(self) -> None:
        super().__init__(tr("还缺什么"))
        self.forbidden = False
        self._state, self._lines = StatusChip(), column(gap="gap_tiny")
        self.reason = QLineEdit()
        about = tr("只留内部，不印在笔录上；现场补齐的不用写。")
        self.field = Field(tr("仍要继续的理由  F2 选常用语"), self.reason, about)
        self._phrases = phrases_for_line(self.reason, phrases.gap_phrases)
        self.column.addLayout(column(row(self._state, grow()), self._lines, self.field, self._phrases))

    def show_check(self, check: StartCheck) -> None:
        """Name what stands in the way."""
        clear(self._lines)
        for stop in check.stops:
            words = tr("✗ {sentence}　{remedy}", sentence=stop.sentence, remedy=stop.remedy)
            self._lines.addWidget(text(words, "fieldError"))
        for gap in check.gaps:
            self._lines.addWidget(muted(tr("○ {gap}", gap=gap.sentence)))
        if check.form:
            said = tr("这种方式改用《{form}》，不用安排时的检查表。", form=check.form)
            self._lines.addWidget(text(said, "fieldWarning"))
        self.forbidden = bool(check.stops)
        # No reason helps against what forbids the start.
        self.field.setVisible(bool(check.gaps) and not self.forbidden)
        if self.forbidden:
            self._state.show_state(tr("✗ 不能开始检查"), "bad")
        elif check.gaps:
            self._state.show_state(tr("○ 还缺 {count} 项", count=len(check.gaps)), "warn")
        else:
            self._state.show_state(tr("✓ 都齐了"), "ok")
            self._phrases.hide()
