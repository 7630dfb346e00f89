"""The papers of a record drawn and signed by two; against bare canvases and one signature of pyHanko on each."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.pdf_floor import draw, sample
from benchmarks.rounds import Figure, interleaved, ratio, right
from benchmarks.scale import Scale
from ohdesk.domain.canonical import canonical
from ohdesk.domain.record import RecordContent
from ohdesk.security import signed_bytes
from ohdesk.security.pdf_signing import prepare, sign
from tests.unit.reports.sample_record import papers
from tests.unit.security.conftest import AT, LATER, new_authority

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

GOALS = ("record signed by two",)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figure of this row."""
    record, strokes, photos = sample(1)
    content = canonical(RecordContent(record=record, strokes=strokes))
    authority = new_authority()
    two, bare = [authority.signer(1), authority.signer(2)], _bare_signer()

    def ours(_number: int) -> list[bytes]:
        signed = []
        for drawn in papers(record, *strokes, photos=photos).values():
            pdf = prepare(drawn.pdf, drawn.boxes, content)
            for box, signer, at in zip(drawn.boxes, two, (AT, LATER), strict=True):
                pdf = sign(pdf, box.field, signer, at, certify=at is AT, reason="现场检查")
            signed.append(pdf)
        return signed

    right(all(len(list(signed_bytes.find(pdf))) == len(two) for pdf in ours(0)), "both signatures stand in each")
    times = interleaved(
        {"floor": lambda _: [_signed_once(pdf, bare) for pdf in draw(record, strokes, photos)], "ohdesk": ours},
        15 if scale.rounds > 1 else 1,
    )
    yield ratio(GOALS[0], times)


def _bare_signer() -> "SimpleSigner":
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    authority = new_authority()
    key = ec.generate_private_key(ec.SECP256R1())
    pkcs8 = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(authority.signer(1).certificate),
        signing_key=keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=SimpleCertificateStore(),
    )


def _signed_once(pdf: bytes, signer: "SimpleSigner") -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    known = signers.PdfSignatureMetadata(field_name="one", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    out = signers.PdfSigner(known, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
    return bytes(out.getvalue())
