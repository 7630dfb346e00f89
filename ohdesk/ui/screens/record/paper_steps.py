"""The steps of a paper's life: what leads to each, what it asks, and the act it is."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.paper_life import PaperAct, PaperState
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.forms.registers import definition
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context, may
from ohdesk.services.paper import life
from ohdesk.services.paper.entries import BOOK, PaperEntry

Values = Mapping[str, str]
# One letter for all: there is one next step.
_LEADS = {
    PaperAct.MAKE: mark("定稿打印…(&P)"),
    PaperAct.SIGN: mark("归入扫描件…(&P)"),
    PaperAct.APPROVE: mark("批准…(&P)"),
    PaperAct.NUMBER: mark("编号…(&P)"),
    PaperAct.SEAL: mark("用印登记…(&P)"),
    PaperAct.SERVE: mark("送达登记…(&P)"),
    PaperAct.CLOSE: mark("办结…(&P)"),
}
_LEADS_TO = {
    PaperState.SENT: mark("发出登记…(&P)"),
    PaperState.RECEIVED: mark("收到回执…(&P)"),
    PaperState.FILED: mark("归档…(&P)"),
}
_STANDS_OUT = {
    PaperState.DRAFT: "active",
    PaperState.MADE: "warn",
    PaperState.SEALED: "bad",
    PaperState.SENT: "warn",
}
_OVER = frozenset({PaperState.WITHDRAWN, PaperState.CLOSED, PaperState.FILED, PaperState.RECEIVED})


class Step(NamedTuple):
    """What a step asks, with what stands there at first, and what is done with the answers.

    title: over the form · action: of its button · about: what it means · prints: the paper is wanted in hand then
    """

    title: str
    action: str
    about: str
    fields: tuple[Field, ...]
    values: Values
    act: Callable[[Context, str, Values], object]
    prints: bool = False


def leads(entry: PaperEntry) -> str:
    """Return the words of the button that leads to the next step; "" where none is left."""
    step = entry.next_step
    return "" if step is None else tr(_LEADS_TO.get(step.to, _LEADS.get(step.act, "")))


def state_kind(state: PaperState) -> str:
    """Return how a state is shown: what is not served stands out."""
    return _STANDS_OUT.get(state, "plain" if state in _OVER else "ok")


def next_of(ctx: Context, entry: PaperEntry) -> Step | None:
    """Return what the next step of a paper asks; None where none is left."""
    step = entry.next_step
    made = None if step is None else _MADE.get(step.act)
    return None if made is None else made(ctx, entry)


def withdrawing() -> Step:
    """Return what is asked of who withdraws a paper."""
    asked = (Field("reason", mark("作废的理由"), Kind.NOTE, required=True, most=200),)
    about = tr("不能恢复。文书和编号留在登记簿里，编号不再用。")
    return Step(tr("作废这份文书"), tr("作废(&Y)"), about, asked, {}, _withdraw)


def _day(label: str) -> Field:
    return Field("on", label, Kind.DAY, required=True)


def _today(ctx: Context) -> dict[str, str]:
    return {"on": legal_day(ctx.now()).isoformat()}


def _making(_ctx: Context, _entry: PaperEntry) -> Step:
    about = tr("内容和编号就此定下，不能再改。打印出来当场宣读、签名，再把签过名的照片或扫描件归入。")
    return Step(tr("定稿打印"), tr("定稿打印(&Y)"), about, (), {}, _make, prints=True)


def _approving(ctx: Context, _entry: PaperEntry) -> Step:
    allowed = may(ctx, Right.APPROVE)
    asked = Field(
        "approver",
        mark("批准人"),
        required=not allowed,
        most=60,
        help=mark("在纸上批准的，写批准人；不写的，由登录的负责人批准。") if allowed else mark("在纸上批准的人。"),
    )
    about = tr("批准后内容就此定下，不能再改。")
    return Step(tr("批准"), tr("批准(&Y)"), about, (asked, _day(mark("批准日期"))), _today(ctx), _approve)


def _numbering(ctx: Context, _entry: PaperEntry) -> Step:
    about = tr("取这一类文书的下一个编号，制发日期印在文书上。编号不能收回，作废的也留在登记簿里。")
    return Step(tr("编号"), tr("编号(&Y)"), about, (_day(mark("制发日期")),), _today(ctx), _number)


def _sealing(ctx: Context, entry: PaperEntry) -> Step:
    asked = (
        _day(mark("用印日期")),
        Field("copies", mark("份数"), Kind.COUNT, required=True),
        Field("by", mark("用印人"), required=True, most=60),
        Field("serve_by", mark("应送达日期"), Kind.DAY, help=mark("不填的，为用印当天。")),
    )
    held = _today(ctx) | {"copies": str(entry.form.copies), "by": ctx.actor.name}
    return Step(tr("用印登记"), tr("记入(&Y)"), "", asked, held, _seal)


def _serving(ctx: Context, entry: PaperEntry) -> Step:
    book = definition(BOOK)
    ways = book.field("served_way").choices
    asked = (
        Field("way", mark("送达方式"), Kind.CHOICE, required=True, choices=(("", mark("请选择")), *ways)),
        _day(mark("送达日期")),
        Field("to", mark("收件人"), required=True, most=60),
        Field("relation", mark("与受送达人的关系"), most=60),
        Field("place", mark("送达地点"), most=200),
        Field("note", mark("送达说明"), Kind.NOTE, most=500),
    )
    if entry.form.life == "letter":
        return Step(tr("发出登记"), tr("记入(&Y)"), "", asked, _today(ctx), _serve)
    about = tr("改正、复议、诉讼的期限都从送达日期起算。")
    return Step(tr("送达登记"), tr("记入(&Y)"), about, asked, _today(ctx), _serve)


def _closing(ctx: Context, entry: PaperEntry) -> Step:
    title = {PaperState.FILED: tr("归档"), PaperState.RECEIVED: tr("收到回执")}
    step = entry.next_step
    asked = (_day(mark("办结日期")), Field("outcome", mark("办理结果"), Kind.NOTE, most=500))
    said = title.get(step.to, tr("办结")) if step else ""
    return Step(said, tr("记入(&Y)"), "", asked, _today(ctx), _close)


_MADE: Mapping[PaperAct, Callable[[Context, PaperEntry], Step]] = {
    PaperAct.MAKE: _making,
    PaperAct.APPROVE: _approving,
    PaperAct.NUMBER: _numbering,
    PaperAct.SEAL: _sealing,
    PaperAct.SERVE: _serving,
    PaperAct.CLOSE: _closing,
}


def _make(ctx: Context, paper: str, _said: Values) -> object:
    return life.make(ctx, paper)


def _approve(ctx: Context, paper: str, said: Values) -> object:
    return life.approve(ctx, paper, said["approver"], said["on"])


def _number(ctx: Context, paper: str, said: Values) -> object:
    return life.number(ctx, paper, said["on"])


def _seal(ctx: Context, paper: str, said: Values) -> object:
    return life.seal(ctx, paper, said["on"], int(said["copies"]), said["by"], said["serve_by"])


def _serve(ctx: Context, paper: str, said: Values) -> object:
    keys = ("way", "on", "to", "relation", "place", "note")
    return life.serve(ctx, paper, life.Service(*(said[key] for key in keys)))


def _close(ctx: Context, paper: str, said: Values) -> object:
    return life.close(ctx, paper, said["on"], said["outcome"])


def _withdraw(ctx: Context, paper: str, said: Values) -> object:
    return life.withdraw(ctx, paper, said["reason"])
