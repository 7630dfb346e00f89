"""Verification of a record's PDF: separate facts, each of which holds, does not hold, or could not be checked.

First the bytes (`signed_bytes`): form, digests, containers, certificates under a trusted root.
Only a file whose last signature is good and trusted is given to a PDF parser; for any other the
facts about its inside are 未核.  No clock is read: certificates are judged at the stated time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from ohdesk.domain.calendar import printed_minute
from ohdesk.domain.canonical import NotCanonicalError, fingerprint, parse
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.people import number_key
from ohdesk.domain.record import SIGNING_WAYS, Signing, inspected
from ohdesk.i18n import mark, tr
from ohdesk.security import certificates, cms, signed_bytes
from ohdesk.security.certificates import CertificateError, PersonSubject
from ohdesk.security.pdf_structure import REVISIONS_BEFORE_SIGNING, Inside, Structure, StructureError
from ohdesk.security.signed_bytes import SignatureFormError, SignedBytes

# The file is held in memory as a whole.
LARGEST_PDF = 256 << 20  # bytes
# 行政处罚法 (2021) 第四十二条: at least two inspectors.
FEWEST_SIGNATURES = 2


@dataclass(frozen=True, slots=True)
class PdfReport:
    """The facts; the embedded JSON, the signers and what else is inside, None and nobody unless they are authentic."""

    facts: tuple[Fact, ...]
    content: bytes | None = None
    signings: tuple[Signing, ...] = ()
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class _Signer:
    """Who signed, by the certificate; `stated_at` is the signing time the signer's computer stated."""

    field: str
    subject: PersonSubject
    stated_at: datetime
    certificate: bytes


@dataclass(frozen=True, slots=True)
class _Checked:
    """A signature under a trusted certificate: its container, and the anchor that vouches for it."""

    span: SignedBytes
    container: cms.Container
    anchor: bytes


def verify_record_pdf(pdf: bytes, roots: Sequence[bytes], confirmed: Sequence[bytes] = ()) -> PdfReport:
    """Return what can be said about a record's PDF.  Never raises for a bad file.

    roots:     trusted certificates, DER: county roots; a town without a county adds its people's own
    confirmed: person certificates issued later by one of the roots; they vouch for records that
               the same key signed under a self-made certificate before
    """
    if len(pdf) > LARGEST_PDF:
        return PdfReport((_fact("form", Verdict.FAILS, tr("文件超过 256 MB，不是检查记录")),))
    spans = signed_bytes.find(pdf)
    facts = [_form(pdf, spans)]
    checked: list[_Checked] = []
    for number, span in enumerate(spans, 1):
        about, trusted = _check_signature(pdf, span, number, roots, confirmed)
        facts += about
        checked += [trusted] if trusted else []
    # Only now may a parser see the file: until here nobody we trust has vouched for a single byte of it.
    authentic = all(fact.verdict is Verdict.HOLDS for fact in facts)
    if not authentic:
        return PdfReport((*facts, *_unchecked()))
    found = _inside(Inside(pdf), checked)
    return replace(found, facts=(*facts, *found.facts))


def _form(pdf: bytes, spans: tuple[SignedBytes, ...]) -> Fact:
    if not spans:
        return _fact("form", Verdict.FAILS, tr("找不到电子签名：不是本程序的检查记录，或已被改动"))
    if not signed_bytes.covers_file(pdf, spans):
        return _fact("form", Verdict.FAILS, tr("最后一个签名没有覆盖整个文件：签名之后有增减"))
    return _fact("form", Verdict.HOLDS, tr("{count} 个签名，最后一个覆盖整个文件", count=len(spans)))


