"""关于与诊断: versions, licences, whether everything is sound, and a file for whoever helps."""

from itertools import chain

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import CheckLines
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import say, text
from ohdesk.ui.screens.settings.section import Section, facts_card, text_card

_FACTS = 32  # about so many; the bar shows how far, not how long


class AboutSection(Section):
    """What this program is made of, and how it is."""

    found = Signal(object)  # Fact, from the worker as it is found

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(
            ctx, jobs, tr("关于与诊断"), tr("职业健康监督检查（ohdesk），完全离线工作，不向任何地方发送数据。")
        )
        self.check = primary_action("inspect", tr("检查程序和数据(&G)"), self.check_everything)
        self.add_row(
            "check",
            tr("自检"),
            tr("核对程序库、字体、数据库、操作日志和照片附件是否完好，不改动任何内容。"),
            self.check,
        )
        self.lines = CheckLines()
        self._wrong = text("", "fieldError")
        self._wrong.hide()
        self.column.addWidget(self.lines)
        self.column.addWidget(self._wrong)
        self._facts: list[Fact] = []
        self._is_checking = False
        self.found.connect(self._show_fact)
        save = action("save", tr("另存诊断文件…(&T)"), self._choose_diagnostics)
        about = tr("供排查故障：版本、屏幕、数量和自检结果，不含单位、人员、代码和文件夹名称。")
        self.add_row("diagnostics", tr("诊断文件"), about, save)
        licences = tr("ohdesk 按 Apache 2.0 许可证发布；程序库和字体各按自己的许可证，全文在安装文件夹的 licences 中。")
        self.column.addWidget(text_card(tr("许可证"), licences))
        self.column.addStretch(1)
        self.work(_versions, self._show_versions)

    def check_everything(self) -> None:
        """Look everything over on the worker; each result is shown as it is found."""
        if self._is_checking:
            return
        self._is_checking = True  # and the button stays enabled: the focus would go from it, and the page follow it
        self._facts = []
        say(self._wrong, "")
        ctx, tell = self.ctx, self.found

        def look(report: Progress) -> int:
            from ohdesk.services.exchange import kept  # late: as below
            from ohdesk.services.office import doctor  # late: brings the fonts

            number = 0
            facts = chain(doctor.installation_facts(), doctor.workspace_facts(ctx), [kept.fact(ctx)])
            for number, fact in enumerate(facts, 1):
                tell.emit(fact)
                report(number, max(number, _FACTS))
            tell.emit(doctor.recompute(ctx, report).fact)
            return number + 1

        self.work_reporting(look, self._checked, tr("自检")).ended.connect(self._ended)

    def _show_versions(self, versions: dict[str, str]) -> None:
        card = facts_card([(_name(part), version) for part, version in versions.items()])
        self.column.insertWidget(self.column.count() - 1, card)

    def _show_fact(self, fact: Fact) -> None:
        self._facts.append(fact)
        self.lines.show_facts(self._facts)

    def _checked(self, count: int) -> None:
        if all(fact.verdict is Verdict.HOLDS for fact in self._facts):
            self.done.emit(tr("自检完成，{count} 项都完好。", count=count))
        else:
            say(
                self._wrong,
                tr(
                    "有项目不完好。请不要删除任何文件：先在“备份”里看最近一份打开检查过的备份，再另存诊断文件交给县级管理员。"
                ),
            )

    def _ended(self) -> None:
        self._is_checking = False

    def _choose_diagnostics(self) -> None:
        target = choose_target(self, tr("另存诊断文件"), tr("ohdesk诊断.zip"), "ZIP (*.zip)")
        if target is None:
            return
        ctx, screens = self.ctx, _screens()

        def written() -> str:
            from ohdesk.services.office import diagnostics  # late: brings the whole doctor

            diagnostics.write(ctx, target, screens)
            return tr("诊断文件已写好：{name}", name=target.name)

        self.work(written, self.done.emit, tr("诊断文件"))


def _versions() -> dict[str, str]:
    from ohdesk.services.office import doctor  # late: brings the fonts

    return doctor.versions()


def _name(part: str) -> str:
    return tr("操作系统") if part == "system" else part


def _screens() -> dict[str, str]:
    return {
        f"screen {number}": f"{screen.size().width()} x {screen.size().height()} at {screen.devicePixelRatio():g}"
        for number, screen in enumerate(QGuiApplication.screens(), 1)
    }
