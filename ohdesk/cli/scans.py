"""What a command asks of pictures of signed paper: which page one is, and by how much one is turned."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ohdesk.domain.scan import ByHand, Expected, ScanId, leaf_name, leaves
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr

Value = TypeVar("Value")

_TURNS = {"90": 90, "180": 180, "270": 270}  # degrees clockwise


def ask_by_hand(command: argparse.ArgumentParser) -> None:
    """Let a command be told of pictures what their mark does not say; `files` are its pictures."""
    page = tr("读不出二维码的，指明是第几页；PDF 里的第 2 页写成 FILE#2=3")
    command.add_argument("--page", action="append", default=[], metavar="FILE=PAGE", help=page)
    turn = tr("顺时针转 90、180 或 270 度")
    command.add_argument("--turn", action="append", default=[], metavar="FILE=DEGREES", help=turn)


def by_hand(args: argparse.Namespace, papers: Sequence[Expected]) -> ByHand:
    """Return what was said of the pictures of these papers, whose pages are counted through from 1.

    Raises ProblemsError for a file that is none of the pictures, and for what is no page or no turn.
    """
    wrong: list[Problem] = []
    pages = {str(number): leaf for number, leaf in enumerate(leaves(papers), start=1)}
    found = ByHand(
        pages=dict(_said(args.page, "--page", args.files, pages, _pages_text(papers), wrong)),
        turns=dict(_said(args.turn, "--turn", args.files, _TURNS, "、".join(_TURNS), wrong)),
    )
    if wrong:
        raise ProblemsError(tr("对图片的说明有 {count} 处要改。", count=len(wrong)), tuple(wrong))
    return found


def _said(
    texts: Sequence[str],
    option: str,
    files: Sequence[Path],
    known: Mapping[str, Value],
    expected: str,
    wrong: list[Problem],
) -> Iterator[tuple[ScanId, Value]]:
    for text in texts:
        name, _, value = text.rpartition("=")
        scan = _scan(name, files)
        place = f"{option} {text}"
        if scan is None:
            wrong.append(Problem(place, tr("文件名=数字，文件是这次给出的"), name or text))
        elif value.strip() not in known:
            wrong.append(Problem(place, expected, value))
        else:
            yield scan, known[value.strip()]


def _scan(name: str, files: Sequence[Path]) -> ScanId | None:
    """Return the picture that is called so: by a path as it was given, or by a name that only one file has."""
    for called, part in ((name, "1"), (name.rpartition("#")[0], name.rpartition("#")[2])):
        same = [file for file in files if str(file) == called] or [file for file in files if file.name == called]
        if len(same) == 1 and part.isdecimal():
            return ScanId(same[0], int(part))
    return None


def _pages_text(papers: Sequence[Expected]) -> str:
    """Return which page each number means."""
    if len(papers) == 1:
        return tr("第 1～{pages} 页", pages=papers[0].pages)
    named = (f"{number} {leaf_name(papers, leaf)}" for number, leaf in enumerate(leaves(papers), start=1))
    return "、".join(named)
