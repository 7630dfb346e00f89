"""Which papers may be made of a visit or an establishment now, why others may not: said before anything is typed."""

from typing import NamedTuple

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.record import RECORD_PAPERS
from ohdesk.errors import UserError
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.office.powers import powers_in
from ohdesk.services.paper.issuing import issuing_now
from ohdesk.services.paper.subject import Subject, check_ready, whole_subject
from ohdesk.services.visit.lookup import find_visit


class Offered(NamedTuple):
    """A paper: its key and title, whether nobody compared it with the original, and why it cannot be made, else ""."""

    paper: str
    title: str
    unconfirmed: bool
    hindrance: str = ""

    @property
    def id(self) -> str:
        """What a list finds it by."""
        return self.paper


def authorities(ctx: Context, subject: Subject) -> tuple[str, ...]:
    """Return in whose name papers may be made today; of a visit that has begun, in whose it was."""
    today = legal_day(ctx.now())
    with ctx.reading() as session:
        visit = find_visit(session, subject.visit) if subject.visit else None
        if visit is not None and visit.start is not None:
            return (visit.start.authority,)
        return tuple(dict.fromkeys(power.authority for power in powers_in(session) if power.inspects_on(today)))


def offered(ctx: Context, subject: Subject, authority: str = "") -> tuple[Offered, ...]:
    """Return the papers of this office's set that are about such a thing, but those that come with a record.

    authority: in whose name, where several powers are valid
    """
    today = legal_day(ctx.now())
    with ctx.reading() as session:
        papers = paper_forms.papers(session, paper_forms.usual_set(session, today))
        about = "visit" if subject.visit else "establishment" if subject.establishment else "nothing"
        found = []
        for key, paper in papers.items():
            if key in RECORD_PAPERS or paper.form.about != about or not paper.form.issue:
                continue
            try:
                whole = whole_subject(session, paper.form, subject)
                visit = find_visit(session, whole.visit) if whole.visit else None
                issuing = issuing_now(ctx, session, key, paper.form, visit, today, authority)
                check_ready(ctx, session, paper.of(issuing.mode), whole, issuing)
                hindrance = ""
            except UserError as error:
                hindrance = error.whole
            found.append(Offered(key, paper.form.title, paper.form.unconfirmed, hindrance))
    return tuple(found)
