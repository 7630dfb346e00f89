"""Several papers together: what is selected in the list is printed or exported, and a record gets its case file."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.record.views import DocumentRow, Documents
from ohdesk.ui.kit.actions import action, relabel
from ohdesk.ui.kit.files import choose_folder, choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.printing import Printing

if TYPE_CHECKING:
    from ohdesk.domain.progress import Progress
    from ohdesk.services.paper.batch import LeftOut, Written
    from ohdesk.services.paper.casefile import CaseFile


class Together(Page):
    """Shows nothing itself but its buttons, for the page of what is done with several."""

    typing_wanted = Signal(str)  # a visit

    def __init__(self, ctx: Context, jobs: Jobs, listed: ListWithPane[DocumentRow], printing: Printing) -> None:
        super().__init__(ctx, jobs)
        self._list, self._printing = listed, printing
        self._listed = Documents((), {})
        self.print = action("print", tr("打印所选(&L)"), self._print_chosen, tr("按住 Shift 选几行，一起打印"))
        self.export = action("export", tr("导出所列…(&E)"), self._choose_folder, tr("已定稿的原样写出，待签名的出草稿"))
        self.file_one = action("folder", tr("案卷…(&J)"), self.file, tr("正卷和副卷，带目录、页号和原件"))
        self.type_in = action("copy", tr("录入对照(&D)"), self._type_in, tr("逐栏复制到别的系统，录入后打勾"))
        listed.chosen_changed.connect(self._show_chosen)
        self.hide()

    def show_listed(self, listed: Documents) -> None:
        """Take what is listed now."""
        self._listed = listed
        self.export.setEnabled(bool(listed.visits))
        self._show_chosen()

    def export_to(self, folder: Path) -> None:
        """Write the papers of the visits chosen, or of all listed, into a folder, on the worker."""
        ctx, listed = self.ctx, self._chosen()
        self.work_reporting(
            partial(_write, ctx, folder, listed),
            partial(self._exported, folder),
            tr("导出文书"),
        )

    def file_to(self, target: Path) -> None:
        """Write the file of the visit that is shown, main and side volume, on the worker."""
        ctx, row = self.ctx, self._list.current
        if row is not None:
            self.work_reporting(partial(_write_case_file, ctx, row.visit, target), self._filed, tr("编案卷"))

    def _chosen(self) -> Documents:
        """Return the visits selected where there are several, else all that are listed."""
        chosen = self._list.chosen_ids
        return replace(self._listed, visits=chosen) if len(chosen) > 1 else self._listed

    def _show_chosen(self) -> None:
        """Say of how many visits papers would be printed and written."""
        count = len(self._list.chosen_ids)
        several = count > 1
        relabel(self.export, tr("导出所选 {count}…(&E)", count=count) if several else tr("导出所列…(&E)"))
        self.print.setEnabled(several)
        row = self._list.current
        is_final = row is not None and row.is_final
        self.allow(Right.REGISTER, self.file_one, when=is_final)
        self.type_in.setEnabled(is_final)

    @property
    def told(self) -> str:
        """Which visits the buttons are about, in words."""
        row, count = self._list.current, len(self._list.chosen_ids)
        if row is None:
            return tr("列表里没有文书。")
        if count > 1:
            return tr("选中 {count} 次检查；案卷和录入对照办 {name}。", count=count, name=row.name)
        return tr("案卷和录入对照办 {name}；要打印、导出几次检查的，先在列表里按住 Shift 选。", name=row.name)

    def _type_in(self) -> None:
        row = self._list.current
        if row is not None:
            self.typing_wanted.emit(row.visit)

    def _print_chosen(self) -> None:
        ctx, listed = self.ctx, self._chosen()
        self.work_reporting(partial(_to_print, ctx, listed), self._print_joined, tr("准备打印"))

    def _print_joined(self, made: "tuple[bytes, tuple[LeftOut, ...]]") -> None:
        pdf, left_out = made
        if left_out:
            said = tr("有 {left} 次检查的文书不能打印。", left=len(left_out))
            self.failed.emit(UserError(said, _reasons(left_out)))
        if pdf:
            self._printing.print_pdf(pdf, tr("所选文书"))

    def file(self) -> None:
        """Ask where the file of the visit that is shown goes."""
        row = self._list.current
        if row is not None:
            name = f"{safe_stem('_'.join((tr('案卷'), row.name, row.number)))}.pdf"
            if target := choose_target(self, tr("编案卷：正卷，副卷另写一个文件"), name, tr("PDF 文书 (*.pdf)")):
                self.file_to(target)

    def _filed(self, made: "CaseFile") -> None:
        told = tr("{volume} {pages} 页，档号 {ref}")
        volumes = [
            told.format(volume=each.volume.word, pages=each.pages, ref=each.archived.ref) for each in made.volumes
        ]
        self.saved.emit(tr("案卷已写出：{volumes}", volumes="；".join(volumes)), made.volumes[0].path)
        if made.left_out:
            self.failed.emit(
                UserError(tr("有 {left} 份文书没有入卷。", left=len(made.left_out)), _reasons(made.left_out))
            )
        self.changed.emit(Change.REGISTERS)

    def _choose_folder(self) -> None:
        if folder := choose_folder(self, tr("导出所列的文书")):
            self.export_to(folder)

    def _exported(self, folder: Path, written: "Written") -> None:
        count = len(written.files)
        if not written.left_out:
            self.saved.emit(tr("已写出 {count} 份文书：{folder}", count=count, folder=folder), folder)
            return
        left = len({each.id for each in written.left_out})
        said = tr("已写出 {count} 份文书，另有 {left} 次检查的没有写出。", count=count, left=left)
        self.failed.emit(UserError(said, _reasons(written.left_out)))


def _reasons(left_out: "Sequence[LeftOut]") -> str:
    return "；".join(tr("{name}：{reason}", name=each.name, reason=each.reason) for each in left_out)


def _write(ctx: Context, folder: Path, listed: Documents, report: "Progress") -> "Written":
    from ohdesk.services.paper import batch  # late, aside: brings the typesetting and pyHanko along

    return batch.write(ctx, folder, batch.of_list(ctx, listed), report)


def _write_case_file(ctx: Context, visit: str, target: Path, report: "Progress") -> "CaseFile":
    from ohdesk.services.paper import casefile  # late, as above

    return casefile.write(ctx, visit, target, report=report)


def _to_print(ctx: Context, listed: Documents, report: "Progress") -> "tuple[bytes, tuple[LeftOut, ...]]":
    from ohdesk.services.paper import batch  # late, as above

    return batch.to_print(ctx, batch.of_list(ctx, listed), report)
