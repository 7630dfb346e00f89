"""The child processes that look at records' PDFs: one after the other on standard input, what it found on its output.

The PDFs come from other offices' laptops: whatever one of them does to a parser or to the drawing, it does here, where
neither a key nor the database is, and memory and time are limited.
"""

import sys
from typing import Any, NoReturn

import msgspec

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import Signing
from ohdesk.i18n import tr
from ohdesk.services.child.answering import serve
from ohdesk.services.child.starting import Kind

KIND = Kind("--verify-records", "ohdesk.services.record.verifier", memory=1536 * 1024**2)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF to be looked at, and what is known of it.

    roots, confirmed: trusted certificates (DER), as for `verify_record_pdf`
    content:          of the operation that made it final, canonical; the PDF must embed exactly this
    original:         of a page of later photos, the content of the record it belongs to
    """

    pdf: bytes
    roots: tuple[bytes, ...]
    confirmed: tuple[bytes, ...]
    content: bytes
    original: Any = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one PDF; broke: the name of the error that ended the look at it, else empty."""

    facts: tuple[Fact, ...] = ()
    signings: tuple[Signing, ...] = ()
    broke: str = ""


def main(arguments: list[str]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits."""
    serve(arguments, lambda asked: msgspec.msgpack.encode(_looked_at(msgspec.msgpack.decode(asked, type=Asked))))


def _looked_at(asked: Asked) -> Found:
    # Late: what parses and draws is loaded in the child alone.
    from ohdesk.domain.canonical import parse
    from ohdesk.security.pdf_verification import verify_record_pdf
    from ohdesk.services.record.redrawing import pages_fact

    try:
        report = verify_record_pdf(asked.pdf, asked.roots, asked.confirmed)
        content = None if report.content is None else parse(report.content)
        same = Verdict.HOLDS if report.content == asked.content else Verdict.FAILS
        sent = Fact("sent", tr("内嵌的数据就是上报的数据"), Verdict.UNCHECKED if content is None else same)
        pages = pages_fact(report.inside, content, asked.original)
        return Found(facts=(*report.facts, sent, pages), signings=report.signings)
    # Whatever it is, the next PDF is looked at all the same.
    except Exception as error:  # noqa: BLE001
        return Found(broke=type(error).__name__)


if __name__ == "__main__":
    main(sys.argv[1:])
