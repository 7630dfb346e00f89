"""Sizes, days, counts and fingerprints as they are said on screen."""

from datetime import datetime

from ohdesk.domain.calendar import beijing
from ohdesk.i18n import tr
from ohdesk.services.exchange.content_counts import ContentCounts

_UNITS = ("B", "KB", "MB", "GB", "TB")
_STEP = 1000


def size_text(size: int) -> str:
    """Return a size in bytes as it is printed on sticks: "14.2 GB"."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{size} B"


def minute_text(at: datetime) -> str:
    """Return an instant on the clock of Beijing: "2026-03-16 14:02"."""
    return beijing(at).strftime("%Y-%m-%d %H:%M")


def grouped(digest: str, group: int = 4, digits: int = 32) -> str:
    """Return the first digits of a fingerprint in groups, to be compared or read out; 32 are eight groups."""
    return " ".join(digest[start : start + group] for start in range(0, min(digits, len(digest)), group))


def counts_text(counts: ContentCounts) -> str:
    """Return what operations concern, the kinds that occur only; "" for none."""
    said = (
        (counts.records, tr("文书 {count} 项")),
        (counts.roll, tr("名录变更 {count} 处")),
        (counts.draws, tr("抽取 {count} 步")),
        (counts.others, tr("其他 {count} 项")),
    )
    return tr("，").join(text.format(count=count) for count, text in said if count)
