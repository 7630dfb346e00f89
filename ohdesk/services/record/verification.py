"""Verifying a file that was handed in: a record's PDF, a bundle, or a publication package, told by its content.

Without a workspace no database is loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
from ohdesk.services.draw import package
from ohdesk.services.exchange import checks
from ohdesk.services.record.division import division_fact, division_of
from ohdesk.services.record.redrawing import pages_fact

if TYPE_CHECKING:
    from ohdesk.services.context import Context

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


class Held(NamedTuple):
    """A record as it stands in the journal."""

    number: str
    record_sha256: str
    pdf_sha256: str
    said: Mapping[str, Any]


class Knowledge:
    """What is known of a file beside what stands in it: nothing, while no workspace is open."""

    @property
    def county(self) -> Sequence[bytes]:
        """The county's root (DER) to believe in where none was given."""
        return ()

    def believed(self) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Return certificates (DER) to believe in on records, and the confirmed ones, as for `verify_record_pdf`."""
        return (), ()

    def taken_back(self) -> package.TakenBack | None:
        """Return what says why a key (SHA-256) counts no more on a day; None where nobody can tell."""
        return None

    def bundle(self, path: Path, roots: Sequence[bytes]) -> tuple[Fact, ...]:
        """Return the facts about a bundle."""
        return checks.verify_bundle(path, roots, None)

    def held(self, _document: Mapping[str, Any]) -> Held | None:
        """Return the record in the journal of the visit that a document names; None when there is none."""
        return None

    def signing_problem(self, record: Mapping[str, Any] | None, signing: Signing) -> str:
        """Return why somebody's signature counts for nothing in the division of a record; "" for nothing known."""
        elsewhere = signing.division != division_of(record)
        return tr("{name}的证书是 {division} 的", name=signing.name, division=signing.division) if elsewhere else ""

    def certified(self, signings: Sequence[Signing]) -> Fact:
        """Return whether the county vouches for each key when it signed, by what it has said in its journal."""
        return certified(Verdict.UNCHECKED, tr("没有打开工作区") if signings else "")

    def journal(self, _pdf: bytes, _held: Held | None) -> Fact:
        """Return whether this very file stands in the workspace's journal."""
        return registered(Verdict.UNCHECKED, tr("没有打开工作区"))


def verify_file(path: Path, roots: Sequence[bytes], ctx: "Context | None" = None) -> Verification:
    """Return the facts about one file.

    roots: county root certificates (DER); none takes what the workspace believes
    ctx:   the workspace, whose journal and keys allow further checks; may be None
    Raises UserError when the file cannot be read or is none of the three kinds.
    """
    start = handed_in(path, START)
    # Told by content, not by name: files arrive renamed by chat programs, or without any ending.
    if start.startswith(PDF_START):
        return Verification("record", _record_facts(_content(path), roots, _knowledge(ctx)))
    if package.is_package(start):
        known = _knowledge(ctx)
        return Verification("publication", package.verify_package(path, roots or known.county, known.taken_back()))
    if start.startswith(ZIP_START):
        known = _knowledge(ctx)
        return Verification("bundle", known.bundle(path, roots or known.county))
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


def certified(verdict: Verdict, detail: str) -> Fact:
    """Return whether the county vouches for the keys."""
    return Fact("certified", tr("签名的密钥在签名时经县级确认，没有被吊销"), verdict, detail)


def registered(verdict: Verdict, detail: str) -> Fact:
    """Return whether this very file stands in the journal."""
    return Fact("journal", tr("本工作区的日志中登记的就是这个文件"), verdict, detail)


def _knowledge(ctx: "Context | None") -> Knowledge:
    if ctx is None:
        return Knowledge()
    from ohdesk.services.record.known_here import KnownHere  # late: brings the database

    return KnownHere(ctx)


def _record_facts(pdf: bytes, roots: Sequence[bytes], known: Knowledge) -> tuple[Fact, ...]:
    believed, confirmed = known.believed()
    report = verify_record_pdf(pdf, roots or believed, confirmed)
    content = None if report.content is None else parse(report.content)
    document = {} if content is None else content["record"]
    held = known.held(document)
    is_page = document.get("fmt") == PHOTO_PAGE_FORMAT
    # A page of later photos names neither town nor employer: they stand in the record it belongs to.
    record = document if not is_page else None if held is None else held.said
    facts = [
        *report.facts,
        pages_fact(report.inside, content, record),
        division_fact(report.signings, division_of(record), partial(known.signing_problem, record)),
    ]
    if is_page:
        facts.append(_bound(document, held))
    return (*facts, known.certified(report.signings), known.journal(pdf, held))


def _bound(page: Mapping[str, Any], held: Held | None) -> Fact:
    """Whether a photo page names the record that stands in the journal."""
    key, sentence = "photo_page", tr("照片说明页与日志中的原记录相符")
    if held is None:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有原记录可以核对"))
    expected = (held.number, held.record_sha256, held.pdf_sha256)
    found = (page.get("record_number"), page.get("record_sha256"), page.get("record_pdf_sha256"))
    return Fact(key, sentence, Verdict.HOLDS if found == expected else Verdict.FAILS, held.number)
