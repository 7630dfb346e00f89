"""Nothing is delivered without the licence it asks for."""

from pathlib import Path

from tools import licences

ROOT = Path(__file__).resolve().parents[2]


def test_every_locked_package_has_its_licence_text():
    assert licences.missing() == []


def test_a_package_without_a_text_would_be_named(tmp_path, monkeypatch):
    monkeypatch.setattr(licences, "FOLDER", tmp_path)
    assert "sqlalchemy" in licences.missing()


def test_qt_is_named_as_replaceable_and_its_licence_is_there():
    text = (ROOT / "licences" / "pyside6-essentials.txt").read_text("utf-8")
    assert "replace them" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (ROOT / "licences" / "LGPL-3.0.txt").read_text("utf-8")


def test_fonts_and_icons_lie_beside_their_licence():
    for beside, text in (("OFL", "noto-sans-sc"), ("OFL-serif", "noto-serif-sc"), ("OFL-extra", "ohdesk-extra")):
        assert (ROOT / f"resources/fonts/{beside}.txt").read_bytes() == (ROOT / f"licences/{text}.txt").read_bytes()
    assert (ROOT / "resources/icons/LICENSE.txt").read_bytes() == (ROOT / "licences/lucide.txt").read_bytes()
