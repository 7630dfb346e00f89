"""Checking a publication package: separate facts, with or without the county's root certificate."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import NotCanonicalError, parse
from ohdesk.domain.draw_proof import DrawProof, fact, proof_facts
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates, signing_keys
from ohdesk.security.certificates import CertificateError
from ohdesk.security.sealing import DeviceIdentity, device_identity
from ohdesk.services import draw_package
from ohdesk.services.draw_package import (
    DEVICE,
    FACTS,
    LARGEST_PACKAGE,
    REQUIRED,
    SHIPPED,
    SIGNATURE,
    SUMS,
    NotAPackageError,
)

_START = b"PK\x03\x04"
_NAME_AT = 30  # bytes: length of a ZIP's local header, after which the first member's name stands


def is_package(start: bytes) -> bool:
    """True when a file beginning with these 64 bytes or more looks like a publication package."""
    return start.startswith(_START) and start[_NAME_AT:].startswith(min(REQUIRED).encode("ascii"))


def verify_package(path: Path, roots: Sequence[bytes]) -> tuple[Fact, ...]:
    """Return each fact about a package: form, checksums, signature, chain to a root (DER), programs, the draw itself.

    Without roots the chain is left unchecked.  Raises UserError when the file cannot be read.
    """
    form = tr("公示包完整，与生成时逐字节相同")
    try:
        members = draw_package.unpack(_read(path))
        particulars = _particulars(members[FACTS])
        key = _device_key(members[DEVICE])
    except NotAPackageError as error:
        return (fact("publication.form", form, holds=False, detail=error.message),)
    return (
        fact("publication.form", form, holds=True),
        _sums(members),
        _signature(members, key),
        _chain(members[DEVICE], particulars, roots),
        _programs(members),
        *_draw_facts(members, particulars),
    )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_PACKAGE:
            raise UserError(tr("文件过大，不是公示包：{file}").format(file=path.name), tr("请核对文件。"))
        return path.read_bytes()
    except OSError as error:
        raise UserError(tr("读不到文件：{file}").format(file=path), tr("请检查路径。")) from error


def _particulars(data: bytes) -> Mapping[str, Any]:
    keys = {"fmt", "replica", "division", "office", "plan", "draw", "commit", "state", "void_reason", "published_at"}
    try:
        value = parse(data)
        if not isinstance(value, dict) or set(value) != keys or value["fmt"] != draw_package.FORMAT:
            raise _not_understood()
        parse_instant(value["published_at"])
    except (NotCanonicalError, TypeError, ValueError) as error:
        raise _not_understood() from error
    return value


def _not_understood() -> NotAPackageError:
    return NotAPackageError(tr("公示包的说明（package.json）读不懂。"), tr("请用更新的程序核对，或重新取得文件。"))


def _device_key(device: bytes) -> bytes:
    """Return the public key (DER) of the device that signed, from its certificate or as it stands."""
    der = draw_package.public_key_der(device)
    if der is not None:
        return der
    try:
        certificate = certificates.load_file(device)
        if certificates.pem(certificate) == device:
            return certificates.public_der(certificate)
    except (CertificateError, UserError) as error:
        raise NotAPackageError(tr("公示包里的设备证书读不懂。")) from error
    raise NotAPackageError(tr("公示包里的设备证书不是原来的写法。"))


def _sums(members: Mapping[str, bytes]) -> Fact:
    holds = draw_package.checksums(members) == members[SUMS]
    return fact("publication.sums", tr("每个文件与 SHA256SUMS 一致"), holds)


def _signature(members: Mapping[str, bytes], key: bytes) -> Fact:
    holds = signing_keys.verify(key, members[SIGNATURE], members[SUMS])
    return fact("publication.signature", tr("抽取单位设备的签名有效"), holds)


def _chain(device: bytes, particulars: Mapping[str, Any], roots: Sequence[bytes]) -> Fact:
    key, sentence = "publication.chain", tr("设备证书由县级签发，与抽取单位相符")
    if draw_package.public_key_der(device) is not None:
        verdict = Verdict.FAILS if roots else Verdict.UNCHECKED
        return Fact(key, sentence, verdict, tr("抽取单位的设备未经县级确认"))
    if not roots:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有县级根证书"))
    der = certificates.load_file(device)
    reasons = []
    for root in roots:
        try:
            identity = device_identity(der, root)
            certificates.check_valid_at(der, parse_instant(particulars["published_at"]))
        except CertificateError as error:
            reasons.append(str(error))
            continue
        return _names(key, sentence, identity, particulars)
    return Fact(key, sentence, Verdict.FAILS, "；".join(reasons))


def _names(key: str, sentence: str, identity: DeviceIdentity, particulars: Mapping[str, Any]) -> Fact:
    holds = (identity.replica, identity.division) == (particulars["replica"], particulars["division"])
    return fact(key, sentence, holds, f"{identity.name} {identity.division} {identity.replica}")


def _programs(members: Mapping[str, bytes]) -> Fact:
    shipped = draw_package.shipped_files()
    other = [name for name in SHIPPED if members[name] != shipped[name]]
    sentence = tr("复核程序与随本程序提供的相同")
    return fact("publication.programs", sentence, not other, "、".join(other))


def _draw_facts(members: Mapping[str, bytes], particulars: Mapping[str, Any]) -> tuple[Fact, ...]:
    commit = members["commit.txt"].decode("utf-8", "replace").partition("\n")[0]
    proof = DrawProof(
        commit=commit,
        sheet=members["sheet.json"],
        seed=members["seed.txt"].decode("ascii", "replace"),
        pool_csv=members["pool.csv"],
        result_csv=members["result.csv"],
    )
    same = fact("publication.commit", tr("公示包各处所写的名单指纹相同"), particulars["commit"] == commit, commit)
    return (same, *proof_facts(proof))
