"""Verifying a file that was handed in: a record's PDF, a bundle, or a publication package, told by its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import PhotoPage, Record
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.canonical import parse
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import PHOTO_PAGE_FORMAT, Signing
from ohdesk.errors import MachineError, UserError
from ohdesk.files import handed_in
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.certificates import CertificateError
from ohdesk.security.pdf_verification import LARGEST_PDF, verify_record_pdf
from ohdesk.security.trust_files import LARGEST_FILE
from ohdesk.services.context import Context
from ohdesk.services.draw import package
from ohdesk.services.exchange import checks
from ohdesk.services.exchange.senders import content_problem, sender_problem
from ohdesk.services.record.division import division_fact, division_of, signing_problem
from ohdesk.services.record.redrawing import pages_fact
from ohdesk.services.trust import certified, keys
from ohdesk.services.trust.keys import Anchors

PDF_START = b"%PDF-"
ZIP_START = b"PK\x03\x04"
START = 512  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found about one file. kind: "record", "bundle" or "publication"."""

    kind: str
    facts: tuple[Fact, ...]

    @property
    def is_good(self) -> bool:
        """True when nothing fails and every signature and its chain to a root were checked."""
        verdicts = {fact.verdict for fact in self.facts}
        # A file is not good because nothing was found wrong: what could not be checked, for want of a root, is no
        # proof.
        needed = [
            [fact.verdict for fact in self.facts if part in fact.key.split(".")] for part in ("signature", "chain")
        ]
        checked = all(found and set(found) == {Verdict.HOLDS} for found in needed)
        return checked and Verdict.FAILS not in verdicts


def verify_file(path: Path, roots: Sequence[bytes], ctx: Context | None = None) -> Verification:
    """Return the facts about one file.

    roots: county root certificates (DER); none takes what the workspace believes
    ctx:   the workspace, whose journal and keys allow further checks; may be None
    Raises UserError when the file cannot be read or is none of the three kinds.
    """
    start = handed_in(path, START)
    # Told by content, not by name: files arrive renamed by chat programs, or without any ending.
    if start.startswith(PDF_START):
        return Verification("record", _record_facts(_content(path), roots, ctx))
    if package.is_package(start):
        return Verification("publication", _package_facts(path, roots or _county_roots(ctx), ctx))
    if start.startswith(ZIP_START):
        return Verification("bundle", _bundle_facts(path, roots or _county_roots(ctx), ctx))
    raise UserError(
        tr("“{file}”不是检查记录、上报包或公示包，或者开头已被改动。", file=path.name),
        tr("请选择 ohdesk 生成的 PDF、.ohb 或公示 ZIP 文件。"),
    )


def read_root(path: Path) -> bytes:
    """Return the county root in a certificate file, DER. Raises UserError when it is none."""
    root = certificates.load_file(handed_in(path, LARGEST_FILE))
    try:
        certificates.check_root(root)
    except CertificateError as error:
        raise UserError(
            tr("“{file}”不能作为根证书：{reason}", file=path.name, reason=error),
            tr("请选择县级导出的 county-root.pem。"),
        ) from error
    return root


def _content(path: Path) -> bytes:
    try:
        # Never more than asked for: a device has no size and no end.
        with path.open("rb") as file:
            data = file.read(LARGEST_PDF + 1)
    except OSError as error:
        raise MachineError(tr("读文件时出错：{file}", file=path), tr("请检查磁盘或优盘。")) from error
    if len(data) > LARGEST_PDF:
        raise UserError(tr("文件超过 256 MB，不是检查记录：{file}", file=path.name), tr("请核对文件。"))
    return data


def _county_roots(ctx: Context | None) -> tuple[bytes, ...]:
    """Return the county's root; a town that has not joined believes in none."""
    if ctx is None:
        return ()
    with ctx.reading() as session:
        return tuple(filter(None, [keys.county_root(session)]))


def _bundle_facts(path: Path, roots: Sequence[bytes], ctx: Context | None) -> tuple[Fact, ...]:
    if ctx is None:
        return checks.verify_bundle(path, roots, None)
    with ctx.reading() as session:
        doubts = checks.Doubts(partial(sender_problem, ctx, session, roots), partial(content_problem, ctx, session))
        return checks.verify_bundle(path, roots, keys.opener(ctx, session), doubts)


def _package_facts(path: Path, roots: Sequence[bytes], ctx: Context | None) -> tuple[Fact, ...]:
    if ctx is None:
        return package.verify_package(path, roots)
    with ctx.reading() as session:
        return package.verify_package(path, roots, partial(certified.revocation_problem, session))


