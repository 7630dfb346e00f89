"""Offering the employer selected to another town of the county, from its detail."""

from collections.abc import Mapping

from ohdesk.domain.establishment import TRANSFER_TO
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.office.towns import town_code, towns_of_county
from ohdesk.services.roll import entries, transfer
from ohdesk.ui.kit.form import Form
from ohdesk.ui.screens.roll.in_place import InPlace

_TO, _REASON = TRANSFER_TO.key, "reason"


class Offering(InPlace):
    """Asks to which town and why; of an employer on its way, leads to how far it has come."""

    def make_form(self) -> Form:
        here = self.ctx.office.division
        towns = [(code, name) for code, name in towns_of_county(self.ctx).items() if code != here]
        # An office that knows none of its neighbours has to be told the code.
        kind, hint = (Kind.CHOICE, "") if towns else (Kind.TEXT, mark("名称或 9 位区划代码。"))
        to = Field(_TO, mark("接收的镇街"), kind, required=True, help=hint, choices=tuple(towns))
        why = Field(_REASON, mark("理由"), help=mark("例如：已搬到对方辖区，已现场核实。"), required=True, most=200)
        return Form((to, why))

    def ask(self, establishment: str, typed: Mapping[str, str] | None = None) -> None:
        if transfer.transfer_of(self.ctx, establishment) is not None:
            self.wanted.emit("roll", f"transfer:{establishment}")
            return
        self.establishment = establishment
        name = entries.detail(self.ctx, establishment).fields["name"]
        self.listed.ask(self.form)
        about = tr("经县级转给对方；对方同意以前，它仍在本名录，照常检查。转到县外的，请把状态登记为“转出”。")
        self.form.ask(tr("转出“{name}”", name=name), tr("提出(&W)"), typed or {}, about, held={})

    def submit(self) -> None:
        given = self.form.values()

        def act() -> Change:
            to = town_code(self.ctx, given[_TO])
            return transfer.offer(self.ctx, self.establishment, to, given[_REASON])

        self.save(act, tr("已提出转出；县级收到对方同意以前，仍在本名录。"))
