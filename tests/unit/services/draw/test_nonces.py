"""Before the seed nobody but the two who keep it can read the nonce, so nobody can try seeds for a wanted firm."""

import json
from dataclasses import replace

import pytest

from ohdesk.db.models import Draw, DrawSheet, FrozenFile
from ohdesk.db.queries.draws import files_of
from ohdesk.domain.draw.drawing import commitment
from ohdesk.domain.people import Role
from ohdesk.errors import UserError
from ohdesk.security.signing_keys import AccountKey, seal_for
from ohdesk.security.vault import BrokenSealError
from ohdesk.services.draw.held import frozen_file
from ohdesk.services.draw.holding import compute, freeze, set_seed, void
from ohdesk.services.draw.nonces import list_second_keepers
from ohdesk.services.draw.views import draw_detail, frozen_view
from ohdesk.services.office import accounts, people
from tests.conftest import signing
from tests.unit.services.draw.test_holding import MINUTES, PLAN, SEED, town  # noqa: F401 - a fixture

SECRET = "quiet-lantern-42"


@pytest.fixture
def office(town):  # noqa: F811
    """The town with two more accounts that may hold draws."""
    for name in ("吴翙", "周沄"):
        accounts.add(town, name, SECRET, {Role.SUPERVISOR})
    return town


def seeded(ctx, *, second=""):
    draw = freeze(ctx, PLAN, second)
    set_seed(ctx, draw, SEED, SEED, MINUTES)
    return draw


def test_what_is_kept_with_the_database_key_is_not_the_sheet_that_was_announced(office):
    draw = freeze(office, PLAN)
    with office.reading() as session:
        kept = session.get_one(DrawSheet, draw)
        sheet, pool = (b"".join(frozen_file(session, draw, file)) for file in (FrozenFile.SHEET, FrozenFile.POOL))
        assert json.loads(sheet)["nonce"] == "0" * 64
        assert commitment(sheet) != session.get_one(Draw, draw).commit
        stored = " ".join((sheet.decode(), kept.side_file, pool.decode(), *kept.nonces.values()))
    set_seed(office, draw, SEED, SEED, MINUTES)
    compute(office, draw)
    assert draw_detail(office, draw).sheet.nonce not in stored


def test_the_sheet_that_is_published_is_the_one_that_was_announced(office):
    draw = seeded(office)
    compute(office, draw)
    with office.reading() as session:
        row = session.get_one(Draw, draw)
        assert commitment(files_of(session, row).sheet) == row.commit


def test_the_nonce_opens_for_whoever_froze_and_for_the_second_and_for_nobody_else(office):
    draw = seeded(office, second="周沄")
    assert frozen_view(office, draw).keepers == ("李旸", "周沄")
    for account, opens in (("吴翙", False), ("周沄", True)):
        other = replace(office, keys=accounts.unlock_colleague(office, account, SECRET).keys)
        other = replace(other, actor=replace(office.actor, account=account))
        if opens:
            compute(other, draw)
        else:
            with pytest.raises(UserError, match="李旸、周沄"):
                compute(other, draw)
    assert draw_detail(office, draw).row.state == "computed"


def test_another_account_cannot_pass_for_one_that_keeps_it(office):
    draw = seeded(office, second="周沄")
    keys = accounts.unlock_colleague(office, "吴翙", SECRET).keys
    impostor = replace(office, keys=keys, actor=replace(office.actor, account="周沄"))
    with pytest.raises(UserError, match="打不开"):
        compute(impostor, draw)


def test_without_a_name_the_first_other_account_that_may_draw_keeps_it_too(office):
    assert frozen_view(office, freeze(office, PLAN)).keepers == ("李旸", "吴翙")


def test_with_one_account_there_is_one_keeper(town):  # noqa: F811
    assert frozen_view(town, freeze(town, PLAN)).keepers == ("李旸",)


def test_a_second_account_of_the_same_person_keeps_nothing(office):
    name = "闻人甲"
    (person,) = [each.id for each in people.list_people(office) if each.name == name]
    accounts.add(office, "闻人 甲", SECRET, {Role.SUPERVISOR})
    alone = replace(office, actor=replace(office.actor, account=name, name=name, person=person))
    assert list_second_keepers(alone) == ["吴翙", "周沄", "李旸"]
    with pytest.raises(UserError, match="保管"):
        freeze(alone, PLAN, "闻人 甲")


@pytest.mark.parametrize("second", ["李旸", "谁也不是"])
def test_the_second_is_another_account_that_exists(office, second):
    with pytest.raises(UserError, match="保管"):
        freeze(office, PLAN, second)


def test_when_neither_can_open_it_any_more_the_draw_can_only_be_voided(office):
    draw = seeded(office, second="周沄")
    with office.transaction() as session:
        kept = session.get_one(DrawSheet, draw)
        stranger = AccountKey.create().public_der
        kept.nonces = {name: seal_for(stranger, bytes(32), b"").hex() for name in kept.nonces}
    with pytest.raises(UserError, match="打不开") as refused:
        compute(office, draw)
    assert "作废" in refused.value.remedy
    void(signing(office), draw, "保管随机数的两人密码都重置过")
    assert draw_detail(office, draw).row.state == "void"


def test_after_a_reset_the_other_one_still_draws(office):
    draw = seeded(office, second="周沄")
    accounts.reset(office, "周沄", "another-lantern-43")
    compute(office, draw)
    assert draw_detail(office, draw).row.state == "computed"


def test_what_is_sealed_for_an_account_opens_for_it_alone_and_unchanged():
    key, other = AccountKey.create(), AccountKey.create()
    sealed = seal_for(key.public_der, b"nonce", b"draw 1")
    assert key.open(sealed, b"draw 1") == b"nonce"
    for wrong, data, context in (
        (other, sealed, b"draw 1"),
        (key, sealed, b"draw 2"),
        (key, b"", b"draw 1"),
        (key, sealed[:-1], b"draw 1"),
        *((key, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], b"draw 1") for at in range(len(sealed))),
    ):
        with pytest.raises(BrokenSealError):
            wrong.open(data, context)