def _record_facts(pdf: bytes, roots: Sequence[bytes], ctx: Context | None) -> tuple[Fact, ...]:
    believed = Anchors((), ()) if ctx is None else keys.anchors(ctx)
    report = verify_record_pdf(pdf, roots or believed.roots, believed.confirmed)
    content = None if report.content is None else parse(report.content)
    document = {} if content is None else content["record"]
    held = _held(ctx, document)
    is_page = document.get("fmt") == PHOTO_PAGE_FORMAT
    # A page of later photos names neither town nor employer: they stand in the record it belongs to.
    record = document if not is_page else None if held is None else held.said
    facts = [
        *report.facts,
        pages_fact(pdf, content, record),
        division_fact(report.signings, division_of(record), partial(_signing_problem, ctx, record)),
    ]
    if is_page:
        facts.append(_bound(document, held))
    facts += [_certified(report.signings, ctx), _journal(pdf, held, ctx)]
    return tuple(facts)


def _signing_problem(ctx: Context | None, record: Mapping[str, Any] | None, signing: Signing) -> str:
    if ctx is None:
        elsewhere = signing.division != division_of(record)
        return tr("{name}的证书是 {division} 的", name=signing.name, division=signing.division) if elsewhere else ""
    with ctx.reading() as session:
        return signing_problem(session, record, signing)


def _certified(signings: Sequence[Signing], ctx: Context | None) -> Fact:
    """Whether the county vouches for each key when it signed, by what it has said in its journal."""
    key, sentence = "certified", tr("签名的密钥在签名时经县级确认，没有被吊销")
    if ctx is None or not signings:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有打开工作区") if ctx is None else "")
    with ctx.reading() as session:
        # Before the county's first bundle nothing is known of keys: that is no fault of the record.
        if not all(certified.is_certified(session, each.key) for each in signings):
            return Fact(key, sentence, Verdict.UNCHECKED, tr("县级的上报包里还没有这些密钥"))
        problems = [
            certified.signer_problem(session, each.key, each.person, each.division, each.at) for each in signings
        ]
        notes = [certified.reset_note(session, each.key, each.person) for each in signings]
    found = "；".join(filter(None, problems))
    told = "；".join(dict.fromkeys(filter(None, notes)))
    return Fact(key, sentence, Verdict.FAILS if found else Verdict.HOLDS, found or told)


def _journal(pdf: bytes, held: "_Held | None", ctx: Context | None) -> Fact:
    """Whether this very file stands in the workspace's journal."""
    key, sentence = "journal", tr("本工作区的日志中登记的就是这个文件")
    if ctx is None:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有打开工作区"))
    digest = sha256(pdf).hexdigest()
    with ctx.reading() as session:
        if _is_registered(session, digest):
            return Fact(key, sentence, Verdict.HOLDS, digest)
    # Of a record that this workspace never heard of, nothing can be said; of one it has with other bytes, very much.
    if held is None:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("日志中没有这次检查的笔录"))
    return Fact(key, sentence, Verdict.FAILS, tr("日志中登记的是另一个文件"))


def _is_registered(session: Session, digest: str) -> bool:
    record = session.scalars(select(Record.visit).where(Record.pdf_sha256 == digest)).first()
    page = session.scalars(select(PhotoPage.visit).where(PhotoPage.pdf_sha256 == digest)).first()
    return record is not None or page is not None


def _bound(page: Mapping[str, Any], held: "_Held | None") -> Fact:
    """Whether a photo page names the record that stands in the journal."""
    key, sentence = "photo_page", tr("照片说明页与日志中的原记录相符")
    if held is None:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有原记录可以核对"))
    expected = (held.number, held.record_sha256, held.pdf_sha256)
    found = (page.get("record_number"), page.get("record_sha256"), page.get("record_pdf_sha256"))
    return Fact(key, sentence, Verdict.HOLDS if found == expected else Verdict.FAILS, held.number)


class _Held(NamedTuple):
    """A record as it stands in the journal."""

    number: str
    record_sha256: str
    pdf_sha256: str
    said: Mapping[str, Any]


def _held(ctx: Context | None, document: Mapping[str, Any]) -> _Held | None:
    """Return the record in the journal of the visit that a document names; None when there is none, or no journal."""
    if ctx is None:
        return None
    with ctx.reading() as session:
        row = session.get(Record, str(document.get("visit")))
        if row is None:
            return None
        return _Held(row.number, row.record_sha256, row.pdf_sha256, content_of(session, row)["record"])
