"""What may be asked of the fields of what a list shows: one condition each, as it is typed, kept or shipped."""

from typing import NamedTuple

from ohdesk.i18n import mark

HOWS = {
    "contains": mark("包含"),
    "is": mark("等于"),
    "is_not": mark("不等于"),
    "one_of": mark("是其中之一"),
    "before": mark("不晚于或不大于"),
    "after": mark("不早于或不小于"),
    "between": mark("介于"),
    "not_since": mark("不晚于、不大于或为空"),
    "empty": mark("为空"),
    "filled": mark("不为空"),
}
WITHOUT_VALUE = frozenset({"empty", "filled"})
BETWEEN = "、"  # the values of one_of


class Condition(NamedTuple):
    """One thing that is asked of a field.

    key: of a field, or of what every entry has · how: one of `HOWS`
    value: as it is typed; of one_of several with 、 between, of between the first of two
    until: of between the second
    """

    key: str
    how: str
    value: str = ""
    until: str = ""

    @property
    def values(self) -> list[str]:
        """What one_of names, each without space around it."""
        return [named for each in self.value.split(BETWEEN) if (named := each.strip())]
