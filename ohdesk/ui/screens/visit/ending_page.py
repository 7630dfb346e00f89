"""Ends without a checklist: a closed gate, an employer that moved, entry refused; and the note of 协管巡查."""

from ohdesk.domain.problems import blank
from ohdesk.domain.visit import Ending
from ohdesk.errors import ProblemsError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct, filling
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import Options
from ohdesk.ui.kit.editors import note_edit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, muted, row, say
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage
from ohdesk.ui.screens.visit.visit_photos import VisitPhotos

_OUTCOMES, _PROOFS = "ASDFHJK", "QWERT"
_ACCOUNT_LINES, _NOTE_LINES = 3, 8


class EndingPage(VisitPage):
    """Ends a visit with what was seen and what proves it."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "ending")
        self.outcomes, self.proofs = Options(upright=True), Options(upright=True)
        rules = [(each.id, each.said) for each in visit_rules().outcomes if each.proofs]
        self.outcomes.show_options(rules, _OUTCOMES)
        self.outcomes.chosen.connect(self._offer_proofs)
        self.account = note_edit(_ACCOUNT_LINES)
        about = tr("写明时间、看到的情形、问过谁；印在笔录上。")
        self.fields = {
            "outcome": Field(tr("结果"), self.outcomes),
            "proof": Field(tr("证明"), self.proofs),
            "account": Field(tr("情况说明"), self.account, about),
        }
        self.photos = VisitPhotos(ctx, jobs)
        self.hand_on(self.photos)
        self._warning = muted()
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        """Ask how the visit ended; answers given so far would not stand on the record."""
        self.visit = view.id
        answered = 0 if view.is_patrol else filling.open_form(self.ctx, view.id).counts.answered
        self.begin(view.id)
        warning = tr("检查表已答 {count} 项；这样结束后，这些回答不写进笔录。", count=answered)
        say(self._warning, warning if answered else "")
        self.photos.show_those_of(view.id)
        self.outcomes.setFocus()

    def submit(self) -> None:
        """End the visit; every fault stands beside its field."""
        ending = Ending(self.outcomes.value, self.proofs.value, self.account.toPlainText())
        with self.refusing():
            if not ending.outcome:
                raise ProblemsError("", (blank(tr("结果"), "outcome", tr("请选择一种结果。")),))
            conduct.end_without_checklist(self.ctx, self.visit, ending)
            self.finish(tr("检查已结束。"))
            self.advanced.emit()

    def put(self, typed: Typed) -> None:
        self._offer_proofs(typed.get("outcome", ""))  # only what is offered can be chosen
        super().put(typed)

    def _offer_proofs(self, outcome: str) -> None:
        accepted = visit_rules().outcome(outcome).proofs if outcome else ()
        self.proofs.show_options([(proof, proof) for proof in accepted], _PROOFS)
        self.fields["outcome"].clear_error()
        self.fields["proof"].rename(tr("证明"), "" if accepted else tr("先选结果，再选用什么证明。"))

    def _lay_out(self) -> None:
        at = self.fields
        photo = action("photo", tr("附照片  F6"), self.photos.choose)
        self.photos.offer_by(photo)
        self.on_key("F6", self.photos.choose)
        what = Card(tr("为什么没有填写检查表"), "", self._warning, at["outcome"])
        proof = Card(tr("用什么证明"), "", at["proof"], at["account"], row(photo, grow()), self.photos)
        self.put_cards((what,), (proof,))
        back = button(tr("返回(&Y)"), "Esc", act=self.back_wanted.emit)
        end = button(tr("结束检查(&B)"), act=self.submit, primary=True)
        self.add_actions(back, end)


class PatrolPage(VisitPage):
    """Ends a round of helpers: what was seen, and nothing else; no checklist, no verdict, no record."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "patrol")
        self.note = note_edit(_NOTE_LINES)
        self.fields = {"note": Field(tr("巡查看到的情况"), self.note, tr("写看到的，不写推测、判定和处罚。"))}
        about = muted(tr("协管巡查不填检查表，不作合格、不合格的判定，不制作笔录，也不责令改正。"))
        self.cards.addWidget(Card(tr("协管巡查"), "", about, self.fields["note"]))
        self.add_actions(button(tr("结束巡查(&B)"), act=self.submit, primary=True))

    def show_visit(self, view: VisitView) -> None:
        """Ask what was seen."""
        self.visit = view.id
        self.begin(view.id)
        self.note.setFocus()

    def submit(self) -> None:
        """End the round."""
        with self.refusing():
            conduct.end_patrol(self.ctx, self.visit, self.note.toPlainText())
            self.finish(tr("巡查已结束。"))
            self.advanced.emit()
