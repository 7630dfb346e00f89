"""`ohdesk forms`: lists, checks, covers, and takes a form out and in, without any workspace."""

import json
import shutil

import pytest

from ohdesk.cli.main import main
from ohdesk.forms.loader import form_files, read_forms
from ohdesk.paths import resources

CHECKLISTS = resources() / "checklists"


@pytest.fixture
def said(capsys):
    def run(*words: str, status: int = 0):
        assert main([*words, "--json"]) == status
        return json.loads(capsys.readouterr().out)

    return run


def test_all_forms_are_listed_with_their_editions(said):
    forms = {each["id"]: each for each in said("forms", "list")}
    assert len(forms) >= 11
    assert {each["mode"] for each in forms.values()} == {"on-site", "off-site", "self-check"}
    assert forms["employer-general"]["items"] == 75
    assert forms["radiology"] | {"title": "", "sha256": ""} == {
        "id": "radiology",
        "edition": "2026.2",
        "title": "",
        "kinds": ["放射诊疗单位"],
        "mode": "on-site",
        "items": 13,
        "unconfirmed": 11,
        "sha256": "",
    }


def test_the_twelve_subjects_are_told_with_their_items(said):
    found = said("forms", "coverage")
    assert len(found) == 12
    assert all(each["items"] for each in found)


def test_a_form_with_a_fault_is_told_with_file_and_key_and_the_others_work(said, tmp_path):
    folder = tmp_path / "checklists"
    shutil.copytree(CHECKLISTS, folder)
    questions = folder / "radiology" / "questions.toml"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text.replace('severity = "严重"', 'severity = "极重"', 1), encoding="utf-8")
    for where in (folder / "radiology", questions):
        told = said("forms", "check", str(where), status=1)
        (fault,) = told["faults"]
        assert (fault["file"], fault["key"]) == ("radiology/questions.toml", "R01 severity")
        assert (fault["expected"], fault["found"]) == ("提示 / 一般 / 严重", "极重")
    assert said("forms", "check", str(folder / "employer-hearing"))["good"]
    files = read_forms(folder)
    assert list(files.faults) == ["radiology", "radiology-self-check"]  # which takes its questions from the other
    assert len(files.forms) == len(form_files().forms) - 2


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_what_is_no_form_is_refused(name, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["forms", "check", str(tmp_path / name)]) == 1
    assert capsys.readouterr().err


def test_a_form_goes_out_and_comes_in(said, tmp_path):
    file = str(tmp_path / "q.xlsx")
    assert said("forms", "export", "knowledge-quiz", "--out", file)["items"] == 17
    assert said("forms", "import", file, "--out", str(tmp_path))["edits"] == []
    assert said("forms", "check", file)["good"]
