"""What is set down about a visit, as names and words: the same lines on every page that shows them."""

from PySide6.QtWidgets import QWidget

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.visit import Correction
from ohdesk.forms.going import partner_lines, technician_said
from ohdesk.i18n import tr
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.lay import clear, column, facts
from ohdesk.ui.kit.wording import minute_text

Lines = tuple[tuple[str, str], ...]


class Facts(QWidget):
    """Names at the left, words at the right; lines without words are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._column = column(of=self)

    def show_lines(self, lines: Lines) -> None:
        clear(self._column)
        self._column.addWidget(facts(line for line in lines if line[1]))


def plan_lines(view: VisitView) -> Lines:
    """Return what was planned."""
    return (
        (tr("单位"), " · ".join(filter(None, (view.name, view.uscc)))),
        (tr("地址"), view.address),
        (tr("类别和来源"), " · ".join(filter(None, (view.kind, view.source)))),
        (tr("缘由"), view.task.reason),
        (tr("计划日期"), view.task.planned_on),
        (tr("执法人员"), "、".join(view.inspectors)),
        (tr("协管员"), "、".join(view.assistant_names)),
        (tr("技术人员"), "、".join(map(technician_said, view.technicians))),
        (tr("联合部门"), "\n".join(partner_lines(view.partners))),
        (tr("一并办理"), "\n".join(each.sentence if view.started else each.task.said for each in view.tasks)),
        (tr("检查表"), view.form_title),
        (tr("检查次数"), view.counted.sentence),
        (tr("上级任务编号"), view.task.number),
    )


def arrival_lines(view: VisitView) -> Lines:
    """Return what was set down on arrival; empty before."""
    if not view.started_at:
        return ()
    arrival = view.start.arrival
    code_at = minute_text(parse_instant(arrival.code_at)) if arrival.code_at else ""
    return (
        (tr("开始"), minute_text(view.started_at)),
        (tr("名义"), " · ".join(filter(None, (view.mode_name, view.start.authority)))),
        (tr("非现场方式"), view.start.means),
        (tr("地点"), view.start.place),
        (tr("陪同人"), view.start.accompanied_by),
        (tr("亮码"), " ".join(filter(None, (arrival.code_way, code_at, arrival.code_serial)))),
        (tr("通知书"), arrival.notice_given),
        (tr("执法证件"), arrival.certificates_shown),
        (tr("告知"), arrival.rights_told),
        (tr("回避"), arrival.recusal_answer),
        (tr("缺项"), "；".join(gap.sentence for gap in view.start.gaps)),
        (tr("缺项理由"), view.start.gap_reason),
        *((tr("更正"), _corrected(each)) for each in view.start.corrections),
    )


def _corrected(correction: Correction) -> str:
    made_up = "；".join(gap.sentence for gap in correction.made_up)
    at = minute_text(parse_instant(correction.at))
    return (
        tr("{at} {by}，补上：{made_up}", at=at, by=correction.by, made_up=made_up)
        if made_up
        else f"{at} {correction.by}"
    )


def ending_lines(view: VisitView) -> Lines:
    """Return how the visit ended, as far as it has."""
    if view.cancelled is not None:
        at = minute_text(parse_instant(view.cancelled.at))
        return ((tr("取消"), f"{at} {view.cancelled.by}"), (tr("理由"), view.cancelled.reason))
    return (
        (tr("结果"), view.outcome),
        (tr("证明"), view.ending.proof if view.ending else ""),
        (tr("情况说明"), view.ending.account if view.ending else view.note),
        (tr("结束"), minute_text(view.ended_at) if view.ended_at else ""),
    )
