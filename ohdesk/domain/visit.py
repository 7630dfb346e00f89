"""A visit (一次检查): its states, what each allows, what must be there before it starts, and what is only a gap."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ohdesk.domain.problems import blank
from ohdesk.domain.record import Arrival
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem, UserError
from ohdesk.i18n import mark, tr

RECUSAL_ASKED = "申请回避"
RE_INSPECTION, OFF_SITE = "re_inspection", "off_site"  # sources of a task, in resources/visits/task.toml


class VisitState(Worded):
    """planned → approved → open → closed, or cancelled before the start; what is over never changes again."""

    PLANNED = "planned", mark("待批准")
    APPROVED = "approved", mark("已批准")
    OPEN = "open", mark("检查中")
    CLOSED = "closed", mark("已结束")
    CANCELLED = "cancelled", mark("已取消")


class Act(StrEnum):
    """What can be done with a visit."""

    PLAN = "plan"
    APPROVE = "approve"
    START = "start"
    FILL = "fill"
    END = "end"
    FINALIZE = "finalize"


UNFINISHED = (VisitState.PLANNED, VisitState.APPROVED, VisitState.OPEN)
ALLOWED = {
    # The start without approval is a gap, not a bar: the approver may be out of reach while the gate stands open.
    VisitState.PLANNED: frozenset({Act.PLAN, Act.APPROVE, Act.START}),
    VisitState.APPROVED: frozenset({Act.PLAN, Act.START}),
    VisitState.OPEN: frozenset({Act.FILL, Act.END, Act.FINALIZE}),
    # Not even an administrator: what was signed is only ever added to.
    VisitState.CLOSED: frozenset[Act](),
    VisitState.CANCELLED: frozenset[Act](),
}


class Mode(StrEnum):
    """How one acts: 以镇街名义, 受委托, 协管巡查; under either power from the office, 非现场检查."""

    OWN = "own"
    ENTRUSTED = "entrusted"
    PATROL = "patrol"
    OFF_SITE = "off-site"


@dataclass(frozen=True, slots=True)
class Power:
    """The power of an issuing body to inspect in one mode.

    valid_from, valid_to: days, "2026-01-01"; an empty valid_to means until further notice
    basis: the published list or the letter of entrustment (委托书)
    number, scope, published_on: of the letter: its number, what it entrusts in its words, the day it was published
    inspects: the letter names inspections (行政检查); what it does not name is not entrusted
    matters: ids of the forms of 县级事项 that list or letter names
    """

    mode: str
    authority: str
    valid_from: str
    valid_to: str
    basis: str
    number: str = ""
    scope: str = ""
    published_on: str = ""
    inspects: bool = False
    matters: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """By which it is told from others of this office."""
        return f"{self.mode}/{self.valid_from}/{self.authority}/{self.basis}/{self.number}"

    def inspects_on(self, day: date) -> bool:
        """True when inspections may be made under the power on `day`."""
        return self.holds_on(day) and (self.mode == Mode.OWN or self.inspects)

    def holds_on(self, day: date) -> bool:
        """True when the power covers `day`."""
        # Days in this spelling compare as texts do.
        return self.valid_from <= day.isoformat() and (not self.valid_to or day.isoformat() <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PartnerOfficer:
    """An officer of another department that checks at the same time (部门联合), on a record of its own."""

    department: str
    name: str
    certificate_no: str


class OpenKind(Worded):
    """What may be open at an establishment: a finding that nobody looked at again, an entry of a book, a visit."""

    FINDING = "finding", mark("问题待复查")
    ENTRY = "entry", mark("登记事项")
    VISIT = "visit", mark("已安排的检查")


@dataclass(frozen=True, slots=True)
class TakenTask:
    """What else a visit sees to (综合查一次): a finding or an entry by id, in the words of that day."""

    kind: OpenKind
    id: str
    said: str


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A task that a visit took along, and what became of it.

    answered: an answer of the checklist has seen to it, and nobody has to say so
    reason: why it was left, "" where it was not, or nobody has said
    """

    task: TakenTask
    done: bool
    answered: bool = False
    reason: str = ""

    @property
    def sentence(self) -> str:
        """What it was and what became of it."""
        if self.done:
            return tr("{task}：已办", task=self.task.said)
        return tr("{task}：未办（{reason}）", task=self.task.said, reason=self.reason or tr("没有写明理由"))


