"""A final record that came in is in the tables whole, or set aside whole."""

import pytest
from sqlalchemy import func, select

from ohdesk.db import accepting, chain
from ohdesk.db.accepting import Accepted
from ohdesk.db.models import Finding, FindingDuty, OperationRow, Record, RecordAnswer, RecordInspector, RecordPhoto
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.canonical import canonical, parse
from tests import final_papers
from tests.rectifying import found

ROWS = (Record, Finding, FindingDuty, RecordInspector, RecordAnswer, RecordPhoto)
VISIT = "019cacb3-f200-7869-bae0-0419237e09d4"  # its end is the tag of town 000000001


@pytest.fixture
def record(ctx) -> dict:
    """A record as it stands in the journal."""
    visit = found(ctx)
    with ctx.reading() as session:
        return content_of(session, session.get_one(Record, visit))["record"] | {"visit": VISIT}


def come_in(session, record: dict, at: str = "2026-03-02T05:00:00Z") -> Accepted:
    """Take in another office's operation that makes this record final."""
    values, blobs = final_papers.said(record, "0" * 64)
    operation = {
        "r": "b" * 16,
        "s": 1,
        "p": chain.NO_HASH,
        "t": "visit.finalized@1",
        "id": VISIT,
        "base": [],
        "d": record["office"]["division"],
        "at": at,
        "by": record["inspectors"][0]["person"],
        "v": values,
        "blobs": [f"sha256:{blob}" for blob in blobs],
    }
    return accepting.accept(session, canonical(operation))


def counts(session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) for table in ROWS]


def test_what_screens_ask_of_a_record_stands_in_rows(ctx, record):
    with ctx.transaction() as session:
        before = counts(session)
        assert come_in(session, record) is Accepted.APPLIED
        assert counts(session) == [2 * count for count in before]
        row = session.get_one(Record, VISIT)
        assert (row.form, row.outcome_name) == (record["form"], record["outcome_name"])
        assert row.inspected_on.isoformat() == "2026-03-02"
        names = select(RecordInspector.name).where(RecordInspector.visit == VISIT).order_by(RecordInspector.seat)
        assert session.scalars(names).all() == [each["name"] for each in record["inspectors"]]
        duties = select(FindingDuty.duty).where(FindingDuty.finding == f"{VISIT}:1").order_by(FindingDuty.position)
        assert session.scalars(duties).all() == record["findings"][0]["duty"]


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["answers"].append(record["answers"][0]),
        lambda record: record["findings"].append(record["findings"][0]),
        lambda record: record.update(started_at="vorgestern"),
        lambda record: record.update(started_at="9999-12-31T23:00:00Z"),
        lambda record: record.update(ended_at="später"),
        lambda record: record["findings"][0].update(due_on="2026-02-30"),
        lambda record: record.update(number=""),
        lambda record: record["findings"][0].update(question="Z99"),
        lambda record: record.pop("form"),
        lambda record: record["party"].pop("way"),
        lambda record: record["party"].pop("witness"),
        lambda record: record.update(started_at="昨天"),
        lambda record: record.update(visit="019cacb3-f200-7869-bae0-041923b82a73"),
        lambda record: record.update(fmt="ohdesk-record/2"),
        lambda record: record.update(more={"deep": [[[[]]]]}),
        lambda record: record["answers"][0].update(answer="perhaps"),
        lambda record: record["answers"][0].update(fact="厂" * 20_001),
        lambda record: record["body"].update(name="厂" * 201),
        lambda record: record["body"].update(id="x"),
        lambda record: record.update(situation=["一"] * 1001),
    ],
    ids=[
        "one question twice",
        "one finding twice",
        "no instant",
        "no day of Beijing",
        "no end",
        "no day",
        "no number",
        "no answer",
        "no form",
        "no word of how the party ended it",
        "no witness, not even an empty one",
        "yesterday",
        "of another visit",
        "of a newer form",
        "with more than a record has",
        "an answer that is none",
        "a fact longer than a book",
        "a name longer than any",
        "of an employer without identity",
        "more paragraphs than paper",
    ],
)
def test_a_record_that_cannot_be_right_is_set_aside_and_leaves_no_row(ctx, record, change):
    record = parse(canonical(record))
    change(record)
    with ctx.transaction() as session:
        before = counts(session)
        assert come_in(session, record) is Accepted.SET_ASIDE
        assert counts(session) == before
        assert session.get_one(OperationRow, ("b" * 16, 1)).set_aside


@pytest.mark.parametrize("at", ["", "2026-03-02", "9999-12-31T23:00:00Z"])
def test_what_was_done_at_no_instant_is_set_aside(ctx, record, at):
    with ctx.transaction() as session:
        assert come_in(session, record, at) is Accepted.SET_ASIDE
