"""The tree keeps the promises of docs/architecture.md that no tool checks by itself."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ohdesk"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 500, 60
HAN = re.compile(r"[\u3400-\u9fff].")  # one character alone (是, 甲) is a stored value, not speech


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every text file that git holds, outside the generated locks and the licences of others."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for file in filter(None, listed.split("\0")):
        path = ROOT / file
        if path.suffix in {".ttf", ".mo", ".lock", ".pdf"} or file.startswith("licences/") or not path.is_file():
            continue
        try:
            yield file, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="git lists the files")
def test_no_file_knows_the_machine_it_was_written_on():
    homes = re.compile(r"(?<![\w.])/(?:root|work)/|[A-Z]:\\Users")
    own = name(Path(__file__))
    found = [
        f"{file}: {match.group()}"
        for file, text in tracked_texts()
        if file != own and not file.endswith((".svg", ".po"))
        for match in homes.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize("page", [ROOT / "docs/architecture.md", *sorted((ROOT / "docs/howto").glob("*.md"))], ids=name)
def test_files_that_the_guides_name_are_there(page):
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", page.read_text("utf-8")))
    assert [file for file in sorted(named) if not (ROOT / file).exists() and not (PACKAGE / file).exists()] == []


def test_the_code_speaks_the_words_of_the_glossary():
    table = (ROOT / "docs/architecture.md").read_text("utf-8").partition("## Words")[2]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    words = {word.strip() for row in rows for cell in (row[2], row[5]) for word in cell.partition(":")[0].split(" / ")}
    code = "\n".join(path.read_text("utf-8") for path in MODULES)
    assert sorted(word for word in words if word not in code and word.replace(" ", "_") not in code) == []


def test_no_module_is_a_drawer_for_odds_and_ends():
    vague = {"utils", "util", "helpers", "helper", "misc", "common_utils", "manager"}
    assert [name(path) for path in MODULES if path.stem in vague] == []
    classes = re.compile(r"(?m)^class (\w*(?:Manager|Helper|Util|Utils|Handler))\b")
    assert [match for path in MODULES for match in classes.findall(path.read_text("utf-8"))] == []


READ = [path for path in MODULES if path.parent.name != "versions"]  # a revision is a list of tables, read by none


@pytest.mark.parametrize("path", READ, ids=name)
def test_a_module_fits_a_readers_head(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    long = [f.name for f in functions if f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION]
    assert long == []


def test_screens_hold_no_literal_of_look():
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|\b\d+px\b|setStyleSheet|QMessageBox|QTableWidget")
    found = [
        f"{name(path)}: {match}"
        for path in sorted((PACKAGE / "ui" / "screens").rglob("*.py"))
        for match in literal.findall(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_label_and_tool_tip_is_plain_text():
    """Qt reads markup in what others wrote: a name could draw a heading, or a picture from any place."""
    guesses = re.compile(
        r"\bQLabel\b|\bQTextBrowser\b|\bQTextEdit\(|QErrorMessage|QInputDialog|QProgressDialog|QFormLayout"
        r"|AutoText|RichText|[Ss]etHtml|setWhatsThis|\.setToolTip\((?!plain_tip\()"
    )
    found = [
        f"{name(path)}: {match}"
        for path in sorted((PACKAGE / "ui").rglob("*.py"))
        if path.name != "label.py"
        for match in guesses.findall(path.read_text("utf-8"))
    ]
    assert found == []


def test_only_one_place_reads_the_clock():
    clock = re.compile(r"\bdatetime\.now\(|\bdatetime\.utcnow\(|\bdate\.today\(|\btime\.time\(|currentDateTime")
    found = [name(path) for path in MODULES if clock.search(path.read_text("utf-8"))]
    assert found == ["ohdesk/services/context.py"]


def test_what_screens_and_commands_say_can_be_translated():
    found = []
    for path in sorted([*(PACKAGE / "cli").rglob("*.py"), *(PACKAGE / "ui").rglob("*.py")]):
        tree = ast.parse(path.read_text("utf-8"))
        said = {
            id(part)
            for call in calls(tree)
            if isinstance(call.func, ast.Name) and call.func.id in {"tr", "mark"}
            for part in ast.walk(call)
        }
        compared = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Compare) for part in ast.walk(node)}
        patterns = {
            id(part)
            for call in calls(tree)
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "re.compile"
            for part in ast.walk(call)
        }
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{name(path)}:{node.lineno}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and HAN.search(node.value)
            and id(node) not in said | compared | patterns | documented
        ]
    assert found == []


def test_what_is_translated_is_a_whole_sentence():
    found = [
        f"{name(path)}:{call.lineno}"
        for path in MODULES
        for call in calls(ast.parse(path.read_text("utf-8")))
        if isinstance(call.func, ast.Name)
        and call.func.id in {"tr", "mark"}
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert found == []


ASKED_OF_TEXT = {
    "startswith",
    "endswith",
    "split",
    "partition",
    "rpartition",
    "removeprefix",
    "findText",
    "index",
    "get",
}


def shown_and_compared(source: str) -> list[int]:
    """The lines on which `tr(...)` stands in a comparison, as a key, in a set, or is looked for in a text."""
    looked_at: list[tuple[int, list[ast.expr]]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            looked_at.append((node.lineno, [node]))
        elif isinstance(node, ast.Set):
            looked_at.append((node.lineno, node.elts))
        elif isinstance(node, ast.Dict):
            looked_at.append((node.lineno, [key for key in node.keys if key is not None]))
        elif isinstance(node, ast.Subscript):
            looked_at.append((node.lineno, [node.slice]))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKED_OF_TEXT:
            looked_at.append((node.lineno, node.args[:1]))
    return [
        line
        for line, parts in looked_at
        if any(isinstance(call.func, ast.Name) and call.func.id == "tr" for part in parts for call in calls(part))
    ]


@pytest.mark.parametrize(
    "source",
    [
        "problem.place in {tr('执法人员'), other}",
        "chosen.currentText() == tr('全部')",
        "line.startswith(tr('共'))",
        "fields = {tr('分层'): field}",
        "fields[tr('分层')]",
    ],
)
def test_a_comparison_of_what_is_shown_is_noticed(source):
    assert shown_and_compared(source)


def test_what_is_shown_is_never_compared():
    found = [f"{name(path)}:{line}" for path in MODULES for line in shown_and_compared(path.read_text("utf-8"))]
    assert found == []


def test_no_event_filter_hands_an_event_back_to_qt():
    """PySide may take an event for what stood at its address before; Qt's own filter does nothing anyway."""
    asked = "super()" + ".eventFilter("
    assert [name(path) for path in MODULES if asked in path.read_text("utf-8")] == []


def test_jobs_are_never_wrapped_for_the_pool():
    """The wrapper of a QRunnable outlives it, and the next event at its address is taken for it."""
    assert [name(path) for path in MODULES if "QRunnable.create" in path.read_text("utf-8")] == []
