"""Promise: what a book keeps on the laptop is in nothing that leaves it."""

import logging
import zipfile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ohdesk.db.models import Base, LocalOperation
from ohdesk.domain.facts import Verdict
from ohdesk.errors import UserError
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import diagnostics, doctor
from ohdesk.services.register import books, entries, listing
from ohdesk.services.register.conditions import EVERYTHING
from ohdesk.services.register.export import export_book
from ohdesk.services.roll import entries as roll
from tests.unit.services.exchange.bundle_world import TOWNS, new_world

CANARY = "金丝雀九七三一"
COMPLAINT = {
    "received_at": "2026-03-01 09:30",
    "source": "phone",
    "identity": "named",
    "complainant": CANARY,
    "contact": CANARY,
    "facts": CANARY,
    "within_power": "town",
}
TRAVELLING = """
id = "travelling"
version = "1"
title.zh = "会上报的登记簿"
travels = "county"
[[field]]
key = "words"
label.zh = "内容"
[[field]]
key = "informant"
label.zh = "举报人"
private = true
"""


@pytest.fixture
def world(tmp_path):
    with new_world(tmp_path / "world", (TOWNS[0],)) as made:
        (town,) = made.towns
        books.install(town, TRAVELLING.encode(), "travelling.toml")
        kept = entries.add(town, "complaints", COMPLAINT)
        entries.correct(town, kept, {"facts": f"{CANARY}，夜班"}, CANARY)
        sent = entries.add(town, "travelling", {"words": "上报的内容", "informant": CANARY})
        entries.correct(town, sent, {"informant": f"{CANARY}二"}, "来电更正")
        yield made


def carried(world):
    """Everything that a bundle of the town carries, once the county has opened it."""
    path = sending.export(world.towns[0], world.stick).path
    receiving.take_in(world.county, path)
    with world.county.reading() as session:
        rows = [row for table in Base.metadata.tables.values() for row in session.execute(select(table))]
    told = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for row in rows for each in row]
    return path.read_bytes(), "\n".join(told)


def test_no_bundle_and_no_table_of_the_county_has_it(world):
    sealed, county = carried(world)
    assert "上报的内容" in county
    assert CANARY not in county
    assert CANARY.encode() not in sealed
    # The county has no such book, and keeps the entry for when it has.
    books.install(world.county, TRAVELLING.encode(), "travelling.toml")
    (row,) = listing.all_rows(world.county, "travelling")
    assert row.values == {"words": "上报的内容"}


def test_no_export_without_consent_and_no_report_to_send_has_it(world, tmp_path):
    town = world.towns[0]
    target = tmp_path / "out.xlsx"
    export_book(town, "travelling", target, EVERYTHING)
    assert "上报的内容" in cells_of(target)
    assert CANARY not in cells_of(target)
    with pytest.raises(UserError, match="只留本机"):
        export_book(town, "complaints", tmp_path / "refused.xlsx", EVERYTHING)
    assert not (tmp_path / "refused.xlsx").exists()
    export_book(town, "complaints", target, EVERYTHING, private=True)
    assert CANARY in cells_of(target)
    diagnostics.write(town, tmp_path / "diagnostics.zip")
    with zipfile.ZipFile(tmp_path / "diagnostics.zip") as archive:
        assert CANARY not in archive.read(diagnostics.NAME).decode()


def cells_of(path):
    return str(list(load_workbook(path).active.iter_rows(values_only=True)))


def test_no_line_of_the_log_has_it(world, caplog):
    with caplog.at_level(logging.DEBUG):
        entries.add(world.towns[0], "complaints", COMPLAINT)
        carried(world)
    assert CANARY not in caplog.text


def test_a_broken_local_chain_is_told(world):
    town = world.towns[0]

    def is_whole():
        verdicts = {fact.key: fact.verdict for fact in doctor.workspace_facts(town)}
        return verdicts["workspace.journal"] is Verdict.HOLDS

    assert is_whole()
    with town.transaction() as session:
        session.get(LocalOperation, 2).body += b" "
    assert not is_whole()


def test_a_town_lists_what_is_its_own_and_what_its_county_sent_and_nothing_of_others(tmp_path):
    with new_world(tmp_path / "world", TOWNS[:2]) as world:
        first, second = world.towns
        lead = {"source": "日常检查", "found_on": "2026-03-02", "facts": "没有申报", "holder": "town"}
        employer = roll.add(first, {"name": "石桥五金厂"})
        entry = entries.add(first, "case_leads", lead, about=employer)
        receiving.take_in(world.county, sending.export(first, world.stick).path)
        entries.correct(world.county, entry, {"facts": "没有申报，已核实"}, "县级核实")
        sent = sending.export(world.county, world.stick).path
        for town in world.towns:
            receiving.take_in(town, sent)
        assert [row.texts["facts"] for row in listing.all_rows(first, "case_leads")] == ["没有申报，已核实"]
        assert listing.all_rows(second, "case_leads") == []
        (row,) = listing.all_rows(world.county, "case_leads")
        assert row.town == first.office.name
