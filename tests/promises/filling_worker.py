"""In a process of its own: fill a checklist and say of each answer, once it is acknowledged, which one it was."""

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit.filling import open_form, save_answer, save_place
from tests.promises.apart import READY

VALUES = (AnswerValue.MET, AnswerValue.NOT_MET, AnswerValue.NOT_APPLICABLE, AnswerValue.NOT_INSPECTED)


def fill(tells: Connection, folder: Path, account: str, password: str, visit: str, first: int) -> None:
    """Save answers numbered from `first` until somebody kills this process; tell when it begins, and every number."""
    with open_workspace(folder, account, password) as ctx:
        questions = [question.id for question in open_form(ctx, visit).form.questions]
        tells.send(READY)
        for number in count(first):
            question = questions[number % len(questions)]
            answer = Answer(VALUES[number % len(VALUES)], reason=str(number), fact=str(number))
            save_place(ctx, visit, question)  # as it is kept while one stands there
            save_answer(ctx, visit, question, answer)
            tells.send(number)
