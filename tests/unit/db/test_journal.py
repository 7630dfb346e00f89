"""The journal: one door, a chain per replica, the same state in every allowed order."""

import random
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from ohdesk.db import accepting, chain, journal
from ohdesk.db.accepting import Accepted
from ohdesk.db.chain import ForkError, GapError
from ohdesk.db.journal import Stamp
from ohdesk.db.models import BlobRow, ContestedField, Establishment, EstablishmentHead, OperationRow, Person
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.canonical import canonical, parse
from ohdesk.domain.establishment import Value
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten
from tests.conftest import NOON

ENTRY = "019cacb3-f200-7869-bae0-0419237e09d4"  # its end is the tag of the town 000000001
COUNTY = Stamp(replica="c" * 16, division="000000", by="陶镕", at=NOON)
TOWN = Stamp(replica="a" * 16, division="000000001", by="李旸", at=NOON)
OTHER = Stamp(replica="b" * 16, division="000000001", by="王喆", at=NOON)


def written(**fields: Value) -> EstablishmentWritten:
    return EstablishmentWritten(record=ENTRY, fields=fields)


def contested(session) -> list[str]:
    return list(session.scalars(select(ContestedField.field).where(ContestedField.establishment == ENTRY)))


def recorded(session, operation: EstablishmentWritten, stamp: Stamp) -> bytes:
    """Write an operation; return its bytes."""
    journal.record(session, operation, stamp)
    mine = select(OperationRow.body).where(OperationRow.replica == stamp.replica)
    return session.scalars(mine.order_by(OperationRow.seq.desc())).first()


def test_a_written_entry_shows_its_values_and_is_found_by_initials(ctx):
    with ctx.transaction() as session:
        journal.record(
            session, written(name="石桥金泰五金厂", workers=20, declared=True, tested_on="2026-03-02"), ctx.stamp()
        )
        entry = session.get_one(Establishment, ENTRY)
        assert (entry.name, entry.workers, entry.declared) == ("石桥金泰五金厂", 20, True)
        assert (entry.tested_on, entry.exam_on, entry.note) == (date(2026, 3, 2), None, "")
        assert contested(session) == []
        assert "sqjtwjc" in entry.search


def test_many_at_once_give_the_same_tables_as_one_by_one(ctx):
    operations = [
        EstablishmentWritten(record=f"{number}{ENTRY[2:]}", fields={"name": f"石桥{number}厂", "workers": number})
        for number in range(10, 40)
    ]
    operations += [EstablishmentWritten(record=f"13{ENTRY[2:]}", fields={"name": "改名厂"})]
    with ctx.transaction() as session:
        point = session.begin_nested()
        journal.record_many(session, operations[:30], TOWN, "batch")
        journal.record_many(session, operations[30:], TOWN, "batch")
        fast = state_digest(session)
        point.rollback()
        for operation in operations:
            journal.record(session, operation, TOWN)
        assert state_digest(session) == fast


def test_each_operation_names_the_hash_of_the_one_before(ctx):
    with ctx.transaction() as session:
        for number in range(3):
            journal.record(session, written(name=f"厂{number}"), ctx.stamp())
        rows = list(session.scalars(select(OperationRow).order_by(OperationRow.seq)))
        assert [parse(row.body)["p"] for row in rows] == [chain.NO_HASH, rows[0].hash, rows[1].hash]
        assert chain.chain_problems(session) == []


def test_an_edited_operation_breaks_the_chain(ctx):
    with ctx.transaction() as session:
        for number in range(3):
            journal.record(session, written(name=f"厂{number}"), ctx.stamp())
        row = session.scalars(select(OperationRow).where(OperationRow.seq == 2)).one()
        changed = parse(row.body)
        changed["v"]["fields"]["name"] = "别的厂"
        session.execute(update(OperationRow).where(OperationRow.seq == 2).values(body=canonical(changed)))
        session.expire_all()
        assert chain.chain_problems(session) == [f"{ctx.office.replica}:2", f"{ctx.office.replica}:3"][:1]


def test_a_row_names_what_its_operation_had_seen_and_the_blobs_it_mentions(ctx):
    photo = "d" * 64
    with ctx.transaction() as session:
        journal.record(session, replace(written(name="石桥厂"), blobs=(photo,)), ctx.stamp())
        journal.record(session, written(name="石桥五金厂"), ctx.stamp())
        rows = list(session.scalars(select(OperationRow).order_by(OperationRow.seq)))
        assert [(row.base, row.blobs) for row in rows] == [((), (photo,)), ((f"{ctx.office.replica}:1",), ())]
        assert chain.chain_problems(session) == []
        session.execute(update(OperationRow).where(OperationRow.seq == 1).values(blobs=()))
        session.execute(update(OperationRow).where(OperationRow.seq == 2).values(base=("9" * 16 + ":1",)))
        session.expire_all()
        assert chain.chain_problems(session) == [f"{ctx.office.replica}:{seq}" for seq in (1, 2)]


