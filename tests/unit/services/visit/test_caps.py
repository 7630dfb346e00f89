"""How often an employer may be inspected in a year: told before the last, stopped at the cap, but for a linked case."""

import pytest

from ohdesk.db.models import Establishment
from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import ProblemsError
from ohdesk.services.register import entries
from ohdesk.services.roll import entries as roll
from ohdesk.services.visit import caps, conduct, planning
from ohdesk.services.visit.start_check import check_start
from tests import rectifying
from tests.visiting import ARRIVAL, add_firm

CAP = {"valid_from": "2026-01-01", "most": "2", "per": "site", "scheme": "city-2025", "basis": "青原县公布的频次"}
COMPLAINT = {
    "received_at": "2026-03-01 10:00",
    "source": "phone",
    "identity": "anonymous",
    "facts": "车间有粉尘",
    "within_power": "town",
}
DAILY = Task("daily", "plan", "2026-03-02")


@pytest.fixture
def firm(ctx):
    return add_firm(ctx)


def cap(ctx, **changes: str) -> None:
    entries.add(ctx, "visit_caps", CAP | changes)


def planned(ctx, firm: str, task: Task = DAILY) -> str:
    return planning.plan(ctx, planning.NewVisit(establishment=firm, inspectors=rectifying.team(ctx), task=task))


def case(**changes: str) -> Task:
    return Task("case", "complaint", "2026-03-02", "来电反映粉尘", **changes)


def test_without_a_published_cap_none_is_assumed(ctx, firm):
    for _ in range(3):
        rectifying.begin(ctx, planned(ctx, firm))
    check = caps.cap_check(ctx, firm, DAILY)
    assert (check.own, check.is_full) == (3, False)


def test_before_the_last_one_is_warned_and_at_the_cap_stopped(ctx, firm):
    cap(ctx)
    waiting = planned(ctx, firm)
    rectifying.begin(ctx, planned(ctx, firm))
    assert caps.cap_check(ctx, firm, DAILY).is_last
    rectifying.begin(ctx, planned(ctx, firm))
    with pytest.raises(ProblemsError) as refused:
        planned(ctx, firm)
    assert "上限 2 次" in refused.value.problems[0].found
    with pytest.raises(ProblemsError, match="没有批准"):
        conduct.approve_on_paper(ctx, waiting, "苏映", "2026-03-01", "2026-0003")
    start = StartData(mode="own", arrival=ARRIVAL, gap_reason="有理由")
    assert [stop.key for stop in check_start(ctx, waiting, start).stops] == ["cap"]
    with pytest.raises(ProblemsError):
        conduct.start(ctx, waiting, start)
    assert planned(ctx, firm, Task("daily", "plan", "2026-03-02", number="县专 2026-7"))
    assert planned(ctx, firm, Task("daily", "plan", "2027-03-02"))


def test_at_the_cap_a_case_goes_on_that_names_its_entry_and_is_approved(ctx, firm):
    cap(ctx, most="1")
    rectifying.begin(ctx, planned(ctx, firm))
    entry = entries.add(ctx, "complaints", COMPLAINT, about=firm)
    number = entries.detail(ctx, entry).values["number"]
    for told in ("", "投〔2026〕999"):
        with pytest.raises(ProblemsError) as refused:
            planned(ctx, firm, case(entry=told))
        assert [problem.field for problem in refused.value.problems] == ["entry"]
    visit = planned(ctx, firm, case(entry=number))
    start = StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL, gap_reason="有理由")
    with pytest.raises(ProblemsError):
        conduct.start(ctx, visit, start)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0003")
    conduct.start(ctx, visit, start)
    assert caps.cap_check(ctx, firm, DAILY).own == 1  # a case is not counted


def test_what_the_platform_shows_counts_where_it_is_more(ctx, firm):
    cap(ctx)
    with pytest.raises(ProblemsError):
        planned(ctx, firm, Task("daily", "plan", "2026-03-02", platform=2))


def test_kinds_are_told_apart_as_the_scheme_in_force_does(ctx, firm):
    cap(ctx, scheme="gd-2020")
    with pytest.raises(ProblemsError) as refused:
        planned(ctx, firm, case())
    assert [problem.field for problem in refused.value.problems] == ["kind"]
    assert planned(ctx, firm, Task("campaign", "complaint", "2026-03-02", "来电反映粉尘"))


def test_off_site_and_the_other_sites_of_a_firm_count_where_the_cap_says_so(ctx):
    code = {"uscc": "91000000MA0000001R"}
    first = roll.add(ctx, {"name": "白石陶瓷厂", "kind": "用人单位", **code})
    second = add_firm(ctx)
    with ctx.transaction() as session:
        session.get_one(Establishment, second).uscc = session.get_one(Establishment, first).uscc
    visit = planned(ctx, first)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(ctx, visit, StartData(mode="off-site", means="书面", arrival=ARRIVAL))
    cap(ctx)
    assert caps.cap_check(ctx, first, DAILY).own == 0
    rectifying.fill(ctx, visit, breaches=())
    rectifying.finalized_elsewhere(ctx, visit)
    assert caps.cap_check(ctx, first, DAILY).own == 0
    cap(ctx, valid_from="2026-02-01", per="firm", off_site="是")
    assert [caps.cap_check(ctx, each, DAILY).own for each in (first, second)] == [2, 2]
