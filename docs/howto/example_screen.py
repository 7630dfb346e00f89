"""A screen with a list and a form: who works in an office. It works as it stands; a test drives it by keyboard."""

from ohdesk.domain.people import OfficePerson, PersonRole
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import people
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.table_view import Column


class PeopleScreen(Screen):
    """The list, and beside it the form for somebody new."""

    reloads_on = Change.PEOPLE

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        name: Column[OfficePerson] = Column(tr("姓名"), lambda row: row.name, 160, sought=True)
        role: Column[OfficePerson] = Column(tr("人员类别"), lambda row: row.role.word, 160)
        nothing = EmptyState(tr("还没有登记人员"), tr("检查至少要有两名持有效证件的执法人员。"))
        both = (name, role)
        self.list = ListWithPane("example", tr("人员"), both, nothing, tr("查找  Ctrl+F"), chosen=by_words(both))
        roles = Field("role", mark("人员类别"), Kind.CHOICE, choices=tuple((one, one.word) for one in people.WORKING))
        self.form = Form((Field("name", mark("姓名"), required=True), roles))
        self.form.submitted.connect(self._save)
        self.form.closed.connect(self.list.back)
        header = Header(tr("人员"))
        header.add(primary_action("add", tr("新增人员(&A)"), self._ask))
        column(header, grow(self.list), of=self, gap="")
        self.on_key("Ctrl+F", self.list.focus_search)
        self.reload()

    def reload(self) -> None:
        self.list.show_all(people.list_people(self.ctx))  # what takes longer goes through `work`

    def focus_first(self) -> None:
        (self.form.focus_first if self.list.is_asking else self.list.focus_list)()

    def _ask(self) -> None:
        self.list.ask(self.form)
        self.form.ask(tr("新增人员"), tr("保存人员(&S)"), {})

    def _save(self) -> None:
        try:
            people.add_person(self.ctx, self.form.value("name"), PersonRole(self.form.value("role")))
            self.form.close_form()
            self.changed.emit(Change.PEOPLE)
        except UserError as error:
            self.form.show_problems(error)  # each at its field, by key