def test_what_an_older_program_did_not_understand_names_its_blobs_once_it_is_tried_again(ctx):
    photo = "d" * 64
    with ctx.transaction() as session:
        point = session.begin_nested()
        body = recorded(session, replace(written(name="石桥厂"), blobs=(photo,)), TOWN)
        point.rollback()
        accepting.accept(session, body, lambda: lambda _: "")
        session.execute(delete(BlobRow))
        session.execute(update(OperationRow).values(blobs=(), set_aside="不认识"))
        session.expire_all()
        accepting.try_again(session)
        row = session.scalars(select(OperationRow)).one()
        assert (row.blobs, row.set_aside) == ((photo,), "")
        assert session.scalars(select(BlobRow.sha256)).all() == [photo]


def test_a_removed_last_operation_is_noticed(ctx):
    with ctx.transaction() as session:
        for number in range(3):
            journal.record(session, written(name=f"厂{number}"), ctx.stamp())
        session.delete(session.scalars(select(OperationRow).where(OperationRow.seq == 3)).one())
        session.flush()
        assert chain.chain_problems(session) == [f"{ctx.office.replica}: head 3"]


def test_writes_that_have_not_seen_each_other_are_in_dispute_and_the_county_shows(ctx):
    with ctx.transaction() as session:
        base = recorded(session, written(name="石桥厂", phone="1"), TOWN)
        point = session.begin_nested()
        by_town = recorded(session, written(phone="2"), TOWN)
        point.rollback()
        by_county = recorded(session, written(phone="3"), COUNTY)
        assert accepting.accept(session, by_town) is Accepted.APPLIED
        entry = session.get_one(Establishment, ENTRY)
        session.refresh(entry)
        assert (entry.phone, contested(session)) == ("3", ["phone"])
        assert accepting.accept(session, base) is Accepted.ALREADY
        assert accepting.accept(session, by_county) is Accepted.ALREADY


def test_settling_names_all_heads_and_ends_the_dispute(ctx):
    with ctx.transaction() as session:
        journal.record(session, written(name="石桥厂", phone="1"), TOWN)
        point = session.begin_nested()
        by_town = recorded(session, written(phone="2"), TOWN)
        point.rollback()
        journal.record(session, written(phone="3"), COUNTY)
        accepting.accept(session, by_town)
        journal.record(session, written(phone="2"), COUNTY)
        entry = session.get_one(Establishment, ENTRY)
        session.refresh(entry)
        assert (entry.phone, contested(session)) == ("2", [])
        heads = session.scalars(select(EstablishmentHead).where(EstablishmentHead.establishment == ENTRY))
        assert sum("phone" in head.fields for head in heads) == 1


def test_a_gap_is_refused_and_names_what_is_missing(ctx):
    with ctx.transaction() as session:
        point = session.begin_nested()
        journal.record(session, written(name="一"), TOWN)
        second = recorded(session, written(name="二"), TOWN)
        point.rollback()
        with pytest.raises(GapError) as caught:
            accepting.accept(session, second)
        assert (caught.value.replica, caught.value.missing) == (TOWN.replica, 1)


def test_a_clone_that_went_its_own_way_raises_the_alarm(ctx):
    with ctx.transaction() as session:
        point = session.begin_nested()
        clone = recorded(session, written(name="克隆"), TOWN)
        point.rollback()
        journal.record(session, written(name="原件"), TOWN)
        with pytest.raises(ForkError):
            accepting.accept(session, clone)


def test_an_unknown_kind_is_kept_as_it_came_and_set_aside(ctx):
    strange = {
        "r": TOWN.replica,
        "s": 1,
        "p": chain.NO_HASH,
        "t": "weather.observed@7",
        "id": "x",
        "base": [],
        "d": "000000001",
        "at": "2026-03-02T04:00:00Z",
        "by": "x",
        "v": {"sky": "blue"},
        "blobs": [],
        "new": 1,
    }
    with ctx.transaction() as session:
        assert accepting.accept(session, canonical(strange)) is Accepted.SET_ASIDE
        row = session.get_one(OperationRow, (TOWN.replica, 1))
        assert row.body == canonical(strange)
        assert "weather.observed@7" in row.set_aside


def test_nobody_writes_another_offices_person(ctx):
    with ctx.transaction() as session:
        journal.record(session, PersonWritten(record=ENTRY, fields={"name": "李旸", "role": "assistant"}), TOWN)
        assert accepting.accept(session, _person_of_another({"name": "冒名"}, "000000002")) is Accepted.SET_ASIDE


def test_another_laptop_of_the_office_corrects_its_person(ctx):
    with ctx.transaction() as session:
        journal.record(session, PersonWritten(record=ENTRY, fields={"name": "李旸", "role": "assistant"}), TOWN)
        assert accepting.accept(session, _person_of_another({"name": "李暘"}, TOWN.division)) is Accepted.APPLIED


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"name": "李旸", "role": "assistant"}, Accepted.APPLIED),
        ({"name": "李旸", "role": "mayor"}, Accepted.SET_ASIDE),
        ({"name": "李旸", "role": None}, Accepted.SET_ASIDE),
        ({"name": "李旸"}, Accepted.SET_ASIDE),
    ],
)
def test_a_person_without_a_role_that_is_known_is_set_aside(ctx, fields, outcome):
    with ctx.transaction() as session:
        assert accepting.accept(session, _person_of_another(fields)) is outcome
        assert session.scalar(select(func.count()).select_from(Person)) == (outcome is Accepted.APPLIED)


