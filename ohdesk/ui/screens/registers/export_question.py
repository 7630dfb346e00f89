"""What is asked before a book is written into an open file: whether at all, and whether counts of a few go with it."""

from PySide6.QtWidgets import QCheckBox

from ohdesk.domain.register.definition import Definition
from ohdesk.forms.small_counts import has_small_counts, small_text
from ohdesk.i18n import tr
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.field import Field


class ExportQuestion(Confirm):
    """Asked of a book that stays on this laptop, and of one with counts that stay inside town and county."""

    def __init__(self, definition: Definition) -> None:
        super().__init__()
        self.inside = QCheckBox(tr("保留原数，只在本镇街和县级内部使用(&G)"))
        self._stays_here = definition.travels == "no"
        asked = []
        if self._stays_here:
            asked.append(tr("这本登记簿只留本机。写出的文件由您负责保管，确定要写出吗？"))
        if has_small_counts(definition):
            asked.append(tr("给外单位或公布的表不写明很少的人数，写作“{small}”。", small=small_text()))
            self.add(Field("", self.inside))
        self.question = "\n".join(asked)

    def ask_whether(self) -> bool:
        """Ask, where there is something to ask; False where there is not."""
        self.inside.setChecked(False)
        if self.question:
            self.ask(self.question, tr("写出(&Y)"), calm=not self._stays_here)
        return bool(self.question)
