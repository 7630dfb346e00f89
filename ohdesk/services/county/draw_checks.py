"""What the county says of its towns' draws: computed again, and whether one could have been tried until liked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, Peer
from ohdesk.db.queries.draws import commit_hash, first_came, visits_begun
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.draw.proof import recomputation_problem
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.operations import DrawCommitted, DrawComputed
from ohdesk.domain.receipt import draw_receipt
from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context

# Sticks that are read one after the other were carried together: the county could not have answered in between.
_TOGETHER = timedelta(minutes=10)


class DrawFlag(Worded):
    """What the county should ask about; none of it makes the result another one."""

    TOGETHER = "together", mark("冻结和结果一起送到，县级事先没有见过名单指纹")
    CLAIMED = "claimed", mark("镇街称事先有县级回执，与县级收到的时间不符")
    UNANNOUNCED = "unannounced", mark("未预先报县")
    SEVERAL = "several", mark("同一计划抽取过 {count} 次")
    GAP = "gap", mark("编号不连续，缺第 {numbers} 次")
    TWICE = "twice", mark("有 {count} 个第 {number} 次抽取")
    VISITED = "visited", mark("已作废，但按这次抽取检查过 {count} 家")
    VOIDS = "voids", mark("{year} 年作废过 {count} 次")


@dataclass(frozen=True, slots=True)
class DrawCheck:
    """A town's draw computed again at the county; `problem` is empty when the result agrees.

    flags:   what should be asked about, each with its sentence
    receipt: says that the county holds the commit; read out to the town before it has a seed
    commit_seen_at, result_seen_at: when they first came here; None for the county's own draws and what never came
    """

    draw: str
    town: str
    plan: str
    number: int
    state: DrawState
    problem: str
    flags: tuple[tuple[DrawFlag, str], ...] = ()
    receipt: str = ""
    commit_seen_at: datetime | None = None
    result_seen_at: datetime | None = None

    @property
    def id(self) -> str:
        """The draw's."""
        return self.draw


def check_draws(ctx: Context) -> list[DrawCheck]:
    """Compute every town's draw again from its sheet and seed, and say where the result differs and what to ask."""
    with ctx.reading() as session:
        # By whose the draw is, not by the laptop that says it wrote it.
        names = {peer.division: peer.name for peer in session.scalars(select(Peer))}
        names[ctx.office.division] = ctx.office.name
        came = first_came(session)
        draws = session.scalars(select(Draw).order_by(Draw.division, Draw.plan, Draw.number, Draw.id)).all()
        checks = []
        for draw in draws:
            commit, result = (came.get((draw.id, each.kind)) for each in (DrawCommitted, DrawComputed))
            together = commit is not None and result is not None and _came_together(commit, result)
            checks.append(
                DrawCheck(
                    draw=draw.id,
                    town=names.get(draw.division, draw.division),
                    plan=draw.plan,
                    number=draw.number,
                    state=draw.state,
                    problem=recomputation_problem(draw.commit, draw.sheet, draw.seed, draw.pool_csv, draw.result_csv)
                    if draw.sheet
                    else "",
                    flags=() if draw.division == ctx.office.division else tuple(_flags(session, draw, draws, together)),
                    receipt=draw_receipt(commit_hash(session, draw.id)),
                    commit_seen_at=None if commit is None else commit[0],
                    result_seen_at=None if result is None else result[0],
                )
            )
        return checks


def _flags(session: Session, draw: Draw, draws: Sequence[Draw], together: bool) -> Iterator[tuple[DrawFlag, str]]:
    if together:
        yield _flag(DrawFlag.TOGETHER)
    if together and draw.receipt:
        yield _flag(DrawFlag.CLAIMED)
    if draw.seed and not draw.receipt:
        yield _flag(DrawFlag.UNANNOUNCED)
    of_office = [each for each in draws if each.division == draw.division]
    of_plan = [each for each in of_office if _one_spelling(each.plan) == _one_spelling(draw.plan)]
    if len(of_plan) > 1:
        yield _flag(DrawFlag.SEVERAL, count=len(of_plan))
    numbers = Counter(each.number for each in of_plan)
    if lacking := [str(number) for number in range(1, min(max(numbers), 100)) if number not in numbers]:
        yield _flag(DrawFlag.GAP, numbers=tr("、").join(lacking))
    if (count := numbers[draw.number]) > 1:
        yield _flag(DrawFlag.TWICE, number=draw.number, count=count)
    # After the first visit an error is put right in public; whoever voids then may not have liked what was found.
    if draw.state == DrawState.VOID and (count := visits_begun(session, draw)):
        yield _flag(DrawFlag.VISITED, count=count)
    year = _year(draw)
    voids = sum(each.state == DrawState.VOID and _year(each) == year for each in of_office)
    if voids > 1:
        yield _flag(DrawFlag.VOIDS, year=year, count=voids)


def _came_together(commit: tuple[datetime, str], result: tuple[datetime, str]) -> bool:
    return commit[1] == result[1] or result[0] - commit[0] < _TOGETHER


def _one_spelling(plan: str) -> str:
    """Return the number of a plan as it is compared: typed wide or with a space, it would else begin anew at 1."""
    return "".join(normalize("NFKC", plan).split()).casefold()


def _year(draw: Draw) -> int:
    return legal_day(parse_instant(draw.committed_at)).year


def _flag(flag: DrawFlag, **values: object) -> tuple[DrawFlag, str]:
    return flag, tr(flag.said, **values)
