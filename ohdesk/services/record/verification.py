"""Verifying a file that was handed in: a record's PDF, a bundle, or a publication package, told by its content.

Without a workspace no database is loaded.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ohdesk.domain.canonical import parse
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import PHOTO_PAGE_FORMAT, Signing
from ohdesk.errors import MachineError, UserError
from ohdesk.files import handed_in
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.certificates import CertificateError
from ohdesk.security.pdf_verification import LARGEST_PDF
from ohdesk.security.trust_files import LARGEST_FILE
from ohdesk.services.draw import package
from ohdesk.services.exchange import checks
from ohdesk.services.record import verifier
from ohdesk.services.record.division import division_fact, division_of
from ohdesk.services.record.verifier import Asked, AskedBundle, AskedPackage, Found, Question

if TYPE_CHECKING:
    from ohdesk.services.context import Context

PDF_START = b"%PDF-"
ZIP_START = b"PK\x03\x04"
Look = Callable[[Question], Found]
_CHUNK = 1 << 20  # bytes
START = 512  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found about one file.

    kind: "record", "paper", "unsigned" (a PDF without a signature, nobody's paper here), "bundle" or "publication"
    content: what a record's PDF embeds, None where that is not authentic
    """

    kind: str
    facts: tuple[Fact, ...]
    content: Mapping[str, Any] | None = None

    @property
    def word(self) -> str:
        """Its kind in words."""
        words = {
            "record": tr("签名文书"),
            "paper": tr("文书"),
            "unsigned": tr("无电子签名"),
            "bundle": tr("上报包"),
            "publication": tr("公示包"),
        }
        return words[self.kind]

    @property
    def is_good(self) -> bool:
        """True when nothing fails and every signature and its chain to a root were checked."""
        verdicts = {fact.verdict for fact in self.facts}
        if self.kind == "paper":  # no certificate stands on it: it is known by its very bytes, or not at all
            return verdicts == {Verdict.HOLDS}
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

    def revoked(self) -> tuple[tuple[str, date, str], ...] | None:
        """Return which keys (SHA-256) count no more since which day and why; None where nobody can tell."""
        return None

    def paper(self, _digest: str) -> Fact:
        """Return which paper of this office the file with this SHA-256 is; unchecked where it is none."""
        return paper(Verdict.UNCHECKED, tr("没有打开工作区"))

    def forms(self) -> tuple[tuple[str, str], ...]:
        """Return the forms of papers that this office worded itself: "set/key", and the text of the file."""
        return ()

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

    def journal(self, _digest: str, _held: Held | None) -> Fact:
        """Return whether the file with this SHA-256 stands in the workspace's journal."""
        return registered(Verdict.UNCHECKED, tr("没有打开工作区"))


def verify_file(
    path: Path, roots: Sequence[bytes], ctx: "Context | None" = None, aside: Look | None = None
) -> Verification:
    """Return the facts about one file.

    roots: county root certificates (DER); none takes what the workspace believes
    ctx:   the workspace, whose journal and keys allow further checks; may be None
    aside: who looks at the file in the place of this process, as a child does; of a bundle only what needs no key, and
           its inside here when the county has certified the sender
    Raises UserError when the file cannot be read or is none of the three kinds.
    """
    start = handed_in(path, START)
    known, look = _knowledge(ctx), aside or verifier.look
    # Told by content, not by name: files arrive renamed by chat programs, or without any ending.
    if start.startswith(PDF_START):
        return _record_verified(path, roots, known, look)
    if package.is_package(start):
        question = AskedPackage(path=os.fsencode(path), roots=tuple(roots or known.county), revoked=known.revoked())
        return Verification("publication", _told(look(question)))
    if start.startswith(ZIP_START):
        return Verification("bundle", _bundle_facts(path, roots or known.county, known, aside))
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


