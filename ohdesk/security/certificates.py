"""X.509 certificates (RFC 5280): the county root, persons, devices, and a town's own while it has no county.

The root is P-256 and issues persons (P-256) and devices (Ed25519) directly.  A person's subject
carries name, inspector's certificate number (执法证号) and person id; a device's carries the
office's name, its division code and its replica, so that a bundle's sender can be checked.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from itertools import product
from string import ascii_uppercase
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from ohdesk.domain.bounds import Division, Id, Name, Word, problems
from ohdesk.domain.problems import in_list
from ohdesk.domain.register.numbers import FIRST_MARK
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.security import signing_keys
from ohdesk.security.signing_keys import PersonKey
from ohdesk.standing_in import standing_in

# Most commands and the window until somebody signs ask for no certificate: 30 ms of processor time.
with standing_in("cryptography.x509"):
    from cryptography import x509

LONGEST_NAME = 64  # characters, X.520 ub-common-name
# The library counts bytes where a person's name stands; in most Chinese characters that makes 21.
LARGEST_PERSON_NAME = 64  # bytes, UTF-8
# Ours take under 1 KiB; the limit keeps hostile ones from the parser.
LARGEST_CERTIFICATE = 8192  # bytes
_IN_USE = 64  # certificates kept as objects
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})  # general categories of Unicode
# Those of letters and marks, but drawn as nothing: joiners, fillers, selectors of a variant, blank Braille.
_DRAWN_AS_NOTHING = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
_MARK = re.compile(r"[A-Z]{1,2}")


class CertificateError(ValueError):
    """A certificate that cannot be relied on; the text says why, in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSubject:
    """Whom a person's certificate names; `number` is the inspector's certificate number (执法证号)."""

    person: Id
    name: Name
    number: Word
    office: Name
    division: Division


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSubject:
    """Which workspace a device certificate names: its id, the office's name and division code.

    mark: its letter among the laptops of the division, so that no two of them give the same number
    takes_over: of a county's machine, the one it succeeds; empty for none
    """

    replica: Word
    office: Name
    division: Division
    mark: Word = FIRST_MARK
    takes_over: Word = ""


Subject = PersonSubject | DeviceSubject
_MAY_BE_ABSENT = {"takes_over"}


# Where a certificate says each field of its subject.
@cache
def _person() -> "Mapping[str, x509.ObjectIdentifier]":
    return {
        "office": x509.NameOID.ORGANIZATION_NAME,
        "division": x509.NameOID.ORGANIZATIONAL_UNIT_NAME,
        "number": x509.NameOID.TITLE,
        "name": x509.NameOID.COMMON_NAME,
        "person": x509.NameOID.USER_ID,
    }


@cache
def _device() -> "Mapping[str, x509.ObjectIdentifier]":
    return {
        "division": x509.NameOID.ORGANIZATIONAL_UNIT_NAME,
        "office": x509.NameOID.ORGANIZATION_NAME,
        "replica": x509.NameOID.USER_ID,
        "mark": x509.NameOID.DN_QUALIFIER,
        "takes_over": x509.NameOID.GENERATION_QUALIFIER,
    }


@cache
def _unreadable() -> tuple[type[Exception], ...]:
    """Return what the library raises for bytes that are no certificate of ours."""
    named = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
    return (ValueError, TypeError, UnsupportedAlgorithm, *named)


def make_root(key: PersonKey, name: str, division: str, at: datetime) -> bytes:
    """Return the county's self-signed root certificate, DER."""
    subject = _name({x509.NameOID.ORGANIZATIONAL_UNIT_NAME: division, x509.NameOID.ORGANIZATION_NAME: name})
    return _issue(key, subject, subject, key.public_der, at, "root")


def renew_root(key: PersonKey, root: bytes, at: datetime) -> bytes:
    """Return the county's root certificate for a new term, DER: what was issued under the one before is so under it."""
    name = load(root).subject
    return _issue(key, name, name, key.public_der, at, "root")


