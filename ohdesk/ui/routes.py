"""The screens there are, their places in the sidebar and their keys, as one table."""

from importlib import import_module
from typing import Any, NamedTuple

from ohdesk.i18n import tr

_CLASSES = {
    "today": "TodayScreen",
    "roll": "EstablishmentsScreen",
    "draw": "DrawsScreen",
    "visit": "InspectionScreen",
    "finding": "FindingsScreen",
    "record": "RecordsScreen",
    "exchange": "SyncScreen",
    "county": "CountyScreen",
    "settings": "SettingsScreen",
}


class Route(NamedTuple):
    """A screen of the sidebar: its name, title, icon role and key."""

    name: str
    title: str
    icon: str
    key: str


class Key(NamedTuple):
    """A key of the window and what it does, as F1 shows it."""

    key: str
    meaning: str


def routes(role: str = "town") -> tuple[Route, ...]:
    """Return the screens of an office ("town" or "county"), in the order of its sidebar."""
    establishments = Route("roll", tr("单位"), "employer", "Alt+2")
    findings = Route("finding", tr("问题整改"), "finding", "Alt+5")
    settings = Route("settings", tr("设置"), "settings", "Alt+8")
    if role == "county":
        return (
            Route("county", tr("县级汇总"), "county", "Alt+1"),
            establishments,
            findings,
            Route("record", tr("文书"), "sign", "Alt+6"),
            settings,
        )
    return (
        Route("today", tr("今日"), "today", "Alt+1"),
        establishments,
        Route("draw", tr("抽取"), "draw", "Alt+3"),
        Route("visit", tr("检查"), "inspect", "Alt+4"),
        findings,
        Route("record", tr("文书签名"), "sign", "Alt+6"),
        Route("exchange", tr("上报同步"), "sync", "Alt+7"),
        settings,
    )


def keys(role: str = "town") -> tuple[Key, ...]:
    """Return every key of the window."""
    return (
        *(Key(route.key, route.title) for route in routes(role)),
        Key("Ctrl+F", tr("查找")),
        Key("Ctrl+N", tr("新增；检查和抽取时为新的安排")),
        Key("A … Z", tr("列表中：按名称或拼音首字母找")),
        Key("Enter", tr("打开；检查时转到下一项")),
        Key("1 2 3 4", tr("检查时：合格、不合格、合理缺项、未检查")),
        Key("+ - PgDown PgUp", tr("检查时：下一项、上一项；看文书时：翻页")),
        Key("* F6", tr("检查时：附照片")),
        Key("/", tr("检查时：写备注；Esc 回到答案")),
        Key("F2", tr("检查时：常用语")),
        Key("Ctrl+Z", tr("检查时和名录中：撤销上一步")),
        Key("Ctrl+P", tr("打印")),
        Key("Ctrl++ Ctrl+-", tr("放大、缩小字号")),
        Key("F5", tr("刷新")),
        Key("Ctrl+L", tr("锁定")),
        Key("F1", tr("显示这张表")),
    )


def screen_class(name: str) -> Any:
    """Return the class of a screen; the first call imports it, and the services with it."""
    return getattr(import_module(f"ohdesk.ui.screens.{name}.screen"), _CLASSES[name])
