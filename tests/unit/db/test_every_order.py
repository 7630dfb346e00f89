"""What two laptops of one town wrote without having seen each other is the same everywhere, whichever came first."""

import json
import random
from functools import partial
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ohdesk.db import accepting, rebuilding
from ohdesk.db.models import Amendment, Draw, Finding, OperationRow, Person, Record, RecordPaper
from ohdesk.db.queries.digest import state_digest
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.canonical import canonical, fingerprint, parse
from ohdesk.domain.draw.drawing import pool_csv
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.ids import uuid7
from ohdesk.domain.record import PHOTO_PAGE_FORMAT
from tests import final_papers
from tests.conftest import NOON
from tests.published_draw import SHEET
from tests.rectifying import found
from tests.unit.db.test_authority import PERSON, A, Chain

DRAW, OTHER_DRAW, VISIT = (uuid7(NOON, A) for _ in range(3))
SHEET_JSON = json.dumps(SHEET, sort_keys=True, separators=(",", ":"))
PDFS = tuple(digit * 64 for digit in "012")


class Laptop(Chain):
    """One of the town's, which writes what binds as well."""

    by = "x"

    def write(self, kind, record, values, base=(), blobs=()):
        body = parse(super().write(kind, record, values, base))
        body |= {"by": self.by, "blobs": [f"sha256:{blob}" for blob in blobs]}
        written = canonical(body)
        self.previous = sha256(written).hexdigest()
        return written

    def commit(self, draw=DRAW, number=1, base=()):
        said = {"plan": "2026-1", "number": number, "commit": "0" * 64, "pool_sha256": "0" * 64}
        return self.write("draw.committed@1", draw, said, base)

    def seed(self, seed, base=(), draw=DRAW):
        return self.write("draw.seeded@1", draw, {"seed": seed, "minutes": {}, "receipt": ""}, base)

    def compute(self, base=(), draw=DRAW):
        files = {"sheet": SHEET_JSON, "pool_csv": b"".join(pool_csv(())).decode(), "result_csv": "x"}
        return self.write("draw.computed@1", draw, files, base)

    def void(self, reason, base=(), draw=DRAW):
        return self.write("draw.voided@1", draw, {"reason": reason}, base)

    def publish(self, base=(), draw=DRAW):
        return self.write("draw.published@1", draw, {"package_sha256": "1" * 64}, base)

    def finalize(self, record, pdf=PDFS[0], base=()):
        self.by = record["inspectors"][0]["person"]
        said, blobs = final_papers.said(record, pdf)
        return self.write("visit.finalized@1", VISIT, said, base, blobs)

    def amend(self, statement, base=()):
        return self.write("record.amended@1", VISIT, {"statement": statement, "reason": "笔误"}, base)


@pytest.fixture
def record(ctx):
    """A record with a finding, as it stands in the journal."""
    visit = found(ctx)
    with ctx.reading() as session:
        return content_of(session, session.get_one(Record, visit))["record"] | {"visit": VISIT}


def named(name, seq):
    return f"{name * 16}:{seq}"


def aside_of(session):
    return {f"{row.replica[0]}{row.seq}": row.set_aside for row in session.scalars(select(OperationRow))
            if row.set_aside}  # fmt: skip


def in_both_orders(ctx, one, other, ask, before=()):
    """What `ask` finds, and what is set aside, after either laptop's bundle came first; it must be the same."""
    answers = []
    for order in ([*one, *other], [*other, *one]):
        with ctx.transaction() as session, session.begin_nested() as nested:
            for body in (*before, *order):
                accepting.accept(session, body)
            answers.append((ask(session), aside_of(session), state_digest(session)))
            assert rebuilding.compare(session, ctx.folder).problems == ()
            nested.rollback()
    assert answers[0] == answers[1]
    return answers[0][:2]


def test_of_two_seeds_that_had_not_seen_each_other_one_holds(ctx):
    a, d = Laptop("a"), Laptop("d")
    made, base = a.commit(), [named("a", 1)]
    seed, aside = in_both_orders(
        ctx, [a.seed("1" * 10, base)], [d.seed("2" * 10, base)], lambda s: s.get_one(Draw, DRAW).seed, [made]
    )
    assert seed == ("2" * 10 if "a2" in aside else "1" * 10)
    assert list(aside.values()) == ["这次抽取已经到了后面的步骤，不能再做这一步"]


