"""The publication package of a draw (公示包) as a file: one ZIP form, checksums, and whose device signed them."""

import base64
import re
import textwrap
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.sync.container import chunks

FORMAT = "ohdesk-publication/1"
SUMS, SIGNATURE, DEVICE, FACTS = "SHA256SUMS", "SHA256SUMS.sig", "device.pem", "package.json"
SHIPPED = ("verify_draw.py", "verify_draw.html", "README.txt")
REQUIRED = frozenset(
    {*SHIPPED, "sheet.json", "seed.txt", "seed_minutes.pdf", "commit.txt", "pool.csv", "result.csv", "notice.pdf"}
    | {FACTS, DEVICE, SUMS, SIGNATURE}
)
ALLOWED = REQUIRED | {"visits.csv"}
LARGEST_PACKAGE = 256 * 1024 * 1024  # bytes
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_PUBLIC_HEAD, _PUBLIC_FOOT = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"


class NotAPackageError(UserError):
    """A file that is no publication package, or not in its one form."""


def package_name(plan: str, number: int) -> str:
    """Return the package's file name, safe on Windows too; characters no file name may have become a hyphen."""
    return f"公示_{_UNSAFE.sub('-', plan).strip('. ') or '-'}_{number}.zip"


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
    if pack(members) != data:
        raise _not_a_package(tr("与生成时不是逐字节相同"))
    return members


def public_key_pem(der: bytes) -> bytes:
    """Return a public key (DER) as PEM, for a device that no county has certified yet."""
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return ("\n".join([_PUBLIC_HEAD, *lines, _PUBLIC_FOOT]) + "\n").encode("ascii")


def public_key_der(pem: bytes) -> bytes | None:
    """Return the key of a PEM made by `public_key_pem`, or None when it holds a certificate instead."""
    if not pem.startswith(_PUBLIC_HEAD.encode("ascii")):
        return None
    try:
        der = base64.b64decode(b"".join(pem.splitlines()[1:-1]), validate=True)
    except ValueError as error:
        raise _not_a_package(tr("device.pem 不是公钥")) from error
    if public_key_pem(der) != pem:
        raise _not_a_package(tr("device.pem 不是公钥"))
    return der


def _not_a_package(reason: str) -> NotAPackageError:
    return NotAPackageError(
        tr("不是公示包，或内容已改动：{reason}。").format(reason=reason), tr("请重新取得公布的文件，再核对一次。")
    )
