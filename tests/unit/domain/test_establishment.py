"""The unified social credit code of GB 32100-2015."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.establishment import USCC_ALPHABET, is_uscc, uscc_check_character, uscc_is_right

first_17 = st.text(USCC_ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91440703MA4W12346G", "12440783456789011H", "92440205MA52K7Q87H"])
def test_worked_examples_have_the_right_check_character(code):
    assert uscc_is_right(code)


@given(first_17, st.integers(0, 16), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_is_always_noticed(text, place, wrong):
    code = text + uscc_check_character(text)
    changed = code[:place] + wrong + code[place + 1 :]
    assert uscc_is_right(changed) == (changed == code)


@pytest.mark.parametrize("text", ["", "91440703MA4W1234", "91440703MA4W12346g", "91440703MA4W12346O", "９" * 18])
def test_other_shapes_are_no_code(text):
    assert not is_uscc(text)
