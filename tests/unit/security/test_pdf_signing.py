"""A signed record is good in other programs too."""

import subprocess
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from ohdesk.security import signed_bytes
from ohdesk.security.pdf_signing import prepare, sign
from tests.unit.security.conftest import AT, BOXES, content, drawn_pdf, record


def run(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture
def good_file(good_pdf, tmp_path):
    file = tmp_path / "record.pdf"
    file.write_bytes(good_pdf)
    return str(file)


def test_pdfsig_finds_both_signatures_valid_and_the_last_over_the_whole_document(good_file):
    first, second = run("pdfsig", good_file).split("Signature #2:")
    for part, name in ((first, "李旸"), (second, "王𠅤")):
        assert "Signature is Valid" in part
        assert f"Common Name: {name}" in part
        assert "ETSI.CAdES.detached" in part
    assert "Not total document signed" in first
    assert "Total document signed" in second
    assert "Not total" not in second


def test_qpdf_finds_nothing_wrong(good_file):
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", good_file)


def test_pdfdetach_gives_back_the_embedded_record_byte_for_byte(good_file, tmp_path):
    run("pdfdetach", "-saveall", "-o", str(tmp_path), good_file)
    assert (tmp_path / "record.json").read_bytes() == content(record(1, 2))


def test_the_signing_time_is_the_one_given_and_the_documents_own_dates_stay(good_pdf):
    reader = PdfFileReader(BytesIO(good_pdf))
    assert [signature.self_reported_timestamp.isoformat() for signature in reader.embedded_signatures] == [
        "2026-03-02T12:00:00+08:00",
        "2026-03-02T12:03:00+08:00",
    ]
    drawn = PdfFileReader(BytesIO(drawn_pdf()))
    assert str(reader.trailer["/Info"]["/ModDate"]) == str(drawn.trailer["/Info"]["/ModDate"])


def test_a_signature_adds_only_itself_to_the_file(authority):
    prepared = prepare(drawn_pdf(), BOXES, content(record(1, 2)))
    signed = sign(prepared, "inspector_1", authority.signer(1), AT, certify=True, reason="现场检查")
    assert prepared.startswith(drawn_pdf())
    assert signed.startswith(prepared)
    assert len(signed_bytes.find(signed)) == 1
