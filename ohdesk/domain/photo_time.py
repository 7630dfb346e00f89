"""When a photo was taken, beside when the visit was: outside of it, and near which answer."""

from collections.abc import Mapping
from datetime import datetime

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class Moment(Worded):
    """How the time of shooting lies to the visit."""

    WITHIN = "within", mark("检查时间内")
    BEFORE = "before", mark("到场以前")
    AFTER = "after", mark("离场以后")
    UNKNOWN = "unknown", mark("时间不明")


def moment(taken_at: datetime | None, arrived: datetime | None, left: datetime) -> Moment:
    """Return how a photo lies to a visit; left: now, while it goes on."""
    if taken_at is None or arrived is None:
        return Moment.UNKNOWN
    if taken_at < arrived:
        return Moment.BEFORE
    return Moment.AFTER if taken_at > left else Moment.WITHIN


def nearest(taken_at: datetime, answered: Mapping[str, datetime]) -> tuple[str, ...]:
    """Return the questions by how near in time they were answered, the nearest first."""
    return tuple(sorted(answered, key=lambda question: abs(answered[question] - taken_at)))
