"""人员: inspectors, assistants and technical persons; certificates, and who has left."""

from dataclasses import replace
from datetime import date

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import OfficePerson, PersonRole, Right
from ohdesk.domain.register.definition import Definition, Field, Kind, Listing
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import people
from ohdesk.services.office.people import LONGEST, WORKING
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Values
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.section import ListSection

_LEADS = "yes"
PEOPLE = Definition(
    "people",
    mark("人员"),
    (
        Field("name", mark("姓名"), required=True, most=LONGEST),
        Field("role", mark("人员类别"), Kind.CHOICE, choices=tuple((role, role.said) for role in WORKING)),
        Field("certificate_no", mark("执法证号"), help=mark("执法人员必填。"), most=LONGEST),
        Field("certificate_until", mark("证件有效期至"), Kind.DAY, help=mark("执法人员必填。例如 2027-12-31。")),
        Field("leads", mark("带队"), Kind.CHOICE, choices=(("no", mark("不带队")), (_LEADS, mark("可以带队")))),
    ),
    listing=Listing(("name", "role", "certificate_no", "certificate_until", "state", "leads")),
)


class PeopleSection(ListSection[OfficePerson]):
    """The people of this office."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        nothing = EmptyState(
            tr("还没有登记人员"),
            tr("先登记执法人员和执法证有效期，才能抽取、安排检查和签名；检查至少要有两名持有效执法证的人员。"),
            tr("登记第一名人员(&F)"),
        )
        about = tr("本单位的执法人员、协管员和技术人员。证件到期后不能抽取，也不能开始检查。")
        super().__init__(ctx, jobs, PEOPLE, about, _cells(legal_day(ctx.now())), nothing)
        self._correct = action("edit", tr("更正…(&E)"), self.ask_correction)
        self._retire = action("logout", tr("离岗…(&R)"), self.ask_retirement)
        self.add_actions(Right.OFFICE, tr("新增人员(&A)"), correct=self._correct, retire=self._retire)
        self._held: OfficePerson | None = None
        self.form.submitted.connect(self._save)
        self.confirm.confirmed.connect(self._retire_now)

    def rows(self) -> list[OfficePerson]:
        return people.list_people(self.ctx)

    def offer(self, row: OfficePerson | None) -> None:
        self.allow(Right.OFFICE, self._correct, when=row is not None)
        self.allow(Right.OFFICE, self._retire, when=row is not None and row.role != PersonRole.RETIRED)

    def typed(self) -> dict[str, str]:
        typed = super().typed()
        return {"id": self._held.id if self._held else "", **typed} if typed else {}

    def type_again(self, typed: dict[str, str]) -> None:
        self._ask(next((row for row in self.rows() if row.id == typed.get("id")), None), typed)

    def ask_correction(self) -> None:
        """Ask what of the person selected is to be put right."""
        if self.list.current is not None:
            self._ask(self.list.current)

    def ask_retirement(self) -> None:
        """Ask before a person leaves."""
        row = self._held = self.list.current
        if row is None:
            return
        self.ask_in(self.confirm)
        question = tr(
            "{name}离岗后不再参加抽取、检查和签名；已定稿的文书不变。其账户不会自动停用，请在“账户”中关闭。"
            "以后可以用“更正”恢复。"
        )
        self.confirm.ask(question.format(name=row.name), tr("登记离岗(&Y)"))

    def _ask(self, held: OfficePerson | None, typed: Values | None = None) -> None:
        self._held = held
        self.ask_in(self.form)
        title = tr("新增人员") if held is None else tr("更正：{name}", name=held.name)
        about = "" if held is None else tr("只影响以后的抽取和检查；已定稿的文书保持原样。")
        values = _values(held)
        self.form.ask(title, tr("保存人员(&S)"), typed or values, about, held=values)

    def _save(self) -> None:
        ctx, held, typed = self.ctx, self._held, self.form.values()
        leads, role = typed.pop("leads") == _LEADS, PersonRole(typed.pop("role"))

        def write() -> str:
            if held is None:
                return people.add_person(ctx, **typed, role=role, leads=leads)
            people.correct_person(ctx, replace(held, **typed, role=role, leads=leads))
            return held.id

        said = tr("已保存：{name}", name=typed["name"].strip())
        self.form.save(self, write, lambda person: self.show_written(Change.PEOPLE, said, person))

    def _retire_now(self) -> None:
        if self._held is None:
            return
        with self.telling():
            change = people.retire_person(self.ctx, self._held.id)
            self.show_written(change, tr("已登记离岗：{name}", name=self._held.name))


def _values(held: OfficePerson | None) -> Values:
    if held is None:
        return {"role": PersonRole.INSPECTOR}
    return {
        "name": held.name,
        "role": PersonRole.INSPECTOR if held.role == PersonRole.RETIRED else held.role,
        "certificate_no": held.certificate_no,
        "certificate_until": held.certificate_until,
        "leads": _LEADS if held.leads else "no",
    }


def _cells(day: date) -> dict[str, Column[OfficePerson]]:
    return {
        "name": Column(tr("姓名"), lambda row: row.name, 110, sought=True),
        "role": Column(tr("类别"), lambda row: row.role.word, 110),
        "certificate_no": Column(tr("执法证号"), lambda row: row.certificate_no, 150),
        "certificate_until": Column(tr("有效期至"), lambda row: row.certificate_until, 110),
        "state": Column(tr("状态"), lambda row: _state(row, day)[0], 120, kind=lambda row: _state(row, day)[1]),
        "leads": Column(tr("带队"), lambda row: tr("可以带队") if row.leads else "", 80),
    }


def _state(row: OfficePerson, day: date) -> tuple[str, str]:
    """Return the state of a person's certificate on a day, and its kind."""
    if row.role == PersonRole.RETIRED:
        return tr("已离岗"), "plain"
    if not row.certificate_until:
        return "", ""
    left = (date.fromisoformat(row.certificate_until) - day).days
    if left < 0:
        return tr("已到期 {count} 天", count=-left), "bad"
    if left < theme.layout("certificate_soon_days"):
        return tr("{count} 天后到期", count=left), "warn"
    return tr("有效"), "ok"
