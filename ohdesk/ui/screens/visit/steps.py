"""The steps of a visit, the pages they are done on, and which of them a visit can show."""

from enum import StrEnum

from ohdesk.domain.visit import VisitState
from ohdesk.i18n import tr
from ohdesk.services.visit.views import VisitView


class Page(StrEnum):
    """The pages of the screen."""

    LIST = "list"
    PLAN = "plan"
    APPROVAL = "approval"
    ARRIVAL = "arrival"
    FILLING = "filling"
    PATROL = "patrol"
    ENDING = "ending"
    LEAVING = "leaving"
    PAPERS = "papers"
    PHOTOS = "photos"
    EVIDENCE = "evidence"
    SUMMARY = "summary"


_PLAN, _APPROVAL, _ARRIVAL, _FILLING, _LEAVING, _SIGNING = range(6)
_STEP_OF = {
    Page.PLAN: _PLAN,
    Page.APPROVAL: _APPROVAL,
    Page.ARRIVAL: _ARRIVAL,
    Page.FILLING: _FILLING,
    Page.PATROL: _FILLING,
    Page.PHOTOS: _FILLING,
    Page.ENDING: _LEAVING,
    Page.LEAVING: _LEAVING,
}


def words() -> tuple[str, ...]:
    """Return the steps by name."""
    return (tr("安排"), tr("批准"), tr("到场"), tr("填写"), tr("离场"), tr("签名"))


def next_page(view: VisitView) -> Page:
    """Return the page on which a visit goes on."""
    if view.state == VisitState.PLANNED:
        return Page.APPROVAL
    if view.state == VisitState.APPROVED:
        return Page.ARRIVAL
    if view.is_over or view.ending:
        return Page.SUMMARY
    return Page.PATROL if view.is_patrol else Page.FILLING


def place(view: VisitView, page: Page) -> tuple[int, int]:
    """Return which step a page stands for, and the last one that can be gone to."""
    if page in {Page.PAPERS, Page.EVIDENCE}:  # no step of its own: the visit stands where it goes on
        page = next_page(view)
    # The page in front is reached, also one that is done early, as the arrival without an approval.
    reached = max(_reached(view), _STEP_OF.get(page, _PLAN))
    return _STEP_OF.get(page, reached), reached


def page_at(view: VisitView, step: int) -> Page | None:
    """Return the page of a step; None for the signatures, which are another screen's."""
    if step == _SIGNING:
        return None
    if view.state in {VisitState.PLANNED, VisitState.APPROVED}:
        return (Page.PLAN, Page.APPROVAL, Page.ARRIVAL)[step]
    if step < _ARRIVAL or view.is_over:
        return Page.SUMMARY
    if step == _ARRIVAL:
        return Page.ARRIVAL  # to be corrected
    if view.ending:
        return Page.SUMMARY
    if view.is_patrol:
        return Page.PATROL
    return Page.FILLING if step == _FILLING else Page.LEAVING


def fitting(view: VisitView, page: Page) -> Page | None:
    """Return the page if the visit can still show it, else None."""
    before = view.state in {VisitState.PLANNED, VisitState.APPROVED}
    if page is Page.PAPERS:
        return page
    if page is Page.ARRIVAL:
        return None if view.is_over else page  # what was set down there can be corrected until it is signed
    if page in {Page.PLAN, Page.APPROVAL}:
        return page if before else None  # a visit that has started cannot be planned anew
    if before or page is Page.LIST:
        return None
    if page in {Page.SUMMARY, Page.EVIDENCE}:
        return page
    open_end = view.state == VisitState.OPEN and not view.ending
    return page if open_end and (page is Page.ENDING or view.is_patrol == (page is Page.PATROL)) else None


def _reached(view: VisitView) -> int:
    if view.state in {VisitState.PLANNED, VisitState.APPROVED}:
        return _APPROVAL if view.state == VisitState.PLANNED else _ARRIVAL
    if view.is_patrol:
        return _FILLING
    if view.state == VisitState.CANCELLED:
        return _PLAN
    return _SIGNING if view.ending or view.is_over else _LEAVING
