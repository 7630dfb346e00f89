"""Signatures of inspectors in a record's PDF: PAdES B-B (ETSI EN 319 142-1), ECDSA P-256, one canonical form.

A record is laid out once (`prepare`: attachment and every signature field) and then only signed:
the first inspector certifies (DocMDP, form filling allowed), the others sign the existing fields.
A field added after certification would break the first signature.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import ohdesk.security.without_aiohttp  # noqa: F401 - before whatever imports pyHanko

# isort: split
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field, ensure_sig_flags
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from ohdesk.domain.calendar import beijing
from ohdesk.domain.record import SignatureBox
from ohdesk.security import cms
from ohdesk.security.signing_keys import PersonSigner

ATTACHMENT_NAME = "record.json"
PDF_VERSION = (1, 7)  # the first with all that is used here: attachments, DocMDP
# A container of one certificate takes about a quarter; its place must be reserved before its length is known.
CONTENTS_DIGITS = 8192  # hexadecimal digits reserved for each signature container


class _UpdateWriter(IncrementalPdfFileWriter):
    """Appends a revision without touching the document information: only the context's clock is read."""

    @classmethod
    def _handle_id(cls, prev: Any) -> Any:
        # The file's identifier changes with each revision, as it must, but not by chance: whoever checks a record
        # makes it again from its data and compares.
        first, _ = prev.trailer["/ID"]
        return generic.ArrayObject([first, generic.ByteStringObject(sha256(prev.stream.getbuffer()).digest()[:16])])

    def _update_meta(self) -> None:
        pass


def prepare(pdf: bytes, boxes: Sequence[SignatureBox], attachment: bytes) -> bytes:
    """Return the PDF with the attachment embedded as record.json and an empty field in every box.

    The fields show nothing: name, number and time of the signers are drawn on the page before.
    """
    writer: Any = _UpdateWriter(BytesIO(pdf))
    writer.ensure_output_version(PDF_VERSION)
    embed.embed_file(
        writer,
        embed.FileSpec(
            file_spec_string=ATTACHMENT_NAME,
            file_name=ATTACHMENT_NAME,
            embedded_data=embed.EmbeddedFileObject.from_file_data(
                writer,
                attachment,
                mime_type="application/json",
                # The checksum would be MD5; the signature covers the attachment anyway.
                params=embed.EmbeddedFileParams(embed_checksum=False),
            ),
        ),
    )
    for box in boxes:
        # All fields now: one that is added after the certification makes that signature invalid for every reader.
        append_signature_field(writer, SigFieldSpec(box.field, on_page=box.page, box=_whole(box.box)))
    # Readers that append instead of rewriting the file leave the signatures whole (SigFlags, ISO 32000-1 table 219).
    ensure_sig_flags(writer, lock_sig_flags=True)
    return _written(writer)


def sign(pdf: bytes, field: str, signer: PersonSigner, at: datetime, *, certify: bool, reason: str) -> bytes:
    """Return the prepared PDF with one more signature, in its existing field.

    at:      the signing time to state, aware, from the context's clock
    certify: True for the first signer only, after whom nothing but the other fields may be filled
    reason:  stated in the signature, for people
    Raises FormError for a signer of another algorithm than the container's.
    """
    if signer.alg != cms.ALG:
        raise cms.FormError(f"no container for {signer.alg}")
    permissions = MDPPerm.FILL_FORMS if certify else None
    placeholder = SignatureObject(
        # A PDF date has whole seconds.
        timestamp=beijing(at).replace(microsecond=0),
        subfilter=SigSeedSubFilter.PADES,
        bytes_reserved=CONTENTS_DIGITS,
        reason=reason,
    )
    # pyHanko's own signer would build a container in its form; ours has to be the one form of cms.py.
    steps: Any = PdfCMSEmbedder().write_cms(field, _UpdateWriter(BytesIO(pdf)), existing_fields_only=True)
    next(steps)
    mdp = SigMDPSetup(md_algorithm="sha256", certify=certify, docmdp_perms=permissions)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=mdp))
    # Only now is the digest known: it covers /ByteRange, which is written once the gap's place is fixed.
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    attributes = cms.signed_attributes(prepared.document_digest, signer.certificate)
    signature = cms.lower_half(signer.sign(attributes))
    steps.send(cms.build(cms.Container(signer.certificate, attributes, signature)))
    signed: bytes = output.getvalue()
    return signed


def _written(writer: Any) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, lower, right, upper = (round(edge) for edge in box)
    return left, lower, right, upper
