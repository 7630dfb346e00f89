"""The pages of a visit, made one by one as they are needed."""

from typing import Any

from ohdesk.services.context import Context
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.screens.visit.approval_page import ApprovalPage
from ohdesk.ui.screens.visit.arrival_page import ArrivalPage
from ohdesk.ui.screens.visit.ending_page import EndingPage
from ohdesk.ui.screens.visit.filling_page import FillingPage
from ohdesk.ui.screens.visit.leaving_page import LeavingPage
from ohdesk.ui.screens.visit.patrol_page import PatrolPage
from ohdesk.ui.screens.visit.plan_page import PlanPage
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.summary_page import SummaryPage


def make_page(page: Page, ctx: Context, jobs: Jobs) -> Any:
    """Return a page of a visit."""
    alone = {
        Page.PLAN: PlanPage,
        Page.ARRIVAL: ArrivalPage,
        Page.LEAVING: LeavingPage,
        Page.PATROL: PatrolPage,
        Page.SUMMARY: SummaryPage,
    }
    if page in alone:
        return alone[page](ctx, jobs)
    return {Page.APPROVAL: ApprovalPage, Page.FILLING: FillingPage, Page.ENDING: EndingPage}[page](ctx, jobs)