def is_same_root(one: bytes, other: bytes) -> bool:
    """True for two root certificates of one county, as before and after a renewal: the same key and name."""
    return public_der(one) == public_der(other) and load(one).subject == load(other).subject


def issue(
    root_key: PersonKey, root: bytes, public_der: bytes, subject: Subject, at: datetime, *, from_now: bool = False
) -> bytes:
    """Return a person's or a device's certificate under the county root, DER.

    from_now: it begins at this instant and not a day before
    """
    term = "device" if isinstance(subject, DeviceSubject) else "person"
    return _issue(root_key, load(root).subject, _subject_name(subject), public_der, at, term, from_now=from_now)


def issue_between(
    root_key: PersonKey, root: bytes, public_der: bytes, subject: PersonSubject, first: datetime, last: datetime
) -> bytes:
    """Return a person's certificate for a term of its own, DER: both instants are in it."""
    return _signed(root_key, load(root).subject, _subject_name(subject), public_der, (first, last), is_root=False)


def make_own(key: PersonKey, subject: PersonSubject, at: datetime) -> bytes:
    """Return a person's self-signed certificate, DER: good until the county confirms the same key."""
    name = _subject_name(subject)
    return _issue(key, name, name, key.public_der, at, "self_made")


# The few in use come again and again: what an office announces is asked for its issuer, its subject, its key, its term.
@lru_cache(maxsize=_IN_USE)
def load(der: bytes) -> "x509.Certificate":
    """Return a certificate. Raises CertificateError when the bytes are none."""
    from ohdesk.security.cms import check_certificate_form  # asn1crypto takes 35 ms that no start should wait for

    if len(der) > LARGEST_CERTIFICATE:
        raise CertificateError(tr("证书过大"))
    try:
        check_certificate_form(der)
        certificate = x509.load_der_x509_certificate(der)
        # cryptography decodes these when asked: asked here, a fault shows before anything relies on the rest.
        _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key()
    except _unreadable() as error:
        raise CertificateError(tr("不是可用的证书")) from error
    return certificate


def load_file(data: bytes) -> bytes:
    """Return the DER of a certificate file, PEM or DER. Raises UserError when it is none."""
    try:
        if data.lstrip().startswith(b"-----BEGIN CERTIFICATE-----"):
            return x509.load_pem_x509_certificate(data).public_bytes(Encoding.DER)
        load(data)
    except _unreadable() as error:
        raise UserError(tr("这个文件不是证书。"), tr("请选择县级导出的 county-root.pem。")) from error
    return data


def pem(der: bytes) -> bytes:
    """Return a certificate as PEM text."""
    return load(der).public_bytes(Encoding.PEM)


def public_der(der: bytes) -> bytes:
    """Return the public key a certificate certifies, SubjectPublicKeyInfo DER."""
    key = load(der).public_key()
    if not isinstance(key, EllipticCurvePublicKey | Ed25519PublicKey):
        raise CertificateError(tr("证书中的密钥种类不受支持"))
    return signing_keys.public_der(key)


def has_signed(der: bytes, signature: bytes, message: bytes) -> bool:
    """True when the key of this certificate signed `message`; never of what is no certificate."""
    try:
        return signing_keys.verify(public_der(der), signature, message)
    except CertificateError:
        return False


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a certificate, 64 hexadecimal digits."""
    return sha256(der).hexdigest()


def person_of(der: bytes) -> PersonSubject:
    """Return whom a person's certificate names. Raises CertificateError for any other certificate."""
    certificate = load(der)
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise CertificateError(tr("不是个人签名证书"))
    person = PersonSubject(**{field: _one(certificate.subject, oid) for field, oid in _person().items()})
    _check_bounds(person)
    return person