def test_a_seed_and_a_void_that_had_not_seen_each_other_leave_the_draw_void(ctx):
    for number in range(6):  # whichever of the two has the smaller hash
        a, d = Laptop("a"), Laptop("d")
        made, base = a.commit(), [named("a", 1)]
        ask = lambda s: s.get_one(Draw, DRAW).state  # noqa: E731
        assert in_both_orders(ctx, [a.seed("1" * 10, base)], [d.void(f"{number}", base)], ask, [made])[0] == (
            DrawState.VOID
        )


def test_a_step_that_comes_before_its_commit_is_taken_when_the_commit_comes(ctx):
    a, d = Laptop("a"), Laptop("d")
    made = a.commit()
    void = d.void("名单有误", [named("a", 1)])
    state, aside = in_both_orders(ctx, [made], [void], lambda session: session.get_one(Draw, DRAW).state)
    assert (state, aside) == (DrawState.VOID, {})


def test_one_number_given_twice_stands_twice(ctx):
    a, d = Laptop("a"), Laptop("d")
    ask = lambda s: sorted(s.scalars(select(Draw.id).where(Draw.number == 1)))  # noqa: E731
    both = [a.commit(), a.commit(OTHER_DRAW)]
    assert in_both_orders(ctx, both[:1], [d.commit(OTHER_DRAW)], ask) == (sorted((DRAW, OTHER_DRAW)), {})
    assert in_both_orders(ctx, both, [], ask) == (sorted((DRAW, OTHER_DRAW)), {})


def test_of_two_final_records_of_one_visit_one_holds_whole(ctx, record):
    without = {**record, "findings": []}

    def ask(session):
        return session.get_one(Record, VISIT).pdf_sha256, session.scalars(
            select(Finding.number).where(Finding.visit == VISIT)
        ).all()

    held = set()
    for number in range(8):
        a, d = Laptop("a"), Laptop("d")
        one, other = (
            [a.finalize(record | {"number": f"{number}"})],
            [d.finalize(without | {"number": f"{number}"}, PDFS[1])],
        )
        (pdf, findings), aside = in_both_orders(ctx, one, other, ask)
        assert list(aside.values()) == ["这次检查已经有定稿文书"]
        assert (pdf, len(findings)) == ((PDFS[0], len(record["findings"])) if "d1" in aside else (PDFS[1], 0))
        held.add(pdf)
    assert len(held) == 2  # either way was met


def test_what_stands_beside_a_record_may_come_before_it(ctx, record):
    a, d = Laptop("a"), Laptop("d")
    d.by = record["inspectors"][0]["person"]
    ask = lambda s: s.scalars(select(Amendment.statement)).all()  # noqa: E731
    final = a.finalize(record)
    assert in_both_orders(ctx, [final], [d.amend("更正", [named("a", 1)])], ask) == (["更正"], {})


def test_a_page_of_later_photos_may_come_before_its_record(ctx, record):
    a, d = Laptop("a"), Laptop("d")
    d.by = record["inspectors"][0]["person"]
    final = a.finalize(record)
    same = {key: record[key] for key in ("wording", "forms_sha256", "renderer", "inspectors", "visit")}
    page = same | {
        "fmt": PHOTO_PAGE_FORMAT, "number": f"{record['number']}-1", "title": "照片说明页",
        "record_number": record["number"], "record_title": record["title"], "record_sha256": fingerprint(record),
        "record_pdf_sha256": PDFS[0], "finalized_at": "2026-03-02T04:00:00Z", "photos": [],
    }  # fmt: skip
    said = {"content": {"paper": "photo_page", "record": page, "strokes": []}, "pdf_sha256": PDFS[1]}
    added = d.write("record.photo_page_added@1", VISIT, said, [named("a", 1)], [PDFS[1]])
    ask = lambda s: s.scalars(select(RecordPaper.pdf_sha256).where(RecordPaper.later)).all()  # noqa: E731
    assert in_both_orders(ctx, [final], [added], ask) == ([PDFS[1]], {})


