"""The child processes that draw papers when many are wanted, where neither a key nor the database is."""

import sys
from typing import NoReturn

import msgspec

from ohdesk.errors import UserError
from ohdesk.forms.papers import PaperForm
from ohdesk.i18n import in_chinese
from ohdesk.reports.papers import Filling, render_paper
from ohdesk.services.child.answering import serve
from ohdesk.services.child.starting import Kind

KIND = Kind("--draw-papers", "ohdesk.services.paper.drawer", memory=1024**3)


class Wanted(msgspec.Struct, frozen=True):
    """A paper to be drawn: its form, and what that is filled with."""

    form: PaperForm
    filling: Filling


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """The PDF, or why it could not be drawn, in words."""

    pdf: bytes = b""
    problem: str = ""


def main(arguments: list[str]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits."""
    serve(arguments, answer)


def answer(asked: bytes) -> bytes:
    """Return a `Drawn` for a `Wanted`, both as they pass between processes."""
    return msgspec.msgpack.encode(_drawn(msgspec.msgpack.decode(asked, type=Wanted)))


@in_chinese()
def _drawn(wanted: Wanted) -> Drawn:
    try:
        return Drawn(pdf=render_paper(wanted.form, wanted.filling).pdf)
    except UserError as error:
        return Drawn(problem=f"{error.message}{error.remedy}")


if __name__ == "__main__":
    main(sys.argv[1:])
