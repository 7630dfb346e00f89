"""Promise: what another program writes into the database is found by doctor; docs/damage.md says what is not."""

import pytest

from ohdesk.db import journal, local_rows
from ohdesk.db.models import DrawSheet, FrozenPiece
from ohdesk.domain.facts import Verdict
from ohdesk.domain.operations import DrawCommitted, DrawSeeded, RecordAmended
from ohdesk.errors import MachineError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.office import doctor
from ohdesk.services.record import composing
from ohdesk.services.visit import filling
from tests import behind_its_back
from tests.conftest import signing
from tests.rectifying import found, visit_of
from tests.visiting import add_firm

HASH = "ab" * 32

# What is done, in SQL, and the part of doctor's report that names it. `{open}` is a visit that is being filled.
MANIPULATIONS = {
    "a record says what another operation carries": ("UPDATE record SET seq = 1", "tables"),
    "a record has another number of findings": ("UPDATE record SET findings = 0", "tables"),
    "a record has another outcome": ("UPDATE record SET outcome = 'A', outcome_name = '未发现问题'", "tables"),
    "a record has another number": ("UPDATE record SET number = '2026-9999'", "tables"),
    "a record has another establishment": ("UPDATE record SET establishment = '{other}'", "tables"),
    "an answer of a record is turned": ("UPDATE record_answer SET answer = 'met'", "tables"),
    "an amendment is taken away": ("DELETE FROM amendment", "tables"),
    "the fact of a finding is another": ("UPDATE finding SET fact = '已整改'", "tables"),
    "a finding has more time": ("UPDATE finding SET due_on = '2030-01-01'", "tables"),
    "a duty of a finding is taken away": ("DELETE FROM finding_duty", "tables"),
    "an establishment is closed": ("UPDATE establishment SET status = '注销'", "tables"),
    "an establishment is taken off the roll": ("UPDATE establishment SET withdrawn = 1 WHERE id = '{other}'", "tables"),
    "an establishment is merged into another": ("INSERT INTO merged VALUES ('{other}', 'x', '')", "tables"),
    "a record is listed with another establishment": ("UPDATE record SET listed_under = '{other}'", "tables"),
    "an inspector has another certificate": ("UPDATE person SET certificate_no = 'T9999'", "tables"),
    "a draw has another seed": ("UPDATE draw SET seed = '9999999999'", "tables"),
    "a draw is back before its seed": ("UPDATE draw SET state = 'committed', seed = ''", "tables"),
    "an operation says something else": (
        "UPDATE operation SET body = CAST(replace(body, '岚石', '岚山') AS BLOB) WHERE record = '{other}'",
        "journal",
    ),
    "the last operation is taken away": (
        "DELETE FROM operation WHERE seq = (SELECT max(seq) FROM operation)",
        "journal",
    ),
    "an operation is hidden as if it had been set aside": ("UPDATE operation SET set_aside = '重复'", "local"),
    "the nonce of a draw is another": ("UPDATE frozen_piece SET data = replace(data, 'n', 'm')", "local"),
    "the sheet of a draw is taken away": ("DELETE FROM frozen_piece", "local"),
    "a visit is approved by another": ("UPDATE visit SET approval = replace(approval, '2026', '2025')", "local"),
    "a visit began earlier": ("UPDATE visit SET started_at = '2026-02-01 01:00:00.000000'", "local"),
    "an answer is turned": ("UPDATE answer SET value = 'met' WHERE visit = '{open}'", "local"),
    "the last answer is taken away": (
        "DELETE FROM answer WHERE visit = '{open}' AND seq = (SELECT max(seq) FROM answer WHERE visit = '{open}')",
        "local",
    ),
    "an answer is taken back": ("UPDATE answer SET undone = 1 WHERE visit = '{open}'", "local"),
    "an answer is given that nobody gave": (
        "INSERT INTO answer SELECT visit, 99, 'D03', 'met', '', '', '{{}}', '', '', saved_at, 0, 0 FROM answer LIMIT 1",
        "local",
    ),
    "an employer is made to say something of itself": (
        "INSERT INTO self_check SELECT id, form_sha256, started_at, '', '', '', '', '{{}}' FROM visit LIMIT 1",
        "local",
    ),
    "somebody else sits on a visit": (
        "UPDATE visit_member SET assists = 1 WHERE visit = '{open}' AND seat = 1",
        "local",
    ),
    "an account belongs to another person": ("UPDATE account SET person = (SELECT id FROM person LIMIT 1)", "local"),
    "the office has another division": ("UPDATE own_office SET division = '000000002'", "local"),
    "a power is valid longer": ("UPDATE own_power SET valid_to = '2099-01-01'", "local"),
    "two employers are told apart": (
        "INSERT INTO told_apart VALUES ('x', '{other}', 'x', '2026-03-02 04:00:00.000000', '')",
        "local",
    ),
    "a key is exchanged": ("UPDATE own_key SET public = X'00' WHERE purpose = 'age'", "local"),
}


