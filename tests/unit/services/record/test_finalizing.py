"""From a filled visit to the signed, final record; and everything that stands in the way of it."""

import subprocess
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from ohdesk.db.models import Finding, OperationRow, Record, Setting, Visit
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.canonical import fingerprint, parse
from ohdesk.domain.evidence import Sensitive
from ohdesk.domain.facts import Verdict
from ohdesk.domain.masking import Mask
from ohdesk.domain.record import Signer
from ohdesk.domain.visit import Ending
from ohdesk.errors import ProblemsError, UserError
from ohdesk.security.pdf_structure import Inside
from ohdesk.services import blobs
from ohdesk.services.office import people
from ohdesk.services.office.paper_forms import SET_SETTING
from ohdesk.services.record import composing, finalizing, photo_pages, signing, verification, views
from ohdesk.services.visit import conduct, evidence, masking, photos
from tests.conftest import PASSWORD, numbered
from tests.printed import pages_of
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, SECOND, World, party, pen, picture, second


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    world = record_world.filled(tmp_path_factory.mktemp("template") / "town")
    with world.opened() as ctx:
        photos.attach_photo(ctx, world.visit, "", picture(), photos.Caption(text="打磨车间"))
    return world


@pytest.fixture(scope="module")
def unfilled(tmp_path_factory) -> World:
    return record_world.make(tmp_path_factory.mktemp("unfilled") / "town")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


def counts(ctx) -> tuple[int, int, int, str]:
    """Operations, records and files of the evidence store, and the state of the visit."""
    with ctx.reading() as session:
        operations = session.scalar(select(func.count()).select_from(OperationRow))
        held = session.scalar(select(func.count()).select_from(Record))
        state = session.scalars(select(Visit.state)).one()
    return operations, held, sum(path.is_file() for path in (ctx.folder / "blobs").rglob("*")), state


def finalized(ctx, world: World, **changes) -> finalizing.FinalRecord:
    given = {"party": party(), "strokes": (pen(),)} | changes
    return finalizing.finalize(ctx, world.visit, given["party"], given["strokes"], second())


def test_the_record_is_signed_stored_and_the_visit_closed(world, tmp_path):
    with world.opened() as ctx:
        shown = composing.compose(ctx, world.visit, party())
        final = finalized(ctx, world)
        assert final.number == numbered(ctx, 1)
        assert final.record_sha256 == shown.record_sha256 == fingerprint(final.record)
        assert [person.field for person in final.record.inspectors] == ["inspector1", "inspector2"]
        papers = views.open_record(ctx, world.visit).papers
        for beside in papers[1:]:
            assert verification.verify_file(views.export(beside, tmp_path), (), ctx).is_good
        pdf, path = papers[0].pdf, views.export(papers[0], tmp_path)
        report = verification.verify_file(path, (), ctx)
        assert report.is_good, [fact for fact in report.facts if fact.verdict is not Verdict.HOLDS]
        with ctx.reading() as session:
            row = session.get_one(Record, world.visit)
            assert row.pdf_sha256 == final.pdf_sha256
            assert parse(Inside(pdf).attachment()) == content_of(session, row)
            assert session.get_one(Visit, world.visit).state == "closed"
            found = session.scalars(select(Finding).where(Finding.visit == world.visit)).all()
            assert [(one.number, one.fact) for one in found] == [(1, "未见 3 号打磨机的局部排风。")]
            body = parse(session.scalars(select(OperationRow.body).where(OperationRow.record == world.visit)).one())
        assert body["t"] == "visit.finalized@1"
        assert body["blobs"][0] == f"sha256:{final.pdf_sha256}"
        assert len(body["blobs"]) == 4  # three papers and a photo
        assert "sig" in body
        assert finalizing.final_record(ctx, world.visit) == replace(final, finalized_at=body["at"])


def test_pdfsig_calls_both_signatures_valid_and_the_last_one_whole(world, tmp_path):
    with world.opened() as ctx:
        finalized(ctx, world)
        path = views.export(views.open_record(ctx, world.visit).papers[0], tmp_path)
    told = subprocess.run(["pdfsig", "-nocert", path], capture_output=True).stdout.decode()
    assert told.count("Signature is Valid") == 2
    assert told.count("Total document signed") == 1
    assert told.index("Not total document signed") < told.index("Total document signed")
    assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0


