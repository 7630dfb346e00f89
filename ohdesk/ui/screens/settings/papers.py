"""文书: which set of papers the office uses, and the forms that the county words itself."""

from functools import partial
from pathlib import Path

from ohdesk.domain.people import Right
from ohdesk.domain.problems import in_list
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.papers import Paper
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.office.paper_forms import SetLine
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.files import choose_file
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import say, text
from ohdesk.ui.screens.settings.section import Section


class PapersSection(Section):
    """Papers made before keep the set they were made in."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        about = tr("改用以后制作的文书按新的格式；已经制作的不变。")
        super().__init__(ctx, jobs, tr("文书"), about)
        self.set = LongChoice()
        self.set.setMinimumWidth(theme.layout("setting_control"))
        self.set.activated.connect(self._choose)
        self.allow(Right.OFFICE, self.set)
        self._what = self.add_row("set", tr("文书格式"), "", self.set)
        self.take = action("import", tr("换用县级式样…(&F)"), self._choose_file)
        self.allow(Right.DEFINE, self.take)
        meaning = tr("读入一份文书的式样文件（toml），代替同名的文书，或者增加一种。有错的逐处列出，什么也不改。")
        self._installed = self.add_row("form", tr("县级的式样"), meaning, self.take)
        self.faults = text("", "fieldError")
        self.faults.hide()
        self.column.addWidget(self.faults)
        self.column.addStretch(1)

    def reload(self) -> None:
        sets = paper_forms.sets(self.ctx)
        self.set.offer((each.id, each.name) for each in sets)
        (chosen,) = (each for each in sets if each.chosen)
        self.set.setCurrentIndex(self.set.findData(chosen.id))
        self._what.setText(_said(chosen))

    def install(self, path: Path) -> None:
        """Use the form of a file; every fault of it is said here."""
        say(self.faults, "")
        self.work(
            partial(paper_forms.install_file, self.ctx, path), self._done, tr("读取式样"), self.refusal(self._refuse)
        )

    def _choose(self, _place: int) -> None:
        with self.telling():
            self.changed.emit(paper_forms.choose_set(self.ctx, self.set.currentData()))
            self.done.emit(tr("已改用“{name}”。", name=self.set.currentText()))
        self.reload()

    def _choose_file(self) -> None:
        if path := choose_file(self, tr("选择式样文件"), tr("式样文件 (*.toml)")):
            self.install(path)

    def _done(self, paper: Paper) -> None:
        self.reload()
        self.done.emit(tr("已换用《{title}》的式样。", title=paper.form.title))
        self.changed.emit(Change.SETTINGS)

    def _refuse(self, error: UserError) -> None:
        lines = [error.message, *map(in_list, error.problems), error.remedy]
        if isinstance(error, ProblemsError):
            say(self.faults, "\n".join(filter(None, lines)))
        else:
            self.failed.emit(error)


def _said(one: SetLine) -> str:
    lines = [one.source, tr("{count} 种文书，{day} 起使用。", count=one.papers, day=one.valid_from)]
    if one.off:
        lines.append(tr("其中 {count} 种要等县级录入文字或确认以后才能制作。", count=one.off))
    lines.append(
        tr("整套格式没有与印发的原件核对，请向县级确认。")
        if one.unconfirmed
        else tr("各种文书是否待县级确认，在制作时写明。")
    )
    return "\n".join(lines)
