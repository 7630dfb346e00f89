"""A county words its papers itself: a file is installed, used from then on, and known again when another follows."""

import pytest

from ohdesk.domain.facts import Verdict
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.office import paper_forms
from ohdesk.services.record import composing, finalizing, verification, views
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second

COUNTY = """base = "common/record"
title = "现场检查（笔录）"
series = "检〔{year}〕{serial:03}"

[words]
fact = "查表第 {number} 项所见：{fact}"

[[block]]
key = "situation"
heading = "检查所见"
"""


def test_a_countys_words_and_numbers_are_used_and_records_of_every_edition_are_known_again(tmp_path):
    world = record_world.filled(tmp_path / "town")
    with world.opened("李旸") as ctx:
        paper_forms.install(ctx, COUNTY.encode(), "record.toml")
    with world.opened() as ctx:
        record = composing.compose(ctx, world.visit, party()).record
        assert (record.title, record.number[:2]) == ("现场检查（笔录）", "检〔")
        assert any(text.startswith("查表第") for text in record.situation)
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        path = views.export(views.open_record(ctx, world.visit).papers[0], tmp_path)
    for changed in (COUNTY, COUNTY.replace("检查所见", "情况")):
        with world.opened("李旸") as ctx:
            paper_forms.install(ctx, changed.encode(), "record.toml")
            report = verification.verify_file(path, (), ctx)
        assert {fact.verdict for fact in report.facts if fact.key == "pages"} == {Verdict.HOLDS}


def test_a_form_with_a_fault_is_not_installed_and_nobody_but_an_administrator_installs_one(tmp_path):
    world = record_world.make(tmp_path / "town")
    with world.opened("李旸") as ctx, pytest.raises(ProblemsError, match=r"record\.toml"):
        paper_forms.install(ctx, COUNTY.replace("{fact}", "{nothing}").encode(), "record.toml")
    with world.opened() as ctx, pytest.raises(UserError, match="权限"):
        paper_forms.install(ctx, COUNTY.encode(), "record.toml")
