"""资料质量: what is wrong in the data of the roll, field by field, and the score of each town."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.people import OfficeRole
from ohdesk.forms.quality import FaultKind
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.roll import quality
from ohdesk.services.roll.quality import Fault, Found, TownQuality
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column

_KINDS = {
    FaultKind.MISSING: "plain",
    FaultKind.CONTRADICTORY: "bad",
    FaultKind.OVERDUE: "bad",
    FaultKind.DOUBTFUL: "warn",
}


class _Looked(NamedTuple):
    """What was found, and how the towns stand; None where that is known from before."""

    found: Found
    rows: Paged[Fault]
    towns: Sequence[TownQuality] | None


class QualityPage(Page):
    """Enter goes to the field in question, or to the book in which something is overdue."""

    field_wanted = Signal(str, str)  # id of the employer, key of the field

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._towns: Sequence[TownQuality] | None = None
        columns = dict(self._columns())
        if ctx.office.role != OfficeRole.COUNTY:
            del columns["town"]
        self._orders = tuple(columns)
        self.score = text()
        self.town = LongChoice()
        self.town.setAccessibleName(tr("镇街"))
        self.town.currentIndexChanged.connect(self._read)
        self.town.setVisible(ctx.office.role == OfficeRole.COUNTY)
        nothing = EmptyState(tr("没有发现问题"), tr("缺项、互相矛盾、过期和存疑的资料会列在这里，回车到要改的那一项。"))
        self.list: ListWithPane[Fault] = ListWithPane(
            "quality",
            tr("资料问题"),
            tuple(columns.values()),
            nothing,
            tr("单位、信用代码  Ctrl+F"),
            edges=None,
        )
        self.list.asked.connect(self._read)
        self.list.view.opened.connect(self._open)
        first = row(self.town, grow(self.score), gap="gap")
        column(first, grow(self.list), of=self, edges=("page_side", "page_top"))

    def reload(self) -> None:
        """Look at the whole roll again, on the worker."""
        self._towns = None
        self._read()

    def focus_first(self) -> None:
        """The focus is in the list."""
        self.list.focus_list()

    def open_current(self) -> None:
        """Go to where the fault that is selected is put right."""
        if self.list.current is not None:
            self._open(self.list.current)

    def _read(self) -> None:
        query = self.list.query(self._orders, quality.ALL)
        asked = partial(_look, self.ctx, query, self.town.currentData() or "", self._towns)
        self.latest.ask(asked, self._show)

    def _show(self, looked: _Looked) -> None:
        if looked.towns is not None:
            self._towns = looked.towns
            self._offer_towns(looked.towns)
        counts = looked.found.counts
        self.list.chips.show_chips(
            [(quality.ALL, tr("全部"), counts[quality.ALL]), *((kind, kind.word, counts[kind]) for kind in FaultKind)]
        )
        self.list.show_paged(looked.rows, is_empty=not counts[quality.ALL] and not self.list.search.text())
        self.score.setText(_scored(self._chosen()))

    def _offer_towns(self, towns: Sequence[TownQuality]) -> None:
        words = [("", tr("全部镇街"))]
        words += [
            (each.town, tr("{name}　{score} 分", name=each.name or tr("未分镇街"), score=each.score)) for each in towns
        ]
        self.town.offer(words)

    def _chosen(self) -> TownQuality:
        town = self.town.currentData()
        return quality.total([each for each in self._towns or () if not town or each.town == town])

    def _columns(self) -> Iterator[tuple[str, Column[Fault]]]:
        """Yield each column with what the list is ordered by at its heading."""
        yield "name", Column(tr("单位"), lambda fault: fault.name, 240, sought=True)
        yield "town", Column(tr("镇街"), self._town_of, 110)
        yield "kind", Column(tr("类别"), lambda fault: fault.kind.word, 90, kind=lambda fault: _KINDS[fault.kind])
        yield "field", Column(tr("字段"), lambda fault: fault.heading, 150)
        yield "says", Column(tr("问题"), lambda fault: fault.says, 330)
        yield "value", Column(tr("现在的内容"), lambda fault: fault.value, 180)

    def _town_of(self, fault: Fault) -> str:
        return next((each.name for each in self._towns or () if each.town == fault.town), fault.town)

    def _open(self, fault: Fault) -> None:
        if fault.book:
            self.wanted.emit("registers", f"{fault.book}:{fault.entry}")
        else:
            self.field_wanted.emit(fault.establishment, fault.field)


def _look(ctx: Context, query: ListQuery, town: str, towns: Sequence[TownQuality] | None) -> _Looked:
    found = quality.faults(ctx, query, town)
    rows = Paged(found.ids, partial(quality.rows_of, ctx)).read_ahead()
    return _Looked(found, rows, quality.towns(ctx) if towns is None else None)


def _scored(whole: TownQuality) -> str:
    if whole.score is None:
        return ""
    return tr(
        "{score} 分：{entries} 家中 {sound} 家没有问题",
        score=whole.score,
        entries=whole.entries,
        sound=whole.entries - whole.faulty,
    )
