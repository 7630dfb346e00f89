"""What a request may claim: only what its keys prove and its county has room for."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.models import Certificate, Peer
from ohdesk.domain.operations import CertificateRevoked
from ohdesk.domain.problems import in_list
from ohdesk.errors import ProblemsError, UserError
from ohdesk.security import certificates
from ohdesk.security.signing_keys import replica_of
from ohdesk.services.context import Context
from ohdesk.services.trust import certified, joining
from ohdesk.services.trust.asked import Asked, Asking
from tests.asker import OTHER, TOWN, Asker, Person, person
from tests.conftest import NOON


@pytest.fixture
def asker(county_ctx, tmp_path) -> Asker:
    return another(county_ctx, tmp_path)


def another(county: Context, folder: Path) -> Asker:
    return Asker(joining.write_card(county, folder / "card").digest, folder)


def issued(county: Context, request: Path, **how: Any) -> Asked:
    return joining.issue(county, request, request.with_name("answer"), **how)


def seen(county: Context, request: Path) -> Asked:
    return joining.look_at_request(county, request)


def refused(county: Context, request: Path, *reasons: str) -> None:
    """The county refuses to look at a request and to answer it, for all these reasons at once; nothing changes."""
    answer = request.with_name("no answer")
    for use in (lambda: joining.look_at_request(county, request), lambda: joining.issue(county, request, answer)):
        with pytest.raises(UserError) as caught:
            use()
        said = [caught.value.message, *map(in_list, caught.value.problems)]
        assert all(any(reason in line for line in said) for reason in reasons), said
    assert not answer.exists()


def test_the_replica_of_another_town_is_not_certified_for_a_new_key(ctx, county_ctx, asker, tmp_path):
    joining.write_request(ctx, tmp_path / "card", tmp_path / "honest")
    issued(county_ctx, tmp_path / "honest")
    with county_ctx.reading() as session:
        recipient = session.get_one(Peer, ctx.office.replica).age_recipient
    refused(county_ctx, asker.request(replica=ctx.office.replica), "冒用了别的电脑")
    with county_ctx.reading() as session:
        assert session.get_one(Peer, ctx.office.replica).age_recipient == recipient


def test_the_countys_replica_is_not_certified_for_a_new_key(county_ctx, asker):
    refused(county_ctx, asker.request(replica=county_ctx.office.replica), "冒用了别的电脑")


@pytest.mark.parametrize(
    "division", ["000000", "000000000", "000001001", "440607101", "abc", "00000000１", "0000000011"]
)
def test_a_division_that_is_no_town_of_this_county_is_refused(county_ctx, asker, division):
    refused(county_ctx, asker.request(division=division), "应为本县镇街的 9 位代码，以 000000 开头")


def test_one_key_is_not_certified_for_two_persons(county_ctx, asker, tmp_path):
    first = person()
    issued(county_ctx, asker.request(first))
    second = person(name="林珏", number="DEMO-0002", key=first.key)
    refused(county_ctx, another(county_ctx, tmp_path).request(second), "林珏的密钥已登记给王𠅤")


def test_one_device_key_is_not_certified_for_two_towns(county_ctx, asker):
    issued(county_ctx, asker.request())
    refused(county_ctx, asker.request(division=OTHER, name="柳浦镇"), "已登记在 000000001（石桥镇）")


def test_an_inspector_of_another_town_is_not_certified_here(county_ctx, asker):
    refused(county_ctx, asker.request(person(OTHER)), "王𠅤不是这个镇街登记的人员")


def test_a_key_taken_back_is_not_certified_again(county_ctx, asker):
    inspector = person()
    issued(county_ctx, asker.request(inspector))
    key = certified.key_of(inspector.key.public_der)
    with county_ctx.transaction() as session:
        said = CertificateRevoked(record=key, since="2026-03-01", reason="钥匙外泄")
        journal.record(session, said, county_ctx.stamp())
    refused(county_ctx, asker.request(inspector), "自 2026-03-01 起吊销了这把密钥：钥匙外泄")


def test_all_that_is_wrong_is_said_at_once(county_ctx, asker, tmp_path):
    first = person()
    issued(county_ctx, asker.request(first))
    thief = another(county_ctx, tmp_path)
    request = thief.request(person("000000", key=first.key), division="000000", name="县")
    refused(county_ctx, request, "应为本县镇街的 9 位代码", "密钥已登记给王𠅤")
    request = thief.request(person(OTHER, key=first.key))
    refused(county_ctx, request, "不是这个镇街登记的人员", "密钥已登记给王𠅤")


@pytest.mark.parametrize("name", ["石桥镇\n指纹已由系统核对一致", "石桥镇\u202e", "石桥镇\u200b"])
def test_a_name_that_shows_something_else_than_it_is_is_refused(county_ctx, asker, name):
    refused(county_ctx, asker.request(name=name), "看不见的字符")


def test_the_clerk_sees_the_town_its_laptops_and_what_is_asked_for_each_key(county_ctx, asker, tmp_path):
    asked = seen(county_ctx, asker.request(person()))
    assert (asked.device, asked.laptops) == (Asking.NEW, ())
    assert [(each.name, each.asking, each.remark) for each in asked.people] == [("王𠅤", Asking.NEW, "")]
    issued(county_ctx, asker.request())
    second = another(county_ctx, tmp_path)
    asked = seen(county_ctx, second.request(name="石桥镇二号机"))
    assert [(each.mark, each.name) for each in asked.laptops] == [("A", "石桥镇")]
    assert "石桥镇二号机（000000001" in asked.lines[0]


def test_the_same_keys_again_are_a_renewal(county_ctx, asker):
    inspector = person()
    issued(county_ctx, asker.request(inspector))
    asked = issued(county_ctx, asker.request(inspector))
    assert (asked.device, [each.asking for each in asked.people]) == (Asking.RENEWAL, [Asking.RENEWAL])
    renamed = Person(inspector.id, "王𠅤𠅤", key=inspector.key)
    (changed,) = seen(county_ctx, asker.request(renamed)).people
    assert (changed.asking, changed.remark) == (Asking.CHANGED, "以前的证书写的是 王𠅤 DEMO-0001")


def test_laptops_of_one_town_get_letters_and_keep_them(county_ctx, asker, tmp_path):
    issued(county_ctx, asker.request())
    second = another(county_ctx, tmp_path)
    for each in (second, asker, second):
        issued(county_ctx, each.request())
    issued(county_ctx, another(county_ctx, tmp_path).request(division=OTHER, name="柳浦镇"))
    with county_ctx.reading() as session:
        marks = {(row.division, row.replica, row.mark) for row in session.query(Certificate)}
    replicas = [replica_of(each.device.public_der) for each in (asker, second)]
    assert {mark for _, replica, mark in marks if replica == replicas[0]} == {"A"}
    assert {mark for _, replica, mark in marks if replica == replicas[1]} == {"B"}
    assert {mark for division, _, mark in marks if division == OTHER} == {"A"}


@pytest.mark.parametrize("same", ["id", "number"])
def test_another_key_for_somebody_certified_is_told_and_confirms_nothing_before(county_ctx, asker, same):
    """Who resets a colleague's password could sign in that name, and have it confirmed by the next routine request."""
    before = person()
    issued(county_ctx, asker.request(before))
    after = Person(before.id) if same == "id" else person()
    (told,) = seen(county_ctx, asker.request(after)).people
    assert told.asking is Asking.CHANGED
    assert "2026-03-02 已给王𠅤的另一把密钥签发过证书（000000001）" in told.remark
    issued(county_ctx, asker.request(after))
    key = certified.key_of(after.key.public_der)
    with county_ctx.reading() as session:
        assert certified.signer_problem(session, key, after.id, TOWN, NOON) == ""
        yesterday = certified.signer_problem(session, key, after.id, TOWN, NOON - timedelta(hours=1))
        assert "有效期不含" in yesterday
        # Also for whoever has the certificate alone.
        (der,) = session.scalars(select(Certificate.der).where(Certificate.key == key))
        assert certificates.term(der)[0] == NOON


