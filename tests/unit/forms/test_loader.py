"""A checklist is refused for whatever is not understood, with every place named at once."""

import shutil

import pytest

from ohdesk.errors import MachineError, ProblemsError
from ohdesk.forms.loader import read_form
from ohdesk.paths import resources


@pytest.fixture
def folder(tmp_path):
    for name in ("radiology", "employer-general", "employer-hearing"):
        shutil.copytree(resources() / "checklists" / name, tmp_path / name)
    shutil.copy(resources() / "checklists" / "laws.toml", tmp_path)
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def places(folder, form_id="radiology"):
    with pytest.raises(ProblemsError) as refused:
        read_form(folder, form_id)
    return [problem.place for problem in refused.value.problems]


def test_the_copy_itself_is_fine(folder):
    assert len(read_form(folder, "radiology").questions) == 13


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('how = "看正副本、设备清单"', 'hwo = "看"', "radiology/questions.toml R01 hwo"),
        ('severity = "严重"', 'severity = "极重"', "radiology/questions.toml R01 severity"),
        ('severity = "严重"', 'severity = "严重"\ndisposal = "严重"', "radiology/questions.toml R01 disposal"),
        ('answer_type = "pass_fail_na"', 'answer_type = "maybe"', "radiology/questions.toml R01 answer_type"),
        ('mode = "both"', 'mode = "remote"', "radiology/questions.toml R01 mode"),
        ('law = "放射诊疗管理规定"', 'law = "没有的法"', "radiology/questions.toml R01 duty"),
        ('id = "R02"', 'id = "R01"', "radiology"),
        ('kind = "date"', 'kind = "moon"', "radiology/questions.toml R01 field"),
        ('version = "2026.2"', 'version = "1999"', "radiology/questions.toml version"),
        ('text = "取得', 'text.fr = "取得', "radiology/questions.toml R01 text"),
        ("photo = true", 'photo = "yes"', "radiology/questions.toml R04 photo"),
        ("edition = 2018-12-29", 'edition = "2018-12-29"', "radiology/questions.toml R02 duty"),
    ],
)
def test_what_is_not_understood_is_named_with_file_and_question(folder, old, new, place):
    change(folder / "radiology" / "questions.toml", old, new)
    assert place in places(folder)


def test_all_problems_are_reported_at_once(folder):
    change(folder / "radiology" / "questions.toml", 'severity = "严重"', 'severity = "极重"')
    change(folder / "radiology" / "questions.toml", 'mode = "both"', 'mode = "remote"')
    change(folder / "radiology" / "form.toml", "kinds", "sorts")
    assert len(places(folder)) >= 4


def test_a_special_form_may_only_choose_questions_of_its_base(folder):
    change(folder / "employer-hearing" / "form.toml", '"E02"', '"Z99"')
    assert places(folder, "employer-hearing") == ["employer-hearing/form.toml"]


def test_broken_toml_is_named(folder):
    (folder / "radiology" / "questions.toml").write_text("= =", encoding="utf-8")
    assert "radiology/questions.toml" in places(folder)


def test_a_missing_form_is_the_installations_fault(folder):
    with pytest.raises(MachineError):
        read_form(folder, "no-such-form")