def _digest(path: Path) -> str:
    digest, length = sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                length += len(chunk)
                # Never more than asked for: a device has no size and no end.
                if length > LARGEST_PDF:
                    raise UserError(tr("文件超过 256 MB，不是检查记录：{file}", file=path.name), tr("请核对文件。"))
    except OSError as error:
        raise MachineError(tr("读文件时出错：{file}", file=path), tr("请检查磁盘或优盘。")) from error
    return digest.hexdigest()


def _told(found: Found) -> tuple[Fact, ...]:
    """Return the facts; where the look at a file was ended, that as one more."""
    if not found.broke:
        return found.facts
    return (*found.facts, Fact("look", tr("文件查得完"), Verdict.UNCHECKED, found.broke))


def _bundle_facts(path: Path, roots: Sequence[bytes], known: Knowledge, aside: Look | None) -> tuple[Fact, ...]:
    if aside is None:
        return known.bundle(path, roots)
    outside = _told(aside(AskedBundle(path=os.fsencode(path), roots=tuple(roots))))
    certified = any(fact.key == "bundle.chain" and fact.verdict is Verdict.HOLDS for fact in outside)
    return known.bundle(path, roots) if certified else outside


def certified(verdict: Verdict, detail: str) -> Fact:
    """Return whether the county vouches for the keys."""
    return Fact("certified", tr("签名的密钥在签名时经县级确认，没有被吊销"), verdict, detail)


def registered(verdict: Verdict, detail: str) -> Fact:
    """Return whether this very file stands in the journal."""
    return Fact("journal", tr("本工作区的日志中登记的就是这个文件"), verdict, detail)


def paper(verdict: Verdict, detail: str) -> Fact:
    """Return whether this very file is a paper of the office."""
    return Fact("paper", tr("本单位登记的文书就是这个文件"), verdict, detail)


def _knowledge(ctx: "Context | None") -> Knowledge:
    if ctx is None:
        return Knowledge()
    from ohdesk.services.record.known_here import KnownHere  # late: brings the database

    return KnownHere(ctx)


def _record_verified(path: Path, roots: Sequence[bytes], known: Knowledge, look: Look) -> Verification:
    digest = _digest(path)
    paper = known.paper(digest)
    if paper.verdict is Verdict.HOLDS:
        return Verification("paper", (paper,))
    believed, confirmed = known.believed()
    asked = Asked(
        path=os.fsencode(path), roots=tuple(roots or believed), confirmed=tuple(confirmed), forms=known.forms()
    )
    found = look(asked)
    if found.unsigned:
        # A paper that is sealed and served has none; nor has what was left of a record.
        form = tuple(fact for fact in found.facts if fact.key == "form")
        return Verification("unsigned", (*form, paper))
    content = parse(found.content) if found.content else None
    document = {} if content is None else content["record"]
    held = known.held(document)
    is_page = document.get("fmt") == PHOTO_PAGE_FORMAT
    # A page of later photos names neither town nor employer: they stand in the record it belongs to.
    record = document if not is_page else None if held is None else held.said
    if is_page and held is not None:
        found = look(msgspec.structs.replace(asked, original=held.said))
    facts = [
        *_told(found),
        division_fact(found.signings, division_of(record), partial(known.signing_problem, record)),
    ]
    if is_page:
        facts.append(_bound(document, held))
    facts += known.certified(found.signings), known.journal(digest, held)
    return Verification("record", tuple(facts), content)


def _bound(page: Mapping[str, Any], held: Held | None) -> Fact:
    """Whether a photo page names the record that stands in the journal."""
    key, sentence = "photo_page", tr("照片说明页与日志中的原记录相符")
    if held is None:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有原记录可以核对"))
    expected = (held.number, held.record_sha256, held.pdf_sha256)
    found = (page.get("record_number"), page.get("record_sha256"), page.get("record_pdf_sha256"))
    return Fact(key, sentence, Verdict.HOLDS if found == expected else Verdict.FAILS, held.number)
