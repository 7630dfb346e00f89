"""The three files by which a town joins its county: card, enrolment request, answer.

Each is one line of canonical JSON with a signature over the rest.  Only public keys and
certificates travel.  The fingerprint, read out over the telephone, is the first 128 bits of the
SHA-256 of what is signed, in eight groups.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from ohdesk.domain.canonical import NotCanonicalError, canonical, parse
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates, signing_keys
from ohdesk.security.certificates import DeviceSubject, PersonSubject
from ohdesk.security.signing_keys import DeviceKey, PersonKey

CARD, REQUEST, ANSWER = "ohdesk-card/1", "ohdesk-request/1", "ohdesk-answer/1"
# Larger is no file of ours and is not parsed.
LARGEST_FILE = 1 << 20  # bytes
MOST_PEOPLE = 1000
# 128 bits: few enough to read out, too many to be met by trial.
_GROUPS, _GROUP = 8, 4
_Text = Annotated[str, Meta(min_length=1)]


class TrustFileError(UserError):
    """A card, request or answer that cannot be used."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="fmt"):
    """What is signed in a file; certificates and keys (DER) travel as base64."""


class _CardFile(_File, frozen=True, tag=CARD):
    """As `CountyCard`; device: its certificate."""

    root: bytes
    device: bytes
    recipients: tuple[_Text, _Text]


class RequestFile(_File, frozen=True, tag=REQUEST):
    """What a town asks for: card: the digest of the county's; device: public key; people: self-made certificates."""

    card: _Text
    replica: _Text
    division: _Text
    name: _Text
    device: bytes
    recipient: _Text
    people: Annotated[tuple[bytes, ...], Meta(max_length=MOST_PEOPLE)]

    @property
    def office(self) -> DeviceSubject:
        """Which workspace asks."""
        return DeviceSubject(replica=self.replica, office=self.name, division=self.division)


class Answer(_File, frozen=True, tag=ANSWER):
    """What the county issued: for which card and request (digests), certificates of device and people (by their id)."""

    card: _Text
    request: _Text
    device: bytes
    people: Annotated[dict[str, bytes], Meta(max_length=MOST_PEOPLE)]


_Kind = TypeVar("_Kind", bound=_File)


@dataclass(frozen=True, slots=True)
class CountyCard:
    """What a town needs of its county: whom to trust and for whom to encrypt (county key, county's recovery key)."""

    root: bytes
    device: DeviceSubject
    recipients: tuple[str, str]
    digest: str
    data: bytes = field(compare=False, repr=False)  # an ECDSA signature is another each time

    @property
    def county(self) -> str:
        """The county's name."""
        return self.device.office

    @property
    def fingerprint(self) -> str:
        """The fingerprint to read out."""
        return groups(self.digest)


@dataclass(frozen=True, slots=True)
class RequestedPerson:
    """A person whose key is to be certified."""

    subject: PersonSubject
    public_der: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A town's wish to have its keys certified, checked: every key was held by whoever asked."""

    asked: RequestFile
    people: tuple[RequestedPerson, ...]
    digest: str

    @property
    def names(self) -> tuple[str, ...]:
        """The people as they are shown: name and certificate number."""
        return tuple(f"{each.subject.name} {each.subject.number}" for each in self.people)

    @property
    def fingerprint(self) -> str:
        """The fingerprint to read out."""
        return groups(self.digest)


def groups(digest: str) -> str:
    """Return the first 32 hexadecimal digits in eight groups: "1a2b 3c4d …"."""
    return " ".join(digest[start : start + _GROUP] for start in range(0, _GROUPS * _GROUP, _GROUP))


def make_card(root_key: PersonKey, root: bytes, device: bytes, recipients: tuple[str, str]) -> bytes:
    """Return a county's card. recipients: age keys "age1…", the county's and that of its recovery code."""
    return _signed(_CardFile(root=root, device=device, recipients=recipients), root_key.sign)


def read_card(data: bytes) -> CountyCard:
    """Return a checked card. Raises TrustFileError."""
    with _unusable_for_any_reason(CARD):
        said, signature = _opened(data, _CardFile)
        # The card vouches for itself; that it is the right county's only the fingerprint on the telephone tells.
        certificates.check_root(said.root)
        certificates.check_issued(said.device, said.root)
        # The root key signs the recipients too: else somebody could slip in a key of his own to encrypt for.
        _check_signature(certificates.public_der(said.root), signature, said)
        _check_recipients(*said.recipients)
        return CountyCard(said.root, certificates.device_of(said.device), said.recipients, _digest(said), data)


def make_request(
    card: CountyCard,
    device_key: DeviceKey,
    office: DeviceSubject,
    recipient: str,
    own_certificates: Sequence[bytes],
) -> bytes:
    """Return an enrolment request, signed with the device key.

    office:           what the device is to be certified as
    recipient:        age key "age1…" of the workspace
    own_certificates: the people's self-made certificates, DER
    """
    asked = RequestFile(
        card=card.digest,
        replica=office.replica,
        division=office.division,
        name=office.office,
        device=device_key.public_der,
        recipient=recipient,
        people=tuple(own_certificates),
    )
    return _signed(asked, device_key.sign)


def read_request(data: bytes) -> Request:
    """Return a checked request. Raises TrustFileError."""
    with _unusable_for_any_reason(REQUEST):
        asked, signature = _opened(data, RequestFile)
        _check_signature(asked.device, signature, asked)
        _check_recipients(asked.recipient)
        request = Request(asked, tuple(map(_person, asked.people)), _digest(asked))
        _check_request(request)
        return request


