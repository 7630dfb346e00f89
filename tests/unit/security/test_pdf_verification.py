"""Whatever is changed in a signed record, some fact fails; and whatever is handed in, there is an answer."""

import dataclasses
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder

from ohdesk.domain.calendar import instant_text, printed_minute
from ohdesk.domain.canonical import canonical
from ohdesk.domain.facts import Verdict
from ohdesk.domain.record import SignatureBox
from ohdesk.security import certificates, pdf_signing, signed_bytes
from ohdesk.security.pdf_signing import prepare, sign
from ohdesk.security.pdf_verification import verify_record_pdf
from ohdesk.security.signed_bytes import SignedBytes
from ohdesk.security.signing_keys import KeySigner, PersonKey
from tests.bitflips import every_bit, random_bits, unnoticed
from tests.mutants import KINDS, mutants, small_paper
from tests.unit.security.conftest import (
    AT,
    BOXES,
    LATER,
    Authority,
    content,
    drawn_pdf,
    new_authority,
    record,
    signed_pdf,
    subject,
)

CHAINS = ("chain.1", "chain.2")


def verdicts(pdf: bytes, *roots: bytes, confirmed: tuple[bytes, ...] = ()) -> dict[str, Verdict]:
    return {fact.key: fact.verdict for fact in verify_record_pdf(pdf, roots, confirmed).facts}


def failing(pdf: bytes, *roots: bytes) -> set[str]:
    return {key for key, verdict in verdicts(pdf, *roots).items() if verdict is Verdict.FAILS}


def test_every_fact_holds_for_a_good_record(good_pdf, authority):
    report = verify_record_pdf(good_pdf, [authority.root])
    assert {fact.verdict for fact in report.facts} == {Verdict.HOLDS}
    assert report.content == content(record(1, 2))
    details = {fact.key: fact.detail for fact in report.facts}
    assert details["names"] == "、".join(f"{subject(number).name} {subject(number).number}" for number in (1, 2))
    assert details["validity"].endswith("、".join(map(printed_minute, (AT, LATER))))


def test_any_changed_bit_is_noticed(good_pdf, authority):
    last = signed_bytes.find(good_pdf)[-1]
    bits = random_bits(len(good_pdf), 300, [(last.gap_start, last.gap_end)])
    assert list(unnoticed(good_pdf, bits, lambda pdf: not failing(pdf, authority.root))) == []


def edges(span: SignedBytes) -> list[int]:
    return [
        *every_bit(span.gap_start - 2, span.gap_start + 5),
        *every_bit(span.gap_end - 2, span.gap_end + 40),
        *every_bit(span.end - 7, span.end),
    ]


def test_every_changed_bit_of_the_delimiters_and_byte_ranges_is_noticed(good_pdf, authority):
    first, last = signed_bytes.find(good_pdf)
    bits = edges(first)[::7] + edges(last)
    assert list(unnoticed(good_pdf, bits, lambda pdf: not failing(pdf, authority.root))) == []


def test_lower_case_digits_in_a_signature_are_refused(good_pdf, authority):
    last = signed_bytes.find(good_pdf)[-1]
    gap = good_pdf[last.gap_start : last.gap_end]
    changed = good_pdf[: last.gap_start] + gap.lower() + good_pdf[last.gap_end :]
    assert failing(changed, authority.root) == {"container.2"}


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"1 0 obj\n<<>>\nendobj\n", b"\0" * 100])
def test_anything_after_the_last_signature_is_noticed(good_pdf, authority, tail):
    assert failing(good_pdf + tail, authority.root) == {"form"}


def test_a_later_revision_is_noticed(good_pdf, authority):
    writer = IncrementalPdfFileWriter(BytesIO(good_pdf))
    writer.root["/PageMode"] = writer.root["/PageMode"]
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    assert "form" in failing(output.getvalue(), authority.root)


def test_only_the_first_signature_is_not_a_record(authority):
    prepared = prepare(drawn_pdf(), BOXES, content(record(1, 2)))
    once = sign(prepared, "inspector_1", authority.signer(1), AT, certify=True, reason="")
    assert failing(once, authority.root) == {"revisions", "names"}


def test_a_prepared_but_unsigned_pdf_is_not_a_record(authority):
    assert failing(prepare(drawn_pdf(), BOXES, content(record(1, 2))), authority.root) == {"form"}


