"""证书: the keys of people and laptops that the county has certified, to be revoked, reinstated or lent."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.trust import joining, lending, own_people, revoking
from ohdesk.services.trust.asked import AskedPerson
from ohdesk.services.trust.revoking import CertifiedKey, Standing
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form, Values
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column

_REVOKING = (
    Field("since", mark("吊销起始日"), Kind.DAY, required=True, help=mark("从这一天起签的、发来的都不再算数。")),
    Field("reason", mark("理由"), required=True, help=mark("例如电脑被盗、本人调离。"), most=200),
)
_REINSTATING = (Field("reason", mark("理由"), required=True, help=mark("例如误报、电脑已找回。"), most=200),)
_LENDING = (
    Field("division", mark("借入的镇街"), required=True, help=mark("9 位行政区划代码。"), most=9),
    Field("since", mark("起始日"), Kind.DAY, required=True),
    Field("until", mark("截止日"), Kind.DAY, required=True, help=mark("这一天仍然算数。")),
)
_NOTHING: Values = {}
_KINDS = {Standing.VALID: "ok", Standing.ENDING: "warn", Standing.ENDED: "bad", Standing.REVOKED: "bad"}


class Draft(NamedTuple):
    """What was being asked of a certificate, by its id, and what was typed.

    what: "revoke", "reinstate" or "lend"
    """

    certificate: str
    what: str
    typed: dict[str, str]


class _View(NamedTuple):
    towns: dict[str, str]
    keys: list[CertifiedKey]


class KeysPage(Page):
    """A list; what is asked of one of its rows stands in its place."""

    left = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._towns: dict[str, str] = {}
        self._draft: Draft | None = None
        columns = _columns(legal_day(ctx.now()), self._towns)
        nothing = EmptyState(tr("还没有签发过证书"), tr("在“镇街登记”里给镇街签发答复以后，人员和电脑都列在这里。"))
        self.list: ListWithPane[CertifiedKey] = ListWithPane(
            "certified",
            tr("证书"),
            columns,
            nothing,
            tr("姓名、证号、代码  Ctrl+F"),
            chosen=by_words(columns),
            edges=None,
        )
        self.list.selected.connect(self._offer)
        self.on_key("Ctrl+F", self.list.focus_search)
        self.revoke = action("remove", tr("吊销…(&R)"), self.ask_revoke)
        self.reinstate = action("undo", tr("撤回吊销…(&F)"), self.ask_reinstate)
        self.lend = action("people", tr("借调…(&D)"), self.ask_lend)
        self._held: CertifiedKey | None = None
        self.back = action("back", tr("回到登记(&N)"), self.left.emit)
        self.own = action("certificate", tr("签发本县人员(&E)"), self.certify_own)
        self.allow(Right.CERTIFY, self.own)
        self._actions = box(row(self.back, grow(), self.own, self.lend, self.reinstate, self.revoke))
        self.revoking, self.reinstating, self.lending = map(self._form, (_REVOKING, _REINSTATING, _LENDING))
        self.revoking.submitted.connect(self._revoke)
        self.reinstating.submitted.connect(self._reinstate)
        self.lending.submitted.connect(self._lend)
        forms = (self.revoking, self.reinstating, self.lending)
        self._asks = {"revoke": self.ask_revoke, "reinstate": self.ask_reinstate, "lend": self.ask_lend}
        self._forms = dict(zip(self._asks, forms, strict=True))
        about = text(tr("吊销、借调随下一个下发包告知各镇街；吊销之前签的仍然有效。"), "muted")
        column(about, grow(self.list), self._actions, *forms, of=self)

    def reload(self) -> None:
        """Read again what the county has certified."""
        self.latest.ask(partial(_read, self.ctx), self._show)

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open."""
        asking = next((form for form in self._forms.values() if not form.isHidden()), None)
        if asking is None:
            self.list.focus_list()
        else:
            asking.focus_first()

    def draft(self) -> Draft | None:
        """Return what was being typed about a certificate."""
        typed = ((what, form.draft()) for what, form in self._forms.items())
        held = self._held
        return next((Draft(held.id, what, each) for what, each in typed if held and each is not None), None)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed, once the certificates are read."""
        if isinstance(draft, Draft):
            self._draft = draft

    def ask_revoke(self, typed: Values = _NOTHING) -> None:
        """Ask from when and why the key selected is revoked."""
        if key := self._hold():
            today = {"since": legal_day(self.ctx.now()).isoformat()}
            about = tr("{name} {number}（{division}）", name=key.name, number=key.number, division=key.division)
            self.revoking.ask(tr("吊销密钥"), tr("吊销(&Y)"), {**today, **typed}, about, held=today)

    def ask_reinstate(self, typed: Values = _NOTHING) -> None:
        """Ask why the revocation of the key selected is lifted."""
        if key := self._hold():
            self.reinstating.ask(tr("撤回吊销"), tr("撤回吊销(&Y)"), typed, key.revoked, held={})

    def ask_lend(self, typed: Values = _NOTHING) -> None:
        """Ask to which town and for how long the person selected is lent."""
        if key := self._hold():
            self.lending.ask(tr("借调{name}", name=key.name), tr("签发借调证书(&Y)"), typed, held={})

    def certify_own(self) -> None:
        """Certify the county's own people whose keys are not certified yet, or not for much longer."""
        self.work(partial(own_people.certify, self.ctx), self._certified)

    def _form(self, fields: Sequence[Field]) -> Form:
        form = Form(fields, legal_day(self.ctx.now()).isoformat(), columns=2)
        form.closed.connect(self._back)
        return form

    def _hold(self) -> CertifiedKey | None:
        self._held = self.list.current
        if self._held is not None:
            self.list.hide()
            self._actions.hide()
        return self._held

    def _back(self) -> None:
        self._actions.show()
        self.list.show()
        self.list.focus_list()

    def _show(self, view: _View) -> None:
        self._towns.update(view.towns)
        self.list.show_all(view.keys)
        self._offer(self.list.current)
        draft, self._draft = self._draft, None
        if draft is not None and self.list.reveal(draft.certificate):
            self._asks[draft.what](draft.typed)

    def _offer(self, key: CertifiedKey | None) -> None:
        stands = key is not None and not key.revoked
        self.allow(Right.CERTIFY, self.revoke, when=stands)
        self.allow(Right.CERTIFY, self.reinstate, when=key is not None and not stands)
        self.allow(Right.CERTIFY, self.lend, when=key is not None and stands and not key.replica)

    def _revoke(self) -> None:
        ctx, key, said = self.ctx, self._held, self.revoking.values()
        if key is not None:
            self.revoking.save(self, lambda: revoking.revoke(ctx, key.key, **said), self._saved)

    def _reinstate(self) -> None:
        ctx, key, said = self.ctx, self._held, self.reinstating.values()
        if key is not None:
            self.reinstating.save(self, lambda: revoking.reinstate(ctx, key.key, **said), self._saved)

    def _lend(self) -> None:
        ctx, key, said = self.ctx, self._held, self.lending.values()
        if key is not None:
            self.lending.save(self, lambda: lending.lend(ctx, key.key, **said), self._saved)

    def _certified(self, people: Sequence[AskedPerson]) -> None:
        if people:
            names = tr("、").join(person.name for person in people)
            self.done.emit(tr("已给{names}签发证书，随下一个下发包告知各镇街。", names=names))
            self.changed.emit(Change.SYNC)
            self.reload()
        else:
            self.done.emit(tr("没有要签发的：本县人员的证书都还有效，或者还没有签名密钥。"))

    def _saved(self, _key: CertifiedKey) -> None:
        self.done.emit(tr("已记下，随下一个下发包告知各镇街。"))
        self.changed.emit(Change.SYNC)
        self.reload()


def _read(ctx: Context) -> _View:
    offices = {town.division: town.name for town in joining.towns(ctx)} | {ctx.office.division: ctx.office.name}
    return _View(offices, revoking.certified_keys(ctx))


def _columns(today: date, towns: Mapping[str, str]) -> tuple[Column[CertifiedKey], ...]:
    return (
        Column(tr("镇街"), lambda key: f"{towns.get(key.division, '')} {key.division}".strip(), 196),
        Column(tr("姓名或单位"), lambda key: key.name, 124, sought=True),
        Column(tr("执法证号、电脑"), lambda key: key.number, 170),
        Column(tr("起"), lambda key: key.since.isoformat(), 96),
        Column(tr("止"), lambda key: key.until.isoformat(), 96),
        Column(tr("状态"), lambda key: key.standing(today).word, 86, kind=lambda key: _KINDS[key.standing(today)]),
        Column(tr("说明"), lambda key: key.revoked, 260),
    )
