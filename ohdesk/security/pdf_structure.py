"""What a signed record says about itself inside: its fields, revisions, signing times and embedded JSON.

Read with pyHanko, and only after the last signature was found good from the bytes alone.  Every
way in which a malformed file can upset the parser becomes a StructureError.
"""

import logging
import struct
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import ohdesk.security.without_aiohttp

# isort: split
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

import ohdesk.security.quick_hex  # noqa: F401 - puts itself in the place of pyHanko's own
from ohdesk.security.pdf_signing import ATTACHMENT_NAME

# Deflate shortens a thousandfold: without a limit a small file could fill the memory.
LARGEST_ATTACHMENT = 32 << 20  # bytes, decompressed
REVISIONS_BEFORE_SIGNING = 2  # as drawn, and laid out
UPSETS = (
    PdfError,
    PathError,
    ValidationError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    RecursionError,
    NotImplementedError,
    MemoryError,
    struct.error,
    zlib.error,
)

for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # what it warns of becomes a fact, not a line on stderr


_ALLOWED_LATER = (ModificationLevel.NONE, ModificationLevel.FORM_FILLING)
# All that a signature of ours says of itself, and all that a trailer of ours names.
_SEAL = frozenset({"/Type", "/Filter", "/SubFilter", "/M", "/Reason", "/Contents", "/ByteRange"})
_TRAILER = frozenset({"/ID", "/Info", "/Root", "/Size", "/Prev"})


class StructureError(ValueError):
    """The inside of a PDF is not that of a record; the text says what."""


@dataclass(frozen=True, slots=True)
class SignedField:
    """A filled signature field: name, /ByteRange, time and reason stated, if it certifies, what its revision wrote.

    adds_only: of those that were there before it changed nothing but what a signature of ours adds
    """

    name: str
    byte_range: tuple[int, ...]
    stated_at: datetime | None
    reason: str
    certifies: bool
    revision: int
    changed: frozenset[str]
    allowed: frozenset[str]
    adds_only: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """The inside of a record's PDF; `fields` in the order they were signed; is_plain: its tables have our form."""

    fields: tuple[SignedField, ...]
    empty_fields: tuple[str, ...]
    revisions: int
    is_plain: bool


class Inside:
    """The inside of one PDF, parsed when something is asked of it, and once."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._reader: Any = None

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Hand out the reader; every way in which a malformed file can upset it becomes a StructureError."""
        try:
            if self._reader is None:
                self._reader = PdfFileReader(BytesIO(self._pdf))
            yield self._reader
        except StructureError:
            raise
        except UPSETS as error:
            raise StructureError(f"{type(error).__name__}: {error}"[:200]) from error

    def structure(self) -> Structure:
        """Return fields and revisions. Raises StructureError when they cannot be read."""
        with self._opened() as reader:
            empty = tuple(name for name, value, _ in enumerate_sig_fields(reader) if value is None)
            fields = tuple(_field(reader, signature) for signature in _signatures(reader))
            return Structure(fields, empty, reader.xrefs.total_revisions, _has_plain_trailers(reader))

    def attachment(self) -> bytes:
        """Return the bytes of the one embedded file, which must be record.json. Raises StructureError."""
        with self._opened() as reader:
            names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
            # A second file would be signed as well, and be taken for part of the record by other readers.
            if len(names) != 2 or names[0] != ATTACHMENT_NAME:
                raise StructureError("not exactly one embedded file")
            stream = names[1]["/EF"]["/F"]
            if stream.get("/Filter") != "/FlateDecode" or "/DecodeParms" in stream:
                raise StructureError("embedded file in another encoding")
            inflater = zlib.decompressobj()
            # Not by pyHanko, which decompresses without a limit.
            content = inflater.decompress(stream.encoded_data, LARGEST_ATTACHMENT)
            if not inflater.eof or inflater.unconsumed_tail or inflater.unused_data.strip(b"\r\n"):
                raise StructureError("embedded file damaged or too large")
            return content

    def pictures(self, wanted: Collection[str]) -> dict[str, bytes]:
        """Return those JPEGs that have one of the `wanted` hashes (SHA-256). Raises StructureError."""
        found: dict[str, bytes] = {}
        with self._opened() as reader:
            for ref in reader.xrefs.explicit_refs_in_revision(0) if wanted else ():
                picture = reader.get_object(ref)
                if isinstance(picture, StreamObject) and picture.get("/Subtype") == "/Image":
                    digest = sha256(picture.encoded_data).hexdigest()
                    found |= {digest: picture.encoded_data} if digest in wanted else {}
        return found

    def beginning(self, size: int) -> bytes:
        """Return the first bytes of the file."""
        return self._pdf[:size]

    def begins_as(self, drawn: bytes) -> bool:
        """True when a record, before anybody signed it, was the document `drawn`. Raises StructureError.

        Byte for byte, or else object by object with the streams decompressed: another build of zlib packs the same
        drawing differently.
        """
        return self._pdf.startswith(drawn) or self.before_signing() == Inside(drawn).before_signing()

    def before_signing(self) -> list[Any]:
        """Return all that stood in a record before anybody signed it, as it can be compared. Raises StructureError."""
        with self._opened() as reader:
            return [_revision(reader, number) for number in range(REVISIONS_BEFORE_SIGNING)]

    def library_problems(self, anchors: Sequence[bytes], moments: Sequence[datetime]) -> list[str]:
        """Return what pyHanko's own validation objects to, signature by signature; empty when nothing.

        anchors: trusted certificates, DER; moments: at which instant to judge each signature's certificate
        """
        problems = []
        with self._opened() as reader:
            signatures = _signatures(reader)
            trusted = [Certificate.load(anchor) for anchor in anchors]
            for signature, moment in zip(signatures, moments, strict=True):
                # Offline: no revocation is looked up, and no certificate fetched from an address that a file names.
                context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=moment)
                status = validate_pdf_signature(signature, context)
                last = signature is signatures[-1]
                # The earlier ones cover their revision; that nothing but signatures followed is judged by `changed`.
                expected = SignatureCoverageLevel.ENTIRE_FILE if last else SignatureCoverageLevel.ENTIRE_REVISION
                checks = {
                    "intact": status.intact and status.valid,
                    "trusted": status.trusted,
                    "coverage": status.coverage == expected,
                    "DocMDP": status.docmdp_ok,
                    "modification": status.modification_level in _ALLOWED_LATER,
                    "bottom line": status.bottom_line,
                }
                problems += [f"{signature.field_name}: {name}" for name, holds in checks.items() if not holds]
        return problems


