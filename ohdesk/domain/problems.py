"""A problem in words: beside the field where it was typed, and in a list of problems."""

from ohdesk.errors import Problem
from ohdesk.i18n import tr


def blank(place: str, field: str = "", remedy: str = "") -> Problem:
    """Return the problem of something that has to be written and is not; `remedy` where its name does not say how."""
    return Problem(place, "", "", remedy or tr("请填写{place}。", place=place), field)


def at_field(problem: Problem) -> str:
    """Return what is expected, to be read beside what was typed."""
    if not problem.expected:
        return problem.remedy
    if problem.example:
        line = tr("请写成 {example} 这样的{expected}。{remedy}")
        return line.format(example=problem.example, expected=problem.expected, remedy=problem.remedy)
    return tr("应为{expected}。{remedy}", expected=problem.expected, remedy=problem.remedy)


def in_list(problem: Problem) -> str:
    """Return where it is, what is expected, what was found and what to do, in one line."""
    if not problem.expected:
        return tr("{place}：{remedy}", place=problem.place, remedy=problem.remedy)
    line = tr("{place}：应为{expected}，现为{found}。{remedy}")
    if problem.example:
        line = tr("{place}：请写成 {example} 这样的{expected}，现为{found}。{remedy}")
    return line.format(
        place=problem.place,
        expected=problem.expected,
        example=problem.example,
        found=problem.found or tr("空白"),
        remedy=problem.remedy,
    )
