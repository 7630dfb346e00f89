"""What argparse says by itself, in the language of the program."""

import argparse
from datetime import date

from ohdesk.domain.calendar import parse_day
from ohdesk.i18n import mark, tr

LONGEST_NUMBER = 9  # digits
_MOST = 10**LONGEST_NUMBER - 1
_SHOWN = 40  # characters of what was typed

_WORDS = {
    "usage: ": mark("用法："),
    "options": mark("选项"),
    "positional arguments": mark("参数"),
    "show this help message and exit": mark("显示这份说明"),
    "%(prog)s: error: %(message)s\n": mark("%(prog)s：%(message)s\n"),
    "argument %(argument_name)s: %(message)s": mark("%(argument_name)s：%(message)s"),
    "invalid choice: %(value)r (choose from %(choices)s)": mark("没有 %(value)r 这一项，可用：%(choices)s"),
    "the following arguments are required: %s": mark("还缺：%s"),
    "unrecognized arguments: %s": mark("不认识：%s"),
    "expected one argument": mark("后面要有一个值"),
    "expected at least one argument": mark("后面至少要有一个值"),
    "expected %s argument": mark("后面要有 %s 个值"),
    "ambiguous option: %(option)s could match %(matches)s": mark("%(option)s 不够明确，可能是 %(matches)s"),
    "ignored explicit argument %r": mark("后面不带值，却写了 %r"),
}


def speak() -> None:
    """Have argparse speak as the program does: headings, help and errors."""
    # argparse takes its sentences from gettext through these two names in its own module. There is no other way in:
    # gettext itself would go by the language of the machine, and an error is already English when `error` gets it.
    argparse._ = _said  # type: ignore[attr-defined]
    argparse.ngettext = lambda one, _many, _count: _said(one)  # type: ignore[attr-defined]


def whole(text: str) -> int:
    """Return a whole number from 0 on for `type=` of an option."""
    # int() alone also takes "1_000", " 5 " and the digits of other scripts; what is longer no column holds.
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise argparse.ArgumentTypeError(tr("“{text}”不是 0 到 {most} 的整数", text=text[:_SHOWN], most=_MOST))
    return int(text)


def day(text: str) -> date:
    """Return a day for `type=` of an option, as "2026-03-01"."""
    try:
        return parse_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(tr("“{text}”不是日期，写成 2026-03-01", text=text[:_SHOWN])) from error


def _said(english: str) -> str:
    return tr(_WORDS.get(english, english))
