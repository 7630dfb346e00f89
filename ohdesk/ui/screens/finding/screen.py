"""问题整改: what was found, until when it is to be put right, and whether it was."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.rectification import WAITING
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up, re_inspections
from ohdesk.services.finding.follow_up import Rectifications
from ohdesk.services.finding.rows import RectificationDetail, RectificationRow
from ohdesk.services.list_query import ListQuery
from ohdesk.services.visit import views
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.finding.detail import FILTER_WORDS, DetailPane, columns
from ohdesk.ui.screens.finding.re_inspection_form import ReInspectionForm

_ALL = "all"


class Draft(NamedTuple):
    """A re-inspection that was being arranged: of which finding, and what was typed."""

    finding: str
    typed: dict[str, str]


class FindingsScreen(Screen):
    """The list with one finding beside it, and the form that arranges its re-inspection."""

    reloads_on = Change.VISITS | Change.FINDINGS | Change.RECORDS | Change.SYNC

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._in_county = ctx.office.role == OfficeRole.COUNTY
        self._orders = [each for each in follow_up.ORDERS if each != "town" or self._in_county]  # as the columns are
        self._is_read = False
        self._to_open = ""
        self._draft: Draft | None = None
        self._detail: RectificationDetail | None = None
        self._listed = Rectifications((), {}, {})
        self._reading = Latest(self, aside=True)
        self.pane, self.form = DetailPane(), ReInspectionForm()
        self.form.setParent(self)  # never asked, it would stand in no layout and outlive the lock
        self.list = self._make_list()
        self.form.submitted.connect(self._plan)
        self.form.closed.connect(self._back)
        column(self._make_header(), grow(self.list), of=self, gap="")
        self.on_key("Ctrl+F", self.list.focus_search)
        self._show_actions()

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open."""
        if not self._is_read:
            self.reload()
        if self.list.is_asking:
            self.form.focus_first()
        else:
            self.list.focus_list()

    def reload(self) -> None:
        """Read the findings again, on the worker."""
        if not self._is_read:
            self._header.say(tr("正在读取…"))
        query = self.list.query(self._orders, _ALL)
        self.latest.ask(partial(_read, self.ctx, query, self.list.current_id), partial(self._show_listed, query.part))

    @property
    def is_reading(self) -> bool:
        """True until the list is there."""
        return self.latest.is_busy

    def open(self, thing: str) -> None:
        """Show the findings of a visit by its id, or put a filter in force by its key."""
        self._to_open = thing
        self._open_wanted()

    def draft(self) -> Draft | None:
        """Return what was typed about a re-inspection."""
        typed = self.form.draft()
        return Draft(self.form.finding.id, typed) if typed and self.form.finding else None

    def take_draft(self, draft: object) -> None:
        """Open the form of the re-inspection again as it was."""
        if isinstance(draft, Draft):
            self._draft = draft
            self._open_wanted()

    def export(self, path: Path) -> None:
        """Write the findings listed into a workbook, on the worker."""
        ctx, listed = self.ctx, self._listed
        said = tr("已导出 {count} 项：{path}")
        self.write_rows(lambda: follow_up.export(ctx, listed, path), path, tr("导出问题清单"), said)

    def plan(self, typed: dict[str, str] | None = None) -> None:
        """Ask for the re-inspection of the finding selected."""
        row = self.list.current
        if row is None or not self._may_plan(row):
            return
        with self.telling():
            proposal = re_inspections.propose(self.ctx, row)
            colleagues = views.staff(self.ctx, proposal.day.isoformat()).inspectors
            waiting = follow_up.waiting_at(self.ctx, row.establishment)
            self.list.ask(self.form)
            self.form.arrange(waiting, row, proposal, colleagues, typed)
            self._show_actions()

    def _make_list(self) -> ListWithPane[RectificationRow]:
        about = tr("检查中答为不合格的项目会列在这里，到期、逾期和复查的结果也在这里跟踪。")
        hint = tr("单位、拼音首字母、笔录号  Ctrl+F")
        if self._in_county:
            about = tr("镇街上报的笔录里有不合格项的，会列在这里，并随整改情况更新。")
            hint = tr("单位、镇街、拼音首字母、笔录号  Ctrl+F")
        nothing = EmptyState(tr("还没有发现问题"), about, "" if self._in_county else tr("去检查(&V)"))
        nothing.wanted.connect(lambda: self.wanted.emit("visit", ""))
        made = ListWithPane(
            "county_findings" if self._in_county else "findings",
            tr("问题"),
            columns(towns=self._in_county),
            nothing,
            hint,
            self.pane,
        )
        made.asked.connect(self.reload)
        made.selected.connect(self._read_detail)
        return made

    def _make_header(self) -> Header:
        self._header = header = Header(tr("问题整改"))
        self._export = action("export", tr("导出…(&O)"), self._choose_export)
        self._visit = action("inspect", tr("打开检查(&V)"), self._open_visit)
        stands_out = primary_action if self._in_county else action
        self._record = stands_out("document", tr("打开笔录(&R)"), self._open_record)
        self._plan_button = primary_action("calendar", tr("安排复查(&P)"), self.plan)
        header.add(self._export, self._visit, self._record, self._plan_button)
        return header

    def _back(self) -> None:
        self.list.back()
        self._show_actions()

    def _show_listed(self, part: str, read: tuple[Rectifications, Paged[RectificationRow]]) -> None:
        listed, rows = read
        counts = listed.counts
        self._header.say("")
        offered = [key for key in FILTER_WORDS if key != "bad" or counts[key]]
        self.list.chips.show_chips([(key, tr(FILTER_WORDS[key]), counts[key]) for key in offered])
        if self.list.chips.current != part:  # which is offered no more
            self.reload()
            return
        self._is_read, self._listed = True, listed
        self._export.setEnabled(bool(listed.ids))
        self.list.show_paged(rows, is_empty=not counts[_ALL])
        self._open_wanted()

    def _open_wanted(self) -> None:
        if not self._is_read or self.is_reading:
            return  # once the list is there
        thing, self._to_open = self._to_open, ""
        if thing in FILTER_WORDS:
            self.list.choose(thing)
        elif thing and (finding := follow_up.of_visit(self.ctx, self._listed, thing)) and not self._reveal(finding):
            self._to_open = thing if self.is_reading else ""
        draft, self._draft = self._draft, None
        if draft is not None and self._reveal(draft.finding):
            self.plan(draft.typed)
        elif self.is_reading:
            self._draft = draft

    def _reveal(self, finding: str) -> bool:
        """Select a finding; False where filter or search hide it, which are given up then, or where it is gone."""
        if self.list.select(finding):
            return True
        if self.list.chips.current != _ALL or self.list.search.text():
            self.list.choose(_ALL)  # and once more when all are listed
        return False

    def _read_detail(self, row: RectificationRow | None) -> None:
        if row is None:
            self._reading.forget()
            self._show_detail(None)
        else:
            self._reading.ask(partial(follow_up.detail, self.ctx, row), self._show_detail, otherwise=self._say_gone)

    def _show_detail(self, detail: RectificationDetail | None) -> None:
        self._detail = detail
        if detail is not None:
            self.pane.show_detail(detail)
        self._show_actions()

    def _say_gone(self, error: Exception) -> None:
        self._show_detail(None)
        self.failed.emit(error)

    def _show_actions(self) -> None:
        """Offer what can be done with the finding selected; one button stands out."""
        row, asking = self.list.current, self.list.is_asking
        self._export.setVisible(not asking)
        looked_again = row is not None and bool(row.re_inspection)
        held = self._detail is not None and self._detail.held
        self._visit.setVisible(not asking and (held or looked_again))
        relabel(self._visit, tr("打开复查(&V)") if looked_again else tr("打开检查(&V)"))
        self._record.setVisible(not asking and row is not None and bool(row.record))
        self._plan_button.setVisible(not asking and not self._in_county and row is not None)
        plannable = row is not None and self._may_plan(row)
        why = "" if row is None or plannable else tr("现为“{state}”，不用安排复查", state=row.word)
        self._plan_button.setToolTip(plain_tip(why))
        self.allow(Right.VISIT, self._plan_button, when=plannable)

    def _may_plan(self, row: RectificationRow) -> bool:
        return not self._in_county and row.state in WAITING

    def _plan(self) -> None:
        rows, day = self.form.covered, self.form.value("day")
        try:
            re_inspections.plan_re_inspection(self.ctx, rows, day, self.form.inspectors)
        except UserError as error:
            self.form.show_problems(error)
            return
        self.form.close_form()
        self.changed.emit(Change.VISITS)
        self.done.emit(tr("已安排 {day} 复查 {name}，待批准。", day=day, name=rows[0].name))

    def _open_record(self) -> None:
        row = self.list.current
        if row is not None and row.record:
            self.wanted.emit("record", row.visit)

    def _open_visit(self) -> None:
        row = self.list.current
        if row is not None:
            self.wanted.emit("visit", row.re_inspection or row.visit)

    def _choose_export(self) -> None:
        suggested = tr("{office}问题整改.xlsx", office=self.ctx.office.name)
        path = choose_target(self, tr("导出问题清单"), suggested, "Excel (*.xlsx)")
        if path is not None:
            self.export(path)


def _read(ctx: Context, query: ListQuery, selected: str) -> tuple[Rectifications, Paged[RectificationRow]]:
    listed = follow_up.rectifications(ctx, query)
    return listed, Paged(listed.ids, partial(follow_up.rows_of, ctx, listed)).read_ahead(selected)
