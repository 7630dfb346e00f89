"""Taking in costs what is new: four times as many operations take four times the work, however they are mixed."""

import sys
from functools import partial

import pytest
from sqlalchemy import event

from ohdesk.db import accepting, journal
from ohdesk.db.accepting import Accepted
from ohdesk.db.models import Record
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.ids import uuid7
from ohdesk.domain.operations import RecordAmended
from tests import final_papers
from tests.conftest import NOON, signing
from tests.rectifying import PDF, found
from tests.unit.db.test_authority import A
from tests.unit.db.test_every_order import PERSON, Laptop

FEW = 700  # so that the many are more than is decoded at once
ENTRY = uuid7(NOON, A)
PERSON_FIELDS = "person.written@1"


def named(laptop):
    """What a laptop wrote last, as the base of its next."""
    return [f"{laptop.replica}:{laptop.seq}"] if laptop.seq else []


def plain(laptop, number):
    return laptop.entry(uuid7(NOON, A), name=f"厂{number}")


def corrected(laptop, number):
    return laptop.write(PERSON_FIELDS, PERSON, {"fields": {"name": f"周{number}", "role": "inspector"}})


def one_entry(laptop, number, base=()):
    return laptop.entry(ENTRY, base, name=f"厂{number}")


def one_entry_between_others(laptop, number):
    """Every second one is of a kind that is not the roll's."""
    before = [f"{laptop.replica}:{laptop.seq - 1}"] if laptop.seq > 1 else []
    return corrected(laptop, number) if number % 2 else one_entry(laptop, number, before)


def amended(laptop, number):
    """Of a record that never comes."""
    return laptop.amend(f"更正 {number}")


def refused_between(laptop, number):
    """Every second one is a word that only the county may say."""
    if number % 2:
        return laptop.write("certificate.revoked@1", "1" * 64, {"since": "2026-03-01", "reason": "x"})
    return corrected(laptop, number)


def not_understood_between(laptop, number):
    return laptop.entry(ENTRY, workers="many") if number % 2 else one_entry(laptop, number)


def calls_in(act):
    """How many functions are called: the same every time, whatever else the machine does."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls


def work(ctx, bodies, before=()):
    """How many functions are called to take these in."""
    with ctx.transaction() as session, session.begin_nested() as nested:
        accepting.accept_many(session, before)
        calls = calls_in(lambda: accepting.accept_many(session, bodies))
        nested.rollback()
    return calls


def written(write, count, name="a"):
    laptop = Laptop(name)
    return [write(laptop, number) for number in range(count)]


@pytest.mark.parametrize(
    "write",
    [plain, corrected, one_entry, one_entry_between_others, amended, refused_between, not_understood_between],
    ids=lambda write: write.__name__,
)
def test_four_times_as_many_operations_take_four_times_the_work(ctx, write):
    few, many = (work(ctx, written(write, count)) for count in (FEW, 4 * FEW))
    # The few are read once; beyond what is decoded at once they are read a second time. A cost that follows the square
    # would be 16 times.
    assert many < 10 * few
    assert many < 3 * work(ctx, written(plain, 4 * FEW))


@pytest.mark.parametrize("write", [corrected, amended], ids=lambda write: write.__name__)
def test_so_they_do_beside_what_another_laptop_wrote_of_the_same(ctx, write):
    other = partial(written, write, name="d")
    few, many = (work(ctx, written(write, count), other(count)) for count in (FEW, 4 * FEW))
    assert many < 7 * few


def test_what_is_held_already_is_known_by_its_hash_and_not_read_again(ctx, monkeypatch):
    bodies = written(plain, 5) + written(corrected, 5, "b")
    with ctx.transaction() as session:
        accepting.accept_many(session, bodies)
        monkeypatch.setattr(accepting, "decode", lambda _: pytest.fail("read again"))
        assert accepting.accept_many(session, bodies) == [Accepted.ALREADY] * 10


def test_final_records_of_new_visits_come_in_by_the_same_statements_however_many_they_are(ctx):
    with ctx.reading() as session:
        pattern = content_of(session, session.get_one(Record, found(ctx)))["record"]
    few, many = (statements(ctx, finals(pattern, count)) for count in (2, 40))
    assert few == many


def finals(pattern, count):
    """Operations of one laptop that make the records of so many visits final."""
    laptop, bodies = Laptop("a"), []
    laptop.by = pattern["inspectors"][0]["person"]
    for number in range(count):
        record = pattern | {"visit": uuid7(NOON, A), "number": f"{pattern['number']}{number}"}
        said, blobs = final_papers.said(record, PDF)
        bodies.append(laptop.write("visit.finalized@1", record["visit"], said, blobs=blobs))
    return bodies


def statements(ctx, bodies):
    """What the database is asked and told while all of these are applied."""
    asked = []
    with ctx.transaction() as session, session.begin_nested() as nested:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert set(accepting.accept_many(session, bodies)) == {Accepted.APPLIED}
        nested.rollback()
    return asked


def test_the_two_hundredth_correction_is_written_like_the_first(ctx):
    visit, stamp = found(ctx), signing(ctx).stamp()

    def amend(number):
        with ctx.transaction() as session:
            journal.record(session, RecordAmended(record=visit, statement=f"更正 {number}", reason="笔误"), stamp)

    amend(0)  # after which all statements are known
    first = calls_in(lambda: amend(1))
    for number in range(2, 200):
        amend(number)
    assert calls_in(lambda: amend(200)) < 1.2 * first