def make_answer(root_key: PersonKey, request: Request, device: bytes, people: Mapping[str, bytes]) -> bytes:
    """Return the county's answer. device: certificate, DER; people: person id → certificate, DER."""
    answer = Answer(card=request.asked.card, request=request.digest, device=device, people=dict(people))
    return _signed(answer, root_key.sign)


def read_answer(data: bytes, card: CountyCard, request: Request) -> Answer:
    """Return the answer to `request`. Raises TrustFileError, saying why, unless it is the card's county's.

    Every certificate must be for the very key, person and office that were asked for.
    """
    with _unusable_for_any_reason(ANSWER):
        answer, signature = _opened(data, Answer)
        if not certificates.has_signed(card.root, signature, _message(answer)):
            raise ValueError(tr("不是由名片上的县级签发，或已被改动"))
        # A genuine answer to an earlier request would bring back keys that were replaced since.
        if (answer.card, answer.request) != (card.digest, request.digest):
            raise ValueError(tr("它答复的是另一份申请"))
        _check_issued_device(answer.device, card, request.asked)
        _check_issued_people(answer.people, card, request)
        return answer


def _check_issued_device(device: bytes, card: CountyCard, asked: RequestFile) -> None:
    certificates.check_issued(device, card.root)
    if certificates.device_of(device) != asked.office:
        raise ValueError(tr("设备证书写的是另一台设备"))
    if certificates.public_der(device) != asked.device:
        raise ValueError(tr("设备证书对应另一个密钥"))


def _check_issued_people(issued: Mapping[str, bytes], card: CountyCard, request: Request) -> None:
    asked = {person.subject.person: person for person in request.people}
    if set(issued) != set(asked):
        raise ValueError(tr("人员与申请不符"))
    for person, certificate in issued.items():
        certificates.check_issued(certificate, card.root)
        if certificates.public_der(certificate) != asked[person].public_der:
            raise ValueError(tr("{name}的证书对应另一个密钥", name=asked[person].subject.name))
        if certificates.person_of(certificate) != asked[person].subject:
            raise ValueError(tr("{name}的证书写的是另一人", name=asked[person].subject.name))


def _person(own_certificate: bytes) -> RequestedPerson:
    # Signed with the key it certifies: whoever asks holds the key.
    certificates.check_own(own_certificate)
    return RequestedPerson(certificates.person_of(own_certificate), certificates.public_der(own_certificate))


def _check_request(request: Request) -> None:
    people = request.people
    if len({each.subject.person for each in people}) != len(people):
        raise ValueError(tr("同一人出现两次"))
    # One key under two names could sign for both.
    keys = {request.asked.device, *(each.public_der for each in people)}
    if len(keys) != len(people) + 1:
        raise ValueError(tr("同一密钥出现两次"))
    office = (request.asked.division, request.asked.name)
    if any((each.subject.division, each.subject.office) != office for each in people):
        raise ValueError(tr("人员的单位与申请单位不符"))


def _check_recipients(*recipients: str) -> None:
    if not all(map(signing_keys.is_age_recipient, recipients)):
        raise ValueError(tr("收件密钥不正确"))


def _opened(data: bytes, kind: type[_Kind]) -> tuple[_Kind, bytes]:
    """Return what a file says, and its signature, which is not checked yet."""
    if len(data) > LARGEST_FILE:
        raise ValueError(tr("文件过大"))
    try:
        value = parse(data)
    except NotCanonicalError as error:
        raise ValueError(tr("文件内容不完整，或已被改动")) from error
    if not isinstance(value, dict) or value.get("fmt") != kind.__struct_config__.tag:
        raise ValueError(tr("这是另一种文件"))
    try:
        signature = msgspec.convert(value.pop("sig", None), bytes)
        said = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(tr("文件由不同版本的程序写成，或已被改动")) from error
    # Base64 has unused bits; only the spelling that we would write ourselves is let through.
    if _encoded(said, signature) != data:
        raise ValueError(tr("编码不正确"))
    return said, signature


def _check_signature(public_der: bytes, signature: bytes, said: _File) -> None:
    if not signing_keys.verify(public_der, signature, _message(said)):
        raise ValueError(tr("签名不成立，文件已被改动"))


def _signed(said: _File, sign: Callable[[bytes], bytes]) -> bytes:
    return _encoded(said, sign(_message(said)))


def _encoded(said: _File, signature: bytes) -> bytes:
    return canonical({**msgspec.to_builtins(said), "sig": msgspec.to_builtins(signature)})


def _message(said: _File) -> bytes:
    # The tag in front: a signature over one kind of file is none over another, whatever their contents.
    return f"{said.__struct_config__.tag}\0".encode() + _canonical(said)


def _digest(said: _File) -> str:
    return sha256(_canonical(said)).hexdigest()


def _canonical(said: _File) -> bytes:
    return canonical(msgspec.to_builtins(said))


@contextmanager
def _unusable_for_any_reason(fmt: str) -> Iterator[None]:
    """Make a TrustFileError of every reason given as ValueError (a CertificateError is one) for not using a file."""
    try:
        yield
    except ValueError as error:
        messages = {
            CARD: tr("县级名片不能使用：{reason}。", reason=error),
            REQUEST: tr("登记申请不能使用：{reason}。", reason=error),
            ANSWER: tr("县级答复不能使用：{reason}。", reason=error),
        }
        remedy = tr("请向对方重新索取这个文件，并通过电话核对八组指纹。本机没有任何改动。")
        raise TrustFileError(messages[fmt], remedy) from error
