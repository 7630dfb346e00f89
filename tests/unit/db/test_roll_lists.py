"""Lists of the roll ask their index alone, and any database gives the same."""

import pytest
from sqlalchemy import event, text

from ohdesk.db.prepared import fetched_plainly
from ohdesk.db.queries import roll, roll_found
from ohdesk.db.queries.roll import Which
from ohdesk.domain.register.conditions import Condition
from ohdesk.forms.roll import roll_definition
from ohdesk.services.county import coverage
from ohdesk.services.draw import planning
from ohdesk.services.list_query import ListQuery
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries, life_cycle, quality, risk, transfer
from ohdesk.services.roll.conditions import clauses

NAMES = ("石桥金泰五金厂", "青溪竹器厂", "南塘化工有限公司", "石桥恒丰家具厂")


@pytest.fixture
def listed(ctx):
    for number, name in enumerate(NAMES):
        entries.add(ctx, {"name": name, "inspected_on": "2026-01-0" + str(number + 1) if number else ""})
    return entries.listed(ctx).names


def asked(ctx, search=""):
    return {"division": ctx.office.division, "search": search}


def plan_of(ctx, ask):
    """Return how SQLite finds what a function asks for, of each statement on the roll."""
    with ctx.reading() as session:
        driver, seen = session.connection().connection.dbapi_connection, []
        driver.set_trace_callback(seen.append)
        ask(session)
        driver.set_trace_callback(None)
        return [
            line[-1]
            for statement in seen
            if "FROM establishment " in statement
            for line in session.execute(text("EXPLAIN QUERY PLAN " + statement))
        ]


def of_roll(plan):
    """Return the lines of a plan that say how the roll is read."""
    return [line for line in plan if "establishment" in line]


def test_who_is_in_business_is_counted_from_the_index_alone(ctx, listed):
    asked_for = []
    event.listen(ctx.engine, "before_cursor_execute", lambda *said: asked_for.append(said[2:4]))
    assert coverage.of_office(ctx, 2026).whole == len(NAMES)
    statement, values = next(each for each in asked_for if "FROM establishment " in each[0])
    with ctx.reading() as session:
        plan = session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)
        assert "USING COVERING INDEX ix_establishment_search" in plan.one()[-1]


@pytest.mark.parametrize("which", [Which(is_county=True), Which(is_county=True, search=True)])
def test_all_names_of_a_list_come_from_its_index_alone_in_their_order(ctx, listed, which):
    def ask(session):
        roll.names(session, which, "", falling=False, numbered=True, **asked(ctx, "厂"))

    assert of_roll(plan_of(ctx, ask)) == ["SCAN establishment USING COVERING INDEX ix_establishment_search"]


def test_a_roll_is_sorted_by_another_field_in_one_walk_over_the_table(ctx, listed):
    def ask(session):
        roll.names(session, Which(is_county=True), "workers", falling=False, numbered=True, **asked(ctx))

    assert of_roll(plan_of(ctx, ask)) == ["SCAN establishment"]


@pytest.fixture
def indexed_too(ctx, listed):
    """Have indexes of two fields, and no other."""
    with ctx.transaction() as session:
        for key in ("risk_class", "workers"):
            session.execute(text(roll_found.index_of(key)[1]))


MANY, RANGE, OTHER = (
    Condition("risk_class", "is", "甲"),
    Condition("workers", "after", "5"),
    Condition("address", "contains", "路"),
)
BY_TABLE, BY_CLASS = "SCAN establishment", "SEARCH establishment USING COVERING INDEX ix_establishment_by_risk_class"


@pytest.mark.parametrize(
    ("conditions", "order", "plan"),
    [
        ((RANGE,), "", "SEARCH establishment USING COVERING INDEX ix_establishment_by_workers"),
        ((MANY,), "", BY_CLASS),
        ((MANY,), "risk_class", BY_CLASS),
        ((MANY, RANGE), "", BY_TABLE),
        ((MANY,), "workers", BY_TABLE),
        ((OTHER,), "workers", BY_TABLE),
        ((OTHER,), "", BY_TABLE),
        ((), "workers", "SCAN establishment USING COVERING INDEX ix_establishment_by_workers"),
    ],
)
@pytest.mark.parametrize("falling", [False, True])
def test_a_large_roll_is_never_walked_by_an_index_that_sends_to_the_table(
    ctx, indexed_too, monkeypatch, conditions, order, plan, falling
):
    monkeypatch.setattr(roll_found, "FEW", -1)

    def ask(session):
        told = clauses(conditions)
        roll_found.all_names(
            session, Which(is_county=True), order, falling=falling, numbered=True, clauses=told, **asked(ctx)
        )

    found = of_roll(plan_of(ctx, ask))[-1]
    assert found == plan if plan == BY_TABLE else found.startswith(plan)


