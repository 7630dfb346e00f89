"""Checking a bundle: what can be said of it, fact by fact, with or without keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.security.certificates import (
    CertificateError,
    DeviceSubject,
    device_of,
    has_signed,
    issuer,
    term,
)
from ohdesk.sync.manifest import Head
from ohdesk.sync.problems import (
    BadSignatureError,
    BundleRefusedError,
    NotAddressedError,
    OutOfTermError,
    UnknownSenderError,
    WrongSenderError,
)
from ohdesk.sync.protocols import Opener
from ohdesk.sync.reader import Inner, Outer, read_inner, read_outer


@dataclass(frozen=True, slots=True)
class Outline:
    """What a bundle says of itself without keys, and whether its signature fits its own certificate."""

    name: str
    size: int
    sha256: str
    head_sha256: str
    head: Head
    signature_fits: bool


class Doubts(NamedTuple):
    """What an office has against a bundle: against its sender, against what is inside; "" for nothing."""

    sender: Callable[[Outer], str]
    content: Callable[[Outer, Inner], str]


def outline(path: Path) -> Outline:
    """Return what can be read without a workspace. Raises BundleRefusedError or UnreadableError."""
    outer = read_outer(path)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Outline(
        path.name,
        outer.size,
        digest,
        outer.identity,
        outer.head,
        has_signed(outer.certificate, outer.signature, outer.signed),
    )


def check_sender(outer: Outer, roots: Sequence[bytes]) -> DeviceSubject:
    """Return the workspace that sent a bundle: signed by the certificate inside, issued by one of `roots` (DER).

    Raises UnknownSenderError, BadSignatureError, OutOfTermError or WrongSenderError.
    """
    try:
        issuer(outer.certificate, roots)
        identity = device_of(outer.certificate)
    except CertificateError as error:
        raise UnknownSenderError from error
    if not has_signed(outer.certificate, outer.signature, outer.signed):
        raise BadSignatureError
    # At the time the bundle states: sticks lie in drawers, and a bundle stays good when its certificate runs out later.
    made, (first, last) = parse_instant(outer.head.made.wall), term(outer.certificate)
    if not first <= made <= last:
        raise OutOfTermError(*map(legal_day, (made, first, last)))
    sender = outer.head.sender
    # A certified device could put another's name into the head: who sent it is what the certificate says.
    if (identity.replica, identity.division) != (sender.replica, sender.town):
        raise WrongSenderError
    return identity


def verify_bundle(
    path: Path, roots: Sequence[bytes], opener: Opener | None, doubts: Doubts | None = None
) -> tuple[Fact, ...]:
    """Return each fact about a bundle: form, signature, chain to a county root (DER), content.

    doubts: what an office has against it; None without an office
    Without roots the chain, without a key that fits the content, is left unchecked.  Any changed
    bit makes a fact fail, also without keys.  Raises UnreadableError when the medium fails.
    """
    try:
        outer = read_outer(path)
    except BundleRefusedError as error:
        return bundle_facts(_SENTENCES, {"form": (Verdict.FAILS, error.message)})
    signed = has_signed(outer.certificate, outer.signature, outer.signed)
    chain = _chain(outer, roots)
    return bundle_facts(
        _SENTENCES,
        {
            "form": (Verdict.HOLDS, outer.identity),
            "signature": (Verdict.HOLDS if signed else Verdict.FAILS, outer.head.sender.device_fp),
            "chain": chain,
            "sender": _sender(outer, doubts) if chain[0] is Verdict.HOLDS else (Verdict.UNCHECKED, ""),
            "content": _content(path, outer, opener, doubts),
        },
    )


_SENTENCES = {
    "form": mark("文件完整，与写入时逐字节一致"),
    "signature": mark("签名由包内设备证书作出"),
    "chain": mark("设备证书由县级签发，与声明的来源一致"),
    "sender": mark("来源的设备没有被吊销，可以向本单位报送"),
    "content": mark("加密内容能解开，逐项与清单一致"),
}
Found = tuple[Verdict, str]  # and its particulars


def bundle_facts(sentences: Mapping[str, str], found: Mapping[str, Found]) -> tuple[Fact, ...]:
    """Return a fact for each sentence (marked, by key), in that order; what was not found is unchecked."""
    unchecked = (Verdict.UNCHECKED, "")
    return tuple(Fact(f"bundle.{key}", tr(said), *found.get(key, unchecked)) for key, said in sentences.items())


def _chain(outer: Outer, roots: Sequence[bytes]) -> Found:
    if not roots:
        return Verdict.UNCHECKED, tr("没有县级根证书")
    try:
        identity = check_sender(outer, roots)
    except BundleRefusedError as error:
        return Verdict.FAILS, error.message
    return Verdict.HOLDS, f"{identity.office} {identity.division} {identity.replica}"


def _sender(outer: Outer, doubts: Doubts | None) -> Found:
    """Return what only an office can tell, which has the county's journal."""
    if doubts is None:
        return Verdict.UNCHECKED, tr("没有打开工作区")
    problem = doubts.sender(outer)
    return Verdict.FAILS if problem else Verdict.HOLDS, problem


def _content(path: Path, outer: Outer, opener: Opener | None, doubts: Doubts | None) -> Found:
    if opener is None:
        return Verdict.UNCHECKED, tr("没有收件密钥")
    try:
        inner = read_inner(path, outer, opener, _look_only)
    except NotAddressedError as error:
        # Addressed to others is no fault of the bundle.
        return Verdict.UNCHECKED, error.message
    except UserError as error:
        return Verdict.FAILS, error.message
    if doubts and (problem := doubts.content(outer, inner)):
        return Verdict.FAILS, problem
    found = tr("{operations} 条操作，{blobs} 个附件", operations=len(inner.operations), blobs=len(inner.blobs))
    return Verdict.HOLDS, found


def _look_only(_digest: str, _content: memoryview) -> None:
    """Keep nothing: the hashes were checked while reading."""
