"""The form of one employer: the fields of the roll, and the reason."""

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.register.definition import Field
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import mark
from ohdesk.services.context import Context
from ohdesk.services.office import city
from ohdesk.services.roll import values
from ohdesk.services.roll.asked import asked_of_employer
from ohdesk.ui.kit.form import Form

REASON = "reason"
_COLUMNS = 4


def employer_form(ctx: Context) -> Form:
    """Make the form, with the words that this office fills its fields with."""
    reason = Field(REASON, mark("理由"), help=mark("例如：营业执照变更、现场核实。"), most=200)
    asked = (*asked_of_employer(city.profile(ctx)), reason)
    return Form(asked, legal_day(ctx.now()).isoformat(), _COLUMNS, check=_against, warn=_doubtful)


def _against(key: str, typed: str) -> Problem | None:
    """Return what the roll has against a value."""
    if key == REASON:
        return None
    try:
        values.checked({key: typed})
    except ProblemsError as error:
        return error.problems[0]
    return None


def _doubtful(key: str, typed: str) -> Problem | None:
    """Return what should be looked at in a value that the roll takes."""
    return next(iter(values.warnings({key: typed})), None)