def device_of(der: bytes) -> DeviceSubject:
    """Return which workspace a device certificate names. Raises CertificateError for any other certificate."""
    certificate = load(der)
    key = certificate.public_key()
    if not isinstance(key, Ed25519PublicKey):
        raise CertificateError(tr("不是设备证书"))
    said = {
        field: _one(certificate.subject, oid)
        for field, oid in _device().items()
        if field not in _MAY_BE_ABSENT or certificate.subject.get_attributes_for_oid(oid)
    }
    device = DeviceSubject(**said)
    if device.replica != signing_keys.replica_of(signing_keys.public_der(key)):
        raise CertificateError(tr("证书写的电脑编号不是由它的密钥算出的"))
    if not _MARK.fullmatch(device.mark):
        raise CertificateError(tr("证书中的分机号不正确"))
    _check_bounds(device)
    return device


def _check_bounds(subject: PersonSubject | DeviceSubject) -> None:
    if problem := next(problems(subject), None):
        raise CertificateError(tr("证书中的 {problem}", problem=in_list(problem)))


def marks() -> Iterator[str]:
    """Yield the letters that laptops of one division can have, in order: "A" … "Z", "AA" … "ZZ"."""
    yield from ascii_uppercase
    yield from map("".join, product(ascii_uppercase, repeat=2))


def subject_of(der: bytes) -> Subject:
    """Return whom a certificate names, a person or a device. Raises CertificateError for any other certificate."""
    return device_of(der) if isinstance(load(der).public_key(), Ed25519PublicKey) else person_of(der)


