"""A seed is never refused for want of the county; whether the county held the commit before is said everywhere."""

from dataclasses import replace
from datetime import timedelta
from zipfile import ZipFile

import pytest
from msgspec import structs
from sqlalchemy import select

from ohdesk.db.apply import applied
from ohdesk.db.models import Draw, OperationRow
from ohdesk.db.queries.draws import files_of
from ohdesk.domain.draw import drawing, pieces
from ohdesk.domain.operations import DrawPart
from ohdesk.domain.people import Role
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.county.draw_checks import check_draws
from ohdesk.services.draw.announcing import register_receipt
from ohdesk.services.draw.holding import SecondPerson, SeedMinutes, compute, freeze, set_seed, void
from ohdesk.services.draw.publication import publish
from ohdesk.services.draw.views import draw_detail, frozen_view
from ohdesk.services.exchange import receipts, receiving, sending
from ohdesk.services.office import accounts, people, renewal
from ohdesk.services.office.workspace import open_workspace
from ohdesk.sync.problems import ForkedReplicaError
from tests.conftest import NOON, PASSWORD, noon, signing
from tests.unit.services.draw.test_holding import MINUTES, PLAN, SEED, add_firm
from tests.unit.services.exchange.bundle_world import TOWNS, copy_of, copy_of_world, enrol, new_world

