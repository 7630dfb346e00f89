"""Promise: what is typed behind a command is taken as it stands or refused in a sentence, never half of it."""

import ast
from pathlib import Path

import pytest

import ohdesk
from ohdesk.cli.main import parse
from ohdesk.services.office.workspace import NewWorkspace, create_workspace
from ohdesk.services.start import first_run
from tests.conftest import PASSWORD, town_workspace
from tests.promises.typed import Desk, ohdesk_here

NO_TEXT = b"\xb9\xa4".decode("utf-8", "surrogateescape")  # 工 as a terminal in another encoding sends it
NAME = "青沐竹器厂"


@pytest.fixture
def town(tmp_path) -> Desk:
    desk = Desk(town_workspace(tmp_path / "town"), "李旸")
    assert desk("roll", "add", "--set", f"单位名称={NAME}").status == 0
    assert desk("person", "add", "--name", "周沄", "--role", "assistant").status == 0
    return desk


@pytest.mark.parametrize(
    "words",
    [
        ("roll", "add", "--set", f"单位名称={NO_TEXT}"),
        ("roll", "list", "--search", NO_TEXT),
        ("roll", "correct", NO_TEXT, "--set", "地址=东路", "--reason", "核实"),
        ("roll", "undo", NO_TEXT),
        ("draw", "freeze", "--plan", "2026-1", "--stratum", NO_TEXT, "1/2", "0"),
        ("draw", "void", NO_TEXT, "--reason", "名录有误"),
        ("visit", "plan", "--establishment", NAME, "--inspector", NO_TEXT),
        ("visit", "findings", "x", "--set", NO_TEXT, "rectify"),
        ("record", "export", NO_TEXT, "--out", "."),
        ("bundle", "receipt", NO_TEXT),
    ],
)
def test_bytes_that_are_no_text_are_refused_and_not_dropped(town, words):
    before = town.state()
    assert "UTF-8" in town(*words).refusal
    assert town.state() == before


def test_no_office_is_made_under_a_name_that_is_no_text(tmp_path):
    words = ("init", "--role", "town", "--division", "000000101", "--name", NO_TEXT)
    assert "UTF-8" in ohdesk_here(*words, "--workspace", tmp_path / "new").refusal
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("number", ["-1", "9" * 20, "9" * 5000, "1_000", "१२", "1.5", "1e9", " 5"])
@pytest.mark.parametrize(
    "words",
    [
        ("draw", "freeze", "--plan", "2026-1", "--total"),
        ("draw", "record", "2026-1", "--out", "x.pdf", "--number"),
        ("bundle", "export", "--out", ".", "--from"),
        ("county", "coverage", "--year"),
        ("visit", "photo", "x", "--number"),
    ],
)
def test_a_number_that_is_none_is_wrong_usage(capsys, words, number):
    *before, option = words
    with pytest.raises(SystemExit) as ended:
        parse([*before, f"{option}={number}"])
    assert ended.value.code == 2
    assert number[:40] in capsys.readouterr().err


@pytest.mark.parametrize("odd", ["NaN", "1e999", '"\\ud800"', "9" * 5000, "[" * 100_000])
def test_a_file_of_values_that_json_does_not_have_is_refused(town, tmp_path, odd):
    (tmp_path / "plan.json").write_text(f'{{"plan": {odd}}}', encoding="utf-8")
    assert "plan.json" in town("draw", "freeze", tmp_path / "plan.json").refusal


@pytest.mark.parametrize("form", ["x", "../checklists/employer", " ", "一" * 5000])
def test_a_checklist_that_there_is_none_of_is_no_fault_of_the_machine(town, form):
    people = ("--inspector", "周沄", "--inspector", "周沄")
    assert town("visit", "plan", "--establishment", NAME, *people, "--form", form).status == 1


@pytest.mark.parametrize("nothing", ["", " ", "\u3000"])
def test_nothing_names_nobody(town, nothing):
    correcting = ("roll", "correct", nothing, "--set", "地址=东路", "--reason", "核实")
    assert "没有" in town(*correcting).refusal
    assert "没有" in town("visit", "plan", "--establishment", NAME, "--assistant", nothing).refusal
    assert "找不到" in town("visit", "show", nothing).refusal


