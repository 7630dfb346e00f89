"""Who may write what follows from the writes alone: no order, no grinding and no lie about what was seen helps."""

import random
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.domain.authority import Standing, owns, refusal, standings
from ohdesk.domain.ids import uuid7
from ohdesk.domain.merge import Write, Written, heads, is_county, shown
from ohdesk.domain.operations import KINDS, PersonWritten, ProposalSettled, Writer
from tests.conftest import NOON

A, B, COUNTY = "000000001", "000000002", "000000"
OF_A, OF_B, OF_COUNTY = (uuid7(NOON, division) for division in (A, B, COUNTY))
LAPTOPS = {"a1": A, "a2": A, "b1": B, "c1": COUNTY}


def write(operation, base=(), **fields):
    return Written(operation, LAPTOPS[operation[:2]], hash_of(operation), tuple(base), fields)


def hash_of(operation):
    return sha256(operation.encode()).hexdigest()


def judged(record, *writes):
    return {name: each.value for name, each in standings(record, {each.name: each for each in writes}).items()}


def test_a_town_writes_its_own_entry_and_proposes_for_anothers():
    assert judged(OF_A, write("a1:1", name="厂"), write("b1:1", ["a1:1"], name="冒名厂")) == {
        "a1:1": "direct",
        "b1:1": "proposal",
    }


def test_an_entry_of_the_county_belongs_to_the_town_it_is_given_to():
    given_to_a = write("c1:1", name="厂", town=A)
    assert judged(OF_COUNTY, given_to_a, write("a1:1", ["c1:1"], name="改"))["a1:1"] == "direct"
    assert judged(OF_COUNTY, given_to_a, write("b1:1", ["c1:1"], name="改"))["b1:1"] == "proposal"


def test_out_of_nothing_nobody_writes_an_entry_that_another_made():
    assert judged(OF_B, write("a1:1", name="冒名厂", town=A)) == {"a1:1": "proposal"}
    assert judged(OF_COUNTY, write("a1:1", name="冒名厂", town=A)) == {"a1:1": "proposal"}


def test_a_second_write_out_of_nothing_is_none():
    assert judged(OF_A, write("a1:1", name="厂"), write("a1:2", name="改"))["a1:2"] == "proposal"


def test_no_town_gives_an_entry_away_or_takes_one():
    assert judged(OF_A, write("a1:1", name="厂", town=B)) == {"a1:1": "proposal"}
    taken = judged(OF_B, write("b1:1", name="厂"), write("a1:1", ["b1:1"], town=A), write("a1:2", ["a1:1"], name="改"))
    assert taken == {"b1:1": "direct", "a1:1": "proposal", "a1:2": "proposal"}


def test_what_a_former_owner_writes_as_if_it_did_not_know_of_the_move_is_a_proposal():
    first, moved = write("a1:1", name="厂", town=A), write("c1:1", ["a1:1"], town=B)
    late = write("a1:2", ["a1:1"], name="改")
    assert judged(OF_A, first, late) == {"a1:1": "direct", "a1:2": "direct"}
    assert judged(OF_A, first, moved, late) == {"a1:1": "direct", "c1:1": "direct", "a1:2": "proposal"}


def test_what_the_county_had_seen_before_it_moved_an_entry_stays():
    first, second = write("a1:1", name="厂", town=A), write("a1:2", ["a1:1"], name="改")
    assert judged(OF_A, first, second, write("c1:1", ["a1:1", "a1:2"], town=B))["a1:2"] == "direct"


def test_a_write_whose_base_has_not_come_waits_for_it():
    later = write("a1:2", ["a1:1"], name="改")
    assert judged(OF_A, later) == {"a1:2": "waiting"}
    assert judged(OF_A, later, write("a1:1", name="厂"))["a1:2"] == "direct"
    assert standings(OF_A, {"a1:2": later}, {"a1:1"})["a1:2"] is Standing.DIRECT


def test_two_that_claim_to_have_seen_each_other_wait_for_ever():
    assert set(judged(OF_A, write("a1:1", ["a2:1"], name="甲"), write("a2:1", ["a1:1"], name="乙")).values()) == {
        "waiting"
    }


@pytest.mark.parametrize("town", ["", "石桥镇", "00000000", "00000000１", None])
def test_without_a_whole_code_an_entry_is_its_makers(town):
    assert owns(OF_A, A, town)
    assert not owns(OF_A, B, town)


