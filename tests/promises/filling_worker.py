"""Run as a program: fill a checklist and say of each answer, once it is acknowledged, which one it was."""

import sys
from itertools import count
from pathlib import Path

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit.filling import open_form, save_answer

VALUES = (AnswerValue.MET, AnswerValue.NOT_MET, AnswerValue.NOT_APPLICABLE, AnswerValue.NOT_INSPECTED)


def say(word: object) -> None:
    """Let the other side know at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(workspace: str, account: str, password: str, visit: str, first: str) -> None:
    """Save answers numbered from `first` until somebody kills this process."""
    with open_workspace(Path(workspace), account, password) as ctx:
        questions = [question.id for question in open_form(ctx, visit).form.questions]
        say("ready")
        for number in count(int(first)):
            question = questions[number % len(questions)]
            answer = Answer(VALUES[number % len(VALUES)], reason=str(number), fact=str(number))
            save_answer(ctx, visit, question, answer)
            say(number)


if __name__ == "__main__":
    main(*sys.argv[1:])
