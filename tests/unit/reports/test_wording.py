"""The sets of wording are complete and interchangeable."""

import re
import tomllib

import pytest

from ohdesk.errors import UserError
from ohdesk.paths import resources
from ohdesk.reports.inspection_record import SECTIONS
from ohdesk.reports.wording import DEFAULT, load_wording, wording_ids


@pytest.mark.parametrize("wording_id", wording_ids())
def test_every_set_has_the_same_places_and_placeholders(wording_id):
    reference, words = load_wording(DEFAULT), load_wording(wording_id)
    assert set(words.texts) == set(reference.texts)
    assert set(words.modes) == set(reference.modes) == {"own", "entrusted", "patrol", "off-site"}
    for place, text in reference.texts.items():
        assert set(re.findall(r"{\w+}", words[place])) == set(re.findall(r"{\w+}", text)), place


@pytest.mark.parametrize("wording_id", wording_ids())
def test_every_section_of_every_mode_can_be_drawn(wording_id):
    words = load_wording(wording_id)
    for mode in words.modes.values():
        assert set(mode.sections) <= set(SECTIONS)
        assert "statement" in mode.sections


@pytest.mark.parametrize("wording_id", wording_ids())
def test_what_is_marked_unconfirmed_is_there(wording_id):
    raw = tomllib.loads((resources() / "documents" / f"{wording_id}.toml").read_text("utf-8"))
    assert set(load_wording(wording_id).unconfirmed) <= set(raw)


def test_a_patrol_counts_nothing_and_makes_no_record():
    for words in map(load_wording, wording_ids()):
        assert "counts" not in words.modes["patrol"].sections
        assert "笔录" not in words.modes["patrol"].title


def test_nothing_printed_of_an_inspection_from_the_office_says_that_somebody_was_there():
    for words in map(load_wording, wording_ids()):
        mode = words.modes["off-site"]
        assert set(mode.texts) <= set(words.texts)
        printed = {mode.title, *words.of("off-site").texts.values()} - {words.modes["off-site"].title}
        assert not [text for text in printed if "现场" in text.replace("非现场", "")]


def test_an_unknown_set_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(UserError, match="moj-9999") as refused:
        load_wording("moj-9999")
    assert DEFAULT in refused.value.remedy
