"""Whatever two laptops of one town claim to have seen: the county is the same, whichever bundle comes first."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from ohdesk.db.chain import NO_HASH
from ohdesk.domain.canonical import canonical
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving
from ohdesk.services.trust import certified
from tests.conftest import NOON
from tests.trust_bench import HOME, Bench, Laptop, bench
from tests.unit.services.exchange.bundle_world import copy_of

Said = tuple[list[bytes], list[bytes]]  # what the one laptop and the other have written


def person(bench: Bench, laptop: Laptop, record: str, base: str = "", **fields: str) -> list[bytes]:
    said = bench.said(laptop, "person.written@1", record, {"fields": fields}, base=[base] if base else [])
    return bench.chained([said])


def one_knows_no_role(bench: Bench, one: Laptop, other: Laptop) -> Said:
    """Set down by the other; the one corrects it without saying what it had seen."""
    record = bench.new_id(HOME)
    number = person(bench, one, record, certificate_no="X1")
    return number, person(bench, other, record, name="周沄", role="inspector")


def each_has_seen_the_other(bench: Bench, one: Laptop, other: Laptop) -> Said:
    record = bench.new_id(HOME)
    first = person(bench, one, record, f"{other.replica}:1", name="周沄", role="inspector")
    return first, person(bench, other, record, f"{one.replica}:1", name="吴翙", role="assistant")


def a_reset_is_issued_again(bench: Bench, one: Laptop, other: Laptop) -> Said:
    """As by a workspace that took over: the old laptop's stick turns up later, or came before."""
    record = bench.new_id(HOME)
    written = bench.said(one, "person.written@1", record, {"fields": {"name": "周沄", "role": "inspector"}})
    reset = bench.said(one, "person.key_reset@1", record, {"key": "1" * 64})
    first = bench.chained([written, reset])
    bench.county_says(certified.issued(other.certificate, NOON, "", one.replica))
    again: list[bytes] = []
    for number, body in enumerate(first, 1):
        value = json.loads(body)
        stood = {key: value[key] for key in ("r", "s", "p", "base")}
        previous = sha256(again[-1]).hexdigest() if again else NO_HASH
        again.append(canonical(value | {"o": stood, "r": other.replica, "s": number, "p": previous}))
    return first, again


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    with bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


@pytest.mark.parametrize("written", [one_knows_no_role, each_has_seen_the_other, a_reset_is_issued_again])
def test_two_laptops_leave_the_same_county_whichever_comes_first(
    benched: Bench, tmp_path, written: Callable[[Bench, Laptop, Laptop], Said]
):
    one, other = benched.laptop(), benched.laptop()
    first, second = written(benched, one, other)
    paths = [benched.bundle(one, bodies=first), benched.bundle(other, bodies=second)]
    found = set()
    for order in (paths, paths[::-1]):
        with copy_of(benched.world.county, tmp_path / str(len(found))) as county:
            for path in order:
                receiving.take_in(county, path)
            found.add(digest(county))
    assert len(found) == 1