@pytest.mark.parametrize("reason", [f"原因{number}" for number in range(8)])  # each another hash, which decides
def test_two_that_claim_to_have_seen_each_other_take_nobody_along(ctx, reason):
    a, d = Laptop("a"), Laptop("d")
    bodies = [a.commit(base=[named("d", 1)]), a.seed("1" * 10, [named("a", 1)])]
    void = d.void(reason, [named("a", 1)])
    state, aside = in_both_orders(ctx, bodies, [void], lambda s: s.get_one(Draw, DRAW).commit)
    assert state == "0" * 64
    assert len(aside) <= 1


def acts(chance, laptops, record):
    """What laptops of one town write, most of it without having seen the other; some of it impossible."""
    names, bodies = [], {laptop.replica[0]: [] for laptop in laptops}
    for _ in range(chance.randrange(2, 12)):
        laptop = chance.choice(laptops)
        base = chance.sample(names, min(len(names), chance.randrange(4)))
        if chance.random() < 0.1:
            base.append(named(chance.choice("ad"), chance.randrange(1, 9)))
        draw = chance.choice([DRAW, DRAW, OTHER_DRAW])
        number = chance.randrange(1, 3)
        laptop.by = record["inspectors"][0]["person"]
        write = chance.choice(
            [
                partial(laptop.commit, draw, number),
                partial(laptop.seed, str(number) * 10, draw=draw),
                partial(laptop.compute, draw=draw),
                partial(laptop.void, str(number), draw=draw),
                partial(laptop.publish, draw=draw),
                partial(laptop.finalize, record | {"number": str(number)}, PDFS[number]),
                partial(laptop.finalize, record | {"findings": []}),
                partial(laptop.amend, str(number)),
                partial(laptop.write, "person.key_reset@1", PERSON, {"key": ""}),
                partial(laptop.write, "person.written@1", PERSON, {"fields": {"name": str(number)}}),
                partial(laptop.write, "person.written@1", PERSON, {"fields": {"role": "assistant"}}),
            ]
        )
        bodies[laptop.replica[0]].append(write(base=base))
        names.append(named(laptop.replica[0], laptop.seq))
    return bodies


def shuffled(bodies, chance):
    """All of it in an order in which each laptop's own comes in order, some of it twice."""
    rest, order = {name: list(each) for name, each in bodies.items()}, []
    while left := [name for name, each in rest.items() if each]:
        order.append(rest[chance.choice(left)].pop(0))
        if chance.random() < 0.2:
            order.append(chance.choice(order))
    return order


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_every_order_of_arrival_gives_one_state(ctx, record, seed):
    chance = random.Random(seed)  # noqa: S311 - a history that can be made again
    # One laptop's signatures come to be believed in the course of it, as when a certificate arrives late.
    bodies = acts(chance, [Laptop("a"), Laptop("d")], record)
    doubted = lambda applied: "no certificate" if applied.seq == 2 else ""  # noqa: E731
    states = set()
    for number in range(4):
        with ctx.transaction() as session, session.begin_nested() as nested:
            order, refuse = shuffled(bodies, chance), (lambda: doubted) if number % 2 else None
            if number > 1:
                accepting.accept_many(session, order, refuse)
            else:
                for body in order:
                    accepting.accept(session, body, refuse)
            if number % 2:
                accepting.try_again(session)
            states.add((state_digest(session), tuple(sorted(aside_of(session)))))
            nested.rollback()
    assert len(states) == 1


def test_what_was_written_before_a_role_or_a_record_was_there_comes_back_with_it(ctx, record):
    a = Laptop("a")
    a.by = record["inspectors"][0]["person"]
    bodies = [
        a.write("person.written@1", PERSON, {"fields": {"name": "甲"}}),
        a.write("person.written@1", PERSON, {"fields": {"role": "assistant"}}),
        a.amend("更正"),
        a.finalize(record),
    ]
    with ctx.transaction() as session:
        for body in bodies:
            accepting.accept(session, body)
        assert session.get_one(Person, PERSON).name == "甲"
        assert session.scalars(select(Amendment.statement)).all() == ["更正"]
        assert aside_of(session) == {}
