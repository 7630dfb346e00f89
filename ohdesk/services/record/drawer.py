"""The child processes that draw drafts of records when many are wanted, where neither a key nor the database is."""

import sys
from typing import NoReturn

import msgspec

from ohdesk.domain.record import InspectionRecord
from ohdesk.errors import UserError
from ohdesk.forms.papers import PaperForm
from ohdesk.i18n import in_chinese
from ohdesk.services.child.answering import serve
from ohdesk.services.child.starting import Kind

KIND = Kind("--draw-records", "ohdesk.services.record.drawer", memory=1024**3)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A draft to be drawn: which paper of a record, by which forms, the photos' JPEG bytes by hash, the word across."""

    paper: str
    forms: dict[str, PaperForm]
    record: InspectionRecord
    record_sha256: str
    photos: dict[str, bytes]
    across: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """The PDF, or why it could not be drawn, in words."""

    pdf: bytes = b""
    problem: str = ""


def main(arguments: list[str]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits."""
    serve(arguments, lambda asked: msgspec.msgpack.encode(_drawn(msgspec.msgpack.decode(asked, type=Wanted))))


@in_chinese()
def _drawn(wanted: Wanted) -> Drawn:
    from ohdesk.reports.record_papers import render_record_paper  # late: loaded in the child alone

    try:
        record, digest = wanted.record, wanted.record_sha256
        drawn = render_record_paper(wanted.paper, wanted.forms, record, digest, (), wanted.photos, wanted.across)
        return Drawn(pdf=drawn.pdf)
    except UserError as error:
        return Drawn(problem=f"{error.message}{error.remedy}")


if __name__ == "__main__":
    main(sys.argv[1:])
