"""The programs in a publication package: on their own, they say what the program says, to the byte."""

import base64
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.draw.checks import recompute
from ohdesk.paths import resources
from tests.published_draw import COMMIT, SHEET

SCRIPT = resources() / "draw" / "verify_draw.py"
PAGE = resources() / "draw" / "verify_draw.html"
SEED = "20237331128159211123"


def encoded(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def changed(**values: object) -> bytes:
    return encoded(SHEET | values)


def random_sheet(source: random.Random) -> bytes:
    firms = source.sample([f"{letter}{number:03d}" for letter in "ABC-" for number in range(40)], source.randint(0, 60))
    codes = source.sample(["甲", "乙", "丙", "B,1", 'C"'], source.randint(1, 3))
    people = [f"I{number}" for number in range(source.randint(0, 6))]
    return changed(
        plan=source.choice(["2026", "鹤山〔2026〕3号"]),
        nonce=f"{source.getrandbits(256):064x}",
        team=source.randint(1, 3),
        cap=source.randint(0, 30),
        slack=source.randint(0, 2),
        strata=[
            {
                "code": code,
                "ids": sorted(firms[place :: len(codes)]),
                "num": source.randint(0, 5),
                "den": source.randint(1, 9),
                "min": source.randint(0, 4),
            }
            for place, code in enumerate(codes)
        ],
        inspectors=[{"id": name, "lead": source.random() < 0.5} for name in people],
        recusals=[[source.choice(people), source.choice(firms)] for _ in range(6) if people and firms],
    )


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(
    folder: Path, sheet: bytes, seed: bytes, *options: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    (folder / "sheet.json").write_bytes(sheet)
    (folder / "seed.txt").write_bytes(seed)
    return subprocess.run(
        [sys.executable, *options, str(SCRIPT), "sheet.json", "seed.txt"],
        cwd=folder,
        capture_output=True,
        check=False,
        env={"SYSTEMROOT": os.environ.get("SYSTEMROOT", ""), **environment},
    )


def test_the_script_alone_prints_the_result_to_the_byte(tmp_path):
    done = run(tmp_path, encoded(SHEET), SEED.encode(), "-I")
    assert done.returncode == 0, done.stderr
    assert done.stdout == recompute(encoded(SHEET), SEED).csv()
    assert done.stdout.startswith(b"commit," + COMMIT.encode() + b"\nB,1,B001,0184bb6faa23d03f")
    assert b"\r" not in done.stdout


@pytest.mark.parametrize("environment", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"}])
def test_neither_hash_seed_nor_locale_matters(tmp_path, environment):
    sheet = changed(strata=[SHEET["strata"][0] | {"code": "甲"}])
    done = run(tmp_path, sheet, SEED.encode(), **environment)
    assert done.stdout == recompute(sheet, SEED).csv()
    assert "甲,1,".encode() in done.stdout


@given(st.randoms(use_true_random=False), st.text(alphabet="0123456789", min_size=10, max_size=64))
def test_script_and_program_agree_on_any_sheet(script, source, seed):
    sheet = random_sheet(source)
    assert [tuple(map(str, row)) for row in script.result(sheet, seed)] == [
        ("commit", recompute(sheet, seed).commit),
        *((each.stratum, str(each.rank), each.id, each.ticket, *each.seats) for each in recompute(sheet, seed).drawn),
    ]


def with_stratum(**values: object) -> bytes:
    return changed(strata=[SHEET["strata"][0] | values, *SHEET["strata"][1:]])


IDS = SHEET["strata"][0]["ids"]
REFUSED = {
    "CRLF": (encoded(SHEET) + b"\r\n", SEED, "the sheet is not in canonical form"),
    "spaces": (json.dumps(SHEET, sort_keys=True).encode(), SEED, "the sheet is not in canonical form"),
    "version": (changed(v="ohdesk-draw/2"), SEED, "another version of the rules"),
    "seed with a space": (encoded(SHEET), SEED + " ", "the seed must be 10 to 64 digits and nothing else"),
    "seed with a line end": (encoded(SHEET), SEED + "\r\n", "the seed must be 10 to 64 digits and nothing else"),
    "seed full-width": (encoded(SHEET), "１２３４５６７８９０", "the seed must be 10 to 64 digits and nothing else"),
    "nonce": (changed(nonce="0" * 63), SEED, "the nonce must be 64 hexadecimal digits"),
    "team": (changed(team=0), SEED, "team, cap and slack must be whole numbers"),
    "cap": (changed(cap=True), SEED, "team, cap and slack must be whole numbers"),
    "twice": (with_stratum(ids=["A001", *IDS]), SEED, "an id occurs twice"),
    "strata twice": (with_stratum(code="B"), SEED, "an id occurs twice"),
    "characters": (with_stratum(ids=[*IDS, "E\u0301"]), SEED, "an id has other characters than 0-9 A-Z -"),
    "fraction": (with_stratum(num=0.5), SEED, "a quota is not made of whole numbers"),
    "by zero": (with_stratum(den=0), SEED, "a quota is not made of whole numbers"),
    "unsorted": (with_stratum(ids=IDS[::-1]), SEED, "the ids of a stratum are not in order"),
    "too large": (changed(team=1_000_000), SEED, "more than 5000000 seatings: nobody could wait for it"),
    "no JSON": (b"\xff{", SEED, "the sheet is not JSON, or a part of it is missing or of another kind"),
    "a part missing": (
        encoded({key: value for key, value in SHEET.items() if key != "slack"}),
        SEED,
        "the sheet is not JSON, or a part of it is missing or of another kind",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal_has_its_own_message_and_prints_nothing(name, tmp_path, script, monkeypatch, capsys):
    sheet, seed, message = REFUSED[name]
    (tmp_path / "sheet.json").write_bytes(sheet)
    (tmp_path / "seed.txt").write_bytes(seed.encode())
    monkeypatch.setattr(sys, "argv", ["verify_draw.py", str(tmp_path / "sheet.json"), str(tmp_path / "seed.txt")])
    with pytest.raises(SystemExit) as caught:
        script.main()
    assert caught.value.code == "refused: " + message
    assert capsys.readouterr().out == ""


def test_a_refusal_ends_with_status_one(tmp_path):
    done = run(tmp_path, encoded(SHEET) + b"\n", SEED.encode(), "-I")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.strip() == b"refused: the sheet is not in canonical form"


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's script is compared where a JavaScript engine is")
def test_the_page_in_javascript_agrees_on_random_sheets_and_refusals(tmp_path):
    source = random.Random(2026)  # noqa: S311 - the same sheets every time
    cases = [(encoded(SHEET), SEED)] + [
        (random_sheet(source), str(source.randrange(10**9, 10**30)).zfill(10)) for _ in range(200)
    ]
    expected = [recompute(sheet, seed).csv().decode() for sheet, seed in cases]
    for sheet, seed, message in REFUSED.values():
        cases.append((sheet, seed))
        expected.append("refused: " + message)
    page = PAGE.read_text(encoding="utf-8")
    start = page.index('<script id="verifier">') + len('<script id="verifier">')
    driver = """
    const { readFileSync } = require("node:fs");
    globalThis.crypto ??= require("node:crypto").webcrypto;
    (async () => {
      const out = [];
      for (const [sheet, seed] of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
        try { out.push(await recompute(Buffer.from(sheet, "base64"), seed)); }
        catch (error) { out.push(error instanceof Refused ? error.message : "refused: " + error.name); }
      }
      process.stdout.write(JSON.stringify(out));
    })();
    """
    (tmp_path / "page.js").write_text(page[start : page.index("</script>", start)] + driver, encoding="utf-8")
    packed = [(base64.b64encode(sheet).decode(), seed) for sheet, seed in cases]
    (tmp_path / "cases.json").write_text(json.dumps(packed), encoding="utf-8")
    node = shutil.which("node")
    done = subprocess.run([node, "page.js", "cases.json"], cwd=tmp_path, capture_output=True, check=True)
    found = json.loads(done.stdout)
    for answer, wanted in zip(found, expected, strict=True):
        if wanted.startswith("refused: "):
            assert answer.startswith("refused: ")
        else:
            assert answer == wanted