def term(der: bytes) -> tuple[datetime, datetime]:
    """Return the first and the last instant of a certificate's term."""
    certificate = load(der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def check_root(root: bytes) -> None:
    """Raise CertificateError unless these bytes are a self-signed P-256 certificate that may issue others."""
    certificate = load(root)
    _check_issued(certificate, certificate)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    if not constraints.value.ca or certificate.subject != certificate.issuer:
        raise CertificateError(tr("不是县级根证书"))


def check_issued(der: bytes, root: bytes) -> None:
    """Raise CertificateError unless `root` issued this end certificate."""
    check_root(root)
    certificate, issuer = load(der), load(root)
    if certificate.issuer != issuer.subject:
        raise CertificateError(tr("证书不是由这个县级根证书签发的"))
    _check_issued(certificate, issuer)
    if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise CertificateError(tr("签名证书不得是签发证书"))


def issuer(der: bytes, roots: Sequence[bytes]) -> bytes:
    """Return the one of `roots` that issued this end certificate. Raises CertificateError, saying why none did."""
    if not roots:
        raise CertificateError(tr("没有给出县级根证书"))
    reasons: dict[str, None] = {}
    for root in roots:
        try:
            check_issued(der, root)
        except CertificateError as error:
            reasons[str(error)] = None
        else:
            return root
    raise CertificateError("；".join(reasons))


def device_under(roots: Sequence[bytes], der: bytes, at: datetime) -> DeviceSubject:
    """Return which workspace a device certificate names.

    Raises CertificateError, saying why, unless one of `roots` issued it and the aware instant `at` is in its term.
    """
    issuer(der, roots)
    check_valid_at(der, at)
    return device_of(der)


def check_own(der: bytes) -> None:
    """Raise CertificateError unless the certificate is signed with the key it certifies."""
    certificate = load(der)
    _check_issued(certificate, certificate)


def is_self_made(der: bytes) -> bool:
    """True for a certificate that names itself as issuer."""
    certificate = load(der)
    return certificate.issuer == certificate.subject


def check_valid_at(der: bytes, at: datetime) -> None:
    """Raise CertificateError when the aware instant `at` lies outside the certificate's term."""
    certificate = load(der)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise CertificateError(
            tr(
                "证书有效期为 {first} 至 {last}，不含 {day}",
                first=certificate.not_valid_before_utc.date(),
                last=certificate.not_valid_after_utc.date(),
                day=at.astimezone(UTC).date(),
            )
        )


def warning() -> timedelta:
    """Return how long before its end a certificate is spoken of."""
    return timedelta(days=_terms()["warned_days_before_end"])


def late_bundles() -> timedelta:
    """Return how long after its end a certificate still vouches for what was written before."""
    return timedelta(days=_terms()["late_bundles_days"])


def _check_issued(certificate: "x509.Certificate", issuer: "x509.Certificate") -> None:
    refused: tuple[type[Exception], ...] = (InvalidSignature, x509.ExtensionNotFound, *_unreadable())
    try:
        # No intermediates exist, so no path has to be built or searched.
        certificate.verify_directly_issued_by(issuer)
        certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except refused as error:
        raise CertificateError(tr("证书上的签发签名不成立")) from error


def is_visible(text: str) -> bool:
    """True for a text without line ends, marks of direction and the like: what is shown is all there is.

    Nor does it begin or end with a space, or consist of spaces alone.
    """
    seen = _INVISIBLE.isdisjoint(map(unicodedata.category, text)) and not _DRAWN_AS_NOTHING.search(text)
    return seen and text == text.strip()


def _one(name: "x509.Name", oid: "x509.ObjectIdentifier") -> str:
    values = name.get_attributes_for_oid(oid)
    # A name given twice could be read differently by two programs.
    if len(values) != 1 or not isinstance(values[0].value, str):
        raise CertificateError(tr("证书主体缺少应有的项目"))
    if not is_visible(values[0].value):
        raise CertificateError(tr("证书主体里有换行等看不见的字符"))
    return values[0].value


def _subject_name(subject: Subject) -> "x509.Name":
    fields = _device() if isinstance(subject, DeviceSubject) else _person()
    said = {field: getattr(subject, field) for field in fields}
    return _name({fields[field]: value for field, value in said.items() if value or field not in _MAY_BE_ABSENT})


def _name(parts: "Mapping[x509.ObjectIdentifier, str]") -> "x509.Name":
    for oid, value in parts.items():
        is_long = oid == x509.NameOID.COMMON_NAME and len(value.encode()) > LARGEST_PERSON_NAME
        if not value or len(value) > LONGEST_NAME or is_long or not is_visible(value):
            raise UserError(
                tr("名称“{text}”不能写入证书。", text=value[:LONGEST_NAME]),
                tr(
                    "姓名、证号和单位名称都要填写，姓名不超过 21 个汉字，其他不超过 64 个字，前后没有空格，"
                    "也没有换行等看不见的字符。"
                ),
            )
    country = x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CN")
    return x509.Name([country, *(x509.NameAttribute(oid, value) for oid, value in parts.items())])


def _issue(
    key: PersonKey,
    issuer: "x509.Name",
    subject: "x509.Name",
    subject_public: bytes,
    at: datetime,
    term: str,
    *,
    from_now: bool = False,
) -> bytes:
    terms = _terms()
    # Begins before it is issued: a town whose clock is behind the county's can use it at once.
    before = timedelta(days=0 if from_now else terms["starts_days_before_issue"])
    first = at.astimezone(UTC).replace(microsecond=0) - before
    whole = (first, _years_later(first, terms["years"][term]))
    return _signed(key, issuer, subject, subject_public, whole, is_root=term == "root")


def _signed(
    key: PersonKey,
    issuer: "x509.Name",
    subject: "x509.Name",
    subject_public: bytes,
    whole: tuple[datetime, datetime],
    *,
    is_root: bool,
) -> bytes:
    public = signing_keys.load_public(subject_public)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        # Random: no counter to keep, none to repeat after a backup was restored.
        .serial_number(x509.random_serial_number())
        .not_valid_before(whole[0])
        .not_valid_after(whole[1])
        # The root issues ends only: a certified town cannot issue in its turn.
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(_usage(is_root=is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.private.public_key()), critical=False)
        .sign(key.private, SHA256())
    )
    return certificate.public_bytes(Encoding.DER)


def _usage(*, is_root: bool) -> "x509.KeyUsage":
    return x509.KeyUsage(
        digital_signature=not is_root,
        # The bit once called nonRepudiation: what is signed is meant to bind the person.
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _years_later(day: datetime, years: int) -> datetime:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        # Issued on 29 February.
        return day.replace(year=day.year + years, day=28)


@cache
def _terms() -> Mapping[str, Any]:
    return tomllib.loads((resources() / "trust" / "certificates.toml").read_text("utf-8"))
