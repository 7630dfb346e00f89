"""A publication package proves a draw by itself, and shows every change made to it."""

import json
import random
import subprocess
import sys
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from msgspec import structs

from ohdesk.db import journal
from ohdesk.db.models import OwnKey, Revocation
from ohdesk.domain.draw.drawing import commitment
from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.facts import Verdict
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten
from ohdesk.errors import UserError
from ohdesk.security.certificates import DeviceSubject, issue, make_root
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.draw.holding import SeedMinutes, compute, freeze, set_seed, void
from ohdesk.services.draw.package import checksums, is_package, pack, unpack, verify_package
from ohdesk.services.draw.papers import commitment_pdf, record_pdf
from ohdesk.services.draw.plan import DrawPlan, StratumPlan
from ohdesk.services.draw.publication import publish
from ohdesk.services.draw.views import draw_detail
from ohdesk.services.record.verification import verify_file
from ohdesk.services.trust import certified, keys
from tests.conftest import signing

SEED = "2023733112"
PLAN = DrawPlan(
    plan="2026/HY:001",
    title="职业卫生双随机抽查",
    seed_source="现场掷十面骰",
    strata=(StratumPlan(code="甲", where={"risk_class": ("甲",)}, num=50, den=100, least=1),),
    team=2,
    cap=9,
    slack=1,
)
BANNED = "BAN-1"


def record(ctx: Context, *operations: EstablishmentWritten | PersonWritten) -> None:
    with ctx.transaction() as session:
        for operation in operations:
            journal.record(session, operation, ctx.stamp())


@pytest.fixture
def drawn(ctx: Context) -> str:
    for number in range(8):
        first = f"91000000MA{number:07d}"
        fields = {"name": f"琥珀{number}厂", "uscc": first + uscc_check_character(first), "risk_class": "甲"}
        record(ctx, EstablishmentWritten(record=ctx.new_id(), fields=fields | {"status": "在业"}))
    banned = {"name": "保密厂", "local_id": BANNED, "risk_class": "甲", "status": "在业", "tags": "不予公示"}
    record(ctx, EstablishmentWritten(record=ctx.new_id(), fields=banned))
    for name, number in (("闻人甲", "Z-001"), ("闻人乙", "Z-002"), ("闻人丙", "Z-003")):
        fields = {"name": name, "role": "inspector", "certificate_no": number, "certificate_until": "2027-12-31"}
        rest = {"leads": True, "unit": ""}
        record(ctx, PersonWritten(record=ctx.new_id(), fields=fields | rest))
    frozen = freeze(signing(ctx), structs.replace(PLAN, total=9))
    minutes = SeedMinutes(source="十面骰", thrown_by="司马", witnesses=("上官", "诸葛"))
    set_seed(ctx, frozen, SEED, SEED, minutes)
    compute(ctx, frozen)
    return frozen


def certify(ctx: Context) -> bytes:
    """A county certifies the device of this workspace; return the county's root."""
    county = PersonKey.create()
    root = make_root(county, "青原县卫生健康局", "000000", ctx.now())
    with ctx.transaction() as session:
        device = keys.own_signer(ctx, session).key.public_der
        subject = DeviceSubject(replica=ctx.office.replica, office=ctx.office.name, division=ctx.office.division)
        session.get_one(OwnKey, "device").certificate_der = issue(county, root, device, subject, ctx.now())
    return root


def failing(path: Path, *roots: bytes) -> list[str]:
    return [fact.key for fact in verify_package(path, roots) if fact.verdict is Verdict.FAILS]


def members_of(path: Path) -> dict[str, bytes]:
    return unpack(path.read_bytes())


def rewritten(path: Path, **changes: bytes) -> Path:
    """The package with files exchanged by somebody who makes new checksums but cannot sign."""
    members = members_of(path) | {name.replace("__", "."): content for name, content in changes.items()}
    members["SHA256SUMS"] = checksums(members)
    other = path.with_name("other.zip")
    other.write_bytes(pack(members))
    return other


