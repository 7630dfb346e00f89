"""What the unlock screen has done on the worker; opening a workspace itself is the window's.

Every import of a service is late: the prompt is painted before the database layer is loaded.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.domain.progress import Progress
from ohdesk.ui.screens.unlock.cards import NewOffice, Recovery

if TYPE_CHECKING:
    from ohdesk.security.trust_files import CountyCard
    from ohdesk.services.start.first_run import Started

MakePractice = Callable[[Path, Progress], object]


def account_names_in(folder: Path) -> tuple[str, ...]:
    """Return who can open the workspace in a folder; nobody where there is none."""
    from ohdesk.services.office.workspace import account_names, is_workspace

    return account_names(folder) if is_workspace(folder) else ()


def read_card(path: Path) -> "CountyCard":
    """Return whose a county's card is."""
    from ohdesk.services.trust.joining import look_at_card

    return look_at_card(path)


def start_office(new: NewOffice) -> "Started":
    """Create a workspace, and by a county's card the request to join."""
    from ohdesk.services.office.workspace import NewWorkspace
    from ohdesk.services.start import first_run

    join = None
    if new.card is not None and new.request is not None:
        join = first_run.Join(new.card, new.compared, new.request)
    office = NewWorkspace(new.role, new.division, new.name, new.account, new.password)
    return first_run.start(new.folder, office, join)


def save_code(path: Path, office: str, code: str) -> Path:
    """Write a recovery code to a file."""
    from ohdesk.services.start import first_run

    first_run.save_code(path, office, code)
    return path


def sheet_of(office: str, code: str) -> bytes:
    """Return the sheet with a recovery code, to be printed."""
    from ohdesk.services.start import first_run

    return first_run.recovery_sheet(office, code)


def recover(recovery: Recovery) -> Recovery:
    """Give an account a new password by the recovery code."""
    from ohdesk.services.start import first_run

    first_run.recover(recovery.folder, recovery.code, recovery.account, recovery.password)
    return recovery


def make_world(folder: Path, make: MakePractice, report: Progress) -> Path:
    """Make a practice world; one that is there already is taken as it is, one left half way is taken away."""
    from ohdesk.services.start import practice

    found = practice.find_world(folder)
    if found is not None and found.offices:
        return found.folder
    try:
        make(folder, report)
    except BaseException:  # a cancel, too, leaves nothing half made
        if (folder / practice.MARK).is_file():  # else it is a folder of somebody's own, in which nothing was made
            practice.throw_away(folder)
        raise
    return folder


def throw_away(folder: Path) -> Path:
    """Delete a practice world."""
    from ohdesk.services.start import practice

    practice.throw_away(folder)
    return folder
