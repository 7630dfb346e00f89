"""Identities are random and sort by time."""

from datetime import timedelta
from uuid import UUID

from ohdesk.domain.ids import uuid7
from tests.conftest import NOON


def test_an_id_is_a_version_7_uuid_of_its_instant():
    value = UUID(uuid7(NOON))
    assert (value.version, value.variant) == (7, "specified in RFC 4122")
    assert value.int >> 80 == int(NOON.timestamp() * 1000)


def test_later_ids_sort_later_and_none_repeats():
    ids = [uuid7(NOON + timedelta(milliseconds=number)) for number in range(50)]
    assert ids == sorted(ids)
    assert len({uuid7(NOON) for _ in range(1000)}) == 1000
