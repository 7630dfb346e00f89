"""Promise: what an office hands over says nothing that it may not say, on any paper of any set, as really printed."""

import re
import subprocess
from functools import cache
from pathlib import Path

from ohdesk.forms.papers import papers_of

SET = "moj-2025"
ORDERS = ("责令", "限期", "处罚", "罚款", "警告", "逾期", "得分", "合格率")
INSIDE = ("投诉", "举报", "审批意见", "缘由")
NEVER = (r"__", r"[{}]", r"TODO", r"……", r"（待核）", r"[。；，]{2}", r"可靠电子签名", r"商密", r"None")


@cache
def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()


def said(path: Path) -> str:
    return re.sub(r"\s+", "", text_of(path))


def test_there_is_one_of_every_paper_and_other_programs_find_nothing_wrong(demo):
    folder = demo.out / "papers"
    assert {path.stem for path in folder.iterdir()} == set(papers_of(SET))
    for path in folder.iterdir():
        assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0, path


def test_a_note_orders_nothing_and_judges_nothing(demo):
    notes = [key for key, paper in papers_of(SET).items() if paper.form.life == "note" and paper.form.for_ == "party"]
    papers = [demo.out / "papers" / f"{key}.pdf" for key in notes if key not in {"service_receipt", "inquiry"}]
    for path in (*papers, *demo.records):
        found = [word for word in ORDERS if word in said(path)]
        assert not found, (path.name, found)


def test_no_paper_that_leaves_says_that_somebody_complained_or_who_approved(demo):
    leaves = [key for key, paper in papers_of(SET).items() if paper.form.for_ in {"party", "public"}]
    for path in (*(demo.out / "papers" / f"{key}.pdf" for key in leaves), *demo.records):
        found = [word for word in INSIDE if word in said(path)]
        assert not found, (path.name, found)


def test_nothing_is_left_open_that_somebody_had_to_write(demo):
    for path in (*(demo.out / "papers").iterdir(), *demo.records):
        found = [pattern for pattern in NEVER if re.search(pattern, said(path))]
        assert not found, (path.name, found)
