"""Starting an office on this machine, and getting back in when the password is lost."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.reports.recovery_sheet import render_recovery_sheet
from ohdesk.security.signing_keys import CODE_BEGINS, tidy_age_identity
from ohdesk.services.backup.checking import by_code, by_password
from ohdesk.services.context import Context, system_clock
from ohdesk.services.office import accounts, closing, restoring
from ohdesk.services.office.workspace import (
    Clock,
    NewWorkspace,
    create_workspace,
    open_for_recovery,
    open_workspace,
)
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import RequestShown, look_at_card


@dataclass(frozen=True, slots=True)
class Join:
    """The county's card, its fingerprint as compared with the county, and where the town's request is written."""

    card: Path
    compared: str
    request: Path


@dataclass(frozen=True, slots=True)
class Started:
    """A new workspace: its recovery code, shown once; the request to the county, or why there is none."""

    code: str
    request: RequestShown | None = None
    problem: str = ""


def start(folder: Path, new: NewWorkspace, join: Join | None = None, clock: Clock = system_clock) -> Started:
    """Create a workspace and, by a county's card, write the request to join it.

    Raises UserError, creating nothing, as `create_workspace` and for a card that is not this town's county's.
    A request that cannot be written is no error: the workspace stands, and its recovery code must be seen.
    """
    if join is not None:
        # Before anything is created: whoever picked the wrong card would else have a workspace to throw away.
        _check_join(new, join)
    # From here on nothing may fail silently: the recovery code exists this one time, and must reach the screen whatever
    # follows.
    code = create_workspace(folder, new)
    if join is None:
        return Started(code)
    try:
        with open_workspace(folder, new.account, new.password, clock) as ctx:
            return Started(code, request=joining.write_request(ctx, join.card, join.request, join.compared))
    except UserError as error:
        return Started(code, problem=error.whole)


def recover(folder: Path, code: str, account: str, new_password: str) -> None:
    """Give an account a new password by the recovery code of the workspace.

    The person's signing key is made anew. Raises UserError for a code that is misspelt or another workspace's.
    """
    with open_for_recovery(folder, code) as ctx:
        accounts.reset(ctx, account, new_password)
    # Whoever holds the code chose the password: there is nobody else to choose another one.
    with open_workspace(folder, account, new_password) as ctx:
        if ctx.actor.invited:
            accounts.accept(ctx, new_password, new_password)


def choose_password(folder: Path, account: str, given: str, new: str) -> None:
    """Put an own password in the place of the one that an administrator gave at a reset. Raises UserError."""
    with open_workspace(folder, account, given) as ctx:
        accounts.change_password(ctx, given, new)


def restore(file: Path, folder: Path, account: str, secret: str, report: Progress = unwatched) -> tuple[str, ...]:
    """Make a workspace in `folder` from a backup, by an account's password of its day or the recovery code.

    Returns what was lost, in sentences.  Raises as `restoring.restore`.
    """
    typed = tidy_age_identity(secret)
    unlock = by_code(typed) if typed.startswith(CODE_BEGINS) else by_password(account, secret)
    return restoring.restore(file, folder, unlock, report).problems


def close_account(folder: Path, by: str, password: str, account: str, report: Progress = unwatched) -> None:
    """Close an account as the administrator `by`, whose password is given; everything is locked meanwhile."""
    with open_workspace(folder, by, password) as ctx:
        closing.close(ctx, account, report)


def replace_code(folder: Path, by: str, password: str, code: str, report: Progress = unwatched) -> None:
    """Put a recovery code that is kept by now in the place of the old one; everything is locked meanwhile."""
    with open_workspace(folder, by, password) as ctx:
        closing.renew_code(ctx, code, report)


def recovery_sheet(office: str, code: str) -> bytes:
    """Return the PDF of the sheet with an office's recovery code."""
    return render_recovery_sheet(office, code)


def save_code(path: Path, office: str, code: str, workspace: Path) -> None:
    """Write a recovery code where the user wants it kept: as plain text for ".txt", else as the sheet that is printed.

    Raises UserError for a place in the workspace, where whoever takes the laptop takes both, and without the folder,
    MachineError from the medium; then there is no half file.
    """
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(workspace)):
        raise UserError(tr("恢复码不能放在工作区文件夹里。"), tr("请存到优盘，或打印出来，与电脑分开保管。"))
    text = tr("{office} 工作区的恢复码：{code}", office=office, code=code)
    data = f"{text}\n".encode("utf-8-sig") if path.suffix.lower() == ".txt" else recovery_sheet(office, code)
    hand_out(path, data)


def renew_code(ctx: Context, place: Path) -> None:
    """Write a new recovery code where the user wants it kept, then let it take the place of the old one.

    Raises UserError and MachineError as `save_code`; then the old one goes on opening.
    """
    ctx.require(Right.ACCOUNT)
    # Perhaps the only copy of the code that opens until now.
    if place.exists():
        raise UserError(tr("已经有这个文件：{file}", file=place), tr("请换一个文件名。"))
    code = closing.new_code()
    save_code(place, ctx.office.name, code, ctx.folder)
    try:
        closing.renew_code(ctx, code)
    except BaseException:
        with suppress(OSError):
            place.unlink()  # a code that opens nothing would be kept for the one that does
        raise


def _check_join(new: NewWorkspace, join: Join) -> None:
    card = look_at_card(join.card)
    if new.role != OfficeRole.TOWN or not new.division.startswith(card.office.division):
        raise UserError(
            tr(
                "名片是{county}（{code}）的，与区划代码 {division} 不符。",
                county=card.office.office,
                code=card.office.division,
                division=new.division,
            ),
            tr("镇街代码的前 6 位应是县级代码；请核对代码，或换一张名片。"),
        )
    if not join.request.parent.is_dir():
        raise UserError(tr("没有这个文件夹：{folder}", folder=join.request.parent), tr("请检查路径，或先插好优盘。"))