def _check_signature(
    pdf: bytes, span: SignedBytes, number: int, roots: Sequence[bytes], confirmed: Sequence[bytes]
) -> tuple[list[Fact], _Checked | None]:
    """Return the facts about one signature, and what its container says if its certificate is trusted."""
    try:
        container = span.container(pdf)
    except SignatureFormError as error:
        unread = [_fact(key, Verdict.UNCHECKED, "", number) for key in ("digest", "signature", "chain")]
        return [_fact("container", Verdict.FAILS, str(error), number), *unread], None
    digest = signed_bytes.digest_agrees(pdf, span, container)
    signature = certificates.has_signed(container.certificate, container.signature, container.attributes)
    facts = [
        _fact("container", Verdict.HOLDS, "", number),
        _fact("digest", _verdict(digest), "" if digest else tr("签名后内容被改动"), number),
        _fact("signature", _verdict(signature), "", number),
    ]
    if not roots:
        return [*facts, _fact("chain", Verdict.UNCHECKED, tr("没有给出县级根证书"), number)], None
    try:
        anchor, detail = _anchor(container.certificate, roots, confirmed)
    except CertificateError as error:
        return [*facts, _fact("chain", Verdict.FAILS, str(error), number)], None
    facts.append(_fact("chain", Verdict.HOLDS, detail, number))
    return facts, _Checked(span, container, anchor)


def _anchor(certificate: bytes, roots: Sequence[bytes], confirmed: Sequence[bytes]) -> tuple[bytes, str]:
    """Return the certificate that vouches for this one, and a word for people."""
    subject = certificates.person_of(certificate)
    if not certificates.is_self_made(certificate):
        return certificates.issuer(certificate, roots), f"{subject.name} {subject.number}"
    certificates.check_own(certificate)
    key = certificates.public_der(certificate)
    for later in confirmed:
        if certificates.public_der(later) == key and certificates.person_of(later).person == subject.person:
            certificates.issuer(later, roots)
            return certificate, tr("{name}：签名时未经县级确认，县级后来确认了同一密钥", name=subject.name)
    # A town that has no county yet trusts its people's own certificates, and says so.
    if certificate in roots:
        return certificate, tr("{name}：自制证书，未经县级确认", name=subject.name)
    raise CertificateError(tr("{name}：自制证书，未经县级确认", name=subject.name))


def _inside(inside: Inside, checked: Sequence[_Checked]) -> PdfReport:
    try:
        structure = inside.structure()
    except StructureError as error:
        return PdfReport((_fact("revisions", Verdict.FAILS, str(error)), *_unchecked()[1:]))
    signers = tuple(_signers(structure, checked))
    content, value, canonical_fact = _content(inside)
    record = value.get("record") if isinstance(value, dict) else None
    facts = (
        _revisions(structure, checked),
        _validity(signers, checked, record),
        _library(inside, signers, checked),
        canonical_fact,
        _names(structure, signers, record),
        _strokes(value, record),
    )
    return PdfReport(facts, content, tuple(map(_signing, signers)), inside)


def _signing(signer: _Signer) -> Signing:
    subject, key = signer.subject, sha256(certificates.public_der(signer.certificate)).hexdigest()
    return Signing(subject.person, subject.name, subject.division, key, signer.stated_at)


def _signers(structure: Structure, checked: Sequence[_Checked]) -> Iterator[_Signer]:
    for field, one in zip(structure.fields, checked, strict=False):
        if field.stated_at is not None and field.stated_at.tzinfo is not None:
            yield _Signer(
                field=field.name,
                subject=certificates.person_of(one.container.certificate),
                stated_at=field.stated_at.astimezone(UTC),
                certificate=one.container.certificate,
            )


