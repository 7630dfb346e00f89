"""Arranging a re-inspection: the day, who goes, and which findings it is for."""

from collections.abc import Sequence

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import mark, tr
from ohdesk.services.finding import re_inspections
from ohdesk.services.finding.re_inspections import ReInspectionProposal
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit.views import Colleague
from ohdesk.ui.kit.form import Form, Values
from ohdesk.ui.kit.lay import text

_ASKED = (
    Field("day", mark("复查日期"), Kind.DAY, required=True),
    Field("first", mark("执法人员（带队）"), Kind.CHOICE),
    Field("second", mark("执法人员（同行）"), Kind.CHOICE),
)


class ReInspectionForm(Form):
    """Asks for the re-inspection of one finding; others there that are due by then are looked at with it."""

    def __init__(self) -> None:
        super().__init__(_ASKED)
        self._rows: Sequence[RectificationRow] = ()
        self.finding: RectificationRow | None = None
        self._covers = text()
        self.extra.addWidget(text(tr("这次复查的问题（同一单位期限已到的一并复查）"), "heading"))
        self.extra.addWidget(self._covers)
        self.edited.connect(self._show_day)

    @property
    def covered(self) -> tuple[RectificationRow, ...]:
        """The findings that would be looked at on the day as it stands."""
        return re_inspections.together(self._rows, self.finding, self.value("day")) if self.finding else ()

    @property
    def inspectors(self) -> tuple[str, ...]:
        """Who would go, the leading one first."""
        return tuple(filter(None, (self.value("first"), self.value("second"))))

    def arrange(
        self,
        rows: Sequence[RectificationRow],
        finding: RectificationRow,
        proposal: ReInspectionProposal,
        colleagues: Sequence[Colleague],
        typed: Values | None = None,
    ) -> None:
        """Ask for the re-inspection of a finding.

        rows: the findings there that wait for one · typed: what was typed before a lock
        """
        self._rows, self.finding = rows, finding
        for key in ("first", "second"):
            self.offer(key, [("", tr("请选择")), *((each.id, _said(each)) for each in colleagues)])
        first, second = [*proposal.inspectors, "", ""][:2]
        proposed = {"day": proposal.day.isoformat(), "first": first, "second": second}
        self.ask(tr("安排复查：{name}", name=finding.name), tr("安排(&P)"), typed or proposed, held=proposed)
        self._show_day()

    def _show_day(self) -> None:
        day = self.day("day")
        self.fields["day"].rename(tr("复查日期"), "" if day is None else work_calendar().day_word(day))
        lines = [tr("第 {number} 项：{fact}", number=row.number, fact=row.fact) for row in self.covered]
        self._covers.setText("\n".join(lines))


def _said(colleague: Colleague) -> str:
    name, why_not = colleague.name, colleague.why_not
    return tr("{name}（{why_not}）", name=name, why_not=why_not) if why_not else name