def test_the_packages_own_script_prints_its_result_byte_for_byte(ctx, drawn, tmp_path):
    package = publish(ctx, drawn, tmp_path / "公示")
    assert package.name == "公示_2026_HY_001_1.zip"
    with ZipFile(package) as archive:
        archive.extractall(tmp_path / "citizen")
    done = subprocess.run(
        [sys.executable, "-I", "verify_draw.py", "sheet.json", "seed.txt"],
        cwd=tmp_path / "citizen",
        capture_output=True,
        check=True,
    )
    assert done.stdout == (tmp_path / "citizen" / "result.csv").read_bytes()
    assert (tmp_path / "citizen" / "seed.txt").read_bytes() == SEED.encode()
    sheet = (tmp_path / "citizen" / "sheet.json").read_bytes()
    assert (tmp_path / "citizen" / "commit.txt").read_text("utf-8").splitlines()[0] == commitment(sheet)
    pool = (tmp_path / "citizen" / "pool.csv").read_bytes()
    assert json.loads(sheet)["pool_sha256"] == sha256(pool).hexdigest()


def test_everything_holds_under_the_countys_root(ctx, drawn, tmp_path):
    root = certify(ctx)
    package = publish(ctx, drawn, tmp_path)
    facts = {fact.key: fact.verdict for fact in verify_package(package, (root,))}
    assert set(facts.values()) == {Verdict.HOLDS}
    assert {"publication.signature", "publication.chain", "draw.commit", "draw.pool", "draw.result"} <= set(facts)


def test_without_a_root_or_a_certificate_the_chain_is_unchecked(ctx, drawn, tmp_path):
    def chain(package: Path, *roots: bytes) -> Verdict:
        return next(fact.verdict for fact in verify_package(package, roots) if fact.key == "publication.chain")

    uncertified = publish(ctx, drawn, tmp_path)
    assert chain(uncertified) is Verdict.UNCHECKED
    assert failing(uncertified) == []
    root = certify(ctx)
    assert chain(uncertified, root) is Verdict.FAILS
    certified = publish(ctx, drawn, tmp_path)
    assert chain(certified) is Verdict.UNCHECKED
    stranger = make_root(PersonKey.create(), "白水县卫生健康局", "000000", ctx.now())
    assert chain(certified, stranger) is Verdict.FAILS
    assert chain(certified, stranger, root) is Verdict.HOLDS


def test_the_same_draw_at_the_same_time_gives_the_same_package(ctx, drawn, tmp_path):
    first = publish(ctx, drawn, tmp_path / "a").read_bytes()
    assert publish(ctx, drawn, tmp_path / "b").read_bytes() == first
    assert draw_detail(ctx, drawn).row.published


def test_names_of_inspectors_and_of_a_banned_firm_stay_inside(ctx, drawn, tmp_path):
    members = members_of(publish(ctx, drawn, tmp_path))
    private = ("闻人", "保密厂")
    for name in ("sheet.json", "pool.csv", "result.csv", "commit.txt", "package.json"):
        assert not [word for word in private if word.encode() in members[name]]
    assert BANNED.encode() in members["result.csv"]
    for paper in ("notice.pdf", "seed_minutes.pdf"):
        text = pdf_text(members[paper])
        assert not [word for word in private if word in text]
    assert "琥珀" in pdf_text(members["notice.pdf"])
    assert BANNED in pdf_text(members["notice.pdf"])


def pdf_text(pdf: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))


def test_the_paper_of_the_freeze_announces_the_fingerprint_and_nothing_secret(ctx, drawn):
    text = pdf_text(commitment_pdf(ctx, drawn)).replace("\r\n", "")
    detail = draw_detail(ctx, drawn)
    assert detail.row.fingerprint[:26] in text
    assert "现场掷十面骰" in text
    assert SEED not in text
    assert detail.sheet is not None
    assert detail.sheet.nonce[:16] not in text


def test_the_record_for_the_file_names_everybody(ctx, drawn):
    text = pdf_text(record_pdf(ctx, drawn)).replace("\r\n", "")
    detail = draw_detail(ctx, drawn)
    for part in (
        "保密厂",
        "闻人甲",
        "Z-001",
        "上官、诸葛",
        SEED,
        detail.row.fingerprint[:26],
        "镇街自行抽取",
        "甲：风险类别为甲",
    ):
        assert part in text, part


