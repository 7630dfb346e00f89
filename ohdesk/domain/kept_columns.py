"""What is kept of a list as it stands: each column that goes into no field, under its own heading."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ohdesk.domain.bounds import LONGEST_NAME, LONGEST_PASSAGE
from ohdesk.i18n import tr

# SHA-256 and caption of files, heading and text of columns that were kept.
Pairs = tuple[tuple[str, str], ...]
# Ends the heading of such a column in an export, the same in every language, so that it is known when it comes back.
MARK = "（按原样保留）"
MOST = 200  # columns kept of one entry


def fits(value: object) -> bool:
    """True for what may be kept of an entry."""
    return (
        isinstance(value, list | tuple)
        and len(value) <= MOST
        and all(isinstance(pair, list | tuple) and list(map(type, pair)) == [str, str] for pair in value)
        and all(0 < len(heading) <= LONGEST_NAME and len(text) <= LONGEST_PASSAGE for heading, text in value)
    )


def as_pairs(value: Any) -> Any:
    """Return a value as it was written: JSON has lists where pairs were."""
    return tuple(map(tuple, value)) if isinstance(value, list) else value


def with_kept(held: Any, fresh: Mapping[str, str]) -> Pairs:
    """Return what is kept of an entry once a list said more of it; what that list does not name stays."""
    return tuple((dict(held or ()) | dict(fresh)).items())


def headings_of(many: Iterable[Iterable[Sequence[str]]]) -> list[str]:
    """Return the headings of what is kept of many entries, each once."""
    return list(dict.fromkeys(pair[0] for kept in many for pair in kept))


def kept_text(value: object) -> str:
    """Return in words what is kept: each heading with what stood under it."""
    pairs = value if isinstance(value, tuple | list) else ()
    return tr("；").join(f"{heading}：{text}" for heading, text in pairs)
