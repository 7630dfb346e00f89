"""Which entry goes on: one rule for chains, circles and whose word it is."""

from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.ids import uuid7
from ohdesk.domain.roll.merging import Member, goes_on
from tests.conftest import NOON

A, B, COUNTY = "000000001", "000000002", "000000"


def said(other="", by=A, town=A, *, withdrawn=False):
    return Member(other, by if other else "", town, withdrawn)


def test_of_a_chain_the_last_goes_on_for_all():
    assert goes_on({"1": said("2"), "2": said("3"), "3": said()}) == {"1": "3", "2": "3", "3": "3"}


def test_of_a_circle_the_one_set_down_first_goes_on():
    assert goes_on({"2": said("1"), "1": said("2")}) == {"1": "1", "2": "1"}
    assert goes_on({"2": said("3"), "3": said("1"), "1": said("2"), "0": said("3")}) == dict.fromkeys("0123", "1")


def test_in_a_circle_the_countys_word_holds():
    assert goes_on({"1": said("2", COUNTY), "2": said("1")}) == {"1": "2", "2": "2"}


def test_an_entry_merged_into_itself_goes_on():
    assert goes_on({"1": said("1")}) == {"1": "1"}


def test_a_towns_word_counts_while_both_are_its_own_and_the_countys_always():
    foreign = {"1": said("2"), "2": said(town=B)}
    assert goes_on(foreign) == {"1": "1", "2": "2"}
    assert goes_on({"1": said("2", town=B), "2": said()}) == {"1": "1", "2": "2"}
    assert goes_on(foreign | {"1": said("2", COUNTY)}) == {"1": "2", "2": "2"}


def test_what_is_not_held_here_has_nothing_merged_into_it():
    assert goes_on({"1": said("9")}) == {"1": "1"}


def test_what_was_taken_off_the_roll_goes_on_for_nobody():
    assert goes_on({"1": said("2"), "2": said(withdrawn=True)}) == {"1": "1", "2": "2"}
    assert goes_on({"1": said("2"), "2": said("3", withdrawn=True), "3": said()}) == dict.fromkeys("123", "3")
    assert goes_on({"1": said("2", withdrawn=True), "2": said(withdrawn=True)}) == {"1": "1", "2": "2"}


names = [uuid7(NOON, A) for _ in range(6)]
members = st.dictionaries(
    st.sampled_from(names),
    st.builds(
        lambda other, by, town, withdrawn: said(other, by, town, withdrawn=withdrawn),
        st.sampled_from(["", *names]),
        st.sampled_from([A, B, COUNTY]),
        st.sampled_from([A, A, B, ""]),
        st.booleans(),
    ),
)


@given(members, st.randoms())
def test_whoever_goes_on_is_on_the_roll_and_goes_on_for_itself_in_every_order(found, chance):
    last = goes_on(found)
    for entry, root in last.items():
        assert last[root] == root
        assert entry == root or not found[root].withdrawn
    mixed = list(found.items())
    chance.shuffle(mixed)
    assert goes_on(dict(mixed)) == last


@given(members)
def test_each_employer_is_counted_once(found):
    """Of what is said to be one employer, on the roll and by a word that counts, exactly one is listed."""
    last = goes_on(found)
    listed = {entry for entry, root in last.items() if root == entry and not found[entry].withdrawn}
    standing = {entry for entry in found if not found[entry].withdrawn}
    assert {last[entry] for entry in standing} == listed
