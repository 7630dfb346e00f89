"""In whose name one inspects, and on which power; without one it says so and leads to where it is entered."""

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import legal_day
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import powers
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grow, muted, row
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.options import Options


class AuthorityCard(Card):
    """The three modes; emits `edited`."""

    edited = Signal()
    powers_wanted = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__(tr("以什么名义"))
        self._ctx = ctx
        self.modes = Options()
        self.modes.show_options([(each.id, each.name) for each in visit_rules().modes], "ASD")
        self.modes.setAccessibleName(tr("检查方式"))
        self.modes.chosen.connect(self._show_mode)
        self._choice = LongChoice()
        self._choice.currentIndexChanged.connect(self._choose_authority)
        self._authority = Field(tr("有权机关"), self._choice)
        self._about = muted()
        self._enter = button(tr("去登记检查权限(&P)"), act=self.powers_wanted.emit)
        self.column.addLayout(column(self.modes, self._authority, self._about, row(self._enter, grow())))

    @property
    def mode(self) -> str:
        """The mode that is chosen."""
        return self.modes.value

    @property
    def authority(self) -> str:
        """In whose name, where there is more than one to choose from."""
        return self._choice.currentText() if self._choice.count() > 1 else ""

    @property
    def about(self) -> str:
        """What is said about the mode: its power, or that there is none."""
        return self._about.text()

    def reload(self) -> None:
        """Read the powers again."""
        day = legal_day(self._ctx.now())
        self._powers = [power for power in powers.list_powers(self._ctx) if power.holds_on(day)]

    def choose(self, mode: str, authority: str) -> None:
        """Choose a mode; without one the first that a power allows."""
        held = [power.mode for power in self._powers]
        self.modes.choose(mode or (held[0] if held else visit_rules().modes[0].id))
        self._show_mode()
        self._choice.setCurrentIndex(max(0, self._choice.findText(authority)))

    def focus(self) -> None:
        """Put the focus on the mode that is chosen."""
        self.modes.buttons[self.modes.value].setFocus()

    def _show_mode(self, mode: str = "") -> None:
        if not self.modes.value:  # one of the three always is
            self.modes.choose(mode or visit_rules().modes[0].id)
        rule = visit_rules().mode(self.modes.value)
        held = [power for power in self._powers if power.mode == rule.id]
        self._choice.blockSignals(True)  # what is said of the power is said once, when all are there
        self._choice.clear()
        self._choice.addItems(list(dict.fromkeys(power.authority for power in held)))
        self._choice.blockSignals(False)
        self._authority.setVisible(self._choice.count() > 1)
        self._enter.setVisible(rule.needs_power and not held)
        self._tell()
        self.edited.emit()

    def _choose_authority(self) -> None:
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        rule = visit_rules().mode(self.modes.value)
        held = [power for power in self._powers if power.mode == rule.id and self.authority in {"", power.authority}]
        if not rule.needs_power:
            self._about.setText(tr("只写情况，不填检查表，不作判定，不制作笔录。"))
        elif held:
            power = held[0]
            until = tr("，有效期至 {day}", day=power.valid_to) if power.valid_to else ""
            self._about.setText(
                tr("{authority}　依据：{basis}{until}", authority=power.authority, basis=power.basis, until=until)
            )
        else:
            self._about.setText(tr("今天没有有效的“{mode}”权限，不能以这种方式检查。", mode=rule.name))