def test_a_search_for_a_whole_book_finds_nothing(town, tmp_path):
    book = "厂" * 100_000
    assert town("roll", "list", "--search", book, "--json").json == []
    assert town("roll", "export", "--out", tmp_path / "x.xlsx", "--search", book, "--json").json["count"] == 0


def test_a_password_file_of_any_length_is_not_read_to_its_end(town, tmp_path):
    (tmp_path / "long").write_bytes(b"x" * (1 << 20))
    assert "long" in town("--password-file", tmp_path / "long", "roll", "list").refusal


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> tuple[Path, str, str]:
    """A workspace, its recovery code, and what stands in the file in which the program keeps one."""
    folder = tmp_path_factory.mktemp("kept")
    new = NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD)
    code = create_workspace(folder / "town", new, practice=True)
    first_run.save_code(folder / "code.txt", "石桥镇", code, folder / "town")
    return folder / "town", code, (folder / "code.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "copied",
    [
        lambda code, _: code.lower(),
        lambda code, _: " ".join(code[at : at + 4] for at in range(0, len(code), 4)),
        lambda code, _: f"{code[:40]}\n{code[40:]}\n\n",
        lambda code, _: f"“{code}”。",
        lambda code, _: code.translate({sign: sign + 0xFEE0 for sign in range(33, 127)}),
        lambda code, _: code[:20] + "\u200b" + code[20:].replace("0", "O").replace("L", "I").replace("8", "B"),
        lambda _, file: file,
    ],
)
def test_a_recovery_code_opens_as_people_copy_it(kept, tmp_path, copied):
    folder, code, file = kept
    (tmp_path / "code").write_text(copied(code, file), encoding="utf-8")
    (tmp_path / "new").write_text("ein neues wort", encoding="utf-8")
    words = ("--code-file", tmp_path / "code", "--new-password-file", tmp_path / "new")
    assert Desk(folder, "李旸")("account", "recover", "李旸", *words).status == 0


def test_a_recovery_code_with_a_wrong_letter_is_refused(kept, tmp_path):
    folder, code, _ = kept
    other = "Q" if code[30] != "Q" else "P"
    (tmp_path / "code").write_text(code[:30] + other + code[31:], encoding="utf-8")
    (tmp_path / "new").write_text("ein neues wort", encoding="utf-8")
    words = ("--code-file", tmp_path / "code", "--new-password-file", tmp_path / "new")
    assert "恢复码不正确" in Desk(folder, "李旸")("account", "recover", "李旸", *words).refusal


@pytest.mark.parametrize("name", ["workspace.db", "keys.json", "blobs/x", "way/keys.json", "KEYS.JSON/../workspace.db"])
def test_nothing_is_written_over_the_files_of_a_workspace(town, tmp_path, name):
    (tmp_path / "town" / "way").symlink_to(tmp_path / "town")
    (tmp_path / "list.csv").write_text("单位名称\n安泰厂\n", encoding="utf-8")
    before, place = town.state(), tmp_path / "town" / name
    for words in (
        ("roll", "export", "--out", place),
        ("roll", "preview", tmp_path / "list.csv", "--refusals", place),
        ("account", "recovery-code", "--out", place),
    ):
        assert town(*words).refusal
    assert ohdesk_here("roll", "preview", tmp_path / "list.csv", "--refusals", place).refusal
    assert town.state() == before


def test_a_list_without_an_end_is_not_read_to_it(town, tmp_path):
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    (tmp_path / "endless.pdf").symlink_to("/dev/zero")
    assert "endless.csv" in town("roll", "preview", tmp_path / "endless.csv").refusal
    assert town("verify", tmp_path / "endless.pdf", "--json").status == 1


def test_what_goes_into_the_log_is_not_printed_beside_what_is_said(town):
    (town.folder / "workspace.tries").mkdir()
    said = town.apart("person", "list", "--json")
    assert [person["name"] for person in said.json] == ["周沄"]
    assert "could not" not in said.err


def test_every_refusal_says_what_to_do():
    folder = Path(ohdesk.__file__).parent
    for path in [*folder.glob("cli/*.py"), *folder.glob("services/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = node.exc
                short = ast.unparse(called.func) in {"UserError", "MachineError"} and len(called.args) < 2
                assert not short, f"{path}:{node.lineno} {ast.unparse(called)}"
