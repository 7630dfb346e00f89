"""The child processes that look at signed files: one after the other on standard input, what it found on its output.

The files come from other offices' laptops: whatever one of them does to a parser or to the drawing, it does here, where
neither a key nor the database is, and memory and time are limited.
"""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import Signing
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.child.answering import serve
from ohdesk.services.child.starting import Kind

KIND = Kind("--verify-records", "ohdesk.services.record.verifier", memory=1536 * 1024**2)


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A PDF to be looked at, and what is known of it.

    path:             from where it is read if it is not given, as the system names it
    roots, confirmed: trusted certificates (DER), as for `verify_record_pdf`
    content:          of the operation that made it final, canonical; the PDF must embed exactly this; b"" where unknown
    original:         of a page of later photos, the content of the record it belongs to
    forms:            of papers, as this office worded them: "set/key", and the text of the file
    """

    pdf: bytes = b""
    path: bytes = b""
    roots: tuple[bytes, ...]
    confirmed: tuple[bytes, ...] = ()
    content: bytes = b""
    original: Any = None
    forms: tuple[tuple[str, str], ...] = ()


class AskedPackage(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A publication package.

    revoked: keys (SHA-256), since when each counts no more, and why; None where nobody can tell
    """

    path: bytes
    roots: tuple[bytes, ...]
    revoked: tuple[tuple[str, date, str], ...] | None = None


class AskedBundle(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A bundle, without a key that opens it."""

    path: bytes
    roots: tuple[bytes, ...]


Question = Asked | AskedPackage | AskedBundle


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one file.

    content: what a PDF embeds, b"" where that cannot be relied on · unsigned: nothing in it looks like a signature
    broke:   in words or by the name of an error, what ended the look at it, else empty
    """

    facts: tuple[Fact, ...] = ()
    signings: tuple[Signing, ...] = ()
    content: bytes = b""
    unsigned: bool = False
    broke: str = ""


def main(arguments: list[str]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits."""
    serve(arguments, lambda asked: msgspec.msgpack.encode(_answer(msgspec.msgpack.decode(asked, type=Question))))


def look(question: Question) -> Found:
    """Return what is found of a file. Raises whatever the file does to whoever looks at it."""
    if isinstance(question, Asked):
        return _looked_at(question)
    return Found(facts=_package(question) if isinstance(question, AskedPackage) else _bundle(question))


def _answer(question: Question) -> Found:
    try:
        return look(question)
    except UserError as error:
        return Found(broke=error.whole)
    # Whatever it is, the next one is looked at all the same.
    except Exception as error:  # noqa: BLE001
        return Found(broke=type(error).__name__)


def _looked_at(asked: Asked) -> Found:
    # Late: what parses and draws is loaded in the child alone.
    from ohdesk.domain.canonical import parse
    from ohdesk.security import signed_bytes
    from ohdesk.security.pdf_verification import LARGEST_PDF, verify_record_pdf
    from ohdesk.services.record.redrawing import pages_fact

    pdf = asked.pdf
    if asked.path:
        with _path(asked.path).open("rb") as file:
            pdf = file.read(LARGEST_PDF + 1)
    unsigned = not signed_bytes.find(pdf)
    report = verify_record_pdf(pdf, asked.roots, asked.confirmed)
    content = None if report.content is None else parse(report.content)
    facts = list(report.facts)
    if asked.content:
        same = Verdict.HOLDS if report.content == asked.content else Verdict.FAILS
        facts.append(Fact("sent", tr("内嵌的数据就是上报的数据"), Verdict.UNCHECKED if content is None else same))
    facts.append(pages_fact(report.inside, content, asked.original, asked.forms))
    return Found(facts=tuple(facts), signings=report.signings, content=report.content or b"", unsigned=unsigned)


def _package(asked: AskedPackage) -> tuple[Fact, ...]:
    from ohdesk.services.draw import package

    def taken_back(key: str, day: date) -> str:
        return next((why for each, since, why in asked.revoked or () if each == key and since <= day), "")

    known = None if asked.revoked is None else taken_back
    return package.verify_package(_path(asked.path), asked.roots, known)


def _bundle(asked: AskedBundle) -> tuple[Fact, ...]:
    from ohdesk.services.exchange import checks

    return checks.verify_bundle(_path(asked.path), asked.roots, None)


def _path(name: bytes) -> Path:
    return Path(os.fsdecode(name))


if __name__ == "__main__":
    main(sys.argv[1:])
