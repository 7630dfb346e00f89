"""协管巡查: what was seen, and nothing else; no checklist, no verdict, no record."""

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.editors import note_edit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.screens.visit.visit_page import VisitPage

_TEXT_LINES = 8


class PatrolPage(VisitPage):
    """Ends a round of helpers with a note."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "patrol")
        self.note = note_edit(_TEXT_LINES)
        self.fields = {"note": Field(tr("巡查看到的情况"), self.note, tr("写看到的，不写推测、判定和处罚。"))}
        about = muted(tr("协管巡查不填检查表，不作合格、不合格的判定，不制作笔录，也不责令改正。"))
        self.cards.addWidget(Card(tr("协管巡查"), "", about, self.fields["note"]))
        self.add_actions(button(tr("结束巡查(&B)"), "Ctrl+Enter", act=self.submit, primary=True))

    def show_visit(self, view: VisitView) -> None:
        """Ask what was seen."""
        self.visit = view.id
        self.put({})
        self.put(self.begin(view.id))
        self.note.setFocus()

    def submit(self) -> None:
        """End the round."""
        try:
            change = conduct.end_patrol(self.ctx, self.visit, self.note.toPlainText())
        except UserError as error:
            self.fields["note"].set_error(error.whole)
            self.note.setFocus()
            return
        self.finish()
        self.done.emit(tr("巡查已结束。"))
        self.changed.emit(change)
        self.advanced.emit()