@dataclass(frozen=True, slots=True)
class Task:
    """Why the visit takes place: kind (日常/专项/个案) and source, by id; the planned day, "" when open.

    reason: what a single case is about; internal, never printed
    entry: what a case comes from: an entry of a book, a finding or a visit, by id
    number: of the task of a higher level · platform: how many inspections of the year the platform shows, 0 unknown
    taken: what else is seen to on the same visit
    """

    kind: str
    source: str
    planned_on: str = ""
    reason: str = ""
    entry: str = ""
    number: str = ""
    platform: int = 0
    taken: tuple[TakenTask, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """The approval (行政检查审批表). way: "account" (the approver's password) or "paper" (纸质已批).

    on: day, "2026-03-02" · number: of the paper form; may be empty with an account
    entered_by: who set down what the paper says · key, signature: of the account that approved or set it down
    (SHA-256 of the public key, ECDSA), hexadecimal
    """

    way: str
    approver: str
    on: str
    number: str
    entered_by: str = ""
    key: str = ""
    signature: str = ""

    @property
    def sentence(self) -> str:
        """The approval as it stands on the record."""
        number = tr("，编号 {number}", number=self.number) if self.number else ""
        sentence = mark("行政检查审批表已由{approver}于 {day} 批准{number}")
        if self.way == "paper":
            sentence = mark("行政检查审批表（纸质）已由{approver}于 {day} 批准{number}，由{entered_by}录入")
        return tr(sentence, approver=self.approver, day=self.on, number=number, entered_by=self.entered_by)


NO_ARRIVAL = Arrival(code_way="", code_at="", notice_given="", certificates_shown="", rights_told="", recusal_answer="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartData:
    """What is known when a visit starts.

    mode:       "own", "entrusted", "patrol" or "off-site"
    means:      how one looks from the office (书面, 视频, 在线数据), where one does
    authority:  the issuing body, where several hold the power; empty takes the only one
    place:      where the inspection takes place · accompanied_by: who accompanies it, with position
    gap_reason: why one goes on although something is missing; stays in the internal file, never printed
    """

    mode: str
    authority: str = ""
    means: str = ""
    place: str = ""
    accompanied_by: str = ""
    arrival: Arrival = field(default=NO_ARRIVAL)
    gap_reason: str = ""


@dataclass(frozen=True, slots=True)
class FairCopy:
    """Papers of a visit that were printed to be signed in ink (纸质签署), so that their pictures are known again.

    number: which the record keeps · record_sha256: what they say · at: when (instant as text)
    pages: of each paper, by its key · is_late: printed on a later day than the inspection
    """

    number: str
    record_sha256: str
    at: str
    pages: dict[str, int]
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that should have been there before the start; going on needs a reason."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of what was set down on arrival: when (instant as text), by whom, and which gaps it filled."""

    at: str
    by: str
    made_up: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a visit was started: in whose name and on which power, where, with whom, and what was missing.

    gaps: what was missing, gap_reason: why one went on · corrections: what was put right since
    all three stay in the internal file
    """

    mode: str
    authority: str
    power_basis: str
    means: str
    place: str
    accompanied_by: str
    arrival: Arrival
    gaps: tuple[Gap, ...] = ()
    gap_reason: str = ""
    corrections: tuple[Correction, ...] = ()


NOT_STARTED = Start(mode="", authority="", power_basis="", means="", place="", accompanied_by="", arrival=NO_ARRIVAL)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Why a visit was cancelled before its start, by whom and when (instant as text); internal."""

    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a visit ended without a checklist: outcome by id, which proof there is, and what it shows."""

    outcome: str
    proof: str
    account: str


def check_allowed(state: VisitState, act: Act) -> None:
    """Raise UserError when a visit in this state does not allow the act."""
    if act in ALLOWED[state]:
        return
    # Each with its own remedy: “not allowed” alone leaves one standing at the gate.
    if state == VisitState.CANCELLED:
        raise UserError(tr("这次检查已经取消。"), tr("仍要检查的，请另行安排。"))
    if state == VisitState.CLOSED:
        raise UserError(tr("这次检查已经结束，不能再改动。"), tr("需要更正的，请在笔录上作补充说明。"))
    if state == VisitState.OPEN:
        raise UserError(tr("这次检查已经开始。"), tr("请继续填写检查表，或者结束检查。"))
    raise UserError(tr("这次检查现为“{state}”，还不能做这一步。", state=state.word), tr("请先批准并开始检查。"))


def without_power() -> str:
    """Return what an office may do that may not inspect."""
    return tr(
        "委托书已失效，或者没有写明行政检查的，只能做入企服务和线索报送（“登记簿”）；"
        "协管巡查、观摩、调研都不能代替检查。"
    )


def power_for(powers: Iterable[Power], modes: Collection[str], authority: str, day: date) -> Power:
    """Return the power, of one of these modes, under which a visit takes place on `day`.

    Raises UserError when there is none, or several and no authority is named.
    """
    held = [power for power in powers if power.mode in modes and power.inspects_on(day)]
    fitting = [power for power in held if authority in {"", power.authority}]
    if not fitting:
        raise UserError(
            tr("{day} 没有以这种方式检查的权限，不能开始检查。", day=day.isoformat()),
            tr("请先在“设置”中登记检查权限：有权机关、依据和有效期（命令行为 ohdesk visit power）。{without}").format(
                without=without_power()
            ),
        )
    # Never chosen by default: it is in this authority's name that the record is made.
    if len({power.authority for power in fitting}) > 1:
        names = "、".join(sorted({power.authority for power in fitting}))
        raise UserError(tr("有权机关不止一个：{names}。", names=names), tr("请选择以哪个机关的名义检查。"))
    return fitting[0]


def start_gaps(task: Task, approval: Approval | None, arrival: Arrival, sentences: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return everything missing that does not forbid the start.

    sentences: the arrival items "code", "notice", "certificates", "rights", "recusal" with the words for their gap
    """
    given = {
        "code": arrival.code_way and arrival.code_at,
        "notice": arrival.notice_given,
        "certificates": arrival.certificates_shown,
        "rights": arrival.rights_told,
        "recusal": arrival.recusal_answer,
    }
    gaps = []
    if not task.kind or not task.source:
        gaps.append(Gap("task", tr("没有写明检查类别和任务来源")))
    if approval is None:
        gaps.append(Gap("approval", tr("行政检查审批表没有批准")))
    gaps += [gap for gap in sentences if not given[gap.key]]
    if arrival.recusal_answer == RECUSAL_ASKED:
        gaps.append(Gap("recusal_asked", tr("对方申请回避，尚未作出决定")))
    return tuple(gaps)


def ending_problems(ending: Ending, proofs: Sequence[str]) -> list[Problem]:
    """Return what an ending without a checklist lacks; `proofs` are those the outcome accepts."""
    problems = []
    if ending.proof not in proofs:
        remedy = tr("请选择一种证明：{proofs}。", proofs="、".join(proofs))
        problems.append(blank(tr("证明"), "proof", remedy))
    if not ending.account.strip():
        problems.append(blank(tr("情况说明"), "account", tr("请写明看到的情形。")))
    return problems
