"""协管巡查: what was seen, and nothing else; no checklist, no verdict, no record."""

from PySide6.QtWidgets import QPlainTextEdit

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

_TEXT_LINES = 8


class PatrolPage(VisitPage):
    """Ends a round of helpers with a note."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "patrol")
        self._visit = ""
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(theme.size("row") * _TEXT_LINES)
        self.fields = {"note": Field(tr("巡查看到的情况"), self.note, tr("写看到的，不写推测、判定和处罚。"))}
        card = Card(tr("协管巡查"))
        card.column.addWidget(muted(tr("协管巡查不填检查表，不作合格、不合格的判定，不制作笔录，也不责令改正。")))
        card.column.addWidget(self.fields["note"])
        self.cards.addWidget(card)
        end = button(tr("结束巡查(&B)"), "Ctrl+Enter", primary=True)
        end.clicked.connect(self.submit)
        self.add_actions(end)

    def show_visit(self, view: VisitView) -> None:
        """Ask what was seen."""
        self._visit = view.id
        self.note.clear()
        self.note.setPlainText(self.begin(view.id).get("note", ""))
        self.note.setFocus()

    def typed(self) -> Typed:
        """Return the note."""
        return {"note": self.note.toPlainText()}

    def submit(self) -> None:
        """End the round."""
        try:
            change = conduct.end_patrol(self.ctx, self._visit, self.note.toPlainText())
        except UserError as error:
            self.fields["note"].set_error(error.whole)
            self.note.setFocus()
            return
        self.finish()
        self.done.emit(tr("巡查已结束。"))
        self.changed.emit(change)
        self.advanced.emit()
