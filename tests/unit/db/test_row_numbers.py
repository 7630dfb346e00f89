"""Numbers of rows take little room, and a number too large for it is not lost."""

import pytest

from ohdesk.db.row_numbers import kept

FITS = 2**32 - 1


@pytest.mark.parametrize("numbers", [[], [3, 1, 2], [FITS, 1], [1, FITS + 1], [2**63 - 1]])
def test_numbers_are_kept_in_their_order_however_large(numbers):
    assert list(kept(iter(numbers), numbered=True)) == numbers


def test_a_number_of_a_row_takes_four_bytes():
    assert kept([7, FITS], numbered=True).itemsize == 4