def _revisions(structure: Structure, checked: Sequence[_Checked]) -> Fact:
    fields = structure.fields
    same_spans = [list(field.byte_range) for field in fields] == [one.span.byte_range for one in checked]
    numbers = [field.revision for field in fields]
    expected = list(range(REVISIONS_BEFORE_SIGNING, REVISIONS_BEFORE_SIGNING + len(fields)))
    if not same_spans or numbers != expected or structure.revisions != REVISIONS_BEFORE_SIGNING + len(fields):
        return _fact("revisions", Verdict.FAILS, tr("文件的修订次数与签名不符"))
    if structure.empty_fields:
        return _fact("revisions", Verdict.FAILS, tr("还有空的签名域"))
    if [field.certifies for field in fields] != [True, *[False] * (len(fields) - 1)]:
        return _fact("revisions", Verdict.FAILS, tr("第一个签名应为认证签名，其余应为会签"))
    if not structure.is_plain or any(field.changed != field.allowed or not field.adds_only for field in fields):
        return _fact("revisions", Verdict.FAILS, tr("签名时另有内容被改动"))
    return _fact("revisions", Verdict.HOLDS)


def _validity(signers: Sequence[_Signer], checked: Sequence[_Checked], record: Any) -> Fact:
    if len(signers) != len(checked):
        return _fact("validity", Verdict.FAILS, tr("签名没有写明签名时间"))
    # Stated by one laptop's clock, the order at least can be checked.
    if any(later.stated_at < earlier.stated_at for earlier, later in pairwise(signers)):
        return _fact("validity", Verdict.FAILS, tr("后一个签名写明的时间早于前一个"))
    try:
        for signer, one in zip(signers, checked, strict=True):
            certificates.check_valid_at(signer.certificate, signer.stated_at)
            certificates.check_valid_at(one.anchor, signer.stated_at)
            subject = signer.subject
            for at in inspected(record if isinstance(record, dict) else None, subject.person, subject.division):
                certificates.check_valid_at(signer.certificate, at)
    except CertificateError as error:
        return _fact("validity", Verdict.FAILS, str(error))
    times = "、".join(printed_minute(signer.stated_at) for signer in signers)
    return _fact("validity", Verdict.HOLDS, tr("按签名人电脑写明的时间判断，没有时间戳：{times}", times=times))


def _library(inside: Inside, signers: Sequence[_Signer], checked: Sequence[_Checked]) -> Fact:
    anchors = [one.anchor for one in checked]
    try:
        # A second opinion by other people's code; where the two disagree the record does not hold.
        problems = inside.library_problems(anchors, [signer.stated_at for signer in signers])
    except StructureError as error:
        problems = [str(error)]
    return _fact("library", _verdict(not problems), "；".join(problems))


_CONTENT, _OF_INK = {"paper", "record", "strokes"}, {"scans", "printed_at", "is_late"}


def _content(inside: Inside) -> tuple[bytes | None, Any, Fact]:
    try:
        content = inside.attachment()
        value = parse(content)
    except (StructureError, NotCanonicalError) as error:
        return None, None, _fact("content", Verdict.FAILS, str(error))
    is_content = isinstance(value, dict) and _CONTENT <= set(value) <= _CONTENT | _OF_INK
    if not is_content or not isinstance(value["record"], dict):
        return None, None, _fact("content", Verdict.FAILS, tr("内嵌数据不是一份检查记录"))
    return (
        content,
        value,
        _fact("content", Verdict.HOLDS, tr("文档指纹 {hash}", hash=fingerprint(value["record"]))),
    )


