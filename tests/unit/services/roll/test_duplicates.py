"""Likely pairs of the roll: found in two looks, listed with why, and kept away once a person told them apart."""

import pytest

from ohdesk.domain.roll.duplicates import Likeness
from ohdesk.errors import UserError
from ohdesk.services.roll import duplicates, entries


def add(ctx, name, **fields):
    return entries.add(ctx, {"name": name, **fields})


def found(ctx):
    return {frozenset((pair.first.id, pair.second.id)): pair.why for pair in duplicates.likely_pairs(ctx).pairs}


def test_each_likely_pair_is_listed_with_what_the_two_share(ctx):
    one, other = add(ctx, "石桥陶瓷有限公司"), add(ctx, "石桥陶瓷（有限责任公司）")
    near = add(ctx, "岚石五金厂", address="石桥镇东路1号", phone="0757-88001234")
    same = add(ctx, "岚石五金制品厂", address="石桥镇东路 1号", phone="075788001234")
    add(ctx, "青溪竹器厂")
    assert found(ctx) == {frozenset((one, other)): (Likeness.NAME,), frozenset((near, same)): (Likeness.PLACE,)}


def test_a_pair_told_apart_is_not_shown_again_even_when_it_changes(ctx):
    one, other = add(ctx, "石桥陶瓷有限公司"), add(ctx, "石桥陶瓷公司")
    duplicates.tell_apart(ctx, other, one, "两个厂区，两张执照")
    entries.correct(ctx, other, {"name": "石桥陶瓷"}, "更名")
    assert found(ctx) == {}


def test_one_entry_cannot_be_told_apart_from_itself(ctx):
    one = add(ctx, "石桥陶瓷有限公司")
    with pytest.raises(UserError, match="同一条"):
        duplicates.tell_apart(ctx, one, one)


def test_more_than_are_shown_are_counted(ctx, monkeypatch):
    for number in range(5):
        add(ctx, "石桥陶瓷有限公司", address=f"石桥镇东路{number}号")
    monkeypatch.setattr(duplicates, "SHOWN", 3)
    told = duplicates.likely_pairs(ctx)
    assert (len(told.pairs), told.more) == (3, 7)


def test_who_looks_on_hears_how_far_it_is(ctx):
    add(ctx, "石桥陶瓷有限公司")
    heard = []
    duplicates.likely_pairs(ctx, lambda done, whole: heard.append((done, whole)))
    assert heard == [(0, 2), (1, 2)]
