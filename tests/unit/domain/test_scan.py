"""Pictures of papers signed in ink are told apart by their marks: each in one place, whatever their order."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.domain.scan import Expected, Leaf, Scan, ScanId, leaf_name, leaves, place_scans, scan_problems

IDS = [f"019cacb3-f200-7a2d-ac7a-da07c17e09d{digit}" for digit in "012"]
NOW, BEFORE = "9" * 16, "0" * 16
NOTE, LIST = Expected(IDS[0], "现场笔录", 3, NOW), Expected(IDS[1], "现场检查表", 2, NOW)
PAPERS = (NOTE, LIST)


def scan(number, mark):
    return Scan(ScanId(Path(f"IMG_{number}.jpg")), 1, f"{number:064}", mark, b"")


def of_page(paper, page, number=0):
    return scan(number, PaperMark(paper.paper, page, paper.pages, paper.digits))


marks = st.none() | st.builds(
    PaperMark, st.sampled_from(IDS), st.integers(1, 3), st.integers(2, 3), st.sampled_from((NOW, BEFORE))
)


@given(st.lists(marks, max_size=12), st.randoms(use_true_random=False), st.booleans())
def test_each_picture_is_in_one_place_and_each_page_found_twice_or_missing(found, chance, by_hand):
    scans = [scan(number, mark) for number, mark in enumerate(found)]
    said = {each.id: Leaf(NOTE.paper, 2) for each in scans} if by_hand else {}
    shuffled = chance.sample(scans, len(scans))
    placed = place_scans(PAPERS, shuffled + shuffled[:2], said)
    places = [
        *placed.found.values(),
        *(each for same in placed.twice.values() for each in same),
        *placed.foreign,
        *placed.outdated,
        *placed.unmarked,
    ]
    assert sorted(each.key for each in places) == sorted(each.key for each in scans)
    assert sorted((*placed.found, *placed.twice, *placed.missing)) == sorted(leaves(PAPERS))
    assert placed.is_whole == (not list(scan_problems(placed, {})))
    assert all(each.mark is None or (each.mark.paper, each.mark.page) == leaf for leaf, each in placed.found.items())


def test_one_scan_of_several_papers_is_shared_out_among_them():
    mixed = [of_page(*each) for each in ((LIST, 2, 1), (NOTE, 1, 2), (NOTE, 3, 3), (LIST, 1, 4))]
    placed = place_scans(PAPERS, mixed, {})
    assert [leaf_name(PAPERS, leaf) for leaf in placed.missing] == ["现场笔录 第 2 页"]
    assert [(each.place, each.found) for each in scan_problems(placed, {})] == [("现场笔录", "缺第 2 页")]
    assert place_scans(PAPERS, [*mixed, of_page(NOTE, 2, 5)], {}).is_whole
