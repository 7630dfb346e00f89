"""What stands above an answer: where the question stands, its words and basis, and what was found last time."""

from PySide6.QtWidgets import QWidget

from ohdesk.forms.definition import Form, Question
from ohdesk.forms.loader import SEVERITIES
from ohdesk.i18n import tr
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.lay import column, grow, muted, row, say, text


class QuestionHead(QWidget):
    """Shows one question."""

    def __init__(self) -> None:
        super().__init__()
        self.place, self.wording, self._basis = muted(), text("", "question"), muted()
        self._severity, self._note = StatusChip(), text("", "fieldWarning")
        column(row(grow(self.place), self._severity), self.wording, self._basis, self._note, of=self)

    def show_question(self, form: Form, question: Question, note: str) -> None:
        """Show a question. note: what was found last time, or why it is not put; "" for nothing"""
        section, number, total = form.section_title(question.section), question.number, len(form.questions)
        self.place.setText(tr("{section} · 第 {number} 项，共 {total} 项", section=section, number=number, total=total))
        self._severity.show_state(tr("{severity}项", severity=tr(question.severity)), _severity_kind(question))
        self.wording.setText(question.said)
        self._basis.setText(_basis(question))
        say(self._note, note)


def _severity_kind(question: Question) -> str:
    return "warn" if question.severity == SEVERITIES[-1] else "plain"


def _basis(question: Question) -> str:
    parts = [tr("依据：{duty}", duty="；".join(question.shown_duty))]
    if question.how:
        parts.append(tr("检查方式：{how}", how=question.how))
    if question.na_when:
        parts.append(tr("可合理缺项：{when}", when=question.na_when))
    return "\n".join(parts)
