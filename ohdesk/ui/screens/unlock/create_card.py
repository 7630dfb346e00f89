"""The card that creates a workspace: who the office is, where its data are, who administers it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QLineEdit, QWidget

from ohdesk.domain import secrecy
from ohdesk.domain.people import OfficeRole
from ohdesk.errors import UserError
from ohdesk.forms.cities import cities, city_of
from ohdesk.i18n import tr
from ohdesk.services.office.divisions import (
    COUNTY_CODE_LENGTH,
    TOWN_CODE_LENGTH,
    code_of,
    find_division,
    knows_towns_of,
)
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Fingerprint
from ohdesk.ui.kit.field import Choice, Field, say_beside, show_problems
from ohdesk.ui.kit.files import choose_file, choose_folder, choose_target
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row, text
from ohdesk.ui.kit.line_row import PathRow
from ohdesk.ui.screens.unlock.cards import Card, Credentials, NewPassword
from ohdesk.ui.screens.unlock.place_names import PlaceNames, places
from ohdesk.ui.screens.unlock.remembered import remember

if TYPE_CHECKING:
    from ohdesk.security.trust_files import CountyCard
    from ohdesk.services.start.first_run import Started

_REQUEST_NAME = "request.ohreq"


class CreateCard(Card):
    """Asks for all a new workspace needs; a town may join its county by its card in the same go."""

    created = Signal(object, str, object)  # Credentials, the office's name, Started

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(
            jobs,
            "add",
            tr("新建工作区"),
            tr("工作区放在本机硬盘上，不能放在优盘或网络共享。下面各项只填一次。"),
            tr("建立工作区(&C)"),
            width="card_wide",
        )
        self._suggested = ""
        self._roles()
        self._editors()
        self.joining = CardPart()
        self.joining.card_chosen.connect(self._read_card)
        self.joining.changed.connect(self._check_division)
        self._fill()

    @property
    def role(self) -> OfficeRole:
        """Which kind of office."""
        return OfficeRole.COUNTY if self.county.isChecked() else OfficeRole.TOWN

    def start(self) -> None:
        if not self.folder.text():
            self.folder.setText(str(_free_folder()))
        self._offer_names()
        self.division.setFocus()

    def show_card(self, card: "CountyCard") -> None:
        """Show whose card was chosen, to be compared by telephone."""
        self.joining.show_card(card)
        self._check_division()

    def show_error(self, error: Exception) -> None:
        """Say each problem at its field, and what belongs to none beside the button."""
        beside = isinstance(error, UserError) and bool(error.problems) and not show_problems(self.fields, error)
        if not beside:
            super().show_error(error)
            self.submit.setFocus()

    def _read_card(self, path: Path) -> None:
        """Read a card on the worker; nothing is heard of one that is not the one named any more."""

        def if_still_named(hears: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda outcome: hears(outcome) if path == self.joining.path else None

        job = Job(lambda: _read(path))
        job.succeeded.connect(if_still_named(self.show_card))
        job.failed.connect(if_still_named(self.joining.refuse))
        self._jobs.start(job)

    def _roles(self) -> None:
        self.town, self.county = button(tr("镇街(&T)")), button(tr("县级(&Y)"))
        self._group = QButtonGroup(self)
        for each in (self.town, self.county):
            each.setCheckable(True)
            self._group.addButton(each)
        self.town.setChecked(True)
        self._group.buttonToggled.connect(self._choose_role)

    def _editors(self) -> None:
        folder = PathRow(tr("选择…(&B)"), lambda: choose_folder(self, tr("选择空文件夹")))
        self.folder = folder.line
        self._secret = NewPassword(tr("密码"), tr("再输一次密码"))
        self.password, self.again = self._secret.line, self._secret.again
        self.division, self.name, self.account = QLineEdit(), QLineEdit(), QLineEdit()
        self.city = Choice()
        self.city.offer((("", tr("不采用")), *((code, each.name.zh) for code, each in cities().items())))
        self.city.activated.connect(self._keep_city)
        self._chosen_city = False
        self._names = PlaceNames(self.division)
        self._names.chosen.connect(self._check_division)
        self.division.textEdited.connect(self._division_edited)
        self.division.editingFinished.connect(self._check_division)
        self.again.returnPressed.connect(self.go_on)
        self.fields = {
            "division": Field("", self.division),
            "name": Field(tr("本单位名称"), self.name),
            "city": Field(tr("按哪个城市的规划（指标、重点行业）"), self.city),
            "folder": Field(tr("文件夹（新的或空的）"), folder),
            "account": Field(tr("管理员姓名"), self.account),
            **self._secret.fields,
        }
        self._name_division()

    def _fill(self) -> None:
        left = column(*(self.fields[key] for key in ("division", "name", "city")), self.joining, grow())
        mine = (self.fields[key] for key in ("folder", "account", "password", "again"))
        right = column(*mine, self.joining.outcome, grow())
        both = row(grow(left), grow(right))
        both.setSpacing(theme.size("gap") + theme.size("gap_small"))
        choice = row(self.town, self.county, grow())
        # The fields are many: what goes wrong is said beside the button that was pressed.
        warned = text(secrecy.notice(), "fieldWarning")
        self.fill(choice, both, warned, self.notice, self.foot(self.way_back()))

    def _choose_role(self) -> None:
        self.hide_notice()
        for part in (self.joining, self.joining.outcome):
            part.setVisible(self.role == OfficeRole.TOWN)
        self._name_division()
        self._offer_names()
        self._check_division()

    def _name_division(self) -> None:
        if self.role == OfficeRole.COUNTY:
            self.fields["division"].rename(tr("县级区划代码"), tr("6 位数字，也可以输入县区名称或拼音首字母来选"))
        else:
            self.fields["division"].rename(tr("镇街区划代码"), tr("9 位数字，也可以输入镇街名称或拼音首字母来选"))

    def _division_edited(self) -> None:
        """While typing, only what is whole is looked up; nothing is called wrong before it is."""
        code = self.division.text().strip()
        if code.isdecimal() and len(code) >= self._digits:
            self._check_division()
        else:
            self._name_division()

    def _check_division(self) -> None:
        """Name the place a code stands for, and offer what its office is called."""
        code = self._code()
        if not code:
            self._name_division()
            return
        if problem := self._division_problem(code):
            self.fields["division"].set_error(problem)
            return
        label = tr("县级区划代码") if self.role == OfficeRole.COUNTY else tr("镇街区划代码")
        found = find_division(code)
        if found is not None:
            self.fields["division"].rename(label, found.place)
            self._suggest(found.office)
            if not self._chosen_city:
                self.city.setCurrentIndex(max(0, self.city.findData(city_of(code))))
        elif self.role == OfficeRole.TOWN and knows_towns_of(code[:COUNTY_CODE_LENGTH]):
            self.fields["division"].rename(label, tr("2023 年的区划表里没有这个镇街，请再核对一次；确实无误就继续。"))
        else:
            self.fields["division"].rename(label)

    def _code(self) -> str:
        """Return what is typed, after putting the code in the place of a name that one division has."""
        with suppress(UserError):  # said by `_division_problem`
            self.division.setText(code_of(self.division.text(), self._digits))
        return self.division.text()

    def _offer_names(self) -> None:
        """Offer the names of towns or counties; pinyin takes a moment to load."""
        digits = self._digits
        job = Job(lambda: places(digits))
        job.succeeded.connect(lambda found: self._names.offer(found) if digits == self._digits else None)
        self._jobs.start(job)

    def _keep_city(self) -> None:
        self._chosen_city = True  # a code typed later does not change it

    def _division_problem(self, code: str) -> str:
        if code and not code.isdecimal():
            try:
                code_of(code, self._digits)
            except UserError as error:
                return error.whole
        if not (code.isascii() and code.isdecimal() and len(code) == self._digits):
            return tr("应为 {digits} 位数字，现为 {found} 位。", digits=self._digits, found=len(code))
        card = self.joining.card
        if self.role == OfficeRole.TOWN and card is not None and not code.startswith(card.office.division):
            return tr("名片是{county}的，代码应以 {code} 开头。", county=card.office.office, code=card.office.division)
        return ""

    @property
    def _digits(self) -> int:
        return COUNTY_CODE_LENGTH if self.role == OfficeRole.COUNTY else TOWN_CODE_LENGTH

    def _suggest(self, office: str) -> None:
        """Offer a name where none was typed."""
        # What was suggested for another code may go; what somebody typed stays.
        if office and self.name.text() in {"", self._suggested}:
            self.name.setText(office)
            self._suggested = office

    def go_on(self) -> None:
        if not self.submit.isEnabled():
            return
        # First, so that all that is wrong is said at once.
        joined = self.role == OfficeRole.COUNTY or self.joining.check()
        if not say_beside(self.fields, self._problems()) and joined:
            self._create()

    def _create(self) -> None:
        from ohdesk.services.office.workspace import NewWorkspace  # late: the database layer, loaded by now
        from ohdesk.services.start import first_run

        folder = Path(self.folder.text().strip())
        part = self.joining
        division, name, account = (line.text().strip() for line in (self.division, self.name, self.account))
        new = NewWorkspace(self.role, division, name, account, self.password.text(), self.city.currentData())
        join: first_run.Join | None = None
        if self.role == OfficeRole.TOWN and part.card and part.path and part.request:
            join = first_run.Join(part.path, part.card.fingerprint, part.request)

        def show(started: "Started") -> None:
            remember(folder, account)  # it is there, whatever becomes of the code
            self.created.emit(Credentials(folder, account, new.password), name, started)

        self.work(Job(lambda: first_run.start(folder, new, join)), show, tr("正在建立…"))

    def _problems(self) -> dict[str, str]:
        problems = {}
        division = self._code()
        if problem := self._division_problem(division):
            problems["division"] = problem
        for key, editor in (("name", self.name), ("folder", self.folder), ("account", self.account)):
            if not editor.text().strip():
                problems[key] = tr("请填写。")
        return problems | self._secret.problems()


class CardPart(QWidget):
    """A field for the card; once it is read, its fingerprint and a tick.

    outcome: where to write the request, laid out by whoever has room for it
    """

    card_chosen = Signal(object)  # Path
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card: CountyCard | None = None
        self._asked_for: Path | None = None
        self._file = PathRow(
            tr("选择…(&K)"),
            lambda: choose_file(self, tr("选择县级名片"), tr("县级名片 (*.ohcard);;所有文件 (*)")),
            "import",
        )
        self._file.chosen.connect(self._choose)
        self.line = self._file.line
        self.field = Field(tr("县级名片（没有的可以空着，以后再加入）"), self._file)
        self.fingerprint = Fingerprint(tr("县级名片的指纹"))
        self.whose = muted()
        self.compared = QCheckBox(tr("已打电话逐组核对，八组都一致(&A)"))
        self.message = text(tr("请先打电话核对指纹，再打勾：名片可能在路上被换过。"), "fieldError")
        self._target = PathRow(
            tr("另存到…(&E)"),
            lambda: choose_target(self, tr("登记申请写到哪里"), _REQUEST_NAME, tr("登记申请 (*.ohreq)")),
            "save",
        )
        self.request_line = self._target.line
        self.request_field = Field(tr("登记申请写到（建好后交给县级）"), self._target)
        self.without = button(tr("不用名片(&U)"), act=self._clear, quiet=True)
        self._parts = (self.whose, self.fingerprint, self.compared, self.message)
        column(self.field, *self._parts, of=self)
        self.outcome = box(column(self.request_field, row(self.without, grow())))
        self.compared.toggled.connect(self.message.hide)
        self._show_parts()

    @property
    def path(self) -> Path | None:
        """The card's file."""
        return self._file.path

    @property
    def request(self) -> Path | None:
        """Where the request is to be written."""
        return self._target.path

    def show_card(self, card: "CountyCard") -> None:
        """Show whose card it is and the fingerprint to compare."""
        self.card = card
        self.fingerprint.show_groups(card.fingerprint)
        self.fingerprint.ensurePolished()  # only then does it know the height of its large type
        self.fingerprint.setMinimumHeight(self.fingerprint.sizeHint().height())
        self.whose.setText(
            tr(
                "{county}（{code}）的名片。请打电话给县级，请对方念出名片的指纹，逐组核对：",
                county=card.office.office,
                code=card.office.division,
            )
        )
        self.compared.setChecked(False)
        if self.path is not None and not self.request_line.text():
            self.request_line.setText(str(self.path.with_name(_REQUEST_NAME)))
        self._show_parts()
        self.compared.setFocus()

    def refuse(self, error: Exception) -> None:
        """Say in its place why a card cannot be used."""
        self.field.set_error(error.whole if isinstance(error, UserError) else str(error))
        self.line.setFocus()

    def check(self) -> bool:
        """True when there is no card, or one that was compared; else say what is missing."""
        if self.card is None:
            if self.path is not None:
                self._choose()  # Enter in another field comes before the card was read: read it now
            return self.path is None
        self.message.setVisible(not self.compared.isChecked())
        self._claim()
        if not self.compared.isChecked():
            self.compared.setFocus()
            return False
        if self.request is None:
            self.request_field.set_error(tr("请选择登记申请写到哪里，比如优盘。"))
            self.request_line.setFocus()
            return False
        self.request_field.clear_error()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._claim()

    def _claim(self) -> None:
        """Ask for the height the wrapped lines need at this width: beside another column they would get less."""
        self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def _show_parts(self) -> None:
        for widget in (*self._parts, self.request_field, self.without):
            widget.setVisible(self.card is not None)
        self.message.hide()
        self._claim()

    def _choose(self) -> None:
        if self.path == self._asked_for and self.card is not None:
            return  # only left again: a tick that is set stays
        self._asked_for = self.path
        self.card = None
        self._show_parts()
        self.field.clear_error()
        if self.path is not None:
            self.card_chosen.emit(self.path)
        else:
            self.changed.emit()

    def _clear(self) -> None:
        self.line.clear()
        self._choose()
        self.line.setFocus()


def _read(path: Path) -> "CountyCard":
    from ohdesk.services.trust.joining import look_at_card  # late: loads the database layer

    return look_at_card(path)


def _free_folder() -> Path:
    """Return a folder of the user's own that is not there yet; one in Documents might be synchronised."""
    home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation))
    name = tr("职业健康监督检查")
    numbered = (home / (name if number == 1 else f"{name}-{number}") for number in range(1, 100))
    return next((folder for folder in numbered if not folder.exists()), home / name)