def test_any_changed_bit_is_found(ctx, drawn, tmp_path):
    package = publish(ctx, drawn, tmp_path)
    whole = package.read_bytes()
    source = random.Random(20260302)  # noqa: S311 - the same bits every time
    for _ in range(120):
        place = source.randrange(len(whole) * 8)
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        package.write_bytes(damaged)
        assert failing(package), place


def test_exchanged_files_are_found_even_with_new_checksums(ctx, drawn, tmp_path):
    package = publish(ctx, drawn, tmp_path)
    members = members_of(package)
    other_pool = members["pool.csv"].replace("琥珀1厂".encode(), "琥珀9厂".encode())
    other_result = members["result.csv"].replace(b"Z-001", b"Z-002")
    other_sheet = members["sheet.json"].replace(b'"cap":9', b'"cap":8')
    signature = "publication.signature"
    assert failing(rewritten(package, pool__csv=other_pool)) == [signature, "draw.pool"]
    assert failing(rewritten(package, result__csv=other_result)) == [signature, "draw.result"]
    assert failing(rewritten(package, seed__txt=b"9" * 10)) == [signature, "draw.result"]
    assert failing(rewritten(package, sheet__json=other_sheet)) == [signature, "draw.commit", "draw.result"]
    assert failing(rewritten(package, verify_draw__py=b"print('ok')\n")) == [signature, "publication.programs"]
    other_commit = members["commit.txt"].replace(members["commit.txt"][:64], b"0" * 64)
    expected = [signature, "publication.commit", "draw.commit"]
    assert failing(rewritten(package, commit__txt=other_commit)) == expected
    for true, false in ((b'"draw":1', b'"draw":2'), (PLAN.plan.encode(), b"2026/HY:002")):
        other_draw = members["package.json"].replace(true, false)
        assert failing(rewritten(package, package__json=other_draw)) == [signature, "publication.commit"]


def test_a_package_of_a_device_that_the_county_has_taken_back_is_not_good(ctx, drawn, tmp_path):
    root = certify(ctx)
    package = publish(ctx, drawn, tmp_path)
    assert verify_file(package, (root,), ctx).is_good
    take_back(ctx, date(2026, 3, 3))
    assert verify_file(package, (root,), ctx).is_good
    take_back(ctx, date(2026, 3, 1))
    report = verify_file(package, (root,), ctx)
    assert not report.is_good
    (chain,) = (fact for fact in report.facts if fact.verdict is Verdict.FAILS)
    assert chain.key == "publication.chain"
    assert "吊销了这把密钥：被盗" in chain.detail


def take_back(ctx: Context, since: date) -> None:
    with ctx.transaction() as session:
        key = certified.key_of(keys.own_signer(ctx, session).key.public_der)
        session.add(Revocation(operation=f"{since:%Y%m%d}" * 5, key=key, since=since, reason="被盗"))


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 100])
def test_another_file_is_no_package(tmp_path, data):
    file = tmp_path / "x.zip"
    file.write_bytes(data)
    assert failing(file) == ["publication.form"]
    assert not is_package(data)


def test_a_package_zipped_anew_is_not_taken(ctx, drawn, tmp_path):
    package = publish(ctx, drawn, tmp_path)
    assert is_package(package.read_bytes()[:64])
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in members_of(package).items():
            archive.writestr(name, content)
    package.write_bytes(out.getvalue())
    assert failing(package) == ["publication.form"]


def test_a_void_draw_is_published_with_its_reason(ctx, drawn, tmp_path):
    void(signing(ctx), drawn, "名录有误")
    package = publish(ctx, drawn, tmp_path)
    assert failing(package) == []
    assert "名录有误" in members_of(package)["commit.txt"].decode()
    assert "名录有误" in pdf_text(members_of(package)["notice.pdf"])


def test_a_folder_that_cannot_be_written_leaves_no_trace_in_the_journal(ctx, drawn, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="这个路径不能用"):
        publish(ctx, drawn, tmp_path / "file")
    assert not draw_detail(ctx, drawn).row.published


def test_nothing_is_published_before_the_result(ctx, drawn, tmp_path):
    frozen = freeze(signing(ctx), structs.replace(PLAN, plan="2026-2"))
    with pytest.raises(UserError, match="还没有结果"):
        publish(ctx, frozen, tmp_path)
