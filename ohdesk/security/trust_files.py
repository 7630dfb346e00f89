"""The three files by which a town joins its county: card, enrolment request, answer.

Each is one line of canonical JSON with a signature over the rest.  Only public keys and
certificates travel.  The fingerprint, read out over the telephone, is the first 128 bits of the
SHA-256 of what is signed, in eight groups.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Annotated, NamedTuple, TypeVar

import msgspec
from msgspec import Meta

from ohdesk.domain.bounds import LARGEST_CERTIFICATE, LONGEST_NAME
from ohdesk.domain.canonical import NotCanonicalError, canonical, parse
from ohdesk.domain.people import number_key
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
_Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
_Certificate = Annotated[bytes, Meta(max_length=LARGEST_CERTIFICATE)]


class TrustFileError(UserError):
    """A card, request or answer that cannot be used."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="fmt"):
    """A file: certificates and keys (DER) travel as base64; `sig` signs all the rest."""

    sig: bytes = b""

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return canonical(msgspec.to_builtins(self))

    @property
    def said(self) -> bytes:
        """What is signed, without the tag."""
        return canonical({key: value for key, value in msgspec.to_builtins(self).items() if key != "sig"})

    @property
    def digest(self) -> str:
        """The SHA-256 of what is signed."""
        return sha256(self.said).hexdigest()

    @property
    def fingerprint(self) -> str:
        """The fingerprint to read out, in eight groups: "1a2b 3c4d …"."""
        return " ".join(self.digest[start : start + _GROUP] for start in range(0, _GROUPS * _GROUP, _GROUP))

    @property
    def message(self) -> bytes:
        """The bytes under the signature."""
        # The tag in front: a signature over one kind of file is none over another, whatever their contents.
        return f"{self.__struct_config__.tag}\0".encode() + self.said


class CountyCard(_File, frozen=True, tag=CARD):
    """What a town needs of its county: whom to trust (its root, its device's certificate), for whom to encrypt.

    recipients: age keys "age1…", the county's and that of its recovery code
    practice: of a county to practise in
    """

    root: bytes
    device: bytes
    recipients: tuple[_Text, _Text]
    practice: bool

    @property
    def office(self) -> DeviceSubject:
        """The county's workspace."""
        return certificates.device_of(self.device)


class RequestedPerson(NamedTuple):
    """A person whose key is to be certified."""

    subject: PersonSubject
    public_der: bytes


class Request(_File, frozen=True, tag=REQUEST):
    """A town's wish to have its keys certified.

    card: the digest of the county's · device: public key · recipient: age key "age1…" of the workspace
    takes_over: the replica it goes on for since a restore or a copy; empty for none
    own_certificates: the people's, self-made · practice: of a town to practise in
    """

    card: _Text
    replica: _Text
    division: _Text
    name: _Text
    device: bytes
    recipient: _Text
    practice: bool
    own_certificates: Annotated[tuple[_Certificate, ...], Meta(max_length=MOST_PEOPLE)]
    takes_over: Annotated[str, Meta(pattern=r"^([0-9a-f]{16})?\Z")] = ""

    @property
    def office(self) -> DeviceSubject:
        """The workspace that asks."""
        return DeviceSubject(replica=self.replica, office=self.name, division=self.division)

    @property
    def people(self) -> tuple[RequestedPerson, ...]:
        """Whose keys are to be certified."""
        own = self.own_certificates
        return tuple(RequestedPerson(certificates.person_of(each), certificates.public_der(each)) for each in own)

    @property
    def names(self) -> tuple[str, ...]:
        """The people as they are shown: name and certificate number."""
        return tuple(f"{each.subject.name} {each.subject.number}" for each in self.people)


class Answer(_File, frozen=True, tag=ANSWER):
    """What the county issued: for which card and request (digests), certificates of device and people (by their id)."""

    card: _Text
    request: _Text
    device: bytes
    people: Annotated[dict[_Text, _Certificate], Meta(max_length=MOST_PEOPLE)]


_Kind = TypeVar("_Kind", bound=_File)


def signed(file: _Kind, key: PersonKey | DeviceKey) -> _Kind:
    """Return a card or an answer signed with the county's root key, a request with the device's."""
    return msgspec.structs.replace(file, sig=key.sign(file.message))


