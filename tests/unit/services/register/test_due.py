"""What is due in the books: told for all of them, counted anew only where the rules changed."""

from sqlalchemy import event

from ohdesk.services.register import due, entries, listing
from ohdesk.services.start import today

COMPLAINT = {
    "received_at": "2026-03-01 09:30",
    "source": "phone",
    "identity": "anonymous",
    "facts": "粉尘大",
    "within_power": "town",
}


def line(ctx, register):
    return next(each for each in due.overview(ctx) if each.id == register)


def test_overdue_and_soon_are_told_apart_and_what_is_done_is_neither(ctx):
    days = ("2026-03-01", "2026-03-02", "2026-03-09", "2026-03-10", "")
    made = [entries.add(ctx, "complaints", COMPLAINT | {"reply_by": day}) for day in days]
    found = line(ctx, "complaints")
    assert (found.entries, found.overdue, found.soon) == (5, 1, 2)
    entries.correct(ctx, made[0], {"state": "refused", "refusal": "不属本机关"})
    entries.withdraw(ctx, made[1], "重复")
    found = line(ctx, "complaints")
    assert (found.entries, found.overdue, found.soon) == (4, 0, 1)


def test_the_day_leads_to_the_books_in_which_something_is_due(ctx):
    entries.add(ctx, "complaints", COMPLAINT | {"reply_by": "2026-03-04"})
    meter = {"title": "声级计", "kind": "sound", "serial": "1", "valid_to": "2026-03-01"}
    entries.add(ctx, "equipment", meter)
    assert [(each.id, each.overdue, each.soon) for each in today.backlog(ctx).books] == [
        ("equipment", 1, 0),
        ("complaints", 0, 1),
    ]


def test_what_was_counted_is_not_counted_again(ctx):
    for _ in range(3):
        entries.add(ctx, "complaints", COMPLAINT | {"reply_by": "2026-03-04"})
    due.overview(ctx)
    written = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(("UPDATE", "INSERT")):
            written.append(statement)

    event.listen(ctx.engine, "before_cursor_execute", note)
    listing.entries(ctx, "complaints")
    due.overview(ctx)
    event.remove(ctx.engine, "before_cursor_execute", note)
    assert written == []
