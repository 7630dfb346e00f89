"""An approval counts when somebody who may signed it; rows that say so do not."""

from dataclasses import replace

import pytest

from ohdesk.db.models import Visit
from ohdesk.domain.people import Role
from ohdesk.domain.visit import Approval, StartData, Task
from ohdesk.errors import UserError
from ohdesk.files import KEY_FILE
from ohdesk.security import keyfile
from ohdesk.security.signing_keys import AccountKey
from ohdesk.services.office import accounts, grants, people, powers
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit import approvals, conduct, planning, views
from ohdesk.services.visit.start_check import check_start
from tests.conftest import PASSWORD, noon, town_workspace
from tests.visiting import ARRIVAL, POWER, planned_visit

INSIDER, SUPERVISOR = "王𠅤", "苏映"
START = StartData(mode="own", arrival=ARRIVAL)


@pytest.fixture
def town(tmp_path):
    """A town with a supervisor and an inspector; the folder, and a planned visit."""
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        person = people.add_person(ctx, INSIDER, "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(ctx, INSIDER, PASSWORD, {Role.INSPECTOR}, person)
        accounts.add(ctx, SUPERVISOR, PASSWORD, {Role.SUPERVISOR})
        powers.add_power(ctx, POWER)
        return folder, planned_visit(ctx)


def approved_by_the_supervisor(ctx, visit_id):
    conduct.approve(ctx, visit_id, SUPERVISOR, PASSWORD, "2026-0001")


def forged(ctx, session, visit):
    visit.approval = Approval("account", SUPERVISOR, "2026-03-02", "2026-0001")


def signed_by_the_insider(ctx, session, visit):
    visit.approval = approvals.signed(session, ctx.keys, visit, Approval("account", SUPERVISOR, "2026-03-02", "1"))


def signed_by_a_key_of_nobody(ctx, session, visit):
    signed_by_the_insider(ctx, session, visit)
    public = AccountKey.create().public_der
    visit.approval = replace(visit.approval, key=grants.key_of(public))


def called_the_supervisors(ctx, session, visit):
    signed_by_the_insider(ctx, session, visit)
    key = grants.standing(session, ctx.keys.founder).keys[SUPERVISOR]
    visit.approval = replace(visit.approval, key=key)


def taken_from_another_visit(ctx, session, visit):
    other = planning.NewVisit(establishment=visit.establishment, inspectors=visit.inspectors, task=visit.task)
    visit.approval = session.get_one(Visit, other_visit(ctx, session, other)).approval


def other_visit(ctx, session, new):
    visit_id = planning.plan_in(ctx, session, new)
    visit = session.get_one(Visit, visit_id)
    keys = keyfile.unlock(ctx.folder / KEY_FILE, SUPERVISOR, PASSWORD)
    visit.approval = approvals.signed(session, keys, visit, Approval("account", SUPERVISOR, "2026-03-02", "1"))
    return visit_id


def with_another_day(ctx, session, visit):
    visit.approval = replace(visit.approval, on="2026-03-01")


def with_another_team(ctx, session, visit):
    visit.members[0].person, visit.members[1].person = visit.members[1].person, visit.members[0].person


def with_another_reason(ctx, session, visit):
    visit.task = Task("case", "complaint", "2026-03-02", "换了")


def in_another_way(ctx, session, visit):
    visit.approval = replace(visit.approval, way="paper")


def without_a_way(ctx, session, visit):
    visit.approval = replace(visit.approval, way="none", signature="not hexadecimal")


OF_NOTHING = (
    forged,
    signed_by_the_insider,
    signed_by_a_key_of_nobody,
    called_the_supervisors,
    taken_from_another_visit,
)
OF_A_TRUE_ONE = (with_another_day, with_another_team, with_another_reason, in_another_way, without_a_way)


@pytest.mark.parametrize("forge", OF_NOTHING + OF_A_TRUE_ONE, ids=lambda forge: forge.__name__)
def test_an_approval_written_into_the_database_is_none(town, forge):
    folder, visit_id = town
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        if forge in OF_A_TRUE_ONE:
            approved_by_the_supervisor(ctx, visit_id)
        with ctx.transaction() as session:
            forge(ctx, session, session.get_one(Visit, visit_id))
        view = views.visit_view(ctx, visit_id)
        assert view.approval == ""
        assert "不予采用" in view.approval_problem
        assert "approval" in [gap.key for gap in check_start(ctx, visit_id, START).gaps]


def test_a_true_approval_counts_and_is_shown(town):
    folder, visit_id = town
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        approved_by_the_supervisor(ctx, visit_id)
        view = views.visit_view(ctx, visit_id)
        assert SUPERVISOR in view.approval
        assert view.approval_problem == ""
        assert conduct.start(ctx, visit_id, START) == ()


def test_an_approval_on_paper_says_who_set_it_down(town):
    folder, visit_id = town
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        conduct.approve_on_paper(ctx, visit_id, SUPERVISOR, "2026-03-02", "2026-0001")
        shown = views.visit_view(ctx, visit_id).approval
        assert "纸质" in shown
        assert f"由{INSIDER}录入" in shown


def test_an_approval_goes_on_counting_when_the_supervisor_gets_a_new_password_by_a_reset(town):
    folder, visit_id = town
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        approved_by_the_supervisor(ctx, visit_id)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, SUPERVISOR, "neues-wort-hier")
    with open_workspace(folder, SUPERVISOR, "neues-wort-hier", noon) as ctx:
        accounts.change_password(ctx, "neues-wort-hier", "eigenes-wort-hier")
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        assert SUPERVISOR in views.visit_view(ctx, visit_id).approval


def test_who_may_not_approve_does_not_with_the_own_password(town):
    folder, visit_id = town
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:  # noqa: SIM117 - the refusal is of the inside alone
        with pytest.raises(UserError, match="没有批准检查的权限"):
            conduct.approve(ctx, visit_id, INSIDER, PASSWORD)
