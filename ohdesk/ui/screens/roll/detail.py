"""One employer beside the list: what is known of it, what was done there, and what was changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, KEPT, TRANSFER_TO, WRITTEN_BY_KEY, value_text
from ohdesk.domain.register.definition import word
from ohdesk.forms.roll import roll_groups
from ohdesk.i18n import tr
from ohdesk.search import search_text
from ohdesk.services.context import Context
from ohdesk.services.office import city
from ohdesk.services.office.towns import known_towns
from ohdesk.services.register import listing
from ohdesk.services.register.listing import BookEntry
from ohdesk.services.roll import entries, life_cycle, proposals
from ohdesk.services.roll.asked import derived
from ohdesk.services.roll.entries import EstablishmentDetail, FieldChange, why_written
from ohdesk.services.roll.life_cycle import Offered
from ohdesk.services.roll.proposals import Proposed
from ohdesk.services.visit import views
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui.kit.actions import action, button, focus_offered
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import Item, facts, muted, text
from ohdesk.ui.kit.leading import leading, leading_lines
from ohdesk.ui.kit.pane import Pane, Tab, packed
from ohdesk.ui.screens.roll.table import risk_kind, risk_text

_PROOF = "status_proof"
_IN_HEAD = frozenset({"name", "uscc", "local_id", "risk_class", "risk_scheme", "status"})
_CHANGES_SHOWN = 20
_ENTRIES_SHOWN = 60


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
    if name := known_towns(ctx).get(fields["town"]):
        detail = replace(detail, fields={**fields, "town": tr("{name}（{code}）", name=name, code=fields["town"])})
    return Known(detail, visits, proposals.about(ctx, establishment), follows, entered, offered)


class DetailPane(Pane):
    """The employer selected; emits what is wanted: to put something right, to plan a visit, to look at one.

    plans_visits: whether this office visits anybody
    """

    correct_wanted = Signal()
    visit_wanted = Signal()
    line_wanted = Signal(object)  # VisitLine
    entry_wanted = Signal(object)  # BookEntry
    papers_wanted = Signal(object)  # the id of the employer
    state_wanted = Signal()
    stating_wanted = Signal()
    proof_wanted = Signal(object)  # the id of the employer
    transfer_wanted = Signal()
    split_wanted = Signal(object)  # MergedEntry

    def __init__(self, *, plans_visits: bool) -> None:
        super().__init__(tr("单位详情"))
        self._shown: Known | None = None
        self.correct = action("edit", tr("更正…(&E)"), self.correct_wanted.emit)
        self.visit = action("calendar", tr("安排检查(&V)"), self.visit_wanted.emit)
        self.accept = action("ok", tr("按检查结果登记状态(&J)"), self.state_wanted.emit)
        self.accept.hide()
        self.state = button(tr("登记状态…(&H)"), act=self.stating_wanted.emit)
        self.transfer = button(tr("转出…(&P)"), act=self.transfer_wanted.emit)
        self.add_actions(self.accept, packed((self.visit, self.correct)), packed((self.state, self.transfer)))
        self.visit.setVisible(plans_visits)

    def show_detail(self, known: Known) -> None:
        """Show one employer."""
        if self._shown == known:  # read again without a change: lists and scroll bar stay where they are
            return
        self._shown = known
        detail, offered = known.detail, known.offered
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
        self.transfer.setText(tr("转出进度(&P)") if detail.transfer_to else tr("转出…(&P)"))
        self.show_tabs(list(self._parted(known)))

    def focus_first(self) -> None:
        """What is done most is one key away, for those who may do it."""
        focus_offered(self.correct, self.body)

    def _parted(self, known: Known) -> Iterator[Tab]:
        """Yield what is known in its parts: the groups of its fields that hold something, then what was done."""
        detail = known.detail
        for place, group in enumerate(roll_groups()):
            keys = [each.key for each in group.fields if each.key not in _IN_HEAD and detail.fields[each.key]]
            lines = [(tr(FIELD_BY_KEY[key].heading), detail.fields[key]) for key in keys]
            # What follows from several fields has no group; whoever looks for it begins at the first.
            lines += known.derived if place == 0 else ()
            if lines or place == 0:
                proved = detail.status_file and any(each.key == _PROOF for each in group.fields)
                made = partial(self._proved, lines, detail) if proved else partial(_facts, lines)
                yield Tab(group.key, word(group.title), made)
        if detail.kept:
            yield Tab("kept", tr("原样保留"), partial(_facts, detail.kept))
        yield Tab("visits", tr("检查"), partial(self._visits, known), len(known.visits))
        yield Tab("books", tr("登记"), partial(self._entries, known.entered), len(known.entered))
        yield Tab("changes", tr("历史"), partial(self._changes, known))

    def _proved(self, lines: Sequence[tuple[str, str]], detail: EstablishmentDetail) -> Iterator[Item]:
        yield from _facts(lines)
        said = tr("{proof}，按 Enter 另存", proof=detail.fields[_PROOF])
        yield from leading(tr("状态的依据(&F)"), [said], [detail.id], self.proof_wanted.emit)

    def _visits(self, known: Known) -> Iterator[Item]:
        visits = known.visits
        if not visits:
            yield muted(tr("还没有检查。"))
        else:
            yield leading_lines(tr("检查与文书"), list(map(_visit_text, visits)), visits, self.line_wanted.emit)
        yield from leading(tr("一企一档"), [tr("这家单位的全部文书")], [known.detail.id], self.papers_wanted.emit)

    def _entries(self, entered: Sequence[BookEntry]) -> Iterator[Item]:
        if not entered:
            yield muted(tr("登记簿里没有关于它的登记。"))
        by_title = sorted(entered, key=lambda entry: search_text(entry.title))
        for title, same in groupby(by_title, key=lambda entry: entry.title):
            of_book = list(same)
            yield from leading(title, list(map(_entry_text, of_book)), of_book, self.entry_wanted.emit)
        if len(entered) == _ENTRIES_SHOWN:
            yield muted(tr("只列出最近 {count} 条，其余在“登记簿”里查找。", count=_ENTRIES_SHOWN))

    def _changes(self, known: Known) -> Iterator[Item]:
        detail = known.detail
        if detail.merged:
            said = ["　".join(filter(None, (each.name, each.code))) for each in detail.merged]
            yield from leading(tr("并入的单位，按 Enter 拆开(&B)"), said, detail.merged, self.split_wanted.emit)
        if known.proposed:
            yield text(tr("建议"), "heading")
            yield muted("\n".join(map(_proposal, known.proposed[:_CHANGES_SHOWN])))
        yield text(tr("变更记录"), "heading")
        yield muted("\n".join(_changes(detail)))


def _facts(lines: Sequence[tuple[str, str]]) -> Iterator[Item]:
    yield facts(lines)


def _entry_text(entry: BookEntry) -> str:
    stands = tr("期限 {day}", day=entry.due_on) if entry.due_on else entry.state
    return "　".join(filter(None, (entry.number or entry.opened_on, stands or (entry.number and entry.opened_on))))


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
    shown = FIELD_BY_KEY.keys() | {TRANSFER_TO.key, KEPT.key}
    known = [change for change in detail.history if change.reason and change.field in shown]
    acts = [list(same) for _, same in groupby(known, key=lambda change: (change.at, change.reason))]
    return [_act(changes) for changes in acts[:_CHANGES_SHOWN]]


def _act(changes: list[FieldChange]) -> str:
    first = changes[0]
    reason = why_written(first.source, first.reason)
    day = beijing(parse_instant(first.at)).strftime("%Y-%m-%d %H:%M")
    if len(changes) > 1:
        return tr("{day}　写入 {count} 项（{reason}）", day=day, count=len(changes), reason=reason)
    heading = tr(WRITTEN_BY_KEY[first.field].heading)
    return tr("{day}　{heading}改为“{value}”（{reason}）", day=day, heading=heading, value=first.value, reason=reason)
