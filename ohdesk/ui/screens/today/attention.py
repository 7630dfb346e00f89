"""What the screen 今日 says: visits as lines, what needs attention, and the next thing to do."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ohdesk.domain.calendar import parse_day, weekday_name
from ohdesk.domain.paper_life import PaperState
from ohdesk.domain.visit import RE_INSPECTION
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import mark, tr
from ohdesk.services.paper.listing import PaperRow
from ohdesk.services.start.today import Agenda, Backlog, FirstStep
from ohdesk.services.visit.views import NextStep, VisitRow
from ohdesk.ui import theme
from ohdesk.ui.screens.today.lines import Line

_NAMED = 3
_LONGEST_NAME = 14


class _Step(NamedTuple):
    """What is said of a visit by its next step: on its button, on the primary one, and as a chip with its kind.

    screen: where the step is done
    """

    action: str
    next: str
    state: str
    kind: str
    screen: str = "visit"


_STEPS = {
    NextStep.APPROVE: _Step(mark("批准"), mark("批准检查 {name}(&G)"), mark("待批准"), "warn"),
    NextStep.ARRIVE: _Step(mark("登记到场"), mark("登记到场 {name}(&G)"), mark("已批准"), "plain"),
    NextStep.FILL: _Step(mark("继续 {answered}/{questions}"), mark("继续检查 {name}(&G)"), mark("检查中"), "active"),
    NextStep.NOTE: _Step(mark("写巡查情况"), mark("写巡查情况 {name}(&G)"), mark("巡查中"), "active"),
    NextStep.SIGN: _Step(mark("去签名"), mark("去签名 {name}(&G)"), mark("待签名"), "warn", "record"),
    NextStep.SCAN_IN: _Step(
        mark("归入扫描件"), mark("归入扫描件 {name}(&G)"), mark("已打印，等待归入扫描件"), "warn", "record"
    ),
}
PLACES = {  # where each of the first steps is done: the screen, and what of it
    "roll": ("roll", ""),
    "people": ("settings", "people"),
    "accounts": ("settings", "accounts"),
    "powers": ("settings", "powers"),
    "county": ("exchange", ""),
    "draw": ("draw", ""),
}
_MISSING = {
    "roll": (mark("名录还是空的"), mark("导入名单或逐家新增后，才能安排检查。"), mark("导入名单")),
    "people": (mark("执法人员不足两名"), mark("检查至少要有两名持有效证件的执法人员。"), mark("登记人员")),
    "accounts": (mark("有账户的执法人员不足两名"), mark("每名执法人员用自己的账户和密码签名。"), mark("建立账户")),
    "powers": (
        mark("没有登记检查权限"),
        mark("没有权限不能登记到场；请写明有权机关、依据和起止日期。"),
        mark("登记权限"),
    ),
}


class NextThing(NamedTuple):
    """The words of the primary button, and where it leads."""

    text: str
    screen: str
    thing: str


def next_thing(agenda: Agenda, backlog: Backlog | None) -> NextThing:
    """Return the next thing to do now."""
    if agenda.now:
        visit = agenda.now[0]
        step = _STEPS[visit.step]
        return NextThing(tr(step.next, name=_button_name(visit.name)), step.screen, visit.id)
    if backlog is not None and backlog.overdue.rows:
        first = backlog.overdue.rows[0]
        return NextThing(tr("安排复查 {name}(&G)", name=_button_name(first.name)), "finding", first.visit)
    return NextThing(tr("安排检查(&G)"), "visit", "new:")


def visit_line(visit: VisitRow, today: date) -> Line:
    """Return a visit as a line: whom, when, who goes, and its next step."""
    who = "、".join(visit.inspectors) or tr("没有执法人员")
    parts = (_when(visit, today), tr("整改复查") if visit.task.source == RE_INSPECTION else "", who)
    step = _STEPS[visit.step]
    return Line(
        title=visit.name,
        detail=" · ".join(filter(None, parts)),
        action=tr(step.action, answered=visit.answered, questions=visit.questions),
        screen=step.screen,
        thing=visit.id,
        chip=tr(step.state),
        kind=step.kind,
    )


def attention(agenda: Agenda, backlog: Backlog | None) -> list[Line]:
    """Return what needs attention, the most pressing first."""
    return [
        *(_findings(backlog) if backlog else ()),
        *_papers(agenda),
        *_visits(agenda),
        *(_roll(backlog) if backlog else ()),
        *(_lives(backlog.papers) if backlog else ()),
        *(_books(backlog) if backlog else ()),
        *(_photos(backlog) if backlog else ()),
        *(_typing(backlog) if backlog else ()),
        *_missing(agenda.steps),
        *_certificates(agenda),
        *(_uncertified(backlog) if backlog else ()),
        *(_terms(backlog) if backlog else ()),
        *_backup(agenda),
        *_county(agenda),
    ]


def _findings(backlog: Backlog) -> Iterator[Line]:
    overdue, due = backlog.overdue, backlog.due
    if overdue.findings:
        title = tr("{count} 项整改已逾期", count=overdue.findings)
        said = tr("{name} {days} 天")
        detail = _some([said.format(name=row.name, days=row.days) for row in overdue.rows], overdue.establishments)
        thing = overdue.rows[0].visit if overdue.findings == 1 else "overdue"
        yield Line(title, detail, tr("安排复查"), "finding", thing, "bad", "bad")
    if due.findings:
        title = tr("{count} 项整改本周到期", count=due.findings)
        said = tr("{name} {day}")
        detail = _some([said.format(name=row.name, day=_due(row.due_on)) for row in due.rows], due.establishments)
        yield Line(title, detail, tr("查看"), "finding", "due", "clock", "warn")


def _papers(agenda: Agenda) -> Iterator[Line]:
    if agenda.bad_papers:
        title = tr("{count} 份收到的文书核对不通过", count=agenda.bad_papers)
        yield Line(title, tr("不计入检查数，请与镇街核实。"), tr("看文书"), "record", "bad", "bad", "bad")


def _lives(papers: Sequence[PaperRow]) -> Iterator[Line]:
    """Yield what papers wait for; each line leads to the first of them."""
    said = tr("《{title}》{number}")
    unserved = [each for each in papers if each.state is PaperState.SEALED]
    others = [each for each in papers if each.state is not PaperState.SEALED]
    for count, found, look in (
        (mark("{count} 份文书未送达"), unserved, ("bad", "bad")),
        (mark("{count} 份文书的改正期限到了"), others, ("clock", "warn")),
    ):
        if found:
            named = _named(said.format(title=each.title, number=each.number) for each in found)
            yield Line(tr(count, count=len(found)), named, tr("看文书"), "record", f"paper:{found[0].id}", *look)


def _visits(agenda: Agenda) -> Iterator[Line]:
    today = agenda.today.isoformat()
    approve = agenda.waiting_for(NextStep.APPROVE)
    if approve and agenda.may_approve:
        title = tr("{count} 次检查待批准", count=len(approve))
        yield Line(title, _names(approve), tr("去批准"), "visit", approve[0].id, "stamp", "warn")
    sign = agenda.waiting_for(NextStep.SIGN)
    if sign:
        title = tr("{count} 份笔录待签名", count=len(sign))
        yield Line(title, _names(sign), tr("去签名"), "record", sign[0].id, "sign", "warn")
    printed = agenda.waiting_for(NextStep.SCAN_IN)
    if printed:
        title = tr("{count} 份笔录已打印，等待归入扫描件", count=len(printed))
        yield Line(title, _names(printed), tr("归入扫描件"), "record", printed[0].id, "import", "warn")
    rest = [each for each in agenda.now if each.step is NextStep.FILL and each.started < today]
    if rest:
        title = tr("{count} 次检查没有填完", count=len(rest))
        said = tr("{name} {day} 开始，{answered}/{questions}")
        detail = _named(
            said.format(name=each.name, day=_day(each.started), answered=each.answered, questions=each.questions)
            for each in rest
        )
        yield Line(title, detail, tr("继续"), "visit", rest[0].id, "inspect", "warn")


def _roll(backlog: Backlog) -> Iterator[Line]:
    if answers := backlog.answers:
        title = tr("{count} 家转来的单位等本镇街答复", count=len(answers))
        detail = _named(each.name for each in answers)
        yield Line(title, detail, tr("去答复"), "roll", f"transfer:{answers[0].id}", "employer", "warn")
    if states := backlog.states:
        title = tr("{count} 家单位的状态待登记", count=len(states))
        said = tr("{name} 检查时{state}")
        detail = _named(said.format(name=each.name, state=tr(each.offered.state)) for each in states)
        yield Line(title, detail, tr("去登记"), "roll", states[0].id, "employer", "warn")


def _books(backlog: Backlog) -> Iterator[Line]:
    for book in backlog.books[:_NAMED]:
        title = tr("{book}：{count} 条已逾期", book=book.title, count=book.overdue)
        detail = tr("另有 {count} 条 7 日内到期。", count=book.soon) if book.soon else ""
        if not book.overdue:
            title, detail = tr("{book}：{count} 条 7 日内到期", book=book.title, count=book.soon), ""
        look = ("bad", "bad") if book.overdue else ("clock", "warn")
        yield Line(title, detail, tr("查看"), "registers", book.id, *look)


def _photos(backlog: Backlog) -> Iterator[Line]:
    if backlog.photos:
        first = backlog.photos[0]
        said = tr("{name} 照片 {numbers}")
        title = tr("{count} 张照片待补", count=sum(len(each.numbers) for each in backlog.photos))
        lacking = ((each.name, "、".join(map(str, each.numbers))) for each in backlog.photos)
        detail = _named(said.format(name=name, numbers=numbers) for name, numbers in lacking)
        screen = "record" if first.final else "visit"
        yield Line(title, detail, tr("补照片"), screen, first.visit, "photo", "warn")


def _typing(backlog: Backlog) -> Iterator[Line]:
    if waiting := backlog.typing:
        title = tr("{count} 次检查还没有录入系统", count=len(waiting))
        yield Line(
            title, _named(each.name for each in waiting), tr("去录入"), "record", f"typing:{waiting[0].visit}", "copy"
        )


def _missing(steps: Iterable[FirstStep]) -> Iterator[Line]:
    for step in steps:
        if step.key in _MISSING and not step.done:
            title, detail, action = (tr(words) for words in _MISSING[step.key])
            yield Line(title, detail, action, *PLACES[step.key], "warning", "warn")


def _certificates(agenda: Agenda) -> Iterator[Line]:
    ending = agenda.certificates
    if not ending:
        return
    over = sum(each.days < 0 for each in ending)
    title = (
        tr("{count} 名执法人员的证件已到期", count=over)
        if over
        else tr("{count} 名执法人员的证件即将到期", count=len(ending))
    )
    detail = _named(_days_left(each.name, each.days, each.until) for each in ending)
    yield Line(title, detail, tr("看人员"), "settings", "people", "certificate", "bad" if over else "warn")


def _uncertified(backlog: Backlog) -> Iterator[Line]:
    if backlog.uncertified:
        title = tr("{count} 人的签名密钥还没有县级证书", count=len(backlog.uncertified))
        detail = tr("{names}：补发之前签的，县级先搁置、不计入。", names="、".join(backlog.uncertified))
        yield Line(title, detail, tr("去补发"), "exchange", "", "certificate", "warn")


def _terms(backlog: Backlog) -> Iterator[Line]:
    if not backlog.ending:
        return
    over = sum(each.days < 0 for each in backlog.ending)
    title = (
        tr("{count} 份县级签发的证书已到期", count=over)
        if over
        else tr("{count} 份县级签发的证书即将到期", count=len(backlog.ending))
    )
    detail = _named(_days_left(each.whose, each.days, str(each.until)) for each in backlog.ending)
    yield Line(title, detail, tr("去续期"), "exchange", "", "certificate", "bad" if over else "warn")


def _days_left(name: str, days: int, until: str) -> str:
    if days < 0:
        return tr("{name} {day} 已到期", name=name, day=until)
    return tr("{name} 还有 {days} 天", name=name, days=days)


def _backup(agenda: Agenda) -> Iterator[Line]:
    protection = agenda.protection
    if protection.problems:
        title, detail = tr("自动备份没有成功"), protection.problems[0]
    elif protection.is_old:
        title, detail = tr("{days} 天没有备份", days=protection.days), tr("磁盘坏了，这以后写的只有送到县级的还在。")
    else:
        return
    yield Line(title, detail, tr("去备份"), "settings", "backup", "save", "bad")


def _county(agenda: Agenda) -> Iterator[Line]:
    if agenda.takes_over:
        title = tr("本机接替了电脑 {before}", before=agenda.takes_over[:8])
        detail = tr("用县级名片重新写出申请，收下答复后才能收发；没有送达的内容会再送一次。")
        yield Line(title, detail, tr("去登记"), "exchange", "", "county", "bad")
    elif not agenda.joined:
        yield Line(
            tr("还没有加入县级"), tr("加入后才能上报和接收下发。"), tr("去加入"), "exchange", "", "county", "text_2"
        )
    elif agenda.unsent and agenda.reported_days is None:
        yield Line(tr("还没有上报过"), tr("有新的内容可以上报。"), tr("生成上报包"), "exchange", "", "sync", "warn")
    elif agenda.unsent and agenda.reported_days:
        tint = "warn" if agenda.reported_days > theme.layout("reported_late_after_days") else "text_2"
        title = tr("距上次上报 {days} 天", days=agenda.reported_days)
        yield Line(title, tr("此后有新的内容没有上报。"), tr("生成上报包"), "exchange", "", "sync", tint)


def _when(visit: VisitRow, today: date) -> str:
    """Return when a visit began or should have, or is to; empty where that is today."""
    day = today.isoformat()
    if visit.started:
        return tr("{day} 开始", day=_day(visit.started)) if visit.started < day else ""
    if visit.planned_on < day:
        days = (today - parse_day(visit.planned_on)).days
        return tr("原定 {day}，已过 {days} 天", day=_day(visit.planned_on), days=days)
    return _day(visit.planned_on) if visit.planned_on > day else ""


def _named(texts: Iterable[str]) -> str:
    each = list(texts)
    return _some(each[:_NAMED], len(each))


def _some(first: Sequence[str], count: int) -> str:
    """Name the first of `count`, and say how many there are when those are not all."""
    some = "；".join(first)
    return some if len(first) == count else tr("{some}；等 {count} 个", some=some, count=count)


def _names(visits: Iterable[VisitRow]) -> str:
    return _named(each.name for each in visits)


def _button_name(name: str) -> str:
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return short.replace("&", "&&")  # one alone would make a key of the letter behind it


def _day(day: str) -> str:
    return tr("{weekday} {day}", weekday=weekday_name(parse_day(day)), day=day[5:])


def _due(day: str) -> str:
    return work_calendar().doubted(parse_day(day), _day(day))
