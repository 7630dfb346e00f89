"""The picture of the architecture shows what imports what, and no more arrows than that takes."""

import re

import pytest

from tools import picture


def test_an_arrow_that_follows_from_others_is_left_out():
    assert picture.needed({("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "d")}) == {
        ("a", "b"),
        ("b", "c"),
        ("c", "d"),
    }


def test_each_package_stands_below_all_that_import_it():
    assert picture.rows("abcd", {("a", "b"), ("a", "c"), ("b", "c")}) == [["a", "d"], ["b"], ["c"]]


def test_packages_in_a_circle_are_named():
    with pytest.raises(ValueError, match="circle: b, c"):
        picture.rows("abc", {("a", "b"), ("b", "c"), ("c", "b")})


def test_every_layer_and_every_room_of_the_services_is_in_the_picture():
    drawn = picture.picture(picture.imports(), picture.contracted())
    names = set(re.findall(r'<text class="name"[^>]*>([^<]+)<', drawn))
    assert {layer for band in picture.contracted()["ohdesk"] for layer in band} <= names
    rooms = {path.parent.name for path in (picture.ROOT / "ohdesk" / "services").glob("*/__init__.py")}
    assert rooms <= names


def test_an_outdated_picture_is_named_with_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(picture, "ROOT", tmp_path)
    monkeypatch.setattr(picture, "PICTURE", tmp_path / "old.svg")
    (tmp_path / "old.svg").write_text("<svg/>")
    assert picture.check("<svg></svg>") == 1
    assert "old.svg" in capsys.readouterr().out
    assert picture.check("<svg/>") == 0
