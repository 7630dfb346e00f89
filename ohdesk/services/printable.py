"""Which characters of a text no paper can print, said while it is typed: not when the paper is wanted."""

import re
from unicodedata import normalize

from ohdesk.errors import MachineError
from ohdesk.i18n import tr

# What nearly every text is made of has a glyph: only for another character does anything have to be read.
_USUAL = re.compile("[\n\t\x20-\x7e\u4e00-\u9fa5，。、；：？！“”‘’（）《》【】〔〕—…·％]*")
_MOST_NAMED = 3


def unprintable(text: str) -> str:
    """Return which characters of a text cannot be printed and what to do about it; "" where all can."""
    if _USUAL.fullmatch(text):
        return ""
    from ohdesk.reports.fonts import missing_glyphs, named  # late: it is seldom asked

    try:
        missing = missing_glyphs(normalize("NFC", text))
    except MachineError:  # said where a paper is to be drawn
        return ""
    if not missing:
        return ""
    shown = "、".join(map(named, missing[:_MOST_NAMED]))
    if len(missing) > _MOST_NAMED:
        shown = tr("{characters} 等 {count} 个字", characters=shown, count=len(missing))
    return tr(
        "文书上印不出：{characters}。请换成能印的字；姓名、名称确需使用的，请联系维护人员增加字体。", characters=shown
    )