@pytest.mark.parametrize("kind", [name for name, each in KINDS.items() if each.writer is Writer.COUNTY])
def test_the_countys_word_is_the_countys_only(kind):
    operation = KINDS[kind].__new__(KINDS[kind])
    object.__setattr__(operation, "record", OF_A)
    assert refusal(operation, A)
    assert refusal(operation, COUNTY) == ""


def test_only_its_maker_writes_a_person_a_draw_or_a_visit():
    assert {each.writer for each in KINDS.values()} == set(Writer)
    for division, record in ((A, OF_A), (B, OF_B), (COUNTY, OF_COUNTY)):
        assert refusal(PersonWritten(record=record, fields={}), division) == ""
    assert refusal(PersonWritten(record=OF_B, fields={}), A)
    assert refusal(PersonWritten(record=OF_A, fields={}), COUNTY)
    assert ProposalSettled.writer is Writer.COUNTY


class World:
    """A county that is honest, and towns that write what they like about three entries."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 - a history that can be made again
        self.writes = {record: {} for record in (OF_A, OF_B, OF_COUNTY)}
        self.known = {record: {} for record in self.writes}  # at the county
        self.seq = dict.fromkeys(LAPTOPS, 0)
        # By entry: who has it, and what stood when the county said so.
        self.owner = {OF_A: A, OF_B: B, OF_COUNTY: COUNTY}
        self.stood = {record: set() for record in self.writes}

    def act(self):
        record, laptop = self.random.choice([OF_A, OF_B, OF_COUNTY]), self.random.choice(["a1", "a2", "b1", "c1"])
        fields = {"name": f"厂{self.random.randrange(4)}"} if self.random.random() < 0.8 else {"phone": "1"}
        if self.random.random() < 0.4:
            fields["town"] = self.random.choice([A, B, "", "石桥镇"])
        self.seq[laptop] += 1
        name = f"{laptop}:{self.seq[laptop]}"
        base = self.seen_by_county(record) if laptop == "c1" else self.claimed(record, laptop)
        self.writes[record][name] = write(name, base, **fields)
        if laptop == "c1":
            self.known[record][name] = self.writes[record][name]
            if "town" in fields:
                self.stood[record] = set(self.direct(record, self.known[record]))
                maker = {OF_A: A, OF_B: B, OF_COUNTY: COUNTY}[record]
                self.owner[record] = fields["town"] if fields["town"] in {A, B} else maker

    def seen_by_county(self, record):
        news = [each for each in self.writes[record].values() if each.name not in self.known[record]]
        self.known[record] |= {each.name: each for each in news if self.random.random() < 0.6}
        return tuple(each.name for each, _ in heads(list(self.direct(record, self.known[record]).values())))

    def claimed(self, record, laptop):
        """What a town says it had seen: the truth, nothing, something old, something that is not there."""
        everything = list(self.writes[record])
        lie = self.random.randrange(5)
        if lie == 0:
            return ()
        if lie == 1:
            return tuple(self.random.sample(everything, min(len(everything), self.random.randrange(4))))
        if lie == 2:  # what others will write, and what they wrote elsewhere
            laptops = [each for each in LAPTOPS if each != laptop]
            return (f"{self.random.choice(laptops)}:{self.random.randrange(1, 9)}",)
        return tuple(each.name for each, _ in heads(list(self.direct(record, self.writes[record]).values())))

    @staticmethod
    def direct(record, writes):
        found = standings(record, writes)
        return {name: each for name, each in writes.items() if found[name] is Standing.DIRECT}


@settings(max_examples=400)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_no_town_ever_shows_a_value_in_another_towns_entry(seed, steps):
    world = World(seed)
    for _ in range(steps):
        world.act()
    for record, writes in world.writes.items():
        by_field = {}
        for each, fields in heads(list(world.direct(record, writes).values())):
            for key, value in fields.items():
                by_field.setdefault(key, []).append((each, value))
        for key, found in by_field.items():
            value = shown([Write(value, each.division, each.hash) for each, value in found])
            writer = next(each for each, said in found if said == value)
            allowed = is_county(writer.division) or writer.division == world.owner[record]
            assert allowed or writer.name in world.stood[record], (key, writer, world.owner[record])
