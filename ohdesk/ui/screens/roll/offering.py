"""Offering the employer selected to another town of the county, from its detail."""

from functools import cached_property, partial

from ohdesk.domain.establishment import TRANSFER_TO
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office.towns import town_code, towns_of_county
from ohdesk.services.roll import transfer
from ohdesk.services.roll.entries import EstablishmentRow
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page

_TO, _REASON = TRANSFER_TO.key, "reason"


class Offering(Page):
    """Never shown itself: its form stands in the place of the detail."""

    def __init__(self, ctx: Context, jobs: Jobs, listed: ListWithPane[EstablishmentRow]) -> None:
        super().__init__(ctx, jobs)
        self.setParent(listed)
        self.hide()
        self._listed, self._one = listed, ""

    @cached_property
    def form(self) -> Form:
        """Asks to which town and why, made when it is first wanted."""
        here = self.ctx.office.division
        towns = [(code, name) for code, name in towns_of_county(self.ctx).items() if code != here]
        # An office that knows none of its neighbours has to be told the code.
        kind, hint = (Kind.CHOICE, "") if towns else (Kind.TEXT, mark("名称或 9 位区划代码。"))
        to = Field(_TO, mark("接收的镇街"), kind, required=True, help=hint, choices=tuple(towns))
        why = Field(_REASON, mark("理由"), help=mark("例如：已搬到对方辖区，已现场核实。"), required=True, most=200)
        form = Form((to, why))
        form.submitted.connect(self._offer)
        form.closed.connect(self._listed.back)
        return form

    def ask(self) -> None:
        """Ask where the employer selected goes to; of one that is on its way, show how far it has come."""
        if (one := self._listed.current) is None:
            return
        if transfer.transfer_of(self.ctx, one.id) is not None:
            self.wanted.emit("roll", f"transfer:{one.id}")
            return
        self._one = one.id
        self._listed.ask(self.form)
        about = tr("经县级转给对方；对方同意以前，它仍在本名录，照常检查。转到县外的，请把状态登记为“转出”。")
        self.form.ask(tr("转出“{name}”", name=one.name), tr("提出(&W)"), {}, about, held={})

    def _offer(self) -> None:
        given = self.form.values()

        def act() -> Change:
            return transfer.offer(self.ctx, self._one, town_code(self.ctx, given[_TO]), given[_REASON])

        self.form.save(self, act, partial(self._said, tr("已提出转出；县级收到对方同意以前，仍在本名录。")))

    def _said(self, said: str, change: Change) -> None:
        self.changed.emit(change)
        self.done.emit(said)
