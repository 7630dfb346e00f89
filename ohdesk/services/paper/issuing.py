"""In whose name a paper is issued: in the mode of its visit, else in one in which this office may act that day."""

from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.domain.visit import Mode
from ohdesk.forms.issuing import Issued, Refused, WhyNot
from ohdesk.forms.papers import PaperForm
from ohdesk.services.context import Context
from ohdesk.services.office.issuing import issuing_in, refusal
from ohdesk.services.office.issuing_bodies import issuing_body_in
from ohdesk.services.paper.subject import Issuing

# What helps most is told where no mode does: that one may choose, wait for the county, or enter a power.
_TOLD_FIRST = (WhyNot.SEVERAL, WhyNot.OFF, WhyNot.NO_POWER, WhyNot.NEVER, WhyNot.NOT_IN_MODE)


def issuing_now(
    ctx: Context, session: Session, paper: str, form: PaperForm, visit: Visit | None, day: date, authority: str = ""
) -> Issuing:
    """Return in whose name a paper is issued on a day.

    paper: its key · visit: whose mode holds, where it has begun · authority: which one, where several powers are valid
    Raises UserError saying why this office cannot issue it, and what to do instead.
    """
    start = None if visit is None else visit.start
    modes: list[str] = [mode for mode in form.issue if mode != Mode.OFF_SITE] or [Mode.OWN]
    if start is not None:
        modes, authority = [start.mode], start.authority
    found = [issuing_in(ctx, session, paper, form, mode, day, authority) for mode in modes]
    refused = [each for each in found if isinstance(each, Refused)]
    issues = [each for each in found if isinstance(each, Issued)]
    # On their round assistants need no power: what they may make is made so only where there is none.
    issues = [each for each in issues if each.mode != Mode.PATROL] or issues
    if len({each.body for each in issues}) > 1:
        refused, issues = [Refused(WhyNot.SEVERAL, tuple(each.authority for each in issues))], []
    if not issues:
        raise refusal(form, day, min(refused, key=lambda each: _TOLD_FIRST.index(each.why)))
    issued = issues[0]
    return issuing_of(session, issued.mode, issued.body, issued.authority, issued.basis, issued.review)


def issuing_of(session: Session, mode: str, body: str, authority: str, basis: str = "", review: str = "") -> Issuing:
    """Return in whose name a paper is issued, with what the office has set for that body."""
    return Issuing(mode, body, authority, basis, issuing_body_in(session, body), review)