def _names(structure: Structure, signers: Sequence[_Signer], record: Any) -> Fact:
    """Each inspector named in the record signed in the field that the record gives, in that order."""
    if not isinstance(record, dict):
        return _fact("names", Verdict.UNCHECKED)
    named = record.get("inspectors")
    if not isinstance(named, list) or not all(isinstance(one, Mapping) for one in named):
        return _fact("names", Verdict.FAILS, tr("记录中没有执法人员名单"))
    expected = [(one.get("field"), one.get("person"), one.get("name"), one.get("certificate_no")) for one in named]
    found = [(one.field, one.subject.person, one.subject.name, one.subject.number) for one in signers]
    fields = [field.name for field in structure.fields]
    if expected != found or fields != [one[0] for one in expected]:
        return _fact("names", Verdict.FAILS, tr("签名人与记录中的执法人员不一致"))
    # Shown by every reader beside the name: no reservation, no other record.
    if "title" in record and {field.reason for field in structure.fields} != {
        f"{record['title']} {record.get('number')}"
    }:
        return _fact("names", Verdict.FAILS, tr("签名写明的事由不是这份文书"))
    keys = {certificates.public_der(signer.certificate) for signer in signers}
    # Neither one key twice nor one person with two keys, or two ids: two inspectors means two people.
    people = {signer.subject.person for signer in signers}
    numbers = {number_key(signer.subject.number) for signer in signers}
    if len(signers) < FEWEST_SIGNATURES or {len(keys), len(people), len(numbers)} != {len(signers)}:
        return _fact("names", Verdict.FAILS, tr("应由两名以上不同的执法人员签名"))
    return _fact("names", Verdict.HOLDS, "、".join(f"{one.subject.name} {one.subject.number}" for one in signers))


def _strokes(value: Any, record: Any) -> Fact:
    """Every handwritten signature was given over this very record, the party's just when the party signed."""
    if not isinstance(record, dict):
        return _fact("strokes", Verdict.UNCHECKED)
    strokes = value["strokes"]
    if not isinstance(strokes, list) or not all(isinstance(one, Mapping) and one.get("role") for one in strokes):
        return _fact("strokes", Verdict.FAILS, tr("手写签名的数据不完整"))
    expected = fingerprint(record)
    # Strokes are a picture: tied to the fingerprint they cannot be carried to another record.
    if any(one.get("record_sha256") != expected for one in strokes):
        return _fact("strokes", Verdict.FAILS, tr("手写签名属于另一份记录"))
    if value.get("scans"):
        return _fact("strokes", Verdict.HOLDS, tr("用笔签名，见扫描件"))
    if [one.get("name") for one in strokes if one["role"] == "party"] != _party_signs(record):
        return _fact("strokes", Verdict.FAILS, tr("当事人的手写签名与记录写明的签名方式不符"))
    return _fact("strokes", Verdict.HOLDS, tr("{count} 份手写签名", count=len(strokes)))


def _party_signs(record: Mapping[str, Any]) -> list[str]:
    """Return the name under which the party signs by hand; empty when the party does not, or is none."""
    party = record.get("party")
    if not isinstance(party, Mapping) or str(party.get("way")) not in SIGNING_WAYS:
        return []
    return [str(party.get("name"))]


def _unchecked() -> list[Fact]:
    reason = tr("签名未全部核实，内部内容不可信，不再核对")
    keys = ("revisions", "validity", "library", "content", "names", "strokes")
    return [_fact(key, Verdict.UNCHECKED, reason) for key in keys]


def _verdict(holds: bool) -> Verdict:
    return Verdict.HOLDS if holds else Verdict.FAILS


_SENTENCES = {
    "form": mark("文件以签名结束，签名之后没有增减"),
    "container": mark("签名容器是规定的唯一形式"),
    "digest": mark("签名所覆盖的内容没有改动"),
    "signature": mark("签名与证书中的密钥相符"),
    "chain": mark("签名证书由所给的根证书签发"),
    "revisions": mark("首个签名为认证签名，此后只有会签"),
    "validity": mark("签名时证书在有效期内"),
    "library": mark("通用签名库复核通过"),
    "content": mark("内嵌的记录数据完整规范"),
    "names": mark("签名人就是记录写明的执法人员"),
    "strokes": mark("手写签名针对的就是这份记录"),
}


def _fact(key: str, verdict: Verdict, detail: str = "", number: int = 0) -> Fact:
    sentence = tr(_SENTENCES[key])
    if number:
        return Fact(
            f"{key}.{number}",
            tr("第 {number} 个签名：{sentence}", number=number, sentence=sentence),
            verdict,
            detail,
        )
    return Fact(key, sentence, verdict, detail)
