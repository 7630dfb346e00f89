"""Translation: Chinese source strings, other languages from the catalogue.

`tr("保存")` returns the text in the language set; Chinese needs no catalogue, so it cannot
break for lack of one.  Checklist content and statutory documents are data, never translated here.
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ohdesk.paths import resources

DOMAIN = "ohdesk"
SOURCE_LANGUAGE = "zh_CN"
NAMES = {SOURCE_LANGUAGE: "中文", "en": "English"}  # each in its own words, whatever is spoken

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = SOURCE_LANGUAGE
_statutory: ContextVar[bool] = ContextVar("statutory", default=False)


def set_language(language: str) -> None:
    """Speak `language` from now on: "zh_CN", or one with a catalogue in `resources/locale`."""
    global _catalogue, _language  # the one process-wide state: which language is spoken
    if language == SOURCE_LANGUAGE:
        _catalogue = gettext.NullTranslations()
    else:
        _catalogue = gettext.translation(DOMAIN, resources() / "locale", languages=[language])
    _language = language


def spoken_language() -> str:
    """Return the language set, for a child process that is to speak it too."""
    return _language


@contextmanager
def in_chinese() -> Iterator[None]:
    """Speak Chinese until the block ends, on this thread: statutory documents know no other language."""
    before = _statutory.set(True)
    try:
        yield
    finally:
        _statutory.reset(before)


def tr(text: str, /, **values: object) -> str:
    """Return `text` in the language set, with `values` in its named places.

    `OHDESK_STRETCH=150` makes every sentence half as long again, to test layouts.
    """
    # In a catalogue the empty sentence stands for the particulars of the catalogue itself.
    spoken = text if _statutory.get() or not text else _stretched(_catalogue.gettext(text))
    # Without values a sentence may show braces of its own, such as the example of a file.
    return spoken.format(**values) if values else spoken


def said(zh: str, en: str) -> str:
    """Return words of data in the language spoken: data brings its own, and what brings none stays Chinese."""
    return zh if _statutory.get() or _language == SOURCE_LANGUAGE else en or zh


def mark(text: str) -> str:
    """Return `text` as it is, but have it gathered for the catalogue: it is translated where it is shown."""
    return text


def _stretched(text: str) -> str:
    percent = int(os.environ.get("OHDESK_STRETCH", "100"))
    return text + "～" * (len(text) * (percent - 100) // 100)
