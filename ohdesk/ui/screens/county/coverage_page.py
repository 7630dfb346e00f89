"""覆盖: how far each town has come in a year, and the employers behind the number."""

from collections.abc import Mapping
from functools import partial

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.record import Verification
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import coverage
from ohdesk.services.county.coverage import Covered, CoveredEmployer, TownCoverage
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column

_YEARS = 5


class CoveragePage(Page):
    """A list of towns; the employers of the one selected stand below."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._covered = Latest(self)
        self._town: TownCoverage | None = None
        self.year = LongChoice()
        self.year.setAccessibleName(tr("年度"))
        this_year = legal_day(ctx.now()).year
        years = range(this_year, this_year - _YEARS, -1)
        self.year.offer((year, tr("{year} 年", year=year)) for year in years)
        self.year.currentIndexChanged.connect(self.reload)
        self.total, self.heading = text(), text(tr("单位名单"), "heading")
        no_towns = EmptyState(tr("还没有镇街的资料"), tr("镇街登记并汇入上报包以后，这里按镇街列出覆盖情况。"))
        self.towns = ListWithPane("coverage", tr("各镇街的覆盖"), _columns(), no_towns, edges=None)
        self.towns.selected.connect(self._select)
        self.list = ListWithPane(
            "covered",
            tr("单位名单"),
            _employer_columns(),
            EmptyState(tr("没有这样的单位"), tr("在上面选一个镇街，这里列出它在业的单位和当年的检查日期。")),
            tr("单位、信用代码  Ctrl+F"),
            edges=None,
        )
        self.list.asked.connect(self._read_employers)
        self.on_key("Ctrl+F", self.list.focus_search)
        first = row(self.year, grow(self.total), gap="gap")
        body = column(first, grow(self.towns, 2), self.heading, grow(self.list, 3))
        column(grow(Scrolled(box(body))), of=self)
        self._select(None)

    def reload(self) -> None:
        """Count again."""
        self.latest.ask(partial(coverage.by_town, self.ctx, self.year.currentData()), self._show)

    def focus_first(self) -> None:
        """The focus is in the list of towns."""
        self.towns.focus_list()

    def _show(self, towns: list[TownCoverage]) -> None:
        whole = coverage.total(towns)
        said = tr("全县在业 {whole} 家，当年用检查表查完 {part} 家，覆盖率 {rate}；分母是名录里在业的单位")
        self.total.setText(said.format(whole=whole.whole, part=whole.part, rate=whole.word))
        self.towns.show_all(towns)

    def _select(self, town: TownCoverage | None) -> None:
        self._town = town
        self.heading.setText(town.name if town else tr("单位名单"))
        if town is None:
            self._covered.forget()
            self._show_parts(dict.fromkeys(coverage.PARTS, 0))
            self.list.show_pages(0, lambda _offset, _limit: (), is_empty=True)
        else:
            self._read_employers()

    def _read_employers(self) -> None:
        if self._town is None:
            return
        query = self.list.query(coverage.ORDERS, coverage.MISSING)
        asked = partial(coverage.covered, self.ctx, self._town.division, self.year.currentData(), query)
        self._covered.ask(asked, self._show_employers)

    def _show_employers(self, listed: Covered) -> None:
        self._show_parts(listed.counts)

        def fetch(offset: int, limit: int) -> list[CoveredEmployer]:
            return coverage.employers_of(self.ctx, listed, listed.names[offset : offset + limit])

        self.list.show_pages(len(listed.names), fetch, is_empty=not listed.counts[coverage.ALL])

    def _show_parts(self, counts: Mapping[str, int]) -> None:
        words = {
            coverage.MISSING: tr("还没有查(&H)"),
            coverage.DONE: tr("已查(&I)"),
            coverage.ALL: tr("全部(&E)"),
        }
        self.list.chips.show_chips([(part, word, counts[part]) for part, word in words.items()])


def _columns() -> tuple[Column[TownCoverage], ...]:
    return (
        Column(tr("镇街"), lambda town: town.name, 220, sought=True),
        Column(tr("在业单位"), lambda town: str(town.inspected.whole), 110, numeric=True),
        Column(tr("已查"), lambda town: str(town.inspected.part), 90, numeric=True),
        Column(tr("还差"), lambda town: str(town.inspected.whole - town.inspected.part), 90, numeric=True),
        Column(tr("覆盖率"), lambda town: town.inspected.word, 100, numeric=True, by=_tenths),
        Column(tr("未用检查表终结"), lambda town: str(town.ended_without_checklist), 180, numeric=True),
        Column(tr("问题"), lambda town: str(town.findings), 90, numeric=True),
        Column(tr("文书核对"), _open_still, 220, kind=_kind),
    )


def _open_still(town: TownCoverage) -> str:
    """Return what is to be said of records that are not known to be good."""
    counts = (
        (tr("待验 {count}"), town.waiting),
        (tr("未核 {count}"), town.unchecked),
        (tr("不通过 {count}"), town.bad),
    )
    said = "，".join(each.format(count=count) for each, count in counts if count)
    return said or (tr("已核对") if town.inspected.part else "")


def _kind(town: TownCoverage) -> str:
    if town.bad:
        return "bad"
    return "warn" if town.waiting or town.unchecked else "ok"


def _inspected(employer: CoveredEmployer) -> str:
    if employer.verified is None:
        return tr("还没有")
    if employer.verified is Verification.GOOD:
        return employer.inspected_at
    return tr("{day}（{state}）", day=employer.inspected_at, state=employer.verified.word)


def _tenths(town: TownCoverage) -> int:
    """Return the rate in tenths of a per cent; a town without anybody to inspect comes before one at 0 %."""
    return -1 if town.inspected.percent is None else int(town.inspected.percent * 10)


def _employer_columns() -> tuple[Column[CoveredEmployer], ...]:
    return (
        Column(tr("单位"), lambda row: row.name, 280, sought=True),
        Column(tr("信用代码"), lambda row: row.uscc, 190),
        Column(tr("风险类别"), lambda row: row.risk_class, 90),
        Column(tr("当年检查"), _inspected, 200),
    )
