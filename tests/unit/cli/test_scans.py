"""What a command is told of pictures of signed paper is understood, or each fault named."""

import argparse
from pathlib import Path

import pytest

from ohdesk.cli.scans import ask_by_hand, by_hand
from ohdesk.domain.scan import Expected, Leaf, ScanId
from ohdesk.errors import ProblemsError

PAPERS = [Expected("a", "现场笔录", 2, ""), Expected("b", "现场检查表", 1, "")]


def said(*words):
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    ask_by_hand(parser)
    return by_hand(parser.parse_args([str(Path("usb/1.jpg")), "scan#1.pdf", *words]), PAPERS)


def test_pages_are_counted_through_all_papers_and_a_file_is_known_by_its_name():
    found = said("--page", "1.jpg=3", "--page", "scan#1.pdf#2=1", "--turn", "scan#1.pdf=90")
    scan = Path("scan#1.pdf")
    assert found.pages == {ScanId(Path("usb/1.jpg")): Leaf("b", 1), ScanId(scan, 2): Leaf("a", 1)}
    assert found.turns == {ScanId(scan): 90}


def test_every_fault_is_named_with_what_was_expected():
    with pytest.raises(ProblemsError) as refused:
        said("--page", "2.jpg=1", "--page", "1.jpg=4", "--page", "1.jpg", "--turn", "1.jpg=45")
    told = [(problem.place, problem.found) for problem in refused.value.problems]
    assert told == [
        ("--page 2.jpg=1", "2.jpg"),
        ("--page 1.jpg=4", "4"),
        ("--page 1.jpg", "1.jpg"),
        ("--turn 1.jpg=45", "45"),
    ]
    assert "3 现场检查表 第 1 页" in refused.value.problems[1].expected
