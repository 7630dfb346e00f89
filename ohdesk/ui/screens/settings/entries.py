"""The sections there are, with the words by which the search finds their items."""

from collections.abc import Callable
from typing import NamedTuple

from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.screens.settings.about import AboutSection
from ohdesk.ui.screens.settings.accounts import AccountsSection
from ohdesk.ui.screens.settings.display import DisplaySection, LanguageSection
from ohdesk.ui.screens.settings.office import OfficeSection
from ohdesk.ui.screens.settings.people import PeopleSection
from ohdesk.ui.screens.settings.powers import PowersSection
from ohdesk.ui.screens.settings.section import Section
from ohdesk.ui.screens.settings.security import SecuritySection


class Entry(NamedTuple):
    """A section: name, title, icon role, what makes it, and its items by key with the words to find them by."""

    name: str
    title: str
    icon: str
    make: Callable[[Context, Jobs], Section]
    items: dict[str, str]


def entries(role: OfficeRole) -> tuple[Entry, ...]:
    """Return the sections of an office, in their order; only towns inspect in a power's name."""
    whole = (*_who(), _powers(), *_this_computer())
    return tuple(entry for entry in whole if role == OfficeRole.TOWN or entry.name != "powers")


def _who() -> tuple[Entry, ...]:
    office = {"county": tr("县级、加入县级"), "practice": tr("练习库、删除练习库")}
    people = {
        "list": tr("执法人员、执法证、有效期"),
        "add": tr("新增人员"),
        "correct": tr("更正人员"),
        "retire": tr("离岗"),
    }
    accounts = {"list": tr("账户、角色、签名证书"), "add": tr("新增账户"), "reset": tr("重置密码")}
    return (
        Entry("office", tr("本单位"), "employer", OfficeSection, office),
        Entry("people", tr("人员"), "people", PeopleSection, people),
        Entry("accounts", tr("账户"), "key", AccountsSection, accounts),
    )


def _powers() -> Entry:
    items = {"list": tr("检查权限、委托、赋权"), "add": tr("登记权限"), "end": tr("权限到期")}
    return Entry("powers", tr("检查权限"), "stamp", PowersSection, items)


def _this_computer() -> tuple[Entry, ...]:
    display = {
        "theme": tr("主题、深色、浅色"),
        "scale": tr("字号、放大"),
        "columns": tr("列宽"),
        "restore": tr("恢复默认"),
    }
    security = {"minutes": tr("自动锁定"), "lock": tr("立即锁定"), "password": tr("修改密码、恢复码")}
    about = {"check": tr("自检、版本、许可证"), "diagnostics": tr("诊断文件")}
    return (
        Entry("display", tr("显示"), "display", DisplaySection, display),
        Entry("security", tr("安全"), "lock", SecuritySection, security),
        Entry("language", tr("语言"), "edit", LanguageSection, {"language": tr("界面语言、English")}),
        Entry("about", tr("关于与诊断"), "info", AboutSection, about),
    )
