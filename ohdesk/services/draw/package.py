"""The publication package of a draw (公示包) as a file: one ZIP form, checksums, and whose device signed them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.canonical import NotCanonicalError, parse
from ohdesk.domain.draw.proof import fact, proof_facts
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.errors import UserError
from ohdesk.files import handed_in_whole
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.security import certificates, signing_keys
from ohdesk.security.certificates import CertificateError
from ohdesk.security.signing_keys import KeyFormatError
from ohdesk.sync.container import chunks

FORMAT = "ohdesk-publication/1"
SUMS, SIGNATURE, DEVICE, FACTS = "SHA256SUMS", "SHA256SUMS.sig", "device.pem", "package.json"
SHIPPED = ("verify_draw.py", "verify_draw.html", "README.txt")
REQUIRED = frozenset(
    {*SHIPPED, "sheet.json", "seed.txt", "seed_minutes.pdf", "commit.txt", "pool.csv", "result.csv", "notice.pdf"}
    | {FACTS, DEVICE, SUMS, SIGNATURE}
)
ALLOWED = REQUIRED | {"visits.csv"}
TakenBack = Callable[[str, date], str]
LARGEST_PACKAGE = 256 * 1024 * 1024  # bytes


class NotAPackageError(UserError):
    """A file that is no publication package, or not in its one form."""


def shipped_files() -> dict[str, bytes]:
    """Return the files that every package carries as this program ships them."""
    return {name: (resources() / "draw" / name).read_bytes() for name in SHIPPED}


def checksums(members: Mapping[str, bytes]) -> bytes:
    """Return SHA256SUMS as `sha256sum -c` reads it: every member but the sums and their signature, by name."""
    names = sorted(name for name in members if name not in {SUMS, SIGNATURE})
    return "".join(f"{sha256(members[name]).hexdigest()}  {name}\n" for name in names).encode("ascii")


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of the members: stored, by name, fixed dates; the same members give the same bytes."""
    return b"".join(chunks((name, partial(members.__getitem__, name)) for name in sorted(members)))


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the members of a package. Raises NotAPackageError unless its bytes are exactly what `pack` makes."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names) or not REQUIRED <= set(names) <= ALLOWED:
                raise _not_a_package(tr("文件不齐或有多余的文件"))
            if any(entry.compress_type != ZIP_STORED or entry.flag_bits for entry in entries):
                raise _not_a_package(tr("不是原来的压缩形式"))
            members = {name: archive.read(name) for name in names}
    except (BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
        raise _not_a_package(tr("不是完整的 ZIP 文件")) from error
    # A ZIP can hide bytes between members and say one thing in two places; only the one form that we write passes.
    if pack(members) != data:
        raise _not_a_package(tr("与生成时不是逐字节相同"))
    return members


def bare_key(device: bytes) -> bytes | None:
    """Return the key (DER) in `device.pem` of a device that no county has certified yet; None where it is certified."""
    if not device.startswith(b"-----BEGIN PUBLIC KEY-----"):
        return None
    try:
        return signing_keys.read_public_pem(device)
    except KeyFormatError as error:
        raise _not_a_package(tr("device.pem 不是公钥")) from error


def _not_a_package(reason: str) -> NotAPackageError:
    return NotAPackageError(
        tr("不是公示包，或内容已改动：{reason}。", reason=reason), tr("请重新取得公布的文件，再核对一次。")
    )


_START = b"PK\x03\x04"
_NAME_AT = 30  # bytes: length of a ZIP's local header, after which the first member's name stands


def is_package(start: bytes) -> bool:
    """True when a file beginning with these 64 bytes or more looks like a publication package."""
    return start.startswith(_START) and start[_NAME_AT:].startswith(min(REQUIRED).encode("ascii"))


def verify_package(path: Path, roots: Sequence[bytes], taken_back: TakenBack | None = None) -> tuple[Fact, ...]:
    """Return each fact about a package: form, checksums, signature, chain to a root (DER), programs, the draw itself.

    taken_back: says why a key (SHA-256) was taken back by a day, "" when it stood; None where nobody can tell
    Without roots the chain is left unchecked.  Raises UserError when the file cannot be read.
    """
    form = tr("公示包完整，与生成时逐字节相同")
    try:
        members = unpack(_read(path))
        particulars = _particulars(members[FACTS])
        key = _device_key(members[DEVICE])
    except NotAPackageError as error:
        return (fact("publication.form", form, holds=False, detail=error.message),)
    sums = members[SUMS]
    signed = signing_keys.verify(key, members[SIGNATURE], sums)
    return (
        fact("publication.form", form, holds=True),
        fact("publication.sums", tr("每个文件与 SHA256SUMS 一致"), checksums(members) == sums),
        fact("publication.signature", tr("抽取单位设备的签名有效"), signed),
        _chain(members[DEVICE], particulars, roots, taken_back),
        _programs(members),
        *_draw_facts(members, particulars),
    )


def _read(path: Path) -> bytes:
    too_large = UserError(tr("文件过大，不是公示包：{file}", file=path.name), tr("请核对文件。"))
    return handed_in_whole(path, LARGEST_PACKAGE, too_large)


def _particulars(data: bytes) -> Mapping[str, Any]:
    keys = {"fmt", "replica", "division", "office", "plan", "draw", "commit", "state", "void_reason", "published_at"}
    try:
        value = parse(data)
        if not isinstance(value, dict) or set(value) != keys or value["fmt"] != FORMAT:
            raise _not_understood()
        parse_instant(value["published_at"])
    except (NotCanonicalError, TypeError, ValueError) as error:
        raise _not_understood() from error
    return value


def _not_understood() -> NotAPackageError:
    return NotAPackageError(tr("公示包的说明（package.json）读不懂。"), tr("请用更新的程序核对，或重新取得文件。"))


def _device_key(device: bytes) -> bytes:
    """Return the public key (DER) of the device that signed, from its certificate or as it stands."""
    der = bare_key(device)
    if der is not None:
        return der
    try:
        certificate = certificates.load_file(device)
        if certificates.pem(certificate) == device:
            return certificates.public_der(certificate)
    except (CertificateError, UserError) as error:
        raise NotAPackageError(tr("公示包里的设备证书读不懂。")) from error
    raise NotAPackageError(tr("公示包里的设备证书不是原来的写法。"))


def _chain(device: bytes, particulars: Mapping[str, Any], roots: Sequence[bytes], taken_back: TakenBack | None) -> Fact:
    key, sentence = "publication.chain", tr("设备证书由县级签发，与抽取单位相符")
    if bare_key(device) is not None:
        # A town draws before its county has certified it; whoever hands in the county's root, though, wants to know
        # just this.
        verdict = Verdict.FAILS if roots else Verdict.UNCHECKED
        return Fact(key, sentence, verdict, tr("抽取单位的设备未经县级确认"))
    if not roots:
        return Fact(key, sentence, Verdict.UNCHECKED, tr("没有县级根证书"))
    published_at = parse_instant(particulars["published_at"])
    try:
        named = certificates.device_under(roots, certificates.load_file(device), published_at)
    except CertificateError as error:
        return Fact(key, sentence, Verdict.FAILS, str(error))
    # By the day of the publication, as with records: a laptop that is no longer used has published good draws before.
    if taken_back and (problem := taken_back(sha256(_device_key(device)).hexdigest(), legal_day(published_at))):
        return Fact(key, sentence, Verdict.FAILS, problem)
    holds = (named.replica, named.division) == (particulars["replica"], particulars["division"])
    return fact(key, sentence, holds, f"{named.office} {named.division} {named.replica}")


def _programs(members: Mapping[str, bytes]) -> Fact:
    shipped = shipped_files()
    # The page that checks a draw travels in the package: one that was changed would check nothing.
    other = [name for name in SHIPPED if members[name] != shipped[name]]
    sentence = tr("复核程序与随本程序提供的相同")
    return fact("publication.programs", sentence, not other, "、".join(other))


def _draw_facts(members: Mapping[str, bytes], particulars: Mapping[str, Any]) -> tuple[Fact, ...]:
    commit = members["commit.txt"].decode("utf-8", "replace").partition("\n")[0]
    seed = members["seed.txt"].decode("ascii", "replace")
    same = particulars["commit"] == commit and _is_of(members["sheet.json"], particulars)
    said = tr("公示包各处所写的计划、次数和名单指纹相同")
    proof = proof_facts(commit, members["sheet.json"], seed, members["pool.csv"], members["result.csv"])
    return (fact("publication.commit", said, same, commit), *proof)


def _is_of(sheet: bytes, particulars: Mapping[str, Any]) -> bool:
    """True for a sheet of the very draw that a package says to publish."""
    try:
        value = parse(sheet)
    except NotCanonicalError:
        return False
    return isinstance(value, dict) and all(value.get(key) == particulars[key] for key in ("plan", "draw"))
