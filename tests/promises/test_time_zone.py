"""Promise: on a laptop set to another time zone, the legal dates and the draw are the same."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ohdesk.domain.canonical import parse
from ohdesk.security.pdf_verification import verify_record_pdf
from ohdesk.services.record.verification import read_root

ROOT = Path(__file__).parents[2]
MADE_BY_CHANCE = {"visit", "id", "person", "draw"}  # identifiers


@pytest.fixture(scope="module")
def in_new_york(tmp_path_factory) -> Path:
    """The first town's world, made under TZ=America/New_York."""
    out = tmp_path_factory.mktemp("new-york") / "world"
    command = [sys.executable, "-m", "tests.promises.first_town", out]
    environment = os.environ | {"TZ": "America/New_York"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "5\n"), done.stderr
    return out


def contents(out: Path) -> dict[str, Any]:
    """Per number and paper the record in the PDF, without what is made by chance."""
    root = read_root(out / "trust" / "county-root.pem")
    found = {}
    for path in (out / "records").glob("*_000000101_*.pdf"):
        report = verify_record_pdf(path.read_bytes(), [root])
        assert report.content is not None
        content = parse(report.content)
        record = _without_identifiers(content["record"])
        found[record["number"], content["paper"]] = (
            record,
            [fact.detail for fact in report.facts if fact.key == "validity"],
            _printed_times(path),
        )
    return found


def _without_identifiers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_identifiers(part) for key, part in value.items() if key not in MADE_BY_CHANCE}
    return [_without_identifiers(part) for part in value] if isinstance(value, list) else value


def _printed_times(path: Path) -> list[str]:
    text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\d{4}年\d+月\d+日(?: \d\d时\d\d分)?", text)


def test_records_say_the_same_days_hours_and_deadlines(demo, in_new_york):
    here, there = contents(demo.out), contents(in_new_york)
    assert {number for number, _paper in here} == {"2026—001", "2026—002", "2026—003", "2026—004"}
    assert there == here
    assert any(finding["due_on"] for record, _, _ in there.values() for finding in record["findings"])
    assert all(len(printed) > 1 for (_, paper), (_, _, printed) in there.items() if paper == "record")


def test_the_draw_is_the_same(demo, in_new_york):
    there = json.loads((in_new_york / "summary.json").read_text("utf-8"))["towns"]["town"]
    here = demo.summary["towns"]["town"]
    assert there["draw"] == here["draw"]
    assert [record["day"] for record in there["records"]] == [record["day"] for record in here["records"]]
