"""The numbers of one kind of paper of a body: those given, those withdrawn, and why the rest was not."""

from datetime import date

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.record import RECORD
from ohdesk.domain.register.number_blocks import Series
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.numbers import SeriesNumbers, series_numbers
from ohdesk.services.office import issuing_bodies, paper_forms


def numbers_of(ctx: Context, paper: str, body: str, year: int = 0) -> SeriesNumbers:
    """Return what is known of the numbers of a kind of paper; year: this one without.

    Raises UserError where there is no such paper or body, or the paper has no numbers.
    """
    today = legal_day(ctx.now())
    with ctx.reading() as session:
        form = paper_forms.paper(session, paper_forms.usual_set(session, today), paper).form
        region = issuing_bodies.issuing_body_in(session, body).region
    if not form.series:
        raise UserError(tr("《{title}》没有编号。", title=form.title), tr("请选择有编号或文号的文书。"))
    series = Series(paper, "" if paper == RECORD else body)
    return series_numbers(ctx, form.series, date(year or today.year, today.month, 1), series, region)
