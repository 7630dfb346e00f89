"""What `verify` says of good, changed and foreign files, with and without a workspace."""

import pytest

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.errors import UserError
from ohdesk.security import certificates
from ohdesk.services.office.accounts import signing_inspector
from ohdesk.services.record import finalizing, verification, views
from ohdesk.services.record.verification import Verification, verify_file
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World, party, pen, second


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return record_world.final(tmp_path_factory.mktemp("template") / "town")


@pytest.fixture(scope="module")
def pdf(world) -> bytes:
    with world.opened() as ctx:
        return views.open_record(ctx, world.visit).papers[0].pdf


def verdicts(report: Verification) -> dict[str, Verdict]:
    return {fact.key: fact.verdict for fact in report.facts}


def test_without_a_workspace_the_journal_is_left_unchecked(world, pdf, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf)
    with world.opened() as ctx:
        from ohdesk.services.trust.keys import anchors

        roots = anchors(ctx).roots
    report = verify_file(path, roots)
    assert report.is_good
    assert verdicts(report)["journal"] is Verdict.UNCHECKED


def test_without_roots_the_chain_is_unchecked_and_that_is_not_good(pdf, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf)
    report = verify_file(path, ())
    assert not report.is_good
    assert verdicts(report)["chain.1"] is Verdict.UNCHECKED


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 0.99])
def test_one_changed_bit_is_not_good(world, pdf, tmp_path, place):
    changed = bytearray(pdf)
    changed[int(len(pdf) * place)] ^= 4
    path = tmp_path / "a.pdf"
    path.write_bytes(changed)
    with world.opened() as ctx:
        assert not verify_file(path, (), ctx).is_good


def test_another_file_for_the_same_visit_does_not_stand_in_the_journal(world, template_of_other, tmp_path):
    path = tmp_path / "other.pdf"
    path.write_bytes(template_of_other)
    with world.opened() as ctx:
        report = verify_file(path, (), ctx)
    assert verdicts(report)["journal"] is Verdict.FAILS
    assert not report.is_good


@pytest.fixture(scope="module")
def template_of_other(tmp_path_factory, world) -> bytes:
    """The same visit signed a second time on a copy of the workspace: good signatures, another file."""
    copy = record_world.copied(world, tmp_path_factory.mktemp("copy") / "town")
    with copy.opened() as ctx:
        from ohdesk.db.models import (
            Finding,
            FindingDuty,
            OperationRow,
            Record,
            RecordAnswer,
            RecordInspector,
            RecordPaper,
            RecordPhoto,
            Visit,
        )

        with ctx.transaction() as session:
            for table in (FindingDuty, Finding, RecordInspector, RecordAnswer, RecordPhoto, RecordPaper, Record):
                session.query(table).delete()
            session.query(OperationRow).where(OperationRow.record == copy.visit).delete()
            session.get_one(Visit, copy.visit).state = "open"
        finalizing.finalize(ctx, copy.visit, party(), (pen(),), second())
        return views.open_record(ctx, copy.visit).papers[0].pdf


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff" * 600, b"GIF89a"])
def test_a_file_of_another_kind_is_refused_in_a_sentence(content, tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(UserError, match="不是检查记录"):
        verify_file(path, ())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="读不到文件"):
        verify_file(tmp_path / "none.pdf", ())


@pytest.mark.parametrize("content", [b"%PDF-", b"%PDF-1.7\n%%EOF", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 600])
def test_a_torso_gives_facts_that_fail(content, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(content)
    report = verify_file(path, ())
    assert Verdict.FAILS in verdicts(report).values()


def test_only_a_root_is_taken_as_root(world, tmp_path):
    with world.opened() as ctx:
        own = signing_inspector(ctx).signer.certificate
    path = tmp_path / "root.pem"
    path.write_bytes(certificates.pem(own))
    with pytest.raises(UserError, match="不能作为根证书"):
        verification.read_root(path)
    path.write_bytes(b"nothing")
    with pytest.raises(UserError, match="不是证书"):
        verification.read_root(path)
    with pytest.raises(UserError, match="读不到文件"):
        verification.read_root(tmp_path / "none.pem")


@pytest.mark.parametrize(
    ("facts", "good"),
    [
        ((("signature", Verdict.HOLDS), ("chain", Verdict.HOLDS)), True),
        ((("signature", Verdict.HOLDS), ("chain", Verdict.HOLDS), ("journal", Verdict.UNCHECKED)), True),
        ((("signature", Verdict.HOLDS), ("chain", Verdict.UNCHECKED)), False),
        ((("signature.1", Verdict.HOLDS), ("signature.2", Verdict.UNCHECKED), ("chain.1", Verdict.HOLDS)), False),
        ((("signature", Verdict.HOLDS), ("chain", Verdict.HOLDS), ("content", Verdict.FAILS)), False),
        ((("content", Verdict.HOLDS),), False),
        ((), False),
    ],
)
def test_good_means_nothing_fails_and_signature_and_chain_were_checked(facts, good):
    report = Verification("record", tuple(Fact(key, "", verdict) for key, verdict in facts))
    assert report.is_good is good