def test_another_county_does_not_vouch(good_pdf):
    assert failing(good_pdf, new_authority().root) == {"chain.1", "chain.2"}


def test_a_root_with_the_same_name_but_another_key_does_not_vouch(good_pdf):
    assert failing(good_pdf, new_authority("青原县卫生健康局").root) == {"chain.1", "chain.2"}


def test_without_a_root_nothing_inside_is_believed(good_pdf):
    found = verdicts(good_pdf)
    assert found["digest.2"] is Verdict.HOLDS
    assert found["chain.2"] is found["names"] is found["content"] is Verdict.UNCHECKED
    assert verify_record_pdf(good_pdf, []).content is None


def test_the_signers_must_be_those_named_in_the_record(authority):
    pdf = signed_pdf(authority.signer(1), authority.signer(3), content(record(1, 2)))
    assert failing(pdf, authority.root) == {"names"}


def test_the_signers_must_sign_in_their_own_fields(authority):
    pdf = signed_pdf(authority.signer(2), authority.signer(1), content(record(1, 2)))
    assert failing(pdf, authority.root) == {"names"}


def test_nobody_signs_twice(authority):
    same = authority.signer(1)
    assert failing(signed_pdf(same, same, content(record(1, 1))), authority.root) == {"names"}


def test_a_second_certification_is_refused(authority):
    prepared = prepare(drawn_pdf(), BOXES, content(record(1, 2)))
    once = sign(prepared, "inspector_1", authority.signer(1), AT, certify=False, reason="")
    twice = sign(once, "inspector_2", authority.signer(2), LATER, certify=False, reason="")
    assert "revisions" in failing(twice, authority.root)


def test_an_empty_field_left_over_is_refused(authority):
    boxes = (*BOXES, SignatureBox("inspector_3", 0, (1.0, 1.0, 9.0, 9.0)))
    prepared = prepare(drawn_pdf(), boxes, content(record(1, 2)))
    once = sign(prepared, "inspector_1", authority.signer(1), AT, certify=True, reason="")
    twice = sign(once, "inspector_2", authority.signer(2), LATER, certify=False, reason="")
    assert failing(twice, authority.root) == {"revisions"}


def test_a_page_changed_between_the_two_signatures_is_refused(authority):
    prepared = prepare(drawn_pdf(), BOXES, content(record(1, 2)))
    once = sign(prepared, "inspector_1", authority.signer(1), AT, certify=True, reason="")
    writer = IncrementalPdfFileWriter(BytesIO(once))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    twice = sign(output.getvalue(), "inspector_2", authority.signer(2), LATER, certify=False, reason="")
    assert {"revisions", "library"} <= failing(twice, authority.root)


def runs_a_script(writer):
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = DictionaryObject(script)
    writer.update_root()


def has_other_layers(writer):
    writer.root["/OCProperties"] = DictionaryObject()
    writer.update_root()


def field_of(writer, number):
    ref = writer.root["/AcroForm"]["/Fields"].raw_get(number)
    writer.mark_update(ref)
    return ref.get_object()


def covers_the_page(writer):
    field_of(writer, 0)["/Rect"] = ArrayObject(map(NumberObject, (0, 0, 595, 842)))


def shows_what_stands_elsewhere(writer):
    field_of(writer, 0)["/AP"] = field_of(writer, 1)["/AP"]


def runs_a_script_when_touched(writer):
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    field_of(writer, 0)["/AA"] = DictionaryObject({pdf_name("/E"): DictionaryObject(script)})


@pytest.mark.parametrize(
    "change",
    [
        runs_a_script,
        has_other_layers,
        covers_the_page,
        shows_what_stands_elsewhere,
        runs_a_script_when_touched,
    ],
)
def test_a_signature_that_changes_what_is_seen_or_done_is_refused(monkeypatch, authority, change):
    class Sly(PdfCMSEmbedder):
        def write_cms(self, field_name, writer, existing_fields_only=False):
            change(writer)
            return super().write_cms(field_name, writer, existing_fields_only)

    prepared = prepare(drawn_pdf(), BOXES, content(record(1, 2)))
    with monkeypatch.context() as patch:
        patch.setattr(pdf_signing, "PdfCMSEmbedder", Sly)
        once = sign(prepared, "inspector_1", authority.signer(1), AT, certify=True, reason="")
    twice = sign(once, "inspector_2", authority.signer(2), LATER, certify=False, reason="")
    assert failing(twice, authority.root) == {"revisions"}


