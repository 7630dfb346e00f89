"""What stands above an answer: the words of the question, what was found last time, what the establishment says."""

from PySide6.QtWidgets import QWidget

from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.loader import SEVERITIES
from ohdesk.i18n import tr
from ohdesk.services.visit.self_check_views import OfItself
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.lay import column, grow, muted, row, say, text


class QuestionHead(QWidget):
    """Shows one question."""

    def __init__(self) -> None:
        super().__init__()
        self.place, self.wording, self._basis = muted(), text("", "question"), muted()
        self._severity, self._note = StatusChip(), text("", "fieldWarning")
        self._of_itself: OfItself | None = None
        self._said, self._compared = muted(), StatusChip()
        said = row(self._compared, grow(self._said))
        column(row(grow(self.place), self._severity), self.wording, self._basis, self._note, said, of=self)

    def show_question(self, form: Form, question: Question, note: str, of_itself: OfItself | None) -> None:
        """Show a question.

        note: what was found last time, or why it is not put; "" for nothing · of_itself: what its self-check says
        """
        section, number, total = form.section(question.section).said, question.number, len(form.questions)
        self.place.setText(tr("{section} · 第 {number} 项，共 {total} 项", section=section, number=number, total=total))
        self._severity.show_state(tr("{severity}项", severity=tr(question.severity)), _severity_kind(question))
        self.wording.setText(question.said)
        self._basis.setText(_basis(question))
        say(self._note, note)
        self._of_itself = of_itself
        say(self._said, of_itself.sentence if of_itself else "")

    def compare(self, value: AnswerValue | None) -> None:
        """Say whether an answer of the inspectors is another than what the establishment said of itself."""
        differs = self._of_itself.line.differs_from(value) if self._of_itself else None
        word = {None: "", True: tr("≠ 与本次不同"), False: tr("＝ 与本次一致")}[differs]
        self._compared.show_state(word, "warn" if differs else "plain")


def _severity_kind(question: Question) -> str:
    return "warn" if question.severity == SEVERITIES[-1] else "plain"


def _basis(question: Question) -> str:
    parts = [tr("依据：{duty}", duty="；".join(question.shown_duty))]
    if question.how:
        parts.append(tr("检查方式：{how}", how=question.how))
    if question.na_when:
        parts.append(tr("可合理缺项：{when}", when=question.na_when))
    return "\n".join(parts)
