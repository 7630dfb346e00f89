"""Pictures of 登记簿: the list of books, the hazards, one with its entries, and its form, also filled in wrongly."""

from collections.abc import Iterator
from pathlib import Path

from ohdesk.domain.register.conditions import Condition
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.screenshots.stage import Shot, Stage
from ohdesk.services.context import Context
from ohdesk.services.register import entries
from ohdesk.services.roll.entries import list_rows
from ohdesk.services.roll.risk import ASSESSMENTS
from ohdesk.ui.screens.registers.screen import RegistersScreen

_COMPLAINT = {
    "received_at": "2026-03-18 09:30",
    "source": "hotline",
    "identity": "anonymous",
    "facts": "打磨车间粉尘大，夜班时风机不开。",
    "within_power": "town",
}

_ASSESSED = {
    "assessed_on": "2026-02-20",
    "by": "self",
    "hazards": "矽尘 噪声",
    "severe_level": "not_met",
    "severe_exposed": "12",
    "general_level": "met",
    "general_exposed": "30",
    "points": "78",
}
_TEST = {"kind": "regular", "report_no": "检〔2026〕8号", "sampled_from": "2026-01-02", "reported_on": "2026-02-10"}


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    with stage.working() as ctx:
        employers = [row.id for row in list_rows(ctx)][:9]
        for number, employer in enumerate(employers):
            entries.add(ctx, "complaints", _COMPLAINT | {"reply_by": f"2026-03-{number + 17:02}"}, about=employer)
        _measure(ctx, employers[:3])
        for employer in employers[3:6]:
            entries.add(ctx, ASSESSMENTS, _ASSESSED, employer)
    stage.open_desk()
    screen = stage.show(RegistersScreen)
    yield stage.shot("registers")
    screen.show_hazards()
    screen.hazards.list.select("苯")
    yield stage.shot("registers-hazards")
    screen.hazards.try_result()
    screen.hazards.form.put("value", "4.2")
    screen.hazards.form.submit.click()
    yield stage.shot("registers-hazard-trial")
    screen.back()
    screen.open("complaints")
    stage.settle()
    yield stage.shot("registers-complaints")
    if screen.book is not None:
        screen.book.filters.show_conditions((Condition("source", "is", "hotline"),))
        screen.book.filters.add.click()
        yield stage.shot("registers-filter")
        screen.book.filters.adding.give_up()
        screen.book.add(employers[0])
        yield stage.shot("registers-new-entry")
        screen.book.form.form.submit.click()
        yield stage.shot("registers-wrong-entry")
        screen.book.form.form.close_form()
        screen.book.importing.read_list(_list(stage.scratch / "投诉一览表.xlsx"))
        stage.settle()
        screen.book.importing.chips.choose("columns")
        yield stage.shot("registers-import")
        screen.book.importing.chips.choose("refused")
        yield stage.shot("registers-import-refused")
        screen.book.importing.chips.choose("notes")
        yield stage.shot("registers-import-notes")
        screen.book.importing.closed.emit()
    screen.open(ASSESSMENTS)
    stage.settle()
    yield stage.shot("registers-assessments")
    screen.open("equipment")
    stage.settle()
    yield stage.shot("registers-empty-book")


def _measure(ctx: Context, employers: list[str]) -> None:
    """Set down a post with benzene at each employer, and what was measured there."""
    for employer, value in zip(employers, ("1.2", "3.4", "2.0"), strict=True):
        post = entries.add(ctx, "posts", {"title": "喷漆", "hazards": "苯", "exposed": "6", "workers": "8"}, employer)
        test = entries.add(ctx, "tests", _TEST | {"lab": employer}, employer)
        measured = {"hazard": "苯", "kind": "PC-TWA", "value": value, "unit": "mg/m3", "sampled_on": "2026-02-02"}
        entries.add(ctx, "results", measured | {"test": test, "post": post}, employer)


def _list(target: Path) -> Path:
    """Write a list as an office kept it before, with a column of its own and a row that cannot be taken."""
    headings = ("收到时间", "单位", "来源", "实名/匿名", "是否本镇权限", "事由", "领导批示")
    rows = [
        ("2026年1月5日 9:30", "", "来电", "匿名", "本镇事项", "打磨车间粉尘大", "请核"),
        ("2026/1/12 15:05", "", "12345工单", "匿名", "本镇事项", "夜班噪声大", "阅"),
        ("一月中旬", "石桥无此厂", "来访", "实名", "报县级", "喷漆气味", ""),
    ]
    target.write_bytes(workbook([Sheet("投诉", headings, rows)]))
    return target
