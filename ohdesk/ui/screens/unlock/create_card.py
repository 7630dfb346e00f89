"""The card that creates a workspace: who the office is, where its data are, who administers it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit

from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.services.office.divisions import COUNTY_CODE_LENGTH, TOWN_CODE_LENGTH, find_division, knows_towns_of
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Field, say_beside
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.lay import column, grow, row
from ohdesk.ui.screens.unlock.card_part import CardPart
from ohdesk.ui.screens.unlock.cards import Card, NewOffice, PathRow
from ohdesk.ui.screens.unlock.password_row import NewPassword

if TYPE_CHECKING:
    from ohdesk.security.trust_files import CountyCard


class CreateCard(Card):
    """Asks for all a new workspace needs; a town may join its county by its card in the same go."""

    submitted = Signal(object)  # NewOffice
    card_chosen = Signal(object)  # Path

    def __init__(self) -> None:
        super().__init__(
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
        self.joining.card_chosen.connect(self.card_chosen)
        self.joining.changed.connect(self._check_division)
        self._fill()

    @property
    def role(self) -> OfficeRole:
        """Which kind of office."""
        return OfficeRole.COUNTY if self.county.isChecked() else OfficeRole.TOWN

    def start(self) -> None:
        if not self.folder.text():
            self.folder.setText(str(_free_folder()))
        self.division.setFocus()

    def show_card(self, card: "CountyCard") -> None:
        """Show whose card was chosen, to be compared by telephone."""
        self.joining.show_card(card)
        self._check_division()

    def show_error(self, error: Exception) -> None:
        if not self.joining.take_error(error):
            super().show_error(error)
            self.submit.setFocus()

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
        self.division.textEdited.connect(self._division_edited)
        self.division.editingFinished.connect(self._check_division)
        self.again.returnPressed.connect(self.go_on)
        self.fields = {
            "division": Field("", self.division),
            "name": Field(tr("本单位名称"), self.name),
            "folder": Field(tr("文件夹（新的或空的）"), folder),
            "account": Field(tr("管理员姓名"), self.account),
            **self._secret.fields,
        }
        self._name_division()

    def _fill(self) -> None:
        left = column(*(self.fields[key] for key in ("division", "name")), self.joining, grow())
        mine = (self.fields[key] for key in ("folder", "account", "password", "again"))
        right = column(*mine, self.joining.outcome, grow())
        both = row(grow(left), grow(right))
        both.setSpacing(theme.size("gap") + theme.size("gap_small"))
        choice = row(self.town, self.county, grow())
        # The fields are many: what goes wrong is said beside the button that was pressed.
        self.fill(choice, both, self.notice, self.foot(self.way_back()))

    def _choose_role(self) -> None:
        self.hide_notice()
        for part in (self.joining, self.joining.outcome):
            part.setVisible(self.role == OfficeRole.TOWN)
        self._name_division()
        self._check_division()

    def _name_division(self) -> None:
        if self.role == OfficeRole.COUNTY:
            self.fields["division"].rename(tr("县级区划代码"), tr("6 位数字"))
        else:
            self.fields["division"].rename(tr("镇街区划代码"), tr("9 位数字，前 6 位是县级代码"))

    def _division_edited(self) -> None:
        """While typing, only what is whole is looked up; nothing is called wrong before it is."""
        if len(self.division.text().strip()) >= self._digits:
            self._check_division()
        else:
            self._name_division()

    def _check_division(self) -> None:
        """Name the place a code stands for, and offer what its office is called."""
        text = self.division.text().strip()
        if not text:
            self._name_division()
            return
        if problem := self._division_problem(text):
            self.fields["division"].set_error(problem)
            return
        label = tr("县级区划代码") if self.role == OfficeRole.COUNTY else tr("镇街区划代码")
        found = find_division(text)
        if found is not None:
            self.fields["division"].rename(label, found.place)
            self._suggest(found.office)
        elif self.role == OfficeRole.TOWN and knows_towns_of(text[:COUNTY_CODE_LENGTH]):
            self.fields["division"].rename(label, tr("2023 年的区划表里没有这个镇街，请再核对一次；确实无误就继续。"))
        else:
            self.fields["division"].rename(label)

    def _division_problem(self, text: str) -> str:
        if not (text.isascii() and text.isdecimal() and len(text) == self._digits):
            return tr("应为 {digits} 位数字，现为 {found} 位。", digits=self._digits, found=len(text))
        card = self.joining.card
        if self.role == OfficeRole.TOWN and card is not None and not text.startswith(card.device.division):
            return tr("名片是{county}的，代码应以 {code} 开头。", county=card.county, code=card.device.division)
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
            self.submitted.emit(self._office())

    def _office(self) -> NewOffice:
        new = NewOffice(
            Path(self.folder.text().strip()),
            self.role,
            self.division.text().strip(),
            self.name.text().strip(),
            self.account.text().strip(),
            self.password.text(),
        )
        card = self.joining.card
        if self.role == OfficeRole.COUNTY or card is None:
            return new
        return new._replace(card=self.joining.path, compared=card.fingerprint, request=self.joining.request)

    def _problems(self) -> dict[str, str]:
        problems = {}
        division = self.division.text().strip()
        if problem := self._division_problem(division):
            problems["division"] = problem
        for key, editor in (("name", self.name), ("folder", self.folder), ("account", self.account)):
            if not editor.text().strip():
                problems[key] = tr("请填写。")
        return problems | self._secret.problems()


def _free_folder() -> Path:
    """Return a folder of the user's own that is not there yet; one in Documents might be synchronised."""
    home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation))
    name = tr("职业健康监督检查")
    numbered = (home / (name if number == 1 else f"{name}-{number}") for number in range(1, 100))
    return next((folder for folder in numbered if not folder.exists()), home / name)