@pytest.mark.parametrize(
    "ask",
    [
        lambda ctx: coverage.by_town(ctx, 2026),
        lambda ctx: coverage.of_office(ctx, 2026),
        lambda ctx: coverage.employers_of(ctx, coverage.covered(ctx, ctx.office.division, 2026, ListQuery()), [1, 2]),
        lambda ctx: entries.find(ctx, NAMES[0]),
        quality.towns,
        lambda ctx: planning.strata_by(ctx, "risk_class"),
        transfer.transfers,
    ],
)
def test_an_index_made_for_the_lists_leads_no_other_query_to_the_table(ctx, listed, ask):
    with ctx.transaction() as session:
        for field in roll_definition().fields:
            if field.indexed:
                session.execute(text(roll_found.index_of(field.key)[1]))
    plans = []

    def look(connection, cursor, statement, values, *_):
        if statement.startswith("SELECT"):
            plans.extend(cursor.connection.execute("EXPLAIN QUERY PLAN " + statement, values).fetchall())

    event.listen(ctx.engine, "before_cursor_execute", look)
    ask(ctx)
    assert plans
    assert not [line for line in plans if "ix_establishment_by_" in line[-1]]


@pytest.mark.parametrize(
    "ask",
    [
        transfer.transfers,
        life_cycle.all_offered,
        lambda ctx: entries.detail(ctx, entries.list_rows(ctx)[0].id),
        lambda ctx: risk.assessed(ctx, [entries.list_rows(ctx)[0].id]),
    ],
)
def test_for_the_order_of_a_few_the_roll_is_not_looked_through(ctx, listed, ask):
    asked_for = []
    event.listen(ctx.engine, "before_cursor_execute", lambda *said: asked_for.append(said[2:4]))
    ask(ctx)
    asked = [said for said in asked_for if "FROM establishment" in said[0]]
    with ctx.reading() as session:
        driver = session.connection()
        plans = [driver.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all() for statement, values in asked]
    assert plans
    assert not [
        line for plan in plans for line in plan if "SCAN establishment USING INDEX ix_establishment_search" in line[-1]
    ]


def test_the_rows_of_a_page_are_taken_by_their_numbers(ctx, listed):
    with ctx.reading() as session:
        asked_for = str(roll.numbered_lines().statement.compile(session.connection())).replace("?", "'[]'")
        plan = [line[-1] for line in session.execute(text("EXPLAIN QUERY PLAN " + asked_for))]
    assert "SEARCH establishment USING INTEGER PRIMARY KEY (rowid=?)" in plan


@pytest.mark.parametrize("order", ["", "name", "inspected_on", "status"])
@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("search", ["", "厂", "sq"])
def test_a_database_without_numbers_of_rows_lists_the_same(ctx, listed, order, falling, search):
    which = Which(is_county=False, search=bool(search))
    with ctx.reading() as session:
        numbers, ids = (
            roll.names(session, which, order, falling=falling, numbered=numbered, **asked(ctx, search))
            for numbered in (True, False)
        )
    assert roll.lines_of(ctx.engine, numbers) == roll.lines_by_id(ctx.engine, ids) != []


def test_the_first_page_is_the_same_past_sqlalchemy_and_by_it(ctx, listed, monkeypatch):
    which = Which(is_county=False)
    quick = roll.first_lines(ctx.engine, which, 10, **asked(ctx))
    monkeypatch.setattr(roll, "fetched", lambda engine, prepared, **values: fetched_plainly(
        engine, prepared.statement, **values
    ))  # fmt: skip
    assert quick == roll.first_lines(ctx.engine, which, 10, **asked(ctx)) != []


def test_the_place_of_an_entry_in_a_list_is_told(ctx, listed):
    rows = entries.all_rows(ctx)
    assert [entries.listed(ctx, wanted=row.id).place for row in rows] == list(range(len(NAMES)))
    assert entries.listed(ctx, EntryQuery("竹器"), rows[-1].id).place == (0 if "竹器" in rows[-1].name else -1)
    assert entries.listed(ctx, wanted="no such id").place == -1


def test_one_who_left_the_roll_meanwhile_is_left_out_of_a_page(ctx, listed):
    with ctx.transaction() as session:
        session.execute(text("UPDATE establishment SET withdrawn = 1 WHERE rowid = :number"), {"number": listed[1]})
    assert len(entries.rows_of(ctx, listed)) == len(NAMES) - 1
