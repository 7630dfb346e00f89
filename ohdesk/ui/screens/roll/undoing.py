"""Taking back, and doing again, what was done to the roll since the program was opened; imports also later."""

from PySide6.QtCore import QTimer, Signal

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.roll import undo
from ohdesk.services.roll.undo import RollBatch, Undone
from ohdesk.ui import theme
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column
from ohdesk.ui.kit.page import Page


class Undoing(Page):
    """Edits by hand go back and forth one by one; an import goes back as a whole, after a question."""

    offered = Signal()  # something else can be undone or redone
    started = Signal(object)  # Job: nothing else may be started meanwhile

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._edits: list[str] = []  # what was added or corrected since the program was opened, newest last
        self._undone: list[str] = []  # what of it was taken back, the one to be done again first last
        self._batch = self._imported_from = ""
        self._question = Confirm()
        self._question.confirmed.connect(self._undo_import)
        column(self._question, of=self).setContentsMargins(theme.size("page_side"), 0, theme.size("page_side"), 0)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(theme.layout("after_first_paint_ms"))
        self._later.timeout.connect(self._look_up_imports)

    @property
    def word(self) -> str:
        """What would be undone, for its button."""
        return tr("撤销修改(&U)") if self._edits else tr("撤销导入(&U)")

    @property
    def what(self) -> str:
        """What would be undone in particular, "" for nothing."""
        return self._edits[-1] if self._edits else self._imported_from

    def reload(self) -> None:
        """Look up, once the page is painted, whether there is an import that can be undone."""
        self._later.start()

    def note_edit(self, label: str) -> None:
        """Something was added or corrected."""
        self._edits.append(label)
        self._undone.clear()

    def note_import(self) -> None:
        """A list was imported: what was done last is undone first."""
        self._edits.clear()
        self._undone.clear()

    def undo(self) -> None:
        """Take back the newest edit; ask before a whole import is taken back."""
        ctx = self.ctx
        if self._edits:
            self.started.emit(self.work(lambda: undo.undo_edit(ctx), self._edit_undone, otherwise=self._edits_stand))
        elif self._batch:
            question = tr("撤销整个导入？名单写入的单位会全部移出或恢复原样：{name}", name=self._imported_from)
            self._question.ask(question, tr("撤销导入(&Y)"))

    def redo(self) -> None:
        """Do the edit again that was taken back last."""
        ctx = self.ctx
        if self._undone:
            self.started.emit(self.work(lambda: undo.redo_edit(ctx), self._edit_redone, otherwise=self._undone_stand))

    def _look_up_imports(self) -> None:
        ctx = self.ctx
        self.work(lambda: undo.imports(ctx)[:1], self._show_import)

    def _show_import(self, newest: list[RollBatch]) -> None:
        self._batch = newest[0].batch if newest else ""
        self._imported_from = newest[0].reason if newest else ""
        self.offered.emit()

    def _edit_undone(self, undone: Undone) -> None:
        label = self._edits.pop()
        self._undone.append(label)
        self.changed.emit(undone.change)
        self.done.emit(tr("已撤销：{label}", label=label))

    def _edit_redone(self, redone: Undone) -> None:
        label = self._undone.pop()
        self._edits.append(label)
        self.changed.emit(redone.change)
        self.done.emit(tr("已重做：{label}", label=label))

    def _edits_stand(self, error: Exception) -> None:
        """What was drawn, visited or sent since cannot be undone, and nothing before it: it is no longer offered."""
        self._edits.clear()
        self.failed.emit(error)

    def _undone_stand(self, error: Exception) -> None:
        self._undone.clear()
        self.failed.emit(error)

    def _undo_import(self) -> None:
        ctx, batch = self.ctx, self._batch
        job = self.work_reporting(lambda report: undo.undo(ctx, batch, report), self._import_undone, tr("撤销导入"))
        self.started.emit(job)

    def _import_undone(self, undone: Undone) -> None:
        self.changed.emit(undone.change)
        self.done.emit(
            tr(
                "已撤销导入：移出 {withdrawn} 家，恢复 {restored} 家。",
                withdrawn=undone.withdrawn,
                restored=undone.restored,
            )
        )
