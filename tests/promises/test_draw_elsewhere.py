"""Promise: anybody with Python alone can repeat a published draw to the byte, and the county did."""

import csv
import io
import json
import subprocess
import sys
from hashlib import sha256
from zipfile import ZipFile

import pytest

from ohdesk.services.county import draw_checks


@pytest.fixture
def package(demo, tmp_path):
    """The published package, unzipped by the standard library."""
    with ZipFile(next((demo.out / "publication").iterdir())) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def verify_draw(folder):
    command = [sys.executable, "-I", "verify_draw.py", "sheet.json", "seed.txt"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True)


def test_the_package_holds_the_five_files(package):
    needed = {"sheet.json", "seed.txt", "pool.csv", "result.csv", "verify_draw.py"}
    assert needed <= {path.name for path in package.iterdir()}


def test_the_script_of_the_package_prints_its_result_byte_for_byte(package):
    done = verify_draw(package)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (package / "result.csv").read_bytes()


def test_another_seed_gives_another_result(package):
    seed = (package / "seed.txt").read_text("ascii")
    (package / "seed.txt").write_text(seed[:-1] + str((int(seed[-1]) + 1) % 10), "ascii")
    assert verify_draw(package).stdout != (package / "result.csv").read_bytes()


def test_the_sheet_is_the_one_whose_fingerprint_was_announced(package, demo):
    announced = demo.summary["towns"]["town"]["draw"]["commit"]
    assert sha256((package / "sheet.json").read_bytes()).hexdigest() == announced


def test_the_package_says_by_which_receipt_the_county_knew_the_draw_before_its_seed(package, county_ctx):
    (check,) = [each for each in draw_checks.check_draws(county_ctx) if each.plan == "2026-SQ-001"]
    assert check.receipt in (package / "commit.txt").read_text("utf-8")


def test_the_county_has_nothing_to_ask_about_the_draws_it_was_told_of(county_ctx):
    assert [check.flags for check in draw_checks.check_draws(county_ctx)] == [()] * 3


def test_the_pool_is_bound_to_the_sheet_and_names_every_firm_that_was_drawn(package, demo):
    pool = (package / "pool.csv").read_bytes()
    assert json.loads((package / "sheet.json").read_bytes())["pool_sha256"] == sha256(pool).hexdigest()
    rows = list(csv.DictReader(io.StringIO(pool.decode("utf-8-sig"))))
    ids = {row["id"] for row in rows}
    assert set(demo.summary["towns"]["town"]["draw"]["drawn"]) <= ids
    assert len(rows) == demo.summary["towns"]["town"]["roll"]


def test_the_county_computes_every_draw_again_and_agrees(county_ctx, demo):
    checks = draw_checks.check_draws(county_ctx)
    assert [(check.state, check.problem) for check in checks] == [("computed", "")] * 3
    assert {check.plan for check in checks} == {town["draw"]["plan"] for town in demo.summary["towns"].values()}
