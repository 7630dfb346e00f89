"""Entries of books: written, put right, turned, withdrawn; what stays here stays here."""

import pytest
from sqlalchemy import func, select, text

from ohdesk.db import local_journal
from ohdesk.db.models import Entry, LocalEntry, LocalOperation, OperationRow
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.register.conditions import Condition
from ohdesk.domain.register.definition import Words
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.changes import Change
from ohdesk.services.register import books, entries, listing, views
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries as roll

TRAVELLING = """
id = "travelling"
title.zh = "试验登记簿"
version = "1"
travels = "yes"
about = "establishment"
[[field]]
key = "day"
label.zh = "日期"
kind = "day"
indexed = true
[[field]]
key = "level"
label.zh = "数值"
kind = "amount"
unit = "dB(A)"
[[field]]
key = "way"
label.zh = "方式"
kind = "choice"
choices = ["来电", "来访"]
[[field]]
key = "source"
label.zh = "来源"
private = true
[[due]]
from = "day"
days = 10
[list]
columns = ["day", "level", "way"]
"""
COMPLAINTS = """
id = "complaints"
version = "2026.1"
title.zh = "投诉举报登记簿"
title.en = "Complaints"
about = "establishment"
travels = "no"
number = "投〔{year}〕{serial:03}"
[[field]]
key = "received_on"
label.zh = "收到日期"
label.en = "Received"
kind = "day"
required = true
default = "today"
[[field]]
key = "complainant"
label.zh = "举报人"
private = true
[[field]]
key = "facts"
label.zh = "反映内容"
kind = "note"
required = true
[[field]]
key = "reply_by"
label.zh = "办结期限"
kind = "day"
indexed = true
[[field]]
key = "replied_on"
label.zh = "答复日期"
kind = "day"
[[state]]
key = "open"
label.zh = "办理中"
to = ["answered"]
[[state]]
key = "answered"
label.zh = "已答复"
needs = ["replied_on"]
[[due]]
field = "reply_by"
until = ["answered"]
[list]
columns = ["number", "received_on", "establishment", "facts", "state", "due_on"]
[[list.view]]
key = "due"
title.zh = "即将到期"
where = { state = "open" }
due_within = 7
sort = "due_on"
falling = true
"""
CANARY = "金丝雀九七"


@pytest.fixture(autouse=True)
def complaints(ctx):
    books.install(ctx, COMPLAINTS.encode(), "complaints.toml")


@pytest.fixture
def travelling(ctx):
    return books.install(ctx, TRAVELLING.encode(), "travelling.toml").id


def ids(ctx, register, query=EntryQuery()):  # noqa: B008 - frozen
    return [row.id for row in listing.all_rows(ctx, register, query)]


def problems(call):
    with pytest.raises(ProblemsError) as caught:
        call()
    return {each.field or each.place for each in caught.value.problems}


def test_an_entry_begins_in_the_first_state_with_its_number_and_its_defaults(ctx):
    employer = roll.add(ctx, {"name": "石桥五金厂"})
    entry = entries.add(ctx, "complaints", {"facts": "车间噪声很大"}, about=employer)
    values = entries.detail(ctx, entry).values
    assert values["facts"] == "车间噪声很大"
    assert (values["received_on"], values["state"], values["establishment"]) == ("2026-03-02", "open", employer)
    assert values["number"].startswith("投〔2026〕")
    (row,) = listing.all_rows(ctx, "complaints")
    assert (row.about, row.number) == ("石桥五金厂", values["number"])


def test_each_gets_the_next_number_and_those_of_withdrawn_entries_are_not_given_again(ctx):
    first = entries.add(ctx, "complaints", {"facts": "甲"})
    second = entries.add(ctx, "complaints", {"facts": "乙"})
    entries.withdraw(ctx, second, "重复登记")
    third = entries.add(ctx, "complaints", {"facts": "丙"})
    numbers = [entries.detail(ctx, each).values["number"] for each in (first, third)]
    assert [number[-3:] for number in numbers] == ["001", "003"]
    with pytest.raises(UserError):
        entries.detail(ctx, second)


def test_everything_wrong_is_said_at_once_and_nothing_is_kept(ctx, travelling):
    given = {"day": "昨天", "level": "1e5", "way": "来信", "unknown": "x"}
    assert problems(lambda: entries.add(ctx, travelling, given)) == {"day", "level", "way", "unknown"}
    assert problems(lambda: entries.add(ctx, "complaints", {"received_on": ""})) == {"received_on", "facts"}
    assert ids(ctx, travelling) == []