def test_the_second_inspector_may_be_the_one_logged_in(world):
    with world.opened(SECOND) as ctx:
        final = finalizing.finalize(ctx, world.visit, party(), (pen(),), signing.SecondSigner(FIRST, OWN[FIRST]))
        assert [person.name for person in final.record.inspectors] == [FIRST, SECOND]


def test_whoever_was_there_may_sign_by_hand_beside_the_certificates(world):
    by_hand = (pen(FIRST, Signer.INSPECTOR), pen(SECOND, Signer.INSPECTOR), pen(FIRST, Signer.RECORDER))
    with world.opened() as ctx:
        finalized(ctx, world, strokes=(pen(), *by_hand))
        record, *_ = views.open_record(ctx, world.visit).papers
    (seats,) = (page for page in pages_of(record.pdf) if "记录人" in page)
    assert seats.count("12时00分签") == 1 + len(by_hand)


def test_nobody_signs_by_hand_who_was_not_there_or_twice(world):
    strangers = (pen("唐晴", Signer.INSPECTOR), pen(FIRST, Signer.TECHNICIAN))
    twice = (pen(FIRST, Signer.RECORDER), pen(FIRST, Signer.RECORDER), pen(SECOND, Signer.RECORDER))
    with world.opened() as ctx, pytest.raises(ProblemsError) as refused:
        finalized(ctx, world, strokes=(pen(), *strangers, *twice))
    assert [problem.place for problem in refused.value.problems] == [
        "手写签名（检查人员唐晴）",
        f"手写签名（技术人员{FIRST}）",
        f"手写签名（记录人{FIRST}）",
        "记录人",
    ]


@pytest.mark.parametrize(
    ("statement", "strokes"),
    [
        (party("objected", statement="体检报告尚未取回。"), (pen(),)),
        (party("refused", reason="认为不属实", witness="唐晴"), (pen("唐晴", Signer.WITNESS),)),
        (party("refused", reason="离开", video="执法记录仪 3 号"), ()),
        (party("absent", name="", position="", reason="大门上锁"), ()),
    ],
)
def test_every_way_of_the_party_ends_in_a_finished_record(world, statement, strokes):
    with world.opened() as ctx:
        final = finalized(ctx, world, party=statement, strokes=strokes)
        assert final.record.party.way == statement.way
        assert counts(ctx)[3] == "closed"


@pytest.mark.parametrize(
    ("statement", "strokes", "place"),
    [
        (party("signed"), (), "当事人签名"),
        (party("signed"), (pen(), pen()), "当事人签名"),
        (party("signed"), (pen("别人"),), "当事人签名"),
        (party("signed", name=""), (pen(""),), "当事人姓名"),
        (party("objected"), (pen(),), "当事人的异议"),
        (party("refused", reason="不满"), (), "见证人或录像"),
        (party("refused", witness="唐晴"), (), "拒签原因"),
        (party("refused", reason="不满", witness="唐晴"), (pen(),), "当事人签名"),
        (party("absent"), (), "当事人不在场的原因"),
        (party("signed"), (replace(pen(), strokes=()),), "手写签名（当事人陈某）"),
        (party("signed"), (replace(pen(), strokes=((),)),), "手写签名（当事人陈某）"),
        (party("signed"), (replace(pen(), strokes=(((9001, 0, 0),),)),), "手写签名（当事人陈某）"),
        (party("signed"), (replace(pen(), strokes=(((1, 1, 1),) * 20_001,)),), "手写签名（当事人陈某）"),
        (party("signed"), (replace(pen(), width=0),), "手写签名（当事人陈某）"),
    ],
)
def test_what_the_statement_or_a_signature_lacks_is_named_and_nothing_changes(world, statement, strokes, place):
    with world.opened() as ctx:
        before = counts(ctx)
        with pytest.raises(ProblemsError) as refused:
            finalized(ctx, world, party=statement, strokes=strokes)
        assert place in [problem.place for problem in refused.value.problems]
        assert counts(ctx) == before


def test_unanswered_questions_stop_the_record(unfilled, tmp_path):
    world = record_world.copied(unfilled, tmp_path / "town")
    with world.opened() as ctx:
        before = counts(ctx)
        with pytest.raises(ProblemsError, match="还不能定稿") as refused:
            finalized(ctx, world)
        assert any(problem.place == "检查表" for problem in refused.value.problems)
        assert counts(ctx) == before


