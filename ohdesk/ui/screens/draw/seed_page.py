"""③ 公布种子: the fingerprint for the room to write down, then the seed, typed twice and compared as it is typed."""

import re
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton

from ohdesk.domain.draw.checks import seed_difference
from ohdesk.domain.draw.drawing import typed_seed
from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw import announcing, holding
from ohdesk.services.draw.holding import LEAST_WITNESSES, SecondPerson, SeedMinutes
from ohdesk.services.draw.views import DrawRow, FrozenView
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.card import Card, Fingerprint
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import grid, muted, repaint_state, say, text
from ohdesk.ui.screens.draw.steps import PaperStep

_GROUP = 5
_SEEDS = ("first", "second")
_SECOND = ("account", "password")  # of whoever types the seed again
_OTHERS = ("thrown_by", "place", "note", "receipt")  # what the room need not see
_LAST = {"witnesses", *_SECOND, *_OTHERS}  # with the minimum filled in, Enter does not go on to what may stay empty


class SeedPage(PaperStep):
    """Emits `seeded` once the seed stands in the journal; `void_wanted` when the draw can only be declared void."""

    seeded = Signal()
    void_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, _commitment, _title, tr("冻结确认单另存(&S)"), tr("打印确认单(&P)"))
        self._awaited: tuple[str, Mapping[str, str]] = "", {}
        self.fingerprint = Fingerprint(tr("名单指纹"))
        self.fingerprint.setObjectName("projectorTitle")
        self._counts, self._receipt, self._keepers, self._term = muted(), muted(), muted(), muted()
        self.lines = {key: QLineEdit() for key in (*_SEEDS, "source", "witnesses", *_SECOND, *_OTHERS)}
        for line in (self.lines[key] for key in _SEEDS):
            line.setObjectName("projectorTitle")
            line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
            line.textChanged.connect(self._compare)
        self.lines["witnesses"].setPlaceholderText(tr("用顿号或逗号隔开"))
        self.lines["account"].setPlaceholderText(tr("没有第二个账户就留空，记录会写明"))
        self.lines["password"].setEchoMode(QLineEdit.EchoMode.Password)
        self.lines["receipt"].setPlaceholderText(tr("八个字母或数字，没有就留空"))
        labels = {
            "first": tr("种子（10 到 64 位数字，按现场结果一位一位输入）"),
            "second": tr("由第二人对照现场结果再输入一遍"),
            "account": tr("第二人自己的账户"),
            "password": tr("第二人的密码"),
            "source": tr("种子来源（用什么、哪一期）"),
            "witnesses": tr("见证人（至少 {count} 名）", count=LEAST_WITNESSES),
            "thrown_by": tr("掷骰或摇号的人"),
            "place": tr("地点"),
            "note": tr("说明"),
            "receipt": tr("县级在电话里读出的回执码"),
        }
        self.fields = {key: Field(label, self.lines[key]) for key, label in labels.items()}
        self.digits, self.match = text(), Label()
        self._lay_out()

    def show_view(self, view: FrozenView) -> None:
        """Show a frozen draw; what was typed for it stays."""
        other = self.view is None or self.view.row.id != view.row.id
        self.take_view(view)
        typed: Mapping[str, str] = {"source": view.seed_source, "place": view.place}
        if self._awaited[0] == view.row.id:
            other, typed, self._awaited = True, self._awaited[1], ("", {})
        if other:
            for key, line in self.lines.items():
                line.setText(typed.get(key, ""))
        self.fingerprint.show_groups(view.row.fingerprint)
        self._counts.setText(
            tr(
                "候选单位 {firms} 家，剔除 {excluded} 家；执法人员 {people} 名，不参加 {absent} 名，回避 {barred} 对；"
                "将抽 {drawn} 家，每家 {team} 名",
                firms=view.firms,
                excluded=view.excluded,
                people=view.inspectors,
                absent=view.absent,
                barred=view.recusals,
                drawn=view.drawn,
                team=view.team,
            )
        )
        waiting, void = view.row.state == "committed", view.row.state == "void"
        self._card.setVisible(waiting)
        self._card.setEnabled(not view.row.overdue)
        self.write.setVisible(waiting and not view.row.overdue)
        self.void_button.setVisible(view.row.overdue)
        self._show_receipt(view, waiting=waiting)
        keepers = tr("随机数由{keepers}的账户保管，由其中一人登录抽取。", keepers=tr("、").join(view.keepers))
        say(self._keepers, keepers if waiting else "")
        repaint_state(self._term, "objectName", "fieldError" if view.row.overdue or void else "muted")
        say(self._term, _term(view) if waiting or void else "")
        self._compare()
        self.clear_faults()

    def values(self) -> Mapping[str, str]:
        """Return what is typed and not written yet, without the password: it outlives no lock."""
        return {key: line.text() for key, line in self.lines.items() if key != "password"}

    def await_values(self, draw: str, values: Mapping[str, str]) -> None:
        """Put back what was typed for a draw before the program was locked, when it is shown next."""
        self._awaited = draw, values

    def focus_first(self) -> None:
        """Put the focus where the seed is typed."""
        (self.lines["first"] if self.write.isVisible() else self.paper.save).setFocus()

    def submit(self) -> None:
        """Write the seed, if both typed the same and somebody watched."""
        if self.view is None or self.write.isHidden():
            return
        typed = {key: value.strip() for key, value in self.values().items()}
        first, again = (typed.pop(key) for key in _SEEDS)
        account, password = typed["account"], self.lines["password"].text()
        second = SecondPerson(account, password) if account else None
        minutes = SeedMinutes(
            source=typed["source"],
            thrown_by=typed["thrown_by"],
            witnesses=tuple(filter(None, map(str.strip, re.split("[,，;；、]", typed["witnesses"])))),
            place=typed["place"],
            note=typed["note"],
        )
        ctx, draw = self.ctx, self.view.row.id
        receipt = "" if self.view.receipt else typed["receipt"]

        def written() -> Change:
            if receipt:
                announcing.register_receipt(ctx, draw, receipt)
            return holding.set_seed(ctx, draw, first, again, minutes, second)

        self.do(written, self._written)

    def project(self, *, on: bool) -> None:
        for widget in (*(self.fields[key] for key in _OTHERS), self.paper):
            widget.setVisible(not on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        enter = event.key() in ENTERS and not isinstance(focused, QPushButton)
        if enter and focused not in {self.lines[key] for key in _LAST}:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _show_receipt(self, view: FrozenView, *, waiting: bool) -> None:
        asked = waiting and self.ctx.office.role == OfficeRole.TOWN
        said = tr("县级还没有回执：可以照常输入种子，但记录和公示会写明“未预先报县”。请先把上报包送县级，问到回执码。")
        if view.receipt:
            said = tr("县级已收到名单指纹，回执码 {receipt}。", receipt=view.receipt)
        repaint_state(self._receipt, "objectName", "muted" if view.receipt else "fieldError")
        say(self._receipt, said if asked else "")
        self.fields["receipt"].setVisible(asked and not view.receipt)

    def _compare(self) -> None:
        first, second = (typed_seed(self.lines[key].text()) for key in _SEEDS)
        grouped = " ".join(first[start : start + _GROUP] for start in range(0, len(first), _GROUP))
        self.digits.setText(tr("{count} 位　{digits}", count=len(first), digits=grouped) if first else "")
        self.match.setText(("✓ " + tr("与第一遍一致")) if first and first == second else _so_far(first, second))
        for key in _SEEDS:
            self.fields[key].clear_error()

    def _written(self, change: Change) -> None:
        self.lines["password"].clear()
        self.done.emit(tr("种子已写入日志，可以抽取了。"))
        self.changed.emit(change)
        self.seeded.emit()

    def _lay_out(self) -> None:
        at = self.fields
        self.digits.setAccessibleName(tr("种子的位数"))
        self.match.setAccessibleName(tr("两遍是否一致"))
        seeds = (at["first"], at["second"], self.digits, self.match)
        typed = (*seeds, at["source"], at["witnesses"], at["account"], at["password"])
        for field in typed:
            if isinstance(field, Field):
                field.wrap_label()  # in the type for the room
        others = grid((at[key] for key in _OTHERS), (0, 0, 0, 0))
        announced = tr("名单已冻结，名单指纹如下，请在场人员记下")
        self._card = Card(tr("现场产生种子，两人各输入一遍"), "draw", grid(typed, (1, 1)), others)
        for thing in (
            Card(announced, "lock", self.fingerprint, self._counts, self._keepers, self._receipt, self._term),
            self._card,
        ):
            self.cards.addWidget(thing)
        self.cards.addStretch(1)
        self.void_button = primary_action("next", tr("去作废(&W)"), self.void_wanted.emit)
        self.write = primary_action("next", tr("写入种子(&W)"), self.submit)
        self.foot.insertWidget(0, self.paper)
        self.add_actions(self.void_button, self.write)


def _commitment(ctx: Context, draw: str) -> bytes:
    from ohdesk.services.draw.papers import commitment_pdf  # late, on the worker: it brings the typesetting along

    return commitment_pdf(ctx, draw)


def _title(row: DrawRow) -> str:
    return tr("冻结确认单 {plan} 第 {number} 次", plan=row.plan, number=row.number)


def _so_far(first: str, second: str) -> str:
    if not second:
        return ""
    if first.startswith(second):
        return tr("到此一致，还差 {count} 位", count=len(first) - len(second))
    return "✗ " + seed_difference(first, second)


def _term(view: FrozenView) -> str:
    if view.row.state == "void":
        return tr("这次抽取已作废：{reason}", reason=view.row.void_reason)
    if view.row.overdue:
        return tr("冻结后超过期限没有结果，这次抽取视为作废。请作废并写明原因，再开始新的抽取。")
    return tr("还有 {count} 天：到 {day} 没有结果，这次抽取视为作废。", count=view.days_left, day=view.until)
