"""A statement added to a final record (更正): what is right, and why it was wrong; the record stays as signed."""

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.services.record.views import OpenRecord
from ohdesk.ui.kit.form import Form, Values

_ASKED = (
    Field("statement", mark("更正内容"), Kind.NOTE, required=True),
    Field("reason", mark("更正理由"), required=True),
)


class AmendForm(Form):
    """Asks for one statement about one record."""

    def __init__(self) -> None:
        super().__init__(_ASKED)
        self.visit = ""

    def amend(self, record: OpenRecord, typed: Values | None = None) -> None:
        """Ask what is right in a record; typed: what was typed before a lock."""
        self.visit = record.visit
        title = tr("更正 {number}　{name}", number=record.number, name=record.name)
        note = tr("已定稿的笔录不能改动；更正作为补充说明记在后面，随上报包送县级。")
        self.ask(title, tr("记入更正(&R)"), typed or {}, note, held={})