def test_a_signature_states_the_document_and_no_reservation(authority):
    attachment = content(record(1, 2) | {"title": "现场检查笔录"})
    prepared = prepare(drawn_pdf(), BOXES, attachment)
    named = "现场检查笔录 石检〔2026〕1号"
    for reasons, expected in (((named, named), set()), ((named, "只证明到过现场"), {"names"})):
        once = sign(prepared, "inspector_1", authority.signer(1), AT, certify=True, reason=reasons[0])
        twice = sign(once, "inspector_2", authority.signer(2), LATER, certify=False, reason=reasons[1])
        assert failing(twice, authority.root) == expected


def test_handwriting_over_another_record_is_refused(authority):
    other = content(record(1, 2), record_sha256="0" * 64)
    assert failing(signed_pdf(authority.signer(1), authority.signer(2), other), authority.root) == {"strokes"}


@pytest.mark.parametrize(
    "party",
    [
        {"way": "refused", "name": "赵某"},
        {"way": "absent", "name": ""},
        {"way": "signed", "name": "钱某"},
        {"way": ["signed"], "name": "赵某"},
    ],
)
def test_a_party_that_signed_by_hand_is_the_one_the_record_says_signed(authority, party):
    attachment = content(record(1, 2) | {"party": party})
    assert failing(signed_pdf(authority.signer(1), authority.signer(2), attachment), authority.root) == {"strokes"}


@pytest.mark.parametrize(
    "attachment",
    [
        b"",
        b'{"paper": "record", "record": {}, "strokes": []}',
        b"[]",
        canonical({"record": record(1, 2)}),
        canonical({"paper": "record", "record": [], "strokes": []}),
        canonical({"paper": "record", "record": record(1, 2), "strokes": [], "surplus": 1}),
    ],
)
def test_embedded_data_that_is_no_canonical_record_is_refused(authority, attachment):
    assert "content" in failing(signed_pdf(authority.signer(1), authority.signer(2), attachment), authority.root)


def test_a_record_whose_inspectors_are_nonsense_gets_an_answer(authority):
    for inspectors in (None, 5, [1, 2], [{}, {}], [[], {}]):
        attachment = content(record(1, 2) | {"inspectors": inspectors})
        assert "names" in failing(signed_pdf(authority.signer(1), authority.signer(2), attachment), authority.root)


def test_a_certificate_is_judged_at_the_time_of_signing(authority):
    old = authority.signer(1, AT - timedelta(days=6 * 365))
    early = authority.signer(2, AT + timedelta(days=3))
    fine = authority.signer(2, AT + timedelta(hours=20))
    first = authority.signer(1)
    assert failing(signed_pdf(old, fine, content(record(1, 2))), authority.root) == {"validity", "library"}
    assert failing(signed_pdf(first, early, content(record(1, 2))), authority.root) == {"validity", "library"}
    assert failing(signed_pdf(first, fine, content(record(1, 2))), authority.root) == set()


@pytest.mark.parametrize(("began", "ended"), [(-9, 0), (0, 9)])
def test_who_is_lent_must_have_inspected_in_the_time_of_the_certificate(authority, began, ended):
    """Ids of people tell their own office: these two are of another one than their certificates are for."""
    signers = []
    for number in (1, 2):
        key, term = PersonKey.create(), (AT - timedelta(days=2), AT + timedelta(days=2))
        der = certificates.issue_between(authority.key, authority.root, key.public_der, subject(number), *term)
        signers.append(KeySigner(key, der))
    times = {"started_at": instant_text(AT), "ended_at": instant_text(AT)}
    assert failing(signed_pdf(*signers, content(record(1, 2) | times)), authority.root) == set()
    times = {
        "started_at": instant_text(AT + timedelta(days=began)),
        "ended_at": instant_text(AT + timedelta(days=ended)),
    }
    assert failing(signed_pdf(*signers, content(record(1, 2) | times)), authority.root) == {"validity"}


def own_signer(number: int) -> KeySigner:
    key = PersonKey.create()
    return KeySigner(key, certificates.make_own(key, subject(number), AT))