def test_a_state_is_reached_with_what_it_needs_and_only_from_one_before_it(ctx):
    entry = entries.add(ctx, "complaints", {"facts": "甲"})
    assert problems(lambda: entries.correct(ctx, entry, {"state": "answered"})) == {"replied_on"}
    assert entries.correct(ctx, entry, {"state": "answered", "replied_on": "2026-03-09"}) is Change.REGISTERS
    assert problems(lambda: entries.correct(ctx, entry, {"state": "open"})) == {"state"}
    assert entries.correct(ctx, entry, {"state": "answered"}) is Change.NOTHING


def test_what_is_due_is_listed_until_it_is_done(ctx):
    entry = entries.add(ctx, "complaints", {"facts": "甲", "reply_by": "2026-03-20"})
    row = listing.row_of(ctx, "complaints", entry)
    assert row.due_on == "2026-03-20"
    entries.correct(ctx, entry, {"state": "answered", "replied_on": "2026-03-09"})
    row = listing.row_of(ctx, "complaints", entry)
    assert row.due_on == ""


def test_a_term_is_counted_by_the_calendar_and_anew_by_another_definition(ctx, travelling):
    entry = entries.add(ctx, travelling, {"day": "2026-03-02"})
    assert listing.row_of(ctx, travelling, entry).due_on == "2026-03-12"
    later = TRAVELLING.replace("days = 10", "months = 1").replace('version = "1"', 'version = "2"')
    books.install(ctx, later.encode(), "travelling.toml")
    assert ids(ctx, travelling) == [entry]
    assert listing.row_of(ctx, travelling, entry).due_on == "2026-04-02"


def test_the_history_says_each_write_with_its_reason(ctx, travelling):
    entry = entries.add(ctx, travelling, {"level": "85.5", "way": "来电"})
    entries.correct(ctx, entry, {"level": "84.0", "source": "邻居"}, "复核")
    history = entries.detail(ctx, entry).history
    assert {(each.field, each.value) for each in history if each.reason == "复核"} == {
        ("level", "84.0"),
        ("source", "邻居"),
    }
    assert entries.detail(ctx, entry).values["source"] == "邻居"


def test_what_stays_here_is_in_no_operation_that_travels(ctx, travelling):
    kept = entries.add(ctx, "complaints", {"facts": CANARY})
    entries.correct(ctx, kept, {"complainant": CANARY}, CANARY)
    sent = entries.add(ctx, travelling, {"source": CANARY, "level": "1"})
    entries.correct(ctx, sent, {"source": f"{CANARY}二"})
    with ctx.reading() as session:
        bodies = b"".join(session.scalars(select(OperationRow.body)))
        assert CANARY.encode() not in bodies
        assert b'"level":"1"' in bodies
        assert session.scalar(select(func.count()).select_from(OperationRow)) == 1
        assert CANARY not in str(session.execute(text("SELECT * FROM entry")).all())
        assert session.get(LocalEntry, kept).values["facts"] == CANARY
        assert local_journal.chain_problems(session) == []


def test_the_local_journal_is_in_no_digest_and_shows_a_changed_line(ctx):
    with ctx.reading() as session:
        before = state_digest(session)
    entries.add(ctx, "complaints", {"facts": "甲"})
    entries.add(ctx, "complaints", {"facts": "乙"})
    with ctx.reading() as session:
        assert state_digest(session) == before
        assert local_journal.chain_problems(session) == []
    with ctx.transaction() as session:
        session.get(LocalOperation, 1).body += b" "
        session.flush()
        assert local_journal.chain_problems(session) == ["local:1"]
        session.rollback()


def test_a_definition_never_lets_out_what_was_entered_as_staying_here(ctx, travelling):
    entries.add(ctx, travelling, {"source": "邻居"})
    assert problems(
        lambda: books.install(ctx, TRAVELLING.replace("private = true", "").encode(), "travelling.toml")
    ) == {"field source private"}
    shut = TRAVELLING.replace('travels = "yes"', 'travels = "no"').replace('"travelling"', '"shut"')
    books.install(ctx, shut.encode(), "shut.toml")
    entries.add(ctx, "shut", {"level": "1"})
    open_again = TRAVELLING.replace('"travelling"', '"shut"')
    assert problems(lambda: books.install(ctx, open_again.encode(), "shut.toml")) == {"travels"}


