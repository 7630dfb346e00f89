"""A town joins its county by three files, and by nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ohdesk.db.models import Certificate, CountyRecipient, Enrolment, OwnKey, OwnOffice, Peer, SigningKey
from ohdesk.errors import UserError
from ohdesk.security import certificates
from ohdesk.services.context import Context
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.trust import joining, keys
from ohdesk.services.trust.joining import RequestShown
from tests.asker import Asker, person
from tests.conftest import NOON, PASSWORD, county_workspace, noon, town_workspace


@dataclass
class Files:
    """Where the three files lie."""

    card: Path
    request: Path
    answer: Path


@pytest.fixture
def files(tmp_path) -> Files:
    return Files(tmp_path / "county.ohcard", tmp_path / "town.ohreq", tmp_path / "town.ohans")


@pytest.fixture
def inspector(ctx) -> str:
    """An inspector with an account of their own."""
    person = people.add_person(ctx, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
    accounts.add(ctx, "王𠅤", "zweites-wort", {"inspector"}, person)
    return person


def joined(ctx: Context, county_ctx: Context, files: Files) -> RequestShown:
    joining.write_card(county_ctx, files.card)
    joining.write_request(ctx, files.card, files.request)
    joining.issue(county_ctx, files.request, files.answer)
    return joining.accept(ctx, files.answer)


def test_both_sides_show_the_same_two_fingerprints(ctx, county_ctx, files, inspector):
    card = joining.write_card(county_ctx, files.card)
    request = joining.write_request(ctx, files.card, files.request)
    issued = joining.issue(county_ctx, files.request, files.answer)
    result = joining.accept(ctx, files.answer)
    assert card.fingerprint == request.card_fingerprint == result.card_fingerprint
    assert request.fingerprint == issued.request.fingerprint != card.fingerprint
    assert [len(group) for group in card.fingerprint.split(" ")] == [4] * 8
    assert request.people == issued.request.names == result.people == ("王𠅤 DEMO-0001",)


def test_joining_certifies_the_very_keys_the_town_had_before(ctx, county_ctx, files, inspector):
    with ctx.reading() as session:
        before = session.get_one(SigningKey, inspector).public_der
        device = session.get_one(OwnKey, "device").public
    joined(ctx, county_ctx, files)
    with ctx.reading() as session:
        key = session.get_one(SigningKey, inspector)
        root = session.get_one(OwnKey, "root")
        assert key.confirmed
        assert key.public_der == certificates.public_der(key.certificate_der) == before
        certificates.check_issued(key.certificate_der, root.certificate_der)
        certificates.check_valid_at(key.certificate_der, NOON)
        assert root.secret == b""
        own = session.get_one(OwnKey, "device")
        assert own.public == certificates.public_der(own.certificate_der) == device
        names = certificates.device_of(own.certificate_der)
        assert (names.replica, names.division, names.office) == (
            ctx.office.replica,
            ctx.office.division,
            ctx.office.name,
        )


def test_both_sides_know_each_other_afterwards(ctx, county_ctx, files, inspector):
    joined(ctx, county_ctx, files)
    with ctx.reading() as ours, county_ctx.reading() as theirs:
        county = ours.get_one(Peer, county_ctx.office.replica)
        town = theirs.get_one(Peer, ctx.office.replica)
        assert (county.role, county.name, county.division) == ("county", "青原县卫生健康局", "000000")
        assert (town.role, town.name, town.division) == ("town", "石桥镇", "000000001")
        assert county.age_recipient == theirs.get_one(OwnKey, "age").public.decode()
        assert town.age_recipient == ours.get_one(OwnKey, "age").public.decode()
        recovery = theirs.scalars(select(OwnOffice.recovery_recipient)).one()
        assert set(ours.scalars(select(CountyRecipient.recipient))) == {county.age_recipient, recovery}
        assert {row.person for row in theirs.scalars(select(Certificate))} == {"", inspector}
        assert keys.signer(ctx, ours).sign(b"x")
        assert keys.signer(county_ctx, theirs).sign(b"x")


def test_the_cards_fingerprint_stays_the_same(county_ctx, files):
    first, second = (joining.write_card(county_ctx, files.card) for _ in range(2))
    assert first.fingerprint == second.fingerprint


def test_the_request_carries_no_secret(ctx, county_ctx, files, inspector):
    joining.write_card(county_ctx, files.card)
    joining.write_request(ctx, files.card, files.request)
    for file in (files.card, files.request):
        assert b"SECRET" not in file.read_bytes()
        assert b"PRIVATE" not in file.read_bytes()


def test_a_town_without_people_can_join_too(ctx, county_ctx, files):
    assert joined(ctx, county_ctx, files).people == ()


def test_an_inspector_who_comes_later_joins_by_a_second_request(ctx, county_ctx, files, inspector):
    joined(ctx, county_ctx, files)
    second = people.add_person(ctx, "陶镕", "inspector", "DEMO-0002", "2028-12-31")
    accounts.add(ctx, "陶镕", "drittes-wort", {"inspector"}, second)
    assert [row.certified for row in accounts.list_accounts(ctx)] == ["", "county", "own"]
    with ctx.transaction() as session:
        session.get_one(Peer, county_ctx.office.replica).acked = 7
    joined(ctx, county_ctx, files)
    assert [row.certified for row in accounts.list_accounts(ctx)] == ["", "county", "county"]
    with ctx.reading() as session:
        assert session.get_one(Peer, county_ctx.office.replica).acked == 7  # else all would be sent again


def test_a_town_certifies_nobody_though_its_administrator_may(ctx, county_ctx, files, inspector):
    joined(ctx, county_ctx, files)
    with pytest.raises(UserError, match="只能在县级的工作区里做"):
        joining.look_at_request(ctx, files.request)


def flipped(file: Path, position: int) -> None:
    data = bytearray(file.read_bytes())
    data[position] ^= 1
    file.write_bytes(data)


def refused(file: Path, use: Callable[[], object]) -> None:
    """Flip one bit after another, over the whole file: it is refused every time."""
    size = len(file.read_bytes())
    for part in range(25):
        flipped(file, size * part // 25)
        with pytest.raises(UserError):
            use()
        flipped(file, size * part // 25)


# A name can become one of a country by a bit; what is warned of then is refused by the signature over it.
@pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")
def test_no_changed_file_is_used(ctx, county_ctx, files, inspector):
    joining.write_card(county_ctx, files.card)
    refused(files.card, lambda: joining.write_request(ctx, files.card, files.request))
    joining.write_request(ctx, files.card, files.request)
    refused(files.request, lambda: joining.issue(county_ctx, files.request, files.answer))
    joining.issue(county_ctx, files.request, files.answer)
    refused(files.answer, lambda: joining.accept(ctx, files.answer))
    with ctx.reading() as session:
        assert session.get(OwnKey, "root") is None
        assert not session.get_one(SigningKey, inspector).confirmed
        assert session.query(Peer).count() == 0
    joining.accept(ctx, files.answer)


def test_an_answer_of_another_county_is_refused_and_says_so(ctx, county_ctx, files, inspector, tmp_path):
    joining.write_card(county_ctx, files.card)
    joining.write_request(ctx, files.card, files.request)
    with open_workspace(county_workspace(tmp_path / "other"), "陶镕", PASSWORD, noon) as other:
        with pytest.raises(UserError, match="另一张县级名片"):
            joining.issue(other, files.request, files.answer)
        other_card = tmp_path / "other.ohcard"
        joining.write_card(other, other_card)
        joining.write_request(ctx, other_card, files.request)
        joining.issue(other, files.request, files.answer)
    joining.write_request(ctx, files.card, files.request)
    with pytest.raises(UserError, match="不是由名片上的县级签发"):
        joining.accept(ctx, files.answer)


def test_an_answer_for_another_town_is_refused(ctx, county_ctx, files, tmp_path):
    joining.write_card(county_ctx, files.card)
    with open_workspace(town_workspace(tmp_path / "town-2", "000000002", "柳浦镇"), "李旸", PASSWORD, noon) as other:
        joining.write_request(other, files.card, files.request)
    joining.issue(county_ctx, files.request, files.answer)
    joining.write_request(ctx, files.card, files.request)
    with pytest.raises(UserError, match="另一份申请"):
        joining.accept(ctx, files.answer)


def test_an_answer_for_a_key_that_was_changed_since_is_refused(ctx, county_ctx, files, inspector):
    joining.write_card(county_ctx, files.card)
    joining.write_request(ctx, files.card, files.request)
    joining.issue(county_ctx, files.request, files.answer)
    accounts.reset(ctx, "王𠅤", "neues-wort")
    with pytest.raises(UserError, match="换过"):
        joining.accept(ctx, files.answer)
    with ctx.reading() as session:
        assert session.get(OwnKey, "root") is None


def test_an_answer_is_taken_once(ctx, county_ctx, files):
    joined(ctx, county_ctx, files)
    with pytest.raises(UserError, match="没有等待答复"):
        joining.accept(ctx, files.answer)


def test_the_three_files_are_not_taken_for_one_another(ctx, county_ctx, files):
    joining.write_card(county_ctx, files.card)
    joining.write_request(ctx, files.card, files.request)
    with pytest.raises(UserError, match="另一种文件"):
        joining.issue(county_ctx, files.card, files.answer)
    with pytest.raises(UserError, match="另一种文件"):
        joining.write_request(ctx, files.request, files.answer)


def test_a_foreign_file_is_refused_with_a_sentence(ctx, county_ctx, files):
    for content in (b"", b"{}", b"[]", b"\xff" * 10, b"x" * (2 << 20), b'{"fmt":"ohdesk-card/1"}'):
        for file in (files.card, files.request):
            file.write_bytes(content)
        with pytest.raises(UserError, match="县级名片不能使用"):
            joining.write_request(ctx, files.card, files.answer)
        with pytest.raises(UserError, match="登记申请不能使用"):
            joining.issue(county_ctx, files.request, files.answer)
    with pytest.raises(UserError, match="读不到文件"):
        joining.write_request(ctx, files.answer, files.answer)


def test_a_surplus_field_is_refused(ctx, county_ctx, files):
    joining.write_card(county_ctx, files.card)
    card = json.loads(files.card.read_bytes()) | {"surplus": 1}
    files.card.write_text(json.dumps(card, sort_keys=True, separators=(",", ":")))
    with pytest.raises(UserError):
        joining.write_request(ctx, files.card, files.request)


def test_each_side_keeps_to_its_part(ctx, county_ctx, files):
    with pytest.raises(UserError):
        joining.write_card(ctx, files.card)
    joining.write_card(county_ctx, files.card)
    with pytest.raises(UserError):
        joining.write_request(county_ctx, files.card, files.request)


def test_the_root_can_be_written_at_the_county_and_in_a_town_that_joined(ctx, county_ctx, files, tmp_path):
    at_county, in_town = tmp_path / "a.pem", tmp_path / "b.pem"
    joining.write_root(county_ctx, at_county)
    with pytest.raises(UserError):
        joining.write_root(ctx, in_town)
    joined(ctx, county_ctx, files)
    joining.write_root(ctx, in_town)
    assert at_county.read_bytes() == in_town.read_bytes()


def test_what_signatures_are_measured_by(ctx, county_ctx, files, inspector):
    with ctx.reading() as session:
        own = session.get_one(SigningKey, inspector).own_certificate_der
    assert keys.anchors(ctx) == keys.Anchors((own,), ())
    joined(ctx, county_ctx, files)
    with ctx.reading() as session:
        key, root = session.get_one(SigningKey, inspector), session.get_one(OwnKey, "root")
        assert keys.anchors(ctx) == keys.Anchors((root.certificate_der,), (key.certificate_der,))
        assert keys.anchors(county_ctx) == keys.Anchors((root.certificate_der,), (key.certificate_der,))


def real(ctx: Context) -> Context:
    """The same workspace, were it none of practice."""
    return replace(ctx, keys=replace(ctx.keys, practice=False))


def test_practice_and_real_workspaces_never_join_one_another(ctx, county_ctx, files):
    joining.write_card(county_ctx, files.card)
    with pytest.raises(UserError, match="练习库") as told:
        joining.write_request(real(ctx), files.card, files.request)
    assert "正式工作区写出的文件" in told.value.remedy
    joining.write_card(real(county_ctx), files.card)
    with pytest.raises(UserError, match="练习库") as told:
        joining.write_request(ctx, files.card, files.request)
    assert "本工作区是练习库" in told.value.remedy
    assert not files.request.exists()
    with ctx.reading() as session:
        assert session.scalars(select(Enrolment)).all() == []


def test_a_real_county_certifies_no_practice_town_whatever_program_asks(county_ctx, tmp_path):
    county = real(county_ctx)
    card = joining.write_card(county, tmp_path / "card")
    asker = Asker(card.digest, tmp_path)
    for use in (joining.look_at_request, lambda ctx, path: joining.issue(ctx, path, tmp_path / "answer")):
        with pytest.raises(UserError, match="练习库"):
            use(county, asker.request(person()))
    assert not (tmp_path / "answer").exists()
    assert joining.look_at_request(county, asker.request(person(), practice=False)).request.names
