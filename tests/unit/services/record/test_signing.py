"""Who has to sign, what hinders each, and whose password was refused."""

from dataclasses import replace

import pytest

from ohdesk.errors import UserError
from ohdesk.services.office import accounts, people
from ohdesk.services.record import finalizing, signing
from ohdesk.services.record import signing as record_signing
from tests.conftest import numbered
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, SECOND, World, party, pen, second


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    return record_world.filled(tmp_path_factory.mktemp("template") / "town")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


def test_the_seats_stand_in_the_order_of_the_record_and_know_who_is_logged_in(world):
    with world.opened(SECOND) as ctx:
        seats = signing.seats(ctx, world.visit)
    assert [(seat.name, seat.account, seat.is_actor, seat.hindrance) for seat in seats] == [
        (FIRST, FIRST, False, ""),
        (SECOND, SECOND, True, ""),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"certificate_until": "2026-03-01"}, "执法证已于 2026-03-01 到期"),
        ({"certificate_no": "00000099"}, "与人员登记不一致"),
        ({"name": "王某"}, "与人员登记不一致"),
    ],
)
def test_what_hinders_a_signature_is_known_before_anybody_signs(world, changed, said):
    with world.opened("李旸") as ctx:
        person = next(row for row in people.list_people(ctx) if row.name == SECOND)
        people.correct_person(ctx, replace(person, **changed))
        first, other = signing.seats(ctx, world.visit)
    assert first.hindrance + first.by_account == ""
    assert said in other.hindrance + other.by_account


def test_a_refused_password_names_its_account(world):
    with world.opened() as ctx:
        wrong = record_signing.SecondSigner(SECOND, "not-the-password")
        with pytest.raises(signing.SignerError, match="密码不正确") as refused:
            finalizing.finalize(ctx, world.visit, party(), (pen(),), wrong)
    assert refused.value.signer == wrong


def test_somebody_who_is_not_on_the_visit_finalizes_with_both_passwords(world):
    with world.opened("李旸") as ctx:
        with pytest.raises(UserError, match=f"还缺 {FIRST} 的签名"):
            finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        both = (record_signing.SecondSigner(FIRST, OWN[FIRST]), second())
        assert finalizing.finalize(ctx, world.visit, party(), (pen(),), *both).number == numbered(ctx, 1)


def test_only_the_own_password_is_the_own(world):
    with world.opened() as ctx:
        accounts.check_own_password(ctx, OWN[FIRST])
        with pytest.raises(UserError, match="密码不正确"):
            accounts.check_own_password(ctx, OWN[SECOND])
