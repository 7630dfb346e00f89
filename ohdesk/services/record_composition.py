"""The record as it would be signed: the facts of the visit, the party's statement, the number, the wording."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Record, Setting
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text, fingerprint
from ohdesk.domain.record import FORMAT, InspectionRecord, Office, PartyStatement
from ohdesk.domain.visit import Act, check_allowed
from ohdesk.errors import Problem
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.wording import DEFAULT, Wording, load_wording, wording_ids
from ohdesk.services.context import Context
from ohdesk.services.filling_views import PhotoView
from ohdesk.services.signing import field_name, is_confirmed
from ohdesk.services.visit_facts import VisitFacts, facts_in

WORDING_SETTING = "documents.wording"
WAYS = ("signed", "objected", "refused", "absent")
NOT_YET: PartyStatement = PartyStatement(
    way="signed", name="", position="", statement="", reason="", witness="", video=""
)


@dataclass(frozen=True, slots=True)
class Composed:
    """A record before it is signed.

    record_sha256: the fingerprint (文档指纹) that is shown before signing
    problems:      what keeps it from being signed · photos: what is needed to fetch the bytes of each
    """

    record: InspectionRecord
    record_sha256: str
    problems: tuple[Problem, ...]
    photos: tuple[PhotoView, ...]


@in_chinese()
def compose(ctx: Context, visit_id: str, party: PartyStatement = NOT_YET, situation: Sequence[str] = ()) -> Composed:
    """Return the record as it would be signed now; nothing is written.

    situation: paragraphs on what was seen; none takes what follows from the answers
    Raises UserError when the visit has not started, is closed, or makes no record.
    """
    with ctx.reading() as session:
        return compose_in(ctx, session, visit_id, party, situation)


@in_chinese()
def compose_in(
    ctx: Context, session: Session, visit_id: str, party: PartyStatement, situation: Sequence[str]
) -> Composed:
    """Return the record within an open session."""
    facts = facts_in(session, visit_id)
    check_allowed(facts.state, Act.FINALIZE)
    day = legal_day(ctx.now())
    words = usual_wording(session, day)
    inspectors = tuple(replace(one, field=field_name(seat)) for seat, one in enumerate(facts.inspectors, start=1))
    tidy = _tidy_party(party)
    record = InspectionRecord(
        fmt=FORMAT,
        wording=words.id,
        number=_next_number(session, ctx.office.replica, day.year),
        title=words.modes[facts.mode].title,
        office=Office(
            authority=facts.authority,
            division=ctx.office.division,
            mode=facts.mode,
            mode_name=facts.mode_name,
            confirmed_by_county=is_confirmed(session, inspectors),
        ),
        body=facts.body,
        visit=facts.visit,
        task_kind=facts.task_kind,
        task_source=facts.task_source,
        approval=facts.approval,
        started_at=facts.started_at,
        ended_at=facts.ended_at,
        place=facts.place,
        inspectors=inspectors,
        assistants=facts.assistants,
        accompanied_by=facts.accompanied_by,
        arrival=facts.arrival,
        outcome=facts.outcome,
        outcome_name=facts.outcome_name,
        outcome_proof=facts.outcome_proof,
        form=facts.form,
        form_version=facts.form_version,
        form_title=facts.form_title,
        situation=_tidy(situation) or _usual_situation(words, facts),
        answers=facts.answers,
        findings=facts.findings,
        photos=facts.photos,
        party=tidy,
    )
    problems = (*facts.problems, *party_problems(tidy))
    return Composed(record, fingerprint(record), problems, facts.photo_views)


def usual_wording(session: Session, day: date) -> Wording:
    """Return the wording this office chose, else the newest default in force on `day`."""
    setting = session.get(Setting, WORDING_SETTING)
    if setting is not None:
        return load_wording(str(setting.value))
    default = load_wording(DEFAULT)
    if default.valid_from <= day:
        return default
    older = [words for words in map(load_wording, wording_ids()) if words.valid_from <= day]
    return max(older, key=lambda words: words.valid_from, default=default)


def party_problems(party: PartyStatement) -> list[Problem]:
    """Return what the party's statement lacks for its way."""
    if party.way not in WAYS:
        return [Problem(tr("当事人核对方式"), " / ".join(WAYS), party.way)]
    if party.way == "absent":
        needed = [(tr("当事人不在场的原因"), party.reason)]
    elif party.way == "refused":
        needed = [(tr("拒签原因"), party.reason), (tr("见证人或录像"), party.witness or party.video)]
    else:
        needed = [(tr("当事人姓名"), party.name)]
        if party.way == "objected":
            needed.append((tr("当事人的异议"), party.statement))
    return [Problem(place, tr("必填"), tr("空白")) for place, text in needed if not text]


def _tidy_party(party: PartyStatement) -> PartyStatement:
    return PartyStatement(
        way=party.way,
        **{
            name: clean_text(getattr(party, name)).strip()
            for name in ("name", "position", "statement", "reason", "witness", "video")
        },
    )


def _tidy(paragraphs: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in (clean_text(paragraph).strip() for paragraph in paragraphs) if text)


def _usual_situation(words: Wording, facts: VisitFacts) -> tuple[str, ...]:
    if not facts.answers:
        return ()
    opening = words["situation.accompanied" if facts.accompanied_by else "situation.alone"]
    seen = [
        words["situation.fact"].format(number=line.number, fact="；".join((line.fact, *line.details)))
        for line in facts.answers
        if line.fact
    ]
    return (opening.format(accompanied_by=facts.accompanied_by, place=facts.place, form=facts.form_title), *seen)


def _next_number(session: Session, replica: str, year: int) -> str:
    """Return the next number of the year: records are never deleted, so none is used twice."""
    held = select(Record.number).where(Record.replica == replica, Record.number.startswith(f"{year}-"))
    last = max((int(number.removeprefix(f"{year}-")) for number in session.scalars(held)), default=0)
    return f"{year}-{last + 1:04d}"
