"""Where a town stands on its way into the county, as both sides see it."""

from datetime import date

import pytest

from ohdesk.errors import UserError
from ohdesk.services.office import accounts, people
from ohdesk.services.trust import joining


@pytest.fixture
def card(county_ctx, tmp_path):
    assert joining.card(county_ctx) is None
    joining.write_card(county_ctx, tmp_path / "card")
    return tmp_path / "card"


def test_the_card_shows_the_same_fingerprint_on_both_sides(county_ctx, card):
    assert joining.look_at_card(card).fingerprint == joining.card(county_ctx).fingerprint


def test_a_town_stands_outside_then_waits_then_is_in(ctx, county_ctx, card, tmp_path):
    assert joining.standing(ctx) == joining.Standing("", None, ())
    written = joining.write_request(ctx, card, tmp_path / "request")
    assert joining.standing(ctx).waiting == written
    shown = joining.look_at_request(county_ctx, tmp_path / "request").request
    assert (shown.fingerprint, shown.name) == (written.fingerprint, "石桥镇")
    assert joining.towns(county_ctx) == []
    joining.issue(county_ctx, tmp_path / "request", tmp_path / "answer", shown.fingerprint)
    joining.accept(ctx, tmp_path / "answer")
    assert joining.standing(ctx) == joining.Standing("青原县卫生健康局", None, (), date(2031, 3, 1))
    assert [town.name for town in joining.towns(county_ctx)] == ["石桥镇"]


def test_a_request_that_waits_can_be_written_again_byte_for_byte(ctx, card, tmp_path):
    joining.write_request(ctx, card, tmp_path / "request")
    joining.write_again(ctx, tmp_path / "once more")
    assert (tmp_path / "once more").read_bytes() == (tmp_path / "request").read_bytes()


def test_nothing_is_written_again_while_nothing_waits(ctx, tmp_path):
    with pytest.raises(UserError, match="没有等待答复的申请"):
        joining.write_again(ctx, tmp_path / "request")


def test_a_file_exchanged_after_the_comparison_is_refused(ctx, county_ctx, card, tmp_path):
    with pytest.raises(UserError, match="核对之后换过"):
        joining.write_request(ctx, card, tmp_path / "request", "0000 " * 7 + "0000")
    assert joining.standing(ctx).waiting is None
    joining.write_request(ctx, card, tmp_path / "request")
    with pytest.raises(UserError, match="核对之后换过"):
        joining.issue(county_ctx, tmp_path / "request", tmp_path / "answer", "0000 " * 7 + "0000")
    assert joining.towns(county_ctx) == []


def test_an_inspector_who_came_later_is_named_as_unconfirmed(ctx, county_ctx, card, tmp_path):
    joining.write_request(ctx, card, tmp_path / "request")
    joining.issue(county_ctx, tmp_path / "request", tmp_path / "answer")
    joining.accept(ctx, tmp_path / "answer")
    person = people.add_person(ctx, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
    accounts.add(ctx, "王𠅤", "zweites-wort", {"inspector"}, person)
    assert joining.standing(ctx).unconfirmed == ("王𠅤",)
