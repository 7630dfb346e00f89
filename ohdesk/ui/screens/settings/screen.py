"""设置: sections at the left, a search that jumps to the item, the section chosen at the right."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QStackedWidget

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.ui import theme
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import column, grow, row
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.screens.settings.about import AboutSection
from ohdesk.ui.screens.settings.accounts import AccountsSection
from ohdesk.ui.screens.settings.backup import BackupSection
from ohdesk.ui.screens.settings.display import DisplaySection, LanguageSection
from ohdesk.ui.screens.settings.office import OfficeSection
from ohdesk.ui.screens.settings.papers import PapersSection
from ohdesk.ui.screens.settings.people import PeopleSection
from ohdesk.ui.screens.settings.powers import PowersSection
from ohdesk.ui.screens.settings.section import Section
from ohdesk.ui.screens.settings.security import SecuritySection
from ohdesk.ui.theme.icons import icon

_PlaceRole = Qt.ItemDataRole.UserRole
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class Entry(NamedTuple):
    """A section: name, title, icon role, what makes it, and its items by key with the words to find them by."""

    name: str
    title: str
    icon: str
    make: Callable[[Context, Jobs], Section]
    items: dict[str, str]


class Draft(NamedTuple):
    """Which section was in front, and what was typed in each."""

    section: str
    typed: dict[str, dict[str, str]]


class SettingsScreen(Screen):
    """Sections are made when they are first shown."""

    reloads_on = Change.PEOPLE | Change.SETTINGS | Change.SYNC

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._entries = tuple(_entries(ctx))
        self._made: dict[str, Section] = {}
        self._current = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("查找设置  Ctrl+F"))
        self.search.setAccessibleName(tr("查找设置"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._list)
        self.search.returnPressed.connect(self._jump)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("设置的分类"))
        self.list.setIconSize(QSize(theme.size("icon"), theme.size("icon")))
        self.list.currentItemChanged.connect(self._follow)
        self.list.itemActivated.connect(self._enter)
        self._stack = QStackedWidget()
        self._lay_out()
        self.on_key("Ctrl+F", self._find)
        self._list("")

    def focus_first(self) -> None:
        """The focus is in the form that is open, or in the list of the sections."""
        form = next((form for form in self.section(self._current).findChildren(Form) if form.isVisible()), None)
        if form is None:
            self.list.setFocus()
        else:
            form.focus_first()

    def reload(self) -> None:
        """Read again what the section in front shows."""
        self.section(self._current).reload()

    def open(self, wanted: str) -> None:
        """Show a section by its name."""
        if any(entry.name == wanted for entry in self._entries):
            self.search.clear()
            self._turn_to(wanted)
            self._mark(wanted)

    def draft(self) -> Draft:
        """Return the section in front and what was typed in all of them."""
        typed = {name: section.typed() for name, section in self._made.items()}
        return Draft(self._current, {name: each for name, each in typed.items() if each})

    def take_draft(self, draft: object) -> None:
        """Come back to the section, with what was typed."""
        if not isinstance(draft, Draft):
            return
        for name, typed in draft.typed.items():
            self.section(name).type_again(typed)
        self.open(draft.section)

    def section(self, name: str) -> Section:
        """Return a section, made when it is first asked for."""
        if name not in self._made:
            entry = next(each for each in self._entries if each.name == name)
            section = self._made[name] = entry.make(self.ctx, self.jobs)
            self.hand_on(section)
            section.display_changed.connect(self.display_changed)
            section.left.connect(self.left)
            section.left_for.connect(self.left_for)
            section.reload()
            section.setMaximumWidth(theme.layout("reading"))
            scrolled = FollowingScroll(section)  # a question asked below must not stay out of sight
            self._stack.addWidget(scrolled)
        return self._made[name]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while one types what to look for."""
        typed = event.type() == QEvent.Type.KeyPress and watched is self.search
        step = _STEPS.get(Qt.Key(event.key()), 0) if typed and isinstance(event, QKeyEvent) else 0
        if step:
            self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
            return True
        return False

    def _lay_out(self) -> None:
        for widget in (self.search, self.list):
            widget.setFixedWidth(theme.layout("settings_list"))
        left = column(self.search, grow(self.list), edges=("", "page_top"))
        body = row(left, grow(self._stack), gap="gap", edges=("page_side", "", "", ""))
        header = Header(tr("设置"))
        header.say(tr("改了立即生效"))
        column(header, grow(body), of=self, gap="")

    def _list(self, text: str) -> None:
        """List the sections, or what fits what was typed."""
        wanted = text.strip().casefold()
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._entries:
            if not wanted:
                self._add_line(entry, "", entry.title)
                continue
            for key, words in (("", entry.title), *entry.items.items()):
                if wanted in words.casefold():
                    self._add_line(entry, key, entry.title if not key else f"{entry.title} · {words}")
        self.list.blockSignals(False)
        if not self.list.count():
            nothing = QListWidgetItem(tr("没有这样的设置"))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        elif wanted:
            self.list.setCurrentRow(0)
        else:
            self._mark(self._current or self._entries[0].name)

    def _add_line(self, entry: Entry, key: str, text: str) -> None:
        item = QListWidgetItem(icon(entry.icon), text)
        item.setToolTip(plain_tip(text))
        item.setData(_PlaceRole, (entry.name, key))
        item.setSizeHint(QSize(0, theme.size("row")))
        self.list.addItem(item)

    def _mark(self, name: str) -> None:
        for place in range(self.list.count()):
            if self.list.item(place).data(_PlaceRole)[0] == name:
                self.list.setCurrentRow(place)
                return

    def _follow(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        place = item.data(_PlaceRole) if item is not None else None
        if place:
            self._turn_to(place[0])

    def _turn_to(self, name: str) -> None:
        if name != self._current:
            section = self.section(name)
            self._current = name
            self._stack.setCurrentIndex(list(self._made).index(name))
            section.updateGeometry()

    def _enter(self, item: QListWidgetItem) -> None:
        place = item.data(_PlaceRole)
        if place:
            self._turn_to(place[0])
            self.section(place[0]).show_item(place[1])

    def _jump(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._enter(item)

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()


def _entries(ctx: Context) -> Iterator[Entry]:
    """Yield the sections of an office, in their order; for an account without a role those of its own alone."""
    if may(ctx, Right.READ):
        yield from _of_the_office(ctx.office.role)
    items = {
        "theme": tr("主题、深色、浅色"),
        "scale": tr("字号、放大"),
        "columns": tr("列宽"),
        "restore": tr("恢复默认"),
    }
    yield Entry("display", tr("显示"), "display", DisplaySection, items)
    if may(ctx, Right.READ):
        items = {
            "make": tr("现在备份"),
            "second": tr("备份的第二处、优盘"),
            "list": tr("已有的备份、打开检查"),
            "renew": tr("作为新电脑继续、工作区被复制"),
        }
        yield Entry("backup", tr("备份"), "save", BackupSection, items)
    items = {"minutes": tr("自动锁定"), "lock": tr("立即锁定"), "password": tr("修改密码、恢复码")}
    items["certificate"] = tr("证书文件、签名密钥")
    yield Entry("security", tr("安全"), "lock", SecuritySection, items)
    yield Entry("language", tr("语言"), "edit", LanguageSection, {"language": tr("界面语言、English")})
    items = {"check": tr("自检、版本、许可证"), "diagnostics": tr("诊断文件")}
    yield Entry("about", tr("关于与诊断"), "info", AboutSection, items)


def _of_the_office(role: OfficeRole) -> Iterator[Entry]:
    items = {
        "county": tr("县级、加入县级"),
        "body_town": tr("文书、地区简称、复议机关、法院、电话"),
        "practice": tr("练习库、删除练习库"),
    }
    yield Entry("office", tr("本单位"), "employer", OfficeSection, items)
    items = {
        "list": tr("执法人员、执法证、有效期"),
        "add": tr("新增人员"),
        "correct": tr("更正人员"),
        "retire": tr("离岗"),
    }
    yield Entry("people", tr("人员"), "people", PeopleSection, items)
    items = {"list": tr("账户、角色、签名证书"), "add": tr("新增账户"), "reset": tr("重置密码")}
    yield Entry("accounts", tr("账户"), "key", AccountsSection, items)
    if role == OfficeRole.TOWN:  # only towns inspect in a power's name
        items = {"list": tr("检查权限、委托、赋权"), "add": tr("登记权限"), "end": tr("权限到期")}
        yield Entry("powers", tr("检查权限"), "stamp", PowersSection, items)
        items = {"set": tr("文书格式、司法部、卫生部令第87号"), "form": tr("县级的文书式样、toml")}
        yield Entry("papers", tr("文书"), "document", PapersSection, items)
