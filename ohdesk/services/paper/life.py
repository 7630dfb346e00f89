"""What is done to a paper: made, changed, approved, numbered, sealed, served, signed, closed, withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy.orm import Session

from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.paper_life import PaperAct, PaperState
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.register.definition import Field, word
from ohdesk.domain.register.number_blocks import Series
from ohdesk.domain.register.values import Value, problem_of
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.papers import PaperForm
from ohdesk.forms.registers import definition
from ohdesk.i18n import mark, tr
from ohdesk.services import blobs
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.numbers import paper_numbers
from ohdesk.services.office import paper_forms
from ohdesk.services.paper import drawing
from ohdesk.services.paper.entries import BOOK, Content, PaperEntry, content_of, paper_entry, typed_text, write
from ohdesk.services.paper.issuing import issuing_now
from ohdesk.services.paper.leads import open_lead
from ohdesk.services.paper.subject import Subject, check_ready, issued_before, values_of, whole_subject
from ohdesk.services.visit.lookup import find_visit

_CONTENT_NAME = "content.json"
# The words of what comes next.
_WORDS = {
    PaperAct.MAKE: mark("定稿打印"),
    PaperAct.APPROVE: mark("批准"),
    PaperAct.NUMBER: mark("编号"),
    PaperAct.SEAL: mark("用印"),
    PaperAct.SERVE: mark("送达"),
    PaperAct.SIGN: mark("签名"),
    PaperAct.CLOSE: mark("办结"),
}


class _Drawn(NamedTuple):
    """What is written of a paper when its PDF is fixed, and that file."""

    said: dict[str, Value]
    files: dict[str, tuple[bytes, str]]


class Service(NamedTuple):
    """How a paper reached whom it is for: the way (of the book's choices), the day, who took it, in what relation."""

    way: str
    on: str
    to: str
    relation: str = ""
    place: str = ""
    note: str = ""


def new_paper(ctx: Context, paper: str, subject: Subject, typed: Mapping[str, str], authority: str = "") -> str:
    """Make a paper of what is known and what was typed; return its id.

    paper: its key in the set of this office, "order" · typed: by the keys that the form asks for
    authority: in whose name, where several powers are valid
    Raises UserError where the office may not issue it or what it says is not there yet, ProblemsError for what was
    typed.
    """
    ctx.require(Right.VISIT)
    today, entry = legal_day(ctx.now()), ctx.new_id()
    with ctx.reading() as session:
        paper_set = paper_forms.usual_set(session, today)
        found = paper_forms.paper(session, paper_set, paper)
        whole = whole_subject(session, found.form, subject)
        visit = find_visit(session, whole.visit) if whole.visit else None
        issuing = issuing_now(ctx, session, found.key, found.form, visit, today, authority)
        form = found.of(issuing.mode)
        check_ready(ctx, session, form, whole, issuing)
        said = _checked(form, {**_defaults(form, today), **_annexed(session, form, whole), **typed})
        values_of(ctx, session, form, whole, issuing, said)  # whatever is wanting is told before anything is kept
    fields: dict[str, Value] = {
        "state": str(PaperState.DRAFT),
        "opened_on": today.isoformat(),
        "paper": found.key,
        "title": form.title,
        "paper_set": paper_set,
        "life": form.life,
        "mode": issuing.mode,
        "authority": issuing.authority,
        "body": issuing.body,
        "copies": form.copies,
        "typed": typed_text(said),
        "visit": whole.visit,
        "establishment": whole.establishment,
        "source_entry": whole.entry,
        "made_by": ctx.actor.person,
    }
    with ctx.transaction() as session:
        write(ctx, session, form, entry, {key: value for key, value in fields.items() if value})
    return entry


def change(ctx: Context, paper: str, typed: Mapping[str, str]) -> Change:
    """Type anew what a draft asks for. Raises ProblemsError for what cannot stand, UserError for what is no draft."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.CHANGE)
        said = _checked(entry.form, {**entry.typed, **typed})
        write(ctx, session, entry.form, paper, {"typed": typed_text(said)})
    return Change.REGISTERS


def approve(ctx: Context, paper: str, approver: str = "", on: str = "") -> Change:
    """Approve a paper: what it says is fixed by that.

    approver: who approved it on paper, which whoever makes papers may enter; "" for the account that does it here
    Raises UserError where it cannot be approved now, ProblemsError for what it asks for and nobody typed.
    """
    ctx.require(Right.VISIT if approver.strip() else Right.APPROVE)
    day = _day(ctx, on)
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.APPROVE)
        refuse_incomplete(entry)
        check_ready(ctx, session, entry.form, entry.subject, entry.issuing)
        content = drawing.content_now(ctx, session, entry)
    whole = msgspec.json.encode(content)
    given, drawn = "", _Drawn({}, {})
    # What stays inside is numbered with its approval; what goes out is numbered by whoever issues it.
    if entry.form.life == "internal" or not entry.form.series:
        with ctx.reading() as session:
            given = next_number(ctx, session, entry, day) if entry.form.series else ""
        drawn = _drawn(ctx, entry, content, given, day)
    said = {"approver": clean_text(approver).strip() or ctx.actor.name, "approved_on": day.isoformat()}
    files = {"content": (whole, _CONTENT_NAME), **drawn.files}
    along = partial(open_lead, ctx, entry=entry) if entry.form.opens_lead else None
    _advance(ctx, entry, PaperState.APPROVED, {**said, **_correct_by(entry), **drawn.said}, files, given, along=along)
    return Change.REGISTERS


def make(ctx: Context, paper: str) -> str:
    """Fix what a 笔录 says and give it its number, so that it is printed and signed in ink; return the number.

    Raises UserError where it cannot be made now, ProblemsError for what it asks for and nobody typed.
    """
    ctx.require(Right.VISIT)
    day = legal_day(ctx.now())
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.MAKE)
        refuse_incomplete(entry)
        check_ready(ctx, session, entry.form, entry.subject, entry.issuing)
        content = drawing.content_now(ctx, session, entry)
        given = next_number(ctx, session, entry, day) if entry.form.series else ""
    drawn = _drawn(ctx, entry, content, given, day)
    files = {"content": (msgspec.json.encode(content), _CONTENT_NAME), **drawn.files}
    _advance(ctx, entry, PaperState.MADE, drawn.said, files, given)
    return given


def sign_in_ink(ctx: Context, paper: str, scan: bytes, originals: Mapping[str, bytes]) -> Change:
    """Take back a 笔录 that was signed in ink: the bound scan, and the pictures as they were taken, by their names."""
    ctx.require(Right.VISIT)
    day = legal_day(ctx.now())
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.SIGN)
    said = {"signed_on": day.isoformat(), "signed_form": "paper"}
    _advance(ctx, entry, PaperState.SIGNED, said, scans=_scans(entry, scan, originals))
    return Change.REGISTERS


def attach_scan(ctx: Context, paper: str, scan: bytes, originals: Mapping[str, bytes]) -> Change:
    """Attach what came later to a paper that was fixed: with its seal, its receipt signed."""
    ctx.require(Right.VISIT)
    with ctx.reading() as session:
        entry = paper_entry(session, paper)
    if entry.state in {PaperState.DRAFT, PaperState.WITHDRAWN}:
        raise UserError(
            tr("《{title}》现在是“{state}”，不能附扫描件。", title=entry.form.title, state=entry.state.word),
            tr("请先定稿打印。"),
        )
    _advance(ctx, entry, entry.state, {}, scans=_scans(entry, scan, originals))
    return Change.REGISTERS


def _scans(entry: PaperEntry, scan: bytes, originals: Mapping[str, bytes]) -> list[tuple[bytes, str]]:
    return [
        (scan, tr("{title}扫描件.pdf", title=entry.form.title)),
        *((data, name) for name, data in originals.items()),
    ]


def number(ctx: Context, paper: str, on: str = "") -> str:
    """Give a paper its number (文号、编号) and its day of issue; return the number. Raises UserError out of turn."""
    ctx.require(Right.VISIT)
    day = _day(ctx, on)
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.NUMBER)
        given = next_number(ctx, session, entry, day)
        content = content_of(ctx, entry)
    if content is None:
        raise UserError(tr("这份文书定下的内容不在本机。"), tr("请从备份恢复，或在制作它的电脑上编号。"))
    drawn = _drawn(ctx, entry, content, given, day)
    _advance(ctx, entry, PaperState.NUMBERED, drawn.said, drawn.files, given)
    return given


def next_number(ctx: Context, session: Session, entry: PaperEntry, day: date) -> str:
    """Return the number that comes next for a paper: withdrawn ones stay in the book, so none is given twice."""
    series, issuing = entry.form.series, entry.issuing
    return next(paper_numbers(ctx, session, series, day, Series(entry.key, issuing.body), issuing.said.region))


def seal(ctx: Context, paper: str, on: str = "", copies: int = 0, by: str = "", serve_by: str = "") -> Change:
    """Enter that the seal was used (用印).

    copies: how many, 0 for as many as the form says · by: who used it · serve_by: until when it is to be served
    """
    ctx.require(Right.VISIT)
    day = _day(ctx, on)
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.SEAL)
    said: dict[str, Value] = {
        "sealed_on": day.isoformat(),
        "sealed_by": clean_text(by).strip() or ctx.actor.name,
        "copies": copies or entry.form.copies,
        "serve_by": (day_in(serve_by) or day).isoformat(),
    }
    _advance(ctx, entry, PaperState.SEALED, said)
    return Change.REGISTERS


def serve(ctx: Context, paper: str, service: Service) -> Change:
    """Enter how a paper was served, or a letter sent; every period runs from then.

    Raises ProblemsError for what is wanting, UserError where it cannot be served now.
    """
    ctx.require(Right.VISIT)
    day = _day(ctx, service.on)
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.SERVE)
    ways = dict(definition(BOOK).field("served_way").choices)
    wrong = []
    if service.way not in ways:
        known = "、".join(f"{key}（{word(each)}）" for key, each in ways.items())
        wrong.append(Problem(tr("送达方式"), known, service.way, field="way"))
    if not service.to.strip():
        wrong.append(blank(tr("收件人"), "to"))
    if day.isoformat() < str(entry.fields.get("issued_on") or ""):
        wrong.append(Problem(tr("送达日期"), tr("不早于制发日期"), day.isoformat(), field="on"))
    if wrong:
        raise ProblemsError(tr("送达没有记入。"), tuple(wrong))
    said = {
        "served_way": service.way,
        "served_on": day.isoformat(),
        "served_to": clean_text(service.to).strip(),
        "relation": clean_text(service.relation).strip(),
        "served_place": clean_text(service.place).strip(),
        "service_note": clean_text(service.note).strip(),
    }
    to = PaperState.SENT if entry.form.life == "letter" else PaperState.SERVED
    _advance(ctx, entry, to, {key: value for key, value in said.items() if value})
    return Change.REGISTERS


def close(ctx: Context, paper: str, on: str = "", outcome: str = "") -> Change:
    """Enter that a paper is done with: an order carried out, a letter answered, a note filed."""
    ctx.require(Right.VISIT)
    day = _day(ctx, on)
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.CLOSE)
    step = entry.next_step
    if step is not None:
        _advance(ctx, entry, step.to, {"closed_on": day.isoformat(), "outcome": clean_text(outcome).strip()})
    return Change.REGISTERS


def withdraw(ctx: Context, paper: str, reason: str) -> Change:
    """Withdraw a paper (作废); its number stays listed, is not given again. Raises ProblemsError without a reason."""
    ctx.require(Right.VISIT)
    reason = clean_text(reason).strip()
    if not reason:
        raise ProblemsError(tr("作废要写明理由。"), (blank(tr("理由"), "reason"),))
    with ctx.reading() as session:
        entry = _allowed(paper_entry(session, paper), PaperAct.WITHDRAW)
    said = {"withdrawn_on": legal_day(ctx.now()).isoformat(), "withdrawn_reason": reason}
    _advance(ctx, entry, PaperState.WITHDRAWN, said)
    return Change.REGISTERS


def refuse_incomplete(entry: PaperEntry) -> None:
    """Raise ProblemsError naming everything that a paper asks for and nobody typed."""
    wanting = [
        blank(word(field.label), field.key)
        for field in entry.form.asked
        if field.required and _is_asked(field, entry.typed) and not entry.typed.get(field.key, "").strip()
    ]
    if wanting:
        message = tr("《{title}》还有 {count} 处没有填。", title=entry.form.title, count=len(wanting))
        raise ProblemsError(message, tuple(wanting))


def _is_asked(field: Field, typed: Mapping[str, str]) -> bool:
    return all(typed.get(key) == value for key, value in field.shown_when.items())


def _checked(form: PaperForm, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, clean. Raises ProblemsError naming each value that cannot stand and each key unknown."""
    by_key = {field.key: field for field in form.asked}
    known = "、".join(f"{word(field.label)}（{key}）" for key, field in by_key.items()) or tr("没有")
    wrong = [Problem(key[:40], known, tr("没有这个字段")) for key in typed if key not in by_key]
    clean = {key: clean_text(text).strip() for key, text in typed.items() if key in by_key}
    wrong += [problem for key, text in clean.items() if text and (problem := problem_of(by_key[key], text))]
    if wrong:
        raise ProblemsError(tr("《{title}》有 {count} 处要改。", title=form.title, count=len(wrong)), tuple(wrong))
    return {key: text for key, text in clean.items() if text}


def _defaults(form: PaperForm, today: date) -> dict[str, str]:
    given = {field.key: field.default for field in form.asked if field.default}
    return {key: today.isoformat() if text == "today" else text for key, text in given.items()}


def _annexed(session: Session, form: PaperForm, subject: Subject) -> Mapping[str, str]:
    """Return what was typed for the paper that this one is an annex to, as far as it asks for the same."""
    issued = issued_before(session, form, subject) if form.annex_of else None
    if issued is None:
        return {}
    typed = paper_entry(session, issued.id).typed
    return {field.key: typed[field.key] for field in form.asked if field.key in typed}


def _correct_by(entry: PaperEntry) -> dict[str, str]:
    day = entry.typed.get(entry.form.correct_by, "") if entry.form.correct_by else ""
    return {"correct_by": day} if day else {}


def _allowed(entry: PaperEntry, act: PaperAct) -> PaperEntry:
    """Return an entry to which this may be done now. Raises UserError naming what comes first."""
    if entry.allows(act):
        return entry
    step = entry.next_step
    first = tr("下一步：{step}。", step=tr(_WORDS[step.act])) if step else tr("已经没有下一步。")
    message = tr("《{title}》现在是“{state}”，不能这样办。", title=entry.form.title, state=entry.state.word)
    raise UserError(message, first)


def _day(ctx: Context, text: str) -> date:
    """Return a day as typed, today where nothing was. Raises ProblemsError for one that is none or has not come."""
    today = legal_day(ctx.now())
    day = day_in(text) if text else today
    if day is None or day > today:
        expected = tr("日期，不晚于今天")
        raise ProblemsError(tr("日期不对。"), (Problem(tr("日期"), expected, text, field="on", example="2026-03-02"),))
    return day


def _drawn(ctx: Context, entry: PaperEntry, content: Content, given: str, day: date) -> _Drawn:
    fixed = replace(entry, state=PaperState.APPROVED)  # no draft any more
    drawn = drawing.draw(ctx, fixed, content, given, day.isoformat())
    said: dict[str, Value] = {"number": given, "issued_on": day.isoformat(), "pages": drawn.pages}
    return _Drawn({key: value for key, value in said.items() if value}, {"pdf": (drawn.pdf, f"{entry.form.title}.pdf")})


def _advance(
    ctx: Context,
    entry: PaperEntry,
    to: PaperState,
    said: Mapping[str, Value],
    files: Mapping[str, tuple[bytes, str]] | None = None,
    given: str = "",
    scans: Sequence[tuple[bytes, str]] = (),
    along: Callable[[Session], object] | None = None,
) -> None:
    """Write a step with its files: the files first, so that dying between leaves files that nothing names.

    given: the number, which must still be the next one when it is written · scans: files that are added to others
    along: done in the same transaction
    """
    named = {key: (blobs.put(ctx, data), name, len(data)) for key, (data, name) in (files or {}).items()}
    added = [(blobs.put(ctx, data), name, len(data)) for data, name in scans]
    with ctx.transaction() as session:
        now = paper_entry(session, entry.id)
        if now.fields != entry.fields:
            raise UserError(tr("这份文书刚刚被改过，没有办理。"), tr("请重新打开后再办。"))
        if given and next_number(ctx, session, entry, _day(ctx, str(said["issued_on"]))) != given:
            raise UserError(tr("这个编号刚刚被用掉，没有办理。"), tr("请再编一次。"))
        for digest, _, size in (*named.values(), *added):
            blobs.note(session, digest, size)
        fields = {"state": str(to), **said, **{key: ((digest, name),) for key, (digest, name, _) in named.items()}}
        if added:
            fields["scans"] = (*entry.files("scans"), *((digest, name) for digest, name, _ in added))
        write(ctx, session, entry.form, entry.id, fields)
        if along is not None:
            along(session)