@pytest.fixture
def office(ctx):
    """A workspace with something of everything; the ids that the attacks name."""
    found(ctx)
    other = add_firm(ctx, "岚石五金制品厂")
    visit = visit_of(ctx, other, "2026-03-02")
    filling.save_answer(ctx, visit, "D01", Answer(AnswerValue.NOT_MET, fact="未见标识。"))
    filling.save_answer(ctx, visit, "D02", Answer(AnswerValue.NOT_MET, fact="未见记录。"))
    draw = ctx.new_id()
    with ctx.transaction() as session:
        stamp = signing(ctx).stamp()
        journal.record(session, DrawCommitted(record=draw, plan="一", number=1, commit=HASH, pool_sha256=HASH), stamp)
        session.add(DrawSheet(draw=draw, side_file="", candidates=0, people={}))
        session.flush()
        session.add(FrozenPiece(draw=draw, file="sheet", place=0, data=b"nonce"))
        journal.record(session, DrawSeeded(record=draw, seed="1234567890", minutes={}), stamp)
    with ctx.transaction() as session:
        final = session.connection().exec_driver_sql("SELECT visit FROM record").scalar_one()
        journal.record(session, RecordAmended(record=final, statement="更正。", reason="笔误"), signing(ctx).stamp())
    return {"open": visit, "other": other}


def failing(ctx) -> set[str]:
    """Return the parts of doctor's report that fail."""
    facts = [*doctor.workspace_facts(ctx), doctor.recompute(ctx).fact]
    return {fact.key.removeprefix("workspace.") for fact in facts if fact.verdict is Verdict.FAILS}


def test_untouched_it_is_sound_but_for_the_attachments_of_the_tests(ctx, office):
    assert failing(ctx) - {"blobs"} == set()


@pytest.mark.parametrize("what", MANIPULATIONS)
def test_doctor_finds(ctx, office, what):
    statement, part = MANIPULATIONS[what]
    behind_its_back.write(ctx, statement.format(**office))
    assert part in failing(ctx)


@pytest.mark.parametrize("what", [what for what, (sql, _) in MANIPULATIONS.items() if "{open}" in sql])
def test_a_visit_that_was_changed_is_neither_opened_nor_made_a_record_of(ctx, office, what):
    behind_its_back.write(ctx, MANIPULATIONS[what][0].format(**office))
    for use in (filling.open_form, composing.compose):
        with pytest.raises(MachineError, match="被别的程序改动过"):
            use(ctx, office["open"])


def test_whoever_has_a_password_can_make_the_sums_fit_as_the_page_says(ctx, office):
    behind_its_back.write(ctx, MANIPULATIONS["an answer is turned"][0].format(**office))
    with ctx.transaction() as session:
        local_rows.seal(session.connection())
    assert failing(ctx) - {"blobs"} == set()