def _person_of_another(fields, division=OTHER.division):
    return canonical(
        {
            "r": OTHER.replica,
            "s": 1,
            "p": chain.NO_HASH,
            "t": PersonWritten.kind,
            "id": ENTRY,
            "base": [],
            "d": division,
            "at": "2026-03-02T04:00:00Z",
            "by": "x",
            "v": {"fields": fields},
            "blobs": [],
        }
    )


DAYS = ["2026-03-02", None, "2026-02-28", "2026-02-30"]  # the last is none and is set aside
VALUES = {"name": "0123", "note": "0123", "workers": [0, 1, None, "2"], "tested_on": DAYS}
VALUES |= {"declared": [True, False, None, "是"], "withdrawn": [True, False, None, 1]}


@st.composite
def histories(draw):
    """Three replicas that write fields of two entries, now and then having seen each other's work."""
    steps = st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["name", "note", "workers", "declared", "tested_on", "withdrawn"]),
        st.integers(0, 3),
        st.booleans(),
    )
    return draw(st.lists(steps, min_size=1, max_size=8)), draw(st.integers())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_any_allowed_order_and_any_repetition_give_the_same_state(ctx, history):
    steps, shuffle_seed = history
    operations = _world(steps)
    digests = []
    for order in (operations, _shuffled(operations, shuffle_seed), _shuffled(operations, shuffle_seed + 1)):
        with ctx.transaction() as session:
            point = session.begin_nested()
            for encoded, _needs in [*order, *order]:
                accepting.accept(session, encoded)
            digests.append(state_digest(session))
            session.expire_all()
            point.rollback()
    assert len(set(digests)) == 1


def _world(steps):
    """Return (operation, what its writer had seen) as three machines would make them."""
    heads: dict[str, tuple[int, str]] = {}
    seen: dict[str, dict[str, int]] = {name: {} for name in "abc"}
    field_heads: dict[str, dict[tuple[str, str], dict[str, int]]] = {name: {} for name in "abc"}
    made = []
    for number, (replica, entry, field, value, looks) in enumerate(steps):
        if looks:
            for other in "abc":
                for name, upto in seen[other].items():
                    seen[replica][name] = max(seen[replica].get(name, 0), upto)
                _take(field_heads[replica], made, seen[replica])
        base = {name for (record, _), names in field_heads[replica].items() if record[0] == entry for name in names}
        seq, previous = heads.get(replica, (0, chain.NO_HASH))
        encoded = canonical(
            {
                "r": replica * 16,
                "s": seq + 1,
                "p": previous,
                "t": EstablishmentWritten.kind,
                "id": f"{entry}{ENTRY[1:]}",
                "base": sorted(base),
                "d": "000000" if replica == "c" else "000000001",
                "at": f"2026-03-02T04:00:{number:02d}Z",
                "by": replica,
                "v": {"fields": {field: VALUES[field][value]}, "reason": "", "source": "hand"},
                "blobs": [],
            }
        )
        heads[replica] = (seq + 1, sha256(encoded).hexdigest())
        made.append((encoded, dict(seen[replica])))
        seen[replica][replica] = seq + 1
        _take(field_heads[replica], made, seen[replica])
    return made


def _take(field_heads, made, seen):
    """Set a machine's field heads to those of all operations it has seen."""
    field_heads.clear()
    for encoded, _ in made:
        value = parse(encoded)
        if value["s"] > seen.get(value["r"][0], 0):
            continue
        (field,) = value["v"]["fields"]
        names = field_heads.setdefault((value["id"], field), {})
        for name in value["base"]:
            names.pop(name, None)
        names[f"{value['r']}:{value['s']}"] = 1


def _shuffled(operations, seed):
    """Return the operations in a random order in which each comes after all its writer had seen."""
    rng = random.Random(seed)  # noqa: S311 - a shuffle, not a secret
    waiting, done, order = list(operations), {}, []
    while waiting:
        ready = [
            operation
            for operation in waiting
            if parse(operation[0])["s"] == done.get(parse(operation[0])["r"][0], 0) + 1
            and all(done.get(name, 0) >= upto for name, upto in operation[1].items())
        ]
        chosen = rng.choice(ready)
        waiting.remove(chosen)
        order.append(chosen)
        value = parse(chosen[0])
        done[value["r"][0]] = value["s"]
    return order


def test_the_clock_decides_nothing(ctx):
    late = replace(OTHER, at=NOON - timedelta(days=4000))
    with ctx.transaction() as session:
        journal.record(session, written(name="石桥厂"), TOWN)
        journal.record(session, written(name="新名"), late)
        assert session.get_one(Establishment, ENTRY).name == "新名"