def read_card(data: bytes) -> CountyCard:
    """Return a checked card. Raises TrustFileError."""
    with _unusable_for_any_reason(CARD):
        card = _opened(data, CountyCard)
        # The card vouches for itself; that it is the right county's only the fingerprint on the telephone tells.
        certificates.check_root(card.root)
        certificates.check_issued(card.device, card.root)
        certificates.device_of(card.device)
        # The root key signs the recipients too: else somebody could slip in a key of his own to encrypt for.
        _check_signature(certificates.public_der(card.root), card)
        _check_recipients(*card.recipients)
        return card


def read_request(data: bytes) -> Request:
    """Return a checked request: every key was held by whoever asked. Raises TrustFileError."""
    with _unusable_for_any_reason(REQUEST):
        request = _opened(data, Request)
        _check_signature(request.device, request)
        if not signing_keys.is_device_key(request.device):
            raise ValueError(tr("设备密钥不是规定的种类"))
        _check_recipients(request.recipient)
        for own in request.own_certificates:
            certificates.check_own(own)
        if not certificates.is_visible(request.name):
            raise ValueError(tr("单位名称里有换行等看不见的字符"))
        if request.replica != signing_keys.replica_of(request.device):
            raise ValueError(tr("电脑编号不是由它的密钥算出的，可能冒用了别的电脑"))
        _check_people(request)
        return request


def read_answer(data: bytes, card: CountyCard, request: Request) -> Answer:
    """Return the answer to `request`. Raises TrustFileError, saying why, unless it is the card's county's.

    Every certificate must be for the very key, person and office that were asked for.
    """
    with _unusable_for_any_reason(ANSWER):
        answer = _opened(data, Answer)
        if not certificates.has_signed(card.root, answer.sig, answer.message):
            raise ValueError(tr("不是由名片上的县级签发，或已被改动"))
        # A genuine answer to an earlier request would bring back keys that were replaced since.
        if (answer.card, answer.request) != (card.digest, request.digest):
            raise ValueError(tr("它答复的是另一份申请"))
        _check_issued_device(answer.device, card, request)
        _check_issued_people(answer.people, card, request)
        return answer


def _check_issued_device(device: bytes, card: CountyCard, request: Request) -> None:
    certificates.check_issued(device, card.root)
    named = certificates.device_of(device)
    # The letter is given by the county: no request asks for one.
    if dataclasses.replace(named, mark=request.office.mark) != request.office:
        raise ValueError(tr("设备证书写的是另一台设备"))
    if certificates.public_der(device) != request.device:
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


def _check_people(request: Request) -> None:
    people = request.people
    if len({each.subject.person for each in people}) != len(people):
        raise ValueError(tr("同一人出现两次"))
    # Two inspectors means two people: nobody signs as both under two ids.
    if len({number_key(each.subject.number) for each in people}) != len(people):
        raise ValueError(tr("同一个执法证号出现两次"))
    # One key under two names could sign for both.
    keys = {request.device, *(each.public_der for each in people)}
    if len(keys) != len(people) + 1:
        raise ValueError(tr("同一密钥出现两次"))
    if any((each.subject.division, each.subject.office) != (request.division, request.name) for each in people):
        raise ValueError(tr("人员的单位与申请单位不符"))


def _check_recipients(*recipients: str) -> None:
    if not all(map(signing_keys.is_age_recipient, recipients)):
        raise ValueError(tr("收件密钥不正确"))


def _check_signature(public_der: bytes, file: _File) -> None:
    if not signing_keys.verify(public_der, file.sig, file.message):
        raise ValueError(tr("签名不成立，文件已被改动"))


def _opened(data: bytes, kind: type[_Kind]) -> _Kind:
    """Return what a file says; its signature is not checked yet."""
    if len(data) > LARGEST_FILE:
        raise ValueError(tr("文件过大"))
    try:
        value = parse(data)
    except NotCanonicalError as error:
        raise ValueError(tr("文件内容不完整，或已被改动")) from error
    if not isinstance(value, dict) or value.get("fmt") != kind.__struct_config__.tag:
        raise ValueError(tr("这是另一种文件"))
    try:
        file = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(tr("文件由不同版本的程序写成，或已被改动")) from error
    # Base64 has unused bits; only the spelling that we would write ourselves is let through.
    if file.data != data:
        raise ValueError(tr("编码不正确"))
    return file


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
