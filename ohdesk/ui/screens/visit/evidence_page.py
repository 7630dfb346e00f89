"""证据: all that proves something in a visit with its hash: looked at, added to, marked, written out as a schedule."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt

from ohdesk.domain.evidence import KIND_OF, Evidence, EvidenceKind, Sensitive
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field as Asked
from ohdesk.domain.visit import VisitState
from ohdesk.files import safe_stem
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import evidence, originals
from ohdesk.services.visit.evidence import Recording
from ohdesk.services.visit.originals import WrittenOriginals
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import action, button, primary_action
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_file, choose_files, choose_folder, choose_target
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import grouped
from ohdesk.ui.screens.visit.evidence_preview import EvidencePreview, Looked, look
from ohdesk.ui.screens.visit.taking_out import TakingOut
from ohdesk.ui.screens.visit.visit_page import VisitPage

_SHARE = 48  # per cent of the page that the schedule takes
_HASH = 12  # characters that are shown of one
_ASKED = (
    Asked(key="device", label=mark("设备和编号"), required=True),
    Asked(key="length", label=mark("时长"), required=True, help=mark("如 25:07，或 1:25:07")),
    Asked(key="kept_at", label=mark("保存处"), required=True),
)


class EvidencePage(VisitPage):
    """The schedule; what is selected stands beside it, as far as the program can show it."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._name = self._device = ""
        self._may_remove = False
        self._film = Path()
        why = tr("检测报告、台账、录音等作附件；执法记录仪的录像只登记、不复制；照片在“照片”里收入。")
        self.list = ListOrWhy("visit_evidence", tr("证据清单"), _columns(), EmptyState(tr("还没有证据"), why))
        self.list.view.selected.connect(lambda _: self._show_current())
        self.name, self.about = text("", "question"), text("", "muted", selectable=True)
        self.marked = LongChoice()
        self.marked.offer((each, each.word) for each in Sensitive)
        self.marked.activated.connect(lambda _: self._mark())
        self._mark_field = Field(tr("标记"), self.marked)
        self.preview = EvidencePreview(jobs)
        self.form = Form(_ASKED)
        self.form.submitted.connect(self._register)
        self.form.closed.connect(self.list.setFocus)
        self.taking = TakingOut()
        self.taking.form.submitted.connect(self._write_originals)
        self.taking.closed.connect(self._taken_out)
        self.question = Confirm()
        self.question.confirmed.connect(lambda _: self._remove())
        self._make_actions()
        beside = row(grow(self._mark_field), self.save, self.remove)
        for each in (self.save, self.remove):  # beside what is chosen, not beside its label
            beside.setAlignment(each, Qt.AlignmentFlag.AlignBottom)
        self._shown = box(column(self.name, self.about, beside, grow(self.preview)))
        self.put_beside(box(column(grow(self.list), self.question)), _SHARE, left=True)
        side = box(column(self._shown, self.form, self.taking))
        self.cards.addWidget(side)
        self.fill(side)

    def _make_actions(self) -> None:
        self.remove = action("close", tr("移除…(&R)"), self._ask)
        self.save = action("save", tr("另存…(&S)"), self._save)
        self.originals = button(tr("照片原件…(&O)"), act=self._ask_for_originals)
        self.write = button(tr("清单另存…(&B)"), act=self._export)
        self.film = button(tr("登记录像…(&N)"), act=self._choose_film)
        self.add = primary_action("add", tr("加附件…(&D)"), self._choose)
        back = button(tr("返回(&Y)"), "Esc", act=self.go_back)
        self.allow(Right.VISIT, self.add, self.film)
        self.add_actions(self.originals, self.write, self.film, back, self.add)

    @property
    def current(self) -> Evidence | None:
        """The line that is selected."""
        chosen: Evidence | None = self.list.view.current() if self.list.table.total else None
        return chosen

    def show_visit(self, view: VisitView) -> None:
        self.visit, self._name = view.id, view.name
        self._may_remove = view.state is VisitState.OPEN
        self.say_fault("")
        self.form.close_form()
        self.taking.put_away()
        self.reload()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus into the schedule."""
        (self.list if self.list.table.total else self.add).setFocus()

    def reload(self) -> None:
        """Read the schedule again."""
        if self.visit:
            self._show(evidence.schedule(self.ctx, self.visit))

    def attach(self, paths: Sequence[Path]) -> None:
        """Put files to the visit, on the worker."""
        work = partial(evidence.attach, self.ctx, self.visit, paths)
        self.work(work, lambda _: self._changed(tr("附件已保存。"), last=True), tr("保存附件"))

    def ask_about(self, film: Path) -> None:
        """Ask what is to be known of a recording; its hash is computed when that is said."""
        self._film = film
        self.taking.put_away()
        self._shown.hide()
        values = {"device": self._device, "kept_at": str(film.parent)}
        about = tr("只读出 SHA-256，不复制：{file}", file=film.name)
        self.form.ask(tr("登记执法记录仪录像"), tr("登记(&G)"), values, about)

    def _show(self, listed: Sequence[Evidence], *, last: bool = False) -> None:
        self.list.show_rows(listed)
        place = self.list.view.currentIndex().row()
        if listed and (last or not 0 <= place < len(listed)):
            self.list.view.selectRow(len(listed) - 1 if last else 0)
        has_photos = any(each.kind is EvidenceKind.PHOTO for each in listed)
        self.allow(Right.RECORD, self.originals, when=has_photos)
        self.write.setEnabled(bool(listed))
        self._show_current()

    def _taken_out(self) -> None:
        self._show_current()
        self.list.setFocus()

    def _show_current(self) -> None:
        held = self.current
        self.question.hide()
        self._shown.setVisible(held is not None and self.form.isHidden() and self.taking.isHidden())
        is_file = held is not None and held.kind is not EvidenceKind.PHOTO
        self.allow(Right.VISIT, self.remove, when=is_file and self._may_remove)
        self.save.setEnabled(held is not None and held.kind not in {EvidenceKind.PHOTO, EvidenceKind.RECORDING})
        if held is None:
            return
        self.name.setText(f"{held.number}　{held.name or held.kind.word}")
        self.about.setText(_about(held))
        self.marked.setCurrentIndex(max(0, self.marked.findData(held.sensitive)))
        self.preview.show_nothing()
        self.latest.ask(partial(look, self.ctx, held), partial(self._show_looked, held))

    def _show_looked(self, held: Evidence, looked: Looked) -> None:
        if held == self.current:
            self.preview.show_looked(looked, self.name.text())

    def _choose(self) -> None:
        kinds = tr("附件 ({endings})", endings=" ".join(f"*{each}" for each in KIND_OF))
        if paths := choose_files(self, tr("选择附件"), kinds):
            self.attach(paths)

    def _choose_film(self) -> None:
        if film := choose_file(self, tr("选择录像文件"), tr("所有文件 (*)")):
            self.ask_about(film)

    def _register(self) -> None:
        said, ctx, visit, film = Recording(**self.form.values()), self.ctx, self.visit, self._film
        self.form.set_busy(busy=True)
        self.work_reporting(
            lambda report: evidence.register_recording(ctx, visit, film, said, report),
            lambda _: self._registered(said),
            tr("计算指纹"),
            self.refusal(self.form.show_problems),
        ).cancelled.connect(lambda: self.form.set_busy(busy=False))

    def _registered(self, said: Recording) -> None:
        self._device = said.device  # mostly the next one comes out of the same camera
        self.form.close_form()
        self._changed(tr("录像已登记。"), last=True)

    def _mark(self) -> None:
        if held := self.current:
            with self.telling():
                evidence.mark(self.ctx, self.visit, held, Sensitive(self.marked.currentData()))
                self._changed("")

    def _ask(self) -> None:
        if held := self.current:
            self.question.ask(tr("从证据清单移除“{name}”？", name=held.name), tr("移除(&T)"))

    def _remove(self) -> None:
        if held := self.current:
            with self.telling():
                evidence.remove(self.ctx, self.visit, held)
                self._changed(tr("已移除。"))
                self.focus_first()

    def _save(self) -> None:
        held = self.current
        if held and (path := choose_target(self, tr("另存附件"), held.name, tr("所有文件 (*)"), self.ctx.folder)):
            written = partial(evidence.write_out, self.ctx, self.visit, held, path)
            self.work(written, lambda _: self.saved.emit(tr("已另存：{path}", path=path), path), tr("另存附件"))

    def _export(self) -> None:
        name = tr("证据清单 {name}", name=safe_stem(self._name))
        if path := choose_target(self, tr("清单另存"), f"{name}.xlsx", tr("工作簿 (*.xlsx)"), self.ctx.folder):
            write = partial(evidence.export, self.ctx, self.visit, path)
            self.write_rows(write, path, tr("清单另存"), tr("已写出 {count} 件证据的清单：{path}"))

    def _ask_for_originals(self) -> None:
        self._shown.hide()
        self.form.close_form()
        self.taking.ask()

    def _write_originals(self) -> None:
        if folder := choose_folder(self, tr("写出照片原件的空文件夹")):
            self.take_out(folder)

    def take_out(self, folder: Path) -> None:
        """Write the originals into a folder, for what is said in the form."""
        ctx, visit, said = self.ctx, self.visit, self.taking.said
        self.taking.form.set_busy(busy=True)
        self.work_reporting(
            lambda report: originals.write_originals(ctx, visit, folder, said, report),
            self._told,
            tr("写出照片原件"),
            self.refusal(self.taking.form.show_problems),
        ).cancelled.connect(lambda: self.taking.form.set_busy(busy=False))

    def _told(self, written: WrittenOriginals) -> None:
        self._shown.hide()
        self.taking.show_password(written)
        said = tr("已写出 {count} 张照片的原件和清单，已加密。", count=len(written.manifest.files))
        self.saved.emit(said, written.file)
        self.changed.emit(Change.REGISTERS)
        if written.problem is not None:
            self.failed.emit(written.problem)

    def _changed(self, said: str, *, last: bool = False) -> None:
        self._show(evidence.schedule(self.ctx, self.visit), last=last)
        self.changed.emit(Change.VISITS)
        if said:
            self.done.emit(said)


def _about(held: Evidence) -> str:
    said = (held.about, evidence.beijing_text(held.at), held.maker, held.device, held.kept)
    return "\n".join((" · ".join(filter(None, said)), f"SHA-256 {grouped(held.sha256, 8, len(held.sha256))}"))


def _columns() -> tuple[Column[Evidence], ...]:
    return (
        Column(tr("序号"), lambda each: str(each.number), 48, numeric=True),
        Column(tr("种类"), lambda each: each.kind.word, 66),
        Column(tr("名称"), lambda each: each.name or each.about or "—", 132, sought=True),
        Column(tr("页数或时长"), lambda each: each.extent, 94, numeric=True),
        Column(tr("标记"), _marked, 92, kind=lambda each: "" if each.sensitive is Sensitive.NO else "warn"),
        Column("SHA-256", lambda each: each.sha256[:_HASH], 104),
    )


def _marked(each: Evidence) -> str:
    return "" if each.sensitive is Sensitive.NO else each.sensitive.word
