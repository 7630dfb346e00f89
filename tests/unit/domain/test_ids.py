"""Identities are random, sort by time and tell the office that made them."""

from datetime import timedelta
from uuid import UUID

from ohdesk.domain.ids import Ids, made_by, uuid7
from tests.conftest import NOON

TOWN, OTHER, COUNTY = "000000001", "000000002", "000000"


def test_an_id_is_a_version_7_uuid_of_its_instant():
    value = UUID(uuid7(NOON, TOWN))
    assert (value.version, value.variant) == (7, "specified in RFC 4122")
    assert value.int >> 80 == int(NOON.timestamp() * 1000)


def test_later_ids_sort_later():
    ids = [uuid7(NOON + timedelta(milliseconds=number), TOWN) for number in range(50)]
    assert ids == sorted(ids)


def test_a_whole_roll_in_one_millisecond_has_no_id_twice():
    assert len({uuid7(NOON, TOWN) for _ in range(20_000)}) == 20_000


def test_an_id_tells_the_office_that_made_it():
    made = {division: uuid7(NOON, division) for division in (TOWN, OTHER, COUNTY)}
    for division in made:
        assert [maker for maker, record in made.items() if made_by(record, division)] == [division]


def test_many_ids_in_one_text_are_read_like_a_list_of_them():
    ids = [uuid7(NOON, TOWN) for _ in range(50)]
    kept = Ids(iter(ids))
    assert (list(kept), len(kept), kept[7], kept[-1], kept[10:60]) == (ids, 50, ids[7], ids[-1], ids[10:])
    assert [kept.index(each) for each in ids] == list(range(50))
    assert ids[3] in kept
    assert not [other for other in ("", ids[0][1:], uuid7(NOON, TOWN)) if other in kept]
