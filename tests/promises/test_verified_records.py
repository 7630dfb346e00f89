"""Promise: a record counts as good only when its PDF is what its data says, signed by the town's own inspectors."""

import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from filelock import FileLock, Timeout
from reportlab.pdfbase import pdfdoc

from ohdesk.db import journal
from ohdesk.db.models import BlobRow, Certificate, OwnKey, PdfVerdict, Record, SigningKey
from ohdesk.domain.facts import Verdict
from ohdesk.domain.operations import CertificateRevoked
from ohdesk.domain.record import CHECKLIST, Verification
from ohdesk.errors import JobCancelledError
from ohdesk.files import KEY_FILE
from ohdesk.reports import record_papers
from ohdesk.security import certificates
from ohdesk.security.signing_keys import KeySigner, PersonKey
from ohdesk.services import blobs
from ohdesk.services.child import pool, starting
from ohdesk.services.context import Context
from ohdesk.services.county import coverage
from ohdesk.services.office import people, tries
from ohdesk.services.office.own_keys import at_rest
from ohdesk.services.record import composing, finalizing, signing, verdicts, views
from ohdesk.services.record.verification import verify_file
from ohdesk.services.trust import certified
from tests import pkcs12_files
from tests.conftest import NOON
from tests.rectifying import covered
from tests.signed_records import (
    FIRST,
    NOBODY,
    PAPERS,
    SECOND,
    SECRET,
    TRUE_DRAWING,
    elsewhere,
    make_signing_world,
    ready,
    sent,
    signed,
)
from tests.unit.services.exchange.bundle_world import World, copy_of_world, open_world

PAGES = "页面写的就是内嵌的数据"
LIMITED = "from ohdesk.services.child.limits import bind_process\nbind_process(1 << 30, 60)\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A county and a town with two certified inspectors; copied for each test."""
    folder = tmp_path_factory.mktemp("verified") / "world"
    make_signing_world(folder)
    return folder


@pytest.fixture
def world(made, tmp_path) -> Iterator[World]:
    with copy_of_world(made, tmp_path / "world") as world:
        yield world


def verdict(world: World, visit: str) -> tuple[Verification, str] | None:
    with world.county.reading() as session:
        row = session.get(PdfVerdict, (visit, session.get_one(Record, visit).pdf_sha256))
        return None if row is None else (row.verdict, row.reason)


def pdf_of(ctx: Context, visit: str) -> bytes:
    with ctx.reading() as session:
        return blobs.read(ctx, session.get_one(Record, visit).pdf_sha256)


def test_a_record_waits_until_it_was_looked_at_and_is_good_then(world):
    (visit,) = signed(world)
    sent(world)
    assert verdict(world, visit) is None
    assert verdicts.waiting(world.county) == PAPERS
    assert verdicts.verify_waiting(world.county) == verdicts.Verified(good=PAPERS, bad=0, unchecked=0, waiting=0)
    assert verdict(world, visit) == (Verification.GOOD, "")
    assert verdicts.waiting(world.county) == verdicts.waiting(world.town) == 0
    assert [row.verified for row in finalizing.list_records(world.county)] == [Verification.GOOD]


def counted(world: World) -> tuple[int, ...]:
    """Of the town: employers inspected, those of them that wait or could not be checked, and those with bad ones."""
    (town,) = coverage.by_town(world.county, 2026)
    return town.inspected.part, town.waiting, town.unchecked, town.bad


