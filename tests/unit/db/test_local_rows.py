"""The rows that no journal holds: changed, added or taken away by another program, they do not fit their sum."""

# ruff: noqa: S608 - the attacks are plain SQL

from contextlib import closing

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import text

from ohdesk.db import local_rows
from ohdesk.db.models import Draw, DrawSheet, FrozenPiece
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.visit import drafts, filling
from tests import behind_its_back
from tests.rectifying import found, visit_of
from tests.visiting import add_firm, started_visit


def changed(ctx, group=None):
    with ctx.reading() as session:
        return local_rows.changed_groups(session, group)


def test_all_that_the_program_writes_fits(ctx):
    found(ctx)
    visit = visit_of(ctx, add_firm(ctx, "岚石五金制品厂"), "2026-03-02")
    filling.save_answer(ctx, visit, "D01", Answer(AnswerValue.MET))
    filling.save_answer(ctx, visit, "D01", Answer(AnswerValue.NOT_MET, fact="未见标识。"))
    filling.save_place(ctx, visit, "D02")
    filling.undo(ctx, visit)
    drafts.keep(ctx, visit, "arrival", {"place": "一号厂房"})
    drafts.forget(ctx, visit, "arrival")
    assert changed(ctx) == changed(ctx, visit) == []
    with ctx.reading() as session:
        assert local_rows.has_its_triggers(session)


def test_a_visit_is_looked_at_without_looking_at_all(ctx):
    visit = started_visit(ctx)
    other = visit_of(ctx, add_firm(ctx, "岚石五金制品厂"), "2026-03-02")
    behind_its_back.write(ctx, f"UPDATE visit SET note = 'x' WHERE id = '{visit}'")
    assert (changed(ctx, visit), changed(ctx, other), changed(ctx)) == ([visit], [], [visit])


def test_a_row_put_back_as_it_was_fits_again(ctx):
    visit = started_visit(ctx)
    behind_its_back.write(ctx, f"UPDATE visit SET note = 'x' WHERE id = '{visit}'")
    behind_its_back.write(ctx, f"UPDATE visit SET note = '' WHERE id = '{visit}'")
    assert changed(ctx) == []


def test_a_visit_that_is_taken_away_as_a_whole_is_missed(ctx):
    visit = started_visit(ctx)
    tables = {"visit_member": "visit", "visit": "id", "local_head": "name"}
    behind_its_back.write(ctx, *(f"DELETE FROM {table} WHERE {column} = '{visit}'" for table, column in tables.items()))
    assert local_rows.GROUPS in changed(ctx)


def test_another_program_cannot_write_at_all_while_the_triggers_stand(ctx):
    started_visit(ctx)
    connection = sqlcipher.connect(str(ctx.folder / "workspace.db"))
    connection.execute(f"PRAGMA key=\"x'{ctx.keys.database.hex()}'\"")
    with closing(connection), pytest.raises(sqlcipher.OperationalError, match="local_code"):
        connection.execute("UPDATE visit SET note = 'x'")


def test_triggers_that_are_gone_are_missed(ctx):
    with ctx.transaction() as session:
        session.execute(text("DROP TRIGGER local_answer_insert"))
    with ctx.reading() as session:
        assert not local_rows.has_its_triggers(session)


def test_whoever_answers_for_the_rows_seals_them_as_they_stand(ctx):
    visit = started_visit(ctx)
    behind_its_back.write(ctx, f"UPDATE visit SET note = 'x' WHERE id = '{visit}'")
    with ctx.transaction() as session:
        local_rows.seal(session.connection())
    assert changed(ctx) == []


def test_what_is_kept_of_a_draw_is_looked_at_without_looking_at_other_draws(ctx):
    with ctx.transaction() as session:
        for name in ("a", "b"):
            session.add(Draw(id=name, division="1", plan=name, number=1, state="committed", commit="", pool_sha256=""))
            session.flush()
            session.add(DrawSheet(draw=name, side_file="", candidates=1, people={}))
            session.flush()
            session.add(FrozenPiece(draw=name, file="sheet", place=0, data=b"{}"))
    behind_its_back.write(ctx, "UPDATE frozen_piece SET data = X'7B20' WHERE draw = 'a'")
    assert (changed(ctx, "a"), changed(ctx, "b"), changed(ctx)) == (["a"], [], ["a"])


def test_bytes_that_move_from_one_row_to_the_next_are_missed(ctx):
    with ctx.transaction() as session:
        session.add(Draw(id="a", division="1", plan="a", number=1, state="committed", commit="", pool_sha256=""))
        session.flush()
        session.add(DrawSheet(draw="a", side_file="", candidates=1, people={}))
        session.flush()
        for place, data in enumerate((b"12", b"3")):
            session.add(FrozenPiece(draw="a", file="sheet", place=place, data=data))
    behind_its_back.write(ctx, "UPDATE frozen_piece SET data = CASE place WHEN 0 THEN X'31' ELSE X'3233' END")
    assert changed(ctx, "a") == ["a"]