def _signatures(reader: Any) -> list[EmbeddedPdfSignature]:
    """Return the signatures, in the order they were made."""
    return sorted(reader.embedded_signatures, key=lambda signature: int(signature.signed_revision))


def _revision(reader: Any, number: int) -> Any:
    """Return all that a revision of a document wrote, as it can be compared."""
    view = reader.get_historical_resolver(number)
    written = {str(ref): _plain(view.get_object(ref)) for ref in reader.xrefs.explicit_refs_in_revision(number)}
    return written, [_plain(view.trailer_view.raw_get(key)) for key in ("/Root", "/Info")]


def _plain(value: Any) -> Any:
    """Return a PDF object as it can be compared: references by name, streams decompressed."""
    if isinstance(value, IndirectObject):
        return str(value.reference)
    if isinstance(value, StreamObject):
        is_picture = "/DCTDecode" in str(value.get("/Filter"))
        shape = {str(key): _plain(value.raw_get(key)) for key in value if key != "/Length"}
        return shape, value.encoded_data if is_picture else value.data
    if isinstance(value, DictionaryObject):
        return {str(key): _plain(value.raw_get(key)) for key in value}
    if isinstance(value, ArrayObject):
        return [_plain(value.raw_get(place)) for place in range(len(value))]
    return value


def _field(reader: Any, signature: EmbeddedPdfSignature) -> SignedField:
    revision = signature.signed_revision
    certifies = signature.docmdp_level is not None
    catalog, seal = reader.trailer.raw_get("/Root").reference, signature.sig_object.get_container_ref()
    added: dict[Any, dict[str, Any]] = {signature.sig_field.get_container_ref(): {"/V": str(seal)}}
    if certifies:
        if signature.docmdp_level != MDPPerm.FILL_FORMS:
            raise StructureError("the certification allows something else than filling fields")
        # Certifying writes /Perms into the catalog; no later signature has a reason to touch it.
        added[catalog] = {"/Perms": {"/DocMDP": str(seal)}}
    said = set(signature.sig_object) == (_SEAL | {"/Reference"} if certifies else _SEAL)
    return SignedField(
        name=signature.field_name,
        byte_range=tuple(int(number) for number in signature.byte_range),
        stated_at=signature.self_reported_timestamp,
        reason=str(signature.sig_object.get("/Reason", "")),
        certifies=certifies,
        revision=revision,
        changed=frozenset(str(ref) for ref in reader.xrefs.explicit_refs_in_revision(revision)),
        allowed=frozenset(map(str, [seal, *added])),
        adds_only=said and _adds_only(reader, revision, added),
    )


def _adds_only(reader: Any, revision: int, added: Mapping[Any, Mapping[str, Any]]) -> bool:
    """True when a revision left these objects as they were, with just this added to each."""
    # Readers draw a field where it says and do what the catalog tells them: whoever signs first could lay a picture
    # over the page, or have a script run, by the very revision that certifies it.
    before, after = reader.get_historical_resolver(revision - 1), reader.get_historical_resolver(revision)
    return all(_plain(after.get_object(ref)) == _plain(before.get_object(ref)) | more for ref, more in added.items())


def _has_plain_trailers(reader: Any) -> bool:
    """True when each revision has a plain table and trailer, and all name the same root."""
    # A hybrid file has a second table, which only some readers look at: they would see another document.
    views = [reader.get_historical_resolver(number).trailer_view for number in range(reader.xrefs.total_revisions)]
    roots = {tuple(str(view.raw_get(key).reference) for key in ("/Root", "/Info")) for view in views}
    return len(roots) == 1 and all(set(view.keys()) <= _TRAILER for view in views)
