"""One of every paper of the demonstration, made as an office makes them, for whoever wants to see how they look."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ohdesk.demo import cast
from ohdesk.domain.paper_life import PaperAct
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.forms.paper_places import LISTS, places_of
from ohdesk.forms.papers import Paper, papers_of
from ohdesk.reports.papers import Filling, render_paper
from ohdesk.services.context import Context
from ohdesk.services.draw import papers as draw_papers
from ohdesk.services.finding.preparation import preparation_pdf
from ohdesk.services.paper import life
from ohdesk.services.paper.entries import paper_entry
from ohdesk.services.paper.export import paper_file
from ohdesk.services.paper.life import Service
from ohdesk.services.paper.listing import list_papers
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import views

SET = "moj-2025"
_TYPED = {Kind.COUNT: "1", Kind.AMOUNT: "1", Kind.DAY: "2026-04-10", Kind.TIME: "2026-03-05T09:30", Kind.YES_NO: "是"}
_WORDS = "照现场查看的情况如实填写（练习用）。"


def make_papers(ctx: Context, visit: str, draw: str, out: Path) -> None:
    """Write one of every paper of the set into a folder, as its key says.

    visit: with a final record that has findings · draw: one that has a result
    Those that this office may not issue are written as specimens, across whose pages it says so.
    """
    for key, pdf in _of_record(ctx, visit):
        hand_out(out / f"{key}.pdf", pdf)
    hand_out(out / "preparation.pdf", preparation_pdf(ctx, visit))
    public = draw_papers.public_papers(ctx, draw)
    of_draw = {
        "draw_record": draw_papers.record_pdf(ctx, draw),
        "draw_commitment": draw_papers.commitment_pdf(ctx, draw),
        "draw_notice": public["notice.pdf"],
        "draw_minutes": public["seed_minutes.pdf"],
    }
    for key, pdf in of_draw.items():
        hand_out(out / f"{key}.pdf", pdf)
    there = {path.stem for path in out.glob("*.pdf")}
    # An annex needs what it is an annex to.
    for key, paper in sorted(papers_of(SET).items(), key=lambda each: bool(each[1].form.annex_of)):
        if key not in there:
            hand_out(out / f"{key}.pdf", _made(ctx, paper, visit))


def _of_record(ctx: Context, visit: str) -> Iterator[tuple[str, bytes]]:
    pdfs = {paper.pdf_sha256: paper.pdf for paper in views.open_record(ctx, visit).papers}
    for row in list_papers(ctx, visit=visit):
        if row.pdf in pdfs:
            yield row.paper, pdfs[row.pdf]


def _made(ctx: Context, paper: Paper, visit: str) -> bytes:
    subject = Subject(visit=visit, establishment=_establishment(ctx, visit))
    typed = {field.key: _typed(field) for field in paper.form.asked}
    try:
        made = life.new_paper(ctx, paper.key, subject, typed)
    except UserError:
        return _specimen(ctx, paper, typed)
    _live(ctx, made)
    return paper_file(ctx, made).pdf


def _live(ctx: Context, paper: str) -> None:
    """Take a paper through its life as far as nobody has to hold a pen."""
    service = Service("direct", "", "练习用收件人")
    steps: dict[PaperAct, Callable[[], object]] = {
        PaperAct.MAKE: partial(life.make, ctx, paper),
        PaperAct.APPROVE: partial(life.approve, ctx, paper, cast.COUNTY_CLERK),
        PaperAct.NUMBER: partial(life.number, ctx, paper),
        PaperAct.SEAL: partial(life.seal, ctx, paper),
        PaperAct.SERVE: partial(life.serve, ctx, paper, service),
    }
    while True:
        with ctx.reading() as session:
            step = paper_entry(session, paper).next_step
        if step is None or step.act not in steps:
            return
        steps[step.act]()


def _specimen(ctx: Context, paper: Paper, typed: dict[str, str]) -> bytes:
    form = paper.form
    values = dict.fromkeys(places_of(form.about), "") | dict.fromkeys(LISTS, ())
    said = {"authority": ctx.office.name, "division_name": ctx.office.name}
    return render_paper(form, Filling(values={**values, **said, **typed}, across="样张")).pdf


def _establishment(ctx: Context, visit: str) -> str:
    return next(row.establishment for row in list_papers(ctx, visit=visit))


def _typed(field: Field) -> str:
    if field.choices:
        return field.default or field.choices[0][0]
    text = field.default or _TYPED.get(field.kind, _WORDS)
    return "2026-03-05" if text == "today" else text[: field.most or None]
