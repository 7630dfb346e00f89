"""A condition of a list as it is typed: `--filter 字段=值`, with ~ for a part, >= and <= for an end."""

import re

from ohdesk.errors import UserError
from ohdesk.i18n import tr

_CONDITION = re.compile(r"([^=~<>]+?)\s*(>=|<=|=|~|≥|≤)\s*(.*)", re.DOTALL)
_HOWS = {"=": "is", "~": "contains", ">=": "after", "≥": "after", "<=": "before", "≤": "before"}


def typed_condition(text: str) -> tuple[str, str, str]:
    """Return field, how it is compared, and with what. Raises UserError for text that is no condition."""
    match = _CONDITION.fullmatch(text.replace("＝", "=", 1).strip())
    if match is None:
        raise UserError(tr("看不懂“{text}”。", text=text[:40]), tr("写成“字段=值”，例如：--filter source=来电。"))
    key, sign, value = match.groups()
    return (key, _HOWS[sign], value) if value or sign != "=" else (key, "empty", "")
