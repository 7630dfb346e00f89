"""Numbers of rows take little room, and a number too large for it is not lost."""

import json

import pytest
from sqlalchemy import Integer, func, select

from ohdesk.db.row_numbers import names_of, place
from ohdesk.domain.ids import Ids

FITS = 2**32 - 1


@pytest.fixture
def named(ctx):
    """Return what names rows that have these numbers, listed in this order."""

    def ask(numbers):
        rows = func.json_each(json.dumps(numbers)).table_valued("key", "value")
        with ctx.reading() as session:
            return names_of(session, select(rows.c.value.cast(Integer)).order_by(rows.c.key), numbered=True)

    return ask


@pytest.mark.parametrize("numbers", [[], [3, 1, 2], [FITS, 1], [1, FITS + 1], [2**63 - 1]])
def test_numbers_are_kept_in_their_order_however_large(named, numbers):
    assert list(named(numbers)) == numbers


def test_a_number_of_a_row_takes_four_bytes(named):
    assert named([7, FITS]).itemsize == 4


def test_of_very_many_none_is_lost(named):
    numbers = [*range(100_000, 0, -1), 7]
    assert list(named(numbers)) == numbers


def test_the_place_of_a_name_is_told(named):
    for make in (named, list):
        assert [place(make([7, 3]), wanted) for wanted in (7, 3, 8, None)] == [0, 1, -1, -1]


def test_the_place_of_an_id_is_told():
    first, second, other = (digit * 36 for digit in "123")
    assert [place(Ids([first, second]), wanted) for wanted in (first, second, other, None)] == [0, 1, -1, -1]
