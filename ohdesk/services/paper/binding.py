"""Papers bound together: counted first, then written into one PDF with running numbers, one at a time in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from ohdesk.domain.calendar import day_in, printed_day
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError
from ohdesk.files import handing_out
from ohdesk.forms.papers import PaperForm
from ohdesk.i18n import tr
from ohdesk.reports.page_numbers import numbered_pages
from ohdesk.reports.papers import Filling, render_paper
from ohdesk.services.context import Context
from ohdesk.services.paper.batch import LeftOut
from ohdesk.services.paper.subject import Issuing, Subject, values_of


class Leaf(NamedTuple):
    """A paper to be bound: what the contents say of it, and its bytes, read when they are wanted.

    paper: which one, by the key of its form · name: of the establishment
    """

    paper: str
    title: str
    number: str
    day: str
    name: str
    pdf: Callable[[], bytes]

    @property
    def stem(self) -> str:
        """What a file of it is called."""
        return "_".join(filter(None, (self.title, self.number)))


class Bound(NamedTuple):
    """A paper in its place: its first and last page, counted from 1."""

    leaf: Leaf
    first: int
    last: int

    @property
    def row(self) -> dict[str, str]:
        """What the contents say of it."""
        leaf, day = self.leaf, day_in(self.leaf.day)
        pages = str(self.first) if self.first == self.last else f"{self.first}—{self.last}"
        printed = printed_day(day) if day else ""
        return {"title": leaf.title, "number": leaf.number, "day": printed, "pages": pages, "note": leaf.name}


class Front(NamedTuple):
    """What stands before or behind what is numbered, under its bookmark."""

    title: str
    pdf: bytes

    @property
    def pages(self) -> int:
        """How many pages it has."""
        from ohdesk.security.pdf_joining import page_count  # late, as in all of this module: it brings pyHanko, 0.4 s

        return page_count(self.pdf)


def place(
    leaves: Sequence[Leaf], report: Callable[[], object] = lambda: None
) -> tuple[tuple[Bound, ...], tuple[LeftOut, ...]]:
    """Return papers in their places, and those that cannot be read; report: called before each."""
    bound: list[Bound] = []
    left_out: list[LeftOut] = []
    last = 0
    for leaf in leaves:
        report()
        try:
            pages = _pages(leaf)
        except MachineError:
            raise
        except UserError as error:
            left_out.append(LeftOut(leaf.number, f"{leaf.title} {leaf.number}".strip(), error.message))
            continue
        bound.append(Bound(leaf, last + 1, last + pages))
        last += pages
    return tuple(bound), tuple(left_out)


def made(
    ctx: Context,
    session: Session,
    form: PaperForm,
    subject: Subject,
    issuing: Issuing,
    typed: Mapping[str, str],
    lists: Mapping[str, Any],
) -> Front:
    """Return a page that the program makes of papers bound together; lists: what stands in its tables."""
    values = {**values_of(ctx, session, form, subject, issuing, typed), "number": "", "issued_on": "", **lists}
    return Front(form.title.replace("\u3000", ""), render_paper(form, Filling(values=values)).pdf)


def write_bound(
    target: Path,
    title: str,
    front: Iterable[Front],
    bound: Sequence[Bound],
    behind: Iterable[Front] = (),
    attached: Iterable[tuple[str, Callable[[], bytes]]] = (),
    report: Progress = unwatched,
) -> None:
    """Write papers into one PDF: those in front, then the bound ones under their numbers, those behind without any.

    attached: whole files that go along, by name · report: called with how many papers are written, and how many are
    Raises UserError for a paper that has gone since it was counted, MachineError from the medium.
    """
    from ohdesk.security.pdf_joining import Joiner

    numbers = numbered_pages(bound[-1].last) if bound else b""
    with handing_out(target) as file, _readable(title):
        joiner = Joiner(file, title, numbers)
        for page in front:
            joiner.add(page.pdf, page.title, part="front")
        for done, each in enumerate(bound):
            report(done, len(bound))
            joiner.add(each.leaf.pdf(), f"{each.leaf.title} {each.leaf.number} {each.leaf.name}".strip())
        for page in behind:
            joiner.add(page.pdf, page.title, part="behind")
        for name, content in attached:
            joiner.attach(name, content())
        joiner.finish()
        report(len(bound), len(bound))


def _pages(leaf: Leaf) -> int:
    from ohdesk.security.pdf_joining import page_count

    with _readable(leaf.title):
        return page_count(leaf.pdf())


@contextmanager
def _readable(title: str) -> Iterator[None]:
    from ohdesk.security.pdf_structure import StructureError

    try:
        yield
    except StructureError as error:
        raise UserError(
            tr("“{title}”不是能合订的 PDF：{why}。", title=title, why=error), tr("请单独打印或另存这一份。")
        ) from error
