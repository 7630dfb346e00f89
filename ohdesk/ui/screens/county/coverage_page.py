"""覆盖: how far each town has come in a year, and the employers behind the number."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.indicators import Rate
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import merging
from ohdesk.services.county.merging import CoveredEmployer, TownCoverage
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.exchanged import ListOrWhy
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import text
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column

_YEARS = 5
_ALL, _MISSING, _DONE = "all", "missing", "done"


class CoveragePage(Page):
    """A table of towns; the one selected shows its list below."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._employers: list[CoveredEmployer] = []
        self._town: TownCoverage | None = None
        self.year = LongChoice()
        self.year.setAccessibleName(tr("年度"))
        this_year = legal_day(ctx.now()).year
        for year in range(this_year, this_year - _YEARS, -1):
            self.year.addItem(tr("{year} 年", year=year), year)
        self.year.currentIndexChanged.connect(self.reload)
        self.total = text()
        self.towns = ListOrWhy(
            "coverage",
            tr("各镇街的覆盖"),
            _columns(),
            EmptyState(tr("还没有镇街的资料"), tr("镇街登记并汇入上报包以后，这里按镇街列出覆盖情况。")),
        )
        self.which = FilterChips(tr("名单"))
        self.which.chosen.connect(self._show_list)
        self.list = ListOrWhy(
            "covered",
            tr("单位名单"),
            _employer_columns(),
            EmptyState(tr("没有这样的单位"), tr("在上面选一个镇街，这里列出它在业的单位和当年的检查日期。")),
        )
        self.heading = QLabel()
        self.heading.setObjectName("heading")
        self.towns.view.selected.connect(self._select)
        first = QHBoxLayout()
        first.setSpacing(theme.size("gap"))
        first.addWidget(self.year)
        first.addWidget(self.total, 1)
        second = QHBoxLayout()
        second.setSpacing(theme.size("gap"))
        second.addWidget(self.heading)
        second.addWidget(self.which, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        column.addLayout(first)
        column.addWidget(self.towns, 2)
        column.addLayout(second)
        column.addWidget(self.list, 3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(body))
        self._show_counts()

    def reload(self) -> None:
        """Count again."""
        ctx, year = self.ctx, self.year.currentData()
        self.work(lambda: merging.coverage(ctx, year), self._show)

    def focus_first(self) -> None:
        """Put the focus where one begins."""
        self.towns.view.setFocus()

    def _show(self, towns: list[TownCoverage]) -> None:
        whole = Rate(sum(town.inspected.part for town in towns), sum(town.inspected.whole for town in towns))
        text = tr("全县在业 {whole} 家，当年用检查表查完 {part} 家，覆盖率 {rate}；分母是名录里在业的单位")
        self.total.setText(text.format(whole=whole.whole, part=whole.part, rate=rate_text(whole)))
        self.towns.show_rows(towns)
        if towns and self.towns.view.current() is None:
            self.towns.view.selectRow(0)

    def _select(self, town: TownCoverage | None) -> None:
        self._town = town
        if town is None:
            self._show_employers([])
            return
        ctx, division, year = self.ctx, town.division, self.year.currentData()
        self.work(lambda: merging.covered(ctx, division, year), self._show_employers)

    def _show_employers(self, employers: list[CoveredEmployer]) -> None:
        self._employers = employers
        self._show_counts()
        self._show_list(self.which.current)

    def _show_counts(self) -> None:
        done = sum(bool(employer.inspected_at) for employer in self._employers)
        self.heading.setText(self._town.name if self._town else tr("单位名单"))
        self.which.show_chips(
            (
                (_MISSING, tr("还没有查(&H)"), len(self._employers) - done),
                (_DONE, tr("已查(&I)"), done),
                (_ALL, tr("全部(&E)"), len(self._employers)),
            )
        )

    def _show_list(self, which: str) -> None:
        wanted = {_MISSING: (False,), _DONE: (True,)}.get(which, (False, True))
        self.list.show_rows([row for row in self._employers if bool(row.inspected_at) in wanted])


def rate_text(rate: Rate) -> str:
    """Return a rate as reported; without a whole there is none."""
    return tr("无对象") if rate.percent is None else f"{rate.percent:.1f} %"


def _columns() -> tuple[Column[TownCoverage], ...]:
    return (
        Column(tr("镇街"), lambda town: town.name, 220, sought=True),
        Column(tr("在业单位"), lambda town: str(town.inspected.whole), 110, numeric=True),
        Column(tr("已查"), lambda town: str(town.inspected.part), 90, numeric=True),
        Column(tr("还差"), lambda town: str(town.inspected.whole - town.inspected.part), 90, numeric=True),
        Column(tr("覆盖率"), lambda town: rate_text(town.inspected), 100, numeric=True),
        Column(tr("未用检查表终结"), lambda town: str(town.ended_without_checklist), 180, numeric=True),
        Column(tr("问题"), lambda town: str(town.findings), 90, numeric=True),
        Column("", lambda _town: "", 20),
    )


def _employer_columns() -> tuple[Column[CoveredEmployer], ...]:
    return (
        Column(tr("单位"), lambda row: row.name, 280, sought=True),
        Column(tr("信用代码"), lambda row: row.uscc, 190),
        Column(tr("风险类别"), lambda row: row.risk_class, 90),
        Column(tr("当年检查"), lambda row: row.inspected_at or tr("还没有"), 120),
    )
