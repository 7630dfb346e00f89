"""A certificate file signs in the place of an account, when its key was registered for the person; else it is told."""

import os
import subprocess

import pytest

from ohdesk.domain.facts import Verdict
from ohdesk.services.office import certificate_file
from ohdesk.services.record import finalizing, signing, verification, views
from tests import pkcs12_files
from tests.pkcs12_files import SECRET
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, SECOND, World, party, pen


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return record_world.filled(tmp_path_factory.mktemp("template") / "town")


def by_file(path, password=SECRET) -> signing.SecondSigner:
    return signing.SecondSigner("", password, path)


def refused(world: World, signer: signing.SecondSigner) -> signing.SignerError:
    """What is told where a file cannot sign; nothing is signed then."""
    with world.opened() as ctx:
        before = [path for path in ctx.folder.rglob("*") if path.suffix == ".pdf"]
        with pytest.raises(signing.SignerError) as told:
            finalizing.finalize(ctx, world.visit, party(), (pen(),), signer)
        assert not views.is_final(ctx, world.visit)
        assert [path for path in ctx.folder.rglob("*") if path.suffix == ".pdf"] == before
    assert SECRET not in repr(signer)
    return told.value


@pytest.mark.parametrize(
    ("kind", "days", "said"),
    [
        ("p256", 365, "没有在本单位登记"),
        ("p256", -1, "有效期为"),
        ("rsa", 365, "不是本程序使用的种类"),
        ("no key", 365, "没有私钥"),
    ],
)
def test_a_file_that_does_not_count_is_told_at_the_file_and_nothing_is_signed(world, tmp_path, kind, days, said):
    path = pkcs12_files.of_another_authority(tmp_path / "a.p12", SECOND, days=days, kind=kind)
    error = refused(world, by_file(path))
    assert said in error.message
    assert error.field == "file"


def test_a_wrong_password_is_told_at_the_password_and_a_damaged_file_at_the_file(world, tmp_path):
    path = pkcs12_files.of_another_authority(tmp_path / "a.p12", SECOND)
    assert refused(world, by_file(path, "wrong")).field == "password"
    whole = path.read_bytes()
    for number, data in enumerate((whole[:-9], whole + b"0", b"", b"%PDF-1.7", os.urandom(300_000))):
        odd = tmp_path / f"{number}.p12"
        odd.write_bytes(data)
        assert refused(world, by_file(odd)).field == "file"
    for place in (tmp_path, tmp_path / "none.p12"):
        assert refused(world, by_file(place)).field == "file"


def test_a_key_registered_for_a_person_signs_from_the_file_of_another_authority(world, tmp_path):
    path = pkcs12_files.of_another_authority(tmp_path / "second.p12", SECOND)
    others = pkcs12_files.of_another_authority(tmp_path / "first.p12", FIRST)
    own = record_world.copied(world, tmp_path / "town")
    with own.opened(SECOND) as ctx:
        with pytest.raises(signing.Pkcs12Error, match="不是本人的"):
            certificate_file.take_key(ctx, others, SECRET)
        certificate_file.take_key(ctx, path, SECRET)
    with own.opened() as ctx:
        of_the_first = signing.SecondSigner("", SECRET, path, ctx.actor.person)
        with pytest.raises(signing.SignerError, match=f"是“{SECOND}”的，不是{FIRST}的"):
            finalizing.finalize(ctx, own.visit, party(), (pen(),), of_the_first)
        finalizing.finalize(ctx, own.visit, party(), (pen(),), by_file(path))
        written = views.export(views.open_record(ctx, own.visit).papers[0], tmp_path)
        report = verification.verify_file(written, (), ctx)
        assert report.is_good, [fact for fact in report.facts if fact.verdict is not Verdict.HOLDS]
    told = subprocess.run(["pdfsig", "-nocert", written], capture_output=True).stdout.decode()
    assert told.count("Signature is Valid") == 2