def test_a_book_with_a_fault_is_refused_whole(ctx):
    with pytest.raises(ProblemsError):
        books.install(ctx, TRAVELLING.replace('kind = "day"', 'kind = "date"').encode(), "travelling.toml")
    assert "travelling" not in books.books(ctx).by_id


def test_conditions_find_what_they_say(ctx, travelling):
    days = ("2026-01-05", "2026-02-05", "2026-03-05", "")
    made = [
        entries.add(ctx, travelling, {"day": day, "level": level, "way": way})
        for day, level, way in zip(days, ("9", "85.5", "100", ""), ("来电", "来访", "来电", ""), strict=True)
    ]

    def found(*conditions):
        query = EntryQuery(conditions=tuple(Condition(*each) for each in conditions))
        return {made.index(each) for each in ids(ctx, travelling, query)}

    assert found(("day", "after", "2026-02-05")) == {1, 2}
    assert found(("day", "before", "2026-02-05")) == {0, 1}
    assert found(("day", "between", "2026-01-06", "2026-03-05")) == {1, 2}
    assert found(("level", "after", "85")) == {1, 2}
    assert found(("way", "is", "来电")) == {0, 2}
    assert found(("day", "empty")) == {3}
    assert found(("level", "filled")) == {0, 1, 2}
    assert found(("way", "is", "来电"), ("level", "before", "10")) == {0}
    assert problems(lambda: found(("nothing", "is", "x"), ("day", "is", "昨天"))) == {"nothing", "day"}


def test_a_list_is_sorted_by_any_of_its_columns(ctx, travelling):
    made = [entries.add(ctx, travelling, {"level": level}) for level in ("100", "9", "85.5")]

    def ordered(order, *, falling=False):
        query = EntryQuery(order=order, falling=falling)
        return [made.index(each) for each in ids(ctx, travelling, query)]

    assert ordered("level") == [1, 2, 0]
    assert ordered("level", falling=True) == [0, 2, 1]
    assert sorted(ordered("")) == [0, 1, 2]


def test_an_entry_is_sought_by_its_words_and_by_the_name_of_whom_it_is_about(ctx, travelling):
    employer = roll.add(ctx, {"name": "石桥五金厂"})
    entry = entries.add(ctx, travelling, {"way": "来访"}, about=employer)
    entries.add(ctx, travelling, {"way": "来电"})
    for sought in ("来访", "sqwj", "五金"):
        assert ids(ctx, travelling, EntryQuery(sought=sought)) == [entry], sought
    assert ids(ctx, travelling, EntryQuery(about=employer)) == [entry]


def test_an_entry_that_travels_stands_in_one_table_only(ctx, travelling):
    entry = entries.add(ctx, travelling, {"level": "1"})
    with ctx.reading() as session:
        assert session.get(Entry, entry) is not None
        assert session.get(LocalEntry, entry) is None


def test_a_view_shows_what_is_due_within_its_days_in_its_order(ctx):
    for day in ("2026-03-01", "2026-03-09", "2026-03-10", "2026-03-20", ""):
        entries.add(ctx, "complaints", {"facts": f"至{day}", "reply_by": day})
    query = views.query(ctx, books.book(ctx, "complaints"), "due")
    rows = listing.all_rows(ctx, "complaints", query)
    assert [row.due_on for row in rows] == ["2026-03-09", "2026-03-01"]


def test_a_view_that_there_is_not_is_named_beside_those_there_are(ctx):
    with pytest.raises(UserError) as caught:
        views.query(ctx, books.book(ctx, "complaints"), "none")
    assert "due（即将到期）" in caught.value.remedy


def test_a_day_of_an_entry_is_compared_as_a_day(ctx):
    entries.add(ctx, "complaints", {"facts": "一", "reply_by": "2026-03-09"})
    asked = EntryQuery(conditions=(Condition("due_on", "is", "2026-03-09"),))
    assert len(ids(ctx, "complaints", asked)) == 1
    with pytest.raises(ProblemsError):
        listing.entries(ctx, "complaints", EntryQuery(conditions=(Condition("due_on", "is", "明天"),)))


def test_a_definition_typed_on_windows_is_kept_and_read_again(ctx):
    text = "\ufeff" + COMPLAINTS.replace("\n", "\r\n").replace('kind = "note"', 'kind\t= "note"  # e\u0301')
    books.install(ctx, text.encode(), "complaints.toml")
    assert books.books(ctx).problems == ()
    assert books.book(ctx, "complaints").title == Words("投诉举报登记簿", "Complaints")