SECRET = "ohdesk-test-2"
OTHER = ("吴翙", "quiet-lantern-42")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A county and two laptops of one town, each with firms and with inspectors whom the county has certified."""
    folder = tmp_path_factory.mktemp("announcing") / "world"
    folder.mkdir()
    with new_world(folder, (TOWNS[0], TOWNS[0])) as world:
        for laptop, ctx in enumerate(world.towns):
            for number in range(12):
                add_firm(ctx, 12 * laptop + number, risk_class="甲" if number < 6 else "乙")
            for name, number in (("闻人甲", 1), ("闻人乙", 2), ("闻人丙", 3)):
                person = people.add_person(ctx, name, "inspector", f"Z-{laptop}{number}", "2027-12-31", leads=True)
                accounts.add(ctx, name, SECRET, {Role.INSPECTOR}, person)
        enrol(folder / "trust", world.county, world.towns)
    return folder


@pytest.fixture
def world(made, tmp_path):
    with copy_of_world(made, tmp_path / "world") as opened:
        yield opened


@pytest.fixture
def town(world):
    return signed(world.town)


def signed(ctx):
    """Who is logged in acts as the first inspector, who signs with the certified key."""
    first = min(people.list_people(ctx), key=lambda each: each.certificate_no)
    return signing(ctx, first.id, accounts.unlock_inspector(ctx, first.name, SECRET).signer.key)


def sent(sender, receiver, stick):
    return receiving.take_in(receiver, sending.export(sender, stick).path)


def seeded(ctx, draw, **how):
    set_seed(ctx, draw, SEED, SEED, replace(MINUTES, **how))
    compute(ctx, draw)


def check_of(county, draw):
    return next(check for check in check_draws(county) if check.draw == draw)


def flags(county, draw):
    return {flag.value for flag, _ in check_of(county, draw).flags}


def commit_text(ctx, draw, folder):
    with ZipFile(publish(ctx, draw, folder)) as package:
        return package.read("commit.txt").decode()


def test_without_the_countys_receipt_the_seed_is_taken_and_the_papers_say_so(town, tmp_path):
    draw = freeze(town, PLAN)
    assert frozen_view(town, draw).receipt == ""
    seeded(town, draw)
    assert draw_detail(town, draw).row.receipt == ""
    assert "未预先报县" in commit_text(town, draw, tmp_path)


def test_a_receipt_that_came_by_bundle_stands_in_the_record(world, town, tmp_path):
    draw = freeze(town, PLAN)
    sent(town, world.county, world.stick)
    sent(world.county, town, world.stick)
    receipt = frozen_view(town, draw).receipt
    assert len(receipt) == 8
    seeded(town, draw)
    sent(town, replace(world.county, now=lambda: NOON + timedelta(hours=2)), world.stick)
    assert draw_detail(town, draw).row.receipt == receipt
    assert f"回执码 {receipt}" in commit_text(town, draw, tmp_path)
    assert flags(world.county, draw) == set()


def test_a_receipt_read_out_over_the_telephone_counts_as_well(world, town):
    draw = freeze(town, PLAN)
    sent(town, world.county, world.stick)
    code = check_of(world.county, draw).receipt
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code[4:])
    register_receipt(town, draw, f" {code[:4].lower()}－{wide} ")
    seeded(town, draw)
    assert draw_detail(town, draw).row.receipt == code


def test_the_code_of_a_bundle_read_out_acknowledges_the_commit_too(world, town):
    draw = freeze(town, PLAN)
    code = sent(town, world.county, world.stick).receipt
    receipts.register_code(town, code)
    assert frozen_view(town, draw).receipt == check_of(world.county, draw).receipt


def test_a_code_of_another_plan_or_of_another_laptop_is_refused(world, town):
    other = signed(world.towns[1])
    draws = [freeze(town, PLAN), freeze(town, structs.replace(PLAN, plan="2026-HY-002")), freeze(other, PLAN)]
    for laptop in (town, other):
        sent(laptop, world.county, world.stick)
    own, *others = (check_of(world.county, draw).receipt for draw in draws)
    for code in (*others, own[:-1], f"{own}A", "", "你好"):
        with pytest.raises(UserError, match="不是这次抽取的"):
            register_receipt(town, draws[0], code)
    assert frozen_view(town, draws[0]).receipt == ""


def test_a_draw_tried_again_after_the_folder_was_put_back_is_flagged(world, tmp_path):
    town = signed(world.town)
    with copy_of(world.town, tmp_path / "put-back") as before:
        seeded(town, freeze(town, PLAN))  # not liked
        again = signed(before)
        draw = freeze(again, PLAN)
        seeded(again, draw)
        sent(again, world.county, world.stick)
    assert flags(world.county, draw) == {"together", "unannounced"}


def test_a_draw_tried_again_after_its_commit_was_sent_shows_as_a_fork(world, tmp_path):
    town = signed(world.town)
    with copy_of(world.town, tmp_path / "put-back") as before:
        first = freeze(town, PLAN)
        sent(town, world.county, world.stick)
        again = signed(before)
        seeded(again, freeze(again, PLAN))
        with pytest.raises(ForkedReplicaError):
            sent(again, world.county, world.stick)
    assert [check.draw for check in check_draws(world.county)] == [first]


def test_a_code_of_another_draw_or_one_that_comes_after_the_seed_is_refused(world, town):
    first = freeze(town, PLAN)
    sent(town, world.county, world.stick)
    code = check_of(world.county, first).receipt
    with pytest.raises(UserError, match="不是这次抽取的"):
        register_receipt(town, first, "AAAAAAAA")
    seeded(town, first)
    with pytest.raises(UserError, match="种子已经产生"):
        register_receipt(town, first, code)
    assert draw_detail(town, first).row.receipt == ""


def test_a_commit_that_comes_with_its_result_is_flagged_whatever_the_town_claims(world, town, monkeypatch):
    draw = freeze(town, PLAN)
    monkeypatch.setattr("ohdesk.services.draw.holding.receipt_before_seed", lambda *_: "ABCDEFGH")
    seeded(town, draw)
    sent(town, world.county, world.stick)
    assert flags(world.county, draw) == {"together", "claimed"}
    assert check_of(world.county, draw).problem == ""


def test_two_bundles_of_one_stick_are_no_better_than_one(world, town):
    draw = freeze(town, PLAN)
    first = sending.export(town, world.stick).path
    seeded(town, draw)
    second = sending.export(town, world.stick).path
    for path in (first, second):
        receiving.take_in(world.county, path)
    assert flags(world.county, draw) == {"together", "unannounced"}


def test_what_waited_for_a_certificate_was_first_seen_when_it_came(world, tmp_path):
    newcomer = people.add_person(world.town, "闻人丁", "inspector", "Z-09", "2027-12-31", leads=True)
    accounts.add(world.town, "闻人丁", SECRET, {Role.INSPECTOR}, newcomer)
    town = signing(world.town, newcomer, accounts.unlock_inspector(world.town, "闻人丁", SECRET).signer.key)
    draw = freeze(town, PLAN)
    sent(town, world.county, world.stick)
    assert check_draws(world.county) == []
    later = replace(world.county, now=lambda: NOON + timedelta(hours=2))
    seeded(town, draw)
    sent(town, later, world.stick)
    enrol(tmp_path / "again", later, [world.town])
    check = check_of(later, draw)
    assert (check.commit_seen_at, check.result_seen_at) == (NOON, NOON + timedelta(hours=2))
    assert flags(later, draw) == {"unannounced"}


def test_a_commit_that_a_restored_laptop_sends_again_is_one_commit(world, town, tmp_path):
    draw = freeze(town, PLAN)
    sent(town, world.county, world.stick)
    code = check_of(world.county, draw).receipt
    with copy_of(world.town, tmp_path / "copy") as copied:
        renewal.renew(copied)
    with open_workspace(tmp_path / "copy", "李旸", PASSWORD, noon) as again:
        enrol(tmp_path / "again", world.county, [again])
        sent(again, world.county, world.stick)
        assert check_of(world.county, draw).receipt == code
        register_receipt(again, draw, code)
    assert check_of(world.county, draw).commit_seen_at == NOON


def test_several_numbers_of_a_plan_and_more_than_one_void_a_year_are_flagged(world, town):
    draws = []
    for _ in range(3):
        draws.append(freeze(town, PLAN))
        if len(draws) < 3:
            void(town, draws[-1], "名单有误")
    sent(town, world.county, world.stick)
    assert flags(world.county, draws[0]) == {"several", "voids"}
    assert flags(world.county, draws[2]) == {"several", "voids"}


def test_one_plan_spelled_in_two_ways_is_one_plan_to_the_county(world, town):
    draws = [
        freeze(town, structs.replace(PLAN, plan=plan)) for plan in ("2026-HY-001", "２０２６－hy-001", "2026-HY-0011")
    ]
    sent(town, world.county, world.stick)
    assert [flags(world.county, draw) for draw in draws] == [{"several", "twice"}, {"several", "twice"}, set()]


def test_a_number_that_never_came_is_flagged(world, town, monkeypatch):
    monkeypatch.setattr("ohdesk.services.draw.holding._next_number", lambda *_: 3)
    draw = freeze(town, PLAN)
    sent(town, world.county, world.stick)
    assert "gap" in flags(world.county, draw)


def test_two_laptops_of_a_town_with_one_number_of_a_plan_are_flagged(world):
    draws = [freeze(signed(laptop), PLAN) for laptop in world.towns]
    for laptop in world.towns:
        sent(laptop, world.county, world.stick)
    assert all("twice" in flags(world.county, draw) for draw in draws)


def test_one_laptop_that_gives_a_number_twice_is_flagged_at_both_and_loses_neither(world, town, monkeypatch):
    monkeypatch.setattr("ohdesk.services.draw.holding._next_number", lambda *_: 1)
    draws = [freeze(town, PLAN) for _ in range(2)]
    sent(town, world.county, world.stick)
    assert all({"twice", "several"} <= flags(world.county, draw) for draw in draws)
    assert {check.town for check in check_draws(world.county)} == {"石桥镇"}


@pytest.mark.parametrize(
    ("thrown_by", "witnesses", "said"),
    [
        ("司马", ("甲", "甲"), "登记了两次"),
        ("司马", ("甲", " 甲 "), "登记了两次"),
        ("司马、上官", ("上官", "诸葛"), "不能同时是见证人"),
        ("司马 上官", ("上官", "诸葛"), "不能同时是见证人"),
        ("司 马", ("司马", "诸葛"), "不能同时是见证人"),
        ("司马", ("Ａnn", "ann"), "登记了两次"),
        ("司马", ("甲", "甲\u200b"), "登记了两次"),
        ("司马", ("甲、乙", "甲"), "登记了两次"),
        ("司马", ("甲",), "至少 2 名"),
        ("司马", ("甲", " "), "至少 2 名"),
        ("司马", ("甲", "·"), "至少 2 名"),
    ],
)
def test_witnesses_are_different_people_and_do_not_throw(town, thrown_by, witnesses, said):
    draw = freeze(town, PLAN)
    with pytest.raises(ProblemsError) as refused:
        set_seed(town, draw, SEED, SEED, SeedMinutes(source="骰子", thrown_by=thrown_by, witnesses=witnesses))
    assert [said in problem.remedy for problem in refused.value.problems] == [True]


def test_the_seed_is_typed_again_with_an_account_of_ones_own(town):
    accounts.add(town, *OTHER, {Role.SUPERVISOR})
    draw = freeze(town, PLAN)
    with pytest.raises(UserError, match="密码"):
        set_seed(town, draw, SEED, SEED, MINUTES, SecondPerson(OTHER[0], "wrong"))
    with pytest.raises(UserError, match="同一个人"):
        set_seed(town, draw, SEED, SEED, MINUTES, SecondPerson("李旸", PASSWORD))
    accounts.add(town, "李旸２", SECRET, {Role.SUPERVISOR})
    itself = replace(town, actor=replace(town.actor, name="李旸2"))
    with pytest.raises(UserError, match="同一个人"):
        set_seed(itself, draw, SEED, SEED, MINUTES, SecondPerson("李旸２", SECRET))
    set_seed(town, draw, SEED, SEED, MINUTES, SecondPerson(*OTHER))
    minutes = draw_detail(town, draw).minutes
    assert (minutes["typed_by"], minutes["typed_again_by"]) == ("李旸", "吴翙")


def test_with_one_account_the_record_says_that_there_was_one(town):
    draw = freeze(town, PLAN)
    seeded(town, draw)
    assert draw_detail(town, draw).minutes["typed_again_by"] == ""


def test_a_result_that_fits_in_no_operation_goes_in_pieces_and_is_whole_at_the_county(
    world, town, tmp_path, monkeypatch
):
    monkeypatch.setattr(drawing, "LINES", 3)
    monkeypatch.setattr(pieces, "LONGEST_END", 300)
    monkeypatch.setattr(pieces, "PIECE", 250)
    draw = freeze(town, PLAN)
    set_seed(town, draw, SEED, SEED, MINUTES)
    compute(town, draw)
    with town.reading() as session:
        kinds = list(session.scalars(select(OperationRow.kind).where(OperationRow.kind.like("draw.%"))))
        files = files_of(session, session.get_one(Draw, draw))
    assert kinds.count(DrawPart.kind) >= 3
    assert files.result.decode() == draw_detail(town, draw).result_csv
    assert len(files.pool) > 300
    assert publish(town, draw, tmp_path).exists()
    carried = sending.export(town, world.stick)
    assert receiving.take_in(world.county, carried.path).set_aside == ()
    [check] = [each for each in check_draws(world.county) if each.draw == draw]
    assert check.problem == ""
    with world.county.reading() as session:
        assert files_of(session, session.get_one(Draw, draw)) == files


def test_a_result_whose_pieces_are_not_here_is_set_aside(world, town, monkeypatch):
    monkeypatch.setattr(pieces, "LONGEST_END", 300)
    draw = freeze(town, PLAN)
    set_seed(town, draw, SEED, SEED, MINUTES)
    compute(town, draw)
    monkeypatch.delitem(applied.KINDS, DrawPart.kind)
    taken = receiving.take_in(world.county, sending.export(town, world.stick).path)
    assert "没有收到这次抽取的全部文件" in taken.set_aside[-1].reason
