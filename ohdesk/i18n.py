"""Translation: Chinese source strings, other languages from the catalogue.

`tr("保存")` returns the text in the language set; Chinese needs no catalogue, so it cannot
break for lack of one.  Checklist content and statutory documents are data, never translated here.
"""

import gettext
import os

from ohdesk.paths import resources

DOMAIN = "ohdesk"
SOURCE_LANGUAGE = "zh_CN"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def set_language(language: str) -> None:
    """Speak `language` from now on: "zh_CN", or one with a catalogue in `resources/locale`."""
    global _catalogue  # the one process-wide state: which language is spoken
    if language == SOURCE_LANGUAGE:
        _catalogue = gettext.NullTranslations()
    else:
        _catalogue = gettext.translation(DOMAIN, resources() / "locale", languages=[language])


def tr(text: str) -> str:
    """Return `text` in the language set; `OHDESK_STRETCH=150` makes it half as long again, to test layouts."""
    translated = _catalogue.gettext(text)
    stretch = os.environ.get("OHDESK_STRETCH")
    if stretch and text:
        return translated + "～" * (len(translated) * (int(stretch) - 100) // 100)
    return translated


def mark(text: str) -> str:
    """Return `text` as it is, but have it gathered for the catalogue: it is translated where it is shown."""
    return text
