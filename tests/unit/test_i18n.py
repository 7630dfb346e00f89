"""The program speaks the language set; statutory documents speak Chinese."""

import pytest

from ohdesk.i18n import SOURCE_LANGUAGE, in_chinese, set_language, tr


@pytest.fixture
def english():
    set_language("en")
    yield
    set_language(SOURCE_LANGUAGE)


def test_the_catalogue_translates(english):
    assert tr("密码不正确。") != "密码不正确。"


def test_what_says_nothing_says_nothing_in_any_language(english):
    assert tr("") == ""


def test_a_statutory_document_stays_chinese(english):
    with in_chinese():
        assert tr("密码不正确。") == "密码不正确。"
    assert tr("密码不正确。") != "密码不正确。"


def test_stretched_text_is_half_as_long_again(monkeypatch):
    monkeypatch.setenv("OHDESK_STRETCH", "150")
    assert len(tr("职业健康")) == 6