def test_self_made_certificates_count_only_where_they_are_trusted_themselves(authority):
    first, second = own_signer(1), own_signer(2)
    pdf = signed_pdf(first, second, content(record(1, 2)))
    assert failing(pdf, authority.root) == {"chain.1", "chain.2"}
    report = verify_record_pdf(pdf, [first.certificate, second.certificate])
    assert {fact.verdict for fact in report.facts} == {Verdict.HOLDS}
    assert {fact.detail for fact in report.facts if fact.key in CHAINS} == {
        f"{subject(number).name}：自制证书，未经县级确认" for number in (1, 2)
    }


def test_certificates_issued_later_for_the_same_keys_vouch_for_earlier_records(authority: Authority):
    first, second = own_signer(1), own_signer(2)
    pdf = signed_pdf(first, second, content(record(1, 2)))
    later = tuple(
        certificates.issue(
            authority.key, authority.root, signer.key.public_der, subject(number), AT + timedelta(days=30)
        )
        for number, signer in enumerate((first, second), 1)
    )
    report = verify_record_pdf(pdf, [authority.root], later)
    assert {fact.verdict for fact in report.facts} == {Verdict.HOLDS}
    assert all("县级后来确认了同一密钥" in fact.detail for fact in report.facts if fact.key in CHAINS)
    someone_else = authority.signer(1).certificate
    assert failing_confirmed(pdf, authority, (someone_else, later[1])) == {"chain.1"}


def failing_confirmed(pdf: bytes, authority: Authority, later: tuple[bytes, ...]) -> set[str]:
    found = verdicts(pdf, authority.root, confirmed=later)
    return {key for key, verdict in found.items() if verdict is Verdict.FAILS}


def test_a_person_cannot_issue_certificates(authority):
    false_root = authority.signer(1)
    forged = Authority(false_root.key, false_root.certificate)
    pdf = signed_pdf(forged.signer(1), forged.signer(2), content(record(1, 2)))
    assert failing(pdf, authority.root, false_root.certificate) == {"chain.1", "chain.2"}


def test_a_signature_taken_from_another_record_is_noticed(good_pdf, authority):
    other = signed_pdf(authority.signer(1), authority.signer(2), content(record(1, 2) | {"number": "2"}))
    ours, theirs = signed_bytes.find(good_pdf)[-1], signed_bytes.find(other)[-1]
    spliced = good_pdf[: ours.gap_start] + other[theirs.gap_start : theirs.gap_end] + good_pdf[ours.gap_end :]
    assert "digest.2" in failing(spliced, authority.root)


def test_a_certificate_exchanged_in_the_container_is_noticed(authority):
    first = authority.signer(1)
    reissued = dataclasses.replace(
        first,
        certificate=certificates.issue(authority.key, authority.root, first.key.public_der, subject(2), AT),
    )
    pdf = signed_pdf(reissued, authority.signer(2), content(record(1, 2)))
    assert failing(pdf, authority.root) == {"names"}


def test_no_mutant_of_a_signed_paper_is_valid(authority):
    paper = small_paper(authority)
    assert paper.is_valid(paper.pdf)
    assert paper.is_valid(paper.other)
    assert paper.is_valid(paper.signed(0, 1))
    passed = [kind for kind, pdf in mutants(paper, 2 * len(KINDS), seed=7) if paper.is_valid(pdf)]
    assert passed == []


@settings(max_examples=50)
@given(st.data())
def test_every_cut_and_splice_gets_an_answer_and_none_passes(good_pdf, authority, data):
    start = data.draw(st.integers(0, len(good_pdf) - 1))
    end = data.draw(st.integers(start, len(good_pdf)))
    if data.draw(st.booleans()):
        changed = good_pdf[:start] + good_pdf[end:]
    else:
        changed = good_pdf[:start] + data.draw(st.binary(max_size=40)) + good_pdf[start:]
    if changed != good_pdf:
        assert failing(changed, authority.root)


@given(st.binary(max_size=2000))
def test_arbitrary_bytes_get_an_answer(data):
    assert failing(b"%PDF-1.7\n" + data)


def test_many_false_signatures_do_not_cost_time(authority):
    gap = b"<" + b"0" * 8192 + b">"
    body = b"".join(
        b"%s\n/ByteRange [0 %d %d 1]   \n" % (gap, 8 + number * 8230, 8 + number * 8230 + 8194) for number in range(200)
    )
    assert failing(b"%PDF-1.7" + body, authority.root)
