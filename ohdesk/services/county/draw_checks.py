"""What the county says of its towns' draws: computed again, and whether one could have been tried until liked."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, Peer
from ohdesk.db.queries.draws import commit_hashes, files_of, first_came, visits_of_void
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
        came, commits = first_came(session), commit_hashes(session)
        draws = session.scalars(select(Draw).order_by(Draw.division, Draw.plan, Draw.number, Draw.id)).all()
        beside = _Beside(session, draws)
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
                    problem=_recomputed(session, draw),
                    flags=() if draw.division == ctx.office.division else tuple(_flags(draw, beside, together)),
                    receipt=draw_receipt(commits[draw.id]),
                    commit_seen_at=None if commit is None else commit[0],
                    result_seen_at=None if result is None else result[0],
                )
            )
        return checks


class _Beside:
    """What is held beside each draw, counted once for all of them."""

    def __init__(self, session: Session, draws: Sequence[Draw]) -> None:
        self._numbers: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        self._voids: Counter[tuple[str, int]] = Counter()
        for draw in draws:
            self._numbers[draw.division, _one_spelling(draw.plan)][draw.number] += 1
            self._voids[draw.division, _year(draw)] += draw.state == DrawState.VOID
        self._visits = visits_of_void(session)

    def numbers(self, draw: Draw) -> Counter[int]:
        """Return how often its plan's numbers were used by its office."""
        return self._numbers[draw.division, _one_spelling(draw.plan)]

    def voids(self, draw: Draw) -> int:
        """Return how many of its year its office has declared void."""
        return self._voids[draw.division, _year(draw)]

    def visits(self, draw: Draw) -> int:
        """Return how many visits of it have begun, where it is void."""
        return self._visits.get(draw.id, 0)


def _recomputed(session: Session, draw: Draw) -> str:
    files = files_of(session, draw)
    return "" if files is None else recomputation_problem(draw.commit, files.sheet, draw.seed, files.pool, files.result)


def _flags(draw: Draw, beside: _Beside, together: bool) -> Iterator[tuple[DrawFlag, str]]:
    if together:
        yield _flag(DrawFlag.TOGETHER)
    if together and draw.receipt:
        yield _flag(DrawFlag.CLAIMED)
    if draw.seed and not draw.receipt:
        yield _flag(DrawFlag.UNANNOUNCED)
    numbers = beside.numbers(draw)
    if numbers.total() > 1:
        yield _flag(DrawFlag.SEVERAL, count=numbers.total())
    if lacking := [str(number) for number in range(1, min(max(numbers), 100)) if number not in numbers]:
        yield _flag(DrawFlag.GAP, numbers=tr("、").join(lacking))
    if (count := numbers[draw.number]) > 1:
        yield _flag(DrawFlag.TWICE, number=draw.number, count=count)
    # After the first visit an error is put right in public; whoever voids then may not have liked what was found.
    if count := beside.visits(draw):
        yield _flag(DrawFlag.VISITED, count=count)
    if (count := beside.voids(draw)) > 1:
        yield _flag(DrawFlag.VOIDS, year=_year(draw), count=count)


def _came_together(commit: tuple[datetime, str], result: tuple[datetime, str]) -> bool:
    return commit[1] == result[1] or result[0] - commit[0] < _TOGETHER


def _one_spelling(plan: str) -> str:
    """Return the number of a plan as it is compared: typed wide or with a space, it would else begin anew at 1."""
    return "".join(normalize("NFKC", plan).split()).casefold()


def _year(draw: Draw) -> int:
    return legal_day(parse_instant(draw.committed_at)).year


def _flag(flag: DrawFlag, **values: object) -> tuple[DrawFlag, str]:
    return flag, tr(flag.said, **values)
