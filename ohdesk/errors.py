"""The ways an action can fail, as far as the person in front of the screen cares."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where, what was expected, what was found, what to do.

    place: in words for people, as it stands in a list of problems
    expected: what it should be, "" when the remedy says it all · example: of what is expected, for days and codes
    field: key of the form's field it belongs to; "" when it belongs to the whole input
    """

    place: str
    expected: str
    found: str
    remedy: str = ""
    # The place is translated and may be reworded, so a form finds its field by this key and never by comparing words.
    field: str = ""
    example: str = ""


class UserError(Exception):
    """Something the user can put right.

    `message` says in plain Chinese what is wrong; `remedy` says what to do next; `problems` says it
    for each field of an input, and is empty where the whole action failed.
    """

    problems: tuple[Problem, ...] = ()

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    @property
    def whole(self) -> str:
        """Both sentences in one line; where they are not Chinese, with a space in between."""
        gap = " " if self.remedy and self.message[-1:].isascii() else ""
        return f"{self.message}{gap}{self.remedy}"


class MachineError(UserError):
    """The machine is at fault: disk full, no permission, the workspace's own database damaged."""


class OlderWorkspaceError(UserError):
    """The workspace is older than this computer has seen it. Told apart, so that a person may go on with it."""


class WrongPasswordError(UserError):
    """The password is not the account's, or it is too early to try again after many in a row.

    wait: seconds before the next try · left: tries before there is a wait
    """

    def __init__(self, message: str, remedy: str = "", wait: int = 0, left: int = 0) -> None:
        super().__init__(message, remedy)
        self.wait = wait
        self.left = left


class JobCancelledError(Exception):
    """The user pressed cancel. Unwinds quietly; nothing is shown, nothing is kept."""


class ProblemsError(UserError):
    """An input with several problems, all of them reported at once."""

    def __init__(self, message: str, problems: tuple[Problem, ...], remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.problems = problems
