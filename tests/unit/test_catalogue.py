"""Translations are complete, current and keep the places that are filled in."""

import pytest
from babel.messages.catalog import Catalog

from ohdesk import i18n
from tools import catalogue


def of(**translations):
    catalog = Catalog(locale="en")
    for source, translated in translations.items():
        catalog.add(source, translated)
    return catalog


def test_a_whole_catalogue_has_no_faults():
    assert list(catalogue.faults(of(一=""), of(一="one"))) == []


def test_each_fault_is_named():
    assert list(catalogue.faults(of(一=""), of())) == ["missing: 一"]
    assert list(catalogue.faults(of(), of(一="one"))) == ["no longer said: 一"]
    assert list(catalogue.faults(of(一=""), of(一=""))) == ["not translated: 一"]


def test_a_placeholder_lost_in_translation_is_a_fault():
    source, translated = Catalog(), Catalog(locale="en")
    source.add("共 {count} 家")
    translated.add("共 {count} 家", "{number} in all")
    assert list(catalogue.faults(source, translated)) == ["placeholders differ: 共 {count} 家 | {number} in all"]


@pytest.mark.parametrize("text", ["{", "}", "{count"])
def test_a_brace_left_open_is_a_fault(text):
    assert catalogue.placeholders(text) != catalogue.placeholders("")


def test_the_program_speaks_english_when_asked():
    translated = {str(message.id): message.string for message in catalogue.read(catalogue.catalogues()[0])}
    source = next(text for text, english in translated.items() if english and text)
    i18n.set_language("en")
    try:
        assert i18n.tr(source) == translated[source]
    finally:
        i18n.set_language(i18n.SOURCE_LANGUAGE)