@pytest.mark.parametrize("which", ["copy", "original", "copy of a secret"])
def test_a_lost_photo_stops_the_signing_and_is_named(world, which):
    with world.opened() as ctx:
        if which == "copy of a secret":
            evidence.mark(ctx, world.visit, evidence.find(ctx, world.visit, 1), Sensitive.PRIVACY)
        photo = composing.compose(ctx, world.visit).record.photos[0]
        blobs.forget(ctx, photo.original_sha256 if which == "original" else photo.sha256)
        before = counts(ctx)
        with pytest.raises(UserError) as refused:
            finalized(ctx, world)
        assert "照片 1 的文件已丢失" in refused.value.message
        assert counts(ctx) == before


def test_a_photo_that_comes_later_is_covered_before_its_page_is_signed_and_not_after(world):
    with world.opened() as ctx:
        number = photos.announce_photo(ctx, world.visit, "", photos.Caption(text="喷漆房")).number
        finalized(ctx, world)
        photos.bring_in_photo(ctx, world.visit, number, picture())
        masking.mask(ctx, world.visit, number, [Mask(0, 0, 20, 20)])
        with pytest.raises(UserError):
            masking.mask(ctx, world.visit, 1, [Mask(0, 0, 20, 20)])  # on the record that is signed
        photo_pages.add_photo_page(ctx, world.visit, second())
        with pytest.raises(UserError):
            masking.mask(ctx, world.visit, number, [])
        assert photos.list_photos(ctx, world.visit)[number - 1].masked == 1


def test_announced_photos_do_not_stop_it(world):
    with world.opened() as ctx:
        photos.announce_photo(ctx, world.visit, "", photos.Caption(text="喷漆房"))
        assert [photo.sha256 for photo in finalized(ctx, world).record.photos][1:] == [""]


def test_a_missing_glyph_stops_it_and_is_named(world):
    with world.opened() as ctx:
        before = counts(ctx)
        with pytest.raises(ProblemsError, match=r"U\+20003"):
            finalized(ctx, world, party=party(name="陈\U00020003"), strokes=(pen("陈\U00020003"),))
        assert counts(ctx) == before


def test_a_wrong_password_of_the_colleague_changes_nothing(world):
    with world.opened() as ctx:
        before = counts(ctx)
        with pytest.raises(UserError, match="密码不正确"):
            finalizing.finalize(ctx, world.visit, party(), (pen(),), signing.SecondSigner(SECOND, "wrong"))
        assert counts(ctx) == before


@pytest.mark.parametrize("colleagues", [(), (signing.SecondSigner(FIRST, OWN[FIRST]),)])
def test_nobody_signs_for_a_colleague(world, colleagues):
    with world.opened() as ctx:
        before = counts(ctx)
        with pytest.raises(UserError):
            finalizing.finalize(ctx, world.visit, party(), (pen(),), *colleagues)
        assert counts(ctx) == before


def test_an_administrator_cannot_sign_for_the_inspectors(world):
    with world.opened("李旸") as ctx, pytest.raises(UserError, match=f"还缺 {FIRST} 的签名"):
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())


def test_an_inspector_whose_certificate_has_run_out_does_not_sign(world):
    with world.opened("李旸") as ctx:
        person = next(one for one in people.list_people(ctx) if one.name == SECOND)
        with ctx.transaction() as session:
            session.get_one(people.Person, person.id).certificate_until = date(2026, 3, 1)
    with world.opened() as ctx:
        with pytest.raises(ProblemsError) as refused:
            finalized(ctx, world)
        assert refused.value.problems[0].place == SECOND


def test_another_fingerprint_than_the_one_shown_is_refused(world):
    with world.opened() as ctx:
        shown = composing.compose(ctx, world.visit, party()).record_sha256
        photos.announce_photo(ctx, world.visit, "")
        with pytest.raises(UserError, match="有了变化"):
            finalizing.finalize(ctx, world.visit, party(), (pen(),), second(), shown_sha256=shown)
        assert counts(ctx)[1] == 0


def test_a_final_record_cannot_be_made_again(world):
    with world.opened() as ctx:
        finalized(ctx, world)
        before = counts(ctx)
        with pytest.raises(UserError, match="已经结束"):
            finalized(ctx, world)
        assert counts(ctx) == before


def test_numbers_follow_each_other_within_the_year_and_the_office(world):
    with world.opened() as ctx:
        finalized(ctx, world)
        with ctx.transaction() as session:
            first = session.get_one(Visit, world.visit)
            session.expunge(first)
            session.merge(
                Visit(
                    **{c.name: getattr(first, c.name) for c in Visit.__table__.columns}
                    | {"id": "01900000-0000-7000-8000-00000000000a", "state": "open"}
                )
            )
        with ctx.transaction() as session:
            visit = session.get_one(Visit, "01900000-0000-7000-8000-00000000000a")
            visit.ending = Ending("closed", "门牌或厂区照片", "大门上锁")
        other = composing.compose(ctx, "01900000-0000-7000-8000-00000000000a")
        assert other.record.number == numbered(ctx, 2)


