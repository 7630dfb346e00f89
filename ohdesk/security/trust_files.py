"""The three files by which a town joins its county: card, enrolment request, answer.

Each is one line of canonical JSON with a signature over the rest.  Only public keys and
certificates travel.  The fingerprint, read out over the telephone, is the first 128 bits of the
SHA-256 of what is signed, in eight groups.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ohdesk.domain.canonical import NotCanonicalError, canonical, parse
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates, signing_keys
from ohdesk.security.certificates import CertificateError, PersonSubject
from ohdesk.security.sealing import DeviceIdentity, device_identity
from ohdesk.security.signing_keys import DeviceKey, PersonKey

CARD, REQUEST, ANSWER = "ohdesk-card/1", "ohdesk-request/1", "ohdesk-answer/1"
LARGEST_FILE = 1 << 20  # bytes
MOST_PEOPLE = 1000
_GROUPS, _GROUP = 8, 4


class TrustFileError(UserError):
    """A card, request or answer that cannot be used."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a town needs of its county: whom to trust and for whom to encrypt (county key, county's recovery key)."""

    root: bytes
    device: DeviceIdentity
    recipients: tuple[str, str]
    digest: str
    data: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint to read out."""
        return groups(self.digest)


@dataclass(frozen=True, slots=True)
class RequestedPerson:
    """A person whose key is to be certified; `own_certificate` is self-made and so proves possession of the key."""

    subject: PersonSubject
    public_der: bytes
    own_certificate: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A town's wish to have its keys certified, checked: every key was held by whoever asked."""

    card: str
    replica: str
    division: str
    name: str
    device_public: bytes
    recipient: str
    people: tuple[RequestedPerson, ...]
    digest: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint to read out."""
        return groups(self.digest)


@dataclass(frozen=True, slots=True)
class Answer:
    """The certificates the county issued for one request, checked."""

    device: bytes
    people: Mapping[str, bytes]


def groups(digest: str) -> str:
    """Return the first 32 hexadecimal digits in eight groups: "1a2b 3c4d …"."""
    return " ".join(digest[start : start + _GROUP] for start in range(0, _GROUPS * _GROUP, _GROUP))


def make_card(root_key: PersonKey, root: bytes, device: bytes, recipients: tuple[str, str]) -> bytes:
    """Return a county's card. recipients: age keys "age1…", the county's and that of its recovery code."""
    body = {"fmt": CARD, "root": _text(root), "device": _text(device), "recipients": list(recipients)}
    return _signed(body, root_key.sign)


def read_card(data: bytes) -> Card:
    """Return a checked card. Raises TrustFileError."""
    body, digest, signature = _opened(data, CARD, {"root", "device", "recipients"})
    try:
        root, device = _bytes(body["root"]), _bytes(body["device"])
        certificates.check_root(root)
        identity = device_identity(device, root)
        _check_signature(certificates.public_der(root), signature, body)
        return Card(root, identity, _card_recipients(body["recipients"]), digest, data)
    except (CertificateError, ValueError) as error:
        raise _unusable(CARD, str(error)) from error


def make_request(
    card: Card,
    device_key: DeviceKey,
    office: DeviceIdentity,
    recipient: str,
    own_certificates: Sequence[bytes],
) -> bytes:
    """Return an enrolment request, signed with the device key.

    office:           replica, division and name to be certified; its fingerprint is not used
    recipient:        age key "age1…" of the workspace
    own_certificates: the people's self-made certificates, DER
    """
    body = {
        "fmt": REQUEST,
        "card": card.digest,
        "replica": office.replica,
        "division": office.division,
        "name": office.name,
        "device": _text(device_key.public_der),
        "recipient": recipient,
        "people": [_text(certificate) for certificate in own_certificates],
    }
    return _signed(body, device_key.sign)


def read_request(data: bytes) -> Request:
    """Return a checked request. Raises TrustFileError."""
    expected = {"card", "replica", "division", "name", "device", "recipient", "people"}
    body, digest, signature = _opened(data, REQUEST, expected)
    try:
        device_public = _bytes(body["device"])
        _check_signature(device_public, signature, body)
        request = Request(
            card=_plain(body["card"]),
            replica=_plain(body["replica"]),
            division=_plain(body["division"]),
            name=_plain(body["name"]),
            device_public=device_public,
            recipient=_recipient(body["recipient"]),
            people=tuple(_person(_bytes(each)) for each in _list(body["people"])),
            digest=digest,
        )
        _check_request(request)
    except (CertificateError, ValueError) as error:
        raise _unusable(REQUEST, str(error)) from error
    return request


def make_answer(root_key: PersonKey, request: Request, device: bytes, people: Mapping[str, bytes]) -> bytes:
    """Return the county's answer. device: certificate, DER; people: person id → certificate, DER."""
    body = {
        "fmt": ANSWER,
        "card": request.card,
        "request": request.digest,
        "device": _text(device),
        "people": {person: _text(certificate) for person, certificate in people.items()},
    }
    return _signed(body, root_key.sign)


