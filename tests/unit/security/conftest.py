"""A county root, two inspectors under it, and a small record signed by both."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from ohdesk.domain.canonical import canonical, fingerprint
from ohdesk.domain.record import SignatureBox
from ohdesk.security import certificates
from ohdesk.security.certificates import PersonSubject
from ohdesk.security.pdf_signing import prepare, sign
from ohdesk.security.signing_keys import KeySigner, PersonKey

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=3)
BOXES = (
    SignatureBox("inspector_1", 1, (60.0, 600.0, 260.0, 680.0)),
    SignatureBox("inspector_2", 1, (300.0, 600.0, 500.0, 680.0)),
)


@dataclass(frozen=True)
class Authority:
    """A county root: its key and its certificate."""

    key: PersonKey
    root: bytes

    def signer(self, number: int, at: datetime = AT) -> KeySigner:
        key = PersonKey.create()
        return KeySigner(key, certificates.issue(self.key, self.root, key.public_der, subject(number), at))


def new_authority(name: str = "青原县卫生健康局", at: datetime = AT) -> Authority:
    key = PersonKey.create()
    return Authority(key, certificates.make_root(key, name, "000000", at))


def subject(number: int) -> PersonSubject:
    return PersonSubject(
        person=f"019cacb3-f200-7869-bae0-{number:012d}",
        name=("李旸", "王𠅤", "陶镕")[number - 1],
        number=f"执法{number:04d}",
        office="石桥镇",
        division="000000001",
    )


def record(*numbers: int) -> dict[str, Any]:
    inspectors = [
        {
            "person": subject(number).person,
            "name": subject(number).name,
            "certificate_no": subject(number).number,
            "unit": "石桥镇",
            "field": f"inspector_{place}",
        }
        for place, number in enumerate(numbers, 1)
    ]
    return {
        "fmt": "ohdesk-record/1",
        "number": "石检〔2026〕1号",
        "inspectors": inspectors,
        "party": {"way": "signed", "name": "赵某"},
    }


def content(the_record: dict[str, Any], **changes: object) -> bytes:
    stroke = {
        "role": "party",
        "name": "赵某",
        "at": "2026-03-02T03:58:00Z",
        "record_sha256": fingerprint(the_record),
        "width": 6000,
        "height": 2000,
        "strokes": [[[1, 2, 500], [30, 40, 600]]],
    }
    return canonical({"paper": "record", "record": the_record, "strokes": [stroke | changes]})


def drawn_pdf(pages: int = 2) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for page in range(pages):
        canvas.drawString(60, 780, f"inspection record, page {page + 1}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def signed_pdf(first: KeySigner, second: KeySigner, attachment: bytes) -> bytes:
    prepared = prepare(drawn_pdf(), BOXES, attachment)
    once = sign(prepared, "inspector_1", first, AT, certify=True, reason="现场检查")
    return sign(once, "inspector_2", second, LATER, certify=False, reason="现场检查")


@pytest.fixture(scope="session")
def authority() -> Authority:
    return new_authority()


@pytest.fixture(scope="session")
def good_pdf(authority: Authority) -> bytes:
    return signed_pdf(authority.signer(1), authority.signer(2), content(record(1, 2)))