def test_composing_writes_nothing_and_says_the_same_twice(world):
    with world.opened() as ctx:
        before = counts(ctx)
        assert composing.compose(ctx, world.visit, party()) == composing.compose(ctx, world.visit, party())
        assert all(each.pdf.startswith(b"%PDF-") for each in finalizing.draft(ctx, world.visit, party()).papers)
        assert counts(ctx) == before


def test_the_situation_given_takes_the_place_of_the_usual_one(world):
    with world.opened() as ctx:
        usual = composing.compose(ctx, world.visit).record.situation
        assert "未见 3 号打磨机的局部排风" in usual[-1]
        given = composing.compose(ctx, world.visit, situation=("  两台打磨机在运行。 ", "")).record.situation
        assert given == ("两台打磨机在运行。",)


def test_the_office_chooses_the_wording(world):
    with world.opened() as ctx:
        assert composing.compose(ctx, world.visit).record.title == "现场检查笔录"
        with ctx.transaction() as session:
            session.add(Setting(key=SET_SETTING, value="moh-87"))
        chosen = composing.compose(ctx, world.visit).record
        assert (chosen.title, chosen.wording) == ("现场笔录", "moh-87")


def test_without_the_county_the_record_says_so(world):
    with world.opened() as ctx:
        assert composing.compose(ctx, world.visit).record.office.confirmed_by_county is False


def test_a_closed_gate_ends_in_a_record_without_checklist(unfilled, tmp_path):
    world = record_world.copied(unfilled, tmp_path / "town")
    with world.opened() as ctx:
        conduct.end_without_checklist(
            ctx, world.visit, conduct.Ending("closed", "门牌或厂区照片", "大门上锁，电表停转。")
        )
        final = finalized(ctx, world, party=party("absent", name="", position="", reason="现场无人"), strokes=())
        assert final.record.answers == ()
        assert "大门上锁" in final.record.outcome_proof


def test_an_amendment_stands_beside_the_record_and_leaves_it_as_it_is(world):
    with world.opened() as ctx:
        finalized(ctx, world)
        before = views.open_record(ctx, world.visit).papers
        finalizing.amend(ctx, world.visit, "第 3 号机应为第 4 号机。", "笔误")
        assert views.open_record(ctx, world.visit).papers == before
        assert [row.amendments for row in finalizing.list_records(ctx)] == [1]
        with pytest.raises(ProblemsError, match="没有记入"):
            finalizing.amend(ctx, world.visit, "再补充", " ")


def test_a_record_is_exported_once_under_a_name_windows_takes(world, tmp_path):
    with world.opened() as ctx:
        finalized(ctx, world)
        paper = views.open_record(ctx, world.visit).papers[0]
        first = views.export(paper, tmp_path)
        assert views.export(paper, tmp_path) == first
        assert first.name == f"现场检查笔录_{numbered(ctx, 1)}_000000001_岚石五金制品有限公司.pdf"
        first.write_bytes(b"other")
        assert views.export(paper, tmp_path).name.endswith("_2.pdf")
        assert not list(tmp_path.glob("*.part"))
        with pytest.raises(UserError, match="找不到文件夹"):
            views.export(paper, tmp_path / "none")


def test_a_pdf_that_is_gone_is_said_to_be_gone(world, tmp_path):
    with world.opened() as ctx:
        blobs.forget(ctx, finalized(ctx, world).pdf_sha256)
        paper = views.open_record(ctx, world.visit).papers[0]
        with pytest.raises(UserError, match="丢失或损坏"):
            views.export(paper, tmp_path)


def test_a_record_is_found_by_its_number(world):
    with world.opened() as ctx:
        finalized(ctx, world)
        assert finalizing.find(ctx, numbered(ctx, 1)) == finalizing.find(ctx, world.visit) == world.visit
        assert finalizing.find(ctx, numbered(ctx, 1).replace("—", "-")) == world.visit  # no keyboard has the dash
        with pytest.raises(UserError, match="2026-0002"):
            finalizing.find(ctx, "2026-0002")


def test_the_passwords_of_colleagues_are_never_shown():
    assert PASSWORD not in repr(signing.SecondSigner("甲", PASSWORD))
