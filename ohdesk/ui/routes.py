"""The screens there are, their places in the sidebar and their keys, as one table."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.ui.kit.screen import Screen


class Route(NamedTuple):
    """A screen of the sidebar: its name, title, icon role and key.

    screen: returns its class; the first call imports it, and the services with it
    """

    name: str
    title: str
    icon: str
    key: str
    screen: "Callable[[], type[Screen]]"


class Key(NamedTuple):
    """A key of the window and what it does, as F1 shows it."""

    key: str
    meaning: str


def routes(role: OfficeRole = OfficeRole.TOWN, *, reads: bool = True) -> tuple[Route, ...]:
    """Return the screens of an office, in the order of its sidebar and of their keys.

    reads: False for an account without a role, which has its own settings only
    """
    roll = ("roll", tr("单位"), "employer", _roll)
    findings = ("finding", tr("问题整改"), "finding", _finding)
    registers = ("registers", tr("登记簿"), "registers", _registers)
    settings = ("settings", tr("设置"), "settings", _settings)
    town = (
        ("today", tr("今日"), "today", _today),
        roll,
        ("draw", tr("抽取"), "draw", _draw),
        ("visit", tr("检查"), "inspect", _visit),
        findings,
        ("record", tr("文书签名"), "sign", _record),
        ("exchange", tr("上报同步"), "sync", _exchange),
        settings,
        registers,  # last, so that the keys of the others stay what they were
    )
    county = (
        ("county", tr("县级汇总"), "county", _county),
        roll,
        findings,
        ("record", tr("文书"), "sign", _record),
        settings,
        registers,
    )
    screens = county if role == OfficeRole.COUNTY else town
    return tuple(
        Route(name, title, icon, f"Alt+{place}", screen)
        for place, (name, title, icon, screen) in enumerate(screens if reads else (settings,), start=1)
    )


def keys(role: OfficeRole = OfficeRole.TOWN, *, reads: bool = True) -> tuple[Key, ...]:
    """Return every key of the window; without `reads` those of an account without a role."""
    lists = (
        Key("Ctrl+N", tr("新增，或新的安排")),
        Key("A … Z", tr("列表中：按名称或拼音找")),
        Key("Ctrl+C", tr("列表中：复制；Shift+↑↓ 选多行")),
        Key("Enter", tr("打开；检查时：下一项")),
        Key("Ctrl+PgDown Ctrl+PgUp", tr("单位详情中：下一页、上一页")),
        Key("Ctrl+Z", tr("检查、名录中：撤销")),
        Key("Ctrl+Y Ctrl+Shift+Z", tr("名录、文字中：重做")),
        Key("Ctrl+P", tr("打印")),
    )
    visits = (
        Key("1 2 3 4", tr("检查时：合格、不合格、合理缺项、未检查")),
        Key("+ - PgDown PgUp", tr("检查时：下一项、上一项；文书：翻页")),
        Key("* F6", tr("检查时：附照片")),
        Key("F4", tr("检查时：换顺序（资料、现场、询问）")),
        Key("Shift+F6", tr("检查时：全部照片")),
        Key("0 … 9 Delete Ctrl+← Ctrl+→", tr("照片中：归入、移除、换次序")),
        Key("F7", tr("检查时：逐项，或整节列表")),
        Key("F8", tr("检查时：下一个未答")),
        Key("F9", tr("检查时：一键清点人数")),
        Key("/", tr("检查时：写备注；Esc 回到答案")),
        Key("F2", tr("检查时：常用语")),
    )
    return (
        *(Key(route.key, route.title) for route in routes(role, reads=reads)),
        Key("Ctrl+F", tr("查找")),
        *(lists if reads else ()),
        *(visits if reads and role == OfficeRole.TOWN else ()),
        Key("Ctrl++ Ctrl+- Ctrl+0", tr("字号：放大、缩小、恢复")),
        Key("F5", tr("刷新")),
        Key("Ctrl+L", tr("锁定")),
        Key("F1", tr("显示这张表")),
    )


def _today() -> "type[Screen]":
    from ohdesk.ui.screens.today.screen import TodayScreen

    return TodayScreen


def _roll() -> "type[Screen]":
    from ohdesk.ui.screens.roll.screen import RollScreen

    return RollScreen


def _draw() -> "type[Screen]":
    from ohdesk.ui.screens.draw.screen import DrawsScreen

    return DrawsScreen


def _visit() -> "type[Screen]":
    from ohdesk.ui.screens.visit.screen import VisitsScreen

    return VisitsScreen


def _finding() -> "type[Screen]":
    from ohdesk.ui.screens.finding.screen import FindingsScreen

    return FindingsScreen


def _record() -> "type[Screen]":
    from ohdesk.ui.screens.record.screen import RecordsScreen

    return RecordsScreen


def _registers() -> "type[Screen]":
    from ohdesk.ui.screens.registers.screen import RegistersScreen

    return RegistersScreen


def _exchange() -> "type[Screen]":
    from ohdesk.ui.screens.exchange.screen import ExchangeScreen

    return ExchangeScreen


def _county() -> "type[Screen]":
    from ohdesk.ui.screens.county.screen import CountyScreen

    return CountyScreen


def _settings() -> "type[Screen]":
    from ohdesk.ui.screens.settings.screen import SettingsScreen

    return SettingsScreen
