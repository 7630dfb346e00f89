"""An open visit moved to the edition of its checklist that is shipped now: by an explicit act, never by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from ohdesk.db.models import Answer as AnswerRow
from ohdesk.db.models import Draft, DraftKind, Photo, Visit
from ohdesk.db.queries.forms import form_of, keep_edition
from ohdesk.domain.people import Right
from ohdesk.domain.visit import Act
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.answers import malformed
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import load_form
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit.filling import answers_of
from ohdesk.services.visit.lookup import find_visit


@dataclass(frozen=True, slots=True)
class Editions:
    """The edition a visit is filled in, and the one it could move to.

    reworded: ids in both whose wording differs · added: only in the newer · gone: answered, and not in the newer
    """

    current: Form
    newest: Form
    reworded: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_newest(self) -> bool:
        """True when there is nothing to move to."""
        return self.current.sha256 == self.newest.sha256


def editions(ctx: Context, visit_id: str) -> Editions:
    """Return the edition of a visit and the newest, and how they differ."""
    with ctx.reading() as session:
        return _editions(session, find_visit(session, visit_id))


def move(ctx: Context, visit_id: str, to: Mapping[str, str]) -> Change:
    """Let a visit go on in the newest edition; its answers go along, with their trail and photos.

    to: by the id of a question in the old edition that in the new one, "" to leave its answer behind; a question keeps
        its id where nothing is said.  Ids are never used again, so the same id is the same question.
    Raises UserError where there is nothing newer or the visit cannot be filled, ProblemsError for an answer of which
    nothing is said where it goes, or that does not fit there; then nothing is changed.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        found = _editions(session, visit)
        if found.is_newest:
            raise UserError(tr("这次检查用的已是最新的检查表。"), tr("不需要换版。"))
        problems = list(_problems(session, visit, found, to))
        if problems:
            raise ProblemsError(tr("检查表没有换版。"), tuple(problems))
        _rename(session, visit_id, {old: new for old, new in to.items() if new})
        visit.place = to.get(visit.place, "") or visit.place
        visit.form_sha256 = keep_edition(session, found.newest)
    return Change.VISITS


def _editions(session: Session, visit: Visit) -> Editions:
    current = form_of(session, visit)
    # A re-inspection asks again what was asked: of its checklist, made for it alone, there is no other edition.
    newest = current if current.from_findings else load_form(visit.form)
    answered = answers_of(session, current, visit.id)
    both = [question for question in newest.questions if question.id in current.by_id]
    return Editions(
        current=current,
        newest=newest,
        reworded=tuple(each.id for each in both if each.text != current.by_id[each.id].text),
        added=tuple(each.id for each in newest.questions if each.id not in current.by_id),
        gone=tuple(id_ for id_ in answered if id_ not in newest.by_id),
    )


def _problems(session: Session, visit: Visit, found: Editions, to: Mapping[str, str]) -> Iterator[Problem]:
    answers = {id_: view.answer for id_, view in answers_of(session, found.current, visit.id).items()}
    targets: dict[str, str] = {}
    for old, new in to.items():
        if old not in found.current.by_id:
            yield Problem(old[:40], tr("原检查表的检查项"), tr("没有这一项"))
        if new and new not in found.newest.by_id:
            yield Problem(old[:40], tr("新检查表的检查项"), new[:40])
    for old, answer in answers.items():
        new = to.get(old, old)
        if old not in to and new not in found.newest.by_id:
            remedy = tr("请写明它在新检查表中是哪一项，或者写明不带过去。")
            yield Problem(old, tr("新检查表的检查项"), tr("没有写明"), remedy)
        elif new in targets:
            yield Problem(old, tr("每一项只有一个回答"), tr("{new} 已经来自 {old}", new=new, old=targets[new]))
        elif new in found.newest.by_id:
            targets[new] = old
            yield from malformed(answer, found.newest.by_id[new])


def _rename(session: Session, visit_id: str, to: Mapping[str, str]) -> None:
    """Give the steps, photos and typed texts of a visit their new ids, all at once: ids may change places."""
    if not to:
        return
    for model, column, where in (
        (AnswerRow, AnswerRow.question, AnswerRow.visit == visit_id),
        (Photo, Photo.question, Photo.visit == visit_id),
    ):
        renamed = case(dict(to), value=column, else_=column)
        session.execute(update(model).where(where, column.in_(to)).values(question=renamed))
    typed = [draft for old in to if (draft := session.get(Draft, (DraftKind.QUESTION, visit_id, old))) is not None]
    kept = {to[draft.part]: dict(draft.content) for draft in typed}
    for draft in typed:
        session.delete(draft)
    session.flush()
    session.add_all(Draft(kind=DraftKind.QUESTION, of=visit_id, part=part, content=each) for part, each in kept.items())
