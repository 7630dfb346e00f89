"""What the unlock screen asks for, done on the worker; opening a workspace itself is the window's."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.screens.unlock.cards import NewOffice, Recovery
from ohdesk.ui.screens.unlock.screen import UnlockScreen

if TYPE_CHECKING:
    from ohdesk.services.start.first_run import Started
    from ohdesk.services.trust.joining import CardShown
    from ohdesk.ui.kit.printing import Printing

MakePractice = Callable[[Path, Progress], object]


class UnlockTasks(QObject):
    """Runs for one unlock screen and ends with it."""

    def __init__(self, unlock: UnlockScreen, jobs: Jobs, make_practice: MakePractice | None = None) -> None:
        super().__init__(unlock)
        self._unlock = unlock
        self._jobs = jobs
        self._make_practice = make_practice
        self._practice: Job | None = None
        self._printing: Printing | None = None
        unlock.accounts_wanted.connect(self.list_accounts)
        unlock.card_wanted.connect(self._read_card)
        unlock.create_wanted.connect(self._create)
        unlock.save_code_wanted.connect(self._save_code)
        unlock.print_code_wanted.connect(self._print_code)
        unlock.recover_wanted.connect(self._recover)
        unlock.practice_wanted.connect(self._practise)
        unlock.practice_cancelled.connect(self.stop)
        unlock.throw_away_wanted.connect(self._throw_away)

    def list_accounts(self, folder: Path) -> None:
        """Look up who can open the workspace in `folder`."""
        self._start(lambda: _account_names(folder), self._unlock.show_accounts)

    def stop(self) -> None:
        """Ask the making of a practice world to end: the program is being closed."""
        if self._practice is not None:
            self._practice.cancel()

    def _read_card(self, path: Path) -> None:
        self._start(lambda: _card(path), self._unlock.show_card)

    def _create(self, new: NewOffice) -> None:
        self._start(lambda: _started(new), self._unlock.show_started, tr("正在建立…"))

    def _save_code(self, path: Path, office: str, code: str) -> None:
        self._start(lambda: _saved(path, office, code), self._unlock.show_code_saved)

    def _print_code(self, office: str, code: str) -> None:
        from ohdesk.ui.kit.printing import Printing  # late: not needed for the prompt

        if self._printing is None:
            self._printing = Printing(self._jobs, self._unlock)
            self._printing.done.connect(self._unlock.show_code_printed)
            self._printing.failed.connect(self._unlock.show_error)
        printing = self._printing
        self._start(lambda: _sheet(office, code), lambda sheet: printing.print_pdf(sheet, tr("恢复码")))

    def _recover(self, recovery: Recovery) -> None:
        self._start(lambda: _recovered(recovery), self._unlock.show_recovered, tr("正在设新密码…"))

    def _practise(self, folder: Path) -> None:
        make = self._make_practice
        if make is None:
            return
        job = self._practice = self._run(
            ReportingJob(lambda report: _practised(folder, make, report)), self._unlock.show_practice
        )
        job.progressed.connect(self._unlock.show_progress)
        job.cancelled.connect(self._unlock.show_practice_cancelled)

    def _throw_away(self, folder: Path) -> None:
        self._start(lambda: _thrown_away(folder), self._unlock.show_thrown_away, tr("正在删除…"))

    def _start(self, function: Callable[[], Any], succeeded: Callable[[Any], None], busy: str = "") -> Job:
        return self._run(Job(function), succeeded, busy)

    def _run(self, job: Job, succeeded: Callable[[Any], None], busy: str = "") -> Job:
        if busy:
            self._unlock.set_busy(busy)
            job.succeeded.connect(self._free)
            job.failed.connect(self._free)
        job.succeeded.connect(succeeded)
        job.failed.connect(self._unlock.show_error)
        return self._jobs.start(job)

    def _free(self, _result: object) -> None:
        self._unlock.set_busy("")


def _account_names(folder: Path) -> tuple[str, ...]:
    from ohdesk.services.office.workspace import account_names, is_workspace  # late: imports the database layer

    return account_names(folder) if is_workspace(folder) else ()


def _card(path: Path) -> "CardShown":
    from ohdesk.services.trust.joining import look_at_card  # late: imports the database layer

    return look_at_card(path)


def _started(new: NewOffice) -> "Started":
    from ohdesk.services.office.workspace import NewWorkspace
    from ohdesk.services.start import first_run  # late: imports the database layer

    join = None
    if new.card is not None and new.request is not None:
        join = first_run.Join(new.card, new.compared, new.request)
    office = NewWorkspace(new.role, new.division, new.name, new.account, new.password)
    return first_run.start(new.folder, office, join)


def _saved(path: Path, office: str, code: str) -> Path:
    from ohdesk.services.start import first_run  # late: imports the database layer

    first_run.save_code(path, office, code)
    return path


def _sheet(office: str, code: str) -> bytes:
    from ohdesk.services.start import first_run  # late: imports the database layer

    return first_run.recovery_sheet(office, code)


def _recovered(recovery: Recovery) -> Recovery:
    from ohdesk.services.start import first_run  # late: imports the database layer

    first_run.recover(recovery.folder, recovery.code, recovery.account, recovery.password)
    return recovery


def _practised(folder: Path, make: MakePractice, report: Progress) -> Path:
    """Make a practice world; one that is there already is taken as it is, one left half way is taken away."""
    from ohdesk.services.start import practice  # late: not needed for the prompt

    found = practice.find_world(folder)
    if found is not None and found.offices:
        return found.folder
    try:
        make(folder, report)
    except BaseException:
        if (folder / practice.MARK).is_file():
            practice.throw_away(folder)
        raise
    return folder


def _thrown_away(folder: Path) -> Path:
    from ohdesk.services.start import practice  # late: not needed for the prompt

    practice.throw_away(folder)
    return folder
