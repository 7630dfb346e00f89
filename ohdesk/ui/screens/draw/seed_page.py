"""③ 公布种子: the fingerprint for the room to write down, then the seed, typed twice and compared as it is typed."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from ohdesk.domain.draw.checks import LEAST_SEED, LONGEST_SEED
from ohdesk.domain.draw.drawing import typed_seed
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw import holding
from ohdesk.services.draw.holding import LEAST_WITNESSES, SeedMinutes
from ohdesk.services.draw.views import DrawRow, FrozenView
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card, Fingerprint
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grid, muted, say, text
from ohdesk.ui.screens.draw.papers import PaperStep, commitment

_GROUP = 5


class SeedPage(PaperStep):
    """Emits `seeded` once the seed stands in the journal; `void_wanted` when the draw can only be declared void."""

    seeded = Signal()
    void_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, commitment, _title)
        self._awaited: tuple[str, tuple[str, ...]] = "", ()
        self.fingerprint = Fingerprint(tr("名单指纹"))
        self.fingerprint.setObjectName("projectorTitle")
        self._counts, self._term = muted(), muted()
        self.first, self.second = QLineEdit(), QLineEdit()
        for line in (self.first, self.second):
            line.setObjectName("projectorTitle")
            line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
            line.textChanged.connect(self._compare)
        self.source, self.thrown_by, self.place, self.note = (QLineEdit() for _ in range(4))
        self.witnesses = QLineEdit()
        self.witnesses.setPlaceholderText(tr("用顿号或逗号隔开"))
        self._first = Field(tr("种子（10 到 64 位数字，按现场结果一位一位输入）"), self.first)
        self._second = Field(tr("由第二人对照现场结果再输入一遍"), self.second)
        self._source = Field(tr("种子来源（用什么、哪一期）"), self.source)
        self._witnesses = Field(tr("见证人（至少 {count} 名）", count=LEAST_WITNESSES), self.witnesses)
        self._others = (
            Field(tr("掷骰或摇号的人"), self.thrown_by),
            Field(tr("地点"), self.place),
            Field(tr("说明"), self.note),
        )
        self.digits, self.match = text(), QLabel()
        self._lay_out()

    def show_view(self, view: FrozenView) -> None:
        """Show a frozen draw; what was typed for it stays."""
        other = self.view is None or self.view.row.id != view.row.id
        self.view = view
        if other:
            for line in (self.first, self.second, self.thrown_by, self.witnesses, self.note):
                line.clear()
            self.source.setText(view.seed_source)
            self.place.setText(view.place)
        if self._awaited[0] == view.row.id:
            for line, typed in zip(self._lines(), self._awaited[1], strict=True):
                line.setText(typed)
            self._awaited = "", ()
        self.fingerprint.show_groups(view.fingerprint)
        self._counts.setText(
            tr(
                "候选单位 {firms} 家，剔除 {excluded} 家；执法人员 {people} 名，不参加 {absent} 名，回避 {barred} 对；"
                "将抽 {drawn} 家，每家 {team} 名",
                firms=view.firms,
                excluded=view.excluded,
                people=view.inspectors,
                absent=view.absent,
                barred=view.recusals,
                drawn=sum(quota for quota, _ in view.quotas.values()),
                team=view.team,
            )
        )
        waiting = view.row.state == "committed"
        self._card.setVisible(waiting)
        self.write.setVisible(waiting and not view.row.overdue)
        self._card.setEnabled(not view.row.overdue)
        self.void_button.setVisible(view.row.overdue)
        self._term.setObjectName("fieldError" if view.row.overdue or view.row.state == "void" else "muted")
        self._term.style().unpolish(self._term)
        self._term.style().polish(self._term)
        say(self._term, _term(view) if waiting or view.row.state == "void" else "")
        self._compare()
        self.say_fault("")

    def values(self) -> tuple[str, ...]:
        """Return what is typed and not written yet."""
        return tuple(line.text() for line in self._lines())

    def await_values(self, draw: str, values: tuple[str, ...]) -> None:
        """Put back what was typed for a draw before the program was locked, when it is shown next."""
        self._awaited = draw, values

    def focus_first(self) -> None:
        """Put the focus where the seed is typed."""
        (self.first if self.write.isVisible() else self.save).setFocus()

    def submit(self) -> None:
        """Write the seed, if both typed the same and somebody watched."""
        if self.view is None or not self.write.isEnabled() or self.write.isHidden():
            return
        for field in (self._first, self._second, self._source, self._witnesses):
            field.clear_error()
        self.say_fault("")
        fault = self._fault()
        if fault is not None:
            field, said = fault
            field.set_error(said)
            self.show_field(field.editor)
            return
        minutes = SeedMinutes(
            source=self.source.text().strip(),
            thrown_by=self.thrown_by.text().strip(),
            witnesses=_names(self.witnesses.text()),
            place=self.place.text().strip(),
            note=self.note.text().strip(),
        )
        ctx, draw, first, second = self.ctx, self.view.row.id, self.first.text(), self.second.text()
        self.do(lambda: holding.set_seed(ctx, draw, first, second, minutes), self._written)

    def project(self, *, on: bool) -> None:
        for widget in (*self._others, self.save, self.print):
            widget.setVisible(not on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or isinstance(self.focusWidget(), QPushButton):
            super().keyPressEvent(event)
        elif self.focusWidget() in {self.witnesses, *self._rest()}:
            self.submit()
        else:
            self.focusNextChild()

    def _rest(self) -> tuple[QLineEdit, ...]:
        return self.thrown_by, self.place, self.note

    def _lines(self) -> tuple[QLineEdit, ...]:
        return self.first, self.second, self.source, self.witnesses, *self._rest()

    def _fault(self) -> tuple[Field, str] | None:
        first, second = typed_seed(self.first.text()), typed_seed(self.second.text())
        if not first.isdecimal() or not LEAST_SEED <= len(first) <= LONGEST_SEED:
            said = tr(
                "应为 {least} 到 {most} 位数字，现为 {count} 位。",
                least=LEAST_SEED,
                most=LONGEST_SEED,
                count=len(first),
            )
            return self._first, said
        if first != second:
            return self._second, tr(
                "两遍不同，{where}。请两人各自对照现场结果重新输入。", where=_difference(first, second)
            )
        if not self.source.text().strip():
            return self._source, tr("请写明种子从哪里来。")
        if len(_names(self.witnesses.text())) < LEAST_WITNESSES:
            return self._witnesses, tr("请登记至少 {count} 名见证人。", count=LEAST_WITNESSES)
        return None

    def _compare(self) -> None:
        first, second = typed_seed(self.first.text()), typed_seed(self.second.text())
        grouped = " ".join(first[start : start + _GROUP] for start in range(0, len(first), _GROUP))
        self.digits.setText(tr("{count} 位　{digits}", count=len(first), digits=grouped) if first else "")
        self.match.setText(("✓ " + tr("与第一遍一致")) if first and first == second else _so_far(first, second))
        self._second.clear_error()
        self._first.clear_error()

    def _written(self, change: Change) -> None:
        self.done.emit(tr("种子已写入日志，可以抽取了。"))
        self.changed.emit(change)
        self.seeded.emit()

    def _lay_out(self) -> None:
        self.save = action("save", tr("冻结确认单另存(&S)"), self.save_paper)
        self.print = action("print", tr("打印确认单(&P)"), self.print_paper)
        announced = Card(tr("名单已冻结，名单指纹如下，请在场人员记下"), "lock")
        for widget in (self.fingerprint, self._counts, self._term):
            announced.column.addWidget(widget)
        self._card = Card(tr("现场产生种子，两人各输入一遍"), "draw")
        self.digits.setAccessibleName(tr("种子的位数"))
        self.match.setAccessibleName(tr("两遍是否一致"))
        for field in (self._first, self._second, self._source, self._witnesses):
            field.wrap_label()  # in the type for the room
        typed = (self._first, self._second, self.digits, self.match, self._source, self._witnesses)
        self._card.column.addLayout(grid(typed, (1, 1)))
        self._card.column.addLayout(grid(self._others, (0, 0, 0)))
        self.cards.addWidget(announced)
        self.cards.addWidget(self._card)
        self.cards.addStretch(1)
        self.void_button = primary_action("next", tr("去作废(&W)"), self.void_wanted.emit)
        self.write = primary_action("next", tr("写入种子(&W)"), self.submit)
        self.foot.insertWidget(0, self.save)
        self.foot.insertWidget(1, self.print)
        self.add_actions(self.void_button, self.write)


def _title(row: DrawRow) -> str:
    return tr("冻结确认单 {plan} 第 {number} 次", plan=row.plan, number=row.number)


def _names(typed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split("[,，;；、]", typed) if name.strip())


def _so_far(first: str, second: str) -> str:
    if not second:
        return ""
    if first.startswith(second):
        return tr("到此一致，还差 {count} 位", count=len(first) - len(second))
    return "✗ " + _difference(first, second)


def _difference(first: str, second: str) -> str:
    """Say where two typed seeds part."""
    for place, (one, other) in enumerate(zip(first, second, strict=False), 1):
        if one != other:
            return tr("第 {place} 位第一遍是 {one}，第二遍是 {other}", place=place, one=one, other=other)
    return tr("第一遍 {first} 位，第二遍 {second} 位", first=len(first), second=len(second))


def _term(view: FrozenView) -> str:
    if view.row.state == "void":
        return tr("这次抽取已作废：{reason}", reason=view.row.void_reason)
    if view.row.overdue:
        return tr("冻结后超过期限没有结果，这次抽取视为作废。请作废并写明原因，再开始新的抽取。")
    return tr("还有 {count} 天：到 {day} 没有结果，这次抽取视为作废。", count=view.days_left, day=view.until)
