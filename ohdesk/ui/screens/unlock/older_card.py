"""The workspace is older than this computer has seen it: whoever opens it decides whether to go on."""

from PySide6.QtCore import Signal

from ohdesk.i18n import tr
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import say, text
from ohdesk.ui.screens.unlock.cards import Card, Credentials


class OlderCard(Card):
    """Says what is known of it; going back is the safe answer and has the focus."""

    accepted = Signal(object)  # Credentials

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(jobs, "history", tr("这个工作区比上次看到的旧"), "", tr("仍用这一份继续(&O)"))
        self._given: Credentials | None = None
        self._remedy = text("")
        after = text(tr("继续以后，请管理员在“设置 → 备份”里选“作为新电脑继续”：旧的编号可能已经在别处用过。"))
        self._back = self.way_back()
        self.fill(self._remedy, after, self.foot(self._back))

    def ask(self, given: Credentials, message: str, remedy: str) -> None:
        """Stand ready for a workspace that was refused as older."""
        self._given = given
        say(self.sentence, message)
        say(self._remedy, remedy)

    def start(self) -> None:
        self._back.setFocus()

    def go_on(self) -> None:
        if self._given is not None:
            self.accepted.emit(self._given._replace(older_ok=True))