def read_answer(data: bytes, card: Card, request: Request) -> Answer:
    """Return the answer to `request`. Raises TrustFileError, saying why, unless it is the card's county's.

    Every certificate must be for the very key, person and office that were asked for.
    """
    body, _, signature = _opened(data, ANSWER, {"card", "request", "device", "people"})
    try:
        _check_signature(certificates.public_der(card.root), signature, body)
    except ValueError as error:
        raise _unusable(ANSWER, tr("不是由名片上的县级签发，或已被改动")) from error
    if body["card"] != card.digest or body["request"] != request.digest:
        raise _unusable(ANSWER, tr("它答复的是另一份申请"))
    try:
        device = _issued_device(_bytes(body["device"]), card, request)
        return Answer(device, _issued_people(body["people"], card, request))
    except (CertificateError, ValueError) as error:
        raise _unusable(ANSWER, str(error)) from error


def _issued_device(device: bytes, card: Card, request: Request) -> bytes:
    identity = device_identity(device, card.root)
    if (identity.replica, identity.division, identity.name) != (request.replica, request.division, request.name):
        raise ValueError(tr("设备证书写的是另一台设备"))
    if certificates.public_der(device) != request.device_public:
        raise ValueError(tr("设备证书对应另一个密钥"))
    return device


def _issued_people(encoded: Any, card: Card, request: Request) -> dict[str, bytes]:
    asked = {person.subject.person: person for person in request.people}
    if not isinstance(encoded, Mapping) or set(encoded) != set(asked):
        raise ValueError(tr("人员与申请不符"))
    issued = {person: _bytes(certificate) for person, certificate in encoded.items()}
    for person, certificate in issued.items():
        certificates.check_issued(certificate, card.root)
        if certificates.public_der(certificate) != asked[person].public_der:
            raise ValueError(tr("{name}的证书对应另一个密钥", name=asked[person].subject.name))
        if certificates.person_of(certificate) != asked[person].subject:
            raise ValueError(tr("{name}的证书写的是另一人", name=asked[person].subject.name))
    return issued


def _person(own_certificate: bytes) -> RequestedPerson:
    certificates.check_own(own_certificate)
    return RequestedPerson(
        certificates.person_of(own_certificate), certificates.public_der(own_certificate), own_certificate
    )


def _check_request(request: Request) -> None:
    people = request.people
    if len({each.subject.person for each in people}) != len(people):
        raise ValueError(tr("同一人出现两次"))
    keys = {request.device_public, *(each.public_der for each in people)}
    if len(keys) != len(people) + 1:
        raise ValueError(tr("同一密钥出现两次"))
    office = (request.division, request.name)
    if any((each.subject.division, each.subject.office) != office for each in people):
        raise ValueError(tr("人员的单位与申请单位不符"))


def _signed(body: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> bytes:
    return canonical({**body, "sig": _text(sign(_message(body)))})


def _opened(data: bytes, fmt: str, expected: set[str]) -> tuple[dict[str, Any], str, bytes]:
    """Return the body without its signature, the body's SHA-256, and the signature."""
    if len(data) > LARGEST_FILE:
        raise _unusable(fmt, tr("文件过大"))
    try:
        body = parse(data)
    except NotCanonicalError as error:
        raise _unusable(fmt, tr("文件内容不完整，或已被改动")) from error
    if not isinstance(body, dict) or body.get("fmt") != fmt:
        raise _unusable(fmt, tr("这是另一种文件"))
    if set(body) != expected | {"fmt", "sig"}:
        raise _unusable(fmt, tr("文件由不同版本的程序写成，或已被改动"))
    try:
        signature = _bytes(body.pop("sig"))
    except ValueError as error:
        raise _unusable(fmt, str(error)) from error
    return body, sha256(canonical(body)).hexdigest(), signature


def _check_signature(public_der: bytes, signature: bytes, body: Mapping[str, Any]) -> None:
    if not signing_keys.verify(public_der, signature, _message(body)):
        raise ValueError(tr("签名不成立，文件已被改动"))


def _message(body: Mapping[str, Any]) -> bytes:
    return f"{body['fmt']}\0".encode() + canonical(body)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    try:
        data = base64.b64decode(_plain(text).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(tr("编码不正确")) from error
    if _text(data) != text:
        raise ValueError(tr("编码不正确"))
    return data


def _plain(text: Any) -> str:
    if not isinstance(text, str) or not text:
        raise ValueError(tr("缺少内容"))
    return text


def _list(values: Any) -> list[Any]:
    if not isinstance(values, list) or len(values) > MOST_PEOPLE:
        raise ValueError(tr("名单不正确"))
    return values


def _card_recipients(values: Any) -> tuple[str, str]:
    if not isinstance(values, list) or len(values) != 2:
        raise ValueError(tr("收件密钥不正确"))
    return _recipient(values[0]), _recipient(values[1])


def _recipient(text: Any) -> str:
    if not signing_keys.is_age_recipient(_plain(text)):
        raise ValueError(tr("收件密钥不正确"))
    return str(text)


def _unusable(fmt: str, reason: str) -> TrustFileError:
    messages = {
        CARD: tr("县级名片不能使用：{reason}。"),
        REQUEST: tr("登记申请不能使用：{reason}。"),
        ANSWER: tr("县级答复不能使用：{reason}。"),
    }
    return TrustFileError(
        messages[fmt].format(reason=reason), tr("请向对方重新索取这个文件，并通过电话核对八组指纹。本机没有任何改动。")
    )
