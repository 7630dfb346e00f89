"""批量合格: answers given together by one key, each marked so; what has to be looked at by itself is refused."""

from collections.abc import Sequence

from ohdesk.db.prepared import cursor_of
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.people import Right
from ohdesk.errors import Problem, ProblemsError
from ohdesk.forms.answers import Answer, AnswerValue, may_be_in_bulk, question_place
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit.filling import answers_of, write
from ohdesk.services.visit.lookup import find_question, find_visit


def save_bulk(ctx: Context, visit_id: str, questions: Sequence[str]) -> int:
    """Answer questions that have no answer with 合格, together and marked so; return how many there were.

    Raises ProblemsError for those that have to be answered one by one; then nothing is stored.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        form = form_of(session, find_visit(session, visit_id))
        asked = [find_question(form, question) for question in questions]
        expected = tr("没有要填的内容，不要照片，也不是严重项")
        problems = [Problem(question_place(each), expected, each.text) for each in asked if not may_be_in_bulk(each)]
        if problems:
            raise ProblemsError(tr("有 {count} 项要逐项回答，都没有保存。", count=len(problems)), tuple(problems))
        held = answers_of(session, form, visit_id)
        left, at = [each.id for each in asked if each.id not in held], ctx.now()
        for question in left:
            write(cursor_of(session), visit_id, question, Answer(AnswerValue.MET), at, bulk=True)
    return len(left)
