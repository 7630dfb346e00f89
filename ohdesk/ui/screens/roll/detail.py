"""One employer beside the list: what is known of it, what was done there, and what was changed."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, value_text
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import city
from ohdesk.services.register import listing
from ohdesk.services.register.listing import BookEntry
from ohdesk.services.roll import entries, life_cycle, proposals
from ohdesk.services.roll.asked import derived
from ohdesk.services.roll.entries import EstablishmentDetail, FieldChange, why_written
from ohdesk.services.roll.life_cycle import Offered
from ohdesk.services.roll.proposals import Proposed
from ohdesk.services.visit import views
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui.kit.actions import action, focus_offered, relabel
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import Item, facts, muted, text
from ohdesk.ui.kit.leading import leading
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.screens.roll.table import risk_kind, risk_text

_LINES = (
    "registration",
    "address",
    "legal_representative",
    "person_in_charge",
    "contact",
    "phone",
    "industry",
    "ownership",
    "size",
    "grid",
    "workers",
    "exposed_workers",
    "hazards",
    "hazard_grade",
    "declared_on",
    "tested_on",
    "exam_on",
    "inspected_on",
    "status_on",
    "status_proof",
    "key_industry",
    "support_industry",
    "hearing_industry",
    "new_case_year",
    "new_case_disease",
    "kind",
    "permit_no",
    "permit_until",
    "permit_scope",
    "devices",
    "professionals",
    "tags",
    "note",
)
_VISITS_SHOWN = 8
_CHANGES_SHOWN = 6
_ENTRIES_SHOWN = 12


class Known(NamedTuple):
    """What is known of an employer: itself, what was done there, and what is proposed for it."""

    detail: EstablishmentDetail
    visits: Sequence[VisitLine]
    proposed: Sequence[Proposed]
    derived: Sequence[tuple[str, str]] = ()  # what follows from what is kept, where nothing was filled in
    entered: Sequence[BookEntry] = ()  # in the books of the office
    offered: Offered | None = None  # the state that the last visit suggests


def read_detail(ctx: Context, establishment: str) -> Known:
    """Return what the pane shows. Raises UserError when there is no such employer."""
    detail, visits = entries.detail(ctx, establishment), views.visits_of(ctx, establishment)
    fields = detail.fields
    follows = tuple(derived(city.profile(ctx), fields))
    entered = listing.about(ctx, establishment, _ENTRIES_SHOWN)
    offered = life_cycle.offered(ctx, establishment)
    return Known(detail, visits, proposals.about(ctx, establishment), follows, entered, offered)


class DetailPane(Pane):
    """The employer selected; emits what is wanted: to put something right, to plan a visit, to look at one.

    plans_visits: whether this office visits anybody
    """

    correct_wanted = Signal()
    visit_wanted = Signal()
    line_wanted = Signal(object)  # VisitLine
    entry_wanted = Signal(object)  # BookEntry
    state_wanted = Signal()
    transfer_wanted = Signal()
    split_wanted = Signal(object)  # MergedEntry

    def __init__(self, *, plans_visits: bool) -> None:
        super().__init__(tr("单位详情"))
        self._shown: Known | None = None
        self.correct = action("edit", tr("更正…(&E)"), self.correct_wanted.emit)
        self.visit = action("calendar", tr("安排检查(&V)"), self.visit_wanted.emit)
        self.accept = action("ok", tr("按检查结果登记状态(&J)"), self.state_wanted.emit)
        self.accept.hide()
        self.transfer = action("next", tr("转到其他镇街…(&P)"), self.transfer_wanted.emit)
        self.add_actions(self.accept, self.visit, self.correct, self.transfer)
        self.visit.setVisible(plans_visits)

    def show_detail(self, known: Known) -> None:
        """Show one employer."""
        if self._shown == known:  # read again without a change: lists and scroll bar stay where they are
            return
        self._shown = known
        detail, visits, proposed, derived_here, entered, offered = known
        fields = detail.fields
        disputed = "、".join(tr(FIELD_BY_KEY[key].heading) for key in detail.contested if key in FIELD_BY_KEY)
        risk, scheme, status = fields["risk_class"], fields["risk_scheme"], fields["status"]
        chips = (
            (risk_text(risk, scheme), risk_kind(risk, scheme)),
            (tr(status) if status else "", "warn" if status in CLOSED_STATES else "plain"),
            (tr("转出中") if detail.transfer_to else "", "warn"),
            (tr("涉密单位") if fields["state_secrets"] == value_text(True) else "", "bad"),
            (tr("待核：{fields}", fields=disputed) if disputed else "", "warn"),
        )
        self.show_head(fields["name"], fields["uscc"] or fields["local_id"], chips)
        if offered is not None:
            self.accept.setText(tr("按检查结果记为{state}(&J)", state=tr(offered.state)))
            self.accept.setToolTip(plain_tip(tr("{day}　{proof}", day=offered.on, proof=offered.proof)))
        self.accept.setVisible(offered is not None)
        relabel(self.transfer, tr("转出进度(&P)") if detail.transfer_to else tr("转到其他镇街…(&P)"))
        shown = visits[:_VISITS_SHOWN], proposed[:_CHANGES_SHOWN]
        self.show_parts(self._parts(detail, *shown, derived_here, entered))

    def focus_first(self) -> None:
        """What is done most is one key away, for those who may do it."""
        focus_offered(self.correct, self.body)

    def _parts(
        self,
        detail: EstablishmentDetail,
        visits: Sequence[VisitLine],
        proposed: Sequence[Proposed],
        follows: Sequence[tuple[str, str]],
        entered: Sequence[BookEntry],
    ) -> Iterator[Item]:
        known = [(tr(FIELD_BY_KEY[key].heading), detail.fields[key]) for key in _LINES if detail.fields[key]]
        yield facts([*known, *follows])
        if visits:
            said = [_visit_text(line) for line in visits]
            yield from leading(tr("检查与文书(&H)"), said, visits, self.line_wanted.emit)
        if entered:
            said = [_entry_text(entry) for entry in entered]
            yield from leading(tr("登记簿(&R)"), said, entered, self.entry_wanted.emit)
        if detail.merged:
            said = ["　".join(filter(None, (each.name, each.code))) for each in detail.merged]
            yield from leading(tr("并入的单位，按 Enter 拆开(&B)"), said, detail.merged, self.split_wanted.emit)
        if proposed:
            yield text(tr("建议"), "heading")
            yield muted("\n".join(map(_proposal, proposed)))
        if changes := _changes(detail):
            yield text(tr("变更记录"), "heading")
            yield muted("\n".join(changes))


def _entry_text(entry: BookEntry) -> str:
    stands = tr("期限 {day}", day=entry.due_on) if entry.due_on else entry.state
    return "　".join(filter(None, (entry.opened_on, entry.title, stands)))


def _visit_text(line: VisitLine) -> str:
    if not line.number:
        return tr("{day}　{state}", day=line.on or tr("未定日期"), state=line.state.word)
    if not line.findings:
        return tr("{day}　{number}", day=line.on, number=line.number)
    return tr("{day}　问题 {count} 项　{number}", day=line.on, number=line.number, count=line.findings)


def _proposal(proposed: Proposed) -> str:
    """Return one line: what is proposed, what became of it, and the county's answer."""
    wanted = "、".join(
        tr("{heading}改为“{value}”", heading=each.heading, value=each.proposed) for each in proposed.values
    )
    said = tr("{state}：{wanted}（{office}）", state=proposed.state.word, wanted=wanted, office=proposed.office)
    return tr("{said}　县级答复：{answer}", said=said, answer=proposed.answer) if proposed.answer else said


def _changes(detail: EstablishmentDetail) -> list[str]:
    """Return one line per act: a field with its new value, or how many fields an import wrote."""
    known = [change for change in detail.history if change.reason and change.field in FIELD_BY_KEY]
    acts = [list(same) for _, same in groupby(known, key=lambda change: (change.at, change.reason))]
    return [_act(changes) for changes in acts[:_CHANGES_SHOWN]]


def _act(changes: list[FieldChange]) -> str:
    first = changes[0]
    reason = why_written(first.source, first.reason)
    day = beijing(parse_instant(first.at)).strftime("%Y-%m-%d %H:%M")
    if len(changes) > 1:
        return tr("{day}　写入 {count} 项（{reason}）", day=day, count=len(changes), reason=reason)
    heading = tr(FIELD_BY_KEY[first.field].heading)
    return tr("{day}　{heading}改为“{value}”（{reason}）", day=day, heading=heading, value=first.value, reason=reason)
