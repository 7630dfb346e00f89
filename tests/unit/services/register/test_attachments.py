"""Files of an entry: kept encrypted, travelling with the entry or staying with it, taken away and read back."""

import pytest

from ohdesk.domain.facts import Verdict
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import doctor
from ohdesk.services.pictures.taking import clean_picture
from ohdesk.services.register import attachments, books, entries, undo
from ohdesk.services.register.attachments import Attachment, attach, attached, content, detach
from tests.unit.services.exchange.bundle_world import TOWNS, new_world
from tests.visiting import picture

BOOK = """
id = "{id}"
version = "1"
title.zh = "试验登记簿"
travels = "{travels}"
[[field]]
key = "words"
label.zh = "内容"
[[field]]
key = "files"
label.zh = "附件"
kind = "files"
"""
PDF = b"%PDF-1.4 letter"


@pytest.fixture
def world(tmp_path):
    with new_world(tmp_path / "world", (TOWNS[0],)) as made:
        for name, travels in (("sent", "county"), ("here", "no")):
            definition = BOOK.format(id=name, travels=travels).encode()
            books.install(made.towns[0], definition, f"{name}.toml")
        books.install(made.county, BOOK.format(id="sent", travels="county").encode(), "sent.toml")
        yield made


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "来函.pdf"
    path.write_bytes(PDF)
    return path


def test_a_file_travels_with_its_entry_and_is_read_at_the_county(world, letter):
    town = world.towns[0]
    entry = entries.add(town, "sent", {"words": "有附件"})
    attach(town, entry, "files", [letter])
    receiving.take_in(world.county, sending.export(town, world.stick).path)
    (there,) = attached(world.county, entry)
    assert (there.name, there.size) == ("来函.pdf", len(PDF))
    assert content(world.county, there) == PDF
    assert [each.value for each in entries.detail(town, entry).history if each.field == "files"] == ["来函.pdf"]


def test_a_file_of_what_stays_here_is_in_no_bundle_and_the_workspace_is_whole(world, letter):
    town = world.towns[0]
    entry = entries.add(town, "here", {"words": "只留本机"})
    attach(town, entry, "", [letter])
    entries.add(town, "sent", {"words": "上报的内容"})
    receiving.take_in(world.county, sending.export(town, world.stick).path)
    (kept,) = attached(town, entry)
    assert content(town, kept) == PDF
    with pytest.raises(UserError):
        content(world.county, kept)
    assert Verdict.FAILS not in {fact.verdict for fact in doctor.workspace_facts(town)}


def test_a_picture_is_kept_without_its_metadata(world, tmp_path):
    town = world.towns[0]
    (tmp_path / "现场.png").write_bytes(picture())
    entry = entries.add(town, "sent", {})
    attach(town, entry, "files", [tmp_path / "现场.png"])
    (kept,) = attached(town, entry)
    assert kept.name == "现场.jpg"
    assert content(town, kept) == clean_picture(picture())


def test_of_several_files_each_that_is_none_is_named_and_none_is_kept(world, tmp_path, letter):
    town = world.towns[0]
    for name, held in (("坏.jpg", b"x"), ("程序.exe", b"MZ"), ("空.pdf", b""), ("名单（秘密★1年）.pdf", PDF)):
        (tmp_path / name).write_bytes(held)
    entry = entries.add(town, "sent", {})
    sources = [
        letter,
        *(tmp_path / name for name in ("坏.jpg", "程序.exe", "空.pdf", "名单（秘密★1年）.pdf", "没有.pdf")),
    ]
    with pytest.raises(ProblemsError) as refused:
        attach(town, entry, "files", sources)
    assert [each.place for each in refused.value.problems] == [each.name for each in sources[1:]]
    assert attached(town, entry) == ()


def test_the_same_file_again_changes_nothing_and_one_taken_away_comes_back_by_undo(world, letter):
    town = world.towns[0]
    entry = entries.add(town, "sent", {})
    assert attach(town, entry, "files", [letter, letter])
    assert not attach(town, entry, "files", [letter])
    (kept,) = attached(town, entry)
    assert detach(town, entry, kept)
    assert attached(town, entry) == ()
    assert not detach(town, entry, kept)
    undo.undo(town, "sent", "", undo.HAND)
    assert attached(town, entry) == (kept,)


def test_a_book_without_files_and_a_field_that_is_none_are_told(world, letter):
    town = world.towns[0]
    entry = entries.add(town, "sent", {})
    with pytest.raises(UserError) as refused:
        attach(town, entry, "words", [letter])
    assert "附件（files）" in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "written"),
    [("../../x.exe", "x.bin"), ("来函.PDF", "来函.pdf"), ("CON.pdf", "_CON.pdf"), ("照片\u202egpj.exe", "照片gpj.bin")],
)
def test_a_name_from_elsewhere_is_written_out_safely(name, written):
    assert attachments.file_name(Attachment("files", "0" * 64, name, 1)) == written
