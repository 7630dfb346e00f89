"""What an order may not say: where its article joins a warning, a case lead tells whoever holds the power for that."""

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.register.values import Value
from ohdesk.forms.registers import definition
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.paper.entries import PaperEntry
from ohdesk.services.paper.subject import final_record_of, is_ordered
from ohdesk.services.register.entries import as_new, refuse, write_new

_BOOK = "case_leads"


def open_lead(ctx: Context, session: Session, entry: PaperEntry) -> str:
    """Open a case lead for the findings of an order whose articles join a warning; return its id, "" where none do.

    It never says that somebody complained: what led to the visit stays inside.
    """
    record = final_record_of(session, entry.subject.visit)
    if record is None:
        return ""
    visit = session.get_one(Visit, entry.subject.visit)
    by_id, rules = form_of(session, visit).by_id, visit_rules()
    joined = [
        line
        for line in record.findings
        if is_ordered(line.disposal) and line.question in by_id and rules.joins_warning(by_id[line.question])
    ]
    if not joined:
        return ""
    book, today = definition(_BOOK), legal_day(ctx.now())
    values: dict[str, Value] = {
        "establishment": session.get_one(Establishment, entry.subject.establishment).id,
        "source": "random" if record.draw else "routine",
        "source_entry": entry.id,
        "found_on": legal_day(parse_instant(record.started_at)).isoformat(),
        "facts": "\n".join(line.fact for line in joined),
        "articles": "\n".join(duty for line in joined for duty in line.duty),
        "holder": entry.issuing.body,
        "note": tr("责令改正的条款同时规定给予警告；警告不写入责令改正文书。"),
    }
    fields, wrong = as_new(book, {key: value for key, value in values.items() if value}, today)
    refuse(book, wrong)
    return write_new(ctx, session, book, fields)
