"""Taking back, and doing again, what was done to the roll since the program was opened; imports also later."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal

from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import undo
from ohdesk.services.roll.undo import RollBatch, Undone
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
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
        column(self._question, of=self, edges=("page_side", ""))
        self._later = later(self, self._look_up_imports, "after_first_paint_ms")

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
        if self._edits:
            self._move(undo.undo_edit, self._edits, self._undone, tr("已撤销：{label}"))
        elif self._batch:
            question = tr("撤销整个导入？名单写入的单位会全部移出或恢复原样：{name}", name=self._imported_from)
            self._question.ask(question, tr("撤销导入(&Y)"))

    def redo(self) -> None:
        """Do the edit again that was taken back last."""
        if self._undone:
            self._move(undo.redo_edit, self._undone, self._edits, tr("已重做：{label}"))

    def _look_up_imports(self) -> None:
        self.work(partial(undo.imports, self.ctx), self._show_import)

    def _show_import(self, imports: list[RollBatch]) -> None:
        self._batch, self._imported_from = (imports[0].batch, imports[0].reason) if imports else ("", "")
        self.offered.emit()

    def _move(self, act: Callable[[Context], Undone], before: list[str], after: list[str], said: str) -> None:
        """Have the newest edit of `before` taken back, or done again; it belongs to `after` then."""

        def moved(_done: Undone) -> None:
            after.append(before.pop())
            self.changed.emit(Change.ROLL)
            self.done.emit(said.format(label=after[-1]))

        def refused(error: Exception) -> None:
            # What was drawn, visited or sent since stands, and so does all before it: it is no longer offered.
            before.clear()
            self.failed.emit(error)

        self.started.emit(self.work(partial(act, self.ctx), moved, otherwise=refused))

    def _undo_import(self) -> None:
        undo_import = partial(undo.undo, self.ctx, self._batch)
        self.started.emit(self.work_reporting(undo_import, self._import_undone, tr("撤销导入")))

    def _import_undone(self, undone: Undone) -> None:
        self.changed.emit(Change.ROLL)
        self.done.emit(
            tr(
                "已撤销导入：移出 {withdrawn} 家，恢复 {restored} 家。",
                withdrawn=undone.withdrawn,
                restored=undone.restored,
            )
        )
