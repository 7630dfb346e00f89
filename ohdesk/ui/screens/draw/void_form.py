"""Declaring a draw void: its number is never used again, and the reason goes on record."""

from ohdesk.domain.register.definition import Field
from ohdesk.i18n import mark, tr
from ohdesk.services.draw.views import DrawRow
from ohdesk.ui.kit.form import Form

_ASKED = (Field("reason", mark("作废原因"), required=True),)


class VoidForm(Form):
    """Asks why a draw is to be void."""

    def __init__(self) -> None:
        super().__init__(_ASKED)
        self.submit.setProperty("primary", False)
        self.submit.setProperty("danger", True)

    def begin(self, row: DrawRow) -> None:
        """Ask about a draw."""
        title = tr("作废 {plan} 第 {number} 次抽取", plan=row.plan, number=row.number)
        self.ask(title, tr("作废这次抽取(&D)"), {}, tr("编号不再使用，原因随记录公开，不能恢复。"))
