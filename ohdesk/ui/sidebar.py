"""The sidebar: one button per screen with its key, and at its foot who works here and when was last reported."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.i18n import tr
from ohdesk.services.context import Context, may
from ohdesk.services.exchange import sending
from ohdesk.services.office.divisions import name_parts
from ohdesk.services.start import practice
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import column, grow, text
from ohdesk.ui.routes import Route, routes
from ohdesk.ui.theme.icons import icon


class Sidebar(QWidget):
    """Narrow and permanent; emits `chosen(screen)`."""

    chosen = Signal(str)

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._narrow = False
        self._routes = routes(ctx.office.role, reads=may(ctx, Right.READ))
        self._buttons: dict[str, QPushButton] = {}
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(theme.size("sidebar"))
        self._reported = StatusChip()
        self._reported.setWordWrap(True)
        self._reported.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        office = _in_lines(name_parts(ctx.office.division, ctx.office.name))
        self._foot = text(tr("{name}\n{office}\nF1 按键　Ctrl+L 锁定", name=ctx.actor.name, office=office))
        self._practice = text(tr("练习库，不是真实数据") if practice.is_practice(ctx.folder) else "", "practice")
        foot = (self._practice, self._reported, self._foot)
        column(*map(self._button, self._routes), grow(), *foot, of=self, gap="", edges=("", "gap_small"))
        self._practice.setVisible(bool(self._practice.text()))
        self.refresh()

    def mark(self, name: str) -> None:
        """Show which screen is in front."""
        self._buttons[name].setChecked(True)

    def narrow(self, *, narrow: bool) -> None:
        """Show icons alone, or icons with their words."""
        self._narrow = narrow
        self.setFixedWidth(theme.size("sidebar_narrow" if narrow else "sidebar"))
        for route in self._routes:
            self._buttons[route.name].setText("" if narrow else f" {route.title}")
        self._foot.setVisible(not narrow)
        self._practice.setVisible(not narrow and bool(self._practice.text()))
        self._reported.setVisible(not narrow and bool(self._reported.text()))

    def refresh(self) -> None:
        """Say again when this office last reported to its county: offline is a state, not an error."""
        if self._ctx.office.role == OfficeRole.COUNTY or not may(self._ctx, Right.READ):
            return
        written = sending.last_written(self._ctx)
        if written is None:
            self._say_reported(tr("离线 · 尚未上报"), "plain")
            return
        days = max(0, (legal_day(self._ctx.now()) - legal_day(written)).days)  # a clock may be set back
        late = days > theme.layout("reported_late_after_days")
        said = tr("离线 · {days} 天前上报", days=days) if days > 0 else tr("离线 · 今天已上报")
        self._say_reported(said, "warn" if late else "plain")

    def _say_reported(self, words: str, kind: str) -> None:
        self._reported.show_state(words, kind)
        self._reported.setVisible(not self._narrow)

    def _button(self, route: Route) -> QPushButton:
        button = QPushButton(icon(route.icon), f" {route.title}")
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setToolTip(plain_tip(f"{route.title}  {route.key}"))
        button.setAccessibleName(route.title)
        button.clicked.connect(lambda _checked, name=route.name: self.chosen.emit(name))
        self._buttons[route.name] = button
        return button


def _in_lines(parts: Sequence[str]) -> str:
    """Break a name between its parts where it has no room in one line."""
    font = QFont()
    font.setPixelSize(theme.size("font_small"))
    metrics = QFontMetrics(font)
    room = theme.size("sidebar") - theme.size("page_side")  # what the style sheet leaves between its edges
    lines = [""]
    for part in parts:
        if lines[-1] and metrics.horizontalAdvance(lines[-1] + part) > room:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