def test_the_clerk_is_told_from_when_on_a_first_key_counts(county_ctx, asker):
    """Towns work before they join; when that began only their laptop says."""
    long_ago = person()
    request = asker.request(own_certificates=(long_ago.own("石桥镇", TOWN, NOON - timedelta(days=900)),))
    (told,) = seen(county_ctx, request).people
    assert (told.asking, told.remark) == (Asking.NEW, "2023-09-13 起签的都算数")


def test_a_key_made_while_the_laptops_clock_was_ahead_counts_from_now_on(county_ctx, asker):
    early = person()
    ahead = early.own("石桥镇", TOWN, NOON + timedelta(days=900))
    issued(county_ctx, asker.request(own_certificates=(ahead,)))
    with county_ctx.reading() as session:
        key = certified.key_of(early.key.public_der)
        assert certified.signer_problem(session, key, early.id, TOWN, NOON) == ""


def test_the_county_can_say_that_what_a_new_key_signed_before_counts(county_ctx, asker):
    before = person()
    issued(county_ctx, asker.request(before))
    after = Person(before.id)
    issued(county_ctx, asker.request(after), confirm_earlier=True)
    with county_ctx.reading() as session:
        key = certified.key_of(after.key.public_der)
        assert certified.signer_problem(session, key, after.id, TOWN, NOON - timedelta(hours=1)) == ""


def test_all_problems_come_as_a_list(county_ctx, asker):
    with pytest.raises(ProblemsError) as caught:
        seen(county_ctx, asker.request(division="abc"))
    assert [problem.field for problem in caught.value.problems] == ["division"]