def test_the_coverage_says_what_waits_and_leaves_out_what_is_not_good(world, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(record_papers, "render_record_paper", elsewhere)
        (bad,) = signed(world)
    with monkeypatch.context() as patch:
        patch.setattr(composing, "RENDERER", "99")
        signed(world)
    signed(world)
    sent(world)
    assert counted(world) == (3, 3, 0, 0)
    verdicts.verify_waiting(world.county)
    assert counted(world) == (2, 0, 1, 1)
    employers = {each.id: each for each in covered(world.county, "000000001", 2026)}
    with world.county.reading() as session:
        firm = session.get_one(Record, bad).establishment
    assert (employers[firm].verified, employers[firm].counts) == (Verification.BAD, False)
    assert [each.counts for each in employers.values()] == [False, True, True]
    # Another record of the same employer that is good takes its place.
    again(world, firm)
    verdicts.verify_waiting(world.county)
    assert counted(world) == (3, 0, 1, 0)


def again(world: World, firm: str) -> None:
    """The inspectors go to an employer once more."""
    signed(world, firm=firm)
    sent(world)


def test_a_record_signed_with_a_key_taken_back_is_flagged_and_stays(world):
    (visit,) = signed(world)
    sent(world)
    verdicts.verify_waiting(world.county)
    assert [row.revoked for row in finalizing.list_records(world.county)] == [False]
    with world.town.reading() as session:
        key = certified.key_of(session.get_one(SigningKey, people.find_person(world.town, FIRST)).public_der)
    with world.county.transaction() as session:
        taken_back = CertificateRevoked(record=key, since="2026-03-02", reason="密码泄露")
        journal.record(session, taken_back, world.county.stamp())
    (row,) = finalizing.list_records(world.county)
    assert (row.revoked, row.verified) == (True, Verification.GOOD)
    papers = views.open_record(world.county, visit).papers
    assert [paper.known.revoked for paper in papers] == ["县级自 2026-03-02 起吊销了这把密钥：密码泄露"] * PAPERS
    assert counted(world) == (1, 0, 0, 0)


def test_a_page_that_says_something_else_than_its_data_is_not_good(world, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(record_papers, "render_record_paper", elsewhere)
        (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).bad == 1  # its checklist does not say where
    assert verdict(world, visit) == (Verification.BAD, f"不成立：{PAGES}（按内嵌的数据重画，与文件的页面不同）")
    (tmp_path / "record.pdf").write_bytes(pdf_of(world.county, visit))
    report = verify_file(tmp_path / "record.pdf", (), world.county)
    assert not report.is_good
    assert [fact.key for fact in report.facts if fact.verdict is Verdict.FAILS] == ["pages"]
    assert not verify_file(tmp_path / "record.pdf", [county_root(world)]).is_good


def test_a_record_of_which_one_paper_is_not_good_is_not_good(world, monkeypatch):
    def elsewhere_on_the_checklist(key, drawing):
        changed = replace(drawing.record, form_title="另一份检查表") if key == CHECKLIST else drawing.record
        return TRUE_DRAWING(key, replace(drawing, record=changed))

    with monkeypatch.context() as patch:
        patch.setattr(record_papers, "render_record_paper", elsewhere_on_the_checklist)
        (visit,) = signed(world)
    sent(world)
    with closing(verdicts.Run(world.county)) as run:
        run.step()
        assert verdict(world, visit) == (Verification.GOOD, "")
        assert [row.verified for row in finalizing.list_records(world.county)] == [Verification.WAITING]
        run.step()
    assert [row.verified for row in finalizing.list_records(world.county)] == [Verification.BAD]
    assert counted(world) == (0, 0, 0, 1)


def county_root(world: World) -> bytes:
    with world.county.reading() as session:
        return session.get_one(OwnKey, "root").certificate_der


def recertified(world: World, name: str, division: str) -> bytes:
    """The county certifies an inspector's key for another division, and the town signs with that certificate."""
    with world.county.reading() as session:
        root = session.get_one(OwnKey, "root")
        key, issuer = PersonKey.unwrap(root.secret, at_rest(world.county.keys.database), "root"), root.certificate_der
    with world.town.transaction() as session:
        own = session.get_one(SigningKey, people.find_person(world.town, name))
        subject = replace(certificates.person_of(own.certificate_der), division=division)
        own.certificate_der = certificates.issue(key, issuer, own.public_der, subject, NOON)
        return own.certificate_der


def test_a_record_signed_by_an_inspector_of_another_town_is_not_good(world, tmp_path):
    recertified(world, SECOND, "000000002")
    take_away(world, SECOND)
    (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).bad == PAPERS
    found, reason = verdict(world, visit)
    assert found is Verification.BAD
    assert reason.startswith("不成立：签名人是制作文书的单位的执法人员（")
    (tmp_path / "record.pdf").write_bytes(pdf_of(world.county, visit))
    for ctx, roots in ((world.county, ()), (None, [county_root(world)])):
        report = verify_file(tmp_path / "record.pdf", roots, ctx)
        assert not report.is_good
        assert [fact.key for fact in report.facts if fact.verdict is Verdict.FAILS] == ["division"]


def test_a_signature_dated_back_under_a_certificate_made_for_that_is_not_good(world, monkeypatch, tmp_path):
    long_ago = NOON - timedelta(days=900)
    true_signing = signing.sign_document

    def dated_back(ctx, pdf, boxes, attachment, signers, reason):
        false = [
            KeySigner(each.key, certificates.make_own(each.key, certificates.person_of(each.certificate), long_ago))
            for each in signers
        ]
        return true_signing(replace(ctx, now=lambda: long_ago), pdf, boxes, attachment, false, reason)

    with monkeypatch.context() as patch:
        patch.setattr(finalizing, "sign_document", dated_back)
        (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).bad == PAPERS
    assert "有效期不含" in verdict(world, visit)[1]
    (tmp_path / "record.pdf").write_bytes(pdf_of(world.county, visit))
    for ctx, roots in ((world.county, ()), (None, [county_root(world)])):
        assert not verify_file(tmp_path / "record.pdf", roots, ctx).is_good


def take_away(world: World, name: str) -> None:
    """The county's own certificate of an inspector for the town, as if it had never been issued."""
    with world.county.transaction() as session:
        session.query(Certificate).where(Certificate.name == name).delete()


def test_an_inspector_lent_by_another_town_signs_for_this_one(world):
    recertified(world, SECOND, "000000002")  # and the county's certificate for this town stands beside it
    (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).good == PAPERS
    assert verdict(world, visit) == (Verification.GOOD, "")


def test_who_has_no_account_signs_with_a_file_that_the_county_issued_and_with_no_other(world, tmp_path):
    own = recertified(world, SECOND, "000000001")
    with world.town.reading() as session:
        person = people.find_person(world.town, SECOND)
        row = session.get_one(SigningKey, person)
        personal = tries.unlock(world.town.folder / KEY_FILE, SECOND, SECRET).personal
        key = PersonKey.unwrap(row.wrapped, personal, person)
    false = certificates.make_own(key, certificates.person_of(own), NOON)
    files = {
        name: pkcs12_files.write(tmp_path / name, key.private, x509.load_der_x509_certificate(der))
        for name, der in (("county.p12", own), ("own.p12", false))
    }
    with world.town.transaction() as session:
        session.delete(session.get_one(SigningKey, person))
    visit = ready(world)
    by_password = signing.SecondSigner(FIRST, SECRET)
    own_file = signing.SecondSigner("", pkcs12_files.SECRET, files["own.p12"])
    with pytest.raises(signing.SignerError, match="不是县级签发的"):
        finalizing.finalize(world.town, visit, NOBODY, (), by_password, own_file)
    by_file = signing.SecondSigner("", pkcs12_files.SECRET, files["county.p12"])
    final = finalizing.finalize(world.town, visit, NOBODY, (), by_password, by_file)
    assert final.record.office.confirmed_by_county
    sent(world)
    assert verdicts.verify_waiting(world.county).good == PAPERS


def test_a_pdf_that_proves_another_record_proves_nothing_here(world, monkeypatch):
    (first,) = signed(world)
    others = iter([paper.pdf for paper in views.open_record(world.town, first).papers])
    with monkeypatch.context() as patch:
        patch.setattr(finalizing, "sign_document", lambda *_: next(others))
        (second,) = signed(world)
    sent(world)
    found = verdicts.verify_waiting(world.county)
    assert (found.good, found.bad) == (PAPERS, PAPERS)
    assert verdict(world, first) == (Verification.GOOD, "")
    assert verdict(world, second) == (Verification.BAD, "不成立：内嵌的数据就是上报的数据")


def test_a_record_whose_pdf_has_not_come_goes_on_waiting(world):
    (visit,) = signed(world)
    sent(world)
    with world.county.transaction() as session:
        session.get_one(BlobRow, session.get_one(Record, visit).pdf_sha256).held = False
    found = verdicts.verify_waiting(world.county)
    assert found == verdicts.Verified(good=PAPERS - 1, bad=0, unchecked=0, waiting=0)
    assert verdict(world, visit) is None


def test_of_an_edition_that_is_not_at_hand_nothing_is_said(world, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(composing, "RENDERER", "99")
        (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).unchecked == PAPERS
    assert verdict(world, visit) == (
        Verification.UNCHECKED,
        f"未核：{PAGES}（本程序没有这份文书的版式（99，moj-2025））",
    )
    assert verdicts.waiting(world.county) == 0
    monkeypatch.setattr(verdicts, "__version__", "next")
    assert verdicts.waiting(world.county) == PAPERS


@pytest.mark.parametrize("edition", ["", "0", "1.0", "abc"])
def test_an_edition_that_no_program_can_have_is_no_excuse(world, monkeypatch, edition):
    with monkeypatch.context() as patch:
        patch.setattr(composing, "RENDERER", edition)
        (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).bad == PAPERS
    assert verdict(world, visit) == (Verification.BAD, f"不成立：{PAGES}（内嵌的数据没有写明版式）")


@pytest.mark.parametrize(
    ("death", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "已中止"),
        ("import sys; sys.stdin.buffer.read(8); print('x' * 100)", "已中止"),
        ("bytearray(8 << 30)", "已中止"),
        ("import time; time.sleep(60)", "超时"),
    ],
    ids=["dies", "babbles", "takes all memory", "hangs"],
)
def test_a_pdf_that_breaks_the_one_who_looks_at_it_does_not_stop_the_rest(world, monkeypatch, death, said):
    visits = signed(world, 2)
    sent(world)
    true, deaths = starting.command, [death]
    # Long enough for a sound one to start on a busy machine: two are asked at once, and wait alike.
    monkeypatch.setattr(pool, "SECONDS", 6)

    def command(*words: object) -> list[str]:
        return [sys.executable, "-c", LIMITED + deaths.pop()] if deaths else true(*words)

    monkeypatch.setattr(starting, "command", command)
    found = verdicts.verify_waiting(world.county)
    assert (found.good, found.unchecked) == (2 * PAPERS - 1, 1)
    broken, good = sorted((verdict(world, visit) for visit in visits), key=lambda each: each[0] is Verification.GOOD)
    assert good == (Verification.GOOD, "")
    assert said in broken[1]


def test_a_run_that_is_cancelled_or_killed_goes_on_the_next_time(world):
    signed(world, 2)
    sent(world)

    def cancel(done: int, _total: int) -> None:
        if done == 1:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        verdicts.verify_waiting(world.county, cancel)
    assert verdicts.waiting(world.county) == 2 * PAPERS - 1
    assert verdicts.verify_waiting(world.county).good == 2 * PAPERS - 1


def test_when_the_program_is_killed_nobody_goes_on_looking_and_no_half_verdict_stays(made, tmp_path):
    folder, lock = tmp_path / "world", FileLock(tmp_path / "child.lock")
    with copy_of_world(made, folder) as world:
        signed(world)
        sent(world)
    command = [sys.executable, "-m", "tests.promises.verifying_worker", folder / "county", lock.lock_file]
    with subprocess.Popen(list(map(str, command)), cwd=Path(__file__).parents[2]) as program:
        while is_free(lock):
            assert program.poll() is None
        program.kill()
    lock.acquire(timeout=60)  # the child, whose PDF never comes to an end, is gone
    with open_world(folder) as world:
        assert verdicts.waiting(world.county) == PAPERS
        assert verdicts.verify_waiting(world.county).good == PAPERS


def is_free(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0.1)
    except Timeout:
        return False
    lock.release()
    return True


def test_the_same_drawing_packed_by_another_zlib_is_the_same(world, monkeypatch):
    monkeypatch.setattr(pdfdoc, "zlib", Packing())
    (visit,) = signed(world)
    sent(world)
    assert verdicts.verify_waiting(world.county).good == PAPERS
    assert verdict(world, visit) == (Verification.GOOD, "")


class Packing:
    """zlib, but packing at another level than usual."""

    def __getattr__(self, name: str) -> object:
        return getattr(zlib, name)

    def compress(self, data: bytes) -> bytes:
        return zlib.compress(data, 1)
