"""Numbers of rows take little room, and a number too large for it is not lost."""

from itertools import chain

import pytest

from ohdesk.db.row_numbers import kept, place
from ohdesk.domain.ids import Ids

FITS = 2**32 - 1


@pytest.mark.parametrize("numbers", [[], [3, 1, 2], [FITS, 1], [1, FITS + 1], [2**63 - 1]])
def test_numbers_are_kept_in_their_order_however_large(numbers):
    assert list(kept(iter(numbers), numbered=True)) == numbers


def test_a_number_of_a_row_takes_four_bytes():
    assert kept([7, FITS], numbered=True).itemsize == 4


def test_of_very_many_none_is_lost_where_the_first_large_one_comes():
    numbers = [*range(10_000), FITS + 1, *range(10_000)]
    assert list(kept(chain.from_iterable([each] for each in numbers), numbered=True)) == numbers


@pytest.mark.parametrize("make", [lambda names: kept(names, numbered=True), list])
def test_the_place_of_a_name_is_told(make):
    assert [place(make([7, 3]), wanted) for wanted in (7, 3, 8, None)] == [0, 1, -1, -1]


def test_the_place_of_an_id_is_told():
    first, second, other = (digit * 36 for digit in "123")
    assert [place(Ids([first, second]), wanted) for wanted in (first, second, other, None)] == [0, 1, -1, -1]
