"""Blocks of numbers: each device gives its own, and every serial that nobody gave has a reason."""

from random import Random

import pytest

from ohdesk.domain.register.number_blocks import Block, Gap, Why, block_serials, gaps
from tests.paper_numbers import REPLICAS, issue_at_random

HERE, THERE = REPLICAS


def serials(blocks, held=()):
    return list(block_serials(blocks, HERE, lambda piece: max(set(held) & set(piece), default=0)))


def test_a_device_gives_the_serials_of_its_blocks_in_the_order_of_the_rows():
    blocks = [Block("2", HERE, 1, 2), Block("1", HERE, 11, 13), Block("3", THERE, 21, 30)]
    assert serials(blocks) == [11, 12, 13, 1, 2]
    assert serials(blocks, held={11, 12, 1}) == [13, 2]


def test_what_two_rows_hand_out_belongs_to_the_one_entered_first():
    assert serials([Block("1", THERE, 3, 4), Block("2", HERE, 1, 6)]) == [1, 2, 5, 6]
    assert serials([Block("2", THERE, 3, 4), Block("1", HERE, 1, 6)]) == [1, 2, 3, 4, 5, 6]


def test_a_serial_below_the_last_one_given_is_never_filled_in():
    assert serials([Block("1", HERE, 1, 5)], held={3}) == [4, 5]


def test_every_serial_that_is_not_held_has_a_reason():
    blocks = [Block("1", HERE, 4, 8), Block("2", THERE, 11, 14)]
    assert gaps({1, 2, 3, 4, 6, 12}, blocks, HERE) == [
        Gap(5, 5, Why.MISSING, HERE),
        Gap(7, 8, Why.NOT_USED_YET, HERE),
        Gap(9, 10, Why.NOT_HANDED_OUT),
        Gap(11, 11, Why.OTHER_DEVICE, THERE),
        Gap(13, 14, Why.OTHER_DEVICE, THERE),
    ]
    assert gaps(set(), (), HERE) == []


@pytest.mark.parametrize("seed", range(4))
def test_five_hundred_issues_on_two_devices_give_no_number_twice_and_explain_every_gap(seed):
    told = issue_at_random(Random(seed), 500)  # noqa: S311 - can be repeated
    assert (told.issued, told.twice, told.unexplained) == (500, [], [])
